from odoo import Command
from odoo.addons.ecom_connector.tests.shop_case import ADDRESS, woo_order
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .payments_case import FakeGateway, PaidOrderCase, at


@tagged("post_install", "-at_install")
class TestDisputes(PaidOrderCase):
    """A customer wants the money back through the bank: from the question to the last cent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = new_test_user(cls.env, "service_d", "base.group_user,ecom_connector.group_service")
        cls.channel.responsible_id = cls.service

    def dispute(self, external_id="du_1"):
        return self.env["ecom.dispute"].search([("external_id", "=", external_id)])

    def withdrawn(self, status="needs_response", **values):
        """The order was paid and disputed, and the gateway took the money out of this payout."""
        self.charge(1, payout_id="po_1")
        self.tells(
            "txn_d",
            "-16.80",
            "15.00",
            kind="dispute",
            source_id="du_1",
            charge_id="ch_1",
            payout_id="po_1",
            day=(11, 3),
        )
        self.disputes("du_1", 1, status, **values)
        self.pays_out("po_1")
        self.look()

    # === IMPORT === #

    def test_it_knows_its_order_and_what_it_moved(self):
        self.withdrawn()
        order, dispute = self.first, self.dispute()
        self.assertEqual((dispute.order_id, dispute.state, dispute.amount), (order, "needs_response", 16.8))
        self.assertEqual((dispute.withdrawn, dispute.returned, dispute.fees), (16.8, 0, 15.0))
        self.assertEqual(dispute.to_settle, 16.8)
        self.assertEqual(order.dispute_count, 1)
        self.assertEqual(order.action_open_disputes()["res_id"], dispute.id)

    def test_a_replay_changes_nothing(self):
        self.withdrawn()
        before = self.dispute().read()[0]
        self.look()
        self.look()
        self.assertEqual(self.dispute().read()[0], before)
        self.assertEqual(len(self.dispute().activity_ids), 1)

    def test_told_before_its_payment_and_its_order_it_is_tied_to_both_later(self):
        self.disputes("du_1", 2)
        self.look()
        self.assertFalse(self.dispute().order_id)
        self.charge(2)
        self.tells("txn_d", "-16.80", kind="dispute", charge_id="ch_2", day=(11, 3))
        self.look()
        order = self.order(2)
        self.look()
        self.assertEqual(self.dispute().order_id, order)
        self.assertEqual(self.dispute().transaction_ids.external_id, "txn_d")

    def test_a_payment_that_was_disputed_twice_does_not_say_which(self):
        self.charge(1)
        self.disputes("du_1", 1)
        self.disputes("du_2", 1)
        self.tells("txn_d", "-16.80", kind="dispute", charge_id="ch_1")
        self.tells("txn_e", "-16.80", kind="dispute", source_id="du_2", charge_id="ch_1")
        self.look()
        self.assertFalse(self.transaction("txn_d").dispute_id)
        self.assertEqual(self.transaction("txn_e").dispute_id, self.dispute("du_2"))

    # === THE DEADLINE === #

    def test_whoever_answers_has_an_activity_by_the_earlier_of_both_clocks(self):
        self.withdrawn()
        activity = self.dispute().activity_ids
        self.assertEqual(activity.user_id, self.service)
        self.assertEqual(str(activity.date_deadline), "2026-11-20", "23:00 UTC is the 21st in Paris, and too late")

    def test_a_deadline_that_moves_moves_the_activity_and_a_done_one_is_not_asked_again(self):
        self.withdrawn()
        self.disputes("du_1", 1, evidence_due_by=at((11, 25)))
        self.look()
        activity = self.dispute().activity_ids
        self.assertEqual([str(row.date_deadline) for row in activity], ["2026-11-25"])
        activity.with_user(self.service).action_feedback(feedback="Sent")
        self.disputes("du_1", 1, evidence_due_by=at((11, 25)), vendor_status="seen")
        self.look()
        self.assertFalse(self.dispute().activity_ids)

    def test_once_it_is_answered_the_activity_goes(self):
        self.withdrawn()
        self.disputes("du_1", 1, "under_review")
        self.look()
        self.assertFalse(self.dispute().activity_ids)
        self.assertEqual(self.dispute().state, "under_review")

    def test_what_is_due_within_three_days_is_an_alarm(self):
        self.withdrawn(evidence_due_by=at((11, 20)))
        self.assertTrue(self.dispute().urgent)
        self.assertIn(self.dispute(), self.env["ecom.dispute"].search([("urgent", "=", True)]))
        self.dispute().evidence_due = "2099-01-01"
        self.assertFalse(self.dispute().urgent)
        self.assertNotIn(self.dispute(), self.env["ecom.dispute"].search([("urgent", "=", True)]))

    # === THE MONEY === #

    def test_won_the_money_is_back_and_nothing_is_left(self):
        self.withdrawn()
        self.tells("txn_w", "16.80", kind="dispute_reversal", source_id="du_1", charge_id="ch_1", payout_id="po_2")
        self.disputes("du_1", 1, "won")
        self.pays_out("po_2", day=(11, 25))
        self.look()
        dispute = self.dispute()
        self.assertEqual((dispute.returned, dispute.to_settle), (16.8, 0))
        self.assertEqual(self.balance(self.gateway.dispute_account_id), 0)
        self.assertFalse(self.open_issues())

    def test_lost_it_is_booked_as_a_loss_from_the_issue(self):
        self.withdrawn("lost")
        issue = self.open_issues()
        self.assertEqual(issue.code, "dispute_lost")
        issue.action_fix()
        dispute = self.dispute()
        self.assertEqual(self.entry(dispute.settlement_move_id), {"658": 16.8, "467": -16.8})
        self.assertEqual((dispute.settled_by, dispute.to_settle), ("loss", 0))
        self.assertEqual(self.balance(self.gateway.dispute_account_id), 0)
        self.assertFalse(self.open_issues())
        with self.assertRaises(UserError):
            dispute.action_book_loss()

    def test_a_loss_stays_booked_once_when_its_payout_is_taken_back_and_booked_again(self):
        self.withdrawn("lost")
        dispute = self.dispute()
        dispute.action_book_loss()
        payout = dispute.transaction_ids.payout_id
        payout.action_roll_back()
        payout.action_post()
        self.assertEqual(payout.state, "posted")
        self.assertEqual((dispute.to_settle, self.balance(self.gateway.dispute_account_id)), (0, 0))
        with self.assertRaisesRegex(UserError, "467"):
            dispute.action_book_loss()
        self.assertFalse(self.gateway._work_env()._check_payments())

    def test_customer_service_books_no_loss_by_settling_the_issue(self):
        self.withdrawn("lost")
        with self.assertRaises(AccessError):
            self.open_issues().with_user(self.service).action_fix()
        self.assertFalse(self.dispute().settled_by)

    def test_lost_the_invoice_is_credited_and_the_dispute_is_its_refund(self):
        self.withdrawn("lost")
        dispute = self.dispute()
        dispute.action_credit_customer()
        note = self.first.sale_order_id.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual((note.state, note.amount_total, note.amount_residual), ("posted", 16.8, 0))
        self.assertEqual(self.entry(dispute.settlement_move_id), {"411": 16.8, "467": -16.8})
        self.assertEqual(self.balance(self.gateway.dispute_account_id), 0)
        self.assertFalse(self.open_issues())

    def test_a_part_that_is_lost_takes_the_credit_note_that_a_person_made(self):
        self.charge(1, payout_id="po_1")
        self.tells("txn_d", "-4.80", kind="dispute", source_id="du_1", charge_id="ch_1", payout_id="po_1")
        self.disputes("du_1", 1, "lost", amount=self.charge(2).amount - 12)
        self.pays_out("po_1")
        self.look()
        dispute = self.dispute()
        with self.assertRaisesRegex(UserError, "credit note"):
            dispute.action_credit_customer()
        note = self.first.sale_order_id.invoice_ids._reverse_moves([{}])
        note.invoice_line_ids.filtered(lambda line: not line.is_downpayment and line.product_id == self.mug).unlink()
        note.action_post()
        self.assertEqual(note.amount_total, 4.8)
        dispute.action_credit_customer()
        self.assertEqual(note.amount_residual, 0)
        self.assertEqual(dispute.to_settle, 0)

    def test_lost_before_its_payout_came_there_is_nothing_to_settle_yet(self):
        self.charge(1)
        self.disputes("du_1", 1, "lost")
        self.look()
        with self.assertRaisesRegex(UserError, "payout"):
            self.dispute().action_book_loss()

    # === EVIDENCE === #

    def test_the_page_has_the_order_the_parcel_the_serials_and_the_invoice(self):
        self.mug.tracking = "serial"
        self.env["stock.quant"].search([("product_id", "=", self.mug.id)]).sudo().unlink()
        location = self.channel.warehouse_id.lot_stock_id
        lots = self.env["stock.lot"].create([{"name": f"SN-{n}", "product_id": self.mug.id} for n in (1, 2)])
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(self.mug, location, 1, lot_id=lot)
        order = self.order(2)
        self.charge(2)
        self.disputes("du_1", 2)
        self.look()
        picking = order.sale_order_id.picking_ids
        picking.move_ids.picked = True
        picking.carrier_tracking_ref = "6A123456789"
        picking.button_validate()
        dispute = self.dispute().with_user(self.service)
        page = str(dispute.evidence)
        for fact in (
            "du_1",
            "Article MUG",
            "marie@example.com",
            "6A123456789",
            "SN-1",
            "SN-2",
            "ch_2",
            "rue de la Paix",
        ):
            self.assertIn(fact, page)
        self.assertIn(order.sale_order_id.invoice_ids.name, page)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "ecom_payments.report_dispute_evidence", dispute.ids
        )
        self.assertIn("6A123456789", html.decode())

    def test_only_orders_of_the_same_e_mail_count_as_earlier_ones(self):
        emails = {2: "mariexd@example.com", 3: "Marie_D@example.com", 4: "marie_d@example.com"}
        self.receive(
            *(
                woo_order(number, date_created_gmt=f"2026-10-0{number}T10:00:00", billing=ADDRESS | {"email": email})
                for number, email in emails.items()
            )
        )
        self.charge(4)
        self.disputes("du_1", 4)
        self.look()
        self.assertEqual(self.dispute()._earlier_orders(), 1)

    def test_the_page_is_put_among_the_dispute_s_documents(self):
        self.withdrawn()
        dispute = self.dispute()
        dispute.action_attach_evidence()
        found = self.env["ir.attachment"].search([("res_model", "=", "ecom.dispute"), ("res_id", "=", dispute.id)])
        self.assertIn("du_1", found[0].name)
        self.assertTrue(found[0].raw)

    # === ACCESS === #

    def test_another_company_and_an_external_shop_see_none(self):
        self.withdrawn()
        other = self.env["res.company"].create({"name": "Autre"})
        stranger = new_test_user(
            self.env,
            "stranger_d",
            "base.group_user,ecom_connector.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.env["ecom.dispute"].with_user(stranger).search([]))
        self.assertTrue(self.env["ecom.dispute"].with_user(self.service).search([]))

    # === SIZE === #

    def test_the_look_ups_of_disputes_do_not_grow_with_them(self):
        counts, gateway = [], self.gateway._work_env()
        for first, size in ((2, 3), (10, 12)):
            for number in range(first, first + size):
                self.charge(number)
                self.disputes(f"du_{number}", number, "under_review")
                self.tells(
                    f"txn_d{number}", "-1.00", kind="dispute", source_id=f"du_{number}", charge_id=f"ch_{number}"
                )
            gateway.env["ecom.gateway.transaction"]._store(gateway, FakeGateway.transactions)
            gateway.env["ecom.dispute"]._store(gateway, FakeGateway.disputes)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            gateway.env["ecom.dispute"]._tie(gateway)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)
