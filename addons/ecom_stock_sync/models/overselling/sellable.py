from collections import defaultdict

from ...calculations.availability import available


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
        self._taken = defaultdict(float)  # {(location id, product id): units}
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
        units = self._free.get((place.scope, product.id), 0.0)
        units -= self._book.dedicated.for_others(self._channel.id, product.id)
        units += sum(units_of for location_id, units_of in own.items() if location_id in inside)
        units -= sum(
            taken
            for (location_id, product_id), taken in self._taken.items()
            if product_id == product.id and location_id in inside
        )
        return available(units, self.rule(product), pack)

    def take(self, place, product, units):
        """Count units as sold from a place; negative ones as given back.

        :return: the id of the location that they are counted at: the warehouse's stock where it is part of the place
        """
        inside = self._scopes[place.scope].location_ids
        stock = self._channel.warehouse_id.lot_stock_id.id
        location_id = stock if stock in inside or not inside else min(inside)
        self._taken[location_id, product.id] += units
        return location_id

    def give_back(self, location_id, product, units):
        self._taken[location_id, product.id] -= units

    def code_of(self, place):
        return self._codes.get(place.mapping_id, "")
