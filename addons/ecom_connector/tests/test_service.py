from dataclasses import replace

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..platforms.base import CommandResult
from .shop_case import ShopCase, woo_order

LATER = {"date_modified_gmt": "2026-11-03T10:00:00"}


class ServiceCase(ShopCase):
    """A person of customer service, and a shirt in three sizes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = new_test_user(cls.env, "service", "base.group_user,ecom_connector.group_service")
        size = cls.env["product.attribute"].create({"name": "Size"})
        values = cls.env["product.attribute.value"].create(
            [{"name": name, "attribute_id": size.id} for name in ("S", "M", "L")]
        )
        shirt = cls.env["product.template"].create(
            {
                "name": "Shirt",
                "is_storable": True,
                "attribute_line_ids": [
                    Command.create({"attribute_id": size.id, "value_ids": [Command.set(values.ids)]})
                ],
            }
        )
        cls.small, cls.medium, cls.large = shirt.product_variant_ids
        for product, code in zip(shirt.product_variant_ids, ("SHIRT-S", "SHIRT-M", "SHIRT-L"), strict=True):
            product.default_code = code
            cls.env["stock.quant"]._update_available_quantity(product, cls.channel.warehouse_id.lot_stock_id, 100)

    def receive(self, *raws, **options):
        """As the lane does; the orders are then looked at in English."""
        return super().receive(*raws, **options).with_env(self.env)

    def order_shirts(self, number=1, **changes):
        """2 mugs at 6.00, 1 small shirt at 24.00, delivery at 4.80: 40.80."""
        raw = woo_order(number, lines=[("MUG", 2, "10.00", "2.00"), ("SHIRT-S", 1, "20.00", "4.00")], **changes)
        raw["line_items"][1] |= {"product_id": 70, "variation_id": 71}
        return raw

    def act(self, order, name, **values):
        """Open one of the wizards as customer service does; returns it saved."""
        model = {"address": "ecom.order.address", "lines": "ecom.order.edit", "split": "ecom.order.split"}[name]
        form = Form(self.env[model].with_user(self.service).with_context(default_order_id=order.id))
        for field, value in values.items():
            setattr(form, field, value)
        return form.save()

    def move_to(self, order, street="8 quai de Rive Neuve", city="Marseille", zip="13007"):
        self.act(order, "address", street=street, city=city, zip=zip).action_apply()

    def change(self, order, sku, quantity=None, product=None):
        """Change the line of a SKU in the wizard, and apply it."""
        wizard = self.act(order, "lines")
        line = wizard.line_ids.filtered(lambda line: line.ordered_product_id.default_code == sku)
        if quantity is not None:
            line.quantity = quantity
        if product:
            line.product_id = product
        wizard.action_apply()

    def moves(self, order):
        """What is still to be shipped: ``{SKU: quantity}``."""
        found = {}
        for move in order.sale_order_ids.picking_ids.move_ids.filtered(lambda m: m.state not in ("cancel", "done")):
            if move.product_uom_qty:
                code = move.product_id.default_code
                found[code] = found.get(code, 0) + move.product_uom_qty
        return found

    def edits(self, order):
        return order.command_ids.filtered(lambda command: command.kind == "edit").sorted("id")

    def send(self, order, **raw):
        """Let the shop take the waiting edits, answering with the order as it shows it then."""
        payloads = []
        for command in self.edits(order).filtered(lambda command: command.state == "pending"):
            command.payload = command._prepare_edit_payload()
            payloads.append(command.payload)
            command._succeeded("")
            command._answered(CommandResult(ok=True, raw=raw.get("raw")))
        return payloads

    def pick(self, order):
        order.sale_order_id.picking_ids.filtered(lambda p: p.state != "done").move_ids.picked = True

    def ship(self, order):
        self.pick(order)
        order.sale_order_id.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))._action_done()

    def invoice(self, order):
        order.sale_order_id.order_line.product_id.invoice_policy = "order"
        order.sale_order_id._create_invoices().action_post()


@tagged("post_install", "-at_install")
class TestService(ServiceCase):
    """What customer service changes of an order, and how the shop hears of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls().receive(cls().order_shirts())

    def test_another_address_is_added_and_told_and_comes_back_as_our_own(self):
        order = self.first
        sale = order.sale_order_id
        before = sale.partner_shipping_id
        streets = before.street
        self.move_to(order)
        place = sale.partner_shipping_id
        self.assertNotEqual(place, before)
        self.assertEqual((before.street, place.city, place.parent_id), (streets, "Marseille", sale.partner_id))
        self.assertEqual(sale.picking_ids.partner_id, place)
        self.assertFalse(sale.picking_ids.activity_ids, "there is nothing left that a person should do")
        command = self.edits(order)
        raw = self.order_shirts(**LATER)
        raw["shipping"] |= {"address_1": "8 quai de Rive Neuve", "city": "Marseille", "postcode": "13007"}
        (payload,) = self.send(order, raw=raw)
        self.assertEqual(
            (payload["shipping"]["name"], payload["shipping"]["city"], payload["lines"]),
            ("Marie Durand", "Marseille", []),
        )
        self.receive(raw | {"date_modified_gmt": "2026-11-04T10:00:00"})
        self.assertEqual((sale.partner_shipping_id, self.edits(order), order.state), (place, command, "settled"))
        self.assertFalse(self.open_issues(order))

    def test_an_address_that_is_known_is_used_and_not_doubled(self):
        order = self.first
        self.move_to(order)
        first = order.sale_order_id.partner_shipping_id
        other = self.receive(self.order_shirts(2))
        self.move_to(other)
        self.assertEqual(other.sale_order_id.partner_shipping_id, first)

    def test_another_variant_at_the_same_price(self):
        order = self.first
        total = order.sale_order_id.amount_total
        self.change(order, "SHIRT-S", product=self.large)
        self.assertEqual(self.moves(order), {"MUG": 2, "SHIRT-L": 1})
        self.assertEqual(len(order.sale_order_id.picking_ids.filtered(lambda p: p.state != "cancel")), 1)
        self.assertEqual((order.sale_order_id.amount_total, order.amount_owed), (total, 0))
        raw = self.order_shirts(**LATER)
        raw["line_items"][1] |= {"variation_id": 73, "sku": "SHIRT-L"}
        (payload,) = self.send(order, raw=raw)
        (line,) = payload["lines"]
        self.assertEqual((line["line_id"], line["quantity"], line["sku"]), ("101", "1", "SHIRT-L"))
        self.receive(raw | {"date_modified_gmt": "2026-11-04T10:00:00"})
        self.assertEqual(self.moves(order), {"MUG": 2, "SHIRT-L": 1})
        self.assertEqual((len(self.edits(order)), order.state), (1, "settled"))
        self.assertFalse(self.open_issues(order))

    def test_a_variant_that_the_shop_sold_before_is_told_by_its_ids(self):
        other = self.order_shirts(9)
        other["line_items"][1] |= {"variation_id": 73, "sku": "SHIRT-L"}
        self.receive(other)
        order = self.first
        self.change(order, "SHIRT-S", product=self.large)
        (payload,) = self.send(order)
        self.assertEqual((payload["lines"][0]["product_id"], payload["lines"][0]["variant_id"]), ("70", "73"))

    def test_a_line_taken_out_and_one_made_smaller_of_a_paid_order(self):
        order = self.first
        self.change(order, "SHIRT-S", quantity=0)
        self.change(order, "MUG", quantity=1)
        self.assertEqual(self.moves(order), {"MUG": 1})
        self.assertEqual((order.sale_order_id.amount_total, order.amount_owed), (10.80, 30.00))
        (payload,) = self.send(order)
        figures = [(line["line_id"], line["quantity"], line["net"], line["tax"]) for line in payload["lines"]]
        self.assertEqual(figures, [("100", "1", "5.00", "1.00"), ("101", "0", "0.00", "0.00")])
        owed = self.open_issues(order)
        self.assertEqual(owed.code, "refund_owed")
        self.assertIn("30", owed.message)
        raw = woo_order(1, lines=[("MUG", 1, "5.00", "1.00")], **LATER)
        self.receive(raw)
        self.assertEqual((order.sale_order_id.amount_total, order.state), (10.80, "settled"))
        refunds = [{"id": 900, "reason": "", "total": "-30.00"}]
        self.receive(raw | {"refunds": refunds, "date_modified_gmt": "2026-11-05T10:00:00"})
        self.assertEqual((order.amount_owed, owed.state), (0, "solved"))

    def test_nothing_is_owed_for_what_was_not_paid(self):
        order = self.receive(self.order_shirts(2, status="on-hold", date_paid_gmt=None))
        self.change(order, "MUG", quantity=1)
        self.assertEqual((order.amount_owed, len(self.edits(order))), (0, 1))
        self.change(order, "SHIRT-S", product=self.large)
        self.assertEqual(len(self.edits(order)), 1, "one message that was not sent yet says both")
        (payload,) = self.send(order)
        self.assertEqual(len(payload["lines"]), 2)

    def test_an_old_version_read_meanwhile_does_not_undo_it(self):
        order = self.first
        self.change(order, "MUG", quantity=1)
        self.receive(self.order_shirts(customer_note="Merci !", **LATER))
        self.assertEqual(self.moves(order), {"MUG": 1, "SHIRT-S": 1})
        self.assertFalse(self.open_issues(order) - self.open_issues(order).filtered(lambda i: i.code == "refund_owed"))

    def test_two_changes_in_a_row_are_not_taken_for_a_conflict(self):
        order = self.first
        self.move_to(order)
        raw = self.order_shirts(**LATER)
        raw["shipping"] |= {"address_1": "8 quai de Rive Neuve", "city": "Marseille", "postcode": "13007"}
        self.send(order, raw=raw)
        self.move_to(order, street="9 rue Sainte")
        self.receive(raw | {"date_modified_gmt": "2026-11-04T10:00:00"})
        self.assertEqual(order.sale_order_id.partner_shipping_id.street, "9 rue Sainte")
        self.assertFalse(self.open_issues(order))
        (payload,) = self.send(order)
        self.assertEqual(payload["shipping"]["street"], "9 rue Sainte")

    def test_what_is_changed_in_odoos_own_screens_is_told_too(self):
        order = self.first
        sale = order.sale_order_id
        sale.order_line.filtered(lambda line: line.product_id == self.mug).product_uom_qty = 1
        sale.partner_shipping_id = sale.partner_id.copy({"street": "3 rue Basse"})
        (payload,) = self.send(order)
        self.assertEqual((payload["lines"][0]["quantity"], payload["shipping"]["street"]), ("1", "3 rue Basse"))

    def test_what_one_person_causes_is_written_in_the_companys_language_for_all(self):
        self.env["res.lang"]._activate_lang("en_US")
        self.channel.company_id.partner_id.lang = "fr_FR"
        order = self.first
        order.with_context(lang="en_US").sale_order_id.order_line.filtered(
            lambda line: line.product_id == self.mug
        ).product_uom_qty = 1
        self.assertEqual(self.open_issues(order).code, "refund_owed")
        self.assertNotIn("was paid", self.open_issues(order).message)
        self.assertIn("commande", self.open_issues(order).message)

    def test_a_shop_that_takes_no_changes_is_changed_by_a_person(self):
        order = self.first
        platform = self.channel._platform_class()
        self.patch(platform, "capabilities", replace(platform.capabilities, edits=frozenset()))
        self.move_to(order)
        issue = self.open_issues(order)
        self.assertEqual((issue.code, self.edits(order).ids), ("tell_the_shop", []))
        self.assertIn("Marseille", issue.comparison)
        issue.with_user(self.service).action_fix()
        self.receive(self.order_shirts(**LATER))
        self.assertEqual(order.sale_order_id.partner_shipping_id.city, "Marseille")
        self.assertFalse(self.open_issues(order))

    # --- in two parts

    def split(self, order, sku, quantity, **values):
        wizard = self.act(order, "split", **values)
        wizard.line_ids.filtered(lambda line: line.product_id.default_code == sku).quantity = quantity
        return self.env["stock.picking"].browse(wizard.action_apply()["res_id"])

    def test_a_part_goes_later_and_elsewhere_and_the_total_stays(self):
        order = self.first
        sale = order.sale_order_id
        first, total = sale.picking_ids, sale.amount_total
        elsewhere = sale.partner_id.copy({"name": "La Mère", "parent_id": sale.partner_id.id, "type": "delivery"})
        second = self.split(order, "MUG", 1, other_address=True, partner_id=elsewhere)
        self.assertEqual(sale.picking_ids, first | second)
        self.assertEqual((first.state, second.state, second.partner_id), ("assigned", "assigned", elsewhere))
        figures = {picking: sorted(picking.move_ids.mapped("product_uom_qty")) for picking in first | second}
        self.assertEqual(figures, {first: [1, 1], second: [1]})
        self.assertEqual(sale.amount_total, total)
        (payload,) = self.send(order)
        self.assertIn("1 × ", payload["note"])
        first.move_ids.picked = True
        first._action_done()
        shipment = order.shipment_ids
        self.assertFalse(shipment._prepare_payload()["complete"])
        second.move_ids.picked = True
        second._action_done()
        payload = (order.shipment_ids - shipment)._prepare_payload()
        self.assertTrue(payload["complete"])
        self.assertEqual([tuple(pair) for pair in payload["quantities"]], [("100", 1.0)])
        self.assertEqual(sale.delivery_status, "full")

    def test_the_other_half_of_a_split_keeps_its_own_address(self):
        order = self.first
        sale = order.sale_order_id
        elsewhere = sale.partner_id.copy({"name": "La Mère", "parent_id": sale.partner_id.id, "type": "delivery"})
        second = self.split(order, "SHIRT-S", 1, other_address=True, partner_id=elsewhere)
        self.move_to(order)
        self.assertEqual(second.partner_id, elsewhere)
        self.assertEqual((sale.picking_ids - second).partner_id, sale.partner_shipping_id)

    def test_a_split_that_is_none(self):
        order = self.first
        for quantity in (0, 3):
            with self.assertRaises(UserError):
                self.split(order, "MUG", quantity)

    # --- why not

    def test_why_not_in_words(self):
        stages = {
            "packed": (self.pick, "being packed"),
            "shipped": (self.ship, "shipped"),
            "cancelled": (lambda order: order.sale_order_id._action_cancel(), "cancelled"),
        }
        orders = self.first | self.receive(self.order_shirts(2), self.order_shirts(3))
        for order, (stage, (reach, words)) in zip(orders, stages.items(), strict=True):
            with self.subTest(stage):
                self.assertFalse(order.edit_barrier)
                reach(order)
                order.invalidate_recordset()
                self.assertIn(words, order.edit_barrier)
                for name in ("address", "lines", "split"):
                    wizard = self.act(order, name)
                    self.assertIn(words, wizard.barrier)
                    with self.assertRaisesRegex(UserError, words):
                        wizard.action_apply()

    def test_an_invoiced_order_may_still_go_elsewhere(self):
        order = self.first
        self.invoice(order)
        with self.assertRaisesRegex(UserError, "invoiced"):
            self.change(order, "MUG", quantity=1)
        self.move_to(order)
        self.assertEqual(order.sale_order_id.partner_shipping_id.city, "Marseille")

    def test_another_country_is_another_order(self):
        order = self.first
        wizard = self.act(order, "address", country_id=self.env.ref("base.be"))
        self.assertIn("Belgium", wizard.barrier)

    def test_what_a_line_cannot_become(self):
        order = self.first
        with self.assertRaisesRegex(UserError, "new order"):
            self.change(order, "MUG", quantity=3)
        with self.assertRaisesRegex(UserError, "same product"):
            self.change(order, "MUG", product=self.pen)
        with self.assertRaisesRegex(UserError, "Nothing is changed"):
            self.change(order, "MUG", quantity=2)

    def test_the_rest_of_a_part_shipped_order_is_cancelled_line_by_line(self):
        order = self.first
        second = self.split(order, "MUG", 1)
        first = order.sale_order_id.picking_ids - second
        first.move_ids.picked = True
        first._action_done()
        with self.assertRaisesRegex(UserError, "Change Lines"):
            order.sale_order_id._action_cancel()
        with self.assertRaisesRegex(UserError, "shipped already"):
            self.change(order, "MUG", quantity=0)
        self.change(order, "MUG", quantity=1)
        self.assertEqual((self.moves(order), order.amount_owed), ({}, 6.00))
        self.assertEqual(order.sale_order_id.delivery_status, "full")

    def test_a_shipped_order_is_not_cancelled_but_comes_back(self):
        order = self.first
        self.ship(order)
        with self.assertRaisesRegex(UserError, "return"):
            order.sale_order_id._action_cancel()

    # --- hold

    def test_a_held_order_is_not_prepared_until_it_is_released(self):
        order = self.first.with_user(self.service)
        picking = order.sudo().sale_order_id.picking_ids
        for record, release in ((order, "action_release"), (picking.with_user(self.service), "action_ecom_release")):
            action = (order.action_hold if record == order else record.action_ecom_hold)()
            wizard = Form(self.env[action["res_model"]].with_user(self.service).with_context(**action["context"]))
            wizard.note = "The customer calls back"
            wizard.save().action_apply()
            self.assertEqual((order.hold, picking.state), ("person", "confirmed"))
            self.assertIn("The customer calls back", order.hold_message)
            self.assertIn(self.service.name, order.hold_message)
            with self.assertRaises(UserError):
                picking.button_validate()
            getattr(record, release)()
            self.assertEqual((order.hold, picking.state), (False, "assigned"))

    def test_a_preparer_changes_nothing(self):
        order = self.first
        preparer = new_test_user(self.env, "picker", "base.group_user,ecom_connector.group_preparer")
        for name in ("action_change_address", "action_change_lines", "action_split", "action_hold", "action_release"):
            with self.assertRaises(AccessError):
                getattr(order.with_user(preparer), name)()
        for model in ("address", "edit", "split", "hold"):
            with self.assertRaises(AccessError):
                self.env[f"ecom.order.{model}"].with_user(preparer).create({})

    def test_customer_service_of_another_channel_changes_nothing(self):
        order = self.first
        wizard = self.act(order, "address", street="x", city="y")
        self.channel.user_ids = new_test_user(self.env, "owner", "base.group_user,ecom_connector.group_service")
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            wizard.action_apply()
