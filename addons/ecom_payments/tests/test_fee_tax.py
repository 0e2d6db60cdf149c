from decimal import Decimal

from odoo.tests import tagged

from .payments_case import PaidOrderCase, documents

Fee = documents.FeeDocument


@tagged("post_install", "-at_install")
class TestFeeTax(PaidOrderCase):
    """VAT on what the gateway keeps, as the VAT return reads it."""

    def tax(self, name):
        return self.env["account.chart.template"].ref(name)

    def grids(self, move):
        """``{grid: balance}`` of an entry, as the return adds it up."""
        sums = {}
        for line in move.line_ids:
            for tag in line.tax_tag_ids:
                sums[tag.name] = round(sums.get(tag.name, 0) + (-1 if tag.balance_negate else 1) * line.balance, 2)
        return sums

    def book(self, fee="1.20", fees=(), **values):
        self.charge(1, fee=fee, fees=fees, payout_id="po_1", **values)
        self.pays_out("po_1")
        self.look()
        self.assertEqual(self.payout().state, "posted", self.payout().error)
        return self.payout().move_ids

    def test_without_a_tax_the_fee_bears_none(self):
        move = self.book()
        self.assertEqual(self.entry(move), {"511": -16.8, "627": 1.2, "580": 15.6})
        self.assertFalse(move.line_ids.tax_tag_ids)

    def test_reverse_charge_is_due_and_deducted_at_once(self):
        self.gateway.fee_tax_id = self.tax("tva_intra_normale_services")
        move = self.book()
        self.assertEqual(self.entry(move), {"511": -16.8, "627": 1.2, "580": 15.6})
        tax = {line.account_id.code[:4]: line.balance for line in move.line_ids if line.tax_line_id}
        self.assertEqual(tax, {"4456": 0.24, "4452": -0.24})
        grids = self.grids(move)
        self.assertEqual(grids["20"], 0.24, grids)
        self.assertEqual(abs(grids["A3"]), 1.2, grids)
        self.assertEqual(abs(grids["08_taxe"]), 0.24, grids)

    def test_vat_that_the_gateway_tells_is_taken_as_told(self):
        self.gateway.fee_tax_id = self.tax("tva_acq_normale")
        move = self.book(fees=(Fee("fee", Decimal("0.99")), Fee("tax", Decimal("0.21"))))
        self.assertEqual(self.entry(move), {"511": -16.8, "627": 0.99, "445": 0.21, "580": 15.6})
        self.assertEqual(self.grids(move), {"20": 0.21})

    def test_a_fee_of_which_the_gateway_says_that_it_has_no_vat_has_none(self):
        self.gateway.fee_tax_id = self.tax("tva_acq_normale")
        move = self.book(fees=(Fee("fee", Decimal("1.20")),))
        self.assertEqual(self.entry(move), {"511": -16.8, "627": 1.2, "580": 15.6})

    def test_where_it_does_not_say_the_vat_is_worked_out_of_the_fee(self):
        self.gateway.fee_tax_id = self.tax("tva_acq_encaissement")
        move = self.book()
        self.assertEqual(self.entry(move), {"511": -16.8, "627": 1.0, "445": 0.2, "580": 15.6})
        self.assertEqual(self.grids(move), {"20": 0.2}, "at once: the fee is paid when it is kept")

    def test_a_fee_given_back_gives_its_vat_back(self):
        self.gateway.fee_tax_id = self.tax("tva_intra_normale_services")
        self.tells("txn_f", "1.20", kind="fee", payout_id="po_1")
        self.pays_out("po_1")
        self.look()
        tax = {line.account_id.code[:4]: line.balance for line in self.payout().move_ids.line_ids if line.tax_line_id}
        self.assertEqual(tax, {"4456": -0.24, "4452": 0.24})

    def test_taken_back_the_grids_are_back_at_nothing(self):
        self.gateway.fee_tax_id = self.tax("tva_acq_normale")
        move = self.book(fees=(Fee("fee", Decimal("0.99")), Fee("tax", Decimal("0.21"))))
        self.payout().action_roll_back()
        moves = move | move.reversal_move_ids
        self.assertEqual(len(moves), 2)
        self.assertEqual(self.grids(moves), {"20": 0.0})
        self.assertEqual(self.entry(moves), {})

    def test_once_a_month_s_vat_is_declared_its_fees_are_booked_on_the_first_open_day(self):
        self.gateway.fee_tax_id = self.tax("tva_acq_normale")
        self.order(2, date_paid_gmt="2026-10-30T10:00:05")
        self.charge(2, fee="1.20", payout_id="po_1", day=(10, 30))
        self.pays_out("po_1", day=(11, 3))
        self.env.company.sudo().tax_lock_date = "2026-10-31"
        self.look()
        move = self.payout().move_ids
        self.assertEqual(move.mapped(lambda one: str(one.date)), ["2026-11-03"])
        self.assertEqual(self.grids(move), {"20": 0.2})

    def test_the_base_of_vat_on_a_fee_in_dollars_is_in_euros(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create({"currency_id": dollar.id, "name": "2026-11-05", "rate": 2})
        self.gateway.fee_tax_id = self.tax("tva_intra_normale_services")
        self.tells("txn_f", "-12.00", kind="fee", currency="USD", payout_id="po_1")
        self.pays_out("po_1", currency="USD")
        self.look()
        move = self.payout().move_ids
        self.assertEqual(self.entry(move), {"627": 6.0, "580": -6.0})
        tax = {
            line.account_id.code[:4]: (line.balance, line.tax_base_amount) for line in move.line_ids if line.tax_line_id
        }
        self.assertEqual(tax, {"4456": (1.2, 6.0), "4452": (-1.2, 6.0)})

    def test_the_fees_of_two_months_have_their_vat_in_their_month(self):
        self.gateway.fee_tax_id = self.tax("tva_acq_normale")
        self.order(2, date_paid_gmt="2026-10-30T10:00:05")
        self.charge(2, fee="1.20", payout_id="po_1", day=(10, 30))
        self.charge(1, fee="2.40", payout_id="po_1", day=(11, 2))
        self.pays_out("po_1", day=(11, 3))
        self.look()
        cut, own = self.payout().move_ids.sorted("date")
        self.assertEqual((self.grids(cut), self.grids(own)), ({"20": 0.2}, {"20": 0.4}))
