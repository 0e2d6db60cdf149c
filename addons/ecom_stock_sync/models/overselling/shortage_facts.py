import math
from collections import defaultdict

from odoo import models

from ...calculations.shortage import EPSILON, Facts, Line, Order, Substitute, propose
from ..availability.channel_places import Scope

OPEN = ("confirmed", "waiting", "partially_available", "assigned")


class StockMove(models.Model):
    _inherit = "stock.move"

    def _found(self):
        """What is reserved, in the product's own unit: seven pieces are no round number of packs of six."""
        return sum(self.move_line_ids.mapped("quantity_product_uom"))


class EcomOrder(models.Model):
    """What is known about the missing goods of an order, read together for all its lines."""

    _inherit = "ecom.order"

    def _shortage_moves(self):
        """The moves that lack goods and about which nobody has decided."""
        return self.env["stock.move"].union(*self.sale_order_ids._missing_moves().values())

    def _shortage_lines(self):
        """The lines that lack goods and about which nobody has decided, ``{sale order line: Line}``."""
        self.ensure_one()
        missing, share = defaultdict(float), defaultdict(float)
        own = defaultdict(lambda: True)
        for move in self._shortage_moves():
            line = move.sale_line_id
            lacking = move.product_qty - move._found()
            missing[line] += lacking
            share[line] = max(share[line], lacking / move.product_qty)
            own[line] = own[line] and move.product_id == line.product_id
        lines = {}
        for line, quantity in missing.items():
            unit = line.product_id.uom_id
            pack = line.product_uom_id._compute_quantity(1.0, unit, round=False)
            left = max(line.product_uom_qty - line.qty_delivered, 0.0) * pack
            if not own[line]:
                # A kit is missing where one of its components is.
                quantity = float(math.ceil(share[line] * left - EPSILON))
            lines[line] = Line(
                id=line.id,
                product=line.product_id.id,
                ordered=left,
                found=max(left - quantity, 0.0),
                missing=min(quantity, left),
                delivered=line.qty_delivered * pack,
                pack=pack,
                whole=own[line],
            )
        return lines

    def _shortage_proposals(self, lines):
        """:param lines: as ``_shortage_lines`` gives them
        :return: ``[Proposal]``
        """
        sales = self.sale_order_ids.filtered(lambda sale: sale.state != "cancel")
        moves = sales.picking_ids.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel", "draft") and move.location_final_id.usage == "customer"
        )
        order = Order(
            found=sum(move._found() for move in moves),
            lines=len(
                sales.order_line.filtered(lambda line: line.product_uom_qty and line.product_id.type != "service")
            ),
            may_change=not self._lines_barrier(),
            may_cancel=not self._cancel_barrier(),
        )
        return propose(order, list(lines.values()), self._shortage_facts(lines))

    def _shortage_facts(self, lines):
        """``{product id: Facts}``, in a constant number of look-ups."""
        sale = next(iter(lines)).order_id
        products = self.env["product.product"].union(*(line.product_id for line in lines))
        warehouse = sale.warehouse_id
        others = self.env["stock.warehouse"].search(
            [("company_id", "=", sale.company_id.id), ("id", "!=", warehouse.id)], order="sequence, id"
        )
        if sale.ecom_collect:
            others = others.browse()  # the customer comes to this one
        candidates = {product: self._substitutes_of(product) for product in products}
        figures = self._figures_by_warehouse(warehouse | others, products.union(*candidates.values()))
        incoming = self._incoming_of(products, warehouse)
        missing = defaultdict(float)
        for line in lines.values():
            missing[line.product] += line.missing
        facts = {}
        for product in products:
            here = figures.get((warehouse, product.id))
            asked = here.demanded + here.ordered if here else 0.0
            facts[product.id] = Facts(
                elsewhere={other.id: found.free for other in others if (found := figures.get((other, product.id)))},
                incoming=incoming.get(product.id, ()),
                ahead=asked - missing[product.id],
                substitutes=[
                    Substitute(other.id, found.free, other.product_tmpl_id == product.product_tmpl_id)
                    for other in candidates[product]
                    if (found := figures.get((warehouse, other.id)))
                ],
            )
        return facts

    def _substitutes_of(self, product):
        """The other variants of a product, and its alternatives where an addon keeps them."""
        template = product.product_tmpl_id
        others = template.product_variant_ids
        if "alternative_product_ids" in template._fields:
            others |= template["alternative_product_ids"].product_variant_ids
        return others.filtered(
            lambda other: other != product and other.sale_ok and other.is_storable and other.uom_id == product.uom_id
        )

    def _figures_by_warehouse(self, warehouses, products):
        """``{(warehouse, product id): Figures}``: what is sold from each, for how long the channel wants it to keep."""
        below = self.channel_id._sold_below(warehouses.lot_stock_id)
        days = max(self.channel_id.stock_shelf_life_days, 0)
        scopes = [Scope(frozenset(below.get(warehouse.lot_stock_id.id, ())), days, 0) for warehouse in warehouses]
        figures = self.env["ecom.stock.figures"]._read_figures(scopes, set(products.ids))
        return {(warehouses[number], product_id): found for (number, product_id), found in figures.items()}

    def _incoming_of(self, products, warehouse):
        """``{product id: [(day, quantity)]}``: what is on its way into a warehouse from outside."""
        rows = self.env["stock.move"]._read_group(
            [
                ("product_id", "in", products.ids),
                ("state", "in", OPEN),
                ("location_dest_id", "child_of", warehouse.view_location_id.ids),
                ("location_id", "not any", [("id", "child_of", warehouse.view_location_id.ids)]),
            ],
            ["product_id", "date:day"],
            ["product_qty:sum"],
        )
        incoming = defaultdict(list)
        for product, day, quantity in rows:
            incoming[product.id].append((day.date() if hasattr(day, "date") else day, quantity))
        return incoming
