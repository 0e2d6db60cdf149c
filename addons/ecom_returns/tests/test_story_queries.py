from odoo import Command
from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.tests import tagged

from .story_case import StoryCase

FEW, MANY = 2, 5
STEPS = ("create", "receive", "restock", "settle")


@tagged("post_install", "-at_install")
class TestStoryQueries(StoryCase):
    """What a return costs does not depend on how many there are, and is no more than Odoo's own documents cost.

    Measured: 267 statements a return (44 to ask and await it, 116 to receive, 23 to put it on the shelf, 84 to credit
    and pay back), 314 by Odoo's wizards for the same documents.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orders = cls().all_shipped(*map(woo_order, range(1, 11)))
        cls().catch_up()
        # Nothing is committed here, so PostgreSQL knows nothing of it, and Odoo's joins of payments would take minutes.
        cls.env.cr.execute("ANALYZE account_move, account_move_line, account_partial_reconcile, account_payment")

    def setUp(self):
        super().setUp()
        self.left = list(self.orders)

    def some(self, count):
        """So many orders of two mugs each, shipped and invoiced, of which nothing came back yet."""
        found = self.orders.browse().union(*(self.left.pop() for _order in range(count)))
        self.assertEqual(len(found.sale_order_id.invoice_ids), count)
        return found

    def statements(self, work):
        """How many statements it took, and what it returned, with nothing in memory before."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        result = work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before, result

    def ours(self, orders):
        """``{step: statements}`` of a return of one of two mugs of each order."""
        vals_list = [
            {
                "sale_order_id": order.sale_order_id.id,
                "line_ids": [(0, 0, {"sale_line_id": self.sold(order).id, "quantity": 1})],
            }
            for order in orders
        ]
        taken = {}
        taken["create"], found = self.statements(lambda: self.env["ecom.return"].create(vals_list))
        taken["receive"], _ = self.statements(found.action_receive_all)
        taken["restock"], _ = self.statements(found.action_restock_all)
        taken["settle"], _ = self.statements(found.action_settle)
        self.assertEqual(set(found.mapped("state")), {"settled"})
        self.assertEqual(set(found.credit_note_ids.mapped("amount_total")), {6.0})
        self.assertEqual(len(found.refund_ids.command_ids), len(found))
        return taken

    def odoo_s_own(self, orders):
        """The same by Odoo's wizards: return, validate, put on the shelf, credit the invoice for it, post."""

        def work():
            for order in orders:
                picking = order.sale_order_id.picking_ids
                wizard = (
                    self.env["stock.return.picking"]
                    .with_context(active_id=picking.id, active_model="stock.picking")
                    .create({"picking_id": picking.id})
                )
                wizard.product_return_moves.quantity = 1
                back = wizard._create_return()
                back.move_ids.picked = True
                back._action_done()
                invoice = order.sale_order_id.invoice_ids
                note = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
                lines = note.invoice_line_ids
                goods = lines.filtered(lambda line: line.product_id == self.mug)
                (lines - goods).unlink()
                goods.quantity = 1
                note.action_post()

        return self.statements(work)[0]

    def test_few_and_many_cost_the_same_each(self):
        self.ours(self.some(1))  # whatever is read once is in memory
        few = self.ours(self.some(FEW))
        many = self.ours(self.some(MANY))
        native = self.odoo_s_own(self.some(FEW)) / FEW
        each = {step: (many[step] - few[step]) / (MANY - FEW) for step in STEPS}
        figures = {step: (few[step] / FEW, many[step] / MANY, round(each[step], 1)) for step in STEPS}
        for step in STEPS:
            self.assertLessEqual(many[step] / MANY, few[step] / FEW * 1.05, f"{step}: {figures}")
        self.assertLessEqual(sum(each.values()), 1.1 * native, f"{figures}, Odoo's own {native}")

    def test_what_a_shop_lists_is_read_together(self):
        """What is owed for each is computed from invoices, lines and taxes: ten statements each, one by one."""

        def listed(count):
            vals_list = [
                {
                    "sale_order_id": order.sale_order_id.id,
                    "line_ids": [(0, 0, {"sale_line_id": self.sold(order).id, "quantity": 1})],
                }
                for order in self.some(count)
            ]
            found = self.env["ecom.return"].create(vals_list)
            return self.statements(lambda: [self.env["ecom.api"]._return_result(order) for order in found])[0]

        few, many = listed(2), listed(7)
        self.assertLessEqual((many - few) / 5, 2, (few, many))

    def test_the_pieces_of_a_return_are_settled_together(self):
        """Whatever becomes of them, ``{what: statements for each piece}``; Odoo's own scrap goes one by one."""
        most = {"restock": 11, "repair": 11, "supplier": 9, "scrap": 28}
        supplier = self.env["res.partner"].create({"name": "Maker"})
        self.phone.seller_ids = [Command.create({"partner_id": supplier.id})]
        for piece in range(20):
            self.put(self.phone, f"SN{piece}")
        order = self.sell(600, ("PHONE", 20))
        self.ship(self.delivery(order))
        found = self.ask(order, {"PHONE": 20})
        for lot in self.sold(order, "PHONE").move_ids.move_line_ids.lot_id:
            self.env["ecom.return.desk"].scan(lot.name, found.id)
        found.action_receive()
        units = list(found.unit_ids)

        def settled(disposition, count):
            some = found.unit_ids.browse(units.pop().id for _piece in range(count))
            some.disposition = disposition
            taken = self.statements(some.action_settle)[0]
            self.assertEqual((set(some.mapped("state")), len(some.result_move_ids)), ({"done"}, count))
            return taken

        for disposition, limit in most.items():
            settled(disposition, 1)  # whatever is read once is in memory
            few, many = settled(disposition, 1), settled(disposition, 3)
            self.assertLessEqual((many - few) / 2, limit, (disposition, few, many))
        self.assertEqual(found.state, "inspected")
