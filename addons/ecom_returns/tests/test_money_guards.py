from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .money_case import MoneyReturnsCase, PayingShop


@tagged("post_install", "-at_install")
class TestMoneyGuards(MoneyReturnsCase):
    """What must not happen with money, whatever is pressed and in whichever order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls().shipped(1)

    def settled(self, order, quantities=None, **values):
        found = self.returned(order, quantities, **values)
        found.action_settle()
        return found

    # === MESSAGES TO THE SHOP === #

    def test_what_was_paid_by_hand_is_not_sent_to_the_shop_again(self):
        found = self.settled(self.order)
        refund = found.refund_ids
        refund.command_ids.action_cancel()
        self.assertEqual(refund.state, "failed", "somebody has to pay it, or to try again")
        refund.action_paid_by_hand()
        service = new_test_user(self.env, "service_g", "ecom_connector.group_service")
        with self.assertRaisesRegex(UserError, f"{found.name}.*paid back already"):
            refund.command_ids.with_user(service).action_retry()
        self.tell()
        self.assertFalse(PayingShop.made)

    def test_a_message_that_was_withdrawn_may_be_sent_again(self):
        refund = self.settled(self.order).refund_ids
        refund.command_ids.action_cancel()
        refund.action_try_again()
        self.tell()
        self.assertEqual((refund.state, len(PayingShop.made)), ("done", 1))

    def test_what_was_paid_by_hand_and_by_the_shop_too_is_said(self):
        found = self.settled(self.order, {"MUG": 1})
        refund = found.refund_ids
        refund.command_ids.action_cancel()
        refund.action_paid_by_hand()
        meta = [{"key": "_ecom_key", "value": refund._key()}]
        for _time in range(2):
            self.refund_on_shop(1, self.shop_refund(77, "6.00", (100, 1, "5.00", "1.00"), meta_data=meta))
            self.order.state = "received"
        self.assertEqual(refund.external_id, "77")
        twice = found.activity_ids.filtered(lambda activity: "6" in activity.summary)
        self.assertEqual(len(twice), 1)
        self.assertEqual(sum(self.credited(self.order)), 6.0)

    # === ENDED AFTER IT WAS PAID === #

    def test_what_was_paid_back_is_neither_cancelled_nor_declined(self):
        found = self.ask(self.order, {"MUG": 1}, kind="terms")
        found.action_approve()
        found.posted_at = "2026-11-20 10:00:00"
        found.action_settle()
        self.assertEqual(found.state, "awaiting")
        for press in (found.action_cancel, found.action_decline, found.action_decline_confirm):
            with self.assertRaisesRegex(UserError, f"{found.name} is paid back already.*Customer Keeps It"):
                press()
        self.assertEqual(found.state, "awaiting")

    # === NOT INVOICED === #

    def test_what_was_paid_and_not_invoiced_is_not_settled_with_nothing(self):
        self.channel.invoice_policy = "manual"
        order = self.shipped(2)
        found = self.returned(order)
        with self.assertRaisesRegex(UserError, "Mug.*not invoiced.*S"):
            found.action_settle()
        self.assertEqual((found.state, found.settled_at), ("inspected", False))
        order.sale_order_id._create_invoices().action_post()
        found.action_settle()
        self.assertEqual((found.state, found.refund_ids.amount), ("settled", 16.80))

    def test_what_pays_itself_back_waits_for_the_invoice_and_tells_somebody(self):
        self.channel.invoice_policy = "manual"
        self.env["ecom.return.policy"].create({"name": "At once", "approves": True, "pays_itself": True})
        found = self.returned(self.shipped(2), kind="terms")
        self.assertEqual((found.state, found.settled_at), ("inspected", False))
        self.assertIn("not invoiced", found.activity_ids.summary)

    def test_what_the_order_s_means_do_not_reach_for_is_somebody_s_to_pay(self):
        self.order.payments = [self.order.payments[0] | {"amount": "10.00"}]
        found = self.settled(self.order)
        self.assertEqual(found.refund_ids.amount, 10.0)
        self.assertRegex(found.activity_ids.summary, "6.80.*owed and not paid back")

    # === REPAIR === #

    def test_what_cannot_be_repaired_is_paid_back(self):
        found = self.ask(self.order, {"MUG": 1}, kind="conformity", wish="repair")
        found.action_approve()
        found.action_receive_all()
        found.unit_ids.disposition = "repair"
        found.unit_ids.action_settle()
        self.assertEqual((found.state, found.refund_ids.ids), ("settled", []))
        found.action_not_repaired()
        self.assertEqual((found.state, found.wish), ("inspected", "refund"))
        found.action_settle()
        self.assertEqual((found.state, found.refund_ids.amount), ("settled", 6.0))
        with self.assertRaisesRegex(UserError, f"{found.name} is no repair"):
            found.action_not_repaired()

    # === DATES === #

    def test_days_are_the_company_s_wherever_somebody_works(self):
        self.env.company.partner_id.tz = "Europe/Paris"
        days = set()
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
            self.env.user.tz = zone
            days |= set(self.settled(self.order, {"MUG": 1}).credit_note_ids.mapped("invoice_date"))
        self.assertEqual(len(days), 1)

    def test_money_that_went_back_at_night_is_booked_on_the_company_s_day(self):
        self.env.company.partner_id.tz = "Europe/Paris"
        raw = self.shop_refund(77, "6.00", (100, 1, "5.00", "1.00"), date_created_gmt="2026-10-31T23:30:00")
        self.refund_on_shop(1, raw)
        payment = self.order.sale_order_id.ecom_return_ids.refund_ids.account_payment_id
        self.assertEqual(str(payment.date), "2026-11-01")

    # === EXCHANGE === #

    def exchanged(self):
        found = self.ask(self.order, {"MUG": 1}, wish="exchange")
        found.action_exchange()
        return found

    def test_whoever_was_sent_something_instead_is_not_paid_back_as_well(self):
        found = self.exchanged()
        with self.assertRaisesRegex(UserError, f"{found.exchange_order_id.name}.*Cancel"):
            found.wish = "refund"

    def test_an_exchange_that_was_cancelled_is_paid_back(self):
        found = self.exchanged()
        found.exchange_order_id._action_cancel()
        found.wish = "refund"
        found.action_receive_all()
        found.action_restock_all()
        found.action_settle()
        self.assertEqual(found.refund_ids.amount, 6.0)

    def test_an_exchange_that_was_cancelled_is_sent_anew(self):
        found = self.exchanged()
        first = found.exchange_order_id
        first._action_cancel()
        found.action_exchange()
        self.assertNotEqual(found.exchange_order_id, first)
        self.assertEqual(found.exchange_order_id.state, "sale")

    # === CREDIT NOTES === #

    def test_a_credit_note_calls_goods_what_the_invoice_calls_them(self):
        found = self.settled(self.order, {"MUG": 1}, kind="terms", goodwill=1.0)
        (charge,) = self.order.sale_order_id.invoice_ids.invoice_line_ids.filtered(
            lambda line: line.product_id == self.mug and line.move_type == "out_invoice"
        )
        self.assertIn(charge.name, found.credit_note_ids.invoice_line_ids.mapped("name"))
        self.assertFalse([name for name in found.credit_note_ids.invoice_line_ids.mapped("name") if "Mug: " in name])

    def test_a_credit_note_of_less_than_goods_cost_is_money_and_the_goods_are_still_paid_back(self):
        """An accountant's own, for the trouble: Odoo says a quantity of it all the same."""
        invoice = self.order.sale_order_id.invoice_ids
        own = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        goods = own.invoice_line_ids.filtered(lambda line: line.product_id == self.mug)
        (own.invoice_line_ids - goods).unlink()
        goods.write({"extra_tax_data": False, "price_unit": 1})
        own.action_post()
        self.assertEqual(own.amount_total, 2.0)
        found = self.returned(self.order, {"MUG": 2})
        found.refund_rest = False
        self.assertEqual(found.amount_owed, 10.0)

    def test_what_the_shop_kept_of_its_lines_is_not_credited(self):
        """It named what came back with all that was paid for it, and paid less: some fee of its own."""
        self.refund_on_shop(1, self.shop_refund(77, "4.80", (100, 1, "5.00", "1.00")))
        found = self.order.sale_order_id.ecom_return_ids
        self.assertEqual(self.credited(self.order), (4.00, 0.80))
        self.assertEqual(found.credit_note_ids.amount_residual, 0)
        self.assertEqual(self.sold(self.order).ecom_quantity_credited, 1)

    # === LINES === #

    def test_nothing_is_added_or_taken_out_once_the_parcel_is_awaited(self):
        order = self.shipped(2, ("MUG", 1, "10.00", "2.00"), ("PEN", 1, "5.00", "1.00"))
        found = self.ask(order, {"MUG": 1})
        self.assertEqual(found.state, "awaiting")
        service = new_test_user(self.env, "service_l", "ecom_connector.group_service")
        Line = self.env["ecom.return.line"].with_user(service)
        with self.assertRaisesRegex(UserError, "cannot be changed any more"):
            Line.create({"return_id": found.id, "sale_line_id": self.sold(order, "PEN").id, "quantity": 1})
        with self.assertRaisesRegex(UserError, "cannot be changed any more"):
            found.line_ids.with_user(service).unlink()

    # === TERMS === #

    def test_the_values_of_policies_are_in_the_company_s_currency(self):
        other = self.env.ref("base.JPY")
        other.active = True
        self.env["res.currency.rate"].create({"currency_id": other.id, "rate": 160, "name": "2020-01-01"})
        found = self.ask(self.order, {"MUG": 1}, kind="terms")
        self.assertEqual(found._case().value, 6)
        found.currency_id = other
        found.value = 960
        self.assertEqual(found._case().value, 6)
