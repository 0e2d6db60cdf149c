from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..overselling.cart_reservation import AWAITED_HOURS, LONGEST
from ..overselling.sellable import Sellable

ITEM_FIELDS = {"ref", "sku", "quantity", "minutes", "location"}
MOST_PIECES = 1_000_000


class EcomApi(models.AbstractModel):
    """Carts: what a customer put in one is kept for them until they order, go away, or take too long."""

    _inherit = "ecom.api"

    # === CALLED BY THE SHOP === #

    @api.model
    def reserve(self, channel, items):
        """Keep goods for carts. A row is the same by ``ref`` and ``sku``: asked again, it gets the quantity of the
        last call, and its time begins anew; 0 gives it back.

        All or nothing: what cannot be kept in full is not kept, and the answer says how many could be.

        :return: one result for each: ``reserved``, ``released`` or ``error``
        """
        channel = self._channel(channel)
        items = self._items(items, "items")
        wrong = [self._wrong_cart_item(item) for item in items]
        sound = [item for item, error in zip(items, wrong, strict=True) if not error]
        sold, unknown = self._sold_as(channel, list(dict.fromkeys(item["sku"] for item in sound)))
        for index, item in enumerate(items):
            wrong[index] = wrong[index] or unknown.get(item["sku"])
        products = channel.env["product.product"].union(*(found.product for found in sold.values()))
        kept = iter(())
        if products:
            good = [item for item, error in zip(items, wrong, strict=True) if not error]
            with channel._one_cart_at_a_time(products) as alone:
                kept = iter(alone.env["ecom.api"]._keep_carts(alone, good, sold))
        return [
            self._cart_result(item, "error", errors=[error]) if error else next(kept)
            for item, error in zip(items, wrong, strict=True)
        ]

    @api.model
    def release(self, channel, refs):
        """Give back what these carts keep.

        :return: one result for each: ``released``, or ``unchanged`` where nothing was kept
        """
        channel = self._channel(channel)
        refs = self._refs(refs, "refs")
        rows = self._cart_rows(channel, refs)
        held = rows.filtered(lambda row: row._is_held())
        freed = set(held.mapped("ref"))
        rows.filtered(lambda row: row.state in ("open", "confirmed")).write({"state": "released"})
        return [self._result(ref, "released" if ref in freed else "unchanged") for ref in refs]

    @api.model
    def confirm(self, channel, refs):
        """The customer ordered: keep the goods until the order is in Odoo, for three days at most.

        :param refs: carts whose order has the same reference, or ``{"ref": cart, "order": external_ref of the order}``
        :return: one result for each: ``confirmed``, ``unchanged`` where it was, or ``error``
        """
        channel = self._channel(channel)
        pairs = self._orders_of_carts(refs)
        orders = dict(pairs)
        products = self._cart_rows(channel, list(orders)).product_id
        if not products:
            return [self._unknown_cart(ref) for ref, _order in pairs]
        with channel._one_cart_at_a_time(products) as alone:
            results = alone.env["ecom.api"]._confirm_carts(alone, orders)
        return [results[ref] for ref, _order in pairs]

    # === CHECKS === #

    @api.model
    def _wrong_cart_item(self, item):
        """The first thing that is wrong with an item; an empty value where it is sound."""
        if not isinstance(item, dict):
            return self._error("", "wrong_type", "An item must be an object.", "Send ref, sku and quantity.")
        for name in item:
            if name not in ITEM_FIELDS:
                known = ", ".join(sorted(ITEM_FIELDS))
                return self._error(str(name)[:64], "unknown_field", "There is no such field.", f"There are: {known}.")
        for name, most in (("ref", 64), ("sku", 128)):
            value = item.get(name)
            if value in (None, ""):
                return self._error(name, "missing", f"{name} is missing.", "Send it as a text.")
            if not isinstance(value, str) or "\x00" in value:
                return self._error(name, "wrong_type", f"{name} must be a text.", "Send it as a text.")
            if len(value) > most:
                return self._error(name, "too_long", f"{name} has more than {most} characters.", "Send a shorter one.")
        if "location" in item and not isinstance(item["location"], str):
            return self._error("location", "wrong_type", "location must be a text.", "Send the location's code.")
        if "quantity" not in item:
            return self._error("quantity", "missing", "quantity is missing.", "Send a whole number, 0 to give it back.")
        for name, least, most in (("quantity", 0, MOST_PIECES), ("minutes", 1, LONGEST)):
            if name not in item:
                continue
            value = item[name]
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            if isinstance(value, bool) or not isinstance(value, int):
                return self._error(
                    name, "wrong_type", f"{name} must be a whole number.", "Send a whole number; packs are one piece."
                )
            if value < least:
                return self._error(name, "negative", f"{name} is {least} or more.", f"Send {least} or more.")
            if value > most:
                return self._error(name, "bad_value", f"{name} is {most} at most.", f"Send {most} or less.")
        return None

    @api.model
    def _orders_of_carts(self, refs):
        """``[(cart, reference of the order that it became)]``"""
        pairs = []
        for named in self._items(refs, "refs"):
            pair = named if isinstance(named, dict) else {"ref": named}
            self._refs(list(pair.values()), "refs")
            if not {"ref"} <= pair.keys() <= {"ref", "order"}:
                raise UserError(self.env._("refs must be texts, or objects with “ref” and “order”."))
            pairs.append((pair["ref"], pair.get("order", pair["ref"])))
        return pairs

    # === KEEPING === #

    @api.model
    def _cart_rows(self, channel, refs):
        return channel.env["ecom.stock.reservation"].search(
            [("channel_id", "=", channel.id), ("ref", "in", list(refs))], order="id"
        )

    @api.model
    def _keep_carts(self, channel, items, sold):
        """Keep what can be kept, one item after the other; returns a result for each."""
        rows = {(row.ref, row.sku): row for row in self._cart_rows(channel, {item["ref"] for item in items})}
        products = channel.env["product.product"].browse({found.product.id for found in sold.values()})
        by_id = {product.id: product for product in products}  # read together, not one by one
        sold = {sku: found._replace(product=by_id[found.product.id]) for sku, found in sold.items()}
        there = Sellable(channel, products)
        results, new = [], {}
        for item in items:
            key = (item["ref"], item["sku"])
            results.append(self._keep_cart(channel, item, sold[item["sku"]], there, rows.get(key), new))
        rows |= {(row.ref, row.sku): row for row in channel.env["ecom.stock.reservation"].create(list(new.values()))}
        for result in results:
            if result["status"] == "reserved":
                result["id"] = str(rows[result["ref"], result["sku"]].id)
        moments = {result["expires_at"] for result in results if result["expires_at"]}
        if moments:
            soonest = fields.Datetime.to_datetime(min(moments).rstrip("Z").replace("T", " "))
            channel.env["ecom.stock.level"]._wake(at=soonest + timedelta(seconds=1))
        return results

    @api.model
    def _keep_cart(self, channel, item, found, there, row, new):
        """:param new: ``{(ref, sku): values}`` of the rows that are to be created"""
        product = found.product
        key, packs = (item["ref"], item["sku"]), int(item["quantity"])
        before = new.get(key)
        if row and row.state == "confirmed" and row._is_held():
            if row.packs == packs:
                return self._cart_result(item, "reserved", row.id, packs=packs, until=row.expires_at)
            error = self._error(
                "ref", "confirmed", "The cart was ordered.", "Release it first, or reserve for a cart of another name."
            )
            return self._cart_result(item, "error", errors=[error], packs=row.packs, until=row.expires_at)
        own = {}
        if before:
            own = {before["location_id"]: before["quantity"]}
        elif row and row._is_held():
            own = {row.location_id.id: row.quantity}
        if not packs:
            if before:
                there.give_back(before["location_id"], product, before["quantity"])
                del new[key]
            elif row and row.state == "open":
                for location_id, units in own.items():
                    there.give_back(location_id, product, units)
                row.state = "released"
            return self._cart_result(item, "released")
        if there.rule(product).left_to_shop:
            error = self._error(
                "sku", "left_to_the_shop", "Odoo leaves the stock of this product to the shop.", "Count it yourself."
            )
            return self._cart_result(item, "error", errors=[error])
        rooms = there.by_place(product, found.pack, own, item.get("location"))
        if not rooms:
            error = self._error("location", "bad_value", "The channel has no such location.", "Leave it out.")
            return self._cart_result(item, "error", errors=[error])
        place = max(rooms, key=rooms.get)
        limited = there.is_limited(product)
        if limited and rooms[place] < packs:
            error = self._error(
                "quantity",
                "not_enough",
                f"{rooms[place]} may be sold now, {packs} were asked for; nothing was kept.",
                "Ask for what is available, or tell the customer.",
            )
            kept = (row.packs, row.expires_at) if own and not before else (0, None)
            return self._cart_result(
                item, "error", errors=[error], packs=kept[0], until=kept[1], available=rooms[place]
            )
        for location_id, units in own.items():
            there.give_back(location_id, product, units)
        units = packs * found.pack
        until = fields.Datetime.now() + timedelta(minutes=item.get("minutes") or channel.cart_minutes)
        values = {
            "product_id": product.id,
            "packs": packs,
            "quantity": units,
            "location_id": there.take(place, product, units),
            "order_ref": False,
            "expires_at": until,
            "state": "open",
        }
        if row:
            row.write(values)
        else:
            new[key] = values | {"channel_id": channel.id, "ref": item["ref"], "sku": item["sku"]}
        more = {"available": rooms[place]} if limited else {}
        return self._cart_result(item, "reserved", packs=packs, until=until, **more)

    @api.model
    def _confirm_carts(self, channel, orders):
        """Keep carts until their orders come; what expired meanwhile is kept anew, where it is still there."""
        carts = dict.fromkeys(orders, channel.env["ecom.stock.reservation"])
        for row in self._cart_rows(channel, orders):
            if row.state != "released":
                carts[row.ref] += row
        rows = channel.env["ecom.stock.reservation"].union(*carts.values())
        there = Sellable(channel, rows.product_id)
        until = fields.Datetime.now() + timedelta(hours=AWAITED_HOURS)
        results = {}
        for ref, cart in carts.items():
            if not cart:
                results[ref] = self._unknown_cart(ref)
            elif all(row.state in ("confirmed", "done") and row.order_ref == orders[ref] for row in cart):
                results[ref] = self._result(ref, "unchanged")
            elif errors := self._take_again(cart.filtered(lambda row: not row._is_held()), there):
                results[ref] = self._result(ref, "error", errors=errors)
            else:
                cart.write({"state": "confirmed", "order_ref": orders[ref], "expires_at": until})
                results[ref] = self._result(ref, "confirmed")
        return results

    @api.model
    def _take_again(self, lapsed, there):
        """Take what carts kept and lost to the clock; returns what is not there any more, and then takes nothing."""
        places, errors = {}, []
        for row in lapsed:
            pack = row.quantity / row.packs if row.packs else 1.0
            rooms = there.by_place(row.product_id, pack)
            place = max(rooms, key=rooms.get)
            if there.is_limited(row.product_id) and rooms[place] < row.packs:
                error = self._error(
                    "quantity",
                    "not_enough",
                    f"{row.sku}: the cart had expired, and {rooms[place]} of {row.packs} are left.",
                    "Push the order all the same: a person decides what is done; or cancel it and refund.",
                )
                errors.append(error | {"sku": row.sku, "available": rooms[place]})
            else:
                places[row] = place
        if not errors:
            for row, place in places.items():
                row.location_id = there.take(place, row.product_id, row.quantity)
        return errors

    # === ANSWERS === #

    @api.model
    def _unknown_cart(self, ref):
        error = self._error("ref", "unknown_cart", "Nothing is kept under this reference.", "Reserve it first.")
        return self._result(ref, "error", errors=[error])

    @api.model
    def _cart_result(self, item, status, record_id="", errors=(), packs=0, until=None, **more):
        ref, sku = (item.get(name) if isinstance(item, dict) else "" for name in ("ref", "sku"))
        return self._result(
            ref[:64] if isinstance(ref, str) else "",
            status,
            record_id,
            errors,
            sku=sku[:128] if isinstance(sku, str) else "",
            quantity=packs,
            expires_at=self._moment(until),
            **more,
        )
