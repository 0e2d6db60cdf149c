from collections import defaultdict
from dataclasses import dataclass, field

from odoo import api, models
from odoo.fields import Domain

IN_ORDER = ("fifo", "lifo")  # removal strategies that are an order of the quants, and nothing else


@dataclass(eq=False)
class Batch:
    """What Odoo's stock asks anew for each line while orders are confirmed, and may know once for all of them.

    Lives in the context of one confirmation, hence in one transaction: nobody else changes what it holds.
    """

    products: models.BaseModel
    replenished: frozenset  # ids of those products that have a replenishment rule
    references: set  # ids of references that were made just now: no delivery bears them yet
    quants: dict = field(default_factory=dict)  # {(product id, location id): stock.quant in removal order}
    rules: dict = field(default_factory=dict)

    def never_replenished(self, product):
        return product in self.products and product.id not in self.replenished


class SaleOrder(models.Model):
    """Confirming many orders at once: the same as Odoo's, with fewer questions asked."""

    _inherit = "sale.order"

    def _action_confirm(self):
        if not self or not all(sale.ecom_order_id for sale in self):
            return super()._action_confirm()
        return super(SaleOrder, self.with_context(ecom_batch=self._confirmation_batch()))._action_confirm()

    def _confirmation_batch(self):
        products = self.order_line.product_id
        Orderpoint = self.env["stock.warehouse.orderpoint"].sudo()
        replenished = Orderpoint.search_fetch([("product_id", "in", products.ids)], ["product_id"]).product_id
        return Batch(products, frozenset(replenished.ids), set(self._create_stock_references().ids))

    def _create_stock_references(self):
        """The references of orders that are about to be delivered for the first time, as Odoo makes them one by one."""
        firsts = [
            order.order_line.filtered(
                lambda line: line.product_id.type == "consu" and line.product_uom_qty > 0 and not line.move_ids
            )[:1]
            for order in self
            if not order.locked and not order.stock_reference_ids
        ]
        return self.env["stock.reference"].create([line._prepare_reference_vals() for line in firsts if line])


class StockMove(models.Model):
    _inherit = "stock.move"

    def _without_replenished(self):
        """Those whose products may have a replenishment rule."""
        batch = self.env.context.get("ecom_batch")
        return self.filtered(lambda move: not batch.never_replenished(move.product_id)) if batch else self

    def _update_orderpoints(self):
        return super(StockMove, self._without_replenished())._update_orderpoints()

    def _trigger_scheduler(self):
        return super(StockMove, self._without_replenished())._trigger_scheduler()

    def _action_assign(self, force_qty=False):
        """States are written for all moves at the end, as ever, and not after each one's reservation too."""
        moves = self.with_context(preserve_state=True) if self.env.context.get("ecom_batch") else self
        return super(StockMove, moves)._action_assign(force_qty=force_qty)

    def _search_picking_for_assignation(self):
        """A new order has no delivery yet that its first moves could join."""
        batch = self.env.context.get("ecom_batch")
        references = set(self.reference_ids.ids)
        if batch and references and references <= batch.references:
            batch.references -= references
            return self.env["stock.picking"]
        return super()._search_picking_for_assignation()


class StockRule(models.Model):
    _inherit = "stock.rule"

    def _search_rule_for_warehouses(self, route_ids, packaging_uom_id, product_id, warehouse_ids, domain):
        """The same for products with the same routes."""
        batch = self.env.context.get("ecom_batch")
        if not batch:
            return super()._search_rule_for_warehouses(route_ids, packaging_uom_id, product_id, warehouse_ids, domain)
        own = product_id.route_ids | product_id.categ_id.total_route_ids
        if route_ids:
            own |= route_ids
        if packaging_uom_id:
            own |= packaging_uom_id.package_type_id.route_ids
        warehouse_ids = warehouse_ids or self.env["stock.warehouse"]
        usual = [
            route.id
            for route in warehouse_ids.route_ids
            if self._filter_warehouse_routes(product_id, warehouse_ids, route)
        ]
        key = (self.env, frozenset([*own.ids, *usual]), warehouse_ids, repr(Domain(domain)))
        if key not in batch.rules:
            batch.rules[key] = super()._search_rule_for_warehouses(
                route_ids, packaging_uom_id, product_id, warehouse_ids, domain
            )
        return batch.rules[key]


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def _gather(self, product_id, location_id, lot_id=None, package_id=None, owner_id=None, strict=False, qty=0):
        """Find the quants of all products of a batch of orders together, where nothing but the product differs."""
        batch = self.env.context.get("ecom_batch")
        plain = not lot_id and not package_id and not owner_id and not self.env.context.get("with_expiration")
        if batch and plain and product_id in batch.products and product_id.tracking == "none":
            if (product_id.id, location_id.id) not in batch.quants:
                self._gather_batch(batch, product_id, location_id)
            if (product_id.id, location_id.id) in batch.quants:
                quants = batch.quants[product_id.id, location_id.id].with_env(self.env)
                return quants._nobodys(location_id) if strict else quants
        return super()._gather(product_id, location_id, lot_id, package_id, owner_id, strict, qty)

    def _nobodys(self, location):
        """Those right at a location, in no package, of no lot and no owner."""
        return self.filtered(
            lambda quant: (
                quant.location_id == location and not quant.lot_id and not quant.package_id and not quant.owner_id
            )
        )

    def _gather_batch(self, batch, product, location):
        """Look up the quants of those products that are taken in the same order, unless another module narrows them."""
        strategy = self._get_removal_strategy(product, location)
        below = Domain("location_id", "child_of", location.id)
        if strategy not in IN_ORDER or self._get_gather_domain(product, location) != Domain.AND(
            [Domain("product_id", "=", product.id), below]
        ):
            return
        alike = batch.products.filtered(
            lambda other: other.tracking == "none" and self._get_removal_strategy(other, location) == strategy
        )
        found = defaultdict(self.browse)
        domain = Domain("product_id", "in", alike.ids) & below
        for quant in self.search(domain, order=self._get_removal_strategy_order(strategy)):
            found[quant.product_id.id] += quant
        for other in alike:
            batch.quants[other.id, location.id] = found[other.id].sorted(lambda quant: not quant.lot_id)

    @api.model_create_multi
    def create(self, vals_list):
        """A new quant is among the next that are gathered."""
        if batch := self.env.context.get("ecom_batch"):
            batch.quants.clear()
        return super().create(vals_list)
