from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...calculations.availability import available, kits
from .stock_level import VERSIONS


class EcomStockLevel(models.Model):
    """Computing what offers should show, and writing down what is new."""

    _inherit = "ecom.stock.level"

    @api.model
    def _compute_levels(self, product_ids=None, channels=None):
        """Compute the levels of these products, or of all, on these channels, or on all; write those that changed.

        A constant number of statements.

        :return: the channels of which a level changed
        """
        Channel = self.env["ecom.channel"]
        if channels is None:
            channels = Channel.search([("state", "!=", "draft")])
        if not channels:
            return Channel
        known = self._read_levels(channels, product_ids)
        changes = []
        for key, where, wanted in self._wanted(channels, product_ids):
            if known.pop(key, None) != wanted:
                changes.append((*where, *wanted))
        self._forget_levels(list(known))
        self._write_levels(changes)
        return Channel.browse({change[1] for change in changes})

    @api.model
    def _wanted(self, channels, product_ids=None, rules=None):
        """What each offer should show in each place, by the channels' rules or by others.

        :return: generates ``((offer id, mapping id or 0), (offer id, channel id, mapping id or 0, product id),
            (quantity, sold on at zero, left to the shop))``
        """
        places, scopes = channels._stock_places()
        by_channel = defaultdict(list)
        for place in places:
            by_channel[place.channel_id].append(place)
        offers = self._read_offers(channels, product_ids)
        products = {offer[2] for offer in offers}
        free = self._free_quantities(scopes, products if product_ids is not None else None, products)
        book = self.env["ecom.stock.rule"].sudo()._rulebook(channels, rules)
        for offer_id, channel_id, product_id, template_id, category_id, pack in offers:
            rule, _rule_id = book.rule(channel_id, product_id, template_id, category_id)
            kept = book.dedicated.for_others(channel_id, product_id)
            for place in by_channel[channel_id]:
                count = available(free.get((place.scope, product_id), 0.0) - kept, rule, pack)
                yield (
                    (offer_id, place.mapping_id),
                    (offer_id, channel_id, place.mapping_id, product_id),
                    (count, rule.keep_selling, rule.left_to_shop),
                )

    @api.model
    def _free_quantities(self, scopes, product_ids, offered):
        """``{(number of the scope, product id): units that may still be promised}``; kits from their components."""
        components = self._components(offered)
        if product_ids is not None:
            product_ids = product_ids | {part for parts in components.values() for part, _quantity in parts}
        free = self.env["ecom.stock.figures"]._read_free(scopes, product_ids)
        for number in range(len(scopes)) if components else ():
            here = {part: free.get((number, part), 0.0) for parts in components.values() for part, _quantity in parts}
            for kit, parts in components.items():
                # A kit has no shelf of its own, and what is asked of it is taken off what is free of its components.
                free[number, kit] = float(kits(here, parts))
        return free

    @api.model
    def _read_offers(self, channels, product_ids):
        """``[(offer, channel, product, template, category, units in one)]`` of what is counted in stock."""
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                SELECT offer.id, offer.channel_id, product.id, template.id, template.categ_id,
                       COALESCE(pack.factor / unit.factor, 1)::float8
                  FROM ecom_offer offer
                  JOIN product_product product ON product.id = offer.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN uom_uom unit ON unit.id = template.uom_id
             LEFT JOIN uom_uom pack ON pack.id = offer.uom_id
                 WHERE offer.channel_id = ANY(%s) AND %s AND %s
                """,
                channels.ids,
                self._counted(),
                self._of_products("offer.product_id", product_ids),
            )
        )

    @api.model
    def _counted(self):
        """Which products have a stock, as a condition on ``template`` and ``product``; a hook."""
        return SQL("template.is_storable")

    @api.model
    def _of_products(self, column, product_ids):
        return SQL("true") if product_ids is None else SQL("%s = ANY(%s)", SQL(column), list(product_ids))

    @api.model
    def _read_levels(self, channels, product_ids):
        """What is written down: ``{(offer id, mapping id or 0): (quantity, sold on, left to the shop)}``."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT level.offer_id, COALESCE(level.mapping_id, 0), level.quantity, level.keep_selling,
                       level.left_to_shop
                  FROM ecom_stock_level level
                 WHERE level.channel_id = ANY(%s) AND %s
                """,
                channels.ids,
                self._of_products("level.product_id", product_ids),
            )
        )
        return {(row[0], row[1]): row[2:] for row in rows}

    @api.model
    def _write_levels(self, changes):
        """Write levels down, each with the next version: whoever has seen one has seen all before it."""
        if not changes:
            return
        columns = [list(column) for column in zip(*changes, strict=True)]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO ecom_stock_level AS level (
                    offer_id, channel_id, mapping_id, product_id, quantity, keep_selling, left_to_shop, version,
                    changed_at, attempts
                )
                SELECT new.offer_id, new.channel_id, NULLIF(new.mapping_id, 0), new.product_id, new.quantity,
                       new.keep_selling, new.left_to_shop,
                       nextval(%s), now() AT TIME ZONE 'UTC', 0
                  FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::int[], %s::bool[], %s::bool[])
                       AS new (
                           offer_id, channel_id, mapping_id, product_id, quantity, keep_selling, left_to_shop
                       )
                ON CONFLICT (offer_id, COALESCE(mapping_id, 0)) DO UPDATE
                   SET channel_id = excluded.channel_id, product_id = excluded.product_id,
                       quantity = excluded.quantity, keep_selling = excluded.keep_selling,
                       left_to_shop = excluded.left_to_shop, version = excluded.version,
                       changed_at = excluded.changed_at, attempts = 0, retry_at = NULL
                """,
                VERSIONS,
                *columns,
            )
        )
        self.invalidate_model()

    @api.model
    def _note_sold(self, sold):
        """The shops do not show any more what they were told: they are told again, even where nothing else changed.

        :param sold: ``{(channel id, product id)}``
        :return: the channels concerned
        """
        if not sold:
            return self.env["ecom.channel"]
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE ecom_stock_level level
                   SET in_doubt = true, version = nextval(%s)
                  FROM unnest(%s::int[], %s::int[]) AS sold (channel_id, product_id)
                 WHERE level.channel_id = sold.channel_id AND level.product_id = sold.product_id
             RETURNING level.channel_id
                """,
                VERSIONS,
                [channel_id for channel_id, _product_id in sold],
                [product_id for _channel_id, product_id in sold],
            )
        )
        self.invalidate_model()
        return self.env["ecom.channel"].browse({channel_id for (channel_id,) in rows})

    @api.model
    def _forget_levels(self, keys):
        """Remove the levels of offers that have none any more: no longer counted, or in a place that is gone."""
        if keys:
            self.env.cr.execute(
                SQL(
                    """
                    DELETE FROM ecom_stock_level level
                     USING unnest(%s::int[], %s::int[]) AS gone (offer_id, mapping_id)
                     WHERE level.offer_id = gone.offer_id AND COALESCE(level.mapping_id, 0) = gone.mapping_id
                    """,
                    [offer_id for offer_id, _mapping_id in keys],
                    [mapping_id for _offer_id, mapping_id in keys],
                )
            )
            self.invalidate_model()

    @api.model
    def _products_of_orders(self, order_ids):
        """``[(channel id, product id)]`` of what these shop orders sold, as far as it is known."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT shop_order.channel_id, sold.product_id
                  FROM ecom_order shop_order
                  JOIN ecom_order_line line ON line.order_id = shop_order.id AND line.kind = 'product'
                  JOIN LATERAL (%s) sold ON true
                 WHERE shop_order.id = ANY(%s)
                """,
                self.env["ecom.stock.figures"]._sold_product(),
                list(order_ids),
            )
        )
        return list(rows)
