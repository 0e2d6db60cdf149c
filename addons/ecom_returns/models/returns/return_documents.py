from odoo import fields, models
from odoo.addons.ecom_stock_sync.models.preparation.barcode import barcode


class EcomReturn(models.Model):
    """The documents that a return consists of."""

    _inherit = "ecom.return"

    def action_open_sale_order(self):
        self.ensure_one()
        return self.sale_order_id.get_formview_action()

    def action_open_order(self):
        self.ensure_one()
        return self.order_id.get_formview_action()

    def _barcode(self):
        return barcode(self.name)

    def _open(self):
        """These returns as a list, or the one there is."""
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_returns.ecom_return_action")
        if len(self) == 1:
            return action | {"view_mode": "form", "views": [(False, "form")], "res_id": self.id}
        return action | {"domain": [("id", "in", self.ids)], "context": {}}

    def _open_documents(self, records, name):
        action = {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": records._name,
            "view_mode": "list,form",
            "domain": [("id", "in", records.ids)],
        }
        if len(records) == 1:
            action |= {"view_mode": "form", "res_id": records.id}
        return action


class StockPicking(models.Model):
    _inherit = "stock.picking"

    ecom_return_id = fields.Many2one(
        "ecom.return", string="Return", index="btree_not_null", copy=False, readonly=True, ondelete="restrict"
    )

    def action_ecom_return(self):
        self.ensure_one()
        return self.ecom_return_id.get_formview_action()

    def _tell_shop_shipped(self):
        """What goes home again after a repair was shipped once: the shop knows."""
        return super(StockPicking, self.filtered(lambda picking: not picking.ecom_return_id))._tell_shop_shipped()


class AccountMove(models.Model):
    _inherit = "account.move"

    ecom_return_id = fields.Many2one(
        "ecom.return", string="Return", index="btree_not_null", copy=False, readonly=True, ondelete="restrict"
    )

    def action_ecom_return(self):
        self.ensure_one()
        return self.ecom_return_id.get_formview_action()
