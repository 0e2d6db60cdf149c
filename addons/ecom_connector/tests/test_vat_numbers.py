from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL
from stdnum.iso7064 import mod_11_10

from .shop_case import ShopCase, woo_order
from .vies_service import ViesService

GERMAN_VAT, OTHER_VAT = "DE136695976", "DE129274202"


@tagged("post_install", "-at_install")
class TestVatNumbers(ShopCase):
    """A German company buys without tax: its VAT number is checked in VIES, never while its order is imported."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vies = ViesService()
        cls.addClassCleanup(cls.vies.stop)
        cls.env["ir.config_parameter"].set_param("ecom_connector.vies_url", cls.vies.url)
        cls.channel.invoice_policy = "confirmed"
        cls.channel.company_id.vat = "FR23334175221"
        cls.env.flush_all()
        cls.channel.company_id.vat_check_vies = True

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        """Odoo's guard knows one time-out; ours are one to connect and one to answer."""
        timeout = kwargs.get("timeout")
        if isinstance(timeout, tuple):
            kwargs["timeout"] = max(timeout)
        return super()._request_handler(session, request, **kwargs)

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(self.env.cr, "commit", self.env.cr.flush))
        self.vies.numbers, self.vies.asked, self.vies.broken = {GERMAN_VAT: "valid"}, [], False
        self.vies.slow = 0.0

    def raw(self, number, vat=GERMAN_VAT, company="Muster GmbH"):
        raw = woo_order(number, lines=[("MUG", 1, "100.00", "0.00")], tax_lines=[], total="104.00", total_tax="0.00")
        raw["shipping_lines"][0] |= {"total_tax": "0.00"}
        for row in raw["line_items"] + raw["shipping_lines"]:
            row["taxes"] = []
        place = {"country": "DE", "city": "Berlin", "postcode": "10115", "company": company}
        raw["billing"] |= place | {"email": f"{company}@example.com".replace(" ", "")}
        raw["shipping"] |= place
        raw["meta_data"] = [{"key": "_vat_number", "value": vat}]
        return raw

    def buy(self, number, **buyer):
        order = self.receive(self.raw(number, **buyer))
        self.assertEqual(order.state, "settled", order.issue_ids.mapped("message"))
        return order

    def ask(self):
        self.env["ecom.vat.number"]._cron_ask()

    def settle(self):
        channel = self.channel._work_env()
        orders = channel.env["ecom.order"]._to_settle(channel, 100)
        for step in ("_settle_documents", "_settle_confirm", "_settle_close"):
            getattr(orders._still("received"), step)(channel)

    def test_a_number_that_is_valid_lets_the_order_go_in_a_moment(self):
        order = self.buy(1)
        sale = order.sale_order_id
        self.assertFalse(self.vies.asked, "no import asks VIES, though the company verifies VAT numbers")
        self.assertEqual((sale.ecom_hold, sale.picking_ids.state), ("vat", "confirmed"))
        self.assertFalse(sale.invoice_ids)
        with self.assertRaisesRegex(UserError, "TVA|VAT"):
            sale.picking_ids.button_validate()
        self.ask()
        self.settle()
        self.assertEqual(self.vies.asked, [(GERMAN_VAT, "23334175221")])
        self.assertEqual((sale.ecom_hold, sale.picking_ids.state, len(sale.invoice_ids)), (False, "assigned", 1))
        partner = sale.partner_id.commercial_partner_id
        self.assertTrue(partner.vies_valid and partner.ecom_vat_checked_at)
        self.assertEqual(self.env["ecom.vat.number"].search([]).receipt, "WAPIAAAAX")
        second = self.buy(2).sale_order_id
        self.assertEqual((second.ecom_hold, len(self.vies.asked)), (False, 1), "known by now")

    def test_a_number_that_vies_does_not_know_is_asked_about(self):
        self.vies.numbers[GERMAN_VAT] = "invalid"
        order = self.buy(1)
        sale = order.sale_order_id.with_context(lang="en_US")
        self.assertIn("VIES has not said yet", sale.ecom_hold_message)
        self.ask()
        issue = self.open_issues(order)
        self.assertEqual((issue.code, order.sale_order_id.ecom_hold), ("vat_doubt", "vat"))
        self.assertIn(GERMAN_VAT, issue.message)
        self.env.flush_all()
        row = self.env["ecom.issue.desk"].search([("code", "=", "vat_doubt")])
        self.assertEqual(row.order_count, 1, "an order that is held waits, though it is settled")
        sale.invalidate_recordset(["ecom_hold_message"])
        self.assertIn("is not valid", sale.ecom_hold_message)
        self.vies.numbers[OTHER_VAT] = "valid"
        order.sale_order_id.partner_id.commercial_partner_id.with_context(no_vat_validation=True).vat = OTHER_VAT
        issue.action_fix()
        self.ask()
        self.assertEqual((issue.state, order.sale_order_id.ecom_hold), ("solved", False))

    def test_a_sandbox_bothers_no_public_register(self):
        self.channel.environment = "sandbox"
        order = self.buy(1)
        self.ask()
        self.assertEqual((order.sale_order_id.ecom_hold, self.vies.asked), (False, []))
        wrong = self.buy(2, vat="DE000000000")
        self.assertEqual(
            self.open_issues(wrong).code, "vat_doubt", "what can be seen without asking is told all the same"
        )

    def test_a_person_may_answer_for_it(self):
        order = self.buy(1, vat="DE000000000")
        issue = self.open_issues(order)
        self.assertEqual((issue.code, order.sale_order_id.ecom_hold), ("vat_doubt", "vat"))
        self.ask()
        self.assertFalse(self.vies.asked, "what is no number is not asked for")
        issue.action_dismiss()
        self.assertFalse(order.sale_order_id.ecom_hold)

    def test_while_vies_is_down_it_is_asked_again_and_after_an_hour_a_person_is_told(self):
        for state in ("down", "broken"):
            self.vies.numbers[GERMAN_VAT], self.vies.broken = "down", state == "broken"
            with self.subTest(state):
                order = self.buy(1 if state == "down" else 2)
                number = self.env["ecom.vat.number"].search([])
                number.next_try_at = fields.Datetime.now()
                self.ask()
                self.assertEqual((number.answer, self.open_issues(order).mapped("code")), ("waiting", []))
                self.assertGreater(number.next_try_at, fields.Datetime.now())
        number.write(
            {
                "asked_since": fields.Datetime.now() - timedelta(hours=2),
                "next_try_at": fields.Datetime.now(),
            }
        )
        self.ask()
        self.assertEqual(self.open_issues(order).mapped("code"), ["vat_unanswered"])
        self.vies.numbers[GERMAN_VAT], self.vies.broken = "valid", False
        number.next_try_at = fields.Datetime.now()
        self.ask()
        self.assertFalse(self.open_issues(order))
        self.assertFalse(order.sale_order_id.ecom_hold)

    def test_a_register_that_thinks_for_too_long_is_given_up_and_asked_again(self):
        orders = self.buy(1), self.buy(2, vat=OTHER_VAT, company="Andere GmbH")
        self.vies.numbers[OTHER_VAT] = "valid"
        numbers = self.env["ecom.vat.number"].search([])
        self.vies.slow = 0.5
        with patch("odoo.addons.ecom_connector.platforms.vies.TIMEOUT", (0.1, 0.1)):
            self.ask()
        self.assertEqual(len(self.vies.asked), 1, "the second would wait as long for as little")
        self.assertEqual(numbers.mapped("answer"), ["waiting", "waiting"])
        self.assertTrue(all(number.last_error and number.tries == 1 for number in numbers))
        self.vies.slow = 0.0
        numbers.next_try_at = fields.Datetime.now()
        self.ask()
        self.assertEqual([order.sale_order_id.ecom_hold for order in orders], [False, False])

    def test_a_channel_may_let_orders_go_on(self):
        self.channel.vat_policy = "tell"
        self.vies.numbers[GERMAN_VAT] = "invalid"
        order = self.buy(1)
        self.assertEqual((order.sale_order_id.ecom_hold, len(order.sale_order_id.invoice_ids)), (False, 1))
        self.ask()
        self.assertEqual(self.open_issues(order).code, "vat_doubt")
        self.channel.vat_policy = "none"
        self.assertFalse(self.buy(2, vat="").sale_order_id.ecom_vat_number)

    def test_a_frenchman_who_pays_tax_is_not_checked(self):
        raw = woo_order(1, meta_data=[{"key": "_vat_number", "value": "FR23334175221"}])
        sale = self.receive(raw).sale_order_id
        self.ask()
        self.assertEqual((sale.ecom_hold, self.vies.asked), (False, []))

    def test_a_run_over_many_numbers_costs_no_search_each(self):
        """Answers, contacts and orders are looked up for the whole run, whatever VIES says of each number.

        What Odoo notes in the chatter of each order and contact is not counted.
        """

        def look_ups(first, count, state):
            numbers = [self.german(first + index) for index in range(count)]
            self.vies.numbers |= dict.fromkeys(numbers, state)
            orders = self.receive(
                *(self.raw(number, vat, f"Muster {number}") for number, vat in enumerate(numbers, start=first))
            )
            self.assertEqual(set(orders.mapped("state")), {"settled"})
            records = self.env["ecom.vat.number"].search([("number", "in", numbers)])
            self.assertEqual(len(records), count)
            records.asked_since = fields.Datetime.now() - timedelta(hours=2)
            self.env.flush_all()
            self.env.invalidate_all()
            with self.counting_look_ups() as found:
                self.ask()
                self.env.flush_all()
            self.assertEqual(set(records.mapped("answer")), {"waiting" if state == "down" else state})
            records.next_try_at = fields.Datetime.now() + timedelta(days=1)
            return len(found)

        for turn, state in enumerate(("valid", "invalid", "down")):
            first = 1000 * (turn + 1)
            look_ups(first, 2, state)  # what Odoo looks up once in a while
            few, many = look_ups(first + 10, 2, state), look_ups(first + 30, 7, state)
            with self.subTest(state, few=few, many=many):
                self.assertLess((many - few) / 5, 0.3)
                codes = self.open_issues().filtered(lambda issue, first=first: int(issue.order_id.number) >= first)
                told = {"valid": [], "invalid": ["vat_doubt"], "down": ["vat_unanswered"]}[state]
                self.assertEqual(codes.mapped("code"), told * 11)

    @contextmanager
    def counting_look_ups(self):
        """A list that takes each look-up of the block."""
        found, execute = [], type(self.env.cr).execute

        def counting(cr, query, *args, **kwargs):
            code = query.code if isinstance(query, SQL) else str(query)
            if code.lstrip().upper().startswith(("SELECT", "WITH")):
                found.append(code)
            return execute(cr, query, *args, **kwargs)

        with patch.object(type(self.env.cr), "execute", counting):
            yield found

    @staticmethod
    def german(number):
        """A well-formed German VAT number."""
        front = f"{10000000 + number}"
        return "DE" + front + mod_11_10.calc_check_digit(front)

    def test_looking_numbers_up_costs_as_much_for_many_as_for_few(self):
        Number, company = self.env["ecom.vat.number"], self.channel.company_id

        def statements(first, count):
            numbers = {self.german(first + index) for index in range(count)}
            Number._answers(numbers, company)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(set(Number._answers(numbers, company)), numbers)
            return self.env.cr.sql_log_count - before

        statements(100, 2)
        self.assertEqual(statements(200, 10), statements(300, 30))

    def test_what_is_no_number_holds_nobody_else_up(self):
        """A person may type anything on a contact and have it checked."""
        order, other = self.buy(1, vat="DE000000000"), self.buy(2, company="Andere GmbH")
        order.sale_order_id.partner_id.commercial_partner_id.with_context(no_vat_validation=True).vat = "12345"
        self.open_issues(order).action_fix()
        self.ask()
        self.assertEqual(self.vies.asked, [(GERMAN_VAT, "23334175221")])
        self.assertEqual((order.sale_order_id.ecom_hold, other.sale_order_id.ecom_hold), ("vat", False))
        self.assertIn("12345", self.open_issues(order).message)
