from typing import NamedTuple

from odoo import fields, models

STOCK_FIELDS = {
    "active",
    "company_id",
    "state",
    "stock_incoming_days",
    "stock_location_ids",
    "stock_shelf_life_days",
    "stock_warehouse_ids",
    "warehouse_id",
}


class Place(NamedTuple):
    """Where what a shop shows comes from: the channel as a whole, or one location of its shop."""

    channel_id: int
    mapping_id: int  # 0: the channel as a whole
    scope: int  # places with the same locations and horizons share one


class Scope(NamedTuple):
    """A set of locations, and how far ahead is looked."""

    location_ids: frozenset
    shelf_life_days: int
    incoming_days: int


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    stock_warehouse_ids = fields.Many2many(
        "stock.warehouse",
        "ecom_channel_stock_warehouse_rel",
        string="Sells From",
        check_company=True,
        help="The warehouses whose stock the channel sells. Empty: the one that its orders are shipped from.",
    )
    stock_location_ids = fields.Many2many(
        "stock.location",
        "ecom_channel_stock_location_rel",
        string="Only These Locations",
        check_company=True,
        domain=[("usage", "=", "internal")],
        help="Locations, with all below them, whose stock the channel sells. Empty: the stock of its warehouses.",
    )
    stock_shelf_life_days = fields.Integer(
        string="Shelf Life for the Customer (days)",
        help="Goods that expire sooner than this are not offered on the channel.",
    )
    stock_incoming_days = fields.Integer(
        string="Count on Incoming (days)",
        help="What is to arrive within this many days is offered already. 0: only what is here.",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & STOCK_FIELDS:
            self.env["ecom.stock.change"]._note(channels=self)
        return result

    def _stock_places(self):
        """The places of these channels, and the scopes that they share.

        :return: ``([Place], [Scope])``
        """
        roots = {}
        for channel in self:
            if mappings := channel.mapping_location_ids.filtered("location_ids"):
                roots |= {(channel, mapping.id): mapping.location_ids for mapping in mappings}
            else:
                warehouses = channel.stock_warehouse_ids or channel.warehouse_id
                roots[channel, 0] = channel.stock_location_ids or warehouses.lot_stock_id
        below = self._sold_below(self.env["stock.location"].union(*roots.values()))
        places, scopes = [], {}
        for (channel, mapping_id), locations in roots.items():
            inside = frozenset(
                location_id for root in locations for location_id in below.get(root.id, ()) if location_id
            )
            scope = Scope(inside, max(channel.stock_shelf_life_days, 0), max(channel.stock_incoming_days, 0))
            places.append(Place(channel.id, mapping_id, scopes.setdefault(scope, len(scopes))))
        return places, list(scopes)

    def _free_stock(self, products):
        """Of what the channel sells from: neither what is blocked, expires too soon or is not sold, nor promised."""
        _places, scopes = self._stock_places()
        ids = set(products.ids)
        free = self.env["ecom.stock.level"]._free_quantities(scopes, ids, ids)
        return {
            product: sum(free.get((number, product.id), 0.0) for number in range(len(scopes))) for product in products
        }

    def _sold_below(self, roots):
        """``{root location id: ids of the locations at and below it whose goods are sold}``, in one look-up."""
        if not roots:
            return {}
        Location = self.env["stock.location"]
        inside = Location.search_fetch(
            [("id", "child_of", roots.ids), ("usage", "=", "internal")], ["parent_path", "ecom_not_sold"]
        )
        shut = {location.id for location in inside if location.ecom_not_sold}
        found = {}
        for location in inside:
            path = [int(part) for part in location.parent_path.split("/") if part]
            if shut.isdisjoint(path):
                for root_id in path:
                    found.setdefault(root_id, []).append(location.id)
        return found
