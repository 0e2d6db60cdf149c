from odoo.tests import tagged

from .external_shop import ExternalShopCase, external_order
from .shop_case import ShopCase, woo_order


@tagged("post_install", "-at_install")
class TestRegistration(ShopCase):
    """Companies that give their SIREN or SIRET at the checkout."""

    def buy(self, number, siret, vat="", company="Papeterie du Centre"):
        raw = woo_order(number)
        raw["billing"] |= {"company": company}
        raw["meta_data"] = [{"key": "_billing_siret", "value": siret}, {"key": "_billing_vat", "value": vat}]
        order = self.receive(raw)
        self.assertEqual(order.state, "settled", order.issue_ids.mapped("message"))
        return order, order.sale_order_id.partner_id.commercial_partner_id

    def test_a_siren_typed_with_spaces_is_kept_on_the_contact(self):
        order, company = self.buy(1, "334 175 221", "FR23334175221")
        self.assertEqual((company.company_registry, company.is_company), ("334175221", True))
        self.assertFalse(self.open_issues(order))

    def test_a_wrong_digit_is_not_kept_and_stops_no_order(self):
        order, company = self.buy(2, "334175222")
        self.assertFalse(company.company_registry)
        issue = self.open_issues(order)
        self.assertEqual((issue.code, issue.blocking), ("bad_registration", False))
        self.assertIn("Papeterie du Centre", issue.message)
        self.assertIn("334175222", issue.message)
        issue.action_fix()
        self.assertEqual((issue.state, order.state), ("solved", "settled"))

    def test_a_vat_number_of_another_company_is_told(self):
        order, company = self.buy(3, "552100554", "FR23334175221")
        self.assertFalse(company.company_registry)
        self.assertIn("FR23334175221", self.open_issues(order).message)

    def test_what_a_person_entered_stands(self):
        _order, company = self.buy(4, "334175221")
        company.company_registry = "552100554"
        _order, again = self.buy(5, "334175221")
        self.assertEqual((again, again.company_registry), (company, "552100554"))

    def test_numbers_of_many_companies_cost_no_search_each(self):
        """What each company costs beyond one that gave no number, in statements; a search for each would be one."""

        def statements(first, count, siret):
            raws = []
            for number in range(first, first + count):
                raw = woo_order(number)
                raw["billing"] |= {"company": f"Papeterie {number}", "email": f"p{number}@example.com"}
                raw["meta_data"] = [{"key": "billing_siret", "value": siret}] if siret else []
                raws.append(raw)
            channel = self.channel._work_env()
            Order = channel.env["ecom.order"]
            Order._stage(channel, raws, {})
            orders = Order._to_settle(channel, count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders._settle_documents(channel)
            self.env.flush_all()
            found = self.env.cr.sql_log_count - before
            orders._settle_confirm(channel)
            orders._settle_close(channel)
            self.assertEqual(set(orders.mapped("state")), {"settled"})
            return found

        for turn, siret in enumerate(("", "334175221", "334175222")):
            statements(1000 + turn * 10, 2, siret)  # what Odoo looks up once in a while
        plain = statements(2030, 9, "") - statements(2000, 3, "")
        right = statements(3030, 9, "334175221") - statements(3000, 3, "334175221")
        wrong = statements(4030, 9, "334175222") - statements(4000, 3, "334175222")
        self.assertLess((right - plain) / 6, 0.5, (right, plain))
        self.assertLess((wrong - plain) / 6, 0.5, (wrong, plain))
        companies = [("company_registry", "=", "334175221"), ("is_company", "=", True)]
        kept = self.env["res.partner"].search_count(companies)
        self.assertEqual(kept, 14)
        self.assertEqual(len(self.open_issues().filtered(lambda issue: issue.code == "bad_registration")), 14)


@tagged("post_install", "-at_install")
class TestCollected(ExternalShopCase):
    """A marketplace that collects the tax itself says so of each tax."""

    def test_what_the_marketplace_collects_stays_out_of_our_sales(self):
        raw = external_order(1)
        raw["taxes"][0]["collected"] = True
        raw["customer"]["registration"] = "334175221"
        channel = self.channel._work_env()
        self.assertTrue(channel._platform_class().capabilities.collects_taxes)
        orders = channel.env["ecom.order"]._stage(channel, [raw], {})
        order = next(iter(orders.values()))
        order._settle_documents(channel)
        self.assertEqual(order.state, "received", order.issue_ids.mapped("message"))
        self.assertEqual((order.amount_total, order.sale_order_id.amount_total), (24.0, 24.0))
        self.assertEqual(order.sale_order_id.amount_tax, 0)
        keys = self.channel.mapping_tax_ids.mapped("treatment")
        self.assertEqual(keys, ["marketplace"])
