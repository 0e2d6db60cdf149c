from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..overselling.sellable import Sellable


class EcomApi(models.AbstractModel):
    """What may be sold: asked for by SKU, and what has changed of it since the shop asked last."""

    _inherit = "ecom.api"

    @api.model
    def stock_get(self, channel, skus, lots=False):
        """What may be sold of these SKUs by the channel's rules, in pieces of its offers.

        :param lots: say how much is free of which lot too
        :return: one result for each: ``ok`` or ``error``
        """
        channel = self._channel(channel)
        skus = self._refs(skus, "skus")
        if not isinstance(lots, bool):
            raise UserError(self.env._("lots must be true or false."))
        sold, unknown = self._sold_as(channel, list(dict.fromkeys(skus)))
        products = channel.env["product.product"].union(*(found.product for found in sold.values()))
        levels = defaultdict(channel.env["ecom.stock.level"].browse)
        for level in channel.env["ecom.stock.level"].search(
            [("channel_id", "=", channel.id), ("offer_id", "in", [found.offer_id for found in sold.values()])]
        ):
            levels[level.offer_id.id] += level
        # What has no offer on the channel has no level yet: it is computed here.
        bare = [found.product.id for found in sold.values() if found.offer_id not in levels]
        there = Sellable(channel, products.browse(bare)) if bare else None
        free = self._free_lots(channel, products) if lots else {}
        results = []
        for sku in skus:
            if sku in unknown:
                results.append(self._result(sku, "error", errors=[unknown[sku]], quantity=0.0))
                continue
            found = sold[sku]
            more = self._stock_of(found, levels.get(found.offer_id), there)
            if lots and "quantity" in more:
                more["lots"] = free.get(found.product.id, [])
            results.append(self._result(sku, "ok", found.product.id, **more))
        return results

    @api.model
    def stock_changes(self, channel, cursor="", limit=200):
        """What changed of what may be sold since the cursor, oldest change first, each offer once and as it is now.

        Begin with an empty cursor for everything, and keep the one returned. One lane numbers all changes, one after
        the other, so that none is ever passed over.

        :return: ``{"items": [...], "cursor": text, "more": whether to go on at once}``
        """
        channel = self._channel(channel)
        after, limit = self._page(cursor, limit)
        levels = channel.env["ecom.stock.level"].search_fetch(
            [("channel_id", "=", channel.id), ("version", ">", after)],
            ["offer_id", "mapping_id", "product_id", "quantity", "keep_selling", "left_to_shop", "version"],
            order="version, id",
            limit=limit + 1,
        )
        page = levels[:limit]
        return {
            "items": [self._plain_level(level) for level in page],
            "cursor": str(page[-1].version) if page else cursor,
            "more": len(levels) > limit,
        }

    # === ANSWERS === #

    @api.model
    def _stock_of(self, found, levels, there):
        """What is told of a SKU: of its levels where it has some, else computed now."""
        product = found.product
        if levels and (shown := levels.filtered(lambda level: not level.left_to_shop)):
            by_location = {level.mapping_id.code or "": level.quantity for level in shown}
            keep_selling, version = any(shown.mapped("keep_selling")), max(shown.mapped("version"))
        elif levels or there.rule(product).left_to_shop:
            return {"left_to_shop": True}
        else:
            rooms = there.by_place(product, found.pack) if there.is_counted(product) else {}
            by_location = {there.code_of(place): room for place, room in rooms.items()}
            keep_selling, version = not there.is_limited(product), 0
        answer = {
            "quantity": float(sum(by_location.values())),
            "keep_selling": keep_selling,
            "version": str(version or ""),
        }
        if any(by_location):
            answer["locations"] = [
                {"location": code, "quantity": float(quantity)} for code, quantity in sorted(by_location.items())
            ]
        return answer

    @api.model
    def _plain_level(self, level):
        plain = {
            "id": str(level.product_id.id),
            "sku": level.offer_id.sku or "",
            "location": level.mapping_id.code or "",
            "version": str(level.version),
        }
        if level.left_to_shop:
            return plain | {"left_to_shop": True}
        return plain | {"quantity": float(level.quantity), "keep_selling": level.keep_selling}

    @api.model
    def _free_lots(self, channel, products):
        """``{product id: lots}``: what is free of each lot that the channel may sell, the first to expire first."""
        places, scopes = channel._stock_places()
        if not products or not places:
            return {}
        locations = sorted({location for scope in scopes for location in scope.location_ids})
        shelf_life = timedelta(days=max(channel.stock_shelf_life_days, 0))
        self.env.flush_all()
        rows = channel.env.execute_query(
            SQL(
                """
                SELECT quant.product_id, lot.name, lot.expiration_date, template.tracking = 'serial',
                       SUM(quant.quantity - quant.reserved_quantity)::float8
                  FROM stock_quant quant
                  JOIN stock_lot lot ON lot.id = quant.lot_id
                  JOIN product_product product ON product.id = quant.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN res_company company ON company.id = quant.company_id
                 WHERE quant.product_id = ANY(%s) AND quant.location_id = ANY(%s)
                   AND NOT COALESCE(lot.ecom_blocked, false)
                   AND (quant.owner_id IS NULL OR quant.owner_id = company.partner_id)
                   AND (quant.removal_date IS NULL OR quant.removal_date > (now() AT TIME ZONE 'UTC'))
                   AND (quant.expiration_date IS NULL OR quant.expiration_date > %s)
              GROUP BY quant.product_id, lot.id, template.tracking
                HAVING SUM(quant.quantity - quant.reserved_quantity) > 0
              ORDER BY lot.expiration_date NULLS LAST, lot.name
                """,
                products.ids,
                locations,
                fields.Datetime.now() + shelf_life,
            )
        )
        found = defaultdict(list)
        for product_id, name, expires, serial, quantity in rows:
            found[product_id].append(
                {
                    "name": name,
                    "quantity": quantity,
                    "serial": serial,
                    "expires": self.env.company._ecom_day(expires).isoformat() if expires else "",
                }
            )
        return found
