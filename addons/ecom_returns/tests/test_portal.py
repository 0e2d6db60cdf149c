import re

from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.tests import HttpCase, tagged

from .returns_case import ReturnsCase

PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000" + "1f15c489")


class PortalCase(ReturnsCase, HttpCase):
    def find(self, number, email):
        page = self.url_open("/withdrawal")
        self.assertEqual(page.status_code, 200)
        return self.url_open("/withdrawal/find", self.token(page) | {"number": number, "email": email})

    def token(self, page):
        return {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]}

    def hidden(self, page):
        return dict(re.findall(r'name="(csrf_token|access_token|kind)" value="([^"]*)"', page.text))

    def confirm(self, order, page, files=None, **values):
        address = f"/my/orders/{order.sale_order_id.id}/return/confirm"
        return self.url_open(address, self.hidden(page) | values, files=files)

    def mails(self, order):
        return self.env["mail.mail"].search([("recipient_ids", "in", order.sale_order_id.partner_id.ids)], order="id")


@tagged("post_install", "-at_install")
class TestPortal(PortalCase):
    """What customers do themselves, guests among them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls().shipped(1)

    def test_a_guest_withdraws_with_two_clicks_and_has_it_in_writing(self):
        page = self.find("1", " Marie@Example.com ")
        self.assertIn("Withdrawal from order", page.text)
        line = self.sold(self.order)
        done = self.confirm(self.order, page, **{f"quantity_{line.id}": "2"})
        found = self.order.sale_order_id.ecom_return_ids
        self.assertIn(found.name, done.text)
        self.assertEqual((found.kind, found.state, found.line_ids.quantity), ("withdrawal", "awaiting", 2))
        mail = self.mails(self.order)[-1:]
        self.assertIn(found.name, mail.subject)
        self.assertIn(found._asked_words(), mail.body_html)
        self.assertTrue(found.acknowledged_at)

    def test_a_wrong_address_finds_nothing(self):
        for number, email in (("1", "other@example.com"), ("2", "marie@example.com"), ("1", "")):
            self.assertIn("No order has this number", self.find(number, email).text)
        wrong = self.url_open(f"/my/orders/{self.order.sale_order_id.id}/return?access_token=guess")
        self.assertNotIn("You send back", wrong.text)

    def test_what_is_excluded_cannot_be_withdrawn_from(self):
        order = self.shipped(2, ("MUG", 1, "10.00", "2.00"), ("PEN", 1, "5.00", "1.00"))
        self.mug.ecom_no_withdrawal = True
        page = self.find("2", "marie@example.com")
        self.assertIn("Excluded from the right of withdrawal", page.text)
        both = {f"quantity_{self.sold(order, sku).id}": "1" for sku in ("MUG", "PEN")}
        self.confirm(order, page, **both)
        self.assertEqual(order.sale_order_id.ecom_return_ids.line_ids.product_id, self.pen)

    def test_too_late_it_is_a_request_that_a_person_answers_with_photos(self):
        self.order.sale_order_id.picking_ids.ecom_delivered_at = "2026-01-02 10:00:00"
        page = self.find("1", "marie@example.com")
        self.assertIn("The time for withdrawing ended", page.text)
        line = self.sold(self.order)
        files = [("photos", ("a.png", PIXEL, "image/png")), ("photos", ("b.exe", b"MZ", "application/x-dosexec"))]
        self.confirm(self.order, page, files=files, reason="defective", note="It leaks", **{f"quantity_{line.id}": "1"})
        found = self.order.sale_order_id.ecom_return_ids
        self.assertEqual((found.kind, found.state, found.note), ("terms", "requested", "It leaks"))
        self.assertEqual(found.line_ids.reason_id, self.env.ref("ecom_returns.reason_defective"))
        photos = self.env["ir.attachment"].search([("res_model", "=", "ecom.return"), ("res_id", "=", found.id)])
        self.assertEqual(photos.mapped("name"), ["a.png"])

    def test_nothing_chosen_is_said_and_nothing_done(self):
        page = self.find("1", "marie@example.com")
        for next_to_nothing in ("0", "0.0000001"):  # what no browser sends
            again = self.confirm(self.order, page, **{f"quantity_{self.sold(self.order).id}": next_to_nothing})
            self.assertIn("Choose what you send back", again.text)
            self.assertFalse(self.order.sale_order_id.ecom_return_ids)

    def test_the_order_s_own_page_leads_there(self):
        sale = self.order.sale_order_id
        page = self.url_open(f"/my/orders/{sale.id}?access_token={sale._portal_ensure_token()}")
        self.assertIn(f"/my/orders/{sale.id}/return?access_token=", page.text)

    # === WHAT IS SENT BY NOBODY'S BROWSER === #

    def test_what_only_calls_itself_a_photo_is_left_out(self):
        page = self.find("1", "marie@example.com")
        files = [("photos", ("a.html", b"<html><script>alert(1)</script></html>", "image/png"))]
        self.confirm(self.order, page, files=files, **{f"quantity_{self.sold(self.order).id}": "1"})
        found = self.order.sale_order_id.ecom_return_ids
        self.assertTrue(found)
        self.assertFalse(
            self.env["ir.attachment"].search([("res_model", "=", "ecom.return"), ("res_id", "=", found.id)])
        )

    def test_whoever_guesses_has_to_wait(self):
        self.addCleanup(self.registry.__dict__.pop, "_login_failures", None)
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", 3)
        for _time in range(3):
            self.assertIn("No order has this number", self.find("1", "other@example.com").text)
        self.assertIn("Too many", self.find("1", "marie@example.com").text)


@tagged("post_install", "-at_install")
class TestPortalBeforeItLeft(PortalCase):
    """What customers do while all of an order, or a part of it, has not left."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls().receive(woo_order(1, (("MUG", 2, "10.00", "2.00"), ("PEN", 3, "5.00", "1.00"))))

    def mugs_leave(self):
        pickings = self.order.sale_order_id.picking_ids
        pickings.move_ids.filtered(lambda move: move.product_id == self.mug).picked = True
        pickings._action_done()

    def test_the_delivery_is_stopped_and_the_customer_has_it_in_writing_once(self):
        sale = self.order.sale_order_id
        page = self.find("1", "marie@example.com")
        self.assertIn("has not left yet", page.text)
        for _time in range(2):
            self.assertIn("We have received it", self.confirm(self.order, page).text)
        self.assertEqual(len(sale.activity_ids), 1)
        self.assertIn("withdrew", sale.activity_ids.summary)
        self.assertRegex(self.mails(self.order)[-1:].subject, "Your withdrawal|Votre rétractation")
        told = self.mails(self.order).filtered(lambda mail: sale.client_order_ref in (mail.subject or ""))
        self.assertEqual(len(told), 1)
        self.assertTrue(sale.ecom_withdrawn_at)
        self.assertEqual((sale.ecom_hold, sale.picking_ids.state), ("person", "confirmed"))

    def test_what_has_not_left_of_an_order_is_withdrawn_from_with_what_has(self):
        self.mugs_leave()
        sale = self.order.sale_order_id
        sale.partner_id.lang = "en_US"
        rest = self.delivery(self.order)
        page = self.find("1", "marie@example.com")
        self.assertIn(f"Do not send what has not left yet: 3 × {self.pen.name}", page.text)
        mugs = {f"quantity_{self.sold(self.order).id}": "2"}
        done = self.confirm(self.order, page, **mugs, rest="1")
        found = sale.ecom_return_ids
        self.assertIn(found.name, done.text)
        self.assertIn("Your withdrawal from order", done.text)
        self.assertEqual((found.line_ids.product_id, found.refund_rest), (self.mug, True), "delivery is owed too")
        self.assertEqual((sale.ecom_hold, rest.state), ("person", "confirmed"))
        self.assertIn(f"3 × {self.pen.name}", sale.activity_ids.summary)
        stopped = self.mails(self.order).filtered(lambda mail: "Your withdrawal from order" in mail.subject)
        self.assertIn(f"3 × {self.pen.with_context(lang='en_US').name}", stopped.body_html)
        self.assertNotIn("has not left", self.find("1", "marie@example.com").text)

    def test_of_what_has_not_left_only_that_is_withdrawn_from(self):
        self.mugs_leave()
        sale = self.order.sale_order_id
        self.pen.ecom_no_withdrawal = True
        self.assertNotIn("has not left", self.find("1", "marie@example.com").text)
        self.pen.ecom_no_withdrawal = False
        page = self.find("1", "marie@example.com")
        self.confirm(self.order, page, **{f"quantity_{self.sold(self.order).id}": "0"}, rest="1")
        self.assertEqual((bool(sale.ecom_withdrawn_at), len(sale.ecom_return_ids)), (True, 0))
        self.delivery(self.order).action_cancel()
        found = self.ask(self.order, {"MUG": 1})
        self.assertFalse(found.refund_rest, "one mug stays")

    def test_the_order_s_own_page_leads_to_the_withdrawal_before_it_left(self):
        sale = self.order.sale_order_id
        page = self.url_open(f"/my/orders/{sale.id}?access_token={sale._portal_ensure_token()}")
        self.assertIn("kind=withdrawal", page.text)
        sale._action_cancel()
        page = self.url_open(f"/my/orders/{sale.id}?access_token={sale._portal_ensure_token()}")
        self.assertNotIn("kind=withdrawal", page.text)
