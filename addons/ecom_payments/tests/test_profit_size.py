import logging
import time

from odoo.tests import tagged
from odoo.tools import SQL

from .payments_case import PaymentsCase

_logger = logging.getLogger(__name__)
ORDERS = 5000


@tagged("post_install", "-at_install")
class TestProfitSize(PaymentsCase):
    def copies(self, table, old, **changes):
        """Copies of a row, as many as there are orders; ``changes`` are SQL over ``n``, the number of the copy.

        :return: the first id: that of copy ``n`` is ``n`` more
        """
        cr = self.env.cr
        cr.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
        names = [row[0] for row in cr.fetchall() if row[0] != "id"]
        cr.execute(SQL("SELECT max(id) FROM %s", SQL.identifier(table)))
        first = cr.fetchone()[0]
        values = [SQL(changes[name]) if name in changes else SQL("old.%s", SQL.identifier(name)) for name in names]
        cr.execute(
            SQL(
                "INSERT INTO %(table)s (id, %(names)s) SELECT %(first)s + n, %(values)s FROM %(table)s old, "
                "generate_series(1, %(count)s) n WHERE old.id = %(old)s",
                table=SQL.identifier(table),
                names=SQL(", ").join(map(SQL.identifier, names)),
                values=SQL(", ").join(values),
                first=first,
                count=ORDERS,
                old=old.id,
            )
        )
        return first

    def test_five_thousand_orders_are_added_up_in_a_moment(self):
        order = self.order(1)
        self.charge(1)
        self.look()
        self.env.flush_all()
        sale = order.sale_order_id
        o = self.copies("ecom_order", order, external_id="'x' || n", sale_order_id="NULL::int")
        s = self.copies("sale_order", sale, ecom_order_id=f"{o} + n")
        self.env.cr.execute("UPDATE ecom_order SET sale_order_id = %s + id - %s WHERE id > %s", [s, o, o])
        for line in sale.order_line:
            first = self.copies("sale_order_line", line, order_id=f"{s} + n")
            for move in line.move_ids:
                self.copies("stock_move", move, sale_line_id=f"{first} + n")
        self.copies("stock_picking", sale.picking_ids, sale_id=f"{s} + n", name="'x' || n")
        self.copies("account_move", sale.invoice_ids, ecom_order_id=f"{o} + n", name="'x' || n", sequence_number="n")
        self.copies(
            "ecom_gateway_transaction", self.gateway.transaction_ids, order_id=f"{o} + n", external_id="'x' || n"
        )
        self.env.invalidate_all()
        for table in ("ecom_order", "sale_order", "sale_order_line", "stock_move", "account_move"):
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
        started = time.perf_counter()
        ((count, profit),) = self.env["ecom.profit"]._read_group(
            [("channel_id", "=", self.channel.id)], [], ["__count", "profit:sum"]
        )
        took = time.perf_counter() - started
        _logger.info("Profit of %s orders: %.0f ms", count, took * 1000)
        self.assertEqual((count, round(profit, 2)), (ORDERS + 1, round((ORDERS + 1) * 13.5, 2)))
        self.assertLess(took, 5)
        started = time.perf_counter()
        self.assertEqual(self.env["ecom.profit"].search([("order_id", "=", order.id)]).profit, 13.5)
        self.assertLess(time.perf_counter() - started, 0.5, "one order does not add up all of them")
