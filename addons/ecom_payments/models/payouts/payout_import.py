import time

from odoo import fields, models

SENT = ("in_transit", "paid")


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
        more = super()._look(deadline)
        if not self._gateway_class().capabilities.payouts:
            return more
        return self._take_payouts_apart(deadline) or self._post_payouts(deadline) or more

    def _take_payouts_apart(self, deadline):
        """Ask which transactions each payout is made of.

        :return: whether some are left
        """
        payouts = self.env["ecom.payout"].search(
            [
                ("gateway_id", "=", self.id),
                ("state", "=", "draft"),
                ("status", "in", SENT),
                ("ready", "=", True),
            ],
            order="created_at, id",
        )
        connection = self._connection() if payouts else None
        for payout in payouts:
            while payout.state == "draft":
                if payout.composed:
                    self._before_http()
                    page = connection.read_payout_transactions(payout.external_id, payout.cursor or "")
                    self._in_transaction(lambda payout=payout, page=page: payout._keep_composition(page))
                else:
                    self._in_transaction(payout._take_from_balance)
                if time.monotonic() > deadline:
                    return True
        return False

    def _post_payouts(self, deadline):
        payouts = self.env["ecom.payout"].search(
            [("gateway_id", "=", self.id), ("state", "=", "fetched")], order="created_at, id"
        )
        for payout in payouts:
            self._in_transaction(payout._match_and_post)
            if time.monotonic() > deadline:
                return payout != payouts[-1]
        return False


class EcomPayout(models.Model):
    _inherit = "ecom.payout"

    def _keep_composition(self, page):
        """One page of what it is made of; the transactions may be here already."""
        Transaction = self.env["ecom.gateway.transaction"]
        rows = Transaction._store(self.gateway_id, self.gateway_id._parsed("parse_transaction", page.raws))
        rows.filtered(lambda row: row.kind != "payout" and not row.payout_id).payout_id = self
        self.write({"cursor": page.next, "state": "draft" if page.next else "fetched"})

    def _take_from_balance(self):
        """A gateway that pays out of a running balance: whatever happened up to then and was in no payout yet."""
        listed = ((self.gateway_id.progress or {}).get("transactions") or {}).get("mark")
        if not listed:
            return  # not before its transactions were listed
        rows = self.env["ecom.gateway.transaction"].search(
            [
                ("gateway_id", "=", self.gateway_id.id),
                ("currency_id", "=", self.currency_id.id),
                ("payout_id", "=", False),
                ("kind", "!=", "payout"),
                ("settled", "=", True),
                ("occurred_at", "<=", self.created_at or fields.Datetime.now()),
            ]
        )
        rows.payout_id = self
        self.state = "fetched"
