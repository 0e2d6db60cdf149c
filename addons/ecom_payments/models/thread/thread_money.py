from datetime import timedelta

from odoo import api, models
from odoo.addons.ecom_connector.models.thread.thread_order import BOOKED
from odoo.fields import Domain
from odoo.tools import format_date

from ..disputes.dispute import TO_ANSWER

SENT = ("in_transit", "paid")
PATIENCE = timedelta(days=7)
"""How long a gateway may keep money, or say nothing of it, before that is called wrong."""


class EcomThread(models.AbstractModel):
    """The money's way: what the gateway told, its payouts, and the lines of the bank."""

    _inherit = "ecom.thread"

    @api.model
    def _stages(self):
        stages = super()._stages()
        place = [key for key, _title in stages].index("payout")
        return [*stages[:place], ("dispute", self.env._("Dispute")), *stages[place:]]

    # === WHERE ONE MAY START === #

    @api.model
    def _from_ecom_dispute(self, chain, disputes):
        chain.add(disputes.order_id)

    @api.model
    def _from_ecom_gateway_transaction(self, chain, transactions):
        chain.add(transactions.order_id)

    @api.model
    def _from_ecom_payout(self, chain, payouts):
        chain.add(payouts)
        self._from_ecom_gateway_transaction(chain, payouts.transaction_ids)

    @api.model
    def _from_account_bank_statement_line(self, chain, lines):
        self._from_ecom_payout(chain, lines.ecom_payout_id)
        self._from_account_payment(chain, lines.ecom_payment_ids)
        items = lines.move_id.line_ids
        matched = items.matched_debit_ids.debit_move_id | items.matched_credit_ids.credit_move_id
        self._from_account_move(chain, matched.move_id - lines.move_id)

    @api.model
    def _from_account_move(self, chain, moves):
        if payouts := moves.ecom_payout_id:
            self._from_ecom_payout(chain, payouts)
        return super()._from_account_move(chain, moves)

    # === WHAT BELONGS TO IT === #

    @api.model
    def _collect(self, chain):
        chain = super()._collect(chain)
        transactions = self.env["ecom.gateway.transaction"].search([("order_id", "in", chain["ecom.order"].ids)])
        chain.add(transactions)
        chain.add(transactions.payout_id)
        chain.add(self.env["ecom.dispute"].search([("order_id", "in", chain["ecom.order"].ids)]))
        met = Domain("ecom_payout_id", "in", chain["ecom.payout"].ids)
        met |= Domain("ecom_payment_ids", "in", chain["account.payment"].ids)
        chain.add(self.env["account.bank.statement.line"].search(met))
        return chain

    @api.model
    def _steps(self, chain):
        return [
            *super()._steps(chain),
            *(self._transaction_step(row) for row in chain["ecom.gateway.transaction"]),
            *(self._dispute_step(dispute) for dispute in chain["ecom.dispute"]),
            *(self._payout_step(payout) for payout in chain["ecom.payout"]),
            *(self._bank_step(line) for line in chain["account.bank.statement.line"]),
        ]

    @api.model
    def _transaction_step(self, row):
        return self._step(
            {"charge": "payment", "refund": "refund"}.get(row.kind, "dispute"),
            row,
            self.env._("%(kind)s at %(gateway)s", kind=self._label(row, "kind"), gateway=row.gateway_id.name),
            words=", ".join(
                filter(
                    None,
                    (
                        row.source_ref or row.reference or row.external_id,
                        row.fee and self.env._("%(amount)s of fees", amount=row.currency_id.format(row.fee)),
                        row.reason,
                    ),
                )
            ),
            date=row.occurred_at,
            amount=row.currency_id.format(row.amount),
            state=self._label(row, "state"),
            colour={"open": "warning", "matched": "success"}.get(row.state, "secondary"),
        )

    @api.model
    def _dispute_step(self, dispute):
        return self._step(
            "dispute",
            dispute,
            self.env._("Dispute %(number)s", number=dispute.external_id),
            words=dispute.reason,
            date=dispute.opened_at,
            amount=dispute.currency_id.format(dispute.amount),
            state=self._label(dispute, "state"),
            colour={"won": "success", "lost": "danger", "closed": "secondary"}.get(dispute.state, "warning"),
        )

    @api.model
    def _payout_step(self, payout):
        return self._step(
            "payout",
            payout,
            self.env._("Payout %(number)s of %(gateway)s", number=payout.external_id, gateway=payout.gateway_id.name),
            words=self.env._("Transactions: %(count)s", count=payout.transaction_count),
            date=payout.arrival_date or payout.created_at,
            amount=payout.currency_id.format(payout.amount),
            state=self._label(payout, "state"),
            colour={"banked": "success", "posted": "success", "failed": "danger"}.get(payout.state, "info"),
        )

    @api.model
    def _bank_step(self, line):
        currency, amount = line._bank_figures()
        return self._step(
            "bank",
            line,
            line.payment_ref or line.journal_id.name,
            words=line.ecom_reason,
            date=line.date,
            amount=currency.format(amount),
            state=self.env._("Matched") if line.is_reconciled else self.env._("To match"),
            colour="success" if line.is_reconciled else "warning",
        )

    # === WHERE IT BREAKS === #

    @api.model
    def _breaks(self, chain):
        env, rows = self.env, super()._breaks(chain)
        today = self.env.company._ecom_today()
        old = today - PATIENCE
        transactions = chain["ecom.gateway.transaction"]
        untold = chain["account.payment"] - transactions.account_payment_id
        gateways = self.env["ecom.gateway"].search([("journal_id", "in", untold.journal_id.ids)])
        by_journal = {gateway.journal_id: gateway for gateway in gateways}
        for payment in untold:
            gateway = by_journal.get(payment.journal_id)
            if not gateway or payment.state not in BOOKED or payment.is_matched:
                continue
            amount = payment.currency_id.format(payment.amount)
            stage = "payment" if payment.payment_type == "inbound" else "refund"
            if gateway.collects:
                words = env._("%(gateway)s has not told of %(amount)s", gateway=gateway.name, amount=amount)
            elif gateway._watches_bank():
                words, stage = env._("The bank has not shown %(amount)s", amount=amount), "bank"
            else:
                continue
            rows.append(self._break(stage, payment, words, waits=payment.date > old))
        for row in transactions:
            amount = row.currency_id.format(abs(row.amount))
            if row.state == "open":
                rows.append(self._break("payment", row, env._("%(amount)s are not booked yet", amount=amount)))
            elif not row.payout_id and row.kind == "charge" and row.gateway_id._gateway_class().capabilities.payouts:
                words = env._("%(amount)s paid, not yet paid out", amount=amount)
                rows.append(self._break("payout", row, words, waits=bool(row.day and row.day > old)))
        for dispute in chain["ecom.dispute"].filtered(lambda dispute: dispute.state in TO_ANSWER):
            words = env._("The dispute waits for an answer")
            if dispute.evidence_due:
                day = format_date(env, dispute._due_day())
                words = env._("The dispute is to be answered by %(date)s", date=day)
            rows.append(self._break("dispute", dispute, words, waits=not dispute.urgent))
        met = chain["account.bank.statement.line"].ecom_payout_id
        for payout in chain["ecom.payout"] - met:
            here = {"number": payout.external_id}
            if payout.state == "failed":
                rows.append(self._break("payout", payout, env._("Payout %(number)s failed", **here)))
            elif payout.state in ("draft", "fetched"):
                words = env._("Payout %(number)s is announced, not booked", **here)
                rows.append(self._break("payout", payout, words, waits=payout.status not in SENT))
            else:
                words = env._("The bank has not shown payout %(number)s", **here)
                waits = payout._day() + timedelta(days=4) > today
                rows.append(self._break("bank", payout, words, waits=waits))
        return rows


class EcomGatewayTransaction(models.Model):
    _name = "ecom.gateway.transaction"
    _inherit = ["ecom.gateway.transaction", "ecom.thread.mixin"]


class EcomDispute(models.Model):
    _name = "ecom.dispute"
    _inherit = ["ecom.dispute", "ecom.thread.mixin"]


class EcomPayout(models.Model):
    _name = "ecom.payout"
    _inherit = ["ecom.payout", "ecom.thread.mixin"]


class AccountBankStatementLine(models.Model):
    _name = "account.bank.statement.line"
    _inherit = ["account.bank.statement.line", "ecom.thread.mixin"]
