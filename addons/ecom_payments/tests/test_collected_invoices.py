"""Orders that are paid here and of which the shop never says so: invoiced and released as if it had."""

from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.tests import tagged

from .collected_case import CollectedCase

AT_THE_DOOR = {
    "payment_method": "cod",
    "payment_method_title": "At the door",
    "date_paid_gmt": None,
    "transaction_id": "",
}
PAID_LATER = AT_THE_DOOR | {"date_paid_gmt": "2026-11-06T10:00:00", "date_modified_gmt": "2026-11-06T10:00:00"}
BY_CHEQUE = AT_THE_DOOR | {"payment_method": "cheque", "status": "on-hold"}


@tagged("post_install", "-at_install")
class TestCollectedInvoices(CollectedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carrier = cls().gateway_of("cash_on_delivery", "cod")
        cls.first = cls().order(1, **AT_THE_DOOR)

    def in_hand(self, gateway, amount):
        """Money that names no order."""
        return self.env["ecom.gateway.transaction"].create(
            {
                "gateway_id": gateway.id,
                "external_id": f"in hand {amount}",
                "kind": "charge",
                "amount": amount,
                "net": amount,
                "currency_id": self.env.ref("base.EUR").id,
                "occurred_at": "2026-11-05 10:00:00",
                "day": "2026-11-05",
            }
        )

    def told(self, order):
        return order.command_ids.filtered(lambda command: command.kind == "state").mapped("value")

    def payments(self, order):
        return order.account_payment_ids.filtered(lambda payment: payment.state in ("in_process", "paid"))

    def test_an_order_that_the_carrier_collected_is_invoiced_once(self):
        order = self.first
        other = self.order(2, **AT_THE_DOOR)
        self.assertFalse((order | other).sale_order_ids.invoice_ids, "nobody paid")
        self.carrier_lists(self.carrier, 1)
        self.assertEqual(self.settle(), order)
        invoice = order.sale_order_id.invoice_ids
        self.assertEqual((invoice.state, invoice.payment_state), ("posted", "paid"))
        self.assertFalse(self.told(order), "the shop prepares it: nothing is news there")
        # Told again, and then by the shop as well.
        self.carrier_lists(self.carrier, 1)
        self.settle()
        self.order(1, **PAID_LATER)
        self.assertEqual(order.sale_order_id.invoice_ids, invoice)
        self.assertEqual(self.payments(order).mapped("amount"), [16.80])
        self.assertFalse(other.sale_order_ids.invoice_ids)

    def test_too_little_pays_for_no_invoice_until_the_rest_is_there(self):
        order = self.first
        self.in_hand(self.carrier, 10)._identify(order)
        self.settle()
        self.assertFalse(order.sale_order_id.invoice_ids)
        self.in_hand(self.carrier, 6.80)._identify(order)
        self.settle()
        self.assertEqual(order.sale_order_id.invoice_ids.payment_state, "paid")

    def test_a_payment_named_by_a_person_is_the_one_that_the_shop_tells_of_later(self):
        order = self.first
        self.in_hand(self.carrier, 16.80)._identify(order)
        self.order(1, **PAID_LATER)
        self.assertEqual(self.payments(order).mapped("amount"), [16.80])
        self.assertEqual(order.sale_order_id.invoice_ids.payment_state, "paid")

    def test_an_order_that_nobody_prepared_is_confirmed_and_the_shop_hears_of_it(self):
        order = self.order(2, **AT_THE_DOOR | {"status": "pending"})
        self.assertEqual((order.sale_order_id.state, order.awaits_payment), ("draft", True))
        self.carrier_lists(self.carrier, 2)
        self.settle()
        self.assertEqual(order.sale_order_id.state, "sale")
        self.assertFalse(order.sale_order_id.ecom_awaits_money)
        self.assertEqual(order.sale_order_id.invoice_ids.payment_state, "paid")
        self.carrier_lists(self.carrier, 2)
        self.settle()
        self.assertEqual(self.told(order), ["confirmed"])

    def test_a_deposit_is_invoiced_with_the_money_and_the_rest_when_it_leaves(self):
        self.channel.invoice_policy = "deposit"
        self.gateway_of("cheque", "cheque")
        order = self.order(2, **BY_CHEQUE)
        sale = order.sale_order_id
        self.assertTrue(sale.ecom_awaits_money)
        sale.action_ecom_money_arrived()
        self.settle()
        self.assertEqual(sale.invoice_ids.mapped("amount_total"), [16.80])
        self.assertEqual(sale.invoice_ids.payment_state, "paid")
        self.assertEqual(self.told(order), ["confirmed"])
        self.settle()
        self.assertEqual(len(sale.invoice_ids), 1)

    def test_a_cheque_that_bounces_before_the_invoice_leaves_nothing_to_invoice(self):
        cheques = self.gateway_of("cheque", "cheque")
        order = self.order(2, **BY_CHEQUE)
        sale = order.sale_order_id
        sale.action_ecom_money_arrived()
        payment = self.payments(order)
        payment.action_draft()
        payment.action_cancel()
        self.assertTrue(sale.ecom_awaits_money)
        self.settle()
        self.assertFalse(sale.invoice_ids)
        self.assertEqual(self.balance(cheques.clearing_account_id), 0)
        # Another cheque.
        sale.action_ecom_money_arrived()
        self.settle()
        self.assertEqual(self.balance(cheques.clearing_account_id), 16.80)
        self.assertEqual(sale.invoice_ids.payment_state, "paid")
        self.assertFalse(sale.ecom_awaits_money)

    def test_a_cancelled_order_is_not_brought_back_by_its_money(self):
        order = self.first
        self.receive(woo_order(1, **AT_THE_DOOR | {"status": "cancelled", "date_modified_gmt": "2026-11-03T10:00:00"}))
        self.carrier_lists(self.carrier, 1)
        self.settle()
        self.assertEqual((order.state, order.sale_order_id.state), ("cancelled", "cancel"))
        self.assertFalse(order.sale_order_id.invoice_ids)

    def test_many_collected_orders_cost_as_many_look_ups_as_few(self):
        orders = self.orders(range(2, 8), **AT_THE_DOOR)

        def cost(some, paid):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(some._paid(), some if paid else self.env["ecom.order"])
            return self.env.cr.sql_log_count - before

        self.assertEqual(cost(orders[:3], False), cost(orders, False))
        self.carrier_lists(self.carrier, *range(2, 8))
        self.assertEqual(cost(orders[:3], True), cost(orders, True))
        # Confirming a batch asks once.
        model, asked, counts = type(orders), [], []
        paid_here = model._paid_here
        self.patch(model, "_paid_here", lambda some: asked.append(some) or paid_here(some))
        for some in (orders[:3], orders):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._settle_confirm(self.channel)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(asked, [orders[:3], orders])
        self.assertEqual(counts[0], counts[1])
