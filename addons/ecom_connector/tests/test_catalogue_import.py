"""The first connection of a catalogue: nothing changes before a person says so, and nothing that exists is harmed."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..platforms.catalogue import VARIANTS_KEY
from .shop_case import ShopCase


def woo_product(number, sku="", price="10.00", **values):
    return {
        "id": number,
        "name": f"Product {number}",
        "type": "simple",
        "status": "publish",
        "sku": sku,
        "regular_price": price,
        "weight": "0.5",
        "attributes": [],
    } | values


def woo_shirt(number, variants, attributes=("Size",), **values):
    """A product sold by variants: ``{sku: (values…)}`` or ``{sku: ((values…), price)}``."""
    rows = []
    for index, (sku, given) in enumerate(variants.items()):
        options, price = given if isinstance(given[0], tuple) else (given, "20.00")
        rows.append(
            {
                "id": number * 100 + index,
                "status": "publish",
                "sku": sku,
                "regular_price": price,
                "attributes": [
                    {"id": 0, "name": name, "option": option}
                    for name, option in zip(attributes, options, strict=False)
                    if option
                ],
            }
        )
    told = [
        {
            "id": 0,
            "name": name,
            "variation": True,
            "options": sorted({row["attributes"][i]["option"] for row in rows if len(row["attributes"]) > i}),
        }
        for i, name in enumerate(attributes)
    ]
    return woo_product(number, "", "", type="variable", attributes=told, **values) | {VARIANTS_KEY: rows}


class CatalogueCase(ShopCase):
    """Reads and imports products of a shop as the catalogue lane does."""

    def staged(self, *raws, **values):
        channel = self.channel._work_env()
        batch = channel.env["ecom.catalogue.import"].create(
            {"channel_id": channel.id, "prices_include_tax": True} | values
        )
        batch._stage(channel, raws)
        batch._compare_whole(channel)
        batch.state = "ready"
        batch.flush_recordset()
        return batch

    def run_lane(self, batch):
        """All batches, each in a savepoint: what the lane commits is kept, what it rolls back is not."""
        channel = self.channel._work_env()

        def in_transaction(work):
            with self.env.cr.savepoint():
                return work()

        self.patch(type(channel), "_in_transaction", lambda _channel, work: in_transaction(work))
        self.patch(channel.env.cr, "rollback", channel.env.invalidate_all)
        batch = batch.with_env(channel.env)
        step = {"running": "_apply_batch", "undoing": "_undo_batch"}
        for _turn in range(50):
            if batch.state not in step:
                return
            getattr(batch, step[batch.state])(channel, None)
        self.fail("the lane does not come to an end")

    def do(self, batch):
        batch.action_start()
        self.run_lane(batch)
        self.assertEqual(batch.state, "done")

    def lines(self, batch):
        return {line.sku or line.name: line for line in batch.line_ids if line.result != "only_here"}

    def found(self, batch):
        return {key: (line.result, line.action) for key, line in self.lines(batch).items()}


@tagged("post_install", "-at_install")
class TestCatalogueImport(CatalogueCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Product = cls.env["product.product"]
        cls.cup = Product.create(
            {"name": "Cup", "default_code": "CUP", "barcode": "3000000000014", "is_storable": True}
        )
        cls.plate = Product.create({"name": "Plate", "default_code": "PLATE", "is_storable": True})
        cls.twins = Product.create([{"name": "Twin", "default_code": "TWIN"}, {"name": "Twin", "default_code": "TWIN"}])
        attribute = cls.env["product.attribute"].create({"name": "Size", "create_variant": "always"})
        cls.s, cls.m, cls.l = cls.env["product.attribute.value"].create(
            [{"attribute_id": attribute.id, "name": name} for name in ("S", "M", "L")]
        )
        cls.shirt = cls.env["product.template"].create(
            {
                "name": "Shirt",
                "is_storable": True,
                "attribute_line_ids": [
                    (0, 0, {"attribute_id": attribute.id, "value_ids": [(6, 0, (cls.s + cls.m).ids)]})
                ],
            }
        )
        for variant, size in zip(cls.shirt.product_variant_ids.sorted("id"), "SM", strict=True):
            variant.default_code = f"SHIRT-{size}"

    def test_what_is_found_is_shown_before_anything_changes(self):
        before = self.env["product.product"].with_context(active_test=False).search_count([])
        batch = self.staged(
            woo_product(1, "CUP"),
            woo_product(2, "NOVEL", global_unique_id="3000000000014"),
            woo_product(3, "NEW"),
            woo_product(4, ""),
            woo_product(5, "TWIN"),
            woo_product(6, "CUP-2", global_unique_id="", type="grouped"),
            woo_product(7, "DOUBLE"),
            woo_product(8, "DOUBLE"),
            woo_product(9, "ODD", "13,5"),
            woo_shirt(10, {"SHIRT-S": ("S",), "SHIRT-L": ("L",)}),
            woo_shirt(11, {"ANY-S": ("S", "Red"), "ANY": ("M", "")}, ("Size", "Colour")),
        )
        self.assertEqual(
            self.found(batch),
            {
                "CUP": ("repeated", "skip"),
                "NOVEL": ("repeated", "skip"),
                "NEW": ("new", "create"),
                "Product 4": ("no_code", "skip"),
                "TWIN": ("ambiguous", "skip"),
                "CUP-2": ("not_sold", "skip"),
                "DOUBLE": ("repeated", "skip"),
                "Product 9": ("unreadable", "skip"),
                "SHIRT-S": ("sku", "link"),
                "SHIRT-L": ("differs", "skip"),
                "ANY-S": ("new", "create"),
                "ANY": ("incomplete", "skip"),
            },
        )
        self.assertIn("regular_price: '13,5'", self.lines(batch)["Product 9"].reason)
        only_here = batch.line_ids.filtered(lambda line: line.result == "only_here").product_id
        self.assertLess(self.plate, only_here)
        self.assertNotIn(self.cup, only_here)
        self.assertEqual(self.env["product.product"].with_context(active_test=False).search_count([]), before)
        self.assertFalse(self.env["ecom.listing"].search([("channel_id", "=", self.channel.id)]))

    def test_a_shared_product_is_linked_never_doubled(self):
        """Products without a company are Odoo's default."""
        self.assertFalse(self.cup.company_id)
        batch = self.staged(woo_product(1, "CUP"))
        self.do(batch)
        offer = self.env["ecom.offer"].search([("channel_id", "=", self.channel.id)])
        self.assertEqual((offer.product_id, offer.listing_id.external_id, offer.sku), (self.cup, "1", "CUP"))
        self.assertEqual(self.env["product.product"].search_count([("default_code", "=", "CUP")]), 1)

    def test_variants_that_exist_are_never_touched(self):
        variants = self.shirt.product_variant_ids
        batch = self.staged(woo_shirt(10, {"SHIRT-S": ("S",), "SHIRT-M": ("M",)}, ("Taille",)))
        self.do(batch)
        self.assertEqual(self.shirt.product_variant_ids, variants)
        self.assertEqual(self.shirt.attribute_line_ids.value_ids, self.s + self.m)
        self.assertEqual(self.env["ecom.offer"].search([("channel_id", "=", self.channel.id)]).product_id, variants)

    def test_a_variant_that_is_missing_here_is_added_when_a_person_asks(self):
        variants = self.shirt.product_variant_ids
        batch = self.staged(woo_shirt(10, {"SHIRT-S": ("S",), "SHIRT-M": ("M",), "SHIRT-L": ("L",)}))
        self.do(batch)
        self.assertEqual(self.shirt.product_variant_ids, variants, "in doubt, nothing is done")
        self.lines(batch)["SHIRT-L"].action_create()
        self.do(batch)
        added = self.shirt.product_variant_ids - variants
        self.assertEqual((added.default_code, added.product_template_attribute_value_ids.name), ("SHIRT-L", "L"))
        self.assertEqual(len(self.env["product.attribute"].search([("name", "=", "Size")])), 1)

    def test_a_new_product_has_the_variants_of_the_shop_and_no_others(self):
        self.env["product.attribute"].create({"name": "Colour", "create_variant": "always"})
        batch = self.staged(
            woo_shirt(
                10,
                {"W-S-R": (("S", "Red"), "20.00"), "W-M-R": (("M", "Red"), "22.00"), "W-M-B": (("M", "Blue"), "25.00")},
                ("Size", "colour"),
                name="Winter shirt",
                description="<p>Warm</p><script>alert(1)</script>",
            )
        )
        self.do(batch)
        template = self.env["product.template"].search([("name", "=", "Winter shirt")])
        self.assertEqual(sorted(template.product_variant_ids.mapped("default_code")), ["W-M-B", "W-M-R", "W-S-R"])
        prices = {product.default_code: product.lst_price for product in template.product_variant_ids}
        self.assertEqual(prices, {"W-S-R": 20.0, "W-M-R": 22.0, "W-M-B": 25.0})
        self.assertEqual(template.attribute_line_ids.attribute_id.mapped("name"), ["Size", "Colour"])
        listing = self.env["ecom.listing"].search([("external_id", "=", "10")])
        self.assertEqual(listing.product_tmpl_id, template)
        self.assertIn("Warm", listing.description)
        self.assertNotIn("script", listing.description)
        self.assertEqual(template.product_variant_ids[0].weight, 0.0)

    def test_a_simple_product_is_storable_weighed_and_priced(self):
        batch = self.staged(
            woo_product(1, "TEA", "4.20", global_unique_id="3000000000021"),
            woo_product(2, "COURSE", "90.00", virtual=True),
        )
        self.do(batch)
        tea, course = (self.env["product.product"].search([("default_code", "=", sku)]) for sku in ("TEA", "COURSE"))
        self.assertEqual((tea.is_storable, tea.weight, tea.barcode), (True, 0.5, "3000000000021"))
        self.assertEqual((course.type, course.is_storable), ("service", False))

    def test_prices_are_kept_as_odoos_taxes_want_them(self):
        tax = self.env["account.tax"].create({"name": "20 out", "amount": 20, "price_include_override": "tax_excluded"})
        self.env.company.account_sale_tax_id = tax
        batch = self.staged(woo_product(1, "TEA", "12.00"), prices_include_tax=True)
        self.do(batch)
        tea = self.env["product.product"].search([("default_code", "=", "TEA")])
        self.assertEqual(
            (tea.taxes_id.filtered(lambda t: t.company_id == self.env.company), tea.lst_price), (tax, 10.0)
        )

    def test_a_second_import_changes_nothing(self):
        raws = [woo_product(1, "CUP"), woo_product(2, "NEW"), woo_shirt(3, {"W-S": ("S",), "W-M": ("M",)})]
        self.do(self.staged(*raws))
        products = self.env["product.product"].with_context(active_test=False).search_count([])
        offers = self.env["ecom.offer"].search([("channel_id", "=", self.channel.id)])
        listing = offers.listing_id[:1]
        listing.title = "As a person calls it"
        again = self.staged(*raws)
        self.assertEqual({line.result for line in self.lines(again).values()}, {"linked"})
        self.do(again)
        self.assertEqual(self.env["product.product"].with_context(active_test=False).search_count([]), products)
        self.assertEqual(self.env["ecom.offer"].search([("channel_id", "=", self.channel.id)]), offers)
        self.assertEqual(listing.title, "As a person calls it")

    def test_a_page_read_twice_counts_once(self):
        batch = self.staged(woo_product(1, "NEW"))
        channel = self.channel._work_env()
        batch._stage(channel, [woo_product(1, "NEW"), woo_product(2, "OTHER")])
        self.assertEqual(sorted(self.lines(batch)), ["NEW", "OTHER"])

    def test_a_person_chooses_the_product(self):
        batch = self.staged(woo_product(4, ""), woo_product(5, "TWIN"))
        lines = self.lines(batch)
        with self.assertRaisesRegex(UserError, "Product 4"):
            lines["Product 4"].action_link()
        lines["TWIN"].product_id = self.twins[1]
        lines["Product 4"].action_create()
        self.do(batch)
        offers = self.env["ecom.offer"].search([("channel_id", "=", self.channel.id)])
        self.assertEqual(offers.filtered(lambda offer: offer.listing_id.external_id == "5").product_id, self.twins[1])
        with self.assertRaises(UserError):
            lines["TWIN"].product_id = self.twins[0]

    @mute_logger("odoo.sql_db")
    def test_one_bad_product_stays_behind_with_its_reason(self):
        batch = self.staged(
            woo_product(1, "A", global_unique_id="3000000000014"), woo_product(2, "B"), match_order="sku"
        )
        self.do(batch)
        lines = self.lines(batch)
        self.assertEqual({key: line.state for key, line in lines.items()}, {"A": "failed", "B": "done"})
        self.assertIn("3000000000014", lines["A"].message)
        self.cup.barcode = False
        lines["A"].action_retry()
        self.run_lane(batch)
        self.assertEqual(lines["A"].state, "done")

    def test_an_import_is_undone_but_for_what_was_used(self):
        batch = self.staged(
            woo_product(1, "CUP"),
            woo_product(2, "SOLD"),
            woo_product(3, "EDITED"),
            woo_product(4, "IDLE"),
            woo_shirt(5, {"W-S": ("S",), "W-M": ("M",)}),
        )
        self.do(batch)
        lines = self.lines(batch)
        self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Buyer"}).id,
                "order_line": [Command.create({"product_id": lines["SOLD"].product_id.id})],
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE product_product SET write_date = write_date + INTERVAL '1 hour' WHERE default_code = 'EDITED'"
        )
        templates = lines["IDLE"].product_id.product_tmpl_id + lines["W-S"].product_id.product_tmpl_id
        batch.action_undo()
        self.run_lane(batch)
        self.assertEqual(batch.state, "undone")
        self.assertEqual(
            {key: line.state for key, line in lines.items()},
            {
                "CUP": "undone",
                "SOLD": "kept",
                "EDITED": "kept",
                "IDLE": "undone",
                "W-S": "undone",
                "W-M": "undone",
            },
        )
        self.assertEqual(len({line.message for line in lines.values() if line.state == "kept"}), 2, "each says why")
        self.assertTrue(self.cup.exists())
        self.assertFalse(templates.exists())
        offers = self.env["ecom.offer"].search([("channel_id", "=", self.channel.id)])
        self.assertEqual(sorted(offers.mapped("sku")), ["EDITED", "SOLD"])

    def test_emoji_and_right_to_left_text_stay_as_they_are(self):
        batch = self.staged(woo_product(1, "GIFT", name="Cadeau 🎁 — هدية"))
        self.do(batch)
        self.assertEqual(self.lines(batch)["GIFT"].product_id.name, "Cadeau 🎁 — هدية")

    def test_statements_do_not_grow_with_the_batch(self):
        channel = self.channel._work_env()
        Import = channel.env["ecom.catalogue.import"]
        counts = []
        for start, size in ((0, 5), (1000, 50)):
            batch = Import.create({"channel_id": channel.id})
            raws = [woo_product(start + number, f"Q-{start + number}") for number in range(1, size + 1)]
            before = self.cr.sql_log_count
            batch._stage(channel, raws)
            channel.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            batch.state = "ready"
            batch.flush_recordset()
        self.assertLessEqual(counts[1], counts[0] + 5)

    def test_categories_keep_their_tree_and_what_is_there_is_used(self):
        goods = self.env["product.category"].create({"name": "Maison"})
        tag = self.env["product.tag"].create({"name": "Neuf"})
        terms = {
            "categories": [{"id": 8, "name": "Tasses"}],
            "tags": [{"id": 1, "name": "Neuf"}, {"id": 2, "name": "Bio"}],
        }
        before = self.mug.categ_id
        batch = self.staged(
            woo_product(1, "CUP-1", **terms),
            woo_product(2, "CUP-2", categories=[{"id": 7, "name": "Table"}, {"id": 8, "name": "Tasses"}]),
            woo_product(3, "MUG", **terms),
            categories={"7": ["Maison", "Table"], "8": ["Maison", "Table", "Tasses"]},
        )
        batch.action_start()
        self.run_lane(batch)
        first, second = (self.env["product.product"].search([("default_code", "=", sku)]) for sku in ("CUP-1", "CUP-2"))
        self.assertEqual(first.categ_id.complete_name, "Maison / Table / Tasses")
        self.assertEqual((first.categ_id, first.categ_id.parent_id.parent_id), (second.categ_id, goods))
        self.assertEqual(set(first.product_tag_ids.mapped("name")), {"Bio", "Neuf"})
        self.assertIn(tag, first.product_tag_ids)
        self.assertEqual(self.mug.categ_id, before, "what is there already keeps its category")
        listing = self.env["ecom.listing"].search([("external_id", "=", "3"), ("channel_id", "=", self.channel.id)])
        self.assertEqual(listing.category_ids, first.categ_id)
        term = self.env["ecom.term"].search([("channel_id", "=", self.channel.id), ("external_id", "=", "8")])
        self.assertEqual(term.key, "Maison / Table / Tasses")
