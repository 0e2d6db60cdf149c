from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from odoo import Command
from odoo.tests import tagged

from .shop_case import ShopCase, woo_order


@tagged("post_install", "-at_install")
class TestInvoicing(ShopCase):
    """Invoices by the channel's policy: each quantity once, the money once, the cent where it belongs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.invoice_policy = "confirmed"
        company = [("company_id", "=", cls.env.company.id)]
        cls.bank = cls.env["account.journal"].search([("type", "=", "bank"), *company], limit=1)
        cls.cards = cls.env["account.journal"].create({"name": "Gift cards", "type": "bank", "code": "GIFT"})
        cls.channel.mapping_payment_ids = [
            Command.create({"code": "stripe", "journal_id": cls.bank.id}),
            Command.create({"code": "gift_card", "journal_id": cls.cards.id}),
        ]

    def payments(self, order):
        return self.env["account.payment"].search([("ecom_order_id", "=", order.id)], order="amount")

    # === THE MONEY === #

    def test_a_gift_card_and_a_card_pay_one_invoice_each_on_its_journal(self):
        gift = {"gift_cards": [{"id": 1, "code": "NOEL", "amount": 5.0}], "total": "11.80"}
        order = self.receive(woo_order(1, **gift))
        invoice = order.sale_order_id.invoice_ids
        self.assertEqual(invoice.amount_total, 16.80, "the gift card pays, it is no discount")
        found = [(payment.amount, payment.journal_id) for payment in self.payments(order)]
        self.assertEqual(found, [(5.0, self.cards), (11.80, self.bank)])
        self.assertEqual(invoice.amount_residual, 0)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(len(invoice._ecom_printed()["paid"]), 2)

    def test_the_money_is_registered_once_though_the_order_is_invoiced_in_two(self):
        self.channel.invoice_policy = "manual"
        order = self.receive(woo_order(1, (("MUG", 2, "10.00", "2.00"), ("PEN", 1, "5.00", "1.00"))))
        sale = order.sale_order_id
        first = sale._create_invoices()
        first.invoice_line_ids.filtered(lambda line: line.product_id == self.pen).unlink()
        first.action_post()
        order._register_payments(self.channel, first)
        self.channel.invoice_policy = "confirmed"
        self.receive(woo_order(1, (("MUG", 2, "10.00", "2.00"), ("PEN", 1, "5.00", "1.00")), customer_note="Merci"))
        second = sale.invoice_ids - first
        self.assertEqual(first.amount_total + second.amount_total, 22.80)
        self.assertEqual(self.payments(order).mapped("amount"), [22.80])
        self.assertEqual((first + second).mapped("amount_residual"), [0, 0], "what was over pays the second")

    def test_the_money_is_known_when_the_raw_order_is_gone(self):
        self.channel.invoice_policy = "shipped"
        order = self.receive(woo_order(1))
        order.payload = False
        self.assertEqual(order._received_payments()[0][1]["transaction"], "ch_1")

    # === WHAT WAS CREDITED === #

    def credit(self, invoices, product, quantity):
        """Credit notes over some of a line, made with Odoo's own buttons."""
        credit_notes = invoices._reverse_moves([{} for _invoice in invoices])
        credit_notes.invoice_line_ids.filtered(lambda line: line.product_id != product).unlink()
        credit_notes.invoice_line_ids.quantity = quantity
        credit_notes.action_post()
        return credit_notes

    def test_what_a_person_credited_is_not_invoiced_again_by_itself(self):
        order = self.receive(woo_order(1))
        invoice = order.sale_order_id.invoice_ids
        credit_note = self.credit(invoice, self.mug, 1)
        self.receive(woo_order(1, customer_note="Bonjour"))
        self.assertEqual(order.sale_order_id.invoice_ids, invoice + credit_note)

    def test_credited_and_invoiced_again_it_is_the_shop_s_amounts_to_the_cent(self):
        carts = [("8.33", "1.67"), ("8.34", "1.66"), ("16.66", "3.33"), ("10.01", "2.00"), ("24.99", "5.01")]
        orders = self.receive(
            *(
                woo_order(number, (("MUG", quantity, net, tax),))
                for number, (quantity, (net, tax)) in enumerate(zip((3, 7, 3, 7, 3), carts, strict=True), start=1)
            )
        )
        sales = orders.sale_order_ids
        invoices = sales.invoice_ids
        self.credit(invoices, self.mug, 1)
        self.credit(invoices, self.mug, 1)
        again = sales._create_invoices(grouped=True, final=True)
        again.action_post()
        self.assertEqual(again.invoice_line_ids.mapped("quantity"), [2] * 5)
        for order in orders:
            sale = order.sale_order_id
            self.assertEqual(len(sale.invoice_ids), 4)
            for amount, field in (
                (sale.amount_untaxed, "amount_untaxed_signed"),
                (sale.amount_tax, "amount_tax_signed"),
            ):
                total = sum(sale.invoice_ids.mapped(field))
                self.assertAlmostEqual(total, amount, 2, f"{field} of order {order.number}")

    # === LOCKED PERIODS === #

    def test_it_waits_for_the_first_open_day_where_today_is_locked_too(self):
        times = {"date_created_gmt": "2026-12-30T15:00:00", "date_paid_gmt": "2026-12-30T15:00:05"}
        with freeze_time("2026-12-31 09:00:00"):
            self.env.company.fiscalyear_lock_date = "2026-12-31"
            order = self.receive(woo_order(1, **times))
            self.assertFalse(order.sale_order_id.invoice_ids)
            self.assertEqual((order.state, order.sale_order_id.state), ("settled", "sale"), "the order goes on")
            issue = self.open_issues(order)
            self.assertEqual((issue.code, issue.blocking), ("period_locked", False))
            self.assertIn("01/01/2027", issue.message)
            self.assertFalse(self.channel._work_env()._look_after_locked())
        with freeze_time("2027-01-01 06:00:00"):
            channel = self.channel._work_env()
            self.startPatcher(patch.object(type(channel), "_in_transaction", lambda _channel, work: work()))
            self.assertTrue(channel._look_after_locked())
            self.assertFalse(channel._look_after_locked())
            self.assertEqual(order.state, "received")
            order._settle_close(channel)
        invoice = order.sale_order_id.invoice_ids
        self.assertEqual((invoice.state, invoice.invoice_date, invoice.date), ("posted", *[date(2027, 1, 1)] * 2))
        self.assertEqual(order.sale_order_id.date_order.date(), date(2026, 12, 30))
        self.assertEqual(issue.state, "solved")

    def test_an_order_of_a_locked_year_that_is_read_late_goes_its_way(self):
        with freeze_time("2027-01-04 09:00:00"):
            self.env.company.fiscalyear_lock_date = "2026-12-31"
            order = self.receive(
                woo_order(1, date_created_gmt="2026-12-30T15:00:00", date_paid_gmt="2026-12-30T15:00:05")
            )
            self.assertFalse(self.open_issues(order))
        invoice = order.sale_order_id.invoice_ids
        self.assertEqual((invoice.state, invoice.date), ("posted", date(2027, 1, 4)))
        self.assertEqual(order.sale_order_id.date_order.date(), date(2026, 12, 30))

    # === DEPOSITS === #

    def ship(self, orders):
        orders.sale_order_ids.picking_ids.move_ids.picked = True
        orders.sale_order_ids.picking_ids._action_done()
        self.receive()

    def test_a_deposit_at_payment_and_an_invoice_at_shipping_that_deducts_it(self):
        self.channel.invoice_policy = "deposit"
        carts = [("10.00", "2.00"), ("8.33", "1.67"), ("16.66", "3.34"), ("24.99", "5.01")]
        orders = self.receive(
            *(
                woo_order(number, (("MUG", 3, net, tax), ("PEN", 1, "5.01", "0.28")))
                for number, (net, tax) in enumerate(carts, start=1)
            )
        )
        for order in orders:
            sale, deposit = order.sale_order_id, order.sale_order_id.invoice_ids
            shop = (order.amount_total, order.amount_tax)
            self.assertEqual(len(deposit), 1)
            self.assertTrue(all(deposit.invoice_line_ids.filtered("quantity").mapped("is_downpayment")))
            self.assertEqual((deposit.state, deposit.amount_total, deposit.amount_tax), ("posted", *shop))
            self.assertEqual((deposit.amount_residual, self.payments(order).amount), (0, shop[0]))
            self.assertTrue(deposit.ecom_print_at)
        orders.state = "received"
        self.receive()
        deposits = {order: order.sale_order_id.invoice_ids for order in orders}
        self.ship(orders)
        for order, deposit in deposits.items():
            sale = order.sale_order_id
            self.assertEqual(len(deposit), 1, "one deposit, however often the order is looked at")
            final = sale.invoice_ids - deposit
            self.assertEqual((final.state, final.amount_total, final.amount_tax), ("posted", 0, 0), order.number)
            self.assertIn(final.payment_state, ("paid", "in_payment"))
            self.assertEqual(sum(sale.invoice_ids.mapped("amount_tax_signed")), order.amount_tax, "VAT once")
            income = sale.invoice_ids.line_ids.filtered(lambda line: line.account_id.internal_group == "income")
            self.assertAlmostEqual(-sum(income.mapped("balance")), order.amount_total - order.amount_tax)
            self.assertEqual(sale.invoice_status, "invoiced")
            self.assertEqual(len(self.payments(order)), 1)

    def test_a_deposit_for_what_odoo_invoices_when_it_is_delivered(self):
        self.channel.invoice_policy = "deposit"
        self.mug.invoice_policy = "delivery"
        order = self.receive(woo_order(1))
        deposit = order.sale_order_id.invoice_ids
        self.assertEqual(deposit.amount_total, 16.80)
        self.ship(order)
        final = order.sale_order_id.invoice_ids - deposit
        self.assertEqual((final.state, final.amount_total, final.amount_tax), ("posted", 0, 0))

    def test_what_is_not_shipped_is_invoiced_once_it_is_paid(self):
        for number, policy in enumerate(("shipped", "deposit"), start=1):
            self.channel.invoice_policy = policy
            self.mug.type = "service"
            order = self.receive(woo_order(number))
            self.assertFalse(order.sale_order_id.picking_ids)
            invoice = order.sale_order_id.invoice_ids
            self.assertEqual((invoice.state, invoice.amount_total), ("posted", 16.80))
            self.assertFalse(any(invoice.invoice_line_ids.mapped("is_downpayment")))

    # === IN BATCHES === #

    def test_many_orders_cost_no_more_statements_of_ours_each_than_few(self):
        """Odoo's own work grows with each invoice; what we add to it does not."""

        def cost(first, count):
            self.channel.invoice_policy = "manual"
            orders = self.receive(*(woo_order(first + index) for index in range(count)))
            self.channel.invoice_policy = "confirmed"
            self.env.flush_all()
            self.env.invalidate_all()
            channel = self.channel._work_env()
            before = self.env.cr.sql_log_count
            orders.with_env(channel.env)._invoice(channel)
            self.env.flush_all()
            self.assertEqual(len(orders.sale_order_ids.invoice_ids), count)
            self.assertEqual(set(orders.sale_order_ids.invoice_ids.mapped("amount_residual")), {0})
            return self.env.cr.sql_log_count - before

        def native(first, count):
            self.channel.invoice_policy = "manual"
            orders = self.receive(*(woo_order(first + index) for index in range(count)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            invoices = orders.sale_order_ids._create_invoices(grouped=True)
            invoices.action_post()
            payments = self.env["account.payment"].create(
                [
                    {
                        "payment_type": "inbound",
                        "partner_type": "customer",
                        "partner_id": invoice.partner_id.id,
                        "amount": invoice.amount_total,
                        "journal_id": self.bank.id,
                    }
                    for invoice in invoices
                ]
            )
            payments.action_post()
            lines = (invoices + payments.move_id).line_ids
            lines = lines.filtered(lambda line: line.account_id.account_type == "asset_receivable")
            self.env["account.move.line"]._reconcile_plan(
                [left + right for left, right in zip(lines[:count], lines[count:], strict=True)]
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(1, 2), native(10, 2)  # warm
        ours = (cost(100, 8) - cost(200, 3)) / 5
        odoos = (native(300, 8) - native(400, 3)) / 5
        self.assertLess(ours, odoos + 2, f"statements for each order: {ours}, of which Odoo's own {odoos}")

    # === WHAT IT SAYS === #

    def test_a_product_that_is_called_the_same_on_the_shop_is_named_once(self):
        self.mug.name = "Mug en grès"
        raw = woo_order(1, [("MUG", 1, "5.00", "1.00"), ("PEN", 1, "5.00", "1.00")])
        raw["line_items"][0]["name"], raw["line_items"][1]["name"] = "mug  en grès", "Stylo plume"
        sale = self.receive(raw).sale_order_id
        names = {line.product_id: line.name for line in sale.invoice_ids.invoice_line_ids}
        delivery = sale.order_line.filtered("is_delivery").product_id
        self.assertEqual(names[delivery], "Colissimo", "and not the product that it is booked on")
        self.assertEqual(names[self.mug], "[MUG] Mug en grès")
        self.assertEqual(names[self.pen], "[PEN] Stylo\nStylo plume", "where they differ, the customer's words stay")

    def test_a_variant_is_named_once(self):
        sizes = self.env["product.attribute"].create(
            {"name": "Taille", "value_ids": [Command.create({"name": name}) for name in ("M", "L")]}
        )
        line = Command.create({"attribute_id": sizes.id, "value_ids": [Command.set(sizes.value_ids.ids)]})
        shirt = self.env["product.template"].create(
            {"name": "T-shirt", "is_storable": True, "attribute_line_ids": [line]}
        )
        shirt.product_variant_ids[1].default_code = "TS-L"
        raw = woo_order(1, [("TS-L", 1, "5.00", "1.00")])
        options = [("Taille", "L"), ("Gravure", "Léa")]
        raw["line_items"][0] |= {
            "name": "T-shirt - L",
            "meta_data": [
                {"id": index, "key": key, "value": value, "display_key": key, "display_value": value}
                for index, (key, value) in enumerate(options)
            ],
        }
        sale = self.receive(raw).sale_order_id
        self.assertEqual(sale.invoice_ids.invoice_line_ids[0].name, "[TS-L] T-shirt (L)\nGravure: Léa")
