from datetime import date, datetime

from freezegun import freeze_time
from odoo import Command
from odoo.tests import tagged

from .shop_case import ShopCase, woo_order


@tagged("post_install", "-at_install")
class TestCompanyDay(ShopCase):
    """A day ends at the company's midnight, whoever works, and also where nobody does."""

    def test_a_company_without_a_time_zone_has_its_country_s(self):
        company = self.env.company
        company.partner_id.write({"tz": False, "country_id": self.env.ref("base.fr").id})
        self.assertEqual(company._ecom_zone(), "Europe/Paris")
        company.partner_id.country_id = self.env.ref("base.re")
        self.assertEqual(company._ecom_zone(), "Indian/Reunion")
        company.partner_id.tz = "Europe/Lisbon"
        self.assertEqual(company._ecom_zone(), "Europe/Lisbon")
        self.assertEqual(company._ecom_day(datetime(2026, 7, 31, 23, 30)), date(2026, 8, 1))

    def test_what_is_paid_and_invoiced_after_midnight_is_of_the_new_month(self):
        self.env.company.partner_id.tz = "Europe/Paris"
        self.channel.invoice_policy = "confirmed"
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.env.company.id)], limit=1
        )
        self.channel.mapping_payment_ids = [Command.create({"code": "stripe", "journal_id": bank.id})]
        at_night = dict.fromkeys(("date_created_gmt", "date_paid_gmt", "date_modified_gmt"), "2026-10-31T23:30:00")
        with freeze_time("2026-10-31 23:31:00"):
            order = self.receive(woo_order(1, **at_night))
        invoice = order.sale_order_id.invoice_ids
        self.assertEqual((invoice.state, invoice.invoice_date), ("posted", date(2026, 11, 1)))
        self.assertEqual(order.account_payment_ids.date, date(2026, 11, 1))
