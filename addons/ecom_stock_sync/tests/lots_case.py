"""What the tests of lots start from: a phone with serials, and tea in lots that expire."""

from datetime import timedelta

from odoo import fields
from odoo.addons.ecom_connector.tests.shop_case import ShopCase, woo_order


class LotsCase(ShopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.phone, cls.tea = cls.env["product.product"].create(
            [
                {
                    "name": "Téléphone",
                    "default_code": "PHONE",
                    "is_storable": True,
                    "tracking": "serial",
                    "list_price": 100,
                },
                {
                    "name": "Thé vert",
                    "default_code": "TEA",
                    "is_storable": True,
                    "tracking": "lot",
                    "use_expiration_date": True,
                    "expiration_time": 365,
                    "removal_time": 30,
                    "list_price": 5,
                },
            ]
        )
        cls.shelf = cls.channel.warehouse_id.lot_stock_id
        cls.now = fields.Datetime.now()

    @classmethod
    def put(cls, product, name, quantity=1, days=None, place=None):
        """A lot on the shelf, that has to be off it in so many days."""
        lot = cls.env["stock.lot"].create({"name": name, "product_id": product.id})
        if days is not None:
            lot.removal_date = cls.now + timedelta(days=days)
        cls.env["stock.quant"]._update_available_quantity(product, place or cls.shelf, quantity, lot_id=lot)
        return lot

    def sell(self, number, *lines, **changes):
        """An order of the shop, confirmed; ``lines`` are (SKU, quantity)."""
        rows = [(sku, quantity, "10.00", "2.00") for sku, quantity in lines]
        order = self.receive(woo_order(number, lines=rows, **changes))
        self.assertTrue(order.sale_order_id.picking_ids, self.open_issues(order).mapped("message"))
        return order

    def delivery(self, order):
        return order.sale_order_ids.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))

    def ship(self, picking):
        picking.move_ids.filtered(lambda move: move.state != "cancel").picked = True
        picking._action_done()
        return picking

    def reserved(self, picking):
        """What is reserved, ``{name of the lot: quantity}``."""
        return {line.lot_id.name: line.quantity for line in picking.move_line_ids if line.quantity}

    def take_back(self, picking, lot=None, quantity=1):
        """The goods of a delivery come back."""
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        for line in wizard.product_return_moves:
            line.quantity = quantity if not lot or line.product_id == lot.product_id else 0
        back = wizard._create_return()
        if lot:
            back.move_ids.filtered(lambda move: move.product_id == lot.product_id).move_line_ids.lot_id = lot
        return self.ship(back)

    def on_shelf(self, lot):
        quants = self.env["stock.quant"].search([("lot_id", "=", lot.id), ("location_id", "child_of", self.shelf.id)])
        return sum(quants.mapped("quantity"))
