from odoo import api, fields, models
from odoo.tools import SQL

BATCH = 5000  # rows of the log that are dealt with in one transaction


class EcomStockChange(models.Model):
    """An append-only log: what may be sold of a product may have changed. The stock lane says whether it has.

    A row without a product speaks of everything that a channel sells, one without a channel of all channels. One with
    both says that the channel's shop has sold some of the product, or taken a sale back, and counts that by itself: it
    does not show any more what it was told. Whoever moves stock only adds rows, in the same transaction, so that
    nobody waits for the lane and nothing is lost.
    """

    _name = "ecom.stock.change"
    _description = "Change of Stock"
    _log_access = False

    product_id = fields.Many2one("product.product", ondelete="cascade", index=False)
    channel_id = fields.Many2one("ecom.channel", ondelete="cascade", index=False)

    @api.model
    def _note(self, *, products=(), channels=(), sold=(), everything=False):
        """Remember, until this transaction ends, that something else may be sold of these.

        :param products: records of ``product.product``, or their ids
        :param sold: ``(channel id, product id)`` of what shops have sold, or taken back
        """
        data = self.env.cr.precommit.data
        noted = data.get("ecom.stock.change")
        if noted is None:
            noted = data["ecom.stock.change"] = {"products": set(), "channels": set(), "sold": set()}
            self.env.cr.precommit.add(self.env["ecom.stock.change"].sudo()._write_down)
        noted["products"].update(getattr(products, "_ids", products))
        noted["channels"].update(getattr(channels, "_ids", channels))
        noted["sold"].update(sold)
        if everything:
            noted["channels"].add(None)

    @api.model
    def _write_down(self):
        """Add the rows, and have the stock lane run: one statement, and one to tell the cron workers."""
        noted = self.env.cr.precommit.data.pop("ecom.stock.change", None)
        if not noted:
            return
        products = [product_id for product_id in noted["products"] if isinstance(product_id, int)]
        channels, sold = list(noted["channels"]), sorted(noted["sold"])
        if not products and not channels and not sold:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO ecom_stock_change (product_id, channel_id)
                SELECT id, NULL::int FROM product_product WHERE id = ANY(%s)
                 UNION ALL
                SELECT NULL::int, channel_id FROM unnest(%s::int[]) AS channel_id
                 UNION ALL
                SELECT * FROM unnest(%s::int[], %s::int[])
                """,
                sorted(products),
                channels,
                [product_id for _channel_id, product_id in sold],
                [channel_id for channel_id, _product_id in sold],
            )
        )
        self.env["ecom.stock.level"]._wake()

    @api.model
    def _take(self):
        """Remove the oldest rows, and say what they speak of.

        What another transaction adds meanwhile is not seen, and stays.

        :return: ``(product ids, channel ids, {(channel id, product id)} sold by shops, whether everything, how many
            rows)``
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
        channels = {channel_id for product_id, channel_id in rows if channel_id and not product_id}
        sold = {(channel_id, product_id) for product_id, channel_id in rows if channel_id and product_id}
        return products, channels, sold, any(row == (None, None) for row in rows), len(rows)
