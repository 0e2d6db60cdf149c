from datetime import timedelta

from lxml import etree
from odoo import Command, fields
from odoo.tests import Form, new_test_user, tagged

from .shop_case import ShopCase, woo_order

ROLES = ("preparer", "service", "accountant", "manager")


class ScreensCase(ShopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(cls.env, f"screens_{role}", f"base.group_user,ecom_connector.group_{role}", tz="UTC")
            for role in ROLES
        }

    def menus(self, user):
        """The app's menus with a screen that this user sees."""
        Menu = self.env["ir.ui.menu"].with_user(user)
        menus = self.env["ir.ui.menu"].browse(Menu._visible_menu_ids())
        root = self.env.ref("ecom_connector.menu_root")
        return menus.filtered(lambda menu: menu.action and menu.parent_path.startswith(f"{root.id}/"))

    def open_screen(self, action, user):
        """Open an action as the web client does: all its views, the records they show, and a form."""
        if action._name == "ir.actions.client":
            return  # the browser draws it, without a view
        Model = self.env[action.res_model].with_user(user)
        kinds = action.view_mode.split(",")
        views = [(action.view_id.id if kind == kinds[0] else False, kind) for kind in kinds]
        loaded = Model.get_views([*views, (False, "search")])["views"]
        for kind, view in loaded.items():
            if kind in ("list", "kanban"):
                names = {node.get("name") for node in etree.fromstring(view["arch"]).iter("field")}
                Model.web_search_read([], {name: {} for name in names}, limit=5)
            elif kind == "form":
                self.open_form(Model.search([], limit=1))

    def open_form(self, record):
        if record:
            Form(record)

    def card(self, user=None):
        channel = self.channel.with_user(user or self.users["manager"])
        self.env.flush_all()
        channel.invalidate_recordset()
        return channel.kanban_dashboard


@tagged("post_install", "-at_install")
class TestScreens(ScreensCase):
    """Every screen opens for those who may see it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.carrier_policy = "default"
        cls.settled, cls.blocked = cls().receive(
            woo_order(1, customer_id=7), woo_order(2, lines=[("NEW", 2, "10.00", "2.00")])
        )
        cls.picking = cls.settled.sale_order_id.picking_ids
        cls.picking.carrier_tracking_ref = "6A123"
        cls.picking.move_ids.picked = True
        cls.picking._action_done()
        cls.env["ecom.event"].create({"channel_id": cls.channel.id, "event_id": "a", "kind": "order", "body": "{}"})

    def test_every_role_opens_all_its_screens(self):
        for role, user in self.users.items():
            menus = self.menus(user)
            self.assertIn(self.env.ref("ecom_connector.menu_dashboard"), menus)
            for menu in menus:
                with self.subTest(role=role, menu=menu.complete_name):
                    self.open_screen(menu.action, user)

    def test_each_role_sees_its_own_menus(self):
        seen = {role: {menu.action.path for menu in self.menus(user)} for role, user in self.users.items()}
        self.assertNotIn("ecommerce-channels", seen["service"])
        self.assertIn("ecommerce-channels", seen["manager"])
        self.assertIn("shop-taxes", seen["accountant"])
        self.assertNotIn("shop-taxes", seen["preparer"])
        self.assertIn("shop-shipments", seen["preparer"])
        self.assertTrue(all(paths <= seen["manager"] for paths in seen.values()))
        stranger = new_test_user(self.env, "screens_stranger", "base.group_user")
        self.assertFalse(self.menus(stranger))

    def test_a_preparer_opens_a_delivery(self):
        self.open_form(self.picking.with_user(self.users["preparer"]))

    def test_a_salesperson_and_a_stock_user_open_what_their_own_screens_link_to(self):
        seller = new_test_user(self.env, "screens_seller", "base.group_user,sales_team.group_sale_salesman_all_leads")
        storekeeper = new_test_user(self.env, "screens_store", "base.group_user,stock.group_stock_user")
        self.open_form(self.settled.sale_order_id.with_user(seller))
        for user in (seller, storekeeper):
            for order in (self.settled, self.blocked):
                self.open_form(order.with_user(user))
            self.open_form(self.channel.with_user(user))

    def test_the_screens_of_odoo_show_the_shop(self):
        sale_order, manager = self.settled.sale_order_id, self.users["manager"]
        for record in (sale_order, self.picking, self.mug, self.mug.product_tmpl_id, sale_order.partner_id):
            self.open_form(record.with_user(manager))
        self.assertEqual(sale_order.partner_id.ecom_order_count, 1)
        action = sale_order.partner_id.action_open_ecom_orders()
        self.assertEqual(self.env["ecom.order"].search(action["domain"]), self.settled)
        self.assertEqual((self.mug.ecom_offer_count, self.mug.product_tmpl_id.ecom_offer_count), (1, 1))
        action = self.mug.product_tmpl_id.action_open_ecom_offers()
        self.assertEqual(self.env["ecom.offer"].search(action["domain"]).product_id, self.mug)
        groups = self.env["stock.picking"].formatted_read_group(
            [("id", "=", self.picking.id)], ["ecom_channel_id"], ["__count"]
        )
        self.assertEqual(groups[0]["ecom_channel_id"][0], self.channel.id)

    def test_a_delivery_slip_names_the_shops_order_and_shows_what_the_customer_wrote(self):
        self.settled.write({"note": "Sonnez deux fois", "gift_message": "Joyeux anniversaire"})
        page = self.env["ir.actions.report"]._render_qweb_html("stock.action_report_delivery", self.picking.ids)[0]
        for words in (b"Boutique", b"Sonnez deux fois", b"Joyeux anniversaire"):
            self.assertIn(words, page)

    def test_an_order_is_found_by_whatever_a_customer_reads_out(self):
        Order = self.env["ecom.order"].with_user(self.users["service"])
        self.blocked.write({"number": "B-77", "customer_name": "Zoé", "email": "zoe@example.com", "phone": False})
        for words in ("marie@example", "Durand", "06 12 34 56 78", "+33612345678", "6A123", self.settled.number):
            self.assertEqual(Order.search([("find", "ilike", words)]), self.settled, words)
        self.assertEqual(Order.search([("find", "ilike", "b-77")]), self.blocked)

    def test_orders_are_grouped_by_what_the_shop_calls_their_state(self):
        self.receive(woo_order(7001), woo_order(7002, status="completed"))
        Order = self.env["ecom.order"].with_context(lang="en_US")
        domain = [("channel_id", "=", self.channel.id), ("number", "in", ("7001", "7002"))]
        groups = Order.formatted_read_group(domain, ["shop_state"], ["__count"])
        words = {group["shop_state"] for group in groups}
        self.assertEqual(words, set(Order.search(domain).mapped("shop_state_label")))
        self.assertFalse(words & {"processing", "completed"})
        for group in groups:
            self.assertEqual(Order.search_count([*domain, *group["__extra_domain"]]), 1)

    def test_an_issue_is_settled_from_its_list_by_customer_service(self):
        issue = self.open_issues(self.blocked).with_user(self.users["service"])
        with Form(issue) as form:
            form.product_id = self.pen
        issue.action_fix()
        self.assertEqual((issue.state, self.blocked.state), ("solved", "received"))


@tagged("post_install", "-at_install")
class TestChannelForm(ScreensCase):
    """Five choices and a shop is connected."""

    def test_a_new_channel_asks_for_the_platforms_keys_at_once(self):
        form = Form(self.env["ecom.channel"])
        form.name = "Atelier"
        form.url = "https://atelier.example"
        declared = [field.key for field in self.channel._platform_class().credential_fields]
        self.assertEqual(len(form.credential_ids), len(declared))
        for index in range(len(declared)):
            with form.credential_ids.edit(index) as row:
                row.value = f"value {index}"
        channel = form.save()
        self.assertEqual(channel.credential_ids.mapped("key"), declared)
        self.assertEqual(channel.credential_ids.mapped("value"), [f"value {index}" for index in range(len(declared))])

    def test_a_manager_creates_a_channel_without_seeing_a_secret(self):
        manager = self.users["manager"]
        form = Form(self.env["ecom.channel"].with_user(manager))
        form.name = "Atelier"
        form.url = "https://atelier.example"
        channel = form.save()
        self.assertTrue(channel.sudo().credential_ids)
        arch = self.env["ecom.channel"].with_user(manager).get_view(view_type="form")["arch"]
        for secret in ("credential_ids", "webhook_address", "webhook_token", "webhook_secret", "cron_ids"):
            self.assertNotIn(secret, arch)

    def test_the_address_for_webhooks_is_shown_to_system_administrators(self):
        self.assertTrue(self.channel.webhook_address.endswith(self.channel.webhook_token))


@tagged("post_install", "-at_install")
class TestDashboard(ScreensCase):
    """The cards: how each channel fares, in numbers and in words."""

    def flow(self, name):
        return next(flow for flow in self.card()["flows"] if flow["flow"] == name)

    def test_a_card_counts_todays_orders_and_what_waits(self):
        now = fields.Datetime.now().strftime("%Y-%m-%dT%H:%M:%S")
        self.receive(
            woo_order(1, date_created_gmt=now),
            woo_order(2, date_created_gmt=now, lines=[("NEW", 2, "10.00", "2.00")]),
            woo_order(3, date_created_gmt="2020-01-01T10:00:00"),
        )
        card = self.card()
        self.assertEqual(
            (card["orders_today"], card["orders_blocked"], card["orders_received"], card["issues"]), (2, 1, 0, 1)
        )
        self.assertIn('"value": 2, "type": "future"', self.channel.kanban_dashboard_graph)
        self.assertEqual(self.channel.issue_count, 1)
        self.assertEqual(self.channel.order_count, 3)

    def test_the_dots_tell_how_the_flows_fare(self):
        now = fields.Datetime.now()
        self.assertEqual(self.flow("orders")["kind"], "busy")
        self.channel.orders_polled_at = now - timedelta(minutes=3)
        self.assertEqual((self.flow("orders")["kind"], self.flow("commands")["kind"]), ("ok", "ok"))
        self.channel.orders_polled_at = now - timedelta(hours=2)
        self.assertEqual(self.flow("orders")["kind"], "late")
        self.channel.lane_errors = {
            "orders": {"since": fields.Datetime.to_string(now - timedelta(hours=1)), "error": "The shop's key expired."}
        }
        self.assertEqual(self.flow("orders")["kind"], "failing")
        self.assertIn("The shop's key expired.", self.flow("orders")["words"])
        self.assertEqual(self.flow("commands")["kind"], "ok", "the other flow is not blamed")
        self.channel.not_before = now + timedelta(minutes=5)
        self.assertEqual(self.flow("orders")["kind"], "resting")
        self.channel.state = "paused"
        self.assertEqual(self.flow("commands")["kind"], "idle")

    def test_unsent_messages_are_counted_and_grow_old(self):
        order = self.receive(woo_order(1))
        command = self.env["ecom.command"].create(
            {"channel_id": self.channel.id, "order_id": order.id, "kind": "state", "value": "confirmed", "key": "k"}
        )
        self.assertEqual(self.card()["messages"], 1)
        self.assertEqual(self.flow("commands")["kind"], "ok")
        self.env.cr.execute(
            "UPDATE ecom_command SET create_date = create_date - interval '1 hour' WHERE id = %s", [command.id]
        )
        self.assertEqual(self.flow("commands")["kind"], "late")
        self.assertTrue(self.card()["message_late"])
        self.channel.lane_errors = {
            "commands": {"since": fields.Datetime.to_string(fields.Datetime.now()), "error": "The shop is down."}
        }
        self.assertEqual(self.flow("commands")["kind"], "failing")

    def test_a_flow_that_broke_down_points_to_its_issue(self):
        self.env["ecom.issue"]._raise(self.channel, "lane_failed", key="orders", message="It stopped.")
        self.assertEqual(self.flow("orders")["kind"], "failing")
        self.assertNotEqual(self.flow("commands")["kind"], "failing")

    def test_the_main_button_has_every_flow_that_failed_try_again(self):
        lanes = [self.channel._lane(flow) for flow in ("catalogue", "listings")]
        self.env["ir.cron.trigger"].search([("cron_id", "in", [lane.id for lane in lanes])]).unlink()
        self.channel.lane_errors = {
            "catalogue": {"since": fields.Datetime.to_string(fields.Datetime.now()), "error": "The shop is down."}
        }
        self.channel.action_look_now()
        woken = [bool(self.env["ir.cron.trigger"].search_count([("cron_id", "=", lane.id)])) for lane in lanes]
        self.assertEqual(woken, [True, False])

    def test_a_flow_that_works_again_says_so_without_a_click(self):
        self.channel._note_breakdown("orders", ValueError("It stopped."))
        self.assertEqual((self.flow("orders")["kind"], self.open_issues().code), ("failing", "lane_failed"))
        self.channel._note_success("orders", False)
        self.assertNotEqual(self.flow("orders")["kind"], "failing")
        self.assertFalse(self.open_issues())

    def test_days_are_those_of_the_user(self):
        """An order at half past midnight in Auckland is today's there, and yesterday's in Greenwich."""
        user = self.users["manager"]
        user.tz = "Pacific/Auckland"
        local_midnight = fields.Datetime.context_timestamp(self.channel.with_user(user), fields.Datetime.now()).replace(
            hour=0, minute=30, second=0, microsecond=0
        )
        at = (local_midnight - local_midnight.utcoffset()).strftime("%Y-%m-%dT%H:%M:%S")
        self.receive(woo_order(1, date_created_gmt=at))
        self.assertEqual(self.card(user)["orders_today"], 1)

    def test_the_figures_cost_the_same_for_one_channel_and_for_twenty(self):
        self.receive(woo_order(1), woo_order(2, lines=[("NEW", 2, "10.00", "2.00")]))

        def cost(channels):
            self.env.flush_all()
            self.env.invalidate_all()
            channels.mapped("name")
            before = self.env.cr.sql_log_count
            channels.mapped("kanban_dashboard")
            return self.env.cr.sql_log_count - before

        channels = self.env["ecom.channel"].create(
            [{"name": f"Shop {number}", "url": "http://127.0.0.1:9", "state": "connected"} for number in range(20)]
        )
        self.card()
        one, twenty = cost(self.channel), cost(self.channel | channels)
        self.assertLessEqual(twenty, 10)
        self.assertLessEqual(twenty, one + 1)

    def test_links_open_this_channels_screens_only(self):
        for method, model in (
            ("action_open_orders", "ecom.order"),
            ("action_open_issues", "ecom.issue.desk"),
            ("action_open_messages", "ecom.command"),
            ("action_open_events", "ecom.event"),
            ("action_open_listings", "ecom.listing"),
        ):
            action = getattr(self.channel.with_user(self.users["manager"]), method)()
            self.assertEqual(action["res_model"], model)
            self.assertEqual(action["context"]["search_default_channel_id"], [self.channel.id])
        action = self.channel.with_context(search_default_blocked=1).action_open_orders()
        self.assertEqual(action["context"]["search_default_blocked"], 1)

    def test_a_preparer_sees_the_cards_of_own_channels(self):
        preparer = self.users["preparer"]
        self.assertTrue(self.card(preparer)["flows"])
        self.channel.user_ids = [Command.set(self.users["service"].ids)]
        self.assertFalse(self.env["ecom.channel"].with_user(preparer).search([("id", "=", self.channel.id)]))
