from odoo import api, models
from odoo.fields import Domain


class StockPicking(models.Model):
    """Warehouses that deliver in two or three steps: goods are picked, perhaps packed, and then leave."""

    _inherit = "stock.picking"

    @api.model
    def _ecom_steps_domain(self):
        """Deliveries, and the steps before them: picking and packing what a customer ordered."""
        warehouses = self.env["stock.warehouse"].search(
            [("delivery_steps", "!=", "ship_only"), ("company_id", "in", self.env.companies.ids)]
        )
        before = (warehouses.pick_type_id | warehouses.pack_type_id).ids
        return Domain("picking_type_code", "=", "outgoing") | (
            Domain("picking_type_id", "in", before) & Domain("sale_id", "!=", False)
        )

    def _ecom_carrier(self):
        """Who takes the parcel in the end: of the steps before, Odoo does not say it."""
        return self.carrier_id or self.sale_id.carrier_id

    def _ecom_next_steps(self):
        """The transfers that go on with these goods and may be prepared."""
        following = self.move_ids.move_dest_ids.picking_id
        return following.filtered_domain(self._ecom_ready_domain())

    @api.model
    def _ecom_first_step(self, code):
        """The step with this name, or that has to be done before the order with this number can be packed, if any."""
        for path in ("name", "sale_id.ecom_order_id.number", "sale_id.name"):
            found = self.search(
                self._ecom_steps_domain()
                & Domain("picking_type_code", "!=", "outgoing")
                & Domain("state", "not in", ("done", "cancel"))
                & Domain(path, "in", [code, code.lstrip("#"), f"#{code}"]),
                limit=1,
            )
            if found:
                return found
        return self.browse()


class StockPickingBatch(models.Model):
    _inherit = "stock.picking.batch"

    def _ecom_go_on(self, pickings):
        """These transfers of the batch are done: what comes next is one batch again, and under way.

        Where they were done one by one, all join the batch that the first of them began.
        """
        self.ensure_one()
        for kind, following in pickings._ecom_next_steps().grouped("picking_type_id").items():
            domain = Domain("ecom_before_id", "=", self.id) & Domain("picking_type_id", "=", kind.id)
            batch = self.search(domain & Domain("state", "in", ("draft", "in_progress")), limit=1)
            if batch:
                following.batch_id = batch
                following.write({"printed": True})
                continue
            batch = self.create(
                {
                    "picking_type_id": kind.id,
                    "company_id": self.company_id.id,
                    "user_id": self.user_id.id,
                    "description": self.description,
                    "ecom_before_id": self.id,
                    "ecom_channel_id": self.ecom_channel_id.id,
                    "ecom_carrier_id": self.ecom_carrier_id.id,
                    "ecom_leaves_on": self.ecom_leaves_on,
                    "picking_ids": [(6, 0, following.ids)],
                }
            )
            batch.action_confirm()
