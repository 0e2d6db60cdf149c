from odoo.exceptions import UserError
from odoo.tests import tagged

from ..platforms.base import CommandResult
from ..platforms.values import digest
from .shop_case import woo_order
from .test_service import ServiceCase

LATER = {"date_modified_gmt": "2026-11-03T10:00:00"}
LATEST = {"date_modified_gmt": "2026-11-05T10:00:00"}
UNPAID = {"status": "on-hold", "date_paid_gmt": None}
STAGES = ("confirmed", "draft", "being picked", "packed", "partly shipped", "shipped", "invoiced")


@tagged("post_install", "-at_install")
class TestEditing(ServiceCase):
    """Edits and cancellations at every stage up to delivery, from the shop and from Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        shop = cls()
        raws = [shop.order_shirts(n, **shop.state(stage)) for n, stage in enumerate(STAGES, 1)]
        cls.at = dict(zip(STAGES, shop.receive(*raws), strict=True))
        for stage in STAGES:
            shop.reach(stage)
        cls.confirmed = cls.at["confirmed"]

    def state(self, stage):
        return UNPAID if stage == "draft" else {}

    def reach(self, stage):
        """Bring the stage's order, of two mugs and a shirt, so far."""
        order = self.at[stage]
        picking = order.sale_order_id.picking_ids
        if stage == "being picked":
            picking.printed = True
        elif stage == "packed":
            self.pick(order)
        elif stage == "partly shipped":
            picking.move_ids.filtered(lambda move: move.product_id == self.small).picked = True
            picking.move_ids.filtered(lambda move: move.product_id == self.mug).quantity = 0
            picking.with_context(cancel_backorder=False)._action_done()
        elif stage == "shipped":
            self.ship(order)
        elif stage == "invoiced":
            self.invoice(order)
        order.command_ids.state = "done"

    def version(self, stage, quantity, **changes):
        """The stage's order as the shop shows it with another quantity of mugs."""
        raw = woo_order(
            int(self.at[stage].number),
            lines=[("MUG", quantity, f"{5 * quantity}.00", f"{quantity}.00"), ("SHIRT-S", 1, "20.00", "4.00")],
            **self.state(stage) | changes,
        )
        raw["line_items"][1] |= {"product_id": 70, "variation_id": 71}
        return raw

    def ordered(self, order):
        lines = order.sale_order_id.order_line.filtered(lambda line: line.product_id == self.mug)
        return sum(lines.mapped("product_uom_qty"))

    def codes(self, order):
        return sorted(self.open_issues(order).mapped("code"))

    # --- the shop changes

    def test_a_quantity_changed_on_the_shop(self):
        followed = {
            "draft": True,
            "confirmed": True,
            "being picked": True,
            "packed": False,
            "partly shipped": True,
            "shipped": False,
            "invoiced": False,
        }
        self.receive(*(self.version(stage, 1, **LATER) for stage in followed))
        for stage, follows in followed.items():
            with self.subTest(stage):
                order = self.at[stage]
                self.assertEqual(self.ordered(order), 1 if follows else 2)
                self.assertEqual(self.codes(order), [] if follows else ["edited_too_late"])
                if follows and stage != "draft":
                    self.assertEqual(self.moves(order)["MUG"], 1)
                self.assertFalse(self.edits(order), "the shop is not told what it said itself")

    def test_a_paper_that_was_printed_is_printed_again(self):
        order = self.at["being picked"]
        self.receive(self.version("being picked", 3, **LATER))
        picking = order.sale_order_id.picking_ids
        self.assertEqual((len(picking), picking.printed, self.moves(order)["MUG"]), (1, False, 3))

    def test_an_address_changed_on_the_shop(self):
        followed = {
            "draft": True,
            "confirmed": True,
            "being picked": True,
            "packed": False,
            "partly shipped": True,
            "shipped": False,
            "invoiced": True,
        }
        places = {}
        for stage in followed:
            left = self.at[stage].sale_order_id.picking_ids.filtered(lambda picking: picking.state == "done")
            places[stage] = left, left.partner_id
        raws = [self.version(stage, 2, **LATER) for stage in followed]
        for raw in raws:
            raw["shipping"] |= {"address_1": "8 quai de Rive Neuve", "city": "Marseille", "postcode": "13007"}
        self.receive(*raws)
        for stage, follows in followed.items():
            with self.subTest(stage):
                order = self.at[stage]
                self.assertEqual(
                    order.sale_order_id.partner_shipping_id.city, "Marseille" if follows else "Paris", stage
                )
                left, place = places[stage]
                self.assertEqual(left.partner_id, place, "what left went where it went")
                self.assertEqual(self.codes(order), [] if follows else ["edited_too_late"])

    def test_a_variant_changed_on_the_shop_in_the_same_line(self):
        order = self.confirmed
        raw = self.order_shirts(**LATER)
        raw["line_items"][1] |= {"variation_id": 73, "sku": "SHIRT-L"}
        self.receive(raw)
        self.assertEqual(self.moves(order), {"MUG": 2, "SHIRT-L": 1})
        self.assertEqual((order.sale_order_id.amount_total, self.codes(order)), (40.80, []))

    def test_a_renamed_sku_or_a_deleted_product_is_no_change(self):
        order = self.confirmed
        raw = self.order_shirts(**LATER)
        raw["line_items"][1] |= {"sku": "CHEMISE-S"}
        self.receive(raw)
        raw["line_items"][1] |= {"sku": None, "product_id": 0, "variation_id": 0}
        self.receive(raw | LATEST)
        self.assertEqual((self.moves(order), self.codes(order)), ({"MUG": 2, "SHIRT-S": 1}, []))

    def test_a_cancellation_on_the_shop(self):
        followed = {
            "draft": "cancel",
            "confirmed": "cancel",
            "being picked": "cancel",
            "packed": "cancel",
            "partly shipped": "sale",
            "shipped": "sale",
            "invoiced": "sale",
        }
        self.receive(*(self.version(stage, 2, **LATER) | {"status": "cancelled"} for stage in followed))
        for stage, state in followed.items():
            with self.subTest(stage):
                order = self.at[stage]
                self.assertEqual(order.sale_order_id.state, state)
                if state == "cancel":
                    self.assertFalse(order.sale_order_id.picking_ids.filtered(lambda p: p.state != "cancel"))
                self.assertEqual(self.codes(order), [] if state == "cancel" else ["cancelled_too_late"])
                self.assertFalse(order.command_ids.filtered(lambda command: command.value == "cancelled"))

    # --- Odoo changes

    def test_a_cancellation_in_odoo(self):
        told = {
            "draft": True,
            "confirmed": True,
            "being picked": True,
            "packed": True,
            "partly shipped": False,
            "shipped": False,
            "invoiced": True,
        }
        for stage, may in told.items():
            with self.subTest(stage):
                order = self.at[stage]
                if not may:
                    with self.assertRaises(UserError):
                        order.sale_order_id._action_cancel()
                    continue
                order.sale_order_id._action_cancel()
                states = order.command_ids.filtered(lambda command: command.kind == "state").mapped("value")
                self.assertIn("cancelled", states)
                self.assertEqual(order.amount_owed, 0 if stage == "draft" else 40.80)
                self.receive(self.version(stage, 2, **LATER) | {"status": "cancelled"})
                self.assertEqual(order.state, "cancelled" if stage != "invoiced" else order.state)

    def test_a_quantity_changed_in_odoo(self):
        may = {"draft": True, "confirmed": True, "being picked": True, "partly shipped": True}
        may |= {"packed": False, "shipped": False, "invoiced": False}
        for stage, allowed in may.items():
            with self.subTest(stage):
                order = self.at[stage]
                if not allowed:
                    with self.assertRaises(UserError):
                        self.change(order, "MUG", quantity=1)
                    continue
                self.change(order, "MUG", quantity=1)
                self.assertEqual(len(self.edits(order)), 1)
                raw = self.version(stage, 1, **LATER)
                (payload,) = self.send(order, raw=raw)
                self.assertEqual([line["quantity"] for line in payload["lines"]], ["1"])
                self.receive(raw | LATEST)
                self.assertEqual((self.ordered(order), len(self.edits(order)), order.state), (1, 1, "settled"))

    # --- both change

    def conflict(self, policy):
        """Odoo orders one mug, the shop orders four and another street, before they heard of each other."""
        self.channel.edit_policy = policy
        order = self.confirmed
        self.change(order, "MUG", quantity=1)
        raw = self.version("confirmed", 4, **LATER)
        raw["shipping"] |= {"address_1": "8 quai de Rive Neuve"}
        self.receive(raw)
        self.assertEqual(order.sale_order_id.partner_shipping_id.street, "8 quai de Rive Neuve", "nobody disputes it")
        return order

    def test_a_conflict_is_shown_side_by_side(self):
        order = self.conflict("ask")
        issue = self.open_issues(order).filtered(lambda issue: issue.code == "edit_conflict")
        self.assertEqual((self.ordered(order), issue.blocking), (1, False))
        for words in ("Article MUG", "1 × [MUG] Mug", "4 × Article MUG"):
            self.assertIn(words, issue.comparison)
        self.assertNotIn("Rive Neuve", issue.comparison)

    def test_a_person_takes_the_shops_version(self):
        order = self.conflict("ask")
        issue = self.open_issues(order).filtered(lambda issue: issue.code == "edit_conflict")
        issue.with_user(self.service).action_take_shops()
        self.assertEqual((self.ordered(order), issue.state), (4, "solved"))
        self.assertEqual(order.sale_order_id.amount_total, 52.80)
        self.assertEqual(self.send(order)[0]["lines"], [], "nothing is left to tell")

    def test_a_person_keeps_ours_and_the_shop_is_told(self):
        order = self.conflict("ask")
        issue = self.open_issues(order).filtered(lambda issue: issue.code == "edit_conflict")
        issue.with_user(self.service).action_keep_ours()
        raw = self.version("confirmed", 1, **LATEST)
        raw["shipping"] |= {"address_1": "8 quai de Rive Neuve"}
        (payload,) = self.send(order, raw=raw)
        self.assertEqual([(line["line_id"], line["quantity"]) for line in payload["lines"]], [("100", "1")])
        self.receive(raw | {"date_modified_gmt": "2026-11-06T10:00:00"})
        self.assertEqual((self.ordered(order), issue.state), (1, "solved"))
        self.assertNotIn("edit_conflict", self.codes(order))

    def test_a_person_settles_it_by_hand_and_is_not_asked_again(self):
        order = self.conflict("ask")
        self.open_issues(order).filtered(lambda issue: issue.code == "edit_conflict").action_fix()
        raw = self.version("confirmed", 4, customer_note="?", **LATEST)
        raw["shipping"] |= {"address_1": "8 quai de Rive Neuve"}
        self.receive(raw)
        self.assertEqual(self.ordered(order), 1)
        self.assertNotIn("edit_conflict", self.codes(order))

    def test_a_conflict_by_policy(self):
        order = self.conflict("shop")
        self.assertEqual((self.ordered(order), self.codes(order)), (4, []))
        self.assertEqual(order.amount_owed, 0)

    def test_a_conflict_that_odoo_wins_is_told(self):
        order = self.conflict("odoo")
        self.assertEqual((self.ordered(order), self.codes(order)), (1, ["refund_owed"]))
        (payload,) = self.send(order)
        self.assertEqual([(line["line_id"], line["quantity"]) for line in payload["lines"]], [("100", "1")])

    def test_what_came_too_late_may_be_undone_on_the_shop(self):
        order = self.at["packed"]
        self.receive(self.version("packed", 4, **LATER))
        issue = self.open_issues(order)
        with self.assertRaisesRegex(UserError, "packed"):
            issue.with_user(self.service).action_take_shops()
        issue.with_user(self.service).action_keep_ours()
        (payload,) = self.send(order)
        self.assertEqual([line["quantity"] for line in payload["lines"]], ["2"])

    def test_a_version_that_came_meanwhile_is_compared_before_anything_is_overwritten(self):
        order = self.confirmed
        self.change(order, "MUG", quantity=1)
        command = self.edits(order)
        command.payload = command._prepare_edit_payload()
        raw = self.version("confirmed", 4, **LATER)
        answer = CommandResult(ok=False, code="changed", message="changed", retry=True, raw=raw)
        command._missed(answer.message, answer.retry)
        command._answered(answer)
        command.next_try_at = "2026-01-01 00:00:00"
        due = self.env["ecom.command"]._due(self.channel, "edit", 10)
        self.assertEqual((command.payload, command.state, due), (False, "pending", self.env["ecom.command"]))
        self.settle(order)
        issue = self.open_issues(order).filtered(lambda issue: issue.code == "edit_conflict")
        self.assertFalse(self.env["ecom.command"]._due(self.channel, "edit", 10), "a person decides first")
        issue.action_keep_ours()
        self.assertEqual(self.env["ecom.command"]._due(self.channel, "edit", 10), command)
        self.assertEqual(command._prepare_edit_payload()["seen"], digest(raw))

    def test_a_change_that_waited_is_sent_as_soon_as_the_order_is_settled(self):
        """Woken any earlier, the messages' lane would find the order still in work and leave it for minutes."""
        order = self.confirmed
        self.change(order, "MUG", quantity=1)
        lane = self.channel._lane("commands")
        for state in ("pending", "sending"):
            self.edits(order).state = state
            order.state = "received"
            triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", lane.id)])
            triggers.unlink()
            self.settle(order)
            self.assertEqual(order.state, "settled")
            self.assertTrue(self.env["ir.cron.trigger"].search_count([("cron_id", "=", lane.id)]))

    def settle(self, order):
        channel = self.channel._work_env()
        orders = channel.env["ecom.order"].browse(order.ids)
        for step in ("_settle_documents", "_settle_confirm", "_settle_close"):
            getattr(orders._still("received"), step)(channel)

    def test_both_made_the_same_change(self):
        order = self.confirmed
        self.change(order, "MUG", quantity=1)
        self.receive(self.version("confirmed", 1, **LATER))
        self.assertNotIn("edit_conflict", self.codes(order))
        self.assertFalse(order._unsaid())
