"""Field mappings: where a shop's fields live in Odoo, and whose word counts."""

from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from ..platforms.catalogue import CustomField, ListingDocument, ListingKind, ListingState, OfferDocument
from .listings_case import ListingsCase
from .shop_case import own_fields, woo_order

OWN_FIELDS = (
    ("product.product", "x_shop_code", "char"),
    ("product.product", "x_height", "float"),
    ("product.product", "x_vegan", "boolean"),
    ("product.template", "x_material", "char"),
    ("product.template", "x_text", "html"),
    ("product.category", "x_shelf", "char"),
)


class MappingCase(ListingsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        listing_fields, offer_fields = cls.fields_told
        cls.fields_told = listing_fields | {"summary", "custom", "slug"}, offer_fields | {"custom", "barcode"}
        own_fields(cls.env, *OWN_FIELDS)

    def mapped(self, target, **values):
        if not values.keys() & {"source_field", "source", "template", "attribute_id"}:
            values["source"] = "builtin"
        mapping = self.env["ecom.field.mapping"].create({"channel_id": self.channel.id, "target": target} | values)
        self.env.flush_all()
        return mapping

    def own(self, name, *, level="listing", **values):
        return self.mapped(f"{level}.custom", target_name=name, **values)

    def said(self):
        """``(fields of the listing, {field of its offer})`` of the last call's only product."""
        (change,) = self.shop.last
        return set(change.fields), {name for offer in change.offers for name in offer.fields}

    def refusal(self, **values):
        with self.assertRaises(ValidationError) as refused:
            self.mapped(**values)
        return refused.exception.args[0]

    def issues(self, code):
        return self.env["ecom.issue"].search([("code", "=", code), ("state", "=", "open")])


@tagged("post_install", "-at_install")
class TestSkuInAnotherField(MappingCase):
    """The customer's own example: the shop's SKU is in a field of the merchant's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ecom.field.mapping"].create(
            {"channel_id": cls.channel.id, "target": "offer.sku", "source_field": "x_shop_code"}
        )
        cls.mug.x_shop_code = "WEB-1"

    def test_the_shop_is_told_the_merchants_own_code(self):
        self.soap.product_variant_id.x_shop_code = "WEB-SOAP"
        listing = self.publish(self.soap)
        self.assertEqual(self.shop.last[0].document.offers[0].sku, "WEB-SOAP")
        self.assertEqual(listing.offer_ids.sku, "WEB-SOAP")
        self.soap.default_code = "INTERNAL-2"
        self.assertEqual(self.run_lane(), 0, "the Internal Reference is nobody's business")
        self.soap.product_variant_id.x_shop_code = "WEB-SOAP-2"
        self.assertEqual(self.run_lane(), 1)
        self.assertEqual(self.said(), (set(), {"sku"}))

    def test_an_order_finds_its_product_by_the_merchants_own_code(self):
        order = self.receive(woo_order(1, lines=[("WEB-1", 1, "10.00", "2.00")]))
        self.assertEqual(order.sale_order_id.order_line[0].product_id, self.mug)
        stranger = self.receive(woo_order(2, lines=[("MUG", 1, "10.00", "2.00")]))
        self.assertEqual(self.open_issues(stranger).code, "unknown_product")

    def test_a_product_made_for_an_order_has_the_code_where_the_next_order_looks(self):
        self.channel.product_policy = "create"
        self.receive(woo_order(1, lines=[("WEB-NEW", 1, "10.00", "2.00")]))
        made = self.env["product.product"].search([("x_shop_code", "=", "WEB-NEW")])
        self.assertEqual((len(made), made.default_code), (1, False))

    def test_products_that_the_mapping_leaves_out_keep_their_internal_reference(self):
        mapping = self.env["ecom.field.mapping"]._at(self.channel, "offer.sku")
        mapping.condition = repr([("x_shop_code", "!=", False)])
        orders = self.receive(
            woo_order(1, lines=[("WEB-1", 1, "10.00", "2.00")]), woo_order(2, lines=[("PEN", 1, "10.00", "2.00")])
        )
        self.assertEqual([order.sale_order_id.order_line[0].product_id for order in orders], [self.mug, self.pen])

    def test_two_products_with_one_code_are_a_question_for_a_person(self):
        self.pen.x_shop_code = "WEB-1"
        order = self.receive(woo_order(1, lines=[("WEB-1", 1, "10.00", "2.00")]))
        self.assertEqual(self.open_issues(order).code, "ambiguous_product")


@tagged("post_install", "-at_install")
class TestLostField(MappingCase):
    def test_a_field_that_was_deleted_stops_no_order(self):
        self.mapped("offer.sku", source_field="x_shop_code")
        self.env["ir.model.fields"]._get("product.product", "x_shop_code").unlink()
        order = self.receive(woo_order(1))
        self.assertEqual(order.sale_order_id.order_line[0].product_id, self.mug)
        self.publish(self.soap)
        self.assertIn("x_shop_code", self.issues("field_not_told").message)


@tagged("post_install", "-at_install")
class TestWhatIsTold(MappingCase):
    def test_without_a_mapping_nothing_is_different(self):
        plain = self.publish(self.soap)
        before = (self.shop.last[0].document, self.shop.last[0].fields, plain.told, plain.offer_ids.told)
        self.assertEqual(before[0].custom, ())
        mapping = self.own("_material", source_field="x_material")
        mapping.unlink()
        plain.action_send_all()
        self.run_lane()
        document = plain.with_context(lang=self.channel._shop_language())._documents()[plain]
        self.assertEqual(document, self.env["ecom.listing"].browse(plain.id)._documents()[plain])
        self.assertEqual((plain.told, plain.offer_ids.told), before[2:])

    def test_an_own_field_of_the_shop_follows_a_field_of_odoo(self):
        self.own("_material", source_field="x_material")
        self.own("_height", level="offer", source_field="x_height", decimals=1)
        self.soap.x_material = "Olive oil"
        self.soap.product_variant_id.x_height = 4.25
        self.publish(self.soap)
        document = self.shop.last[0].document
        self.assertEqual(document.custom, (CustomField("_material", "Olive oil"),))
        self.assertEqual(document.offers[0].custom, (CustomField("_height", "4.3"),))
        self.assertEqual(self.run_lane(), 0)
        self.soap.x_material = "Shea"
        self.assertEqual((self.run_lane(), self.said()), (1, ({"custom"}, set())))
        self.soap.x_material = False
        self.assertEqual((self.run_lane(), self.shop.last[0].document.custom), (1, (CustomField("_material", ""),)))
        self.assertEqual(self.run_lane(), 0)

    def test_a_new_mapping_reaches_what_is_on_the_shop_already(self):
        self.soap.x_material = "Olive oil"
        self.publish(self.soap)
        self.own("_material", source_field="x_material")
        self.assertEqual((self.run_lane(), self.said()), (1, ({"custom"}, set())))
        self.assertEqual(self.run_lane(), 0)

    def test_a_shop_s_own_product_gets_what_a_person_mapped(self):
        self.soap.x_material = "Olive oil"
        self.own("_material", source_field="x_material")
        listing = self.env["ecom.listing"].create(
            {"channel_id": self.channel.id, "external_id": "77", "product_tmpl_id": self.soap.id}
        )
        self.env["ecom.offer"].create(
            {"listing_id": listing.id, "external_id": "", "product_id": self.soap.product_variant_id.id}
        )
        self.publish(self.soap)
        self.assertIn("custom", self.said()[0])

    def test_templates_units_words_and_paths(self):
        self.mapped("listing.name", source="template", template="{name} – {categ_id.x_shelf}")
        self.own(
            "_height",
            level="offer",
            source_field="x_height",
            decimals=0,
            unit_shown=True,
            unit_from_id=self.env.ref("uom.product_uom_meter").id,
            unit_to_id=self.env.ref("uom.product_uom_cm").id,
        )
        self.own("_vegan", level="offer", source_field="x_vegan", yes_word="oui", no_word="non")
        self.own("_tags", source_field="product_tag_ids", separator="|")
        self.soap.categ_id = self.env["product.category"].create({"name": "Care", "x_shelf": "A3"})
        self.soap.product_tag_ids = [Command.create({"name": "Vegan"}), Command.create({"name": "Handmade"})]
        self.soap.product_variant_id.write({"x_height": 0.042, "x_vegan": True})
        self.publish(self.soap)
        document = self.shop.last[0].document
        self.assertEqual(document.name, "Soap – A3")
        self.assertEqual({row.value for row in document.offers[0].custom}, {"4 cm", "oui"})
        self.assertEqual({row.value for row in document.custom}, {"Vegan|Handmade"})
        self.soap.categ_id.x_shelf = "B1"
        self.assertEqual((self.run_lane(), self.said()), (1, ({"name"}, set())))
        self.assertEqual(self.shop.last[0].document.name, "Soap – B1")

    def test_a_translation(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.soap.with_context(lang="fr_FR").name = "Savon"
        self.own("_nom", source_field="name", lang="fr_FR")
        self.channel.shop_language = "en_US"
        self.publish(self.soap)
        document = self.shop.last[0].document
        self.assertEqual((document.name, document.custom), ("Soap", (CustomField("_nom", "Savon"),)))
        self.soap.with_context(lang="fr_FR").name = "Savon noir"
        self.assertEqual((self.run_lane(), self.said()[0]), (1, {"custom"}))

    def test_an_attribute_either_side(self):
        shirt = self.shirt("S", "M")
        size = shirt.attribute_line_ids.attribute_id
        self.own("_sizes", source="attribute", attribute_id=size.id, separator="/")
        self.own("_size", level="offer", source="attribute", attribute_id=size.id)
        self.mapped("listing.attribute", target_name="Material", source_field="x_material")
        shirt.x_material = "Linen"
        self.publish(shirt)
        document = self.shop.last[0].document
        self.assertEqual(document.custom, (CustomField("_sizes", "S/M"),))
        self.assertEqual([row.custom[0].value for row in document.offers], ["S", "M"])
        self.assertEqual(
            [(row.name, row.values, row.varies) for row in document.attributes],
            [("Size", ("S", "M"), True), ("Material", ("Linen",), False)],
        )

    def test_what_is_empty_has_its_default_and_a_condition_chooses(self):
        self.own("_material", source_field="x_material", default_value="Unknown", condition="[('name', '=', 'Soap')]")
        candle = self.env["product.template"].create({"name": "Candle", "taxes_id": False})
        self.publish(self.soap, candle)
        documents = {change.document.name: change.document for change in self.shop.last}
        self.assertEqual(documents["Soap"].custom, (CustomField("_material", "Unknown"),))
        self.assertEqual(documents["Candle"].custom, ())
        candle.name = "Soap"
        self.assertEqual((self.run_lane(), self.said()[0]), (1, {"name", "custom"}))

    def test_created_with_it_and_then_left_to_the_shop(self):
        self.mapped("listing.summary", direction="create")
        self.own("_material", source_field="x_material", direction="create")
        self.soap.write({"description_sale": "Soft", "x_material": "Olive oil"})
        self.publish(self.soap)
        self.assertLessEqual({"summary", "custom"}, self.said()[0])
        self.assertEqual(self.run_lane(), 0)
        self.soap.write({"description_sale": "Softer", "x_material": "Shea"})
        self.run_lane()
        self.assertNotIn("summary", self.said()[0] if self.run_lane() else ())
        self.assertEqual([push for push in self.shop.pushes if "custom" in push[0].fields][1:], [])

    def test_neither_side_is_told_until_a_person_says_otherwise(self):
        mapping = self.mapped("listing.name", direction="none")
        self.publish(self.soap)
        self.assertNotIn("name", self.said()[0])
        self.soap.name = "Black Soap"
        self.assertEqual(self.run_lane(), 0)
        mapping.direction = "to_shop"
        self.assertEqual((self.run_lane(), self.said()[0]), (1, {"name"}))

    def test_a_hundred_products_are_read_at_once(self):
        products = self.env["product.template"].create(
            [{"name": f"P{n}", "default_code": f"P{n}", "x_material": f"M{n}", "taxes_id": False} for n in range(60)]
        )
        few = self.env["ecom.listing"]._publish_on(self.channel, products[:5])
        many = self.env["ecom.listing"]._publish_on(self.channel, products)
        many._complete_offers()

        def statements(listings):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            listings._documents()
            return self.env.cr.sql_log_count - before

        statements(few)
        plain = statements(many)
        self.own("_material", source_field="x_material")
        self.own("_tags", source_field="product_tag_ids")
        self.own("_shelf", source_field="categ_id.x_shelf")
        self.own("_code", level="offer", source_field="x_shop_code")
        statements(few)
        self.assertEqual(statements(many), statements(few))
        self.assertLessEqual(statements(many) - plain, 6)


@tagged("post_install", "-at_install")
class TestTakenFromTheShop(MappingCase):
    def shown(self, name="Soap", variant="", custom=(), **offer):
        offer = {"sku": "SOAP", "price": Decimal("5.00")} | offer
        return ListingDocument(
            "1000",
            ListingKind.SIMPLE,
            ListingState.ON,
            name,
            custom=tuple(CustomField(*row) for row in custom),
            offers=(OfferDocument(variant, custom=(), **offer),),
        )

    def heard(self, listing, **document):
        listing._hear({listing: self.shown(**document)})
        self.env.invalidate_all()

    def test_what_the_shop_says_comes_in_and_is_not_told_back(self):
        self.mapped("listing.name", source_field="x_material", direction="to_odoo")
        self.own("_text", source_field="x_text", direction="to_odoo", converter="html")
        self.own("_vegan", source_field="sale_line_warn_msg", direction="to_odoo", converter="text")
        listing = self.publish(self.soap)
        self.heard(listing)
        self.heard(listing, name="Savon", custom=[("_text", "<p>Fine</p><script>alert(1)</script>"), ("_vegan", "no")])
        self.assertEqual(self.soap.x_material, "Savon")
        self.assertEqual(self.soap.x_text, "<p>Fine</p>")
        self.assertEqual(self.soap.sale_line_warn_msg, "no")
        self.assertFalse(listing.differs, "it is the shop's own to change")
        self.assertEqual(self.run_lane(), 0)

    def test_without_a_field_it_becomes_the_listing_s_own(self):
        self.mapped("listing.name", direction="to_odoo")
        self.mapped("offer.barcode", direction="to_odoo")
        listing = self.publish(self.soap)
        self.heard(listing)
        self.heard(listing, name="Savon", barcode="3760000000024")
        self.assertEqual((listing.title, self.soap.name, self.soap.barcode), ("Savon", "Soap", "3760000000024"))

    def test_one_wrong_value_is_named_and_the_rest_goes_through(self):
        self.own("_height", source_field="weight", direction="to_odoo")
        self.own("_tags", source_field="product_tag_ids", direction="to_odoo")
        self.mapped("offer.barcode", direction="to_odoo")
        candle = self.env["product.template"].create({"name": "Candle", "taxes_id": False})
        listings = self.publish(self.soap, candle)
        listings._hear({listing: self.shown() for listing in listings})
        soap, candles = listings.sorted(lambda listing: listing.product_tmpl_id != self.soap)
        listings._hear(
            {
                soap: self.shown(custom=[("_height", "13,5"), ("_tags", "Vegan")], barcode=self.pen.barcode),
                candles: self.shown(custom=[("_height", "13.5")]),
            }
        )
        self.assertEqual(candle.weight, 13.5)
        self.assertEqual((self.soap.weight, self.soap.barcode), (0.13, False))
        messages = "\n".join(self.issues("field_not_taken").mapped("message"))
        for words in ("Soap", "_height", "“13,5”", "_tags", "“Vegan”", self.pen.barcode):
            self.assertIn(words, messages)
        tag = self.env["product.tag"].create({"name": "Vegan"})
        issue = self.issues("field_not_taken").filtered(lambda issue: "Vegan" in issue.message)
        issue.action_fix()
        self.assertEqual((issue.state, self.soap.product_tag_ids), ("solved", tag))

    def test_where_both_sides_changed_the_shop_s_word_counts_and_a_person_is_told(self):
        self.mapped("listing.name", source_field="x_material", direction="to_odoo")
        listing = self.publish(self.soap)
        self.heard(listing)
        self.heard(listing, name="Savon")
        self.assertFalse(self.issues("field_conflict"))
        self.soap.x_material = "Changed here"
        self.heard(listing, name="Savon noir")
        self.assertEqual(self.soap.x_material, "Savon noir")
        message = self.issues("field_conflict").message
        self.assertTrue("Changed here" in message and "Savon noir" in message, message)

    def test_a_comparison_speaks_of_what_odoo_has_to_say(self):
        self.mapped("listing.name", direction="none")
        self.own("_material", source_field="x_material")
        self.soap.x_material = "Olive oil"
        listing = self.publish(self.soap)
        meta = [{"key": "_material", "value": "Plastic"}, {"key": "_a_plugin_s", "value": "1"}]
        self.shop.shelf[listing.external_id] |= {"name": "Savon", "meta_data": meta}
        with patch.object(type(self.channel), "_platform", lambda _self, flow=None: self.shop):
            compare = self.env["ecom.listing.compare"].browse(listing.action_compare()["res_id"])
        lines = {line.field: (line.here, line.there) for line in compare.line_ids}
        self.assertEqual(lines["custom"], ("_material: Olive oil", "_material: Plastic"))
        self.assertNotIn("name", lines)

    def test_what_is_odoo_s_own_is_pointed_out_and_nothing_is_written(self):
        self.own("_material", source_field="x_material")
        self.mapped("listing.summary", direction="none")
        self.soap.x_material = "Olive oil"
        listing = self.publish(self.soap)
        self.heard(listing, custom=[("_material", "Olive oil"), ("_other", "1")])
        listing.action_accept_shop()
        self.heard(listing, custom=[("_material", "Olive oil"), ("_other", "2")])
        self.assertFalse(listing.differs, "nobody mapped that field")
        self.heard(listing, custom=[("_material", "Plastic"), ("_other", "2")])
        self.assertEqual((listing.differs, self.soap.x_material), (["custom"], "Olive oil"))
        listing.action_overrule()
        self.assertEqual((self.run_lane(), self.said()[0]), (1, {"custom"}))


@tagged("post_install", "-at_install")
class TestWrongMappings(MappingCase):
    def test_a_wrong_mapping_names_the_field_and_why(self):
        for words, values in (
            ("x_typo", {"target": "offer.sku", "source_field": "x_typo"}),
            ("standard_price", {"target": "offer.price", "source_field": "standard_price"}),
            ("qty_available", {"target": "offer.price", "source_field": "qty_available"}),
            ("image_1920", {"target": "listing.slug", "source_field": "image_1920"}),
            ("seller_ids", {"target": "listing.slug", "source_field": "seller_ids.price"}),
            ("company_id", {"target": "listing.slug", "source_field": "company_id.vat"}),
            ("create_uid", {"target": "listing.slug", "source_field": "create_uid"}),
            ("x_material", {"target": "offer.price", "source_field": "x_material"}),
            ("x_height", {"target": "offer.sku", "source_field": "x_height"}),
            ("{", {"target": "listing.slug", "source": "template", "template": "{name"}),
            ("x_typo", {"target": "listing.slug", "source": "template", "template": "{x_typo}"}),
            ("categ_id.name", {"target": "listing.slug", "source_field": "categ_id.name", "direction": "to_odoo"}),
            ("type", {"target": "listing.slug", "source_field": "type", "direction": "to_odoo"}),
            ("x_typo", {"target": "listing.slug", "source_field": "name", "condition": "[('x_typo', '=', 1)]"}),
            (
                "standard_price",
                {"target": "listing.slug", "source_field": "name", "condition": "[('standard_price', '>', 1)]"},
            ),
        ):
            with self.subTest(words, **values):
                self.assertIn(words, self.refusal(**values))

    def test_it_is_tried_on_a_product_before_it_is_saved(self):
        self.soap.product_variant_id.x_height = 0.042
        form = Form(self.env["ecom.field.mapping"].with_context(default_channel_id=self.channel.id))
        form.target = "offer.custom"
        form.target_name = "_height"
        form.source_field = "x_height"
        self.assertEqual(form.converter, "number")
        form.preview_product_id = self.soap.product_variant_id
        self.assertEqual((form.preview_value, form.preview_told), ("0.042", "0.04"))
        form.decimals = 3
        self.assertEqual(form.preview_told, "0.042")
        form.converter = "date"
        self.assertIn("x_height", form.preview_problem)
        form.converter = "number"
        form.direction = "to_odoo"
        form.preview_word = "13,5"
        self.assertIn("13,5", form.preview_problem)
        form.preview_word = "13.5"
        self.assertFalse(form.preview_problem)
        self.assertEqual(form.preview_taken, "13.5")
        form.save()
        form = Form(self.env["ecom.field.mapping"].with_context(default_channel_id=self.channel.id))
        form.target = "offer.custom"
        form.source_field = "x_height"
        form.target_name = "_height"
        self.assertIn("Boutique", form.preview_problem)

    def test_the_channel_opens_its_own_mappings(self):
        self.mapped("listing.name", direction="none")
        action = self.channel.action_open_field_mappings()
        self.assertEqual(self.env["ecom.field.mapping"].search(action["domain"]).target, "listing.name")
        self.assertEqual(self.channel.field_mapping_count, 1)
