from odoo import api, fields, models
from odoo.tools import SQL

BATCH = 5000  # rows of the log that are dealt with in one transaction


class EcomStockChange(models.Model):
    """An append-only log: what may be sold of a product may have changed. The stock lane says whether it has.

    A row without a product speaks of everything that a channel sells, one without a channel of all channels. Whoever
    moves stock only adds rows, in the same transaction, so that nobody waits for the lane and nothing is lost.
    """

    _name = "ecom.stock.change"
    _description = "Change of Stock"
    _log_access = False

    product_id = fields.Many2one("product.product", ondelete="cascade", index=False)
    channel_id = fields.Many2one("ecom.channel", ondelete="cascade", index=False)

    @api.model
    def _note(self, *, products=(), channels=(), everything=False):
        """Remember, until this transaction ends, that something else may be sold of these.

        :param products: records of ``product.product``, or their ids
        """
        data = self.env.cr.precommit.data
        noted = data.get("ecom.stock.change")
        if noted is None:
            noted = data["ecom.stock.change"] = {"products": set(), "channels": set()}
            self.env.cr.precommit.add(self.env["ecom.stock.change"].sudo()._write_down)
        noted["products"].update(getattr(products, "_ids", products))
        noted["channels"].update(getattr(channels, "_ids", channels))
        if everything:
            noted["channels"].add(None)

    @api.model
    def _write_down(self):
        """Add the rows, and have the stock lane run: one statement, and one to tell the cron workers."""
        noted = self.env.cr.precommit.data.pop("ecom.stock.change", None)
        if not noted:
            return
        products = [product_id for product_id in noted["products"] if isinstance(product_id, int)]
        channels = list(noted["channels"])
        if not products and not channels:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO ecom_stock_change (product_id, channel_id)
                SELECT id, NULL::int FROM product_product WHERE id = ANY(%s)
                 UNION ALL
                SELECT NULL::int, channel_id FROM unnest(%s::int[]) AS channel_id
                """,
                sorted(products),
                channels,
            )
        )
        self.env["ecom.stock.level"]._wake()

    @api.model
    def _take(self):
        """Remove the oldest rows, and say what they speak of.

        What another transaction adds meanwhile is not seen, and stays.

        :return: ``(product ids, channel ids, whether everything, how many rows)``
        """
        rows = self.env.execute_query(
            SQL(
                """
                DELETE FROM ecom_stock_change
                 WHERE id IN (SELECT id FROM ecom_stock_change ORDER BY id LIMIT %s)
             RETURNING product_id, channel_id
                """,
                BATCH,
            )
        )
        products = {product_id for product_id, _channel_id in rows if product_id}
        channels = {channel_id for product_id, channel_id in rows if channel_id}
        return products, channels, any(row == (None, None) for row in rows), len(rows)
