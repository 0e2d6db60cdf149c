from odoo.tests import tagged

from ..platforms.base import CommandResult
from ..platforms.documents import CustomerChange
from ..platforms.woocommerce import WooCommerce, customers
from .shop_case import ADDRESS, ShopCase, woo_order


def account(number=7, when="2026-11-03T10:00:00", email="marie@example.com", billing=None, shipping=None):
    return {
        "id": number,
        "date_modified_gmt": when,
        "email": email,
        "first_name": "Marie",
        "last_name": "Durand",
        "billing": ADDRESS | {"email": "marie@example.com"} | (billing or {}),
        "shipping": ADDRESS | (shipping or {}),
    }


@tagged("post_install", "-at_install")
class TestCustomerSync(ShopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.customer_sync = "both"
        cls.order = cls().receive(woo_order(1, customer_id=7))
        cls.partner = cls.order.sale_order_id.partner_id
        cls.account = cls.partner.ecom_customer_ids

    def tell(self, *raws):
        channel = self.channel._work_env()
        channel.env["ecom.customer"]._receive(channel, [WooCommerce.parse_customer(raw) for raw in raws])

    def commands(self):
        return self.env["ecom.command"].search([("kind", "=", "customer")], order="id")

    def send(self):
        """What the commands lane does with what waits: freeze, send, note the answer."""
        sent = []
        for command in self.commands().filtered(lambda command: command.state == "pending"):
            command.payload = command._prepare_customer_payload()
            sent.append(command.payload["changes"])
            command._succeeded("7")
        return sent

    # --- from the shop

    def test_a_new_phone_number_and_e_mail_come_over_and_are_noted(self):
        self.tell(account(email="new@example.com", billing={"phone": "07 56 78 90 12"}))
        self.assertEqual((self.partner.email, self.partner.phone), ("new@example.com", "+33 7 56 78 90 12"))
        self.assertIn("new@example.com", self.partner.message_ids[0].body)
        self.assertFalse(self.commands(), "the shop is not told what it told")

    def test_a_new_address_never_overwrites_one_that_an_order_uses(self):
        self.tell(account(billing={"address_1": "8 rue Neuve", "city": "Lyon", "postcode": "69001"}))
        self.assertEqual(self.partner.street, "1 rue de la Paix")
        child = self.account.billing_partner_id
        self.assertEqual(
            (child.parent_id, child.type, child.street, child.city), (self.partner, "invoice", "8 rue Neuve", "Lyon")
        )
        self.tell(account(when="2026-11-04T10:00:00", billing={"address_1": "9 rue Neuve", "city": "Lyon"}))
        self.assertEqual(
            (self.account.billing_partner_id, child.street),
            (child, "9 rue Neuve"),
            "an address that nothing used yet is changed",
        )
        self.assertEqual(self.order.sale_order_id.partner_invoice_id, self.partner)

    def test_the_same_news_twice_change_nothing(self):
        raw = account(billing={"phone": "07 56 78 90 12"}, shipping={"address_1": "5 quai Sud"})
        self.tell(raw)
        children, messages = self.partner.child_ids, self.partner.message_ids
        self.tell(raw)
        self.assertEqual((self.partner.child_ids, self.partner.message_ids), (children, messages))

    def test_a_person_s_later_choice_stands_and_the_shop_hears_of_it(self):
        self.partner.phone = "+33 1 11 11 11 11"
        self.tell(account(when="2020-01-01T10:00:00", billing={"phone": "07 56 78 90 12"}))
        self.assertEqual(self.partner.phone, "+33 1 11 11 11 11")
        self.assertEqual(self.send(), [{"phone": "+33 1 11 11 11 11"}])

    def test_the_customer_s_later_choice_wins_too(self):
        self.partner.phone = "+33 1 11 11 11 11"
        self.send()
        self.tell(account(when="2099-01-01T10:00:00", billing={"phone": "07 56 78 90 12"}))
        self.assertEqual(self.partner.phone, "+33 7 56 78 90 12")

    def test_a_new_name_comes_over_until_an_invoice_bears_the_old_one(self):
        self.tell(account() | {"last_name": "Martin"})
        self.assertEqual(self.partner.name, "Marie Martin")
        self.order.sale_order_id._create_invoices()
        self.tell(account(when="2099-01-01T10:00:00") | {"last_name": "Petit"})
        self.assertEqual(self.partner.name, "Marie Martin")
        self.assertIn("Marie Petit", self.partner.message_ids[0].body)

    def test_strangers_to_our_orders_are_left_alone(self):
        before = self.env["res.partner"].search_count([])
        self.tell(account(99))
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    # --- to the shop

    def test_only_what_changed_is_told_once(self):
        self.partner.email = "m@example.com"
        self.partner.write({"street": "2 rue Basse", "phone": "+33 1 22 22 22 22"})
        self.partner.comment = "nothing of the shop's"
        self.assertEqual(len(self.commands()), 1)
        self.assertEqual(
            self.send(),
            [
                {
                    "email": "m@example.com",
                    "phone": "+33 1 22 22 22 22",
                    "billing": {"street": "2 rue Basse"},
                    "shipping": {"street": "2 rue Basse"},
                }
            ],
        )
        self.partner.street = "2 rue Basse"
        self.assertEqual(len(self.commands()), 1)

    def test_our_own_change_coming_back_does_nothing(self):
        self.partner.email = "m@example.com"
        self.send()
        messages = self.partner.message_ids
        self.tell(account(email="m@example.com", when="2099-01-01T10:00:00"))
        self.assertEqual((self.partner.message_ids, len(self.commands())), (messages, 1))

    def test_a_change_that_was_taken_back_is_none(self):
        self.partner.email = "m@example.com"
        self.partner.email = "marie@example.com"
        self.assertEqual(self.send(), [{}])
        self.assertEqual(
            self.channel._push_customer(None, [{"customer": "7", "changes": {}}]), [CommandResult(ok=True)]
        )

    def test_each_way_by_policy(self):
        self.channel.customer_sync = "in"
        self.partner.email = "m@example.com"
        self.assertFalse(self.commands())
        for policy, hears, tells in (("none", False, False), ("in", True, False), ("out", False, True)):
            self.channel.customer_sync = policy
            self.assertEqual((self.channel._hears_customers(), self.channel._tells_customers()), (hears, tells))

    def test_another_shop_hears_what_one_shop_told(self):
        other = self.channel.copy({"name": "Marché", "url": "http://127.0.0.1:8", "state": "connected"})
        mine, self.channel = self.channel, other
        self.receive(woo_order(2, customer_id=40))
        self.channel = mine
        self.tell(account(email="new@example.com"))
        self.assertEqual(self.commands().channel_id, other)

    def test_the_wire_has_woocommerce_s_words(self):
        change = CustomerChange(
            "7", {"name": "Marie Anne Durand", "email": "m@e.fr", "phone": "1", "shipping": {"zip": "69001"}}
        )
        self.assertEqual(
            customers.update(change),
            {
                "id": 7,
                "first_name": "Marie",
                "last_name": "Anne Durand",
                "email": "m@e.fr",
                "billing": {"email": "m@e.fr", "phone": "1"},
                "shipping": {"postcode": "69001"},
            },
        )
