from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...matching.evidence import Key, Standing
from ...matching.sharing import proportional, share
from .bank_due import exact


@dataclass
class Explanation:
    """What a bank line is said to be.

    :ivar account: where what differs is written off; nothing is written off without it
    """

    line: object
    keys: tuple[Key, ...]
    reason: str
    account: object = None
    note: str = ""
    parts: list = field(default_factory=list)


@dataclass
class Part:
    """A share of a bank line: the account that it goes to, and the journal item that it settles there."""

    amount: Decimal
    account: object
    name: str = ""
    partner: object = None
    item: object = None
    payment: object = None
    payout: object = None
    settled: bool = False  # its order owes nothing after it
    excess: Decimal = Decimal(0)  # what it is above what its order owed
    standing: Standing = Standing.OPEN


class AccountBankStatementLine(models.Model):
    """Explaining: the suspense account gives way to what the line is, and is matched with it. In batches."""

    _inherit = "account.bank.statement.line"

    def _explanation(self, proposal, account=None, note="", by=""):
        """An explanation out of a proposal; ``by`` is put before its reason."""
        reason = self._reason_words(proposal)
        return Explanation(self, proposal.keys, f"{by}: {reason}" if by else reason, account, note)

    @api.model
    def _explain(self, explanations):
        """Book what these lines are said to be: payments registered, suspense accounts replaced, all matched.

        :raise UserError: where a line is matched already, or what it is said to be is not there any more
        """
        lines = self.browse([one.line.id for one in explanations])
        if len(lines) != len(explanations) or any(line._is_explained() for line in lines):
            raise UserError(self.env._("This bank line is matched already: undo that first."))
        self._plan_parts(explanations)
        plan = []
        for one in explanations:
            for part, item in zip(one.parts, one.line._replace_suspense(one.parts), strict=True):
                plan += [item | part.item] if part.item else []
        self.env["account.move.line"]._reconcile_plan(plan)
        now = fields.Datetime.now()
        for one in explanations:
            payments = self.env["account.payment"].union(*(part.payment for part in one.parts if part.payment))
            payouts = self.env["ecom.payout"].union(*(part.payout for part in one.parts if part.payout))
            one.line.write(
                {
                    "ecom_payout_id": payouts[:1].id,
                    "ecom_payment_ids": [Command.set(payments.ids)],
                    "ecom_reason": one.reason,
                    "ecom_explained_at": now,
                }
            )
            one.line._forget_other_screens()
        self._after_explaining(explanations)

    def _is_explained(self):
        return self.is_reconciled or len(self._seek_for_lines()[1]) != 1

    def _after_explaining(self, explanations):
        """A hook: orders are released, accounts remembered."""

    # === PLANNING === #

    @api.model
    def _plan_parts(self, explanations):
        """Share each line's money among what it is said to be, and register the payments that are missing."""
        of_kind = defaultdict(set)
        for kind, record_id in (key for one in explanations for key in one.keys):
            of_kind[kind].add(record_id)
        orders = self.env["ecom.order"].browse(of_kind["order"])
        payments = self.env["account.payment"].browse(of_kind["payment"])
        dues, items = orders._dues(), payments._waiting_items()
        missing = []
        for one in explanations:
            expected = [one.line._expected(key, dues, items) for key in one.keys]
            if sum(kind == "payout" for kind, _record_id in one.keys) > 1:
                raise UserError(self.env._("A bank line is one payout at most."))
            currency, amount = one.line._bank_figures()
            shares, rest = share(exact(amount, currency), expected, in_full=bool(one.account))
            for key, part, wanted in zip(one.keys, shares, expected, strict=True):
                if part:
                    missing += one.line._plan_part(one, key, part, wanted, dues, items)
            if rest and one.account:
                one.parts.append(Part(rest, one.account, one.note))
            elif rest and one.keys:
                missing += one.line._plan_rest(one, rest)
            if not one.parts:
                raise UserError(self.env._("Nothing of “%(label)s” is explained.", label=one.line.payment_ref or ""))
        self._register_order_payments(missing)

    def _expected(self, key, dues, items):
        """What this is expected to bring.

        :raise UserError: when it is nothing that this line's company expects
        """
        kind, record_id = key
        model = {"order": "ecom.order", "payment": "account.payment", "payout": "ecom.payout"}.get(kind, "ecom.order")
        record = self.env[model].browse(record_id).exists()
        if record.company_id != self.company_id:
            raise UserError(self.env._("This is not there any more, or is another company's."))
        item = record._transfer_item() if kind == "payout" else items.get(record)
        if not item and record not in dues:
            raise UserError(self.env._("%(what)s is not open any more.", what=record.display_name))
        if (item or record).currency_id != self._bank_figures()[0]:
            raise UserError(self.env._("%(what)s is in another currency than the bank line.", what=record.display_name))
        return exact(item.amount_residual_currency, item.currency_id) if item else dues[record][0]

    def _plan_part(self, one, key, amount, wanted, dues, items):
        """Add a part of this line.

        :return: it, where a payment has to be registered for it
        """
        kind, record_id = key
        if kind == "payout":
            payout = self.env["ecom.payout"].browse(record_id)
            item = payout._transfer_item()
            one.parts.append(Part(amount, item.account_id, payout.external_id, item=item, payout=payout))
            return []
        if kind == "payment":
            payment = self.env["account.payment"].browse(record_id)
            item = items[payment]
            part = Part(amount, item.account_id, payment.memo or "", payment.partner_id, item, payment)
            one.parts.append(part)
            return []
        order = self.env["ecom.order"].browse(record_id)
        standing = dues[order][1]
        part = Part(amount, None, order.number, standing=standing, settled=amount == wanted)
        part.excess = amount if standing is Standing.PAID else Decimal(0)
        one.parts.append(part)
        return [(self, order, part)]

    def _plan_rest(self, one, rest):
        """Too much came: it stands on the customer's account; with a payout, in its transfer account."""
        last = one.parts[-1]
        if last.payout:
            last.amount += rest
            return []
        if not last.payment:
            last.amount += rest
            last.excess += rest
            return []
        part = Part(rest, None, last.payment.ecom_order_id.number, excess=rest)
        one.parts.append(part)
        return [(self, last.payment.ecom_order_id, part)]

    # === BOOKING === #

    def _replace_suspense(self, parts):
        """Put these parts in place of the suspense item.

        :return: their journal items
        """
        _liquidity, suspense, _other = self._seek_for_lines()
        company_currency = self.company_id.currency_id
        balances = proportional(
            exact(suspense.balance, company_currency),
            [part.amount for part in parts],
            Decimal(str(company_currency.rounding)),
        )
        vals = [
            {
                "account_id": part.account.id,
                "partner_id": part.partner.id if part.partner else suspense.partner_id.id,
                "name": part.name if len(parts) > 1 else suspense.name,
            }
            for part in parts
        ]
        if len(parts) == 1:
            suspense.write(vals[0])
            return suspense
        for row, part, balance in zip(vals, parts, balances, strict=True):
            row |= {
                "amount_currency": float(-part.amount),
                "balance": float(balance),
                "currency_id": suspense.currency_id.id,
            }
        self.with_context(force_delete=True, skip_readonly_check=True).write(
            {"line_ids": [Command.delete(suspense.id), *(Command.create(row) for row in vals)]}
        )
        return self._seek_for_lines()[2].sorted("id")
