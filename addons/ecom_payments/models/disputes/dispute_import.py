from odoo import api, models

DISPUTED = ("dispute", "dispute_reversal")


class EcomGateway(models.Model):
    """Disputes: listed as transactions are; then tied to the order, and to the money that they moved."""

    _inherit = "ecom.gateway"

    def _listings(self):
        listings = super()._listings()
        if self._gateway_class().capabilities.disputes:
            Dispute = self.env["ecom.dispute"]
            listings["disputes"] = (
                lambda connection, since, cursor: connection.read_disputes(since, cursor),
                lambda raws: Dispute._store(self, self._parsed("parse_dispute", raws))._follow(),
            )
        return listings

    def _overlap(self, flow):
        """A dispute lasts for months, and not every gateway lists what changed."""
        return self._gateway_class().capabilities.dispute_overlap if flow == "disputes" else super()._overlap(flow)

    def _look(self, deadline):
        more = super()._look(deadline)
        if self._gateway_class().capabilities.disputes:
            self._in_transaction(lambda: self.env["ecom.dispute"]._tie(self))
        return more


class EcomDispute(models.Model):
    _inherit = "ecom.dispute"

    def _follow(self):
        """What has to be done about disputes that are new or changed; a hook."""

    @api.model
    def _tie(self, gateway):
        """Tie disputes to orders and to the money that they moved, whichever the gateway told of first."""
        Transaction = self.env["ecom.gateway.transaction"]
        loose = Transaction.search(
            [("gateway_id", "=", gateway.id), ("kind", "in", DISPUTED), ("dispute_id", "=", False)], limit=2000
        )
        lost = self.search([("gateway_id", "=", gateway.id), ("order_id", "=", False)], limit=2000)
        if loose:
            self._tie_money(gateway, loose)
        if lost:
            lost._tie_orders(gateway)

    @api.model
    def _tie_money(self, gateway, rows):
        """By the gateway's own ids; by the payment only where that was disputed once."""
        charges = list({row.charge_ref for row in rows if row.charge_ref})
        sources = list({row.source_ref for row in rows if row.source_ref})
        disputes = self.search(
            [("gateway_id", "=", gateway.id), "|", ("external_id", "in", sources), ("charge_ref", "in", charges)]
        )
        by_id = {dispute.external_id: dispute for dispute in disputes}
        by_row = {ref: dispute for dispute in disputes for ref in dispute.transaction_refs or ()}
        by_charge = {}
        for dispute in disputes:
            by_charge[dispute.charge_ref] = dispute if dispute.charge_ref not in by_charge else None
        for row in rows:
            dispute = by_id.get(row.source_ref) or by_row.get(row.external_id) or by_charge.get(row.charge_ref)
            if dispute:
                row.dispute_id = dispute

    def _tie_orders(self, gateway):
        references = list({ref for dispute in self for ref in (*(dispute.references or ()), dispute.charge_ref) if ref})
        charges = self.env["ecom.gateway.transaction"].search(
            [
                ("gateway_id", "=", gateway.id),
                ("kind", "=", "charge"),
                ("order_id", "!=", False),
                "|",
                ("reference", "in", references),
                ("source_ref", "in", references),
            ]
        )
        orders = {
            ref: row.order_id for row in charges for ref in (*(row.references or ()), row.reference, row.source_ref)
        }
        for dispute in self:
            order = next(
                (orders[ref] for ref in (dispute.charge_ref, *(dispute.references or ())) if ref in orders), None
            )
            if order:
                dispute.order_id = order
