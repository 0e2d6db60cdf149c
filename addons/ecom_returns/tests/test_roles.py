from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .money_case import MoneyReturnsCase


@tagged("post_install", "-at_install")
class TestRoles(MoneyReturnsCase):
    """Customer service approves up to an amount, preparers inspect, accountants pay back; and who may not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.refund_limit = 10
        cls.preparer, cls.service, cls.accountant = (
            new_test_user(cls.env, f"{name}_roles", f"ecom_connector.group_{name}")
            for name in ("preparer", "service", "accountant")
        )
        cls.order = cls().shipped(1, ("MUG", 3, "30.00", "6.00"))

    def test_customer_service_approves_up_to_its_limit_and_an_accountant_above(self):
        small, large = (self.ask(self.order, {"MUG": count}, kind="terms") for count in (1, 2))
        self.channel.refund_limit = 12
        small.with_user(self.service).action_approve()
        with self.assertRaisesRegex(AccessError, "ask an accountant"):
            large.with_user(self.service).action_approve()
        with self.assertRaises(AccessError):
            large.with_user(self.preparer).action_approve()
        large.with_user(self.accountant).action_approve()
        self.assertEqual((small.state, large.state), ("awaiting", "awaiting"))

    def test_only_preparers_say_what_becomes_of_a_piece(self):
        found = self.ask(self.order, {"MUG": 2})
        found.action_receive_all()
        for user in (self.service, self.accountant):
            with self.assertRaises(AccessError):
                found.unit_ids.with_user(user).disposition = "scrap"
            with self.assertRaises(AccessError):
                found.with_user(user).action_restock_all()
        found.with_user(self.preparer).action_restock_all()
        self.assertEqual((found.state, found.unit_ids.inspected_by_id), ("inspected", self.preparer))

    def test_the_accountant_pays_back_what_is_too_much_for_others(self):
        found = self.returned(self.order)
        for user in (self.service, self.preparer):
            with self.assertRaises(AccessError):
                found.with_user(user).action_settle()
        found.with_user(self.accountant).action_settle()
        self.assertEqual((found.state, found.credit_note_ids.state), ("settled", "posted"))

    def test_credit_notes_have_a_sequence_of_their_own_without_gaps(self):
        invoice = self.order.sale_order_id.invoice_ids
        notes = []
        for _number in range(3):
            found = self.returned(self.order, {"MUG": 1}, kind="terms")
            found.action_settle()
            notes.append(found.credit_note_ids)
        numbers = [note.sequence_number for note in notes]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 3)))
        self.assertEqual(len({note.sequence_prefix for note in notes}), 1)
        self.assertNotEqual(notes[0].sequence_prefix, invoice.sequence_prefix)
        self.assertTrue(all(note.ecom_print_at for note in notes), "they are printed and sent as invoices are")
