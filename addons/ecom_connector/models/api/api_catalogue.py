from odoo import api, models

from ...platforms.catalogue import ListingDocument


class EcomApi(models.AbstractModel):
    """The products that are published on the channel, whole, and what has changed of them."""

    _inherit = "ecom.api"

    @api.model
    def product_changes(self, channel, cursor="", limit=100):
        """Published products that changed since the cursor, oldest change first, each once and as it is now.

        Begin with an empty cursor for all of them, and keep the one returned. Only the channel's own lane numbers
        changes, one after the other, so that none is ever passed over.

        :return: ``{"items": [...], "cursor": text, "more": whether to go on}``
        """
        channel = self._channel(channel)
        after, limit = self._page(cursor, limit)
        Listing = channel.env["ecom.listing"]
        domain = [("channel_id", "=", channel.id), ("version", ">", after)]
        listings = Listing.search(domain, order="version, id", limit=limit + 1)
        page = listings[:limit]
        # Files and problems are the lane's to note: two who ask at once would note them twice.
        documents = page.with_context(ecom_only_looks=True)._documents() if page else {}
        left = {level: self._left_to_the_shop(channel, level) for level in ("listing", "offer")}
        currency = channel._price_currency().name
        with_tax = channel.shop_price_tax != "excluded"
        return {
            "items": [
                self._plain_listing(listing, documents[listing], left)
                | {"currency": currency, "prices_include_tax": with_tax, "version": str(listing.version)}
                for listing in page
            ],
            "cursor": str(page[-1].version) if page else cursor,
            "more": len(listings) > limit,
        }

    @api.model
    def _left_to_the_shop(self, channel, level):
        """The fields of products, or of what is sold under them, that the channel's mappings leave to the shop."""
        return channel.env["ecom.field.mapping"]._of(channel)._kept(level, True)

    @api.model
    def _plain_listing(self, listing, document: ListingDocument, left):
        """:param left: ``{level: fields that are left to the shop}``; absent, for an empty text means none"""
        plain = {
            "id": str(listing.product_tmpl_id.id),
            "state": document.state.value,
            "name": document.name,
            "summary": document.summary,
            "description": document.description,
            "slug": document.slug,
            "translations": {
                texts.language: {"name": texts.name, "summary": texts.summary, "description": texts.description}
                for texts in document.translations
            },
            "categories": [[*term.path, term.name] for term in document.categories],
            "tags": [term.name for term in document.tags],
            "brands": [term.name for term in document.brands],
            "attributes": [
                {"name": attribute.name, "values": list(attribute.values), "varies": attribute.varies}
                for attribute in document.attributes
            ],
            "fields": {field.name: field.value for field in document.custom},
            "images": [{"url": image.url, "alt": image.alt} for image in document.images],
            "ships": document.ships,
            "offers": [
                self._plain_offer(offer, offer_document, left["offer"])
                for offer, offer_document in zip(listing._told_offers(), document.offers, strict=True)
            ],
        }
        plain["translations"] = {
            language: _without(texts, left["listing"]) for language, texts in plain["translations"].items()
        }
        return _without(plain, left["listing"])

    @api.model
    def _plain_offer(self, offer, document, left):
        plain = {
            "id": str(offer.product_id.id),
            "sku": document.sku,
            "barcode": document.barcode,
            "active": document.active,
            "options": [{"label": option.attribute, "value": option.value} for option in document.options],
            "price": self._plain_number(document.price),
            "sale_price": self._plain_number(document.sale_price),
            "sale_from": self._moment(document.sale_from and document.sale_from.replace(tzinfo=None)),
            "sale_to": self._moment(document.sale_to and document.sale_to.replace(tzinfo=None)),
            "prices": [
                {
                    "group": price.group,
                    "quantity": self._plain_number(price.quantity),
                    "price": self._plain_number(price.price),
                }
                for price in document.prices
            ],
            "weight": self._plain_number(document.weight),
            "image": document.image.url if document.image else "",
            "fields": {field.name: field.value for field in document.custom},
        }
        return _without(plain, left)

    @api.model
    def _plain_number(self, value):
        return "" if value is None else f"{value:f}"


def _without(plain, names):
    return {name: value for name, value in plain.items() if name not in names}
