from odoo import api, fields, models


class EcomOffer(models.Model):
    """The sellable unit of a listing: a variant, or the product itself where it has none."""

    _name = "ecom.offer"
    _description = "Product Offer"
    _rec_name = "sku"
    _check_company_auto = True

    listing_id = fields.Many2one("ecom.listing", required=True, ondelete="cascade", index=True)
    channel_id = fields.Many2one(related="listing_id.channel_id", store=True, index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    external_id = fields.Char(string="Shop's Variant Id", help="Empty for a product without variants.")
    sku = fields.Char(string="SKU on the Shop")
    product_id = fields.Many2one("product.product", required=True, check_company=True, index=True, ondelete="restrict")

    _listing_external_unique = models.Constraint(
        "UNIQUE(listing_id, external_id)", "The listing already has an offer with this id."
    )

    @api.model
    def _resolve(self, channel, lines):
        """The product of each order line, by mapping, then SKU, then barcode, in a constant number of look-ups.

        :param lines: ``LineDocument``s of kind product
        :return: ``({(product id, variant id, sku): product}, {same key: why not, "unknown" or "ambiguous"})``
        """
        wanted = {(line.product_id, line.variant_id, line.sku): line for line in lines}
        offers = self.search(
            [
                ("channel_id", "=", channel.id),
                ("listing_id.external_id", "in", list({key[0] for key in wanted if key[0]})),
            ]
        )
        mapped = {
            (offer.listing_id.external_id, offer.external_id or ""): offer.product_id
            for offer in offers
            if offer.external_id is not False or len(offer.listing_id.offer_ids) == 1
        }
        resolved = {key: mapped[key[:2]] for key in wanted if key[:2] in mapped}
        rest = {key: line for key, line in wanted.items() if key not in resolved}
        if not rest:
            return resolved, {}
        by_sku, by_barcode = self._products_by_code(
            channel, {line.sku for line in rest.values()}, {line.barcode for line in rest.values()}
        )
        unresolved, matched = {}, {}
        for key, line in rest.items():
            found = by_sku.get(line.sku) or by_barcode.get(line.barcode)
            if not found:
                unresolved[key] = "unknown"
            elif len(found) > 1:
                unresolved[key] = "ambiguous"
            else:
                resolved[key] = matched[key] = found
        self._remember(channel, matched)
        return resolved, unresolved

    @api.model
    def _products_by_code(self, channel, skus, barcodes):
        """``({sku: products}, {barcode: products})``; products of the company and shared ones alike."""
        Product = self.env["product.product"].with_context(active_test=False)
        company = self.env["product.product"]._check_company_domain(channel.company_id)
        skus.discard("")
        barcodes.discard("")
        by_sku, by_barcode = {}, {}
        if skus:
            products = Product.search([*company, *channel._sku_domain(list(skus))], order="active desc, id")
            for product, sku in channel._skus(products).items():
                found = by_sku.setdefault(sku, Product)
                if product.active or not found.filtered("active"):
                    by_sku[sku] = found | product
        if barcodes:
            for product in Product.search([*company, ("barcode", "in", list(barcodes))]):
                by_barcode[product.barcode] = by_barcode.get(product.barcode, Product) | product
        return by_sku, by_barcode

    @api.model
    def _remember(self, channel, matched):
        """Keep what was matched, ``{(product id, variant id, sku): product}``, so that it is found by id next time."""
        # A product's SKU may have changed between two orders: the first one seen names the offer.
        first = {}
        for key, product in matched.items():
            if key[0]:
                first.setdefault(key[:2], (key, product))
        matched = dict(first.values())
        if not matched:
            return
        Listing = self.env["ecom.listing"]
        ids = list({key[0] for key in matched})
        listings = {
            listing.external_id: listing
            for listing in Listing.search([("channel_id", "=", channel.id), ("external_id", "in", ids)])
        }
        templates = {key[0]: product.product_tmpl_id for key, product in matched.items()}
        missing = [external_id for external_id in ids if external_id not in listings]
        created = Listing.create(
            [
                {
                    "channel_id": channel.id,
                    "external_id": external_id,
                    "product_tmpl_id": templates[external_id].id,
                }
                for external_id in missing
            ]
        )
        listings |= dict(zip(missing, created, strict=True))
        self.create(
            [
                {
                    "listing_id": listings[product_id].id,
                    "external_id": variant_id,
                    "sku": sku,
                    "product_id": product.id,
                }
                for (product_id, variant_id, sku), product in matched.items()
            ]
        )
