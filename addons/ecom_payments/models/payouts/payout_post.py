from collections import defaultdict

from odoo import Command, fields, models
from odoo.tools import date_utils

from .payout import GONE
from .payout_lines import Line


class EcomPayout(models.Model):
    """Booking: one entry for a payout, and one more for each earlier month that is still open (the month-end cut)."""

    _inherit = "ecom.payout"

    def _match_and_post(self):
        for payout in self:
            payout.transaction_ids.filtered(lambda row: row.state == "open")._match()
            payout._post()

    def action_post(self):
        """Book these at once; what stops one is said to whoever asked."""
        self.check_access("write")
        for payout in self.filtered(lambda payout: payout.state == "fetched"):
            payout.gateway_id._work_env().env["ecom.payout"].browse(payout.id)._match_and_post()
        return True

    def _post(self):
        """Book what is to be booked of it, in whichever state it was left."""
        self.ensure_one()
        if self.state == "fetched":
            self._book()
        if self.state in ("posted", "banked") and self.status in GONE:
            self._bring_back()
        self._note_booked()

    def _book(self):
        """Its entries; they settle its payments' lines in the clearing account."""
        for earlier in self.transaction_ids._returned_payouts().values():
            earlier._bring_back()
        lines = self._lines()
        lines += self._difference(lines)
        entries = self._entries(lines)
        moves = self.env["account.move"].create([self._prepare_move(day, rows) for day, rows in entries])
        moves.action_post()
        self._reconcile(moves, entries)
        # What sends nothing has arrived: no line of the bank will ever show it.
        self.state = "banked" if self.currency_id.is_zero(self.amount) else "posted"
        self._settle_pools(moves)
        self._ask_who_paid(moves)

    def _entries(self, lines):
        """``[(day, lines)]``: what happened in an earlier month that is open is booked at its end.

        There, the sum goes to the clearing account as “in transit”; the payout's own entry takes it from there. So a
        month's fees are in that month, and the clearing account holds at its end exactly what the gateway owed then.
        """
        gateway = self.gateway_id
        taxed = any("tax_tag_ids" in line.extra for line in lines)
        today = gateway._open_day(self._day(), taxed)
        by_day = defaultdict(list)
        for line in lines:
            end = date_utils.end_of(line.day, "month")
            cut = end < date_utils.start_of(today, "month") and gateway._open_day(end, taxed) == end
            by_day[end if cut else today].append(line)
        own = by_day.pop(today, [])
        entries = []
        for day, rows in sorted(by_day.items()):
            total = self.currency_id.round(sum(line.gross for line in rows))
            name = self.env._("%(payout)s, in transit at the end of the month", payout=self.external_id)
            account = gateway.clearing_account_id
            transit = Line(account, name, -total, self.currency_id, -total, day)
            arrived = Line(account, name, total, self.currency_id, total, today)
            arrived.against = [transit]
            entries.append((day, [*rows, transit]))
            own.append(arrived)
        own.append(self._transfer_line(today))
        own[-1:-1] = self._exchange_line(own, today)
        return [*entries, (today, own)]

    def _transfer_line(self, day):
        name = f"{self.external_id} {self.statement_label or ''}".strip()
        line = Line(self.gateway_id.transfer_account_id, name, -self.amount, self.currency_id, -self.amount, day)
        line.balance = self._settled_transfer_balance() if self.group_ref else None
        if self.currency_id.is_zero(self.amount):
            line.balance = 0.0
        return line

    def _prepare_move(self, day, lines):
        """The last line takes what converting each line by itself left over, a cent at most for each."""
        vals = [self._entry_vals(line, day) for line in lines]
        rest = -sum(row["balance"] for row in vals[:-1])
        last = vals[-1]
        last["balance"] = self.company_id.currency_id.round(rest)
        if last["currency_id"] == self.company_id.currency_id.id:
            last["amount_currency"] = last["balance"]
        return {
            "move_type": "entry",
            "journal_id": self.gateway_id.journal_id.id,
            "company_id": self.company_id.id,
            "date": day,
            "ref": self.env._("Payout %(payout)s", payout=self.external_id),
            "ecom_payout_id": self.id,
            "line_ids": [Command.create(row | {"sequence": index}) for index, row in enumerate(vals)],
        }

    def _reconcile(self, moves, entries):
        """Match each line with the payment's own, all in one plan."""
        Line_ = self.env["account.move.line"]
        made = {}
        for move, (_day, rows) in zip(moves, entries, strict=True):
            for item, line in zip(move.line_ids.sorted(lambda item: (item.sequence, item.id)), rows, strict=True):
                made[id(line)] = item
        plan = []
        for _day, rows in entries:
            for line in rows:
                against = Line_.union(
                    *(made[id(other)] if isinstance(other, Line) else other for other in line.against)
                )
                if against:
                    plan.append(made[id(line)] | against)
        if plan:
            Line_._reconcile_plan(plan)

    def _ask_who_paid(self, moves):
        """An issue for each transaction that nobody recognises; it waits in the account to identify."""
        unknown = self.gateway_id.unknown_account_id
        rows = moves.line_ids.filtered(lambda item: item.account_id == unknown).ecom_transaction_id
        rows._ask_who_it_is()
        self.gateway_id._solve(["payment_unknown"], (self.transaction_ids - rows).mapped("external_id"))


class EcomGatewayTransaction(models.Model):
    _inherit = "ecom.gateway.transaction"

    def _ask_who_it_is(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for gateway in self.gateway_id:
            channel = gateway.channel_ids[:1]
            causes = [
                {
                    "order": self.env["ecom.order"],
                    "key": f"{gateway.id}:{row.external_id}",
                    "message": self.env._(
                        "“%(gateway)s” has a %(kind)s of %(amount)s of %(date)s that belongs to no known order "
                        "(%(reference)s). It is booked in the account to identify: name its order.",
                        gateway=gateway.name,
                        kind=kinds[row.kind],
                        amount=row.currency_id.format(row.amount),
                        date=fields.Date.to_string(row.day),
                        reference=row.source_ref or row.external_id,
                    ),
                    "data": {"gateway": gateway.id, "transaction": row.id},
                }
                for row in self.filtered(lambda row, gateway=gateway: row.gateway_id == gateway)
            ]
            self.env["ecom.issue"]._raise_each(channel, "payment_unknown", causes, blocking=False)
