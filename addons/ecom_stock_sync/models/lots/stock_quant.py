from datetime import date, datetime, time, timedelta

from odoo import api, fields, models
from odoo.fields import Domain


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model
    def _get_removal_strategy(self, product_id, location_id):
        """What expires first leaves first, unless a person chose otherwise for the category or the place."""
        strategy = super()._get_removal_strategy(product_id, location_id)
        if product_id.sudo().use_expiration_date and not self._removal_strategy_chosen(product_id, location_id):
            return "fefo"
        return strategy

    @api.model
    def _removal_strategy_chosen(self, product, location):
        if product.sudo().categ_id.removal_strategy_id:
            return True
        place = location.sudo()
        while place:
            if place.removal_strategy_id:
                return True
            place = place.location_id
        return False

    def _get_gather_domain(self, product_id, location_id, lot_id=None, package_id=None, owner_id=None, strict=False):
        """While a move is reserved (``ecom_reserves``): nothing of a blocked lot, nor what has to be off the shelf."""
        domain = super()._get_gather_domain(product_id, location_id, lot_id, package_id, owner_id, strict)
        if not self.env.context.get("ecom_reserves"):
            return domain
        domain = Domain(domain) & Domain("lot_id.ecom_blocked", "!=", True)
        if product_id.use_expiration_date:
            since = self._earliest_removal()
            domain &= Domain("removal_date", "=", False) | Domain("removal_date", ">=", since)
            if days := self.env.context.get("ecom_fresh_for"):
                domain &= Domain("expiration_date", "=", False) | Domain(
                    "expiration_date", ">", self._fresh_until(days)
                )
        return domain

    def _gather(self, product_id, location_id, lot_id=None, package_id=None, owner_id=None, strict=False, qty=0):
        quants = super()._gather(product_id, location_id, lot_id, package_id, owner_id, strict, qty)
        if shut := self.env.context.get("ecom_not_from"):
            quants = quants.filtered(lambda quant: not quant.location_id.parent_path.startswith(shut))
        if self.env.context.get("ecom_reserves") and self.env.context.get("quants_cache") is not None:
            since, fresh = self._earliest_removal(), self._fresh_until(self.env.context.get("ecom_fresh_for", 0))
            return quants.filtered(
                lambda quant: (
                    not quant.lot_id.ecom_blocked
                    and (not quant.removal_date or quant.removal_date >= since)
                    and (not fresh or not quant.expiration_date or quant.expiration_date > fresh)
                )
            )
        return quants

    @api.model
    def _fresh_until(self, days):
        """Until when goods have to keep that a channel promises to be good for so many days; as the shops show it."""
        return fields.Datetime.now() + timedelta(days=days) if days else None

    @api.model
    def _earliest_removal(self):
        """Odoo asks whether a lot is good on the day for which the move was planned, which may be long past."""
        planned = self.env.context.get("with_expiration")
        if isinstance(planned, date) and not isinstance(planned, datetime):
            planned = datetime.combine(planned, time.min)
        return max(filter(None, (planned, fields.Datetime.now())))
