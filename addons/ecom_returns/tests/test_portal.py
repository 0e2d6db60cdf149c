import re

from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.tests import HttpCase, tagged

from .returns_case import ReturnsCase

PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000" + "1f15c489")


@tagged("post_install", "-at_install")
class TestPortal(ReturnsCase, HttpCase):
    """What customers do themselves, guests among them."""

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

    def test_a_guest_withdraws_with_two_clicks_and_has_it_in_writing(self):
        order = self.shipped(1)
        page = self.find("1", " Marie@Example.com ")
        self.assertIn("Withdrawal from order", page.text)
        line = self.sold(order)
        done = self.confirm(order, page, **{f"quantity_{line.id}": "2"})
        found = order.sale_order_id.ecom_return_ids
        self.assertIn(found.name, done.text)
        self.assertEqual((found.kind, found.state, found.line_ids.quantity), ("withdrawal", "awaiting", 2))
        mail = self.mails(order)[-1:]
        self.assertIn(found.name, mail.subject)
        self.assertIn(found._asked_words(), mail.body_html)
        self.assertTrue(found.acknowledged_at)

    def test_a_wrong_address_finds_nothing(self):
        order = self.shipped(1)
        for number, email in (("1", "other@example.com"), ("2", "marie@example.com"), ("1", "")):
            self.assertIn("No order has this number", self.find(number, email).text)
        wrong = self.url_open(f"/my/orders/{order.sale_order_id.id}/return?access_token=guess")
        self.assertNotIn("You send back", wrong.text)

    def test_what_is_excluded_cannot_be_withdrawn_from(self):
        order = self.shipped(1, ("MUG", 1, "10.00", "2.00"), ("PEN", 1, "5.00", "1.00"))
        self.mug.ecom_no_withdrawal = True
        page = self.find("1", "marie@example.com")
        self.assertIn("Excluded from the right of withdrawal", page.text)
        both = {f"quantity_{self.sold(order, sku).id}": "1" for sku in ("MUG", "PEN")}
        self.confirm(order, page, **both)
        self.assertEqual(order.sale_order_id.ecom_return_ids.line_ids.product_id, self.pen)

    def test_too_late_it_is_a_request_that_a_person_answers_with_photos(self):
        order = self.shipped(1)
        order.sale_order_id.picking_ids.ecom_delivered_at = "2026-01-02 10:00:00"
        page = self.find("1", "marie@example.com")
        self.assertIn("The time for withdrawing ended", page.text)
        line = self.sold(order)
        files = [("photos", ("a.png", PIXEL, "image/png")), ("photos", ("b.exe", b"MZ", "application/x-dosexec"))]
        self.confirm(order, page, files=files, reason="defective", note="It leaks", **{f"quantity_{line.id}": "1"})
        found = order.sale_order_id.ecom_return_ids
        self.assertEqual((found.kind, found.state, found.note), ("terms", "requested", "It leaks"))
        self.assertEqual(found.line_ids.reason_id, self.env.ref("ecom_returns.reason_defective"))
        photos = self.env["ir.attachment"].search([("res_model", "=", "ecom.return"), ("res_id", "=", found.id)])
        self.assertEqual(photos.mapped("name"), ["a.png"])

    def test_nothing_chosen_is_said_and_nothing_done(self):
        order = self.shipped(1)
        page = self.find("1", "marie@example.com")
        again = self.confirm(order, page, **{f"quantity_{self.sold(order).id}": "0"})
        self.assertIn("Choose what you send back", again.text)
        self.assertFalse(order.sale_order_id.ecom_return_ids)

    def test_before_it_left_people_stop_it_and_the_customer_has_it_in_writing(self):
        order = self.receive(woo_order(1))
        page = self.find("1", "marie@example.com")
        self.assertIn("has not left yet", page.text)
        self.assertIn("We have received it", self.confirm(order, page).text)
        self.assertIn("withdrew", order.sale_order_id.activity_ids.mapped("summary")[0])
        self.assertRegex(self.mails(order)[-1:].subject, "Your withdrawal|Votre rétractation")

    def test_the_order_s_own_page_leads_there(self):
        order = self.shipped(1)
        sale = order.sale_order_id
        page = self.url_open(f"/my/orders/{sale.id}?access_token={sale._portal_ensure_token()}")
        self.assertIn(f"/my/orders/{sale.id}/return?access_token=", page.text)

    # === WHAT IS SENT BY NOBODY'S BROWSER === #

    def test_next_to_nothing_is_nothing(self):
        order = self.shipped(1)
        page = self.find("1", "marie@example.com")
        again = self.confirm(order, page, **{f"quantity_{self.sold(order).id}": "0.0000001"})
        self.assertIn("Choose what you send back", again.text)
        self.assertFalse(order.sale_order_id.ecom_return_ids)

    def test_what_only_calls_itself_a_photo_is_left_out(self):
        order = self.shipped(1)
        page = self.find("1", "marie@example.com")
        files = [("photos", ("a.html", b"<html><script>alert(1)</script></html>", "image/png"))]
        self.confirm(order, page, files=files, **{f"quantity_{self.sold(order).id}": "1"})
        found = order.sale_order_id.ecom_return_ids
        self.assertTrue(found)
        self.assertFalse(
            self.env["ir.attachment"].search([("res_model", "=", "ecom.return"), ("res_id", "=", found.id)])
        )

    def test_whoever_guesses_has_to_wait(self):
        self.shipped(1)
        self.addCleanup(self.registry.__dict__.pop, "_login_failures", None)
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", 3)
        for _time in range(3):
            self.assertIn("No order has this number", self.find("1", "other@example.com").text)
        self.assertIn("Too many", self.find("1", "marie@example.com").text)

    def test_a_withdrawal_before_shipping_stops_the_delivery_and_is_told_once(self):
        order = self.receive(woo_order(1))
        sale = order.sale_order_id
        page = self.find("1", "marie@example.com")
        for _time in range(2):
            self.assertIn("We have received it", self.confirm(order, page).text)
        self.assertEqual(len(sale.activity_ids), 1)
        told = self.mails(order).filtered(lambda mail: sale.client_order_ref in (mail.subject or ""))
        self.assertEqual(len(told), 1)
        self.assertTrue(sale.ecom_withdrawn_at)
        self.assertEqual((sale.ecom_hold, sale.picking_ids.state), ("person", "confirmed"))

    def test_what_has_not_left_of_an_order_is_withdrawn_from_with_what_has(self):
        order = self.receive(woo_order(1, (("MUG", 2, "10.00", "2.00"), ("PEN", 3, "5.00", "1.00"))))
        sale = order.sale_order_id
        sale.picking_ids.move_ids.filtered(lambda move: move.product_id == self.mug).picked = True
        sale.picking_ids._action_done()
        sale.partner_id.lang = "en_US"
        rest = self.delivery(order)
        page = self.find("1", "marie@example.com")
        self.assertIn(f"Do not send what has not left yet: 3 × {self.pen.name}", page.text)
        mugs = {f"quantity_{self.sold(order).id}": "2"}
        done = self.confirm(order, page, **mugs, rest="1")
        found = sale.ecom_return_ids
        self.assertIn(found.name, done.text)
        self.assertIn("Your withdrawal from order", done.text)
        self.assertEqual((found.line_ids.product_id, found.refund_rest), (self.mug, True), "delivery is owed too")
        self.assertEqual((sale.ecom_hold, rest.state), ("person", "confirmed"))
        self.assertIn(f"3 × {self.pen.name}", sale.activity_ids.summary)
        stopped = self.mails(order).filtered(lambda mail: "Your withdrawal from order" in mail.subject)
        self.assertIn(f"3 × {self.pen.with_context(lang='en_US').name}", stopped.body_html)
        self.assertNotIn("has not left", self.find("1", "marie@example.com").text)

    def test_of_what_has_not_left_only_that_is_withdrawn_from(self):
        order = self.receive(woo_order(1, (("MUG", 2, "10.00", "2.00"), ("PEN", 3, "5.00", "1.00"))))
        sale = order.sale_order_id
        sale.picking_ids.move_ids.filtered(lambda move: move.product_id == self.mug).picked = True
        sale.picking_ids._action_done()
        self.pen.ecom_no_withdrawal = True
        self.assertNotIn("has not left", self.find("1", "marie@example.com").text)
        self.pen.ecom_no_withdrawal = False
        page = self.find("1", "marie@example.com")
        self.confirm(order, page, **{f"quantity_{self.sold(order).id}": "0"}, rest="1")
        self.assertEqual((bool(sale.ecom_withdrawn_at), len(sale.ecom_return_ids)), (True, 0))
        self.delivery(order).action_cancel()
        found = self.ask(order, {"MUG": 1})
        self.assertFalse(found.refund_rest, "one mug stays")

    def test_the_order_s_own_page_leads_to_the_withdrawal_before_it_left(self):
        sale = self.receive(woo_order(1)).sale_order_id
        page = self.url_open(f"/my/orders/{sale.id}?access_token={sale._portal_ensure_token()}")
        self.assertIn("kind=withdrawal", page.text)
        sale._action_cancel()
        page = self.url_open(f"/my/orders/{sale.id}?access_token={sale._portal_ensure_token()}")
        self.assertNotIn("kind=withdrawal", page.text)
