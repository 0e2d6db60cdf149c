from odoo import api, models
from odoo.tools import SQL


class EcomProductAudit(models.Model):
    """SKUs, for channels that take them from another field than the Internal Reference.

    A product is looked at for the channels that sell it; one that is on no shop yet, for all that may. Without a
    mapping of SKUs nothing of this runs.
    """

    _inherit = "ecom.product.audit"

    def _check_no_sku(self):
        channels = self._channels_with_own_skus()
        if not channels:
            return super()._check_no_sku()
        wanted = SQL("sku IS NULL AND %s", self._needs_reference(channels))
        return SQL(" UNION ALL ").join([self._rows(wanted), *(self._no_own_sku(channel) for channel in channels)])

    def _check_double_sku(self):
        channels = self._channels_with_own_skus()
        if not channels:
            return super()._check_double_sku()
        doubles = SQL(
            "SELECT found.* FROM (%s) found JOIN sold ON sold.product_id = found.about WHERE %s",
            super()._check_double_sku(),
            self._needs_reference(channels),
        )
        return SQL(" UNION ALL ").join([doubles, *(self._double_own_sku(channel) for channel in channels)])

    # === CHANNELS === #

    @api.model
    def _channels_with_own_skus(self):
        return self.env["ecom.channel"].sudo().search([("active", "=", True)]).filtered(lambda row: row._sku_mapping())

    def _needs_reference(self, channels):
        """Whether a product is named by its Internal Reference anywhere: on a shop, or on none, so to say at home."""
        return SQL(
            "(EXISTS (%s AND channel.id NOT IN %s) OR NOT EXISTS (%s))",
            self._shops_of_product(),
            tuple(channels.ids),
            self._shops_of_product(),
        )

    def _shops_of_product(self):
        return SQL(
            """
            SELECT FROM ecom_channel channel
              JOIN res_company company ON company.id = channel.company_id
             WHERE channel.active
               AND (sold.company_id IS NULL
                    OR sold.company_id::varchar = ANY(string_to_array(company.parent_path, '/')))
               AND (
                   EXISTS (
                       SELECT FROM ecom_offer offer
                        WHERE offer.product_id = sold.product_id AND offer.channel_id = channel.id
                   )
                   OR NOT EXISTS (
                       SELECT FROM ecom_offer offer
                         JOIN ecom_channel other ON other.id = offer.channel_id AND other.active
                        WHERE offer.product_id = sold.product_id
                   )
               )
            """
        )

    # === THEIR SKUS === #

    def _no_own_sku(self, channel):
        return self._own_rows(channel, SQL("named.sku IS NULL"))

    def _double_own_sku(self, channel):
        return self._own_rows(
            channel,
            SQL(
                """
                EXISTS (
                    SELECT FROM (%s) other
                      JOIN sold twin ON twin.product_id = other.product_id
                     WHERE other.sku = named.sku
                       AND other.product_id != named.product_id
                       AND (twin.company_id IS NULL OR sold.company_id IS NULL OR twin.company_id = sold.company_id)
                )
                """,
                self._own_skus(channel),
            ),
        )

    def _own_rows(self, channel, condition):
        """The channel's variants of which this is true; ``value`` is their SKU there."""
        return SQL(
            """
            SELECT sold.product_id, sold.product_tmpl_id, %(company)s AS company_id, %(channel)s AS channel_id,
                   %(channel)s AS slot, sold.product_id AS about, named.sku AS value, NULL AS quantity
              FROM sold
              JOIN (%(skus)s) named ON named.product_id = sold.product_id
             WHERE EXISTS (%(shops)s AND channel.id = %(channel)s)
               AND %(condition)s
            """,
            company=channel.company_id.id,
            channel=channel.id,
            skus=self._own_skus(channel),
            shops=self._shops_of_product(),
            condition=condition,
        )

    def _own_skus(self, channel):
        query, sku = channel._sku_query()
        return query.select(
            SQL("%s AS product_id", SQL.identifier(query.table, "id")), SQL("NULLIF(%s, '') AS sku", sku)
        )

    # === IN WORDS === #

    def _compute_remedy(self):
        result = super()._compute_remedy()
        for row in self.filtered(lambda row: row.code in ("no_sku", "double_sku") and row.channel_id):
            mapping = row.channel_id.sudo()._sku_mapping()
            if not (path := mapping._readable_path()):
                continue
            values = {"channel": row.channel_id.name, "field": mapping._called(path[-1])}
            if row.code == "no_sku":
                row.remedy = self.env._("Fill in “%(field)s”: %(channel)s takes its SKU from there.", **values)
            else:
                row.remedy = self.env._(
                    "Give each product its own “%(field)s”: %(channel)s could not say which one was bought.",
                    **values,
                )
        return result
