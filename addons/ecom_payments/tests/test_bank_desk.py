from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .bank_case import AwaitedCase


@tagged("post_install", "-at_install")
class TestBankDesk(AwaitedCase):
    """The reconciliation screen: what it shows, and what its keys do."""

    def shown(self, line):
        return next(row for row in self.desk().look(self.bank.id)["lines"] if row["id"] == line.id)

    def test_it_shows_what_is_left_with_proposals_and_the_last_that_was_matched(self):
        order = self.first
        certain = self.bank_line(16.80, order.sale_order_id.name)
        fees = self.bank_line(-4.20, "FRAIS DE TENUE DE COMPTE", day=(11, 6))
        self.look()
        desk = self.desk().look(self.bank.id)
        self.assertEqual([row["id"] for row in desk["lines"]], fees.ids)
        self.assertEqual(desk["left"], 1)
        self.assertEqual([row["id"] for row in desk["done"]], certain.ids)
        self.assertEqual(desk["done"][0]["titles"], "1")
        self.assertFalse(desk["lines"][0]["proposals"])

    def test_a_line_that_another_rivals_says_so(self):
        order = self.first
        first, second = (self.bank_line(16.80, order.sale_order_id.name) for _number in range(2))
        self.assertTrue(self.shown(first)["proposals"][0]["doubt"])
        self.desk().accept(first.id, self.shown(first)["proposals"][0]["keys"])
        self.assertIn("paid already", self.shown(second)["proposals"][0]["reason"])

    def test_a_line_that_is_skipped_comes_last_and_one_that_is_asked_for_first(self):
        first, second = self.bank_line(1, "A"), self.bank_line(2, "B")
        self.assertEqual(
            [row["id"] for row in self.desk().look(self.bank.id, [first.id])["lines"]], [second.id, first.id]
        )
        self.assertEqual(self.desk().look(self.bank.id, [], second.id)["lines"][0]["id"], second.id)

    def test_a_small_difference_is_written_off_with_its_reason_and_the_order_is_paid(self):
        order = self.first
        line = self.bank_line(16.30, order.sale_order_id.name)
        account = self.gateway.fee_account_id
        keys = self.shown(line)["proposals"][0]["keys"]
        with self.assertRaisesRegex(UserError, "why"):
            self.desk().accept(line.id, keys, account.id, " ")
        self.desk().accept(line.id, keys, account.id, "Frais de la banque émettrice")
        self.assertFalse(order.sale_order_id.ecom_hold)
        self.assertEqual((self.balance(account), order.account_payment_ids.amount), (0.50, 16.80))
        self.assertTrue(order.account_payment_ids.is_matched)
        self.assertIn("Frais de la banque émettrice", line.move_id.line_ids.mapped("name"))
        self.desk().undo(line.id)
        self.assertEqual((self.balance(account), order.sale_order_id.ecom_hold), (0, "money"))

    def test_what_is_no_sale_goes_to_an_account(self):
        line = self.bank_line(-4.20, "FRAIS DE TENUE DE COMPTE")
        account = self.gateway.fee_account_id
        self.desk().accept(line.id, [], account.id, "Frais de tenue")
        self.assertEqual((line.is_reconciled, self.balance(account)), (True, 4.20))
        self.desk().undo(line.id)
        self.assertEqual((line.is_reconciled, self.balance(account)), (False, 0))

    def test_a_payout_that_lacks_some_cents_is_accepted_with_the_rest_written_off(self):
        payout = self.payout(2)
        line = self.bank_line(16.00, f"VIR {payout.external_id}")
        self.desk().accept(line.id, [["payout", payout.id]], self.gateway.fee_account_id.id, "Frais")
        self.assertEqual(payout.state, "banked")
        self.assertEqual(self.balance(self.gateway.transfer_account_id), 0)

    def test_an_order_is_searched_by_name_number_or_invoice_and_a_payout_by_its_id(self):
        order, payout = self.awaited(41, name="Hugo Vandenbroucke"), self.payout(7)
        line = self.bank_line(99.00, "VIREMENT")
        for typed, key in (
            ("vandenb", ["order", order.id]),
            ("41", ["order", order.id]),
            (order.sale_order_id.name, ["order", order.id]),
            ("po_0000", ["payout", payout.id]),
        ):
            found = self.desk().search_claims(line.id, typed)
            self.assertIn([key], [row["keys"] for row in found], typed)
        self.assertEqual(self.desk().search_claims(line.id, "  "), [])
        self.desk().accept(
            line.id, [["order", order.id], ["payout", payout.id]], self.gateway.fee_account_id.id, "Divers"
        )
        self.assertEqual((line.ecom_payout_id, line.ecom_payment_ids.ecom_order_id), (payout, order))
        self.assertIn("Chosen by hand", line.ecom_reason)

    def test_what_was_settled_meanwhile_is_refused_in_words(self):
        order = self.first
        line, other = self.bank_line(16.80, "A"), self.bank_line(16.80, "B")
        self.desk().accept(line.id, [["order", order.id]])
        with self.assertRaisesRegex(UserError, "matched already"):
            self.desk().accept(line.id, [["order", order.id]])
        payout = self.payout(2)
        self.desk().accept(other.id, [["payout", payout.id]])
        third = self.bank_line(16.30, "C")
        with self.assertRaisesRegex(UserError, "not open"):
            self.desk().accept(third.id, [["payout", payout.id]])

    def test_only_who_keeps_the_books_accepts_and_only_in_the_own_company(self):
        order = self.first
        line = self.bank_line(16.80, "VIR")
        groups = "base.group_user,ecom_connector.group_accountant"
        invoicer = new_test_user(self.env, "desk_invoicer", groups)
        with self.assertRaises(AccessError):
            self.desk().with_user(invoicer).accept(line.id, [["order", order.id]])
        keeper = new_test_user(self.env, "desk_keeper", f"{groups},account.group_account_basic")
        self.assertTrue(self.desk().with_user(keeper).look(self.bank.id)["lines"])
        self.assertTrue(self.desk().with_user(keeper).search_claims(line.id, order.number))
        self.desk().with_user(keeper).accept(line.id, [["order", order.id]])
        self.assertEqual(line.ecom_payment_ids.ecom_order_id, order)
        other = self.env["res.company"].create({"name": "Ailleurs"})
        channel = self.env["ecom.channel"].with_company(other).create({"name": "Ailleurs", "url": "http://127.0.0.1:9"})
        theirs = self.env["ecom.order"].create(
            {"channel_id": channel.id, "external_id": "1", "number": "1", "currency_code": "EUR", "amount_total": 5}
        )
        mine = self.bank_line(5, "VIR")
        with self.assertRaisesRegex(UserError, "another company"):
            self.desk().accept(mine.id, [["order", theirs.id]])
        elsewhere = new_test_user(
            self.env, "desk_elsewhere", f"{groups},account.group_account_basic", company_id=other.id
        )
        with self.assertRaises(AccessError):
            self.desk().with_user(elsewhere).undo(line.id)

    def test_whoever_may_not_see_a_shop_is_shown_nothing_of_its_money(self):
        order, done = self.first, self.awaited(2, name="Jean Petit")
        line, settled = self.bank_line(16.80, f"VIR {order.sale_order_id.name}"), self.bank_line(16.80, "VIR B")
        self.desk().accept(settled.id, [["order", done.id]])
        groups = "base.group_user,ecom_connector.group_accountant,account.group_account_basic"
        keeper = new_test_user(self.env, "desk_keeper", groups)
        self.channel.user_ids = self.env.user
        desk = self.desk().with_user(keeper)
        seen = desk.look(self.bank.id)
        self.assertEqual([row["proposals"] for row in seen["lines"]], [[]])
        self.assertEqual([row["titles"] for row in seen["done"]], [""])
        self.assertFalse(line.with_user(keeper).ecom_proposal)
        self.assertFalse(desk.search_claims(line.id, "1"))
        with self.assertRaises(AccessError):
            desk.accept(line.id, [["order", order.id]])
        self.assertTrue(self.shown(line)["proposals"])

    def test_how_many_queries_it_takes_depends_on_neither_lines_nor_orders(self):
        """Ten lines and forty, beside a thousand orders that wait for their money."""
        order = self.first
        self.copies(order, 1000)

        def queries(lines):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = lines._ecom_proposals()
            self.assertTrue(all(found[line][0].reason == "named" for line in lines))
            return self.env.cr.sql_log_count - before

        lines = self.env["account.bank.statement.line"].create(
            [
                {"journal_id": self.bank.id, "amount": 16.80, "payment_ref": f"CMD copy{n}x", "date": "2026-11-05"}
                for n in range(1, 41)
            ]
        )
        few = queries(lines[:10])
        self.assertLessEqual(queries(lines), few)
        self.assertLess(few, 60)

    def copies(self, order, count):
        """So many orders like this one, straight in the database: placing them would take minutes."""

        def columns(table, *but):
            self.env.cr.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'",
                [table],
            )
            return SQL(", ").join(SQL.identifier(name) for (name,) in self.env.cr.fetchall() if name not in but)

        self.env.flush_all()
        kept = columns("ecom_order", "id", "number", "external_id", "sale_order_id")
        made = self.env.execute_query(
            SQL(
                "INSERT INTO ecom_order (%s, number, external_id) SELECT %s, 'copy' || n || 'x', 'copy' || n "
                "FROM ecom_order, generate_series(1, %s) n WHERE ecom_order.id = %s RETURNING id",
                *(kept, kept, count, order.id),
            )
        )
        kept = columns("sale_order", "id", "ecom_order_id")
        self.env.execute_query(
            SQL(
                "INSERT INTO sale_order (%s, ecom_order_id) SELECT %s, made FROM sale_order, unnest(%s) made "
                "WHERE sale_order.id = %s RETURNING id",
                *(kept, kept, [order_id for (order_id,) in made], order.sale_order_id.id),
            )
        )
        self.env.execute_query(
            SQL(
                "UPDATE ecom_order o SET sale_order_id = s.id FROM sale_order s WHERE s.ecom_order_id = o.id "
                "RETURNING o.id"
            )
        )
        self.env.invalidate_all()
