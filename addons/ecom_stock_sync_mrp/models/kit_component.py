from collections import defaultdict

from odoo import api, fields, models
from odoo.addons.ecom_stock_sync.calculations.kits import flatten
from odoo.tools import SQL


class EcomKitComponent(models.Model):
    """A component of a kit, with kits within kits taken apart: what would be slow to tell for each change of stock.

    The table follows the bills of materials within the transaction that changes them: it is brought up to date before
    the commit, or earlier if somebody asks. Of several bills the first counts, as where Odoo ships a kit.
    """

    _name = "ecom.kit.component"
    _description = "Component of a Kit"
    _log_access = False
    _rec_name = "component_id"

    product_id = fields.Many2one("product.product", string="Kit", required=True, ondelete="cascade", readonly=True)
    component_id = fields.Many2one("product.product", required=True, ondelete="cascade", index=True, readonly=True)
    quantity = fields.Float(digits=0, readonly=True, help="In one kit, in the component's own unit.")

    _kit_unique = models.UniqueIndex("(product_id, component_id)", "The kit has this component already.")

    @api.model
    def _of(self, product_ids):
        """``{kit: [(component, quantity)]}`` of the kits among products, in one query."""
        self._refresh_if_noted()
        found = defaultdict(list)
        for kit, component, quantity in self.env.execute_query(
            SQL(
                """
                SELECT product_id, component_id, quantity FROM ecom_kit_component
                 WHERE product_id = ANY(%s) ORDER BY product_id, component_id
                """,
                list(product_ids),
            )
        ):
            found[kit].append((component, quantity))
        return dict(found)

    @api.model
    def _with(self, product_ids):
        """The ids of the kits that these products are part of; of all kits where it is ``None``."""
        self._refresh_if_noted()
        chosen = SQL("true") if product_ids is None else SQL("component_id = ANY(%s)", list(product_ids))
        rows = self.env.execute_query(SQL("SELECT DISTINCT product_id FROM ecom_kit_component WHERE %s", chosen))
        return {kit for (kit,) in rows}

    # === FOLLOWING THE BILLS OF MATERIALS === #

    @api.model
    def _note(self):
        """Remember, until this transaction ends, that kits have to be taken apart again."""
        data = self.env.cr.precommit.data
        if not data.get("ecom.kit.component"):
            data["ecom.kit.component"] = True
            self.env.cr.precommit.add(self.env["ecom.kit.component"].sudo()._refresh_if_noted)

    @api.model
    def _refresh_if_noted(self):
        if self.env.cr.precommit.data.pop("ecom.kit.component", False):
            self.sudo()._refresh()

    @api.autovacuum
    def _refresh(self):
        """Take all kits apart, write down what is new, and have what kits changed looked at by the stock lane."""
        wanted = {
            (kit, component): quantity
            for kit, parts in flatten(*self._recipes()).items()
            for component, quantity in parts.items()
        }
        rows = self.env.execute_query(SQL("SELECT product_id, component_id, quantity FROM ecom_kit_component"))
        known = {(kit, component): quantity for kit, component, quantity in rows}
        gone = list(known.keys() - wanted.keys())
        new = [key for key, quantity in wanted.items() if key not in known or abs(known[key] - quantity) > 1e-9]
        if gone:
            self.env.cr.execute(
                SQL(
                    """
                    DELETE FROM ecom_kit_component USING unnest(%s::int[], %s::int[]) AS gone (kit, component)
                     WHERE product_id = gone.kit AND component_id = gone.component
                    """,
                    [kit for kit, _component in gone],
                    [component for _kit, component in gone],
                )
            )
        if new:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO ecom_kit_component (product_id, component_id, quantity)
                    SELECT * FROM unnest(%s::int[], %s::int[], %s::float8[])
                    ON CONFLICT (product_id, component_id) DO UPDATE SET quantity = excluded.quantity
                    """,
                    [kit for kit, _component in new],
                    [component for _kit, component in new],
                    [wanted[key] for key in new],
                )
            )
        if changed := {kit for kit, _component in [*gone, *new]}:
            self.invalidate_model()
            self.env["ecom.stock.change"]._note(products=changed)

    def _recipes(self):
        """The bills of kits as they stand: ``({kit: [(part, quantity in one kit)]}, products whose stock is counted)``.

        A constant number of queries, but for lines that only some variants have.
        """
        self.env.flush_all()
        bills = self.env.execute_query(
            SQL(
                """
                SELECT product.id, bill.id, bill.product_qty * made_in.factor / kept_in.factor
                  FROM mrp_bom bill
                  JOIN product_template template ON template.id = bill.product_tmpl_id
                  JOIN product_product product ON product.product_tmpl_id = template.id AND product.active
                       AND COALESCE(bill.product_id, product.id) = product.id
                  JOIN uom_uom made_in ON made_in.id = bill.product_uom_id
                  JOIN uom_uom kept_in ON kept_in.id = template.uom_id
                 WHERE bill.type = 'phantom' AND bill.active AND bill.product_qty > 0
              ORDER BY bill.sequence, bill.product_id IS NULL, bill.id
                """
            )
        )
        lines, counted, of_some = self._lines(list({bill for _kit, bill, _size in bills}))
        skipped = self._skipped(bills, lines, of_some)
        recipes = {}
        for kit, bill, size in bills:
            if kit not in recipes:
                recipes[kit] = [
                    (part, quantity / size) for line, part, quantity in lines[bill] if (kit, line) not in skipped
                ]
        return recipes, counted

    def _lines(self, bill_ids):
        """``({bill: [(line, part, quantity in the part's own unit)]}, counted products, lines of some variants)``."""
        lines, counted, of_some = defaultdict(list), set(), set()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.bom_id, line.id, line.product_id, line.product_qty * used_in.factor / kept_in.factor,
                       template.is_storable,
                       EXISTS (SELECT 1 FROM mrp_bom_line_product_template_attribute_value_rel variants
                                WHERE variants.mrp_bom_line_id = line.id)
                  FROM mrp_bom_line line
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN uom_uom used_in ON used_in.id = line.product_uom_id
                  JOIN uom_uom kept_in ON kept_in.id = template.uom_id
                 WHERE line.bom_id = ANY(%s)
              ORDER BY line.bom_id, line.sequence, line.id
                """,
                bill_ids,
            )
        )
        for bill, line, part, quantity, is_storable, is_of_some in rows:
            lines[bill].append((line, part, quantity))
            if is_storable:
                counted.add(part)
            if is_of_some:
                of_some.add(line)
        return lines, counted, of_some

    def _skipped(self, bills, lines, of_some):
        """``{(kit, line)}``: the lines that a variant does not have."""
        if not of_some:
            return set()
        BillLine = self.env["mrp.bom.line"].browse(of_some)
        kits = {kit for kit, bill, _size in bills if any(line in of_some for line, *_rest in lines[bill])}
        products = {product.id: product for product in self.env["product.product"].browse(kits)}
        return {
            (kit, line)
            for kit, bill, _size in bills
            if kit in products
            for line, *_rest in lines[bill]
            if line in of_some and BillLine.browse(line).with_prefetch(BillLine._ids)._skip_bom_line(products[kit])
        }
