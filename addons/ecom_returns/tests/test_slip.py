from odoo.tests import tagged

from .returns_case import ReturnsCase


@tagged("post_install", "-at_install")
class TestSlip(ReturnsCase):
    def test_the_slip_says_what_where_to_and_bears_the_number_as_a_barcode(self):
        found = self.ask(self.shipped(1), {"MUG": 1})
        report = self.env["ir.actions.report"]
        html, _kind = report._render_qweb_html("ecom_returns.report_return_slip", found.ids)
        text = html.decode()
        self.assertIn(found.name, text)
        self.assertIn("data:image/svg+xml;base64,", text)
        self.assertIn("Mug", text)
        self.assertIn(found.company_id.name, text)
