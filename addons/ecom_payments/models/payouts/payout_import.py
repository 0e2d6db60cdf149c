import logging
import time
from datetime import datetime

from odoo import api, fields, models
from odoo.addons.ecom_connector.decisions.values import naive
from odoo.exceptions import UserError

from ..transactions.transaction_match import KEEP_TRYING
from .payout import GONE, SENT

_logger = logging.getLogger(__name__)


class EcomGateway(models.Model):
    """Payouts: listed as transactions are, then taken apart, then booked."""

    _inherit = "ecom.gateway"

    def _listings(self):
        listings = super()._listings()
        if self._gateway_class().capabilities.payouts:
            Payout = self.env["ecom.payout"]
            listings["payouts"] = (
                lambda connection, since, cursor: connection.read_payouts(since, cursor),
                lambda raws: Payout._store(self, self._parsed("parse_payout", raws)),
            )
        return listings

    def _overlap(self, flow):
        """A payout's state changes for some days after it was made."""
        return self._gateway_class().capabilities.payout_overlap if flow == "payouts" else super()._overlap(flow)

    def _look(self, deadline):
        more, capabilities = super()._look(deadline), self._gateway_class().capabilities
        if capabilities.payouts or capabilities.files:
            if self._take_payouts_apart(deadline):
                return True
            more = self._post_payouts(deadline) or more
        return more

    def _take_payouts_apart(self, deadline):
        """Ask which transactions each payout is made of.

        :return: whether some are left that can be worked on at once
        """
        if not self._gateway_class().capabilities.composition:
            self._in_transaction(lambda: self.env["ecom.payout"]._store_conversions(self))
            self._in_transaction(lambda: self.env["ecom.payout"]._store_spent(self))
        payouts = self.env["ecom.payout"].search(
            [
                ("gateway_id", "=", self.id),
                ("state", "=", "draft"),
                ("status", "in", SENT + GONE),
                ("ready", "=", True),
            ],
            order="created_at, id",
        )
        connection = self._connection() if payouts else None
        for payout in payouts:
            if not payout.composed:
                if not self._knows_until(payout.created_at):
                    break  # the later ones would take what is this one's
                self._in_transaction(payout._take_from_balance)
            while payout.state == "draft":
                self._before_http()
                page = connection.read_payout_transactions(payout.external_id, payout.cursor or "")
                self._in_transaction(lambda payout=payout, page=page: payout._keep_composition(page))
                if time.monotonic() > deadline:
                    return True
            if time.monotonic() > deadline:
                return True
        return False

    def _knows_until(self, moment):
        """Whether the gateway shows by now all that happened up to then: some appear hours late."""
        mark = ((self.progress or {}).get("transactions") or {}).get("mark")
        return bool(mark) and naive(datetime.fromisoformat(mark)) >= moment

    def _post_payouts(self, deadline):
        """Book what can be booked. One that cannot be stops no other: it has an issue, and its turn comes last.

        :return: whether some are left that were not tried yet
        """
        payouts = self.env["ecom.payout"].search(
            [
                ("gateway_id", "=", self.id),
                "|",
                ("state", "=", "fetched"),
                "&",
                ("state", "in", ("posted", "banked")),
                ("status", "in", GONE),
            ],
            order="created_at, id",
        )
        fresh = payouts.filtered(lambda payout: not payout.error)
        for tried, payout in enumerate(fresh + (payouts - fresh), start=1):
            payout._post_or_say_why()
            if time.monotonic() > deadline:
                return tried < len(fresh)
        return False


class EcomPayout(models.Model):
    _inherit = "ecom.payout"

    def _post_or_say_why(self):
        gateway = self.gateway_id
        try:
            if unmatched := self.transaction_ids.filtered(lambda row: row.state == "open"):
                unmatched._match_each_alone_on_error(gateway)
            gateway._in_transaction(self._post)
        except Exception as error:  # whatever it is, the other payouts go on
            if not isinstance(error, UserError):
                _logger.exception("Payout %s", self.id)
            self.env.cr.rollback()
            gateway._in_transaction(lambda error=error: self._note_error(error))

    def _note_error(self, error):
        self.error = str(error)[:500] or type(error).__name__
        self.gateway_id._raise(
            "payout_failed",
            key=self.external_id,
            message=self.env._(
                "Payout %(payout)s of “%(gateway)s” over %(amount)s cannot be booked: %(error)s Put that right, and "
                "book it again; other payouts go on meanwhile.",
                payout=self.external_id,
                gateway=self.gateway_id.name,
                amount=self.currency_id.format(self.amount),
                error=self.error,
            ),
            data={"payout": self.id},
        )

    def _note_booked(self):
        if self.error:
            self.error = False
        self.gateway_id._solve(["payout_failed"], [self.external_id])

    def _keep_composition(self, page):
        """One page of what it is made of; the transactions may be here already. Its own is none of them: it took the
        sum out of the balance. What an earlier payout brought back is one."""
        Transaction = self.env["ecom.gateway.transaction"]
        rows = Transaction._store(self.gateway_id, self.gateway_id._parsed("parse_transaction", page.raws))
        rows.filtered(lambda row: row.external_id != self.transaction_ref and not row.payout_id).payout_id = self
        state = "draft" if page.next else "fetched"
        if state == "fetched" and self.status in GONE and not self.transaction_ids:
            state = "failed"
        self.write({"cursor": page.next, "state": state})

    def _take_from_balance(self):
        """A gateway that pays out of a running balance: whatever happened up to then and was in no payout yet."""
        rows = self._rows_in_balance(self.gateway_id, self.currency_id, [("occurred_at", "<=", self.created_at)])
        rows.payout_id = self
        self.write({"state": "fetched", "changed_into": self._changed_into()})

    @api.model
    def _rows_in_balance(self, gateway, currencies, domain=()):
        """What is in a running balance and in no payout yet, oldest first."""
        rows = self.env["ecom.gateway.transaction"].search(
            [
                ("gateway_id", "=", gateway.id),
                ("currency_id", "in", currencies.ids),
                *domain,
                ("payout_id", "=", False),
                ("settled", "=", True),
                "|",
                ("kind", "!=", "payout"),
                ("amount", ">", 0),  # came back, or is that of a payout that collected from the bank
            ],
            order="occurred_at, id",
        )
        taken_out = rows.filtered(lambda row: row.kind in ("payout", "conversion"))
        own = self.search(
            [("gateway_id", "=", gateway.id), ("transaction_ref", "in", taken_out.mapped("external_id"))]
        ).mapped("transaction_ref")
        return rows.filtered(lambda row: row.external_id not in own)

    @api.model
    def _store_conversions(self, gateway):
        """What a running balance changes into another currency leaves it as a payout does, only not for the bank.

        So what customers paid in dollars is settled although no dollar is ever paid out.
        """
        rows = self.env["ecom.gateway.transaction"].search(
            [
                ("gateway_id", "=", gateway.id),
                ("kind", "=", "conversion"),
                ("group_ref", "not in", (False, "")),
                ("amount", "<", 0),
                ("payout_id", "=", False),
                ("settled", "=", True),
                ("occurred_at", ">=", fields.Datetime.now() - KEEP_TRYING),
            ]
        )
        known = self.search([("gateway_id", "=", gateway.id), ("transaction_ref", "in", rows.mapped("external_id"))])
        taken = set(known.mapped("transaction_ref"))
        self.create(
            [
                {
                    "gateway_id": gateway.id,
                    "external_id": row.external_id,
                    "transaction_ref": row.external_id,
                    "group_ref": row.group_ref,
                    "amount": -row.net,
                    "currency_id": row.currency_id.id,
                    "created_at": row.occurred_at,
                    "arrival_date": row.day,
                    "status": "paid",
                    "ready": True,
                }
                for row in rows
                if row.external_id not in taken
            ]
        )


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[("payout_failed", "Payout not booked")], ondelete={"payout_failed": "cascade"}
    )

    @api.depends("code")
    def _compute_remedy(self):
        result = super()._compute_remedy()
        self.filtered(lambda issue: issue.code == "payout_failed").remedy = self.env._("Book again")
        return result

    def _fix_payout_failed(self, _same):
        """Customer service settles issues, and books nothing."""
        self.env["account.move"].with_user(self.env.uid).check_access("create")
        self.env["ecom.payout"].browse(self.data["payout"]).exists()._match_and_post()
