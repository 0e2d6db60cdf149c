"""An order of a shop is given what its channel sells, and what is told of the stock is what it can get."""

from datetime import timedelta

from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.tests import tagged

from .lots_case import LotsCase


@tagged("post_install", "-at_install")
class TestReserving(LotsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quarantine = cls.env["stock.location"].create(
            {"name": "Quarantaine", "location_id": cls.shelf.id, "ecom_not_sold": True}
        )
        cls.nook = cls.env["stock.location"].create({"name": "Coin", "location_id": cls.quarantine.id})

    def places(self, picking):
        return {line.location_id.name: line.quantity for line in picking.move_line_ids}

    def move_to_quarantine(self, product, quantity):
        """The oldest of it: first in, first out would take it first."""
        self.env["stock.quant"]._update_available_quantity(product, self.shelf, -quantity)
        quants = self.env["stock.quant"]
        quants._update_available_quantity(product, self.nook, quantity, in_date=self.now - timedelta(days=99))

    def test_no_order_of_a_shop_is_given_what_lies_in_quarantine(self):
        self.move_to_quarantine(self.mug, 98)
        first, second = self.receive(
            woo_order(1, lines=[("MUG", 1, "10.00", "2.00")]), woo_order(2, lines=[("MUG", 2, "20.00", "4.00")])
        )
        self.assertEqual(self.places(self.delivery(first)), {"Stock": 1})
        self.assertEqual(self.places(self.delivery(second)), {"Stock": 1}, "only one is left")
        self.assertEqual(self.delivery(second).move_ids.state, "partially_available")
        self.quarantine.ecom_not_sold = False
        self.delivery(second).action_assign()
        self.assertEqual(self.places(self.delivery(second)), {"Stock": 1, "Coin": 1})

    def test_a_colleague_may_sell_by_hand_what_lies_there(self):
        self.move_to_quarantine(self.mug, 100)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Client"}).id,
                "warehouse_id": self.channel.warehouse_id.id,
                "order_line": [(0, 0, {"product_id": self.mug.id, "product_uom_qty": 1})],
            }
        )
        order.action_confirm()
        self.assertEqual(self.places(order.picking_ids), {"Coin": 1})

    def fresh(self, name, quantity, days):
        lot = self.put(self.tea, name, quantity)
        lot.expiration_date = self.now + timedelta(days=days)
        lot.removal_date = self.now + timedelta(days=days - 1)
        return lot

    def test_an_order_gets_no_lot_with_less_shelf_life_than_its_channel_promises(self):
        self.fresh("SHORT", 5, days=20)
        self.fresh("LONG", 5, days=60)
        self.channel.stock_shelf_life_days = 30
        self.assertEqual(self.reserved(self.delivery(self.sell(1, ("TEA", 2)))), {"LONG": 2})
        self.channel.stock_shelf_life_days = 0
        self.assertEqual(self.reserved(self.delivery(self.sell(2, ("TEA", 2)))), {"SHORT": 2})

    def test_what_was_picked_stays_its_own_although_time_goes_by(self):
        self.channel.warehouse_id.delivery_steps = "pick_ship"
        lot = self.fresh("LONG", 5, days=60)
        self.channel.stock_shelf_life_days = 30
        order = self.sell(1, ("TEA", 2))
        lot.expiration_date = self.now + timedelta(days=29)
        self.ship(self.delivery(order))
        self.assertEqual(self.reserved(self.delivery(order)), {"LONG": 2})

    def test_customer_service_reads_what_an_order_can_get(self):
        """Neither blocked nor expired nor in quarantine nor in somebody's cart: what the channel sells."""
        self.fresh("GOOD", 4, days=60)
        self.fresh("BAD", 7, days=60).ecom_blocked = True
        self.fresh("OLD", 5, days=-2)
        self.put(self.tea, "ASIDE", 9, days=60, place=self.quarantine)
        order = self.sell(1, ("TEA", 1))
        wizard = self.env["ecom.order.edit"].with_context(default_order_id=order.id).create({})
        self.assertEqual(wizard.line_ids.available, 3)
        known = {row["sku"]: row["stock"] for row in self.channel._products_for_sandbox(False)}
        self.assertEqual(known["TEA"], 3, "so a copy to play on begins with it")

    def test_odoo_s_own_free_quantity_leaves_out_what_is_blocked(self):
        self.fresh("GOOD", 4, days=60)
        lot = self.fresh("BAD", 7, days=60)
        self.assertEqual((self.tea.free_qty, self.tea.virtual_available), (11, 11))
        lot.ecom_blocked = True
        self.env.invalidate_all()
        self.assertEqual((self.tea.qty_available, self.tea.free_qty, self.tea.virtual_available), (11, 4, 4))
