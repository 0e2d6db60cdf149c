from datetime import datetime, time, timedelta

import pytz
from odoo import api, fields, models
from odoo.fields import Domain

from ...calculations import demand
from ...calculations.forecast import INTERVAL, SPAN, forecast
from ...calculations.replenish import FAR, SLOW, Position, propose
from ...calculations.seasons import YEAR

# Products computed in one transaction.
BATCH = 500
# Weeks that a forecast is made from, and that the graph shows of them and of the forecast.
HISTORY = 3 * YEAR
SHOWN = 2 * YEAR
SHOWN_AHEAD = YEAR // 2
ORDER = {"buy": 0, "enough": 1, "slow": 2, "unknown": 3}
NOTHING = {
    "weekly": 0.0,
    "weekly_low": 0.0,
    "weekly_high": 0.0,
    "error": 0.0,
    "cover_days": 0,
    "stockout_on": False,
    "order_by": False,
    "minimum": 0.0,
    "maximum": 0.0,
    "quantity": 0.0,
}


class EcomReplenishment(models.Model):
    """From the figures to the rows: a batch of products in a constant number of queries."""

    _inherit = "ecom.replenishment"

    @api.model
    def _cron_recompute(self):
        """Compute every product that was not computed today, a batch in each transaction."""
        while product_ids := self._due(BATCH):
            self._recompute(product_ids)
            if not self.env["ir.cron"]._commit_progress(len(product_ids), remaining=self._count_due()):
                return
        gone = Domain("product_id.active", "=", False) | Domain("product_id.is_storable", "=", False)
        self.search(gone | Domain("product_id", "in", self._spared())).unlink()

    def _due(self, limit):
        """Ids of products to compute, those of a category together, for they share its seasons."""
        return [product for (product,) in self._due_rows(limit)]

    def _count_due(self):
        return len(self._due_rows(None))

    def _due_rows(self, limit):
        company = self.env.company
        midnight = pytz.timezone(company._ecom_zone()).localize(datetime.combine(company._ecom_today(), time.min))
        return self._rows(
            """
            SELECT product.id
              FROM product_product product
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE product.active AND template.is_storable AND product.id <> ALL(%(spared)s)
               AND (EXISTS (SELECT 1 FROM sale_order_line WHERE product_id = product.id AND state = 'sale')
                    OR EXISTS (SELECT 1 FROM stock_quant WHERE product_id = product.id)
                    OR EXISTS (SELECT 1 FROM stock_move WHERE product_id = product.id AND state <> 'cancel')
                    OR EXISTS (SELECT 1 FROM stock_warehouse_orderpoint WHERE product_id = product.id))
               AND COALESCE((SELECT BOOL_OR(computed_at IS NULL OR computed_at < %(midnight)s)
                               FROM ecom_replenishment WHERE product_id = product.id), TRUE)
          ORDER BY template.categ_id, product.id
             LIMIT %(limit)s
            """,
            spared=self._spared(),
            midnight=midnight.astimezone(pytz.utc).replace(tzinfo=None),
            limit=limit,
        )

    def _spared(self):
        """Ids of products that are never bought, such as kits. A hook."""
        return []

    @api.model
    def _recompute(self, product_ids):
        """Compute products at every warehouse that has, had, sells or keeps a rule for them."""
        today = self.env.company._ecom_today()
        monday = today - timedelta(days=today.weekday())
        since = monday - timedelta(weeks=HISTORY)
        products = self.env["product.product"].with_context(active_test=False).browse(product_ids)
        warehouses = self.env["stock.warehouse"].search([("active", "=", True)])
        sales = self._sales(product_ids, since)
        empty = self._empty(product_ids, since, today)
        positions = self._positions(product_ids, today)
        supplies = self._supplies(product_ids, warehouses, today)
        asked = self._in_progress(product_ids, warehouses, supplies, today)
        kinds = self._kinds(product_ids, since, monday)
        rules = self._rules(product_ids)
        rows = {
            (row.product_id.id, row.warehouse_id.id): row for row in self.search([("product_id", "in", product_ids)])
        }
        made = []
        for product in products:
            begins = max(since, product.create_date.date())
            for warehouse in self._places(product, warehouses, (sales, positions, rules, rows)):
                key = product.id, warehouse.id
                weeks = demand.history(since, HISTORY, sales.get(key, {}), empty.get(key, ()))
                weeks = weeks[self._first_week(weeks, since, begins) :]
                first = monday - timedelta(weeks=len(weeks))
                position = positions.get(key, Position())
                if key in asked:
                    position = position._replace(arrivals=(*position.arrivals, asked[key]))
                values = self._values(weeks, first, today, position, supplies[key], kinds.get(product.categ_id.id))
                values |= {"orderpoint_id": rules.get(key), "computed_at": fields.Datetime.now()}
                if key in rows:
                    rows[key].write(values)
                else:
                    made.append({"product_id": product.id, "warehouse_id": warehouse.id, **values})
        return self.create(made)

    def _places(self, product, warehouses, figures):
        """The warehouses of a product; one of its company where there is nothing of it anywhere."""
        found = warehouses.filtered(lambda place: any((product.id, place.id) in known for known in figures))
        if not found:
            own = product.company_id
            found = warehouses.filtered(lambda place: not own or place.company_id == own)[:1]
        return found

    def _first_week(self, weeks, since, begins):
        """Where a history begins: with the first stock or sale. Stock that never moved was always there."""
        known = max((begins - since).days // 7, 0)
        sold = next((index for index, week in enumerate(weeks) if week.sold), len(weeks))
        return max(min(known, sold), demand.begun(weeks))

    def _rules(self, product_ids):
        """``{(product, warehouse): id of its reordering rule}``; the one for the warehouse's stock goes first."""
        found = {}
        for rule in self.env["stock.warehouse.orderpoint"].search([("product_id", "in", product_ids)]):
            key = rule.product_id.id, rule.warehouse_id.id
            if key not in found or rule.location_id == rule.warehouse_id.lot_stock_id:
                found[key] = rule.id
        return found

    def _values(self, weeks, first, today, position, bought, kind):
        """The fields of a row, from the figures of a product at a warehouse."""
        supply, supplier = bought
        monday = first + timedelta(weeks=len(weeks))
        wanted = demand.wanted(weeks)
        told = forecast(wanted, first, YEAR + 1, kind)
        values = {
            **NOTHING,
            "on_hand": position.on_hand,
            "promised": position.promised,
            "coming": position.coming,
            "lead_days": supply.lead_days,
            "supplier_id": supplier,
            "weeks": self._weeks(weeks, wanted, first, told),
        }
        figures = {
            "weeks": len(weeks),
            "sold_weeks": sum(week.sold > 0 for week in weeks),
            "short_weeks": sum(0 <= week.days < demand.DAYS for week in weeks[-YEAR:]),
            "promoted_weeks": sum(week.is_promoted for week in weeks[-YEAR:]),
            "cover_days": supply.cover_days,
            "service": supply.service,
        }
        if told:
            proposal = propose(told, monday, today, position, supply)
            low, high = told.interval(SPAN)
            values |= {
                "weekly": told.total(SPAN) / SPAN,
                "weekly_low": low / SPAN,
                "weekly_high": high / SPAN,
                "error": told.error,
                "cover_days": proposal.cover_days,
                "stockout_on": proposal.stockout or False,
                "order_by": proposal.order_by or False,
                "minimum": proposal.minimum,
                "maximum": proposal.maximum,
                "quantity": proposal.quantity,
            }
            figures |= {
                "method": told.method,
                "season": told.season,
                "later": told.total(3 * SPAN) / (3 * SPAN),
                "needed": proposal.needed,
                "safety": proposal.safety,
            }
        elif position.free > 0 and len(weeks) >= YEAR // 2:
            values["cover_days"] = FAR  # half a year on sale, and nobody wanted it
        advice = self._advice(values, position, bool(told))
        return values | {"figures": figures, "advice": advice, "advice_order": ORDER[advice]}

    def _advice(self, values, position, told):
        if values["quantity"] > 0:
            return "buy"
        if values["cover_days"] >= SLOW and position.free > 0:
            return "slow"
        return "enough" if told else "unknown"

    def _weeks(self, weeks, wanted, first, told):
        """What the graph shows, each week rounded to hundredths."""
        shown = max(len(weeks) - SHOWN, 0)
        mean = told.mean[:SHOWN_AHEAD] if told else ()
        around = INTERVAL * told.deviation if told else 0.0
        return {
            "first": (first + timedelta(weeks=shown)).isoformat(),
            "sold": [round(week.sold, 2) for week in weeks[shown:]],
            "wanted": [None if value is None else round(value, 2) for value in wanted[shown:]],
            "mean": [round(value, 2) for value in mean],
            "low": [round(max(value - around, 0), 2) for value in mean],
            "high": [round(value + around, 2) for value in mean],
        }
