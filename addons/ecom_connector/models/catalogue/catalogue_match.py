from odoo import models
from odoo.tools import SQL

from ...decisions import catalogue
from ...decisions.catalogue import Codes, Result


class EcomCatalogueImport(models.Model):
    """Matching: which products of ours the shop's articles are, page by page, and what only the whole shows."""

    _inherit = "ecom.catalogue.import"

    def _match(self, channel, documents):
        """``{product id: [match of each offer]}``."""
        offers = [offer for document in documents.values() for offer in document.offers]
        Offer = self.env["ecom.offer"]
        linked = {
            (offer.listing_id.external_id, offer.external_id or ""): offer.product_id
            for offer in Offer.search(
                [("channel_id", "=", channel.id), ("listing_id.external_id", "in", list(documents))]
            )
        }
        by_sku, by_barcode = Offer._products_by_code(
            channel, {offer.sku for offer in offers}, {offer.barcode for offer in offers}
        )
        products = self.env["product.product"].union(*linked.values(), *by_sku.values(), *by_barcode.values())
        template_of = {product.id: product.product_tmpl_id.id for product in products}
        ids = [{code: found.ids for code, found in index.items()} for index in (by_sku, by_barcode)]
        return {
            key: catalogue.match(
                [
                    Codes(
                        sku=offer.sku,
                        barcode=offer.barcode,
                        linked=linked[key, offer.variant_id].id if (key, offer.variant_id) in linked else None,
                        complete=offer.complete,
                    )
                    for offer in document.offers
                ],
                *ids,
                template_of,
                self.match_order,
            )
            for key, document in documents.items()
        }

    def _compare_whole(self, channel):
        """What no single page shows: codes that the shop uses twice, and products of ours that it lacks."""
        self.env.flush_all()
        self._mark_repeated("sku", self.env._("The shop has this SKU more than once: correct it there, or choose."))
        self._mark_repeated(
            "barcode", self.env._("The shop has this barcode more than once: correct it there, or choose.")
        )
        self._mark_repeated(
            "product_id", self.env._("Several articles of the shop would be this product: choose one of them.")
        )
        self._add_only_here(channel)

    def _mark_repeated(self, column, reason):
        """Put articles aside that share a value; one that was linked before stays linked."""
        column = SQL.identifier(column)
        self.env.cr.execute(
            SQL(
                """
                UPDATE ecom_catalogue_import_line line
                   SET result = %(repeated)s, action = 'skip', reason = %(reason)s
                  FROM (
                      -- Counted in one pass: a join by value would hold every line against every other.
                      SELECT id, COUNT(*) OVER (PARTITION BY %(column)s) AS times
                        FROM ecom_catalogue_import_line
                       WHERE import_id = %(batch)s AND %(column)s IS NOT NULL AND result != 'only_here'
                  ) counted
                 WHERE line.id = counted.id
                   AND counted.times > 1
                   AND line.state = 'waiting'
                   AND line.result IN ('sku', 'barcode', 'new')
                """,
                repeated=Result.REPEATED.value,
                reason=reason,
                column=column,
                batch=self.id,
            )
        )
        self.env["ecom.catalogue.import.line"].invalidate_model(["result", "action", "reason"])

    def _add_only_here(self, channel):
        """List what we sell and the shop does not have."""
        Line = self.env["ecom.catalogue.import.line"]
        Product = self.env["product.product"]
        Line.search([("import_id", "=", self.id), ("result", "=", Result.ONLY_HERE.value)]).unlink()
        query = Product._search(
            [*Product._check_company_domain(channel.company_id), ("sale_ok", "=", True), ("type", "=", "consu")]
        )
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM product_product
                 WHERE id IN %(sold)s
                   AND id NOT IN (
                       SELECT product_id FROM ecom_catalogue_import_line
                        WHERE import_id = %(batch)s AND product_id IS NOT NULL
                   )
              ORDER BY id
                """,
                sold=query.subselect(),
                batch=self.id,
            )
        )
        missing = Product.browse([row[0] for row in self.env.cr.fetchall()])
        skus = self.channel_id._skus(missing)
        Line.create(
            [
                {
                    "import_id": self.id,
                    "name": product.with_context(display_default_code=False).display_name,
                    "sku": skus[product] or False,
                    "barcode": product.barcode,
                    "price": product.lst_price,
                    "product_id": product.id,
                    "result": Result.ONLY_HERE.value,
                }
                for product in missing
            ]
        )
