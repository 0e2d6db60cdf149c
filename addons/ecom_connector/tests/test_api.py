from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .external_shop import ExternalShopCase, external_order


@tagged("post_install", "-at_install")
class TestApiAccess(ExternalShopCase):
    """Who may call, and for which channel."""

    def test_a_shop_finds_its_own_channel(self):
        self.assertEqual(self.channel.code, "atelier-lea")
        answer = self.api.ping()
        self.assertPlain(answer)
        self.assertEqual((answer["version"], answer["channels"]), ("1", ["atelier-lea"]))
        info = self.api.channel_info("atelier-lea")
        self.assertPlain(info)
        self.assertEqual((info["currency"], info["state"], info["orders_received"]), ("EUR", "connected", 0))

    def test_another_shops_channel_is_as_unknown_as_one_that_does_not_exist(self):
        stranger = new_test_user(self.env, "other_shop", "base.group_user,ecom_connector.group_api")
        other = self._create_channel("Chez Bob", stranger)
        everyones = self._create_channel("Pour tous", self.env["res.users"])
        self.assertEqual(self.api.ping()["channels"], ["atelier-lea"])
        calls = {
            "channel_info": (),
            "order_push": ([external_order()],),
            "order_status": (["A-1"],),
            "order_cancel": (["A-1"],),
            "product_list": (),
            "product_changes": (),
            "stock_get": (["MUG"],),
            "tracking_list": (),
            "customer_push": ([{"external_ref": "C", "name": "C"}],),
        }
        for method, arguments in calls.items():
            messages = set()
            for code in (other.code, everyones.code, "nowhere"):
                with self.subTest(method, code=code), self.assertRaises(MissingError) as caught:
                    getattr(self.api, method)(code, *arguments)
                messages.add(str(caught.exception).replace(code, "…"))
            self.assertEqual(len(messages), 1)
        for code in (None, 7, False, "", [], {}, ["atelier-lea"], "\x00"):
            with self.subTest(code=code), self.assertRaises(MissingError):
                self.api.channel_info(code)
        self.assertFalse(self.env["ecom.order"].search([("channel_id", "in", (other | everyones).ids)]))

    def test_only_the_shops_own_role_calls(self):
        for role in ("preparer", "service", "accountant", "manager"):
            user = new_test_user(self.env, f"api_{role}", f"base.group_user,ecom_connector.group_{role}")
            self.channel.user_ids = [Command.link(user.id)]
            with self.subTest(role), self.assertRaises(AccessError):
                self.env["ecom.api"].with_user(user).ping()
            with self.subTest(role), self.assertRaises(AccessError):
                self.env["ecom.api"].with_user(user).order_push(self.channel.code, [])

    def test_a_channel_that_odoo_reads_itself_takes_no_orders(self):
        self._create_channel("WooShop", self.user, platform="woocommerce")
        with self.assertRaisesRegex(UserError, "read by Odoo"):
            self.api.order_push("wooshop", [])

    def test_a_channel_that_is_not_connected_says_so_and_a_paused_one_keeps_what_comes(self):
        self.channel.state = "draft"
        with self.assertRaisesRegex(UserError, "not connected"):
            self.push(external_order())
        self.channel.state = "paused"
        self.assertEqual(self.push(external_order())[0]["status"], "received")

    def test_codes_are_unique_and_made_of_the_name(self):
        twin = self._create_channel("Atelier Léa", self.user)
        self.assertEqual(twin.code, "atelier-lea-2")
        self.assertEqual(self._create_channel("!!!", self.user).code, "shop")
        for code in ("Léa", "a b", "", "x" * 33):
            with self.subTest(code), self.assertRaises(ValidationError):
                twin.code = code
        self.assertNotEqual(twin.copy({"name": "Copie"}).code, twin.code)

    def test_a_call_takes_two_hundred_items_at_most(self):
        for method in ("order_push", "order_status", "order_cancel", "stock_get", "customer_push"):
            for items in (["x"] * 201, "x", None, {"x": 1}):
                with self.subTest(method, items=items), self.assertRaises(UserError):
                    getattr(self.api, method)(self.channel.code, items)
        for method in ("product_list", "tracking_list"):
            for cursor, limit in (("x", 1), (1, 1), ("-1", 1), ("", 0), ("", 201), ("", "1"), ("", True), ("²", 1)):
                with self.subTest(method, cursor=cursor, limit=limit), self.assertRaises(UserError):
                    getattr(self.api, method)(self.channel.code, cursor, limit)
            self.assertEqual(getattr(self.api, method)(self.channel.code, "9" * 30)["items"], [])

    def test_connecting_says_what_is_left_to_do(self):
        self.channel.state = "draft"
        message = self.channel.action_connect()["params"]["message"]
        self.assertIn("atelier-lea", message)
        self.assertIn("external_shop", message)
        self.channel.user_ids = False
        self.assertIn("No user", self.channel.action_connect()["params"]["message"])
        self.assertEqual(self.channel.state, "connected")

    def test_the_lanes_of_such_a_channel_do_not_fail(self):
        self.push(external_order())
        channel = self.channel._work_env()
        self.assertFalse(channel._poll_due() or channel._roll_call_due() or channel._webhooks_due())
        self.env.flush_all()
        for flow in channel.kanban_dashboard["flows"]:
            self.assertEqual(flow["kind"], "ok", flow)


@tagged("post_install", "-at_install")
class TestApiOrders(ExternalShopCase):
    def test_orders_become_confirmed_sales_with_exact_totals(self):
        results = self.push(external_order(1), external_order(2, total="28.80"))
        self.assertPlain(results)
        self.assertEqual([(row["ref"], row["status"]) for row in results], [("A-1", "received"), ("A-2", "received")])
        orders = self.settle()
        self.assertEqual([str(order.id) for order in orders], [row["id"] for row in results])
        for order in orders:
            sale = order.sale_order_id
            self.assertEqual((order.state, sale.state), ("settled", "sale"))
            self.assertEqual((f"{sale.amount_total:.2f}", f"{sale.amount_tax:.2f}"), ("28.80", "4.80"))
        status = self.api.order_status(self.channel.code, ["A-1", "A-9"])
        self.assertPlain(status)
        self.assertEqual([row["status"] for row in status], ["settled", "unknown"])
        self.assertEqual(
            (status[0]["sale_state"], status[0]["total"], status[0]["delivery"]), ("sale", "28.80", "pending")
        )

    def test_the_same_order_again_changes_nothing(self):
        self.push(external_order())
        order = self.settle()
        before = order.read()[0]
        (result,) = self.push(external_order())
        self.env.flush_all()
        self.assertEqual((result["status"], result["id"]), ("unchanged", str(order.id)))
        order.invalidate_recordset()
        self.assertEqual(order.read()[0], before)

    def test_newer_content_is_a_new_version_and_is_followed(self):
        self.push(external_order())
        order = self.settle()
        lines = external_order()["lines"]
        lines[0] |= {"quantity": 3, "net": "30.00", "taxes": [{"code": "FR20", "amount": "6.00"}]}
        newer = external_order(
            lines=lines,
            total="40.80",
            total_tax="6.80",
            updated_at="2026-11-02T12:00:00Z",
            payments=[{"method": "card", "amount": "40.80", "paid_at": "2026-11-02T10:00:05Z"}],
        )
        self.assertEqual(self.push(newer)[0]["status"], "received")
        self.settle()
        self.assertEqual(f"{order.sale_order_id.amount_total:.2f}", "40.80")
        self.assertEqual(self.push(external_order())[0]["status"], "outdated")
        self.settle()
        self.assertEqual(f"{order.sale_order_id.amount_total:.2f}", "40.80")

    def test_two_versions_in_one_call_leave_the_newer(self):
        newer = external_order(note="Vite", updated_at="2026-11-02T12:00:00Z")
        results = self.push(newer, external_order())
        self.assertEqual([row["status"] for row in results], ["received", "outdated"])
        self.assertEqual(self.settle().note, "Vite")

    def test_wrong_items_are_named_and_the_others_go_through(self):
        wrong = [
            external_order(2, totl="1"),
            external_order(3, total=True),
            external_order(4, currency="XXQ"),
            external_order(5, lines=[external_order()["lines"][0] | {"quantity": -2}]),
            {name: value for name, value in external_order(6).items() if name != "total_tax"},
            "A-7",
        ]
        results = self.push(external_order(1), *wrong, external_order(8))
        self.assertPlain(results)
        self.assertEqual([row["status"] for row in results], ["received", *["error"] * 6, "received"])
        self.assertEqual([row["ref"] for row in results[1:7]], ["A-2", "A-3", "A-4", "A-5", "A-6", ""])
        self.assertEqual(
            [(error["field"], error["code"]) for row in results[1:7] for error in row["errors"]],
            [
                ("totl", "unknown_field"),
                ("total", "wrong_type"),
                ("currency", "unknown_currency"),
                ("lines[0].quantity", "negative"),
                ("total_tax", "missing"),
                ("", "wrong_type"),
            ],
        )
        self.assertTrue(all(error["remedy"] for row in results[1:7] for error in row["errors"]))
        self.assertEqual(self.settle().mapped("external_id"), ["A-1", "A-8"])

    def test_an_order_that_a_person_must_look_at_says_why(self):
        unknown = external_order(lines=[external_order()["lines"][0] | {"sku": "NEW"}, external_order()["lines"][1]])
        self.push(unknown)
        self.settle()
        (status,) = self.api.order_status(self.channel.code, ["A-1"])
        self.assertPlain(status)
        self.assertEqual(
            (status["status"], [error["code"] for error in status["errors"]]), ("blocked", ["unknown_product"])
        )
        self.assertIn("NEW", status["errors"][0]["message"])

    def test_a_cancellation_is_followed_and_a_replay_does_not_revive_the_order(self):
        self.push(external_order())
        order = self.settle()
        cancel = self.api.order_cancel
        results = cancel(self.channel.code, ["A-1", "A-9", "A-1"])
        self.assertPlain(results)
        self.assertEqual([row["status"] for row in results], ["received", "error", "received"])
        self.settle()
        self.assertEqual((order.state, order.sale_order_id.state), ("cancelled", "cancel"))
        self.assertEqual(cancel(self.channel.code, ["A-1"])[0]["status"], "unchanged")
        self.assertEqual(self.push(external_order())[0]["status"], "outdated")
        self.assertEqual(order.sale_order_id.state, "cancel")

    def test_staging_two_hundred_orders_costs_as_many_statements_as_one_hundred(self):
        def count(numbers):
            orders = [external_order(number) for number in numbers]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            results = self.push(*orders)
            self.env.flush_all()
            self.assertEqual({row["status"] for row in results}, {"received"})
            return self.env.cr.sql_log_count - before

        count(range(1, 3))  # caches
        few, many = count(range(100, 150)), count(range(200, 400))
        # Odoo inserts and updates a hundred rows a statement.
        self.assertLessEqual(many - few, 12)
        self.assertLessEqual(many, 60)


@tagged("post_install", "-at_install")
class TestApiReads(ExternalShopCase):
    def test_stock_is_what_odoo_says_is_free_in_the_channels_warehouse(self):
        elsewhere = self.env["stock.warehouse"].create({"name": "Ailleurs", "code": "AIL"})
        self.env["stock.quant"]._update_available_quantity(self.mug, elsewhere.lot_stock_id, 7)
        self.push(external_order())
        self.settle()
        results = self.api.stock_get(self.channel.code, ["MUG", "PEN", "NONE", "MUG"])
        self.assertPlain(results)
        self.assertEqual([row["status"] for row in results], ["ok", "ok", "error", "ok"])
        self.assertEqual([row["quantity"] for row in results], [98, 0, 0, 98])
        free = self.mug.with_context(warehouse_id=self.channel.warehouse_id.id).free_qty
        self.assertEqual(results[0]["quantity"], free)
        self.env["product.product"].create({"name": "Double", "default_code": "MUG"})
        self.assertEqual(self.api.stock_get(self.channel.code, ["MUG"])[0]["errors"][0]["code"], "ambiguous_product")

    def test_stock_of_many_costs_as_many_statements_as_of_few(self):
        products = self.env["product.product"].create(
            [{"name": f"P{n}", "default_code": f"P{n}", "is_storable": True} for n in range(150)]
        )
        for product in products:
            self.env["stock.quant"]._update_available_quantity(product, self.channel.warehouse_id.lot_stock_id, 1)

        def count(skus):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            results = self.api.stock_get(self.channel.code, skus)
            self.assertEqual({row["quantity"] for row in results}, {1})
            return self.env.cr.sql_log_count - before

        skus = products.mapped("default_code")
        count(skus[:1])
        self.assertEqual(count(skus[:2]), count(skus))

    def test_products_are_listed_page_by_page(self):
        self.env["product.product"].create([{"name": f"P{n}", "default_code": f"P{n}"} for n in range(5)])
        seen, cursor, more = [], "", True
        while more:
            page = self.api.product_list(self.channel.code, cursor, 2)
            self.assertPlain(page)
            self.assertLessEqual(len(page["items"]), 2)
            seen += page["items"]
            cursor, more = page["cursor"], page["more"]
        skus = [item["sku"] for item in seen]
        self.assertEqual(len(skus), len(set(skus)))
        self.assertLessEqual({"MUG", "PEN", *(f"P{n}" for n in range(5))}, set(skus))
        mug = next(item for item in seen if item["sku"] == "MUG")
        self.assertEqual((mug["price"], mug["currency"], mug["id"]), ("6.00", "EUR", str(self.mug.id)))
        self.assertNotIn("standard_price", mug)

    def test_messages_are_numbered_in_one_statement(self):
        commands = self.env["ecom.command"].create(
            [{"channel_id": self.channel.id, "kind": "state", "key": f"k{number}"} for number in range(12)]
        )
        commands[:2]._publish(self.channel)
        self.env.flush_all()
        with self.assertQueryCount(1):
            commands[:1:-1]._publish(self.channel)
        commands[0]._publish(self.channel)
        self.assertEqual(
            commands.mapped("position"), [13, 2, *range(3, 13)], "by age; one that is there moves to the end"
        )
        other = self._create_channel("Chez Bob", self.user)
        alone = commands[0].copy({"channel_id": other.id})
        alone._publish(other)
        self.assertEqual(alone.position, 1)

    def test_parcels_and_decisions_wait_to_be_fetched(self):
        self.push(external_order(1), external_order(2))
        shipped, dropped = self.settle()
        picking = shipped.sale_order_id.picking_ids
        picking.move_ids.picked = True
        picking._action_done()
        dropped.sale_order_id._action_cancel()
        self.assertEqual(self.api.tracking_list(self.channel.code)["items"], [])
        self.publish()
        page = self.api.tracking_list(self.channel.code)
        self.assertPlain(page)
        parcel, cancellation = page["items"]
        self.assertEqual(
            (parcel["kind"], parcel["ref"], parcel["parcels"], parcel["complete"]), ("shipment", "A-1", [], True)
        )
        self.assertEqual(parcel["lines"], [{"id": "1", "quantity": 2.0, "lots": []}])
        self.assertEqual(
            (cancellation["kind"], cancellation["ref"], cancellation["state"]), ("state", "A-2", "cancelled")
        )

        picking.carrier_tracking_ref = "6A123"
        self.publish()
        later = self.api.tracking_list(self.channel.code, page["cursor"])
        self.assertEqual([item["id"] for item in later["items"]], [parcel["id"]])
        self.assertEqual([row["number"] for row in later["items"][0]["parcels"]], ["6A123"])
        last = self.api.tracking_list(self.channel.code, later["cursor"])
        self.assertEqual((last["items"], last["cursor"], last["more"]), ([], later["cursor"], False))
        first = self.api.tracking_list(self.channel.code, "", 1)
        self.assertEqual((len(first["items"]), first["more"]), (1, True))

    def test_customers_are_recognised_and_only_completed(self):
        known = self.env["res.partner"].create({"name": "Marie D.", "email": "marie@example.com"})
        marie = {
            "external_ref": "C-1",
            "name": "Marie Durand",
            "email": "marie@example.com",
            "phone": "+33612345678",
            "address": {"street": "1 rue de la Paix", "city": "Paris", "zip": "75002", "country": "FR"},
        }
        paul = {"external_ref": "C-2", "name": "Paul", "address": {"city": "Lyon", "country": "FR"}}
        results = self.api.customer_push(self.channel.code, [marie, paul, {"external_ref": "C-3"}, marie])
        self.assertPlain(results)
        self.assertEqual([row["status"] for row in results], ["created", "created", "error", "error"])
        account = self.env["ecom.customer"].browse(int(results[0]["id"]))
        self.assertEqual(account.partner_id, known)
        self.assertEqual((known.name, known.phone, known.city), ("Marie D.", "+33612345678", "Paris"))
        known.phone = "+33700000000"
        results = self.api.customer_push(self.channel.code, [marie, paul])
        self.assertEqual([row["status"] for row in results], ["unchanged", "unchanged"])
        self.assertEqual(known.phone, "+33700000000")

    def test_what_a_customer_changes_on_the_shop_is_carried_over(self):
        marie = {"external_ref": "C-1", "name": "Marie", "email": "marie@example.com", "phone": "+33612345678"}
        (result,) = self.api.customer_push(self.channel.code, [marie])
        account = self.env["ecom.customer"].browse(int(result["id"]))
        (result,) = self.api.customer_push(self.channel.code, [marie | {"email": "durand@example.com"}])
        self.assertEqual((result["status"], account.partner_id.email), ("updated", "durand@example.com"))


@tagged("post_install", "-at_install")
class TestApiKeys(ExternalShopCase):
    def test_a_shops_user_creates_a_key_for_a_year_and_no_longer(self):
        Keys = self.env["res.users.apikeys"].with_user(self.user)
        key = Keys._generate(None, "shop", fields.Datetime.now() + timedelta(days=365))
        self.assertEqual(Keys._check_credentials(scope="rpc", key=key), self.user.id)
        durations = self.env["res.users.apikeys.description"].with_user(self.user)._selection_duration()
        self.assertIn("365", dict(durations))
        with self.assertRaises(ValidationError):
            Keys._generate(None, "shop", fields.Datetime.now() + timedelta(days=400))
