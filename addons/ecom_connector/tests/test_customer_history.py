from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .shop_case import ShopCase, woo_order


def order_of(number, email, name=("Marie", "Durand"), **billing):
    raw = woo_order(number)
    raw["billing"] |= {"email": email, "first_name": name[0], "last_name": name[1], **billing}
    return raw


@tagged("post_install", "-at_install")
class TestCustomerHistory(ShopCase):
    def test_one_contact_shows_what_was_bought_on_every_shop(self):
        first = self.receive(woo_order(1), woo_order(2))
        partner = first.sale_order_id.partner_id
        other = self.channel.copy({"name": "Marché", "url": "http://127.0.0.1:8", "state": "connected"})
        mine, self.channel = self.channel, other
        self.receive(woo_order(3))
        self.channel = mine
        child = self.env["res.partner"].create({"name": "Léa", "parent_id": partner.id})
        first[0].sale_order_ids.partner_id = child
        partner.invalidate_recordset()
        self.assertEqual((partner.ecom_order_count, partner.ecom_order_total), (3, 50.40))
        self.assertEqual(partner.ecom_last_order_at, first[0].ordered_at)
        self.assertIn("Boutique", partner.ecom_history)
        self.assertIn("Marché", partner.ecom_history)
        self.assertEqual(child.ecom_order_total, 16.80)
        action = partner.action_open_ecom_orders()
        self.assertEqual(self.env["ecom.order"].search_count(action["domain"]), 3)

    def test_a_cancelled_order_was_not_bought(self):
        order = self.receive(woo_order(1))
        order.sale_order_id._action_cancel()
        self.assertEqual(order.sale_order_id.partner_id.ecom_order_total, 0)


@tagged("post_install", "-at_install")
class TestDuplicates(ShopCase):
    def doubles(self):
        return self.open_issues().filtered(lambda issue: issue.code == "possible_duplicate")

    def test_a_known_phone_number_is_proposed_and_nothing_is_merged(self):
        old = self.receive(order_of(1, "marie@example.com")).sale_order_id.partner_id
        self.assertFalse(self.doubles())
        order = self.receive(order_of(2, "m.durand@work.example", ("M.", "Durand"), phone="+33612345678"))
        issue = self.doubles()
        self.assertEqual((issue.partner_id, issue.other_partner_id), (order.sale_order_id.partner_id, old))
        self.assertRegex(issue.message, "phone number|téléphone")
        self.assertFalse(issue.blocking)
        self.assertEqual(order.state, "settled")
        self.assertFalse(issue.link_is_better, "a guest has no account to link")

    def test_where_odoo_lets_only_administrators_merge_the_main_button_links(self):
        self.receive(order_of(1, "marie@example.com"))
        self.receive(woo_order(2, customer_id=7, billing=order_of(2, "m.durand@work.example")["billing"]))
        issue = self.doubles()
        self.assertTrue(issue.link_is_better)
        issue.partner_id.email = issue.other_partner_id.email
        self.assertFalse(issue.link_is_better, "the same address: Odoo merges them for everybody")

    def test_a_known_name_in_the_same_place_is_proposed_and_another_place_is_not(self):
        self.receive(order_of(1, "marie@example.com"))
        self.receive(order_of(2, "b@example.com", ("MARIE", "DURAND"), phone="07 00 00 00 01"))
        self.assertRegex(self.doubles().message, "postcode|code postal")
        self.receive(order_of(3, "c@example.com", phone="07 00 00 00 02", postcode="69002"))
        self.assertEqual(len(self.doubles()), 1)

    def test_different_people_are_never_proposed_again(self):
        self.receive(order_of(1, "marie@example.com"))
        self.receive(order_of(2, "b@example.com"))
        issue = self.doubles()
        pair = issue.partner_id | issue.other_partner_id
        issue.action_dismiss()
        self.env["ecom.customer"]._propose_duplicates(self.channel, issue.partner_id)
        self.env["ecom.customer"]._propose_duplicates(self.channel, issue.other_partner_id)
        self.assertFalse(self.doubles())
        self.assertEqual(len(pair.exists()), 2)

    def test_the_same_person_is_merged_by_odoo_s_own_wizard(self):
        old = self.receive(order_of(1, "marie@example.com")).sale_order_id
        new = self.receive(order_of(2, "b@example.com")).sale_order_id
        action = self.doubles().action_fix()
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({})
        self.assertEqual(wizard.partner_ids, old.partner_id | new.partner_id)
        wizard.action_merge()
        self.assertEqual(old.partner_id, new.partner_id)
        self.assertFalse(self.doubles())

    def test_an_account_can_be_linked_to_the_contact_that_was_known(self):
        old = self.receive(order_of(1, "marie@example.com")).sale_order_id.partner_id
        raw = order_of(2, "b@example.com") | {"customer_id": 9}
        self.receive(raw)
        issue = self.doubles()
        self.assertTrue(issue.partner_has_account)
        issue.action_link_account()
        again = self.receive(raw | {"id": 3, "number": "3"})
        self.assertEqual(again.sale_order_id.partner_id, old)
        self.assertFalse(self.doubles())

    def test_a_switchboard_is_no_person(self):
        for number in range(4):
            self.env["res.partner"].create(
                {"name": f"P{number}", "phone": "+33 6 12 34 56 78", "country_id": self.env.ref("base.fr").id}
            )
        self.receive(order_of(1, "marie@example.com"))
        self.assertFalse(self.doubles())

    def test_several_are_decided_one_by_one_and_customer_service_may(self):
        self.receive(order_of(1, "marie@example.com"))
        self.receive(order_of(2, "b@example.com"), order_of(3, "c@example.com"))
        with self.assertRaises(UserError):
            self.doubles().action_fix()
        role = self.env.ref("ecom_connector.group_service")
        user = self.env["res.users"].create({"name": "S", "login": "s", "group_ids": [Command.link(role.id)]})
        self.doubles().with_user(user).action_dismiss()
        self.assertFalse(self.doubles())

    def test_a_batch_costs_the_same_look_ups_whatever_its_size(self):
        partners = self.env["res.partner"].create([{"name": f"N{n}", "phone": f"+3361234000{n}"} for n in range(6)])
        self.env.flush_all()
        Customer = self.env["ecom.customer"]
        Customer._propose_duplicates(self.channel, partners)
        with self.assertQueryCount(2):
            Customer._propose_duplicates(self.channel, partners)
