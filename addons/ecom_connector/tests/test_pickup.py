import re

from lxml import etree
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..platforms.base import CommandResult
from .shop_case import ShopCase, woo_order

POINT = {
    "pickup_id": "066974",
    "pickup_name": "TABAC DU PORT",
    "pickup_address": "9 quai Sud",
    "pickup_zipcode": "34200",
    "pickup_city": "Sète",
    "pickup_country": "FR",
}


def to_point(number, point=None, **changes):
    """An order to a pickup point, as WCMultiShipping writes it: the delivery address becomes the point's."""
    point = POINT | (point or {})
    raw = woo_order(number, meta_data=[{"id": 1, "key": "_wms_mondial_relay_pickup_info", "value": point}], **changes)
    raw["shipping"] |= {
        "company": point["pickup_name"],
        "address_1": point["pickup_address"],
        "city": point["pickup_city"],
        "postcode": point["pickup_zipcode"],
    }
    raw["shipping_lines"][0] |= {"method_id": "mondial_relay", "method_title": "Mondial Relay"}
    return raw


@tagged("post_install", "-at_install")
class TestPickupPoints(ShopCase):
    def test_a_parcel_for_a_pickup_point_has_an_address_of_its_own(self):
        home = self.receive(woo_order(1)).sale_order_id
        order = self.receive(to_point(2))
        sale_order = order.sale_order_id
        point = sale_order.partner_shipping_id
        self.assertEqual(sale_order.partner_id, home.partner_id)
        self.assertEqual(sale_order.partner_invoice_id, home.partner_id)
        self.assertEqual(
            (point.parent_id, point.type, point.name, point.ref, point.is_pickup_location),
            (home.partner_id, "delivery", "TABAC DU PORT", "066974", True),
        )
        self.assertEqual((point.street, point.zip, point.city), ("9 quai Sud", "34200", "Sète"))
        self.assertEqual((point.phone, point.email), ("+33 6 12 34 56 78", "marie@example.com"))
        self.assertEqual((home.partner_id.street, home.partner_id.name), ("1 rue de la Paix", "Marie Durand"))
        self.assertEqual(home.partner_id.child_ids, point, "nothing else was made of the order's addresses")
        self.assertEqual(
            (order.pickup_code, order.pickup_name, order.pickup_carrier, order.recipient_name),
            ("066974", "TABAC DU PORT", "Mondial Relay", "Marie Durand"),
        )
        self.assertEqual(sale_order.ecom_pickup_point, "TABAC DU PORT, 066974")

    def test_a_point_is_used_again_only_for_its_customer_and_while_nothing_changed(self):
        first, again, moved = self.receive(to_point(1), to_point(2), to_point(3, {"pickup_address": "12 quai Nord"}))
        other = to_point(4)
        other["billing"] |= {"email": "lea@example.com", "first_name": "Léa"}
        other = self.receive(other)
        place = [order.sale_order_id.partner_shipping_id for order in (first, again, moved, other)]
        self.assertEqual(place[0], place[1])
        self.assertEqual(len(set(place)), 3)
        self.assertEqual(place[0].street, "9 quai Sud")

    def test_an_order_home_never_goes_to_a_point_of_the_same_address(self):
        point = self.receive(to_point(1)).sale_order_id.partner_shipping_id
        raw = woo_order(2)
        raw["shipping"] |= {
            "first_name": "TABAC",
            "last_name": "DU PORT",
            "address_1": "9 quai Sud",
            "city": "Sète",
            "postcode": "34200",
        }
        home = self.receive(raw).sale_order_id.partner_shipping_id
        self.assertNotEqual(home, point)
        self.assertFalse(home.is_pickup_location)

    def test_a_point_of_which_only_the_number_is_known(self):
        metas = [
            {"id": 1, "key": "_pickup_point_id", "value": "012345"},
            {"id": 2, "key": "_pickup_point_name", "value": "LE FOURNIL"},
        ]
        point = self.receive(woo_order(1, meta_data=metas)).sale_order_id.partner_shipping_id
        self.assertEqual(
            (point.ref, point.name, point.street, point.country_id.code), ("012345", "LE FOURNIL", "", "FR")
        )

    def test_a_merchant_s_own_fields_name_the_point(self):
        raw = woo_order(
            1, meta_data=[{"id": 1, "key": "_drop", "value": {"no": "X9", "shop": "Chez Ali", "cp": "59000"}}]
        )
        order = self.receive(raw)
        self.assertFalse(order.pickup_code)
        mapping = self.channel.mapping_carrier_ids
        mapping.write(
            {"pickup_id_field": "_drop.no", "pickup_name_field": "_drop.shop", "pickup_zip_field": "_drop.cp"}
        )
        order = self.receive(raw | {"id": 2, "number": "2"})
        point = order.sale_order_id.partner_shipping_id
        self.assertEqual((order.pickup_code, order.pickup_point), ("X9", "Chez Ali, X9"))
        self.assertEqual((point.ref, point.name, point.zip, point.country_id.code), ("X9", "Chez Ali", "59000", "FR"))

    def test_the_preparer_finds_and_reads_the_point(self):
        order = self.receive(to_point(1, customer_note="Sonnez !"))
        order.gift_message = "Joyeux anniversaire"
        picking = order.sale_order_id.picking_ids
        self.assertEqual((picking.ecom_pickup_name, picking.ecom_pickup_code), ("TABAC DU PORT", "066974"))
        Picking = self.env["stock.picking"]
        self.assertEqual(Picking.search([("ecom_pickup_code", "=", "066974")]), picking)
        self.assertEqual(Picking.search([("ecom_pickup_code", "ilike", "6697")]), picking)
        self.assertEqual(self.env["ecom.order"].search([("find", "ilike", "TABAC DU P")]), order)
        html = self.env["ir.actions.report"]._render_qweb_html("stock.action_report_delivery", picking.ids)[0].decode()
        for text in ("066974", "TABAC DU PORT", "9 quai Sud", "Marie Durand", "Sonnez !", "Joyeux anniversaire"):
            self.assertIn(text, html)

    def test_two_methods_of_one_kind_are_mapped_apart_and_begin_as_their_kind(self):
        self.receive(woo_order(1))
        general = self.channel.mapping_carrier_ids
        own = general.carrier_id.copy({"name": "Colissimo"})
        general.carrier_id = own
        raw = woo_order(2)
        raw["shipping_lines"][0] |= {"instance_id": "7", "method_title": "Chronopost"}
        order = self.receive(raw)
        self.assertEqual(order.sale_order_id.carrier_id, own)
        mapping = self.channel.mapping_carrier_ids.filtered(lambda row: row.code == "flat_rate:7")
        self.assertEqual((mapping.label, mapping.carrier_id), ("Chronopost", own))


@tagged("post_install", "-at_install")
class TestCollection(ShopCase):
    """Click and collect: prepared in the warehouse that the customer comes to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lyon = cls.env["stock.warehouse"].create(
            {
                "name": "Boutique Lyon",
                "code": "LYON",
                "partner_id": cls.env["res.partner"]
                .create(
                    {
                        "name": "Boutique",
                        "street": "2 place Bellecour",
                        "zip": "69002",
                        "city": "Lyon",
                        "country_id": cls.env.ref("base.fr").id,
                    }
                )
                .id,
            }
        )
        for product in (cls.mug, cls.pen):
            cls.env["stock.quant"]._update_available_quantity(product, cls.lyon.lot_stock_id, 10)
        cls.env["ecom.carrier.mapping"].create(
            {"channel_id": cls.channel.id, "code": "local_pickup", "label": "Retrait", "warehouse_id": cls.lyon.id}
        )
        cls.order = cls().collected(1)

    def collected(self, number, **changes):
        raw = woo_order(number, **changes)
        raw["shipping_lines"][0] |= {"method_id": "local_pickup", "method_title": "Retrait en boutique"}
        return self.receive(raw)

    def test_a_collected_order_is_prepared_where_the_customer_comes(self):
        sale_order = self.order.sale_order_id
        self.assertEqual((sale_order.warehouse_id, sale_order.ecom_collect), (self.lyon, True))
        self.assertFalse(sale_order.carrier_id)
        picking = sale_order.picking_ids
        self.assertEqual((picking.picking_type_id.warehouse_id, picking.state), (self.lyon, "assigned"))
        self.assertFalse(picking.carrier_id)
        self.assertEqual((picking.partner_id.name, picking.partner_id.city), ("Boutique Lyon", "Lyon"))
        self.assertEqual((picking.ecom_collect_state, picking.ecom_pickup_code), ("waiting", False))
        self.assertEqual(sale_order.partner_id.city, "Paris")
        self.assertEqual(sale_order.amount_total, 16.80)

    def test_unmapped_methods_still_ship_from_the_channel_s_warehouse(self):
        sale_order = self.receive(woo_order(2)).sale_order_id
        self.assertEqual((sale_order.warehouse_id, sale_order.ecom_collect), (self.channel.warehouse_id, False))

    def test_ready_is_told_in_the_shop_s_own_word_and_collected_too(self):
        self.channel.write({"ready_status": "ready-pickup", "collected_status": "picked-up"})
        order = self.order
        picking = order.sale_order_id.picking_ids
        picking.action_ecom_ready()
        picking.action_ecom_ready()
        self.assertEqual(order.command_ids.mapped("value"), ["ready"])
        self.assertEqual((picking.ecom_collect_state, picking.state), ("ready", "assigned"))
        self.assertTrue(all(picking.move_ids.mapped("picked")))
        picking.action_ecom_collected()
        self.assertEqual((picking.ecom_collect_state, picking.state), ("collected", "done"))
        self.assertEqual(order.command_ids.sorted("id").mapped("value"), ["ready", "collected"])
        self.assertFalse(order.shipment_ids)

    def test_one_button_is_the_main_one(self):
        """Beside Ready for Collection and Collected no other button calls as loudly."""
        picking = self.order.sale_order_id.picking_ids
        form = etree.fromstring(self.env["stock.picking"].get_view(False, "form")["arch"])

        def loud():
            found = []
            for button in form.find(".//header").iter("button"):
                hidden = button.get("invisible") or "False"
                facts = {name: picking[name] for name in re.findall(r"\w+", hidden) if name in picking._fields}
                if "highlight" in (button.get("class") or "") and not safe_eval(hidden, facts):
                    found.append(button.get("name"))
            return found

        self.assertEqual(loud(), ["action_ecom_ready"])
        picking.action_ecom_ready()
        self.assertEqual(loud(), ["action_ecom_collected"])

    def test_without_words_of_its_own_the_shop_writes_a_note_once_and_completes_the_order(self):
        order = self.order
        picking = order.sale_order_id.picking_ids
        picking.partner_id.lang = "en_US"
        picking.action_ecom_ready()
        note = order.command_ids
        self.assertEqual(note.kind, "note")
        self.assertEqual(
            note._prepare_note_payload()["text"],
            "Your order 1 is ready for collection.\nBoutique Lyon, 2 place Bellecour, 69002 Lyon, France",
        )
        picking.action_ecom_collected()
        shipment = order.command_ids - note
        self.assertEqual(shipment.kind, "shipment")
        payload = shipment._prepare_shipment_payload()
        self.assertEqual((payload["parcels"], payload["notify"], payload["complete"]), ([], False, True))

    def test_odoo_writes_where_the_policy_says_so_and_only_once(self):
        self.env.company.stock_move_email_validation = True
        self.channel.notify_policy = "odoo"
        order = self.order
        picking = order.sale_order_id.picking_ids
        picking.action_ecom_ready()
        written = picking.message_ids.filtered("partner_ids")
        self.assertEqual(written.partner_ids.email, "marie@example.com")
        self.assertIn("Boutique Lyon", written.body)
        picking.action_ecom_collected()
        self.assertEqual(picking.message_ids.filtered("partner_ids"), written)
        self.assertEqual(order.command_ids.mapped("kind"), ["shipment"])

    def test_nobody_writes_where_the_policy_says_so(self):
        self.channel.notify_policy = "none"
        picking = self.order.sale_order_id.picking_ids
        picking.action_ecom_ready()
        self.assertFalse(picking.message_ids.filtered("partner_ids"))
        self.assertFalse(picking.ecom_order_id.command_ids)

    def test_what_is_incomplete_is_not_ready(self):
        picking = self.collected(2, lines=[("MUG", 12, "60.00", "12.00")]).sale_order_id.picking_ids
        with self.assertRaisesRegex(UserError, "Mug"):
            picking.action_ecom_ready()
        self.assertEqual(picking.ecom_collect_state, "waiting")

    def test_an_edit_on_the_shop_comes_too_late_for_goods_that_lie_ready(self):
        order = self.order
        order.sale_order_id.picking_ids.action_ecom_ready()
        raw = woo_order(1, lines=[("MUG", 3, "15.00", "3.00")], date_modified_gmt="2026-11-03T10:00:00")
        raw["shipping_lines"][0] |= {"method_id": "local_pickup"}
        self.receive(raw)
        self.assertEqual(self.open_issues(order).code, "edited_too_late")

    def test_a_preparer_may_press_the_buttons(self):
        role = self.env.ref("ecom_connector.group_preparer")
        preparer = self.env["res.users"].create(
            {
                "name": "Paul",
                "login": "paul",
                "group_ids": [Command.link(role.id)],
            }
        )
        order = self.order
        picking = order.sale_order_id.picking_ids.with_user(preparer)
        picking.action_ecom_ready()
        picking.action_ecom_collected()
        self.assertEqual(picking.state, "done")
        self.assertEqual(set(order.command_ids.mapped("kind")), {"note", "shipment"})

    def test_a_note_that_the_shop_refuses_is_tried_again(self):
        order = self.order
        order.sale_order_id.picking_ids.action_ecom_ready()
        note = order.command_ids
        note._missed(CommandResult(ok=False, message="down", retry=True).message, retry=True)
        self.assertEqual((note.state, note.attempts), ("pending", 1))
