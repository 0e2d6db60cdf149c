from datetime import date

from odoo.addons.ecom_connector.models.thread import thread
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .payments_case import PaidOrderCase


@tagged("post_install", "-at_install")
class TestThread(PaidOrderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.env.company.id), ("id", "!=", cls.gateway.journal_id.id)],
            limit=1,
        )

    def thread(self, record, user=None):
        env = self.env(user=user) if user else self.env
        self.env.flush_all()
        return env["ecom.thread"].get_thread(record._name, record.id)

    def stages(self, thread):
        return {stage["key"]: [step["model"] for step in stage["steps"]] for stage in thread["stages"]}

    def breaks(self, thread):
        return [row["words"] for stage in thread["stages"] for row in stage["breaks"]]

    def banked(self, *others):
        """The order, and others, were paid, paid out and are at the bank."""
        numbers = (1, *others)
        orders = self.first | self.orders(others)
        for number in numbers:
            self.charge(number, payout_id="po_1")
        self.pays_out("po_1", day=date.today())
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.journal.id,
                "date": date.today(),
                "payment_ref": "CARTE PAYOUT po_1",
                "amount": 16.3 * len(numbers),
            }
        )
        self.look()
        return orders, line

    def test_from_the_click_to_the_line_of_the_bank_whichever_record_one_starts_at(self):
        order, line = self.banked()
        payout = line.ecom_payout_id
        self.assertTrue(payout)
        charge = payout.transaction_ids
        starts = [
            order,
            order.sale_order_id,
            order.sale_order_id.picking_ids,
            order.sale_order_id.invoice_ids,
            order.account_payment_ids,
            order.account_payment_ids.move_id,
            charge,
            payout,
            payout.move_ids[:1],  # one for each month
            line,
        ]
        wanted = {
            "order": ["ecom.order", "sale.order"],
            "payment": ["ecom.gateway.transaction", "account.payment"],
            "delivery": ["stock.picking"],
            "invoice": ["account.move"],
            "payout": ["ecom.payout"],
            "bank": ["account.bank.statement.line"],
        }
        for start in starts:
            with self.subTest(start._name):
                thread = self.thread(start)
                stages = {key: sorted(models, reverse=True) for key, models in self.stages(thread).items()}
                stages["order"] = sorted(stages["order"])
                self.assertEqual(stages, wanted)
                self.assertEqual(self.breaks(thread), [])
                here = [step for stage in thread["stages"] for step in stage["steps"] if step["here"]]
                shown = start._name != "account.move" or start in order.sale_order_id.invoice_ids
                self.assertEqual([(step["model"], step["id"]) for step in here], [(start._name, start.id)] * shown)
        self.assertEqual(order.action_ecom_thread()["params"], {"model": "ecom.order", "id": order.id})

    def test_where_it_breaks_is_said_in_words(self):
        order = self.first
        self.assertIn("Carte has not told of", self.breaks(self.thread(order))[0])
        self.charge(1)
        self.look()
        (words,) = self.breaks(self.thread(order))
        self.assertIn("paid, not yet paid out", words)
        self.charge(7)
        self.look()
        unknown = self.transaction("txn_7")
        self.assertIn("not booked yet", self.breaks(self.thread(unknown))[0])
        self.env["ecom.order.refund"].create({"order_id": order.id, "external_id": "r1", "amount": 5})
        self.assertIn("Refunded on the shop, no credit note", self.breaks(self.thread(order)))
        order.state = "cancelled"
        self.assertTrue([words for words in self.breaks(self.thread(order)) if "are not paid back" in words])

    def test_a_dispute_is_a_stage_of_its_own(self):
        order = self.first
        self.charge(1)
        self.disputes("du_1", 1)
        self.tells("txn_d", "-16.80", "15.00", kind="dispute", source_id="du_1", charge_id="ch_1")
        self.look()
        for start in (order, self.env["ecom.dispute"].search([("external_id", "=", "du_1")])):
            thread = self.thread(start)
            self.assertEqual(self.stages(thread)["dispute"], ["ecom.gateway.transaction", "ecom.dispute"])
            self.assertTrue([words for words in self.breaks(thread) if "to be answered by" in words])

    def test_a_transfer_at_the_bank_is_found_from_its_line(self):
        journal = self.env["account.journal"].create({"name": "Banque", "type": "bank", "code": "BQ9"})
        order = self.order(2, payment_method="bacs", status="on-hold", date_paid_gmt=None, transaction_id="")
        line = self.env["account.bank.statement.line"].create(
            {"journal_id": journal.id, "date": date(2026, 11, 5), "payment_ref": "VIR DURAND", "amount": 16.8}
        )
        payment = self.env["account.payment"].create(
            {"ecom_order_id": order.id, "amount": 16.8, "journal_id": journal.id, "partner_type": "customer"}
        )
        payment.action_post()
        line.ecom_payment_ids = payment
        for start in (order, line):
            self.assertEqual(self.stages(self.thread(start))["bank"], ["account.bank.statement.line"])

    def test_the_queries_do_not_grow_with_the_chain(self):
        self.banked(2)
        payout = self.env["ecom.payout"].search([("external_id", "=", "po_1")])
        self.thread(payout)

        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            thread = self.env["ecom.thread"].get_thread("ecom.payout", payout.id)
            return self.env.cr.sql_log_count - before, len(thread["stages"][0]["steps"])

        few, orders = count()
        self.assertEqual(orders, 4)
        self.orders(range(3, 10))
        for number in range(3, 10):
            self.charge(number)
        self.look()
        self.env["ecom.gateway.transaction"].search([("payout_id", "=", False)]).payout_id = payout
        self.env.flush_all()
        many, orders = count()
        self.assertEqual(orders, 18)
        self.assertLessEqual(many, few + 3)

    def test_a_payout_of_very_many_orders_shows_some_and_says_how_many_more(self):
        self.patch(thread, "MOST_ORDERS", 2)
        orders, _line = self.banked(2, 3, 4, 5)
        found = self.thread(self.env["ecom.payout"].search([("external_id", "=", "po_1")]))
        self.assertEqual(found["left_out"], 3)
        shown = [step for step in found["stages"][0]["steps"] if step["model"] == "ecom.order"]
        self.assertEqual(len(shown), len(orders) - 3)

    def test_what_the_reader_may_not_see_is_not_shown(self):
        order, line = self.banked()
        preparer = new_test_user(self.env, "t_preparer", "base.group_user,ecom_connector.group_preparer")
        thread = self.thread(order, preparer)
        models = {model for models in self.stages(thread).values() for model in models}
        self.assertNotIn("account.payment", models)
        self.assertNotIn("ecom.payout", models)
        self.assertIn("stock.picking", models)
        with self.assertRaises(AccessError):
            self.thread(line.ecom_payout_id, preparer)
        accountant = new_test_user(self.env, "t_accountant", "base.group_user,ecom_connector.group_accountant")
        self.assertIn("payout", self.stages(self.thread(order, accountant)))
        self.channel.user_ids = preparer
        with self.assertRaises(AccessError):
            self.thread(order, accountant)

    def test_there_is_no_thread_of_anything_else(self):
        for model, record_id in (("res.partner", 1), ("ecom.order", True), ("ecom.order", "1"), ("nope", 1), (None, 1)):
            with self.subTest(model), self.assertRaises(UserError):
                self.env["ecom.thread"].get_thread(model, record_id)
