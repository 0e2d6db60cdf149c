"""Carts of shops that call Odoo: what is there is kept once, for a while."""

from datetime import timedelta

from odoo import Command, fields
from odoo.addons.ecom_connector.tests.external_shop import external_order
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import new_test_user, tagged

from .stock_api_case import StockApiCase


@tagged("post_install", "-at_install")
class TestCarts(StockApiCase):
    def test_two_carts_and_one_unit(self):
        first = self.reserve("cart-1")
        self.assertEqual((first["status"], first["quantity"], first["available"]), ("reserved", 1, 1))
        second = self.reserve("cart-2")
        self.assertEqual((second["status"], second["available"]), ("error", 0))
        self.assertEqual(second["errors"][0]["code"], "not_enough")
        self.assertEqual(self.shown(), 0)
        (released,) = self.api.release(self.channel.code, ["cart-1"])
        self.assertEqual(released["status"], "released")
        self.assertEqual(self.api.release(self.channel.code, ["cart-1"])[0]["status"], "unchanged")
        self.assertEqual(self.shown(), 1)
        self.assertEqual(self.reserve("cart-2")["status"], "reserved")

    def test_two_carts_of_one_call_and_one_unit(self):
        items = [{"ref": ref, "sku": "MUG", "quantity": 1} for ref in ("cart-1", "cart-2")]
        results = self.api.reserve(self.channel.code, items)
        self.assertEqual([row["status"] for row in results], ["reserved", "error"])

    def test_a_cart_that_was_left_standing_gives_its_goods_back_without_a_write(self):
        self.reserve("cart-1", minutes=5)
        self.assertEqual(self.shown(), 0)
        self.later(minutes=6)
        figures = self.env["ecom.stock.figures"]
        _places, scopes = self.channel._stock_places()
        self.assertEqual(figures._read_figures(scopes, [self.mug.id])[0, self.mug.id].in_carts, 0)
        self.assertEqual(self.shown(), 1, "the lane notes it when its time comes")
        self.assertEqual(self.reserve("cart-2")["status"], "reserved")

    def test_the_lane_is_woken_when_the_next_cart_is_over(self):
        result = self.reserve("cart-1", minutes=7)
        cron = self.env.ref("ecom_stock_sync.ir_cron_stock")
        over = fields.Datetime.to_datetime(result["expires_at"].replace("T", " ").rstrip("Z"))
        self.assertTrue(
            self.env["ir.cron.trigger"].search_count(
                [("cron_id", "=", cron.id), ("call_at", ">=", over), ("call_at", "<", over + timedelta(seconds=5))]
            )
        )

    def test_the_same_call_again_changes_nothing(self):
        first, again = self.reserve(), self.reserve()
        self.assertEqual((first["id"], first["quantity"]), (again["id"], again["quantity"]))
        self.assertEqual(self.env["ecom.stock.reservation"].search_count([]), 1)

    def test_more_of_it_is_all_or_nothing(self):
        self.put(self.mug, 2)
        self.assertEqual(self.reserve(quantity=2)["status"], "reserved")
        refused = self.reserve(quantity=4)
        self.assertEqual((refused["status"], refused["available"], refused["quantity"]), ("error", 3, 2))
        self.assertEqual(self.shown(), 1, "the two are still kept")
        self.assertEqual(self.reserve(quantity=3)["status"], "reserved")
        self.assertEqual(self.reserve(quantity=1)["status"], "reserved")
        self.assertEqual(self.shown(), 2)
        self.assertEqual(self.reserve(quantity=0)["status"], "released")
        self.assertEqual(self.shown(), 3)

    def test_packs_are_whole(self):
        self.put(self.mug, 12)
        self.offer.uom_id = self.env["uom.uom"].create(
            {"name": "Pack of 6", "relative_factor": 6, "relative_uom_id": self.mug.uom_id.id}
        )
        self.assertEqual(self.reserve(quantity=3)["available"], 2)
        self.assertEqual(self.reserve(quantity=2)["status"], "reserved")
        self.assertEqual(self.env["ecom.stock.reservation"].search([]).quantity, 12)
        self.assertEqual(self.reserve("cart-2", quantity=1.5)["errors"][0]["code"], "wrong_type")

    def test_confirmed_and_then_the_order_comes(self):
        """Counted throughout, and never twice."""
        self.put(self.mug, 4)
        self.reserve("A-1", quantity=2)
        self.assertEqual(self.confirm("A-1")[0]["status"], "confirmed")
        self.assertEqual(self.confirm("A-1")[0]["status"], "unchanged")
        self.assertEqual(self.shown(), 3)
        self.later(hours=5)
        self.assertEqual(self.shown(), 3, "the order is awaited")
        self.push(external_order(1))
        self.assertEqual(self.shown(), 3, "it counts as an order now")
        (order,) = self.settle()
        self.assertEqual(order.sale_order_id.picking_ids.state, "assigned")
        self.assertEqual(self.shown(), 3)
        self.assertEqual(self.env["ecom.stock.reservation"].search([]).state, "done")

    def test_a_cart_of_another_name_than_its_order(self):
        self.put(self.mug, 4)
        self.reserve("cart-9", quantity=2)
        self.confirm({"ref": "cart-9", "order": "A-1"})
        self.push(external_order(1))
        self.assertEqual(self.shown(), 3)

    def test_paid_too_late(self):
        """The cart expired: confirmed all the same where the goods are still there, else the shop is told."""
        self.reserve("cart-1")
        self.later(minutes=20)
        self.assertEqual(self.confirm("cart-1")[0]["status"], "confirmed")
        self.api.release(self.channel.code, ["cart-1"])
        self.reserve("cart-2")
        self.later(minutes=20)
        self.catch_up()
        self.assertEqual(self.reserve("cart-3")["status"], "reserved")
        (late,) = self.confirm("cart-2")
        self.assertEqual((late["status"], late["errors"][0]["code"]), ("error", "not_enough"))
        self.assertEqual(self.confirm("nobody")[0]["errors"][0]["code"], "unknown_cart")

    def test_a_confirmed_cart_is_not_changed_by_the_way(self):
        self.put(self.mug, 4)
        self.reserve(quantity=2)
        self.confirm("cart-1")
        self.assertEqual(self.reserve(quantity=2)["status"], "reserved")
        self.assertEqual(self.reserve(quantity=3)["errors"][0]["code"], "confirmed")
        self.assertEqual(self.shown(), 3)

    def test_rules_decide_what_may_be_sold(self):
        self.put(self.mug, 4)
        rule = self.env["ecom.stock.rule"].create({"product_id": self.mug.id, "buffer": 3})
        self.assertEqual(self.reserve(quantity=3)["available"], 2)
        rule.write({"at_zero": "backorder"})
        sold_on = self.reserve(quantity=9)
        self.assertEqual((sold_on["status"], "available" in sold_on), ("reserved", False))
        rule.write({"left_to_shop": True})
        self.assertEqual(self.reserve("cart-2")["errors"][0]["code"], "left_to_the_shop")

    def test_each_location_of_the_shop_keeps_its_own(self):
        shelves = self.env["stock.location"].create(
            [{"name": name, "location_id": self.location.id} for name in ("Quai", "Boutique")]
        )
        self.env["ecom.location.mapping"].create(
            [
                {"channel_id": self.channel.id, "code": code, "location_ids": [Command.set(shelf.ids)]}
                for code, shelf in zip(("dock", "store"), shelves, strict=True)
            ]
        )
        self.put(self.mug, 2, shelves[0])
        self.put(self.mug, 5, shelves[1])
        self.assertEqual(self.reserve(quantity=6)["available"], 5, "one place ships it")
        self.assertEqual(self.reserve(quantity=4)["status"], "reserved")
        self.assertEqual(self.reserve("cart-2", quantity=2, location="store")["available"], 1)
        self.assertEqual(self.reserve("cart-2", quantity=2, location="moon")["errors"][0]["code"], "bad_value")
        self.catch_up()
        (stock,) = self.api.stock_get(self.channel.code, ["MUG"])
        self.assertPlain(stock)
        self.assertEqual(stock["quantity"], 3)
        self.assertEqual(
            stock["locations"], [{"location": "dock", "quantity": 2.0}, {"location": "store", "quantity": 1.0}]
        )

    def test_a_kit_in_a_cart_takes_its_components(self):
        """A set of two mugs and a pen; five mugs, ten pens: what one item takes, the next of the call has not."""
        if "ecom.kit.component" not in self.env:
            self.skipTest("the addon for kits is not installed")
        self.put(self.mug, 4)
        self.put(self.pen, 10)
        kit = self.env["product.product"].create({"name": "Coffret", "default_code": "SET", "is_storable": True})
        lines = [Command.create({"product_id": p.id, "product_qty": n}) for p, n in ((self.mug, 2), (self.pen, 1))]
        bill = {"product_tmpl_id": kit.product_tmpl_id.id, "type": "phantom", "bom_line_ids": lines}
        self.env["mrp.bom"].create(bill)
        self.sell(kit)
        self.catch_up()
        items = [("SET", 1), ("MUG", 4), ("MUG", 3), ("SET", 1)]
        results = self.api.reserve(
            self.channel.code,
            [{"ref": f"cart-{n}", "sku": sku, "quantity": quantity} for n, (sku, quantity) in enumerate(items)],
        )
        self.assertEqual([row["status"] for row in results], ["reserved", "error", "reserved", "error"])
        self.assertEqual((results[1]["available"], results[3]["available"]), (3, 0))
        self.assertEqual(self.reserve("cart-0", "SET", 2)["available"], 1)
        self.api.release(self.channel.code, ["cart-2"])
        self.assertEqual(self.reserve("cart-0", "SET", 2)["status"], "reserved")
        self.assertEqual(self.shown(), 1)

    def test_another_channel_sees_what_is_in_carts(self):
        market = self._create_channel("Marché", self.user)
        there = self.sell(self.mug, market)
        self.reserve()
        self.catch_up()
        self.assertEqual(self.env["ecom.stock.level"].search([("offer_id", "=", there.id)]).quantity, 0)

    def test_every_wrong_item_says_what_is_wrong(self):
        sound = {"ref": "c", "sku": "MUG", "quantity": 1}
        wrong = {
            "unknown_product": sound | {"sku": "NOPE"},
            "unknown_field": sound | {"qty": 1},
            "missing": {"ref": "c", "sku": "MUG"},
            "wrong_type": sound | {"quantity": True},
            "negative": sound | {"quantity": -1},
            "too_long": sound | {"ref": "x" * 65},
            "bad_value": sound | {"minutes": 2000},
        }
        results = self.api.reserve(self.channel.code, [*wrong.values(), "text", sound])
        self.assertPlain(results)
        codes = [row["errors"][0]["code"] if row["errors"] else "" for row in results]
        self.assertEqual(codes, [*wrong, "wrong_type", ""])
        for call, items in (("reserve", "x"), ("release", [1]), ("confirm", [{"cart": "x"}]), ("reserve", [{}] * 201)):
            with self.subTest(call), self.assertRaises(UserError):
                getattr(self.api, call)(self.channel.code, items)

    def test_only_the_shops_own_channel(self):
        stranger = new_test_user(self.env, "other_shop", "base.group_user,ecom_connector.group_api")
        other = self._create_channel("Chez Bob", stranger)
        for method, arguments in {
            "reserve": ([{"ref": "c", "sku": "MUG", "quantity": 1}],),
            "release": (["c"],),
            "confirm": (["c"],),
            "stock_changes": (),
        }.items():
            with self.subTest(method), self.assertRaises(MissingError):
                getattr(self.api, method)(other.code, *arguments)
        with self.assertRaises(AccessError):
            self.env["ecom.stock.reservation"].with_user(self.user).search([])

    def test_customer_service_gives_goods_back(self):
        self.reserve()
        row = self.env["ecom.stock.reservation"].search([])
        preparer = new_test_user(self.env, "prep", "base.group_user,ecom_connector.group_preparer")
        service = new_test_user(self.env, "serv", "base.group_user,ecom_connector.group_service")
        self.channel.user_ids += preparer + service
        with self.assertRaises(AccessError):
            row.with_user(preparer).action_release()
        row.with_user(service).action_release()
        self.assertEqual(self.shown(), 1)

    def test_old_carts_are_collected(self):
        self.reserve()
        self.api.release(self.channel.code, ["cart-1"])
        self.later(days=40)
        self.env["ecom.stock.reservation"]._gc_reservations()
        self.assertFalse(self.env["ecom.stock.reservation"].search([]))

    def test_a_full_call_takes_a_constant_number_of_look_ups(self):
        products = self.env["product.product"].create(
            [{"name": f"P{n}", "default_code": f"P{n}", "is_storable": True} for n in range(200)]
        )
        for product in products:
            self.put(product, 5)
        listings = self.env["ecom.listing"].create(
            [
                {
                    "channel_id": self.channel.id,
                    "external_id": product.default_code,
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "offer_ids": [Command.create({"sku": product.default_code, "product_id": product.id})],
                }
                for product in products
            ]
        )
        self.assertEqual(len(listings.offer_ids), 200)
        self.catch_up()
        items = [{"ref": f"c{n}", "sku": f"P{n}", "quantity": 2} for n in range(200)]
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(60):
            results = self.api.reserve(self.channel.code, items)
        self.assertEqual({row["status"] for row in results}, {"reserved"})
        self.env.invalidate_all()
        with self.assertQueryCount(60):
            results = self.api.reserve(self.channel.code, [item | {"quantity": 3} for item in items])
        self.assertEqual({row["quantity"] for row in results}, {3})
