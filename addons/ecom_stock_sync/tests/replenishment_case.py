"""What the tests of replenishment start from: a day, and goods that were sold and moved before it."""

from datetime import date, timedelta

from freezegun import freeze_time
from odoo import Command, fields
from odoo.addons.ecom_connector.tests.shop_case import ShopCase

TODAY = date(2026, 11, 30)  # a Monday


def middle(week):
    """The middle of a week that is so long ago."""
    return TODAY - timedelta(weeks=week) + timedelta(days=2)


class ReplenishmentCase(ShopCase):
    """A mug with a supplier, and orders of past weeks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.channel.warehouse_id
        cls.stock = cls.warehouse.lot_stock_id
        cls.customer, cls.supplier = cls.env["res.partner"].create([{"name": "Marie"}, {"name": "Faïencerie"}])
        cls.mug.seller_ids = [Command.create({"partner_id": cls.supplier.id, "delay": 14, "price": 3})]
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.Replenishment = cls.env["ecom.replenishment"]
        # The mug was put on sale twelve weeks ago; the pen exists since long.
        for product, day in ((cls.mug, "2026-09-07"), (cls.pen, "2024-01-01")):
            cls.env.cr.execute("UPDATE product_product SET create_date = %s WHERE id = %s", [day, product.id])
        cls.env.invalidate_all()

    def setUp(self):
        super().setUp()
        time = freeze_time("2026-11-30 09:00:00")
        time.start()
        self.addCleanup(time.stop)

    def sell(self, product, quantity, *days, price=5.0, state="sale", channel=None, warehouse=None):
        """An order of each day, as it stands after its confirmation; no transfers, for these tests are of the past."""
        vals = {
            "partner_id": self.customer.id,
            "warehouse_id": (warehouse or self.warehouse).id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": quantity, "price_unit": price})
            ],
        }
        orders = self.env["sale.order"].create([vals] * len(days))
        self.env.flush_all()
        for order, day in zip(orders, days, strict=True):
            self.env.cr.execute(
                "UPDATE sale_order SET state = %s, date_order = %s, ecom_channel_id = %s WHERE id = %s",
                [state, fields.Datetime.to_string(day), channel and channel.id, order.id],
            )
        self.env.cr.execute("UPDATE sale_order_line SET state = %s WHERE order_id = ANY(%s)", [state, orders.ids])
        orders.invalidate_recordset()
        orders.order_line.invalidate_recordset()
        return orders

    def sell_weekly(self, product, quantity, weeks, until=0, **more):
        """One order in the middle of each of the past weeks, the last ``until`` of them left out."""
        self.sell(product, quantity, *(middle(week) for week in range(weeks, until, -1)), **more)

    def move(self, product, quantity, day, source, target):
        """A transfer that was done on a day."""
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "location_id": source.id,
                "location_dest_id": target.id,
            }
        )
        move._action_confirm()
        move.quantity, move.picked = quantity, True
        move._action_done()
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_move SET date = %s WHERE id = %s", [day, move.id])
        self.env.cr.execute("UPDATE stock_move_line SET date = %s WHERE move_id = %s", [day, move.id])
        self.env.invalidate_all()
        return move

    def row(self, product, warehouse=None):
        self.Replenishment._recompute(product.ids)
        return self.Replenishment.search(
            [("product_id", "=", product.id), ("warehouse_id", "=", (warehouse or self.warehouse).id)]
        )
