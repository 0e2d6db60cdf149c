"""What customers ask by law, as a shop passes it on."""

import json
from unittest.mock import patch

from odoo.tests import tagged

from ..models.channels.channel_lanes import EcomChannel
from ..platforms.documents import PrivacyKind, PrivacyRequest
from ..platforms.woocommerce import WooCommerce
from .shop_case import ShopCase, woo_order


def read(body):
    """A shop's message of our own making; Shopify's is read by Shopify's platform."""
    asked = json.loads(body)
    return PrivacyRequest(PrivacyKind(asked["kind"]), asked.get("customer", ""), "", tuple(asked.get("orders", ())))


@tagged("post_install", "-at_install")
class TestPrivacy(ShopCase):
    def setUp(self):
        super().setUp()
        self.channel.company_id.partner_id.lang = "en_US"  # what is written down is in the company's language
        self.startPatcher(patch.object(WooCommerce, "parse_privacy_request", read))
        self.startPatcher(patch.object(EcomChannel, "_in_transaction", lambda _channel, work: work()))

    def ask(self, kind, times=1, **values):
        """The shop passes on a request, perhaps twice; returns what it became."""
        number = self.env["ecom.event"].search_count([])
        for _time in range(times):
            with self.env.cr.savepoint():
                self.env["ecom.event"].create(
                    {
                        "channel_id": self.channel.id,
                        "event_id": f"p{number}-{_time}",
                        "kind": "privacy",
                        "external_id": values.get("customer"),
                        "body": json.dumps({"kind": kind, **values}),
                    }
                )
        channel = self.channel._work_env()
        while channel._look_after_privacy(WooCommerce):
            pass
        return self.env["ecom.privacy.request"].search([], limit=1)

    def shipped(self, number, **changes):
        order = self.receive(woo_order(number, customer_id=7, customer_note="Sonnez deux fois", **changes))
        picking = order.sale_order_id.picking_ids
        picking.move_ids.picked = True
        picking.button_validate()
        return order

    def test_all_that_is_known_is_put_in_a_file_for_a_person(self):
        order = self.shipped(1)
        request = self.ask("data_request", customer="7")
        self.assertEqual((request.state, request.order_ids), ("open", order))
        file = request.file_id.raw.decode()
        for word in ("marie@example.com", "rue de la Paix", "Sonnez deux fois", "Article MUG"):
            self.assertIn(word, file)
        issue = self.open_issues()
        self.assertEqual(issue.code, "privacy_request")
        issue.action_fix()
        self.assertEqual(request.state, "done")

    def test_whom_no_law_keeps_is_emptied(self):
        order = self.shipped(1)
        partner = order.sale_order_id.partner_id
        request = self.ask("customer_redact", customer="7", orders=["1"])
        self.assertEqual(request.state, "done", request.result)
        self.assertEqual((partner.name, partner.email, partner.active), ("Forgotten customer", False, False))
        self.assertFalse(order.payload or order.email or order.phone or order.customer_name or order.note)
        self.assertFalse(self.env["ecom.customer"].search([("external_id", "=", "7")]))
        self.assertEqual(order.sale_order_id.amount_total, 16.8, "what was sold stays")

    def test_an_invoice_keeps_name_and_address_and_no_more(self):
        self.channel.invoice_policy = "confirmed"
        order = self.shipped(1)
        partner = order.sale_order_id.partner_id
        self.assertEqual(order.sale_order_id.invoice_ids.state, "posted")
        request = self.ask("customer_redact", customer="7")
        self.assertIn("the law", request.result)
        self.assertEqual((partner.name, partner.email, partner.phone), ("Marie Durand", False, False))
        self.assertTrue(partner.street or partner.child_ids.filtered("street"))

    def test_who_is_known_elsewhere_stays_there(self):
        order = self.shipped(1)
        partner = order.sale_order_id.partner_id
        other = self.channel.copy({"name": "Marché"})
        self.env["ecom.customer"].create({"channel_id": other.id, "external_id": "99", "partner_id": partner.id})
        request = self.ask("customer_redact", customer="7")
        self.assertEqual((request.state, partner.email), ("done", "marie@example.com"))
        self.assertIn(partner.name, request.result)
        self.assertFalse(order.email)

    def test_an_order_under_way_is_shipped_first(self):
        order = self.receive(woo_order(1, customer_id=7))
        request = self.ask("customer_redact", customer="7")
        self.assertEqual((request.state, bool(request.look_at)), ("open", True))
        self.assertTrue(order.email)
        picking = order.sale_order_id.picking_ids
        picking.move_ids.picked = True
        picking.button_validate()
        request.action_look_again()
        self.assertEqual((request.state, order.email), ("done", False))

    def test_a_request_told_twice_is_one(self):
        self.shipped(1)
        self.ask("customer_redact", customer="7")
        before = self.env["ecom.privacy.request"].search_count([])
        event = self.env["ecom.event"].search([("kind", "=", "privacy")])
        event.action_replay()
        self.channel._work_env()._look_after_privacy(WooCommerce)
        self.assertEqual(self.env["ecom.privacy.request"].search_count([]), before)

    def test_a_shop_that_leaves_loses_its_keys_and_a_person_decides(self):
        order = self.shipped(1)
        self.channel.credential_ids.write({"value": "secret"})
        request = self.ask("shop_redact")
        self.assertEqual((self.channel.state, request.state), ("paused", "open"))
        self.assertFalse(any(self.channel.credential_ids.mapped("value")) or order.payload)
        self.assertTrue(order.email)
        request.action_forget_all()
        self.assertEqual((request.state, order.email), ("done", False))

    def test_what_cannot_be_read_is_shown_to_a_person(self):
        self.ask("nonsense")
        self.assertIn("could not be read", self.open_issues().message)
