from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.addons.ecom_stock_sync.tests.stock_case import StockCase
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestCounter(StockCase):
    """A shop with a counter and a website, whose stock Odoo moves when the counter closes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.point_of_sale_update_stock_quantities = "closing"
        cash = cls.env["account.journal"].search(
            [("type", "=", "cash"), ("company_id", "=", cls.env.company.id)], limit=1
        ) or cls.env["account.journal"].create({"name": "Caisse", "type": "cash", "code": "CAI"})
        method = cls.env["pos.payment.method"].create({"name": "Espèces", "journal_id": cash.id})
        cls.config = cls.env["pos.config"].create(
            {
                "name": "Comptoir",
                "picking_type_id": cls.channel.warehouse_id.pos_type_id.id,
                "payment_method_ids": [(6, 0, method.ids)],
            }
        )
        cls.method = method

    def open_counter(self):
        self.config.open_ui()
        session = self.config.current_session_id
        session.set_opening_control(0, "")
        return session

    def ring_up(self, session, product, quantity):
        """A sale at the counter, paid in cash."""
        price = 10.0 * quantity
        order = self.env["pos.order"].create(
            {
                "session_id": session.id,
                "company_id": self.env.company.id,
                "amount_tax": 0,
                "amount_total": price,
                "amount_paid": 0,
                "amount_return": 0,
                "lines": [
                    (
                        0,
                        0,
                        {
                            "product_id": product.id,
                            "qty": quantity,
                            "price_unit": 10.0,
                            "price_subtotal": price,
                            "price_subtotal_incl": price,
                            "tax_ids": [(5,)],
                        },
                    )
                ],
            }
        )
        order.add_payment({"pos_order_id": order.id, "amount": price, "payment_method_id": self.method.id})
        order.action_pos_order_paid()
        order._create_order_picking()
        return order

    def shown(self):
        self.catch_up()
        return self.level(self.mug_offer).quantity

    def test_what_is_rung_up_is_gone_before_the_counter_closes(self):
        session = self.open_counter()
        self.ring_up(session, self.mug, 3)
        self.assertEqual(self.mug.qty_available, 100, "Odoo moves it at closing")
        self.assertEqual(self.shown(), 97)
        self.ring_up(session, self.mug, -1)
        self.assertEqual(self.shown(), 98, "a refund at the counter")
        session.action_pos_session_closing_control()
        self.env.invalidate_all()
        self.assertEqual((session.state, self.mug.qty_available), ("closed", 98))
        self.assertEqual(self.shown(), 98, "counted once")

    def test_the_counter_and_the_web_sell_the_last_unit_in_the_same_second(self):
        """The customer at the counter has it in the bag: the web order is held, and the counter is never refused."""
        self.put(self.mug, -99)
        session = self.open_counter()
        self.ring_up(session, self.mug, 1)
        (order,) = self.receive(woo_order(1, lines=(("MUG", 1, "5.00", "1.00"),)))
        self.assertEqual(order.sale_order_id.ecom_hold, "stock")
        self.assertEqual(order.sale_order_id.picking_ids.move_ids.quantity, 0)
        self.assertEqual(self.open_issues(order).code, "oversold")
        self.assertEqual(self.shown(), 0)
        session.action_pos_session_closing_control()
        self.env.invalidate_all()
        self.assertEqual((session.state, self.mug.qty_available), ("closed", 0))
        order.sale_order_id.picking_ids.action_assign()
        self.assertEqual(order.sale_order_id.ecom_hold, "stock", "there is nothing to find")

    def test_the_web_came_first(self):
        """It reserved the last one; the counter sells it all the same, and the shop shows none."""
        self.put(self.mug, -99)
        (order,) = self.receive(woo_order(1, lines=(("MUG", 1, "5.00", "1.00"),)))
        self.assertFalse(order.sale_order_id.ecom_hold)
        self.ring_up(self.open_counter(), self.mug, 1)
        self.assertEqual(self.shown(), 0)
