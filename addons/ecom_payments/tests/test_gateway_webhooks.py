"""What gateways announce: only what is signed is kept, once; it wakes the lane, and asking stays the truth."""

import hashlib
import hmac
import json
import time
from unittest.mock import patch

from odoo import fields
from odoo.addons.ecom_payments.gateways import base
from odoo.addons.ecom_payments.gateways.base import CredentialField, GatewayCapabilities, PlatformError
from odoo.addons.ecom_payments.gateways.documents import WebhookRegistration
from odoo.addons.ecom_payments.gateways.stripe.gateway import Stripe
from odoo.tests import HttpCase, tagged

from .payments_case import FakeGateway, PaymentsCase

SECRET = "whsec_test"


@tagged("post_install", "-at_install")
class TestGatewayWebhooks(HttpCase, PaymentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stripe = cls._set_up("stripe")
        cls.stripe.webhook_token = "token"
        cls.stripe.credential_ids.filtered(lambda row: row.key == "webhook_secret").value = SECRET

    def deliver(self, event="evt_1", topic="payout.paid", about="po_1", secret=SECRET, token="token", body=None, age=0):
        body = body or json.dumps({"id": event, "type": topic, "data": {"object": {"id": about}}}).encode()
        moment = int(time.time()) - age
        signature = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "Stripe-Signature": f"t={moment},v1={signature}"}
        return self.url_open(f"/ecom/gateway/{token}", data=body, headers=headers).status_code

    def triggers(self):
        return self.env["ir.cron.trigger"].search_count([("cron_id", "in", self.stripe.cron_ids.ids)])

    def test_what_is_signed_is_kept_once_and_wakes_the_lane(self):
        before = self.triggers()
        self.assertEqual(self.deliver(), 202)
        self.assertEqual(self.stripe.event_ids.mapped("external_id"), ["po_1"])
        self.assertGreater(self.triggers(), before)
        woken = self.triggers()
        self.assertEqual(self.deliver(), 200, "delivered again")
        self.assertEqual((len(self.stripe.event_ids), self.triggers()), (1, woken))

    def test_out_of_order_and_unknown_topics_harm_nothing(self):
        self.assertEqual(self.deliver("evt_2", "charge.refunded", "ch_1"), 202)
        self.assertEqual(self.deliver("evt_1", "charge.succeeded", "ch_1"), 202)
        self.assertEqual(self.deliver("evt_3", "customer.created", "cus_1"), 202)
        states = {row.event_id: row.state for row in self.stripe.event_ids}
        self.assertEqual(states, {"evt_1": "new", "evt_2": "new", "evt_3": "ignored"})

    def test_whatever_is_not_signed_is_refused_and_not_kept(self):
        with self.assertLogs("odoo.addons.ecom_payments", "WARNING"):
            self.assertEqual(self.deliver(secret="another"), 401)
            self.assertEqual(self.deliver(age=301), 401, "an old one that is sent again")
        with self.assertLogs("odoo.addons.ecom_payments", "WARNING"):
            answer = self.url_open("/ecom/gateway/token", data={"a": "form"})
        self.assertEqual(answer.status_code, 401)
        self.assertEqual(self.deliver(token="guess"), 404)
        self.assertEqual(self.deliver(body=b"[not json"), 400)
        self.assertFalse(self.stripe.event_ids)

    def test_without_a_secret_nothing_is_accepted(self):
        self.stripe.credential_ids.value = False
        with self.assertLogs("odoo.addons.ecom_payments", "WARNING"):
            self.assertEqual(self.deliver(secret=""), 401)

    def test_a_gateway_that_cannot_be_asked_has_to_deliver_again(self):
        error = PlatformError("timeout", "later", retry=True)
        with (
            patch.object(Stripe, "verify_webhook", side_effect=error),
            self.assertLogs("odoo.addons.ecom_payments", "WARNING"),
        ):
            self.assertEqual(self.deliver(), 503)
        self.assertFalse(self.stripe.event_ids)

    def test_too_much_is_not_even_read(self):
        with patch.object(Stripe, "verify_webhook", side_effect=AssertionError("it was read")):
            self.assertEqual(self.deliver(body=b" " * (5 * 1024 * 1024 + 1)), 413)

    def test_a_paused_gateway_keeps_the_news_for_later(self):
        self.stripe.state = "paused"
        before = self.triggers()
        self.assertEqual(self.deliver(), 202)
        self.assertEqual(self.triggers(), before)

    def test_events_are_done_when_the_lane_has_looked(self):
        self.assertEqual(self.deliver(), 202)
        with patch.object(type(self.stripe), "_look", lambda gateway, deadline: True):
            self.stripe._run_lane()
        self.assertEqual(self.stripe.event_ids.state, "new", "work remains")
        with patch.object(type(self.stripe), "_look", lambda gateway, deadline: False):
            self.stripe._run_lane()
        self.assertEqual(self.stripe.event_ids.state, "done")


class CallingGateway(FakeGateway):
    """Can call, and says when it was told to."""

    code = "calling"
    name = "Calling"
    capabilities = GatewayCapabilities(transactions=True, webhooks=True)
    credential_fields = (
        *FakeGateway.credential_fields,
        CredentialField("webhook_secret", "Signing secret", required=False),
    )
    registered = []
    works = True

    def register_webhook(self, address):
        if self.credentials.get("secret_key") == "may not":
            raise PlatformError("missing_scopes", "The key lacks a permission: webhooks")
        CallingGateway.registered.append(address)
        return WebhookRegistration("we_1", "webhook_secret", f"secret {len(CallingGateway.registered)}")

    def webhook_works(self, address):
        return self.works and address in self.registered

    def remove_webhook(self, address):
        if not self.works:
            raise PlatformError("timeout", "nobody answers", retry=True)
        CallingGateway.registered.remove(address)


@tagged("post_install", "-at_install")
class TestWebhookHealth(PaymentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.dict(base._GATEWAYS, {"calling": CallingGateway}))
        cls.calling = cls._set_up("calling")

    def setUp(self):
        super().setUp()
        CallingGateway.registered, CallingGateway.works = [], True

    def secret(self):
        return self.calling.credential_ids.filtered(lambda row: row.key == "webhook_secret").value

    def test_connecting_registers_and_keeps_the_secret(self):
        self.calling.action_connect()
        self.look(self.calling)
        self.assertTrue(self.calling.webhook_active)
        self.assertEqual(CallingGateway.registered, [self.calling._webhook_address()])
        self.assertEqual(self.secret(), "secret 1")
        self.look(self.calling)
        self.assertEqual(len(CallingGateway.registered), 1, "not asked again within the hour")

    def test_a_gateway_that_is_archived_is_told_to_call_no_more(self):
        for works, left in ((False, 1), (True, 0)):
            CallingGateway.registered, CallingGateway.works = [], True
            self.calling.webhook_checked_at = False
            self.look(self.calling)
            self.assertTrue(self.calling.webhook_active)
            CallingGateway.works = works
            self.calling.active = False
            self.assertEqual(len(CallingGateway.registered), 1, "nobody is asked before it is committed")
            self.env.cr.postcommit.run()
            self.assertEqual(len(CallingGateway.registered), left)
            self.assertFalse(self.calling.webhook_active)
            self.calling.active = True

    def test_one_that_was_switched_off_is_made_anew(self):
        self.look(self.calling)
        for works, registered in ((True, 1), (False, 2)):
            CallingGateway.works = works
            self.calling.webhook_checked_at = fields.Datetime.subtract(fields.Datetime.now(), hours=2)
            self.look(self.calling)
            self.assertEqual(len(CallingGateway.registered), registered)
        self.assertEqual(self.secret(), "secret 2")

    def test_a_gateway_that_refuses_is_asked_all_the_same(self):
        self.calling.credential_ids.filtered(lambda row: row.key == "secret_key").value = "may not"
        self.tells("txn_1", "10.00")
        self.look(self.calling)
        self.assertFalse(self.calling.webhook_active)
        self.assertIn("webhooks", self.calling.webhook_error)
        self.assertEqual(len(self.calling.transaction_ids), 1)
