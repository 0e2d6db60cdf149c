"""Orders confirmed together: fewer questions asked than Odoo asks, and the same deliveries and reservations."""

from unittest.mock import patch

from odoo.tests import tagged

from .shop_case import ShopCase, woo_order


@tagged("post_install", "-at_install")
class TestConfirming(ShopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stock = cls.channel.warehouse_id.lot_stock_id
        near, far = cls.env["stock.location"].create(
            [{"name": name, "location_id": stock.id} for name in ("Rayon A", "Rayon B")]
        )
        cls.scarce, cls.tracked, cls.service = cls.env["product.product"].create(
            [
                {"name": "Affiche", "default_code": "POSTER", "is_storable": True},
                {"name": "Confiture", "default_code": "JAM", "is_storable": True, "tracking": "lot"},
                {"name": "Cours", "default_code": "LESSON", "type": "service"},
            ]
        )
        lots = cls.env["stock.lot"].create([{"name": name, "product_id": cls.tracked.id} for name in ("L1", "L2")])
        Quant = cls.env["stock.quant"]
        Quant._update_available_quantity(cls.scarce, near, 3)
        Quant._update_available_quantity(cls.scarce, far, 2)
        for lot in lots:
            Quant._update_available_quantity(cls.tracked, stock, 2, lot_id=lot)
        cls.env["stock.warehouse.orderpoint"].create(
            {"product_id": cls.pen.id, "location_id": stock.id, "product_min_qty": 500, "product_max_qty": 600}
        )

    RAWS = (
        woo_order(1, lines=[("MUG", 2, "10.00", "2.00"), ("POSTER", 2, "8.00", "1.60")]),
        woo_order(2, lines=[("POSTER", 2, "8.00", "1.60"), ("PEN", 1, "5.00", "1.00"), ("MUG", 99, "99.00", "19.80")]),
        woo_order(3, lines=[("JAM", 3, "9.00", "1.80"), ("POSTER", 2, "8.00", "1.60")]),
        woo_order(4, lines=[("LESSON", 1, "20.00", "4.00")]),
        woo_order(5, lines=[("MUG", 1, "5.00", "1.00"), ("MUG", 1, "5.00", "1.00"), ("JAM", 3, "9.00", "1.80")]),
    )

    def outcome(self):
        """What confirming these orders comes to, in a savepoint of its own."""
        replenished = []

        def procure(orderpoints, **_options):
            replenished.extend(orderpoints.product_id.mapped("default_code"))

        with (
            patch.object(self.registry["stock.warehouse.orderpoint"], "_procure_orderpoint_confirm", procure),
            self.env.cr.savepoint() as savepoint,
        ):
            sales = self.receive(*self.RAWS).sale_order_ids.sorted("client_order_ref")
            self.env.flush_all()
            self.env.invalidate_all()
            found = {
                sale.client_order_ref: {
                    "state": sale.state,
                    "references": [name == sale.name for name in sale.stock_reference_ids.mapped("name")],
                    "deliveries": sorted(
                        (
                            picking.picking_type_id.name,
                            picking.state,
                            picking.origin == sale.name,
                            picking.reference_ids == sale.stock_reference_ids,
                            picking.partner_id.name,
                            [self.move(move) for move in picking.move_ids.sorted("id")],
                        )
                        for picking in sale.picking_ids
                    ),
                }
                for sale in sales
            }
            products = self.mug + self.pen + self.scarce + self.tracked
            quants = self.env["stock.quant"].search([("product_id", "in", products.ids)], order="id")
            shelves = [(quant.id, quant.quantity, quant.reserved_quantity, quant.in_date) for quant in quants]
            savepoint.rollback()
        self.env.invalidate_all()
        return found, shelves, replenished

    @staticmethod
    def move(move):
        lines = move.move_line_ids.sorted("id")
        taken = [(line.location_id.name, line.lot_id.name, line.quantity) for line in lines]
        return move.product_id.default_code, move.state, move.product_uom_qty, move.rule_id.id, taken

    def compare(self):
        together = self.outcome()
        with patch.object(self.registry["sale.order"], "_confirmation_batch", lambda _orders: None):
            as_odoo = self.outcome()
        self.assertEqual(together[0], as_odoo[0])
        self.assertEqual(together[1], as_odoo[1])
        self.assertEqual(together[2], as_odoo[2])
        return together

    def test_deliveries_and_reservations_are_those_of_odoo(self):
        found, shelves, replenished = self.compare()
        self.assertEqual(replenished, ["PEN"])
        self.assertEqual([len(order["deliveries"]) for order in found.values()], [1, 1, 1, 0, 1])
        self.assertEqual(sum(reserved for _id, _quantity, reserved, _date in shelves), 100 + 1 + 5 + 4)
        taken = [line for move in found["3"]["deliveries"][0][-1] for line in move[-1]]
        self.assertEqual(taken, [("Stock", "L1", 2.0), ("Stock", "L2", 1.0), ("Rayon B", False, 1.0)])

    def test_and_where_goods_are_picked_and_packed_first(self):
        self.channel.warehouse_id.delivery_steps = "pick_pack_ship"
        self.compare()

    def test_and_where_the_last_that_came_goes_first(self):
        self.env["product.category"].search([]).removal_strategy_id = self.env.ref("stock.removal_lifo")
        self.compare()

    def test_and_where_the_nearest_goes_first(self):
        self.env["product.category"].search([]).removal_strategy_id = self.env.ref("stock.removal_closest")
        self.compare()
