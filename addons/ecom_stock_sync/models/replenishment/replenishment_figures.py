from collections import defaultdict
from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ...calculations import seasons
from ...calculations.demand import Sales
from ...calculations.replenish import Arrival, Position, Supply

# What is sold for less than this part of the usual price is sold by its price.
LOW_PRICE = 0.85
# Kinds of products that have fewer products than this tell nothing about one of them.
LEAST_OF_A_KIND = 3
OPEN = ("waiting", "confirmed", "partially_available", "assigned")


class EcomReplenishment(models.Model):
    """The figures of a batch of products: each kind of figure from one query for all of them."""

    _inherit = "ecom.replenishment"

    def _sales(self, product_ids, since):
        """``{(product, warehouse): {Monday: Sales}}``.

        A sale at a low price is one well below the usual price of its channel and quarter, so that a new price list
        is no promotion.
        """
        found = defaultdict(dict)
        rows = self._rows(
            """
            WITH sold AS (
                 SELECT demand.*, (demand.ordered_on AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day
                   FROM (%(demand)s) demand
                  WHERE demand.product_id = ANY(%(products)s) AND demand.ordered_on >= %(since)s
                        AND demand.warehouse_id IS NOT NULL
            ), usual AS (
                 SELECT product_id, channel_id, currency_id, date_trunc('quarter', day) AS quarter,
                        percentile_cont(0.5) WITHIN GROUP (ORDER BY price) AS price
                   FROM sold
                  WHERE price > 0
               GROUP BY 1, 2, 3, 4
            )
            SELECT sold.product_id, sold.warehouse_id, date_trunc('week', sold.day)::date, SUM(sold.quantity),
                   COALESCE(SUM(sold.quantity) FILTER (WHERE sold.price < %(low)s * usual.price), 0),
                   BIT_OR(1 << (EXTRACT(ISODOW FROM sold.day)::int - 1))
              FROM sold
              LEFT JOIN usual ON usual.product_id = sold.product_id
                        AND usual.channel_id IS NOT DISTINCT FROM sold.channel_id
                        AND usual.currency_id IS NOT DISTINCT FROM sold.currency_id
                        AND usual.quarter = date_trunc('quarter', sold.day)
          GROUP BY 1, 2, 3
            """,
            demand=self.env["ecom.demand"]._table_query,
            zone=self.env.company._ecom_zone(),
            products=product_ids,
            since=since,
            low=LOW_PRICE,
        )
        for product, warehouse, monday, sold, promoted, weekdays in rows:
            found[product, warehouse][monday] = Sales(sold, promoted, weekdays)
        return found

    def _empty(self, product_ids, since, today):
        """``{(product, warehouse): [(from, until)]}``: the days on which there was no stock, told from its moves.

        The stock of a day is today's, without what moved since. A day on which something moved had stock.
        """
        found = defaultdict(list)
        rows = self._rows(
            """
            WITH moved AS (
                 SELECT leg.product_id, location.warehouse_id,
                        (leg.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day, SUM(leg.quantity) AS quantity
                   FROM (
                         SELECT product_id, location_id, date, -quantity_product_uom AS quantity
                           FROM stock_move_line
                          WHERE state = 'done' AND product_id = ANY(%(products)s) AND date >= %(since)s
                      UNION ALL
                         SELECT product_id, location_dest_id, date, quantity_product_uom
                           FROM stock_move_line
                          WHERE state = 'done' AND product_id = ANY(%(products)s) AND date >= %(since)s
                        ) leg
                   JOIN stock_location location ON location.id = leg.location_id
                  WHERE location.usage = 'internal' AND location.warehouse_id IS NOT NULL
               GROUP BY 1, 2, 3
            ), there AS (
                 SELECT quant.product_id, location.warehouse_id, SUM(quant.quantity) AS quantity
                   FROM stock_quant quant
                   JOIN stock_location location ON location.id = quant.location_id
                  WHERE location.usage = 'internal' AND quant.product_id = ANY(%(products)s)
               GROUP BY 1, 2
            ), days AS (
                 SELECT product_id, warehouse_id, day, quantity FROM moved
              UNION ALL
                 SELECT product_id, warehouse_id, %(first)s::date - 1, 0 FROM moved GROUP BY 1, 2
            ), kept AS (
                 SELECT days.product_id, days.warehouse_id, days.day,
                        LEAD(days.day) OVER later AS next_day,
                        COALESCE(there.quantity, 0) + days.quantity
                            - SUM(days.quantity) OVER (PARTITION BY days.product_id, days.warehouse_id
                                                           ORDER BY days.day DESC) AS quantity
                   FROM days
                   LEFT JOIN there ON there.product_id = days.product_id AND there.warehouse_id = days.warehouse_id
                 WINDOW later AS (PARTITION BY days.product_id, days.warehouse_id ORDER BY days.day)
            )
            SELECT product_id, warehouse_id, day + 1, COALESCE(next_day, %(end)s::date)
              FROM kept
             WHERE quantity <= 0.0001 AND COALESCE(next_day, %(end)s::date) > day + 1
            """,
            zone=self.env.company._ecom_zone(),
            products=product_ids,
            since=since,
            first=since,
            end=today + timedelta(days=1),
        )
        for product, warehouse, start, end in rows:
            found[product, warehouse].append((start, end))
        return found

    def _positions(self, product_ids, today):
        """``{(product, warehouse): Position}``, of all that have stock or open transfers."""
        rows = self._rows(
            """
            SELECT quant.product_id, location.warehouse_id, 'there', NULL::date, SUM(quant.quantity)
              FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id
             WHERE location.usage = 'internal' AND location.warehouse_id IS NOT NULL
               AND quant.product_id = ANY(%(products)s)
          GROUP BY 1, 2
         UNION ALL
            SELECT move.product_id, source.warehouse_id, 'out', NULL, SUM(move.product_qty)
              FROM stock_move move
              JOIN stock_location source ON source.id = move.location_id
              JOIN stock_location target ON target.id = COALESCE(move.location_final_id, move.location_dest_id)
             WHERE move.state = ANY(%(open)s) AND move.product_id = ANY(%(products)s)
               AND source.usage = 'internal' AND source.warehouse_id IS NOT NULL
               AND (target.usage <> 'internal' OR target.warehouse_id IS DISTINCT FROM source.warehouse_id)
          GROUP BY 1, 2
         UNION ALL
            SELECT move.product_id, target.warehouse_id, 'in', move.date::date, SUM(move.product_qty)
              FROM stock_move move
              JOIN stock_location source ON source.id = move.location_id
              JOIN stock_location target ON target.id = COALESCE(move.location_final_id, move.location_dest_id)
             WHERE move.state = ANY(%(open)s) AND move.product_id = ANY(%(products)s)
               AND target.usage = 'internal' AND target.warehouse_id IS NOT NULL
               AND (source.usage <> 'internal' OR target.warehouse_id IS DISTINCT FROM source.warehouse_id)
          GROUP BY 1, 2, 4
            """,
            products=product_ids,
            open=list(OPEN),
        )
        there, promised, arrivals = {}, {}, defaultdict(list)
        for product, warehouse, kind, day, quantity in rows:
            if kind == "in":
                arrivals[product, warehouse].append(Arrival(max(day, today), quantity))
            else:
                (there if kind == "there" else promised)[product, warehouse] = quantity
        return {
            key: Position(there.get(key, 0.0), promised.get(key, 0.0), tuple(sorted(arrivals.get(key, ()))))
            for key in {*there, *promised, *arrivals}
        }

    def _in_progress(self, product_ids, warehouses, supplies, today):
        """``{(product, warehouse): Arrival}`` of what suppliers are asked for, where Purchase is installed."""
        products = self.env["product.product"].browse(product_ids)
        _by_location, by_warehouse = products._get_quantity_in_progress(warehouse_ids=warehouses.ids)
        found = {}
        for (product, warehouse), quantity in by_warehouse.items():
            if quantity and (product, warehouse) in supplies:
                supply, _partner = supplies[product, warehouse]
                found[product, warehouse] = Arrival(today + timedelta(days=supply.lead_days), quantity)
        return found

    def _suppliers(self, product_ids, today):
        """``{product: [(company or None, delay, least, multiple, partner)]}``, those that are asked first first."""
        found = defaultdict(list)
        rows = self._rows(
            """
            SELECT product.id, seller.company_id, seller.delay,
                   seller.min_qty * COALESCE(bought_in.factor, kept_in.factor) / kept_in.factor,
                   CASE WHEN bought_in.id <> kept_in.id THEN bought_in.factor / kept_in.factor ELSE 0 END,
                   seller.partner_id
              FROM product_product product
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom kept_in ON kept_in.id = template.uom_id
              JOIN product_supplierinfo seller ON seller.product_tmpl_id = template.id
                   AND COALESCE(seller.product_id, product.id) = product.id
                   AND COALESCE(seller.date_start, %(today)s) <= %(today)s
                   AND COALESCE(seller.date_end, %(today)s) >= %(today)s
              LEFT JOIN uom_uom bought_in ON bought_in.id = seller.product_uom_id
             WHERE product.id = ANY(%(products)s)
          ORDER BY product.id, seller.sequence, seller.min_qty, seller.price, seller.id
            """,
            products=product_ids,
            today=today,
        )
        for product, *seller in rows:
            found[product].append(seller)
        return found

    def _supplies(self, product_ids, warehouses, today):
        """``{(product, warehouse): (Supply, partner or False)}``, by the supplier that is asked first.

        Without a supplier the way that an existing rule takes counts, such as from another warehouse, and else what
        the company says is usual.
        """
        suppliers = self._suppliers(product_ids, today)
        alone = [product for product in product_ids if not suppliers.get(product)]
        ways = self._ways(alone)
        found = {}
        for warehouse in warehouses:
            company = warehouse.company_id
            more = round(company.days_to_purchase) if "days_to_purchase" in company._fields else 0
            usual = Supply(company.ecom_lead_days, company.ecom_cover_days, company.ecom_service)
            for product in product_ids:
                seller = next((s for s in suppliers.get(product, ()) if s[0] in (None, company.id)), None)
                if seller:
                    _company, delay, least, multiple, partner = seller
                    supply = usual._replace(lead_days=delay + more, least=least or 0.0, multiple=multiple or 0.0)
                    found[product, warehouse.id] = supply, partner
                elif ways.get((product, warehouse.id)):
                    found[product, warehouse.id] = usual._replace(lead_days=ways[product, warehouse.id]), False
                else:
                    found[product, warehouse.id] = usual, False
        return found

    def _ways(self, product_ids):
        """``{(product, warehouse): days}`` that goods take on the way of a reordering rule, such as from elsewhere.

        Products with the same routes go the same way: it is looked for once.
        """
        found, ways = {}, {}
        for rule in self.env["stock.warehouse.orderpoint"].search([("product_id", "in", product_ids)]):
            product = rule.product_id
            way = (rule.location_id, rule.route_id, product.route_ids | product.get_total_routes())
            if way not in ways:
                steps = product._get_rules_from_location(rule.location_id, route_ids=rule.route_id)
                ways[way] = sum(steps.filtered(lambda step: step.action in ("pull", "pull_push")).mapped("delay"))
            if ways[way]:
                found[product.id, rule.warehouse_id.id] = ways[way]
        return found

    def _kinds(self, product_ids, since, monday):
        """``{category: its seasons}``, for categories of the products with two years of sales and several products."""
        count = (monday - since).days // 7
        weekly, products = defaultdict(dict), {}
        rows = self._rows(
            """
            SELECT demand.categ_id, date_trunc('week', demand.ordered_on)::date, SUM(demand.quantity),
                   COUNT(DISTINCT demand.product_id)
              FROM (%(demand)s) demand
             WHERE demand.ordered_on >= %(since)s AND demand.ordered_on < %(until)s AND demand.categ_id IN (
                   SELECT template.categ_id
                     FROM product_product product
                     JOIN product_template template ON template.id = product.product_tmpl_id
                    WHERE product.id = ANY(%(products)s))
          GROUP BY 1, 2
            """,
            demand=self.env["ecom.demand"]._table_query,
            products=product_ids,
            since=since,
            until=monday,
        )
        for category, week, quantity, sold in rows:
            weekly[category][week] = quantity
            products[category] = max(products.get(category, 0), sold)
        found = {}
        for category, sales in weekly.items():
            start = max((min(sales) - since).days // 7, 0)
            if products[category] >= LEAST_OF_A_KIND and count - start >= seasons.ENOUGH:
                first = since + timedelta(weeks=start)
                total = [sales.get(first + timedelta(weeks=week), 0.0) for week in range(count - start)]
                found[category] = seasons.profile(total, seasons.positions(first, len(total)))
        return found

    def _rows(self, query, **values):
        """What a query on the tables finds; what is not written down yet is, before."""
        self.env.flush_all()
        self.env.cr.execute(SQL(query, **values))
        return self.env.cr.fetchall()
