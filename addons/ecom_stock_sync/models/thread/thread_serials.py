from odoo import api, models


class EcomThread(models.AbstractModel):
    """Serials and lots that the customer got."""

    _inherit = "ecom.thread"

    @api.model
    def _from_stock_lot(self, chain, lots):
        warranties = self.env["ecom.warranty"].search([("lot_id", "in", lots.ids)])
        self._from_sale_order(chain, warranties.sale_order_id)

    @api.model
    def _collect(self, chain):
        chain = super()._collect(chain)
        chain.add(self.env["ecom.warranty"].search([("sale_order_id", "in", chain["sale.order"].ids)]))
        chain.add(chain["ecom.warranty"].lot_id)
        return chain

    @api.model
    def _steps(self, chain):
        return [*super()._steps(chain), *(self._serial_step(warranty) for warranty in chain["ecom.warranty"])]

    @api.model
    def _serial_step(self, warranty):
        name = warranty.lot_id.name
        serial = warranty.product_id.tracking == "serial"
        return self._step(
            "delivery",
            warranty.lot_id,
            self.env._("Serial number %(name)s", name=name) if serial else self.env._("Lot %(name)s", name=name),
            words=warranty.product_id.display_name,
            date=warranty.shipped_at,
            state=self._label(warranty, "state"),
            colour="success" if warranty.state == "held" else "info",
        )


class StockLot(models.Model):
    _name = "stock.lot"
    _inherit = ["stock.lot", "ecom.thread.mixin"]
