import random
from datetime import timedelta

from odoo import Command, fields
from odoo.addons.ecom_stock_sync.tests.stock_case import StockCase
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestKits(StockCase):
    """A set of two mugs and a pen shows what its components allow; there are 100 of each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kit = cls.product("Coffret", "SET")
        cls.bill = cls.make(cls.kit, (cls.mug, 2), (cls.pen, 1))
        cls.offer = cls.sell(cls.kit, "50")

    @classmethod
    def product(cls, name, code, **values):
        return cls.env["product.product"].create(
            {"name": name, "default_code": code, "is_storable": True, "type": "consu", **values}
        )

    @classmethod
    def make(cls, kit, *parts, **values):
        """The bill of a kit; a part may name its unit."""
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create(
                        {
                            "product_id": part.id,
                            "product_qty": quantity,
                            **({"product_uom_id": unit[0].id} if unit else {}),
                        }
                    )
                    for part, quantity, *unit in parts
                ],
                **values,
            }
        )

    def test_a_component_sold_alone_lowers_the_kit(self):
        self.assertEqual(self.quantity(self.offer), 50)
        self.order(self.mug, 10)
        self.assertEqual((self.quantity(self.mug_offer), self.quantity(self.offer)), (90, 45))
        self.assertEqual(self.push()["50"], 45)

    def test_a_kit_sold_lowers_its_components(self):
        order = self.order(self.kit, 3)
        self.assertEqual(order.picking_ids.state, "assigned")
        self.catch_up()
        levels = [self.level(offer).quantity for offer in (self.mug_offer, self.pen_offer, self.offer)]
        self.assertEqual(levels, [94, 97, 47])
        order.action_cancel()
        self.assertEqual(self.quantity(self.offer), 50)

    def test_a_kit_ordered_on_the_shop_and_not_in_odoo_yet(self):
        self.env["ecom.order"].create(
            {
                "channel_id": self.channel.id,
                "external_id": "900",
                "state": "blocked",
                "line_ids": [Command.create({"kind": "product", "external_id": "1", "sku": "SET", "quantity": 4})],
            }
        )
        self.assertEqual(self.quantity(self.offer), 46)
        levels = [self.level(offer).quantity for offer in (self.mug_offer, self.pen_offer)]
        self.assertEqual(levels, [92, 96], "nobody else is sold what the set is made of")
        kit = self.level(self.offer)
        self.assertEqual(sum(step.quantity for step in kit._sums()[kit.id][0]), 46)

    def test_a_kit_in_a_cart(self):
        """Three sets in a cart of an external shop: six mugs and three pens are kept, until the cart is forgotten."""
        self.env["ecom.stock.reservation"].create(
            {
                "channel_id": self.channel.id,
                "ref": "cart-1",
                "sku": "SET",
                "product_id": self.kit.id,
                "location_id": self.location.id,
                "quantity": 3,
                "expires_at": fields.Datetime.now() + timedelta(minutes=10),
            }
        )
        self.env["ecom.stock.change"]._note(products=self.kit)
        self.assertEqual([self.quantity(self.offer), self.quantity(self.mug_offer)], [47, 94])

    def test_a_changed_bill_counts_at_once(self):
        line = self.bill.bom_line_ids.filtered(lambda line: line.product_id == self.mug)
        line.product_qty = 4
        self.assertEqual(self.quantity(self.offer), 25)
        line.unlink()
        self.assertEqual(self.quantity(self.offer), 100)
        self.bill.product_qty = 2
        self.assertEqual(self.quantity(self.offer), 200)
        self.bill.active = False
        self.assertEqual(self.quantity(self.offer), 0, "no kit any more, and nothing of it on the shelves")
        self.bill.active = True
        self.bill.type = "normal"
        self.assertEqual(self.quantity(self.offer), 0)

    def test_asked_within_the_transaction_that_changes_the_bill(self):
        Level = self.env["ecom.stock.level"]
        self.bill.bom_line_ids.filtered(lambda line: line.product_id == self.pen).product_qty = 3
        self.assertEqual(dict(Level._components({self.kit.id})[self.kit.id]), {self.mug.id: 2, self.pen.id: 3})
        self.assertEqual(Level._kits_of({self.pen.id}), {self.kit.id})
        self.assertEqual(Level._components({self.mug.id}), {})

    def test_kits_within_kits_in_other_units(self):
        """A crate holds a dozen sets and a card, which nobody counts."""
        card = self.product("Carte", "CARD", is_storable=False)
        crate = self.product("Caisse", "CRATE", is_storable=False)
        self.make(crate, (self.kit, 1, self.env.ref("uom.product_uom_dozen")), (card, 1))
        offer = self.sell(crate, "60")
        self.assertEqual(self.quantity(offer), 4)
        self.put(self.mug, -10)
        self.assertEqual(self.quantity(offer), 3)
        parts = dict(self.env["ecom.stock.level"]._components({crate.id})[crate.id])
        self.assertEqual(parts, {self.mug.id: 24, self.pen.id: 12})

    def test_packs_of_kits(self):
        six = self.env["uom.uom"].create(
            {"name": "Lot de 6", "relative_factor": 6, "relative_uom_id": self.kit.uom_id.id}
        )
        pack = self.sell(self.kit, "51", uom_id=six.id)
        self.assertEqual(self.quantity(pack), 8)

    def test_variants_with_parts_of_their_own(self):
        """The blue set has a pen, the red one has three."""
        colour = self.env["product.attribute"].create(
            {"name": "Couleur", "value_ids": [Command.create({"name": "Bleu"}), Command.create({"name": "Rouge"})]}
        )
        template = self.env["product.template"].create(
            {
                "name": "Coffret couleur",
                "is_storable": True,
                "attribute_line_ids": [
                    Command.create({"attribute_id": colour.id, "value_ids": [Command.set(colour.value_ids.ids)]})
                ],
            }
        )
        blue, red = template.product_variant_ids
        bill = self.make(blue, (self.mug, 1), (self.pen, 1), (self.pen, 3))
        for line, value in zip(
            bill.bom_line_ids[1:], template.attribute_line_ids.product_template_value_ids, strict=True
        ):
            line.bom_product_template_attribute_value_ids = value
        parts = self.env["ecom.stock.level"]._components({blue.id, red.id})
        self.assertEqual(dict(parts[blue.id]), {self.mug.id: 1, self.pen.id: 1})
        self.assertEqual(dict(parts[red.id]), {self.mug.id: 1, self.pen.id: 3})
        self.make(red, (self.mug, 7), product_id=red.id, sequence=-1)
        parts = self.env["ecom.stock.level"]._components({blue.id, red.id})
        self.assertEqual(dict(parts[red.id]), {self.mug.id: 7})
        self.assertEqual(len(parts[blue.id]), 2)

    def test_the_same_as_odoo_says(self):
        """Thirty kits by chance, some within others: what is shown is what Odoo counts as free."""
        chance = random.Random(19)
        parts = [self.product(f"Pièce {number}", f"PART{number}") for number in range(6)]
        for part in parts:
            self.put(part, chance.randint(0, 60))
        kits = self.env["product.product"]
        for number in range(30):
            kit = self.product(f"Kit {number}", f"KIT{number}")
            chosen = chance.sample([*parts, *kits[-3:]], chance.randint(1, 3))
            self.make(kit, *((part, chance.randint(1, 4)) for part in chosen))
            self.sell(kit, f"7{number}")
            kits += kit
        self.catch_up()
        levels = self.env["ecom.stock.level"].search([("product_id", "in", kits.ids)])
        shown = {level.product_id.default_code: level.quantity for level in levels}
        here = kits.with_context(warehouse_id=self.channel.warehouse_id.id)
        self.assertEqual(shown, {kit.default_code: kit.free_qty for kit in here})
        self.assertEqual(len(set(shown.values())) > 3, True)

    def test_many_kits_cost_no_more_queries_than_few(self):
        few = self.queries(5)
        self.assertLessEqual(few, 12)
        self.assertLessEqual(self.queries(25), few)

    def queries(self, count):
        """Statements to take all kits apart anew, and to tell those that a mug is part of."""
        for number in range(count):
            self.make(self.product(f"Kit {count} {number}", f"K{count}-{number}"), (self.mug, 1), (self.pen, 2))
        Kit, Level = self.env["ecom.kit.component"], self.env["ecom.stock.level"]
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        Kit._refresh_if_noted()
        self.assertGreaterEqual(len(Level._components(Level._kits_of({self.mug.id}))), count)
        return self.env.cr.sql_log_count - before

    def test_components_are_bought_and_kits_are_not(self):
        """Seven sets a week: fourteen mugs a week are expected, and nothing is proposed for the set."""
        today = self.env.company._ecom_today()
        monday = today - timedelta(days=today.weekday())
        for week in range(6, 0, -1):
            order = self.order(self.kit, 7)
            self.env.flush_all()
            day = fields.Datetime.to_string(monday - timedelta(days=7 * week - 2))
            self.env.cr.execute("UPDATE sale_order SET date_order = %s WHERE id = %s", [day, order.id])
        self.env.cr.execute(
            "UPDATE product_product SET create_date = %s WHERE id = %s", [monday - timedelta(weeks=6), self.mug.id]
        )
        self.env.invalidate_all()
        Replenishment = self.env["ecom.replenishment"]
        due = Replenishment._due(10000)
        self.assertIn(self.mug.id, due)
        self.assertNotIn(self.kit.id, due)
        Replenishment._recompute(self.mug.ids)
        row = Replenishment.search(
            [("product_id", "=", self.mug.id), ("warehouse_id", "=", self.channel.warehouse_id.id)]
        )
        self.assertAlmostEqual(row.weekly, 14, delta=0.5)

    def test_what_is_made_here_takes_as_long_as_its_bill_says(self):
        vase = self.product("Vase", "VASE")
        self.make(vase, (self.mug, 1), type="normal", produce_delay=9)
        Replenishment = self.env["ecom.replenishment"]
        Replenishment._recompute(vase.ids)
        self.assertEqual(set(Replenishment.search([("product_id", "=", vase.id)]).mapped("lead_days")), {9})
