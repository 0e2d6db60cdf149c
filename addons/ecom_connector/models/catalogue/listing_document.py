from collections import defaultdict
from decimal import Decimal

from odoo import models
from odoo.tools import float_round
from odoo.tools.mail import is_html_empty, plaintext2html

from ...platforms.catalogue import (
    AttributeDocument,
    ListingDocument,
    ListingKind,
    ListingState,
    OfferDocument,
    OptionDocument,
    TextsDocument,
)

GRAMS = 3  # decimals of a kilogram that are told


class EcomListing(models.Model):
    """What a product is to be on its channel, as the document that a platform is given; computed for many at once."""

    _inherit = "ecom.listing"

    def _documents(self):
        """``{listing: ListingDocument}``, in the channel's language; offers come in the order of ``_told_offers``."""
        channel = self.channel_id
        listings = self.with_context(lang=channel._shop_language())
        terms = listings._terms()
        images, own_images = listings._images()
        prices = listings.offer_ids._prices(channel)
        weights = listings._weight_factor()
        translations = listings._translations()
        documents = {}
        for listing in listings:
            offers = tuple(
                OfferDocument(**offer._prepare_offer(prices[offer], weights, own_images.get(offer)))
                for offer in listing._told_offers()
            )
            documents[self.browse(listing.id)] = ListingDocument(
                **listing._prepare_listing(terms[listing], images.get(listing, ())),
                translations=translations.get(listing.id, ()),
                offers=offers,
            )
        return documents

    def _prepare_listing(self, terms, images):
        """The fields of the listing's document, but for its offers."""
        product = self.product_tmpl_id
        return {
            "product_id": self.external_id or "",
            "kind": self._kind(),
            "state": self._wanted_state(),
            "slug": self.slug or "",
            **self._prepare_texts(),
            "ships": product.type == "consu",
            "tax_class": self._tax_class(),
            "attributes": self._prepare_attributes(terms["attribute"]),
            "categories": terms["category"],
            "tags": terms["tag"],
            "brands": terms["brand"],
            "images": tuple(images),
        }

    def _prepare_texts(self):
        """Name and descriptions in the language of the environment."""
        product = self.product_tmpl_id
        summary = self.summary
        if is_html_empty(summary):
            summary = plaintext2html(product.description_sale) if product.description_sale else ""
        return {
            "name": self.title or product.name,
            "description": str(summary if is_html_empty(self.description) else self.description),
            "summary": str(summary),
        }

    def _translations(self):
        """``{id of listing: its texts in each installed language}``, for shops that keep several."""
        listing_fields, _offer_fields = self.channel_id._publishes()
        if "translations" not in listing_fields:
            return {}
        told = defaultdict(tuple)
        for code, _name in self.env["res.lang"].get_installed():
            for listing in self.with_context(lang=code):
                told[listing.id] += (TextsDocument(code, **listing._prepare_texts()),)
        return told

    def _kind(self):
        """Whether it is sold by its variants; what the shop has already decides."""
        if self.external_id and self.offer_ids.filtered(lambda offer: offer.external_id == ""):
            return ListingKind.SIMPLE
        return ListingKind.VARIABLE if self._varying_lines() else ListingKind.SIMPLE

    def _varying_lines(self):
        return self.product_tmpl_id.valid_product_template_attribute_line_ids.filtered(
            lambda line: line.attribute_id.create_variant != "no_variant" and len(line.value_ids) > 1
        )

    def _wanted_state(self):
        """A product that is archived, or no longer sold, is paused on the shops."""
        product = self.product_tmpl_id
        return ListingState(self.state) if product.active and product.sale_ok else ListingState.OFF

    def _tax_class(self):
        """What the shop calls the products that are taxed like this one; a hook for what knows the shop's taxes."""
        return ""

    def _prepare_attributes(self, shared):
        """:param shared: ``{attribute: the shop's id of it}``"""
        varying = self._varying_lines() if self._kind() == ListingKind.VARIABLE else ()
        return tuple(
            AttributeDocument(
                name=line.attribute_id.name,
                values=tuple(line.value_ids.mapped("name")),
                varies=line in varying,
                external_id=shared.get(line.attribute_id, ""),
            )
            for line in self.product_tmpl_id.attribute_line_ids
        )

    def _told_offers(self):
        """The offers that the shop is told about, always in the same order; a simple product has one."""
        offers = self.offer_ids.sorted("id")
        return offers if self._kind() == ListingKind.VARIABLE else offers[:1]

    def _weight_factor(self):
        """Kilograms in Odoo's unit of weight."""
        unit = self.env["product.template"]._get_weight_uom_id_from_ir_config_parameter()
        return unit._compute_quantity(1.0, self.env.ref("uom.product_uom_kgm"), round=False)

    def _images(self):
        """Pictures by listing, and the own one of each variant; a hook.

        :return: ``({listing: [ImageDocument]}, {offer: ImageDocument})``
        """
        return {}, {}

    # === OFFERS === #

    def _complete_offers(self):
        """Have an offer for each variant of what is sold by variants, and one for what is not."""
        Offer = self.env["ecom.offer"]
        missing = []
        for listing in self.filtered("kept_up"):
            known = listing.offer_ids.product_id
            if listing._kind() == ListingKind.VARIABLE:
                wanted = listing.product_tmpl_id.product_variant_ids - known
            else:
                wanted = listing.product_tmpl_id.product_variant_ids[:1] if not known else known.browse()
            missing += [
                {"listing_id": listing.id, "product_id": product.id, "external_id": False} for product in wanted
            ]
        return Offer.create(missing)


class EcomOffer(models.Model):
    _inherit = "ecom.offer"

    def _prepare_offer(self, price, kilograms, image):
        """The fields of the offer's document.

        :param price: what :meth:`_prices` says of it
        :param kilograms: in Odoo's unit of weight
        """
        product = self.product_id
        weight = float_round(product.weight * kilograms, precision_digits=GRAMS)
        varying = self.listing_id._varying_lines() if self.listing_id._kind() == ListingKind.VARIABLE else ()
        chosen = {
            value.attribute_line_id: value
            for value in product.product_template_attribute_value_ids
            if value.attribute_line_id in varying
        }
        return {
            "variant_id": self.external_id or "",
            "sku": product.default_code or "",
            "barcode": product.barcode or "",
            "options": tuple(
                OptionDocument(line.attribute_id.name, chosen[line].name) for line in varying if line in chosen
            ),
            "weight": Decimal(f"{weight:.{GRAMS}f}") if weight else None,
            "image": image,
            "active": product.active,
            **price,
        }
