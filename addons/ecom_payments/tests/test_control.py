from odoo.tests import tagged

from .payments_case import PaymentsCase


@tagged("post_install", "-at_install")
class TestControl(PaymentsCase):
    def test_the_clearing_balance_is_explained_to_the_cent_by_age_and_order(self):
        self.order(1)
        self.order(2)
        self.order(3)
        self.order(4)
        self.charge(1, payout_id="po_1")
        self.charge(2)
        self.charge(3, payout_id="po_2")
        self.pays_out("po_1")
        self.look()
        rows = self.env["ecom.clearing.line"].search([("gateway_id", "=", self.gateway.id)])
        self.assertEqual(round(sum(rows.mapped("amount")), 2), self.balance(self.gateway.clearing_account_id))
        causes = {row.order_id.number: row.cause for row in rows}
        self.assertEqual(causes, {"2": "payout", "3": "payout", "4": "gateway"})
        self.assertTrue(all(row.age_range for row in rows))
        self.assertEqual(rows[0].action_open()["res_model"], "ecom.order")

    def test_shop_gateway_and_books_side_by_side(self):
        self.order(1)
        self.order(2)
        self.channel.mapping_payment_ids.filtered(lambda row: row.code == "stripe").write(
            {"gateway_id": self.gateway.id}
        )
        self.charge(1)
        self.charge(9, amount="7.00")
        self.order(3)
        self.charge(3, amount="10.00")
        self.look()
        rows = self.env["ecom.payment.check"].search([("gateway_id", "=", self.gateway.id)])
        verdicts = {row.reference: row.verdict for row in rows}
        self.assertEqual(verdicts, {"ch_1": "agree", "ch_2": "no_gateway", "ch_3": "differ", "ch_9": "no_shop"})
        self.assertTrue(all(row.way_out for row in rows if row.verdict != "agree"))
