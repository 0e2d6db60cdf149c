from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.tests import tagged

from .stock_case import StockCase


@tagged("post_install", "-at_install")
class TestOverselling(StockCase):
    """The shop sold what is gone: the order waits, visibly, and goes on as soon as the goods are there."""

    def sell_mugs(self, number, quantity):
        net = f"{quantity * 5:.2f}"
        (order,) = self.receive(woo_order(number, lines=(("MUG", quantity, net, f"{quantity}.00"),)))
        return order

    def test_an_order_that_finds_nothing_is_held_with_an_issue(self):
        self.put(self.mug, -100)
        order = self.sell_mugs(1, 2)
        sale = order.sale_order_id
        self.assertEqual((order.state, sale.state, sale.ecom_hold), ("settled", "sale", "stock"))
        self.assertEqual(sale.picking_ids.state, "confirmed")
        (issue,) = self.open_issues(order)
        self.assertEqual(issue.code, "oversold")
        self.assertRegex(issue.message, r"MUG.*\b2\b.*\b0\b")
        quants = self.env["stock.quant"].search([("product_id", "=", self.mug.id)])
        self.assertFalse(quants.filtered(lambda quant: quant.quantity < 0 and quant.location_id.usage == "internal"))

    def test_a_shop_that_minds_its_own_stock_is_left_as_it_is(self):
        """Somebody who has just connected a shop has counted nothing in Odoo: orders wait as any order does."""
        self.channel.stock_push = False
        self.put(self.mug, -100)
        order = self.sell_mugs(1, 2)
        self.assertFalse(order.sale_order_id.ecom_hold)
        self.assertFalse(self.open_issues(order))

    def test_part_of_the_goods_is_reserved_and_not_shipped_without_a_word(self):
        self.put(self.mug, -99)
        order = self.sell_mugs(1, 2)
        picking = order.sale_order_id.picking_ids
        self.assertEqual(picking.move_ids.quantity, 1)
        self.assertEqual(picking.state, "confirmed", "not ready, although one mug is there")
        self.open_issues(order).action_ship_what_is_there()
        self.assertEqual(picking.state, "assigned")
        self.assertFalse(self.open_issues(order))

    def test_the_goods_come_and_the_order_goes_on(self):
        self.put(self.mug, -100)
        order = self.sell_mugs(1, 2)
        quant = self.env["stock.quant"].with_context(inventory_mode=True)
        quant.create(
            {"product_id": self.mug.id, "location_id": self.location.id, "inventory_quantity": 5}
        ).action_apply_inventory()
        self.env["stock.picking"].browse(order.sale_order_id.picking_ids.ids).action_assign()
        self.assertFalse(order.sale_order_id.ecom_hold)
        self.assertEqual(order.sale_order_id.picking_ids.state, "assigned")
        self.assertFalse(self.open_issues(order))

    def test_what_is_sold_on_at_zero_waits_as_a_backorder(self):
        self.env["ecom.stock.rule"].create({"product_id": self.mug.id, "at_zero": "backorder"})
        self.put(self.mug, -100)
        order = self.sell_mugs(1, 2)
        self.assertFalse(order.sale_order_id.ecom_hold)
        self.assertFalse(self.open_issues(order))

    def test_a_cancelled_order_asks_for_nothing(self):
        self.put(self.mug, -100)
        order = self.sell_mugs(1, 2)
        order.sale_order_id._action_cancel()
        self.assertNotIn("oversold", self.open_issues(order).mapped("code"))
        self.assertFalse(order.sale_order_id.ecom_hold)

    def test_a_batch_of_orders_is_looked_at_together(self):
        self.put(self.mug, -100)
        for number in range(1, 3):
            self.sell_mugs(number, 1)
        channel = self.channel._work_env()
        raws = [woo_order(number, lines=(("MUG", 1, "5.00", "1.00"),)) for number in range(10, 30)]
        Order = channel.env["ecom.order"]
        Order._stage(channel, raws, {})
        orders = Order._to_settle(channel, 1000)
        orders._settle_documents(channel)
        orders._settle_confirm(channel)
        sales = orders.sale_order_ids.browse(orders.sale_order_ids.ids)
        sales.write({"ecom_lacks_stock": False})
        self.open_issues().unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(30):
            sales._hold_for_stock()
        self.assertEqual(set(sales.mapped("ecom_hold")), {"stock"})


@tagged("post_install", "-at_install")
class TestPacks(StockCase):
    def test_a_pack_of_six_takes_six_from_the_shelf(self):
        """Two packs are ordered at the shop's price; twelve mugs leave, and the shop is told that two packs did."""
        six = self.env["uom.uom"].create(
            {"name": "Lot de 6", "relative_factor": 6, "relative_uom_id": self.mug.uom_id.id}
        )
        raw = woo_order(1, lines=(("MUGS6", 2, "50.00", "10.00"),))
        self.sell(self.mug, str(raw["line_items"][0]["product_id"]), sku="MUGS6", uom_id=six.id)
        (order,) = self.receive(raw)
        sale = order.sale_order_id
        line = sale.order_line.filtered(lambda line: line.product_id == self.mug)
        self.assertEqual((line.product_uom_qty, line.product_uom_id, line.price_unit), (2, six, 30))
        self.assertEqual(sale.amount_total, 64.8)
        picking = sale.picking_ids
        self.assertEqual(picking.move_ids.product_qty, 12)
        self.catch_up()
        self.assertEqual(self.level(self.mug_offer).quantity, 88)
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        shipment = self.env["ecom.shipment"].search([("picking_id", "=", picking.id)])
        self.assertEqual(dict(shipment._quantities()), {str(raw["line_items"][0]["id"]): 2})
        self.assertEqual(line.qty_delivered, 2)
