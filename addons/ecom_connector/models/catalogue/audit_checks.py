from odoo import models
from odoo.tools import SQL

from .audit import CHECKS


class EcomProductAudit(models.Model):
    """The checks themselves: each is one query over all products that are sold.

    A row's id is made of the check, the variant or product that the check is about, and the channel or company, so that
    it stays the same from one look to the next.
    """

    _inherit = "ecom.product.audit"

    _depends = {
        "product.product": ["active", "default_code", "barcode", "weight", "product_tmpl_id"],
        "product.template": [
            "active",
            "sale_ok",
            "type",
            "is_storable",
            "company_id",
            "list_price",
            "taxes_id",
            "description_sale",
        ],
        "product.template.attribute.value": ["price_extra"],
        "product.uom": ["barcode", "product_id"],
        "ecom.listing": ["channel_id", "product_tmpl_id", "description"],
        "ecom.offer": ["channel_id", "listing_id", "product_id"],
        "ecom.channel": ["active", "company_id"],
        "ecom.tax.mapping": ["channel_id", "treatment", "scope", "tax_id"],
        "account.tax": ["amount", "company_id"],
        "stock.quant": ["product_id", "location_id", "company_id", "quantity", "reserved_quantity"],
        "ecom.product.image": ["product_tmpl_id"],
        "ir.attachment": ["res_model", "res_field", "res_id"],
    }

    @property
    def _table_query(self):
        parts = [
            SQL(
                """
                SELECT %(number)s
                           + 16 * (COALESCE(slot, 0) + 65536 * about::bigint) AS id,
                       %(code)s AS code, product_id, product_tmpl_id, channel_id, company_id,
                       value::varchar AS value, quantity::numeric AS quantity
                  FROM (%(rows)s) found
                """,
                number=number,
                code=code,
                rows=getattr(self, f"_check_{code}")(),
            )
            for number, code in enumerate(CHECKS)
        ]
        return SQL("WITH sold AS (%s) %s", self._sold(), SQL(" UNION ALL ").join(parts))

    def _sold(self):
        """Every variant that can be sold: goods, and of services those that a shop sells."""
        return SQL(
            """
            SELECT product.id AS product_id, product.product_tmpl_id, template.company_id,
                   NULLIF(product.default_code, '') AS sku, NULLIF(product.barcode, '') AS barcode,
                   COALESCE(product.weight, 0) AS weight, COALESCE(template.list_price, 0) AS list_price,
                   template.type, template.is_storable
              FROM product_product product
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE product.active AND template.active AND template.sale_ok
               AND (
                   template.type = 'consu'
                   OR EXISTS (SELECT FROM ecom_offer offer WHERE offer.product_id = product.id)
               )
            """
        )

    def _rows(self, condition):
        """The variants of which this is true."""
        return SQL(
            """
            SELECT product_id, product_tmpl_id, company_id, NULL::int AS channel_id, NULL::int AS slot,
                   product_id AS about, NULL AS value, NULL AS quantity
              FROM sold
             WHERE %s
            """,
            condition,
        )

    def _products(self, condition):
        """The products, with all their variants, of which this is true."""
        return SQL(
            """
            SELECT CASE WHEN COUNT(*) = 1 THEN MIN(product_id) END AS product_id, product_tmpl_id, company_id,
                   NULL::int AS channel_id, NULL::int AS slot, product_tmpl_id AS about, NULL AS value, NULL AS quantity
              FROM sold
             WHERE %s
          GROUP BY product_tmpl_id, company_id
            """,
            condition,
        )

    # === CODES === #

    def _check_no_sku(self):
        return self._rows(SQL("sku IS NULL"))

    def _check_double_sku(self):
        """Among products that one company may sell: those of two companies are told apart."""
        return self._doubles("sku", SQL("SELECT product_id, company_id, sku AS code FROM sold WHERE sku IS NOT NULL"))

    def _check_double_barcode(self):
        """Barcodes of packagings count: a scanner reads them alike."""
        return self._doubles(
            "barcode",
            SQL(
                """
                SELECT product_id, company_id, barcode AS code FROM sold WHERE barcode IS NOT NULL
                 UNION ALL
                SELECT sold.product_id, sold.company_id, packing.barcode
                  FROM product_uom packing
                  JOIN sold ON sold.product_id = packing.product_id
                """
            ),
        )

    def _doubles(self, column, codes):
        return SQL(
            """
            SELECT product_id, product_tmpl_id, company_id, NULL::int AS channel_id, NULL::int AS slot,
                   product_id AS about, %(column)s AS value, NULL AS quantity
              FROM sold
             WHERE EXISTS (
                   SELECT FROM (%(codes)s) other
                    WHERE other.code = sold.%(column)s
                      AND other.product_id != sold.product_id
                      AND (
                          other.company_id IS NULL
                          OR sold.company_id IS NULL
                          OR other.company_id = sold.company_id
                      )
               )
            """,
            column=SQL.identifier(column),
            codes=codes,
        )

    def _check_bad_barcode(self):
        """GTINs of 8, 12, 13 and 14 digits: weighed 3, 1, 3 … from the right, they add up to a multiple of ten."""
        weighed = SQL(" + ").join(
            SQL("%s * substr(lpad(barcode, 14, '0'), %s, 1)::int", 3 if place % 2 else 1, place)
            for place in range(1, 15)
        )
        return SQL(
            """
            SELECT product_id, product_tmpl_id, company_id, NULL::int AS channel_id, NULL::int AS slot,
                   product_id AS about, barcode AS value, NULL AS quantity
              FROM sold
             WHERE CASE WHEN barcode ~ '^([0-9]{8}|[0-9]{12,14})$' THEN (%s) %% 10 != 0 END
            """,
            weighed,
        )

    # === WHAT CUSTOMERS SEE === #

    def _check_no_price(self):
        """Without a price of its own, and without what its attributes would add."""
        return self._rows(
            SQL(
                """
                list_price + COALESCE((
                    SELECT SUM(option.price_extra)
                      FROM product_variant_combination combination
                      JOIN product_template_attribute_value option
                        ON option.id = combination.product_template_attribute_value_id
                     WHERE combination.product_product_id = sold.product_id
                ), 0) <= 0
                """
            )
        )

    def _check_no_image(self):
        return self._products(
            SQL(
                """
                NOT EXISTS (
                    SELECT FROM ir_attachment image
                     WHERE image.res_model = 'product.template'
                       AND image.res_field = 'image_1920'
                       AND image.res_id = sold.product_tmpl_id
                )
                AND NOT EXISTS (
                    SELECT FROM ecom_product_image shown
                      JOIN ir_attachment image
                        ON image.res_model = 'ecom.product.image'
                       AND image.res_field = 'image_1920'
                       AND image.res_id = shown.id
                     WHERE shown.product_tmpl_id = sold.product_tmpl_id
                )
                AND NOT EXISTS (
                    SELECT FROM ir_attachment image
                     WHERE image.res_model = 'product.product'
                       AND image.res_field = 'image_variant_1920'
                       AND image.res_id = sold.product_id
                )
                """
            )
        )

    def _check_no_description(self):
        """Neither here, in whatever language, nor on a listing. HTML that shows nothing is none."""
        Template = self.env["product.template"]
        described = SQL(" OR ").join(
            self._says_something(SQL.identifier("template", name))
            for name in ("description_sale", "description_ecommerce")
            if name in Template._fields
        )
        return self._products(
            SQL(
                """
                NOT EXISTS (
                    SELECT FROM product_template template WHERE template.id = sold.product_tmpl_id AND (%s)
                )
                AND NOT EXISTS (
                    SELECT FROM ecom_listing listing WHERE listing.product_tmpl_id = sold.product_tmpl_id AND %s
                )
                """,
                described,
                self._says_something(SQL.identifier("listing", "description")),
            )
        )

    @staticmethod
    def _says_something(column):
        return SQL(
            """
            EXISTS (SELECT FROM jsonb_each_text(%s) said WHERE regexp_replace(said.value, '<[^>]*>', '', 'g') ~ '\\S')
            """,
            column,
        )

    def _check_no_weight(self):
        return self._rows(SQL("is_storable AND weight <= 0"))

    # === TAXES, FOR EACH CHANNEL THAT SELLS THE PRODUCT === #

    def _check_no_tax(self):
        """Only where the company charges tax at all."""
        return self._taxed_wrongly(
            SQL("company.account_sale_tax_id IS NOT NULL AND NOT EXISTS (%s)", self._product_taxes())
        )

    def _check_other_tax(self):
        """None of its taxes has a rate that the channel's mappings know for sales at home."""
        mapped = SQL(
            """
            FROM ecom_tax_mapping mapping
            JOIN account_tax charged ON charged.id = mapping.tax_id
           WHERE mapping.channel_id = channel.id
             AND mapping.treatment = 'domestic'
             AND mapping.scope = sold.type
            """
        )
        return self._taxed_wrongly(
            SQL(
                """
                EXISTS (SELECT %(mapped)s)
                AND EXISTS (%(taxes)s)
                AND NOT EXISTS (%(taxes)s AND tax.amount IN (SELECT charged.amount %(mapped)s))
                """,
                mapped=mapped,
                taxes=self._product_taxes(),
            )
        )

    def _product_taxes(self):
        return SQL(
            """
            SELECT
              FROM product_taxes_rel chosen
              JOIN account_tax tax ON tax.id = chosen.tax_id
             WHERE chosen.prod_id = sold.product_tmpl_id
               AND tax.company_id::varchar = ANY(string_to_array(company.parent_path, '/'))
            """
        )

    def _taxed_wrongly(self, condition):
        return SQL(
            """
            SELECT CASE WHEN COUNT(DISTINCT sold.product_id) = 1 THEN MIN(sold.product_id) END AS product_id,
                   sold.product_tmpl_id, channel.company_id, channel.id AS channel_id, channel.id AS slot,
                   sold.product_tmpl_id AS about,
                   NULL AS value, NULL AS quantity
              FROM sold
              JOIN ecom_offer offer ON offer.product_id = sold.product_id
              JOIN ecom_channel channel ON channel.id = offer.channel_id AND channel.active
              JOIN res_company company ON company.id = channel.company_id
             WHERE %s
          GROUP BY sold.product_tmpl_id, channel.id, channel.company_id
            """,
            condition,
        )

    # === WHAT SHOPS DO NOT SELL === #

    def _check_unsold_stock(self):
        """On hand and free in a company that has shops, and on none of them."""
        return SQL(
            """
            SELECT sold.product_id, sold.product_tmpl_id, quant.company_id, NULL::int AS channel_id,
                   quant.company_id AS slot, sold.product_id AS about, NULL AS value,
                   SUM(quant.quantity - quant.reserved_quantity) AS quantity
              FROM sold
              JOIN stock_quant quant ON quant.product_id = sold.product_id
              JOIN stock_location location ON location.id = quant.location_id AND location.usage = 'internal'
             WHERE sold.is_storable
               AND EXISTS (
                   SELECT FROM ecom_channel channel WHERE channel.company_id = quant.company_id AND channel.active
               )
               AND NOT EXISTS (
                   SELECT FROM ecom_offer offer
                     JOIN ecom_channel channel ON channel.id = offer.channel_id AND channel.active
                    WHERE offer.product_id = sold.product_id AND channel.company_id = quant.company_id
               )
          GROUP BY sold.product_id, sold.product_tmpl_id, quant.company_id
            HAVING SUM(quant.quantity - quant.reserved_quantity) > 0
            """
        )

    def _check_missing_variant(self):
        """Its sisters are sold on the channel."""
        return SQL(
            """
            SELECT sold.product_id, sold.product_tmpl_id, channel.company_id, channel.id AS channel_id,
                   channel.id AS slot, sold.product_id AS about, NULL AS value, NULL AS quantity
              FROM (
                  SELECT DISTINCT offer.channel_id, product.product_tmpl_id
                    FROM ecom_offer offer
                    JOIN product_product product ON product.id = offer.product_id
              ) listed
              JOIN ecom_channel channel ON channel.id = listed.channel_id AND channel.active
              JOIN sold ON sold.product_tmpl_id = listed.product_tmpl_id
             WHERE NOT EXISTS (
                   SELECT FROM ecom_offer offer
                    WHERE offer.product_id = sold.product_id AND offer.channel_id = channel.id
               )
            """
        )
