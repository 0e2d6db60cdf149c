from odoo import Command
from odoo.addons.ecom_connector.tests.external_shop import ExternalShopCase, external_order
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import new_test_user, tagged

AWAITED = {"payments": [{"method": "transfer", "amount": "28.80"}], "state": "pending"}


def payment(ref="PAY-1", order="A-1", **changes):
    return {
        "external_ref": ref,
        "order": order,
        "method": "transfer",
        "amount": "28.80",
        "currency": "EUR",
        "paid_at": "2026-11-05T09:00:00Z",
    } | changes


@tagged("post_install", "-at_install")
class TestApiPayments(ExternalShopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.invoice_policy = "confirmed"
        journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.env["ecom.payment.mapping"].create(
            {"channel_id": cls.channel.id, "code": "transfer", "journal_id": journal.id, "waits_for_money": True}
        )
        shop = cls()
        shop.push(external_order(**AWAITED))
        cls.first = shop.settle()

    def register(self, *payments):
        return self.api.payment_register(self.channel.code, list(payments))

    def status(self, cursor="", limit=200):
        channel = self.channel._work_env()
        channel.env["account.payment"]._number_progress(channel)
        return self.api.payment_status(self.channel.code, cursor, limit)

    def test_money_that_comes_later_releases_the_order_and_is_booked_once(self):
        order = self.first
        self.assertTrue(order.sale_order_id.ecom_awaits_money)
        self.assertEqual(self.status()["items"], [])
        (result,) = self.register(payment())
        self.assertPlain([result])
        self.assertEqual((result["status"], result["id"]), ("received", str(order.id)))
        self.settle()
        self.assertFalse(order.sale_order_id.ecom_awaits_money)
        booked = order.account_payment_ids
        self.assertEqual((booked.amount, booked.payment_reference, str(booked.date)), (28.8, "PAY-1", "2026-11-05"))
        self.assertEqual(order.sale_order_id.invoice_ids.payment_state, "paid")
        self.assertEqual(self.register(payment())[0]["status"], "unchanged")
        self.settle()
        self.assertEqual(order.account_payment_ids, booked)

    def test_it_stays_when_the_order_is_pushed_again_without_it(self):
        self.register(payment())
        order = self.settle()
        self.assertEqual(self.push(external_order(**AWAITED))[0]["status"], "unchanged")
        newer = external_order(**AWAITED, note="Vite", updated_at="2026-11-06T10:00:00Z")
        self.assertEqual(self.push(newer)[0]["status"], "received")
        self.settle()
        self.assertEqual((order.note, len(order.account_payment_ids)), ("Vite", 1))
        told = external_order(
            updated_at="2026-11-07T10:00:00Z",
            payments=[{"method": "transfer", "amount": "28.80", "paid_at": "2026-11-05T09:00:00Z"}],
        )
        self.push(told)
        self.settle()
        self.assertEqual(len(order.account_payment_ids), 1, "the shop tells the same payment with its order")

    def test_several_payments_of_an_order_in_one_call(self):
        results = self.register(
            payment("P1", amount="10.00"), payment("P2", amount="18.80"), payment("P1", amount="10.00")
        )
        self.assertEqual([row["status"] for row in results], ["received", "received", "unchanged"])
        order = self.settle()
        self.assertEqual(sorted(order.account_payment_ids.mapped("amount")), [10.0, 18.8])
        self.assertEqual(order.sale_order_id.invoice_ids.payment_state, "paid")

    def test_a_part_leaves_the_order_waiting(self):
        self.register(payment(amount="10.00"))
        order = self.settle()
        self.assertTrue(order.sale_order_id.ecom_awaits_money)
        self.assertEqual([row["amount"] for row in order.payments], ["10.00", "18.80"])

    def test_what_is_wrong_names_item_field_and_remedy_and_the_others_go_through(self):
        self.push(external_order(2, **AWAITED))
        self.settle()
        wrong = [
            payment(amount="-1"),
            payment(amount="0"),
            payment(amount=True),
            payment(currency="XXQ"),
            payment(currency="USD"),
            payment(order="A-9"),
            payment(paid_at="2026-11-05"),
            payment(colour="blue"),
            {name: value for name, value in payment().items() if name != "method"},
            "PAY-1",
        ]
        results = self.register(payment("OK", "A-2"), *wrong, payment("OK", "A-1"), payment("OK", "A-2", amount="1.00"))
        self.assertPlain(results)
        self.assertEqual(results[0]["status"], "received")
        self.assertEqual({row["status"] for row in results[1:]}, {"error"})
        self.assertEqual(
            [(error["field"], error["code"]) for row in results[1:] for error in row["errors"]],
            [
                ("amount", "negative"),
                ("amount", "bad_value"),
                ("amount", "wrong_type"),
                ("currency", "unknown_currency"),
                ("currency", "bad_value"),
                ("ref", "unknown_order"),
                ("paid_at", "bad_date"),
                ("colour", "unknown_field"),
                ("method", "missing"),
                ("", "wrong_type"),
                ("external_ref", "duplicate"),
                ("external_ref", "duplicate"),
            ],
        )
        self.assertTrue(all(error["remedy"] for row in results[1:] for error in row["errors"]))
        for items in (["x"] * 201, "x", None, {"x": 1}):
            with self.assertRaises(UserError):
                self.api.payment_register(self.channel.code, items)

    def test_each_change_is_told_once_by_its_cursor(self):
        self.push(external_order(2, **AWAITED))
        self.settle()
        self.register(payment("P1", "A-1"))
        self.settle()
        first = self.status()
        self.assertPlain(first)
        (item,) = first["items"]
        self.assertEqual(
            (item["order"], item["transaction"], item["amount"], item["status"], item["kind"]),
            ("A-1", "P1", "28.80", "booked", "payment"),
        )
        self.assertEqual(self.status(first["cursor"])["items"], [])
        self.register(payment("P2", "A-2"))
        orders = self.settle()
        second = self.status(first["cursor"])
        self.assertEqual([row["transaction"] for row in second["items"]], ["P2"])
        orders[0].account_payment_ids.action_draft()
        orders[0].account_payment_ids.action_cancel()
        third = self.status(second["cursor"])
        self.assertEqual([(row["transaction"], row["status"]) for row in third["items"]], [("P1", "cancelled")])
        page = self.status(limit=1)
        self.assertEqual((len(page["items"]), page["more"]), (1, True))
        self.assertEqual(self.status(page["cursor"], 1)["more"], False)

    def test_other_channels_are_as_unknown_as_none(self):
        stranger = new_test_user(self.env, "other_shop", "base.group_user,ecom_connector.group_api")
        other = self._create_channel("Chez Bob", stranger)
        for code in (other.code, "nowhere"):
            with self.assertRaises(MissingError):
                self.api.payment_register(code, [payment()])
            with self.assertRaises(MissingError):
                self.api.payment_status(code)
        theirs = self.env["ecom.api"].with_user(stranger)
        (result,) = theirs.payment_register(other.code, [payment()])
        self.assertEqual(result["errors"][0]["code"], "unknown_order")
        self.register(payment())
        self.settle()
        self.status()
        self.assertEqual(theirs.payment_status(other.code)["items"], [])
        accountant = new_test_user(self.env, "a_accountant", "base.group_user,ecom_connector.group_accountant")
        self.channel.user_ids = [Command.link(accountant.id)]
        with self.assertRaises(AccessError):
            self.env["ecom.api"].with_user(accountant).payment_register(self.channel.code, [])

    def test_the_queries_do_not_grow_with_the_payments(self):
        self.push(*(external_order(number, **AWAITED) for number in range(2, 13)))
        self.settle()

        def count(numbers):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            results = self.register(*(payment(f"P{number}", f"A-{number}") for number in numbers))
            self.env.flush_all()
            self.assertEqual({row["status"] for row in results}, {"received"})
            return self.env.cr.sql_log_count - before

        few = count(range(1, 4))
        self.assertLessEqual(count(range(4, 13)), few + 3)
