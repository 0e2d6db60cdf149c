from datetime import date, timedelta

from odoo import api, models
from odoo.tools import format_date, formatLang

from ...calculations.forecast import LEAST
from ...calculations.replenish import FAR


class EcomReplenishment(models.Model):
    """What a person reads: the reason in words, and the graph, in the reader's language."""

    _inherit = "ecom.replenishment"

    @api.depends("figures")
    @api.depends_context("lang")
    def _compute_reason(self):
        for row in self:
            figures = row.figures or {}
            if not row.computed_at or not figures:
                row.reason = False
            elif "needed" not in figures:
                row.reason = row._reason_of_nothing(figures)
            else:
                parts = (row._said_demand, row._said_stock, row._said_rule, row._said_purchase, row._said_corrections)
                row.reason = " ".join(filter(None, (part(figures) for part in parts)))

    def _reason_of_nothing(self, figures):
        if not figures["sold_weeks"]:
            if figures["weeks"] == 1:
                return self.env._("Nothing was sold in the week that it has been here.")
            return self.env._("Nothing was sold in the %s weeks that it has been here.", figures["weeks"])
        return self.env._("It was sold for fewer than %s weeks: too little to foretell anything.", LEAST)

    def _said_demand(self, figures):
        values = {
            "weekly": self._number(self.weekly),
            "low": self._number(self.weekly_low),
            "high": self._number(self.weekly_high),
        }
        if figures["season"] == "own":
            return self.env._(
                "Expected: %(weekly)s a week (%(low)s to %(high)s), with the seasons of the product.",
                **values,
            )
        if figures["season"] == "group":
            return self.env._(
                "Expected: %(weekly)s a week (%(low)s to %(high)s), with the seasons of its category.", **values
            )
        if figures["method"] == "sporadic":
            return self.env._("Expected: %(weekly)s a week (%(low)s to %(high)s); it sells now and then.", **values)
        if figures["method"] == "trend" and figures["later"] > 1.02 * self.weekly:
            return self.env._("Expected: %(weekly)s a week (%(low)s to %(high)s), and rising.", **values)
        if figures["method"] == "trend" and figures["later"] < 0.98 * self.weekly:
            return self.env._("Expected: %(weekly)s a week (%(low)s to %(high)s), and falling.", **values)
        return self.env._("Expected: %(weekly)s a week (%(low)s to %(high)s).", **values)

    def _said_stock(self, figures):
        values = {
            "free": self._number(self.on_hand - self.promised),
            "on_hand": self._number(self.on_hand),
            "promised": self._number(self.promised),
            "coming": self._number(self.coming),
        }
        if self.coming:
            there = self.env._(
                "Free: %(free)s (%(on_hand)s on hand, %(promised)s promised); on its way: %(coming)s.", **values
            )
        else:
            there = self.env._("Free: %(free)s (%(on_hand)s on hand, %(promised)s promised).", **values)
        if self.cover_days >= FAR:
            lasts = self.env._("That lasts a year or more.")
        elif self.cover_days <= 0:
            lasts = self.env._("That does not last through today.")
        else:
            lasts = self.env._("That lasts until %s.", self._day(self.stockout_on))
        return f"{there} {lasts}"

    def _said_rule(self, figures):
        values = {
            "days": self._days(self.lead_days),
            "supplier": self.supplier_id.display_name,
            "needed": self._number(figures["needed"]),
            "safety": self._number(figures["safety"]),
            "service": figures["service"],
            "minimum": self._number(self.minimum),
            "cover": self._days(figures["cover_days"]),
            "maximum": self._number(self.maximum),
        }
        if self.supplier_id:
            comes = self.env._("A purchase from %(supplier)s arrives after %(days)s.", **values)
        else:
            comes = self.env._("A purchase arrives after %(days)s.", **values)
        keeps = self.env._(
            "Until then it takes %(needed)s, and a reserve of %(safety)s suffices %(service)s times of 100: the "
            "minimum is %(minimum)s. With %(cover)s more, the maximum is %(maximum)s.",
            **values,
        )
        return f"{comes} {keeps}"

    def _said_purchase(self, figures):
        if self.quantity:
            return self.env._("Buy %s now.", self._number(self.quantity))
        if self.order_by and self.advice != "slow":
            return self.env._("Nothing to buy before %s.", self._day(self.order_by))
        return ""

    def _said_corrections(self, figures):
        """What was not taken as it stood, of the past year."""
        short, promoted = figures["short_weeks"], figures["promoted_weeks"]
        if short and promoted:
            return self.env._(
                "Of the past year, weeks with days out of stock (%(short)s) and with low prices (%(promoted)s) "
                "were corrected.",
                short=short,
                promoted=promoted,
            )
        if short:
            return self.env._("Of the past year, weeks with days out of stock were corrected: %s.", short)
        if promoted:
            return self.env._("Of the past year, weeks with low prices were corrected: %s.", promoted)
        return ""

    def _number(self, value):
        """Whole from ten on, and where it is whole."""
        digits = 0 if abs(value) >= 10 or abs(value - round(value)) < 0.05 else 1
        return formatLang(self.env, value, digits=digits)

    def _day(self, day):
        return format_date(self.env, day, date_format="d MMMM")

    @api.depends("weeks")
    @api.depends_context("lang")
    def _compute_chart(self):
        for row in self:
            weeks = row.weeks
            if not weeks or not weeks["sold"]:
                row.chart = False
                continue
            first = date.fromisoformat(weeks["first"])
            count = len(weeks["sold"]) + len(weeks["mean"])
            row.chart = {
                **weeks,
                "labels": [
                    format_date(self.env, first + timedelta(weeks=week), date_format="d MMM yyyy")
                    for week in range(count)
                ],
                "legend": {
                    "sold": self.env._("Sold"),
                    "wanted": self.env._("Demand, corrected"),
                    "mean": self.env._("Forecast"),
                    "range": self.env._("Four weeks of five"),
                    "axis": self.env._("Week of"),
                },
            }
