from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.ecom_connector.platforms.base import platform_class, platform_codes
from odoo.tools import SQL

from ...calculations.availability import Figures

FIGURES = ("on_hand", "reserved", "expired", "blocked", "demanded", "ordered", "in_carts", "incoming")
EACH = SQL(", ").join(SQL("COALESCE(SUM(%s), 0)::float8", SQL.identifier(name)) for name in FIGURES)
ENDS_AT = SQL("COALESCE(move.location_final_id, move.location_dest_id)")
FREE = SQL("SUM(on_hand - reserved - expired - blocked - demanded - ordered - in_carts + incoming)::float8")


class EcomStockFigures(models.AbstractModel):
    """What there is of products, and what is asked of it: one query for any number of products and places."""

    _name = "ecom.stock.figures"
    _description = "Stock Figures"

    @api.model
    def _read_figures(self, scopes, product_ids=None):
        """:param scopes: ``[Scope]``
        :param product_ids: all products where it is ``None``
        :return: ``{(number of the scope, product id): Figures}``; what is absent has nothing, and nothing asked of it
        """
        if not scopes or (product_ids is not None and not product_ids):
            return {}
        self.env.flush_all()
        self.env.cr.execute(self._query(scopes, product_ids))
        return {(row[0], row[1]): Figures._make(row[2:]) for row in self.env.cr.fetchall()}

    @api.model
    def _read_free(self, scopes, product_ids=None):
        """The same, added up already: ``{(number of the scope, product id): units that may still be promised}``."""
        if not scopes or (product_ids is not None and not product_ids):
            return {}
        self.env.flush_all()
        self.env.cr.execute(self._query(scopes, product_ids, FREE))
        return {(scope, product_id): free for scope, product_id, free in self.env.cr.fetchall()}

    @api.model
    def _query(self, scopes, product_ids=None, sums=EACH):
        """The one query.

        :param sums: what is asked of what the parts know
        """
        now = fields.Datetime.now()
        pairs = [(number, location) for number, scope in enumerate(scopes) for location in scope.location_ids]
        parts = self._parts(_Only(None if product_ids is None else sorted(product_ids)))
        return SQL(
            """
            WITH place AS (SELECT * FROM unnest(%s::int[], %s::int[]) AS place (scope, location_id)),
                 horizon AS (
                     SELECT * FROM unnest(%s::int[], %s::timestamp[], %s::timestamp[])
                                AS horizon (scope, expires_by, arrives_by)
                 ),
                 part AS (%s)
            SELECT scope, product_id, %s FROM part GROUP BY scope, product_id
            """,
            [number for number, _location in pairs],
            [location for _number, location in pairs],
            list(range(len(scopes))),
            [now + timedelta(days=scope.shelf_life_days) for scope in scopes],
            [now + timedelta(days=scope.incoming_days) if scope.incoming_days else None for scope in scopes],
            SQL(" UNION ALL ").join(parts),
            sums,
        )

    @api.model
    def _parts(self, only):
        """Selects of (scope, product, the figures in their order), to be added up; a hook for other sources.

        :param only: says which products, as a condition on a column: ``only("quant.product_id")``
        """
        return [
            self._part_shelves(only),
            self._part_reserved(only),
            self._part_demanded(only),
            self._part_incoming(only),
            self._part_ordered(only),
        ]

    @api.model
    def _columns(self, **sums):
        """The figures in their order: those that a part knows, and nothing for the others."""
        return SQL(", ").join(SQL("%s AS %s", sums.get(name, SQL("0")), SQL.identifier(name)) for name in FIGURES)

    @api.model
    def _part_shelves(self, only):
        """All rows of a product are added up: concurrent reservations may leave one of nothing that reserves some."""
        free = SQL("quant.quantity - quant.reserved_quantity")
        blocked = SQL("COALESCE(lot.ecom_blocked, false)")
        expired = SQL(
            "NOT %s AND (quant.removal_date <= (now() AT TIME ZONE 'UTC')"
            " OR quant.expiration_date <= horizon.expires_by)",
            blocked,
        )
        return SQL(
            """
            SELECT place.scope, quant.product_id, %s
              FROM stock_quant quant
              JOIN place ON place.location_id = quant.location_id
              JOIN horizon ON horizon.scope = place.scope
              JOIN res_company company ON company.id = quant.company_id
         LEFT JOIN stock_lot lot ON lot.id = quant.lot_id
             WHERE (quant.owner_id IS NULL OR quant.owner_id = company.partner_id) AND %s
          GROUP BY place.scope, quant.product_id
            """,
            self._columns(
                on_hand=SQL("COALESCE(SUM(quant.quantity), 0)"),  # a count that is not applied yet has none
                expired=SQL("SUM(CASE WHEN %s THEN GREATEST(%s, 0) ELSE 0 END)", expired, free),
                blocked=SQL("SUM(CASE WHEN %s THEN GREATEST(%s, 0) ELSE 0 END)", blocked, free),
            ),
            only("quant.product_id"),
        )

    @api.model
    def _part_reserved(self, only):
        """What deliveries hold, as they say it themselves.

        Quants only count along, and may count too much: where one is reserved and freed at once from several sides,
        Odoo splits its rows, and takes what is below zero for nothing when it joins them again.
        """
        return SQL(
            """
            SELECT place.scope, line.product_id, %s
              FROM stock_move_line line
              JOIN place ON place.location_id = line.location_id
             WHERE line.state NOT IN ('draft', 'done', 'cancel') AND line.quantity_product_uom > 0 AND %s
          GROUP BY place.scope, line.product_id
            """,
            self._columns(reserved=SQL("SUM(line.quantity_product_uom)")),
            only("line.product_id"),
        )

    @api.model
    def _part_demanded(self, only):
        """What is to leave the place for good and is not reserved. What waits for goods of its own asks nothing."""
        return SQL(
            """
            SELECT place.scope, move.product_id, %s
              FROM stock_move move
              JOIN place ON place.location_id = move.location_id
         LEFT JOIN LATERAL (
                       SELECT SUM(line.quantity_product_uom) AS quantity
                         FROM stock_move_line line
                        WHERE line.move_id = move.id AND move.state = 'partially_available'
                   ) held ON true
             WHERE move.state IN ('confirmed', 'waiting', 'partially_available')
               AND move.procure_method = 'make_to_stock'
               AND NOT %s AND %s
          GROUP BY place.scope, move.product_id
            """,
            self._columns(demanded=SQL("SUM(GREATEST(move.product_qty - COALESCE(held.quantity, 0), 0))")),
            self._in_scope(ENDS_AT),
            only("move.product_id"),
        )

    @api.model
    def _in_scope(self, location):
        """Whether the other end of a move is one of the same places."""
        return SQL(
            "EXISTS (SELECT 1 FROM place other WHERE other.scope = place.scope AND other.location_id = %s)", location
        )

    @api.model
    def _part_incoming(self, only):
        return SQL(
            """
            SELECT place.scope, move.product_id, %s
              FROM stock_move move
              JOIN place ON place.location_id = %s
              JOIN horizon ON horizon.scope = place.scope AND move.date <= horizon.arrives_by
             WHERE move.state IN ('confirmed', 'waiting', 'partially_available', 'assigned')
               AND NOT %s AND %s
          GROUP BY place.scope, move.product_id
            """,
            self._columns(incoming=SQL("SUM(move.product_qty)")),
            ENDS_AT,
            self._in_scope(SQL("move.location_id")),
            only("move.product_id"),
        )

    @api.model
    def _part_ordered(self, only):
        """Orders that are known and not confirmed yet: they wait their turn, or for a person.

        A quotation whose order nobody has paid counts where the shop counts it: else it would be told to sell again
        what it keeps for that customer.
        """
        return SQL(
            """
            SELECT place.scope, sold.product_id, %s
              FROM ecom_order shop_order
              JOIN ecom_channel channel ON channel.id = shop_order.channel_id
              JOIN (%s) place ON place.warehouse_id = channel.warehouse_id
              JOIN ecom_order_line line ON line.order_id = shop_order.id
              JOIN LATERAL (%s) sold ON true
         LEFT JOIN sale_order ON sale_order.id = shop_order.sale_order_id
             WHERE shop_order.id IN (
                       SELECT id FROM ecom_order WHERE state IN ('received', 'blocked')
                        UNION
                       SELECT ecom_order_id FROM sale_order
                        WHERE state IN ('draft', 'sent') AND ecom_order_id IS NOT NULL
                   )
               AND (
                   shop_order.state IN ('received', 'blocked')
                   OR shop_order.state = 'settled'
                  AND (shop_order.awaits_payment IS NOT TRUE OR channel.platform = ANY(%s))
               )
               AND line.kind = 'product' AND NOT COALESCE(line.removed, false)
               AND (sale_order.id IS NULL OR sale_order.state IN ('draft', 'sent'))
               AND %s
          GROUP BY place.scope, sold.product_id
            """,
            self._columns(ordered=SQL("SUM(line.quantity * sold.pack)")),
            self._warehouses_of_scopes(),
            self._sold_product(),
            [code for code, _name in platform_codes() if platform_class(code).capabilities.pending_takes_stock],
            only("sold.product_id"),
        )

    @api.model
    def _warehouses_of_scopes(self):
        """(scope, warehouse): where an order is shipped from, it may take from any place of that warehouse."""
        return SQL(
            """
            SELECT DISTINCT place.scope, location.warehouse_id
              FROM place JOIN stock_location location ON location.id = place.location_id
            """
        )

    @api.model
    def _sold_product(self):
        """The product of a shop's line: what the channel sells under this SKU, else what has it as its reference."""
        return SQL(
            """
                SELECT * FROM (
                    SELECT offer.product_id, COALESCE(pack.factor / unit.factor, 1) AS pack, 1 AS rank
                      FROM ecom_offer offer
                      JOIN product_product product ON product.id = offer.product_id
                      JOIN product_template template ON template.id = product.product_tmpl_id
                      JOIN uom_uom unit ON unit.id = template.uom_id
                 LEFT JOIN uom_uom pack ON pack.id = offer.uom_id
                     WHERE offer.channel_id = shop_order.channel_id AND offer.sku = line.sku
                     UNION ALL
                    SELECT product.id, 1, 2 FROM product_product product WHERE product.default_code = line.sku
                ) found ORDER BY rank LIMIT 1
            """
        )


class _Only:
    """Which products a part is about."""

    def __init__(self, product_ids):
        self.product_ids = product_ids

    def __call__(self, column):
        if self.product_ids is None:
            return SQL("true")
        return SQL("%s = ANY(%s)", SQL(column), self.product_ids)
