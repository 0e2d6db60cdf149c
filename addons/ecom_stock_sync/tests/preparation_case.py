"""What the preparation's stories start from: three carriers, articles with and without lots, and a preparer."""

from odoo.addons.ecom_connector.tests.shop_case import ShopCase, woo_order
from odoo.tests import new_test_user

CARRIERS = ("Colissimo", "Mondial Relay", "Chronopost")


class PreparationCase(ShopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.preparing_status = "preparation"
        product = cls.env["product.product"].create({"name": "Livraison", "type": "service"})
        cls.carriers = cls.env["delivery.carrier"].create(
            [{"name": name, "product_id": product.id, "fixed_price": 4} for name in CARRIERS]
        )
        cls.env["ecom.carrier.mapping"].create(
            [
                {"channel_id": cls.channel.id, "code": f"method_{number}", "label": name, "carrier_id": carrier.id}
                for number, (name, carrier) in enumerate(zip(CARRIERS, cls.carriers, strict=True))
            ]
        )
        cls.mug.weight, cls.pen.weight = 0.4, 0.05
        cls.stock = cls.channel.warehouse_id.lot_stock_id
        cls.preparer = new_test_user(cls.env, "nathalie", "ecom_connector.group_preparer", name="Nathalie")

    def ship_with(self, number, carrier=0, lines=(("MUG", 2, "10.00", "2.00"),), **changes):
        """An order that was placed with one of the three carriers, as the shop sends it."""
        raw = woo_order(number, lines=lines, **changes)
        raw["shipping_lines"][0] |= {"method_id": f"method_{carrier}", "method_title": CARRIERS[carrier]}
        return raw

    def deliveries(self, *raws):
        return self.receive(*raws).sale_order_id.picking_ids

    def plan(self, user=None, **values):
        """What the preparer is offered."""
        Plan = self.env["ecom.preparation.plan"].with_user(user or self.preparer)
        return Plan.create(Plan.default_get(list(Plan._fields)) | values)

    def station(self, user=None):
        return self.env["ecom.station"].with_user(user or self.preparer)

    def tracked(self, name, tracking, lots, **values):
        """A product with lots on the shelf, ``{lot name: quantity}``."""
        product = self.env["product.product"].create(
            {"name": name, "default_code": name.upper(), "is_storable": True, "tracking": tracking, "weight": 0.2}
            | values
        )
        found = {}
        for lot_name, quantity in lots.items():
            lot = self.env["stock.lot"].create({"name": lot_name, "product_id": product.id})
            self.env["stock.quant"]._update_available_quantity(product, self.stock, quantity, lot_id=lot)
            found[lot_name] = lot
        return product, found

    def leave_on_shelf(self, product, quantity):
        """This much is there; the channel sells the product on, so that its orders wait for the rest unheld."""
        self.env["ecom.stock.rule"].create({"product_id": product.id, "at_zero": "backorder"})
        quant = self.env["stock.quant"].search([("product_id", "=", product.id), ("location_id", "=", self.stock.id)])
        self.env["stock.quant"]._update_available_quantity(product, self.stock, quantity - quant.quantity)

    def shop_states(self, order):
        return self.env["ecom.command"].search([("order_id", "=", order.id), ("kind", "=", "state")]).mapped("value")
