"""What the tests of returns start from: an order that was shipped, and what a person does to take it back."""

from odoo import Command
from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.addons.ecom_stock_sync.tests.lots_case import LotsCase


class ReturnsCase(LotsCase):
    def shipped(self, number, *lines, **changes):
        """An order of the shop whose goods are with the customer; ``lines`` as of ``woo_order``."""
        return self.all_shipped(woo_order(number, lines or (("MUG", 2, "10.00", "2.00"),), **changes))

    def all_shipped(self, *raws):
        """These orders of the shop, taken in and shipped together."""
        orders = self.receive(*raws)
        self.ship(orders.sale_order_id.picking_ids)
        return orders

    def sold(self, order, sku="MUG"):
        return order.sale_order_id.order_line.filtered(lambda line: line.product_id.default_code == sku)

    def ask(self, order, quantities=None, **values):
        """A return of so many of each SKU, all of what may come back by default."""
        sale = order.sale_order_id
        if quantities is not None:
            values["line_ids"] = [
                Command.create({"sale_line_id": self.sold(order, sku).id, "quantity": quantity})
                for sku, quantity in quantities.items()
            ]
        return self.env["ecom.return"].with_context(default_sale_order_id=sale.id).create({**values})
