from unittest.mock import patch

from odoo.tests import tagged

from ..models.channels.channel import EcomChannel
from ..platforms.base import platform_class
from ..platforms.collected import set_aside
from .shop_case import ShopCase, woo_order

BE = {"country": "BE", "city": "Bruxelles", "postcode": "1000"}
DE = {"country": "DE", "city": "Berlin", "postcode": "10115"}
GERMAN_VAT = "DE136695976"


@tagged("post_install", "-at_install")
class TestTaxes(ShopCase):
    """What a sale is, in the books: order, invoice, accounts, boxes of the VAT return, mention. Figures stay the
    shop's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.channel.company_id
        cls.channel.invoice_policy = "confirmed"
        cls.company.vat = "FR23334175221"

    # === HELPERS === #

    def sell(self, number, rate="20", country="FR", lines=None, shipping="4.00", place=None, **changes):
        """An order of one MUG worth 100.00 (or ``lines``: (SKU, net)), with ``rate`` of tax or none at all."""
        rate = rate and float(rate)
        nets = lines or [("MUG", "100.00")]

        def tax(net):
            return f"{float(net) * (rate or 0) / 100:.2f}"

        raw = woo_order(number, lines=[(sku, 1, net, tax(net)) for sku, net in nets])
        raw["shipping_lines"][0] |= {"total": shipping, "total_tax": tax(shipping)}
        raw["shipping_lines"][0]["taxes"] = [{"id": 1, "total": tax(shipping), "subtotal": ""}]
        goods_tax = sum(float(tax(net)) for _sku, net in nets)
        total_tax = goods_tax + float(tax(shipping))
        raw["tax_lines"][0] |= {
            "rate_code": f"{country}-TVA-1",
            "rate_percent": rate or 0,
            "tax_total": f"{goods_tax:.2f}",
            "shipping_tax_total": tax(shipping),
        }
        raw["total"] = f"{sum(float(net) for _sku, net in nets) + float(shipping) + total_tax:.2f}"
        raw["total_tax"] = f"{total_tax:.2f}"
        if not rate:
            raw["tax_lines"] = []
            for row in raw["line_items"] + raw["shipping_lines"]:
                row["taxes"] = []
        raw["billing"] |= place or {}
        raw["shipping"] |= place or {}
        return raw | changes

    def order(self, raw):
        order = self.receive(raw)
        sale_order = order.sale_order_id
        self.assertEqual(order.state, "settled", order.issue_ids.mapped("message"))
        self.assertEqual(f"{sale_order.amount_total:.2f}", raw["total"])
        self.assertEqual(f"{sale_order.amount_tax:.2f}", raw["total_tax"])
        return sale_order

    def invoice(self, sale_order):
        invoice = sale_order.invoice_ids or sale_order._create_invoices()
        if invoice.state == "draft":
            invoice.action_post()
        self.assertEqual(invoice.amount_total, sale_order.amount_total)
        self.assertEqual(invoice.amount_tax, sale_order.amount_tax)
        return invoice

    def boxes(self, invoice):
        """``{tag name: (base, tax)}`` of the VAT return, positive for sales."""
        found = {}
        for line in invoice.line_ids:
            for tag in line.tax_tag_ids:
                base, tax = found.get(tag.name, (0, 0))
                found[tag.name] = (base, tax - line.balance) if line.tax_line_id else (base - line.balance, tax)
        return {name: (round(base, 2), round(tax, 2)) for name, (base, tax) in found.items()}

    def tax_accounts(self, invoice):
        return set(invoice.line_ids.filtered("tax_line_id").account_id.mapped("code"))

    def mention(self, invoice):
        """What the printed invoice says about taxes."""
        html, _kind = self.env["ir.actions.report"]._render_qweb_html("account.report_invoice", invoice.ids)
        return html.decode()

    def activate_oss(self):
        if not hasattr(self.company, "_map_eu_taxes"):
            self.skipTest("l10n_eu_oss is not installed")
        self.company._map_eu_taxes()

    # === STORIES === #

    def test_a_french_consumer_pays_twenty_percent(self):
        invoice = self.invoice(self.order(self.sell(1)))
        boxes = self.boxes(invoice)
        self.assertEqual((boxes["A1"][0], boxes["08_base"][0], boxes["08_taxe"][1]), (104.0, 104.0, 20.8))
        self.assertEqual(invoice.amount_tax, 20.80, "the tax on the shipping is due with the goods'")
        self.assertIn("445710", {code[:6] for code in self.tax_accounts(invoice)})
        self.assertEqual(invoice.fiscal_position_id, self.company.domestic_fiscal_position_id)

    def test_a_french_consumer_pays_five_and_a_half_percent_for_books(self):
        sale_order = self.order(self.sell(2, "5.5"))
        self.assertEqual(set(sale_order.order_line.tax_ids.mapped("amount")), {5.5})
        self.assertEqual(self.boxes(self.invoice(sale_order))["09_base"][0], 104.0)

    def test_a_belgian_consumer_is_sold_to_under_oss(self):
        self.activate_oss()
        sale_order = self.order(self.sell(3, "21", "BE", place=BE))
        invoice = self.invoice(sale_order)
        position = invoice.fiscal_position_id
        self.assertEqual(position.country_id.code, "BE")
        self.assertLessEqual(sale_order.order_line.tax_ids, position.tax_ids)
        boxes = self.boxes(invoice)
        self.assertEqual(boxes["OSS"], (104.0, 21.84))
        self.assertNotIn("08_base", boxes)
        oss_account = self.company._get_oss_account()
        self.assertEqual(invoice.line_ids.filtered("tax_line_id").account_id, oss_account)

    def test_without_oss_a_belgian_rate_is_asked_not_guessed(self):
        order = self.receive(self.sell(4, "21", "BE", place=BE))
        self.assertEqual(order.state, "blocked")
        issue = self.open_issues(order)
        self.assertEqual(set(issue.mapped("code")), {"unknown_tax"})
        self.assertIn("BE", issue[0].message)

    def test_a_rate_is_booked_under_oss_when_it_is_created_by_policy(self):
        self.activate_oss()
        self.channel.tax_policy = "create"
        invoice = self.invoice(self.order(self.sell(5, "12", "BE", place=BE)))
        self.assertEqual(self.boxes(invoice)["OSS"], (104.0, 12.48))
        self.assertEqual(invoice.fiscal_position_id.country_id.code, "BE")

    def test_below_the_threshold_a_belgian_consumer_pays_french_tax(self):
        self.activate_oss()
        invoice = self.invoice(self.order(self.sell(6, "20", "FR", place=BE)))
        self.assertEqual(self.boxes(invoice)["08_base"][0], 104.0)
        self.assertFalse(invoice.fiscal_position_id.country_id == self.env.ref("base.be"))

    def test_a_german_company_is_supplied_without_tax_and_told_why(self):
        raw = self.sell(7, None, place=DE | {"company": "Muster GmbH"})
        raw["meta_data"] = [{"key": "_vat_number", "value": GERMAN_VAT}]
        invoice = self.invoice(self.order(raw))
        self.assertEqual(self.boxes(invoice), {"F2": (104.0, 0)}, "goods and their shipping in one box")
        self.assertTrue(invoice.fiscal_position_id.vat_required)
        self.assertIn("Article 138", self.mention(invoice))
        self.assertIn(GERMAN_VAT, self.mention(invoice))

    def test_a_service_to_a_german_company_is_reported_as_one(self):
        self.pen.type = "service"
        raw = self.sell(8, None, lines=[("PEN", "50.00")], shipping="0.00", place=DE | {"company": "Muster GmbH"})
        raw["meta_data"] = [{"key": "_vat_number", "value": GERMAN_VAT}]
        raw["shipping_lines"] = []
        invoice = self.invoice(self.order(raw))
        self.assertEqual(set(invoice.invoice_line_ids.tax_ids.mapped("tax_scope")), {"service"})
        self.assertIn("Article 196", self.mention(invoice))
        self.assertNotIn("F2", self.boxes(invoice))

    def test_switzerland_is_export_and_the_mention_comes_with_one_click(self):
        place = {"country": "CH", "city": "Genève", "postcode": "1201"}
        sale_order = self.order(self.sell(9, None, place=place))
        issue = self.open_issues().filtered(lambda issue: issue.code == "missing_mention")
        self.assertEqual(len(issue), 1)
        self.assertFalse(issue.blocking)
        issue.action_fix()
        invoice = self.invoice(sale_order)
        self.assertEqual(self.boxes(invoice), {"E1": (104.0, 0)})
        self.assertRegex(self.mention(invoice), "[Aa]rticle 146")
        self.assertIn("146", invoice.invoice_line_ids.tax_ids.with_context(lang="fr_FR").invoice_legal_notes)
        self.assertFalse(invoice.fiscal_position_id.country_group_id or invoice.fiscal_position_id.is_domestic)

    def test_reunion_has_its_own_rate_even_when_the_post_calls_it_france(self):
        place = {"country": "FR", "city": "Saint-Denis", "postcode": "97400"}
        order = self.receive(self.sell(10, "8.5", place=place))
        self.assertEqual(set(self.open_issues(order).mapped("code")), {"unknown_tax"})
        self.open_issues(order)[0].action_fix()
        tax = self.env["ecom.tax.mapping"].search([("country_code", "=", "RE")]).tax_id
        self.assertEqual((tax.amount, tax.tax_scope), (8.5, "consu"))
        chart = [self.env.ref(f"account.{self.company.id}_tva_specifique{suffix}") for suffix in ("", "_ttc")]
        self.assertIn(tax, chart, "the chart's own, which was archived")
        self.assertTrue(tax.active)
        invoice = self.invoice(self.order(self.sell(11, "8.5", place=place)))
        self.assertEqual(self.boxes(invoice)["10_base"][0], 104.0, "goods and shipping: the overseas line")
        self.assertEqual(invoice.amount_tax, 8.84)

    def test_guyane_has_no_tax_and_counts_as_export(self):
        invoice = self.invoice(self.order(self.sell(12, None, place={"country": "GF", "postcode": "97300"})))
        self.assertEqual(self.boxes(invoice), {"E1": (104.0, 0)})
        invoice = self.invoice(self.order(self.sell(13, None, place={"country": "FR", "postcode": "97600"})))
        self.assertEqual(self.boxes(invoice), {"E1": (104.0, 0)})

    def test_what_is_exempt_at_home_is_reported_too(self):
        self.assertEqual(self.boxes(self.invoice(self.order(self.sell(14, None)))), {"E2": (104.0, 0)})

    def test_an_untaxed_sale_that_no_tax_explains_goes_on_and_is_told(self):
        export = self.env["account.tax"].search([("fiscal_position_ids.country_group_id", "=", False)])
        export.filtered(
            lambda tax: tax.type_tax_use == "sale" and not tax.amount and not tax.is_domestic
        ).active = False
        place = {"country": "CH", "postcode": "1201"}
        self.order(self.sell(15, None, place=place))
        issue = self.open_issues().filtered(lambda issue: issue.code == "untaxed_sale")
        self.assertEqual(len(issue), 1)
        self.assertFalse(issue.blocking)
        issue.tax_id = export.filtered(lambda tax: tax.tax_scope == "consu" and not tax.amount)[:1]
        issue.action_fix()
        self.assertEqual(self.order(self.sell(16, None, place=place)).order_line.tax_ids, issue.tax_id)

    def test_what_the_marketplace_collects_is_no_tax_of_ours(self):
        real = platform_class("woocommerce")

        class Marketplace(real):
            @classmethod
            def parse_order(cls, raw):
                return set_aside(real.parse_order(raw), {"1"})

        self.startPatcher(patch.object(EcomChannel, "_platform_class", lambda _channel: Marketplace))
        raw = self.sell(17, "20", "FR")
        order = self.receive(raw)
        self.assertEqual(order.sale_order_id.amount_total, 104.0, "the marketplace keeps the tax")
        issue = self.open_issues().filtered(lambda issue: issue.code == "untaxed_sale")
        self.assertEqual(len(issue), 1)
        issue.action_fix()
        order.sale_order_ids.with_context(disable_cancel_warning=True)._action_cancel()
        sale_order = self.receive(self.sell(18, "20", "FR")).sale_order_id
        invoice = self.invoice(sale_order)
        self.assertEqual((invoice.amount_total, invoice.amount_tax), (104.0, 0))
        self.assertTrue(all(invoice.invoice_line_ids.tax_ids.mapped("ecom_marketplace")))
        self.assertEqual(self.boxes(invoice), {"E2": (104.0, 0)})
        self.assertIn("136a", self.mention(invoice))

    def test_goods_and_services_of_one_order_are_told_apart(self):
        self.pen.type = "service"
        sale_order = self.order(self.sell(19, lines=[("MUG", "100.00"), ("PEN", "50.00")]))
        goods, service = sale_order.order_line.filtered(lambda line: line.product_id in self.mug + self.pen)
        self.assertEqual((goods.tax_ids.tax_scope, service.tax_ids.tax_scope), ("consu", "service"))

    def test_what_a_person_mapped_wins(self):
        tax = (
            self.env["account.tax"]
            .search([("company_id", "=", self.company.id), ("type_tax_use", "=", "sale"), ("amount", "=", 20)], limit=1)
            .copy({"name": "20 % boutique"})
        )
        self.order(self.sell(20))
        mappings = self.env["ecom.tax.mapping"].search([("channel_id", "=", self.channel.id), ("rate", "=", 20)])
        mappings.tax_id = tax
        self.assertEqual(self.order(self.sell(21)).order_line.tax_ids, tax)
