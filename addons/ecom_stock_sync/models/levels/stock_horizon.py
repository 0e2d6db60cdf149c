from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

LOOK_MINUTES = 1


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    stock_looked_at = fields.Datetime(copy=False, help="Lots that expired before this moment were noticed.")


class EcomStockLevel(models.Model):
    """Time passes without a write: lots expire, and what is awaited comes near."""

    _inherit = "ecom.stock.level"

    @api.model
    def _note_horizons(self):
        """Note the products of lots that became too old for a channel since it was looked at, and when the next will.

        :return: nothing; the lane is woken for the next moment
        """
        now = fields.Datetime.now()
        channels = self.env["ecom.channel"].search(
            [
                ("state", "!=", "draft"),
                "|",
                ("stock_looked_at", "=", False),
                ("stock_looked_at", "<=", now - timedelta(minutes=LOOK_MINUTES)),
            ]
        )
        products, soonest = set(), []
        for channel in channels:
            found, then = self._aged(channel, channel.stock_looked_at or now - timedelta(days=1), now)
            products |= found
            soonest += [then] if then else []
        if products:
            self.env["ecom.stock.change"]._note(products=products)
            self.env["ecom.stock.change"].sudo()._write_down()
        channels.write({"stock_looked_at": now})
        if soonest:
            self._wake(at=max(min(soonest), now + timedelta(minutes=LOOK_MINUTES)))

    @api.model
    def _aged(self, channel, since, until):
        """``(ids of the products of lots that aged in between, when the next one does)``"""
        shelf_life = timedelta(days=max(channel.stock_shelf_life_days, 0))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT quant.product_id, moment, moment <= %(until)s
                  FROM stock_quant quant
            CROSS JOIN LATERAL (VALUES (quant.removal_date), (quant.expiration_date - %(shelf_life)s)) AS m (moment)
                 WHERE moment > %(since)s AND moment <= %(ahead)s
              GROUP BY quant.product_id, moment
                """,
                since=since,
                until=until,
                ahead=until + timedelta(days=1),
                shelf_life=shelf_life,
            )
        )
        aged = {product_id for product_id, _moment, passed in rows if passed}
        ahead = [moment for _product_id, moment, passed in rows if not passed]
        return aged, min(ahead, default=None)

    @api.model
    def _look_at_everything(self):
        """Entry point of the nightly scheduled action: compute all anew, and hold it against the shops."""
        self.env["ecom.stock.change"]._note(everything=True)
        channels = self.env["ecom.channel"].search([("state", "=", "connected"), ("stock_push", "=", True)])
        channels.write({"stock_compare_from": "", "stock_comparing": True})
        channels._wake("stock")
