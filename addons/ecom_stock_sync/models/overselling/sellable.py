from collections import defaultdict

from ...calculations.availability import available, kits


class Sellable:
    """How many of some products may be sold on a channel at this moment, computed from scratch, place by place.

    What is granted meanwhile is taken off, so that one answer never grants the same piece twice.
    """

    def __init__(self, channel, products):
        Level = channel.env["ecom.stock.level"]
        self._channel = channel
        self._places, self._scopes = channel._stock_places()
        self._free = Level._free_quantities(self._scopes, set(products.ids), set(products.ids))
        self._book = channel.env["ecom.stock.rule"].sudo()._rulebook(channel)
        self._kits = Level._components(set(products.ids))
        self._taken = defaultdict(lambda: defaultdict(float))  # {product id: {location id: units}}
        self._codes = {mapping.id: mapping.code for mapping in channel.mapping_location_ids}

    def is_counted(self, product):
        """Whether there is a number of it at all: a service has none."""
        return product.is_storable or product.id in self._kits

    def rule(self, product):
        template = product.product_tmpl_id
        return self._book.rule(self._channel.id, product.id, template.id, template.categ_id.id)[0]

    def is_limited(self, product):
        """Whether no more may be sold than there is."""
        return self.is_counted(product) and not self.rule(product).keep_selling

    def by_place(self, product, pack=1.0, own=None, code=None):
        """``{place: how many packs}``, at the place that the shop calls ``code`` where one is given.

        :param own: ``{location id: units}`` that the asker has already, and may have again
        """
        return {
            place: self._room(place, product, pack, own or {})
            for place in self._places
            if code is None or self._codes.get(place.mapping_id, "") == code
        }

    def _room(self, place, product, pack, own):
        inside = self._scopes[place.scope].location_ids
        own_units = sum(units for location_id, units in own.items() if location_id in inside)
        if parts := self._kits.get(product.id):
            here = {part: self._left(place, part) + own_units * quantity for part, quantity in parts}
            units = float(kits(here, parts))
        else:
            units = self._left(place, product.id) + own_units
        units -= self._book.dedicated.for_others(self._channel.id, product.id)
        return available(units, self.rule(product), pack)

    def _left(self, place, product_id):
        """What is free of a product at a place, less what was granted meanwhile."""
        inside = self._scopes[place.scope].location_ids
        taken = sum(units for location_id, units in self._taken[product_id].items() if location_id in inside)
        return self._free.get((place.scope, product_id), 0.0) - taken

    def take(self, place, product, units):
        """Count units as sold from a place.

        :return: the id of the location that they are counted at: the warehouse's stock where it is part of the place
        """
        inside = self._scopes[place.scope].location_ids
        stock = self._channel.warehouse_id.lot_stock_id.id
        location_id = stock if stock in inside or not inside else min(inside)
        self._count(location_id, product, units)
        return location_id

    def give_back(self, location_id, product, units):
        self._count(location_id, product, -units)

    def _count(self, location_id, product, units):
        """What is taken of a kit is taken of its components."""
        for product_id, quantity in self._kits.get(product.id, [(product.id, 1.0)]):
            self._taken[product_id][location_id] += units * quantity

    def code_of(self, place):
        return self._codes.get(place.mapping_id, "")
