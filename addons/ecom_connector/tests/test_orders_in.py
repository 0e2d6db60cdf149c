from odoo.tests import tagged

from .shop_case import ShopCase, woo_order


@tagged("post_install", "-at_install")
class TestOrdersIn(ShopCase):
    def test_a_paid_order_is_confirmed_reserved_and_exact(self):
        order = self.receive(woo_order(1))
        sale_order = order.sale_order_id
        self.assertEqual(order.state, "settled")
        self.assertEqual(sale_order.state, "sale")
        self.assertEqual((sale_order.amount_total, sale_order.amount_tax), (16.80, 2.80))
        self.assertEqual(sale_order.client_order_ref, "1")
        self.assertEqual(str(sale_order.date_order), "2026-11-02 10:00:00", "the customer's date is kept")
        self.assertEqual(sale_order.picking_ids.state, "assigned")
        self.assertEqual(sale_order.order_line.filtered("is_delivery").price_total, 4.80)

    def test_the_same_order_again_changes_nothing(self):
        raw = woo_order(2)
        first = self.receive(raw).sale_order_id
        again = self.receive(raw)
        self.assertEqual(again.sale_order_ids, first)
        self.assertEqual(again.state, "settled")

    def test_raw_data_of_finished_orders_is_removed_and_not_missed(self):
        waiting, shipped = self.receive(woo_order(20), woo_order(21))
        shipped.sale_order_id.picking_ids.move_ids.picked = True
        shipped.sale_order_id.picking_ids._action_done()
        self.env.flush_all()
        self.env.cr.execute("UPDATE ecom_order SET write_date = write_date - interval '91 days'")
        self.env.invalidate_all()
        self.env["ecom.order"]._gc_payloads()
        self.assertTrue(waiting.payload, "it is still to be shipped")
        self.assertFalse(shipped.payload)
        shipped.action_retry()
        self.assertEqual(shipped.state, "settled")
        shipped.sale_order_id.picking_ids.carrier_tracking_ref = "6A77"
        self.assertTrue(shipped.command_ids[0]._prepare_shipment_payload()["parcels"])
        again = self.receive(woo_order(21, date_modified_gmt="2026-11-05T10:00:00"))
        self.assertEqual((again.state, again.sale_order_ids), ("settled", shipped.sale_order_id))

    def test_refunds_are_read_in_full_once_those_of_an_amount_alone_too(self):
        named = [{"id": 7, "reason": "", "total": "-3.00"}, {"id": 8, "reason": "", "total": "-12.00"}]
        raw = woo_order(22, refunds=named, date_modified_gmt="2026-11-05T10:00:00")
        moment = {"date_created_gmt": "2026-11-05T10:00:00", "meta_data": []}
        line = {"quantity": -1, "total": "-10.00", "total_tax": "-2.00"}
        line["meta_data"] = [{"key": "_refunded_item_id", "value": "2200"}]
        in_full = [{"id": 7, "amount": "3.00", **moment}, {"id": 8, "amount": "12.00", "line_items": [line], **moment}]
        asked = []

        class Shop:
            def read_refunds(self, documents):
                asked.append([document.external_id for document in documents])
                return {"22": in_full}

        channel = self.channel._work_env()
        self.patch(type(channel), "_before_http", lambda _channel: None)
        self.receive(raw, refunds=channel._read_refunds(Shop(), [raw]))
        # Looked at again, and changed in something else: nothing is new to read.
        self.assertEqual(channel._read_refunds(Shop(), [raw | {"customer_note": "merci"}]), {})
        self.assertEqual(asked, [["22"]])
        third = [*named, {"id": 9, "reason": "", "total": "-1.00"}]
        self.assertTrue(channel._read_refunds(Shop(), [raw | {"refunds": third}]))

    def test_an_older_version_is_dropped(self):
        self.receive(woo_order(3, date_modified_gmt="2026-11-02T12:00:00", customer_note="new"))
        order = self.receive(woo_order(3, date_modified_gmt="2026-11-02T11:00:00", customer_note="old"))
        self.assertEqual(order.note, "new")

    def test_of_two_versions_in_one_second_the_latest_fetch_wins(self):
        self.receive(woo_order(4, customer_note="first"))
        self.assertEqual(self.receive(woo_order(4, customer_note="second")).note, "second")

    def test_an_order_that_awaits_its_money_stays_a_quotation_until_it_comes(self):
        order = self.receive(woo_order(5, status="on-hold", date_paid_gmt=None))
        self.assertEqual(order.sale_order_id.state, "draft")
        order = self.receive(woo_order(5, date_modified_gmt="2026-11-04T08:00:00", date_paid_gmt="2026-11-04T08:00:00"))
        self.assertEqual(order.sale_order_id.state, "sale")
        self.assertEqual(str(order.paid_at), "2026-11-04 08:00:00")

    def test_orders_before_the_start_and_unfinished_checkouts_are_left_alone(self):
        self.channel.import_from = "2026-11-02 10:00:01"
        orders = self.receive(
            woo_order(6), woo_order(7, status="checkout-draft", date_created_gmt="2026-11-03T10:00:00")
        )
        self.assertEqual(orders.mapped("state"), ["ignored", "ignored"])
        self.assertFalse(orders.sale_order_ids)

    def test_a_failed_order_makes_no_sales_order(self):
        order = self.receive(woo_order(8, status="failed"))
        self.assertEqual(order.state, "cancelled")
        self.assertFalse(order.sale_order_ids)

    def test_a_gift_card_is_a_means_of_payment_and_no_discount(self):
        """The shop's total is what was left to pay; the order is worth what was sold, taxes included."""
        order = self.receive(
            woo_order(8, total="6.80", pw_gift_card_lines=[{"card_number": "ABCD", "amount": "10.00"}])
        )
        self.assertEqual((order.state, order.amount_total), ("settled", 16.80))
        self.assertEqual((order.sale_order_id.amount_total, order.sale_order_id.amount_tax), (16.80, 2.80))
        self.assertEqual(order.payment_method, "Gift card, Carte")
        payments = [(payment.kind, str(payment.amount)) for payment in order._document().payments]
        self.assertEqual(payments, [("gift_card", "10.00"), ("money", "6.80")])
        methods = self.channel.mapping_payment_ids.mapped("code")
        self.assertLessEqual({"gift_card", "stripe"}, set(methods), "each means can be given a journal of its own")

    def test_an_order_that_a_gift_card_pays_in_full_is_paid(self):
        cards = [{"card_number": "ABCD", "amount": "16.80"}]
        order = self.receive(woo_order(8, total="0.00", payment_method="", pw_gift_card_lines=cards))
        self.assertEqual((order.sale_order_id.state, order.sale_order_id.amount_total), ("sale", 16.80))
        self.assertEqual(order.payment_method, "Gift card")

    def test_coupons_discounts_notes_and_gifts_stay_visible(self):
        raw = woo_order(
            9, customer_note="Sonner deux fois", meta_data=[{"key": "_gift_message", "value": "Bonne fête"}]
        )
        raw["line_items"][0] |= {"subtotal": "12.50", "subtotal_tax": "2.50"}
        raw["coupon_lines"] = [{"id": 1, "code": "noel", "discount": "2.50", "discount_tax": "0.50"}]
        order = self.receive(raw)
        line = order.sale_order_id.order_line.filtered(lambda line: line.product_id == self.mug)
        self.assertEqual((line.price_unit, line.discount, line.price_total), (7.5, 20.0, 12.0))
        self.assertIn("noel", order.sale_order_id.order_line.filtered("display_type").name)
        self.assertEqual((order.coupons, order.note, order.gift_message), ("noel", "Sonner deux fois", "Bonne fête"))
        self.assertEqual(order.sale_order_id.picking_ids.ecom_gift_message, "Bonne fête")

    def test_a_rounding_difference_becomes_a_visible_line(self):
        order = self.receive(woo_order(10, total="16.81"))
        rounding = order.sale_order_id.order_line.filtered(
            lambda line: line.product_id == self.channel.rounding_product_id
        )
        self.assertEqual((rounding.price_total, order.sale_order_id.amount_total), (0.01, 16.81))
        self.assertEqual(order.sale_order_id.amount_tax, 2.80)

    def test_a_large_difference_waits_with_the_arithmetic_and_is_accepted_by_hand(self):
        order = self.receive(woo_order(11, total="17.80"))
        self.assertEqual(order.state, "blocked")
        issue = self.open_issues(order)
        self.assertEqual(issue.code, "rounding_above_tolerance")
        self.assertIn("17.80", issue.message)
        issue.action_fix()
        self.assertEqual(order.state, "received")
        order = self.receive(woo_order(11, total="17.80"))
        self.assertEqual((order.state, order.sale_order_id.amount_total), ("settled", 17.80))

    def test_a_partial_invoice_takes_its_share_and_the_last_one_the_rest(self):
        order = self.receive(woo_order(12, lines=[("MUG", 3, "10.00", "2.00")]))
        sale_order = order.sale_order_id
        self.mug.invoice_policy = "delivery"
        picking = sale_order.picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking._action_done()
        first = sale_order._create_invoices(grouped=True)
        first.action_post()
        sale_order.picking_ids.filtered(lambda p: p.state != "done").move_ids.picked = True
        sale_order.picking_ids.filtered(lambda p: p.state != "done")._action_done()
        second = sale_order._create_invoices(grouped=True)
        second.action_post()
        self.assertAlmostEqual(first.amount_total + second.amount_total, 16.80)
        self.assertAlmostEqual(first.amount_tax + second.amount_tax, 2.80)
        reversal = (first + second)._reverse_moves()
        reversal.action_post()
        self.assertAlmostEqual(sum(reversal.mapped("amount_total")), 16.80)
        self.assertAlmostEqual(sum(reversal.mapped("amount_tax")), 2.80)

    def test_the_invoice_policy_invoices_a_paid_order_once_and_registers_its_payment(self):
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.channel.company_id.id)], limit=1
        )
        self.channel.invoice_policy = "confirmed"
        self.env["ecom.payment.mapping"].create(
            {"channel_id": self.channel.id, "code": "stripe", "journal_id": bank.id}
        )
        self.mug.invoice_policy = "order"
        order = self.receive(woo_order(13))
        invoice = order.sale_order_id.invoice_ids
        self.assertEqual((invoice.state, invoice.amount_total), ("posted", 16.80))
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.receive(woo_order(13, date_modified_gmt="2026-11-03T10:00:00"))
        self.assertEqual(order.sale_order_id.invoice_ids, invoice)
