from datetime import date

from odoo import Command
from odoo.tests import new_test_user, tagged

from .payments_case import PaymentsCase

FIGURES = ["sold", "credited", "cost", "fees", "shipping", "disputed", "marketing", "profit"]


@tagged("post_install", "-at_install")
class TestProfit(PaymentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mug.standard_price = 2.5

    def profit(self, domain):
        self.env.flush_all()
        self.env["ecom.profit"].invalidate_model()
        rows = self.env["ecom.profit"].search(domain)
        return [tuple(row[name] for name in FIGURES) for row in rows]

    def ship(self, order, price=0.0):
        picking = order.sale_order_id.picking_ids.filtered(lambda row: row.state not in ("done", "cancel"))
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
        picking.move_ids.picked = True
        picking._action_done()
        picking.carrier_price = price
        return picking

    def test_an_order_earns_what_it_sold_less_goods_fees_and_shipping(self):
        order = self.order(1)
        mine = [("order_id", "=", order.id)]
        self.assertEqual(self.profit(mine), [(14, 0, 5, 0, 0, 0, 0, 9)], "before it leaves: today's cost")
        self.charge(1)
        self.look()
        self.ship(order, 3.2)
        self.mug.standard_price = 9
        self.assertEqual(self.profit(mine), [(14, 0, 5, 0.5, 3.2, 0, 0, 5.3)], "cost as it was when it left")

    def test_what_comes_back_costs_less_and_is_credited(self):
        order = self.order(1)
        picking = self.ship(order)
        wizard = self.env["stock.return.picking"].with_context(active_id=picking.id, active_model="stock.picking")
        wizard = wizard.create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 1
        back = wizard._create_return()
        back.move_ids.write({"quantity": 1, "picked": True})
        back._action_done()
        credit = order.sale_order_id.invoice_ids._reverse_moves([{}])
        credit.invoice_line_ids.filtered(lambda line: line.product_id != self.mug).unlink()
        credit.invoice_line_ids.write({"quantity": 1})
        credit.action_post()
        self.assertEqual(
            self.profit([("order_id", "=", order.id)]), [(14, 5, 2.5, 0, 0, 0, 0, 6.5)], "half of the mugs are back"
        )

    def test_fees_in_other_money_count_at_the_days_rate(self):
        dollar = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "USD")])
        dollar.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", dollar.id)]).unlink()
        self.env["res.currency.rate"].create(
            [
                {"currency_id": dollar.id, "name": "2026-01-01", "rate": 2},
                {"currency_id": dollar.id, "name": "2026-11-03", "rate": 4},
            ]
        )
        order = self.order(1)
        self.charge(1, currency="USD", fee="1.00")
        self.look()
        ((_sold, _credited, _cost, fees, *_rest),) = self.profit([("order_id", "=", order.id)])
        self.assertEqual(fees, 0.5)

    def test_vat_that_is_deducted_is_no_cost(self):
        order = self.order(1)
        self.charge(1, fee="1.20")
        self.look()
        mine = [("order_id", "=", order.id)]
        contained, reverse = self.env["account.tax"].create(
            [
                {"name": "20 contained", "type_tax_use": "purchase", "amount": 20},
                {
                    "name": "20 reverse",
                    "type_tax_use": "purchase",
                    "amount": 20,
                    "invoice_repartition_line_ids": [
                        Command.create({"repartition_type": "base"}),
                        Command.create({"repartition_type": "tax", "factor_percent": 100}),
                        Command.create({"repartition_type": "tax", "factor_percent": -100}),
                    ],
                    "refund_repartition_line_ids": [
                        Command.create({"repartition_type": "base"}),
                        Command.create({"repartition_type": "tax", "factor_percent": 100}),
                        Command.create({"repartition_type": "tax", "factor_percent": -100}),
                    ],
                },
            ]
        )
        fees = {}
        for tax in (self.env["account.tax"], contained, reverse):
            self.gateway.fee_tax_id = tax
            fees[tax.name] = self.profit(mine)[0][3]
        self.assertEqual(fees, {False: 1.2, "20 contained": 1.0, "20 reverse": 1.2})
        self.gateway.fee_tax_id = contained
        self.transaction("txn_1").fee_parts = [["fee", "0.90"], ["tax", "0.30"]]
        self.assertEqual(self.profit(mine)[0][3], 0.9, "as the gateway tells it")

    def test_marketing_and_fees_of_no_order_are_the_channels(self):
        Cost = self.env["ecom.marketing.cost"]
        cost = Cost.create({"channel_id": self.channel.id, "month": "2026-11-17", "name": "Google", "amount": 120})
        self.assertEqual(cost.month, date(2026, 11, 1))
        self.tells("txn_fee", "-2.00", kind="fee")
        self.look()
        rows = self.profit([("channel_id", "=", self.channel.id)])
        self.assertEqual(sorted(rows), [(0, 0, 0, 0, 0, 0, 120, -120), (0, 0, 0, 2, 0, 0, 0, -2)])
        other = self.channel.copy({"name": "Autre"})
        self.gateway.channel_ids = [Command.link(other.id)]
        self.assertEqual(
            self.profit([("channel_id", "=", False), ("company_id", "=", self.env.company.id)]),
            [(0, 0, 0, 2, 0, 0, 0, -2)],
            "of two channels nobody knows whose fee it is",
        )

    def test_a_lost_dispute_is_a_loss_and_a_won_one_is_not(self):
        order = self.order(1)
        self.charge(1)
        self.tells("txn_d", "-16.80", "15.00", kind="dispute", charge_id="ch_1")
        self.look()
        mine = [("order_id", "=", order.id)]
        self.assertEqual(self.profit(mine), [(14, 0, 5, 15.5, 0, 16.8, 0, -23.3)])
        self.tells("txn_w", "16.80", kind="dispute_reversal", charge_id="ch_1")
        self.look()
        self.assertEqual(self.profit(mine), [(14, 0, 5, 15.5, 0, 0, 0, -6.5)])

    def test_the_card_shows_this_month_to_those_who_may_see_it(self):
        self.env["ecom.marketing.cost"].create({"channel_id": self.channel.id, "name": "Meta", "amount": 10})
        accountant = new_test_user(self.env, "p_accountant", "base.group_user,ecom_connector.group_accountant")
        card = self.channel.with_user(accountant).profit_card
        self.assertIn("-10", card["profit"])
        self.assertTrue(card["loss"])
        service = new_test_user(self.env, "p_service", "base.group_user,ecom_connector.group_service")
        self.assertNotIn("profit_card", self.channel.with_user(service).fields_get())
        self.assertFalse(self.env["ecom.profit"].with_user(service).has_access("read"))
        action = self.channel.with_user(accountant).action_open_profit()
        self.assertEqual(action["res_model"], "ecom.profit")

    def test_pivots_group_by_channel_and_month_and_no_raw_order_is_read(self):
        self.order(1)
        self.env.flush_all()
        Profit = self.env["ecom.profit"]
        groups = Profit.formatted_read_group([], ["channel_id", "date:month"], ["profit:sum", "sold:sum"])
        self.assertTrue(groups)
        self.assertNotIn("payload", Profit._table_query.code)
