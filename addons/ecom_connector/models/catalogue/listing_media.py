from collections import defaultdict
from dataclasses import replace
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain

from ...decisions import media
from ...platforms.catalogue import ImageDocument, ListingKind


class Picture(NamedTuple):
    """A picture or document of a product, as it is here. ``size`` in bytes, ``alt`` what it shows; ``owner`` is the id
    of the listing whose it is, where the shop keeps files with one product."""

    checksum: str
    attachment_id: int
    mimetype: str
    size: int
    name: str
    alt: str
    label: str = ""
    owner: int = 0

    @property
    def key(self):
        return self.owner, self.checksum


class Shown(NamedTuple):
    """What a listing shows beside text: pictures, documents, ``(title, address)`` of videos and documents elsewhere."""

    pictures: list
    documents: list
    links: list


class EcomListing(models.Model):
    """The pictures and documents of listings, in order: the product's own picture, then those for shops."""

    _inherit = "ecom.listing"

    media_ids = fields.One2many("ecom.media", "listing_id")

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._without_links(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._without_links(vals))

    @api.model
    def _without_links(self, vals):
        """The values without what we add to a description for shops."""
        if vals.get("description"):
            vals = vals | {"description": media.without_links(str(vals["description"]))}
        return vals

    def _media_owner(self):
        """The id that files of this listing are kept under, 0 where products share them."""
        self.ensure_one()
        return self.id if self.channel_id._platform_class().capabilities.media_of_product else 0

    # === WHAT THERE IS === #

    def _shown(self):
        """What these listings are to show, in a constant number of look-ups.

        :return: ``({listing: Shown}, {offer: Picture})``, whatever shops make of it
        """
        templates, variants = self.product_tmpl_id, self.offer_ids.product_id
        variants.product_template_attribute_value_ids.mapped("name")  # read for all of them at once
        images = self.env["ecom.product.image"].search([("product_tmpl_id", "in", templates.ids)])
        files = self._files(
            {
                ("product.template", "image_1920"): templates.ids,
                ("product.product", "image_variant_1920"): variants.ids,
                ("ecom.product.image", "image_1920"): images.ids,
            }
        )
        by_template = images.grouped("product_tmpl_id")
        documents, links = self._shared_documents(templates, variants)
        shown, own = {}, {}
        for listing in self:
            template = listing.product_tmpl_id
            mine = by_template.get(template, images.browse())
            mine = mine.filtered(
                lambda image, listing=listing: not image.channel_ids or listing.channel_id in image.channel_ids
            )
            title = listing.title or template.name or ""
            owner = listing._media_owner()

            def picture(model, record, alt="", title=title):
                found = files.get((model, record.id))
                return found and self._picture(found, alt or title, title)._replace(owner=owner)  # noqa: B023

            pictures = [picture("product.template", template)]
            for offer in listing._told_offers():
                product = offer.product_id
                candidates = [picture("product.product", product, f"{title} {offer._combination_name()}".strip())]
                candidates += [
                    picture("ecom.product.image", image, image.alt) for image in mine if image.product_id == product
                ]
                found = [candidate for candidate in candidates if candidate]
                if found and listing._kind() == ListingKind.VARIABLE:
                    own[offer] = found.pop(0)
                pictures += found
            pictures += [picture("ecom.product.image", image, image.alt) for image in mine if not image.product_id]
            videos = [(image.alt or title, image.video_url) for image in mine if image.video_url]
            shown[listing] = Shown(
                list({found.checksum: found for found in pictures if found}.values()),
                [document._replace(owner=owner) for document in documents[template]],
                videos + links[template],
            )
        return shown, own

    def _files(self, wanted):
        """``{(model, record id): attachment}`` of these fields' contents."""
        domain = Domain.OR(
            Domain([("res_model", "=", model), ("res_field", "=", field), ("res_id", "in", ids)])
            for (model, field), ids in wanted.items()
        )
        names = ["res_model", "res_id", "checksum", "mimetype", "file_size"]
        found = self.env["ir.attachment"].sudo().search_fetch(domain, names, order="id")
        return {(file.res_model, file.res_id): file for file in found}

    def _picture(self, file, alt, title):
        stem = self.env["ir.http"]._slugify(title, max_length=60) or "image"
        name = f"{stem}-{file.checksum[:8]}.{media.extension(file.mimetype) or 'bin'}"
        return Picture(file.checksum, file.id, file.mimetype, file.file_size, name, alt, title)

    def _shared_documents(self, templates, variants):
        """Sheets that the merchant shares: ``({template: [Picture]}, {template: [(title, address)]})``."""
        documents, links = defaultdict(list), defaultdict(list)
        found = (
            self.env["product.document"]
            .sudo()
            .search(
                Domain("ecom_shared", "=", True)
                & (
                    Domain([("res_model", "=", "product.template"), ("res_id", "in", templates.ids)])
                    | Domain([("res_model", "=", "product.product"), ("res_id", "in", variants.ids)])
                )
            )
        )
        template_of = {product.id: product.product_tmpl_id for product in variants}
        for document in found:
            template = (
                template_of[document.res_id]
                if document.res_model == "product.product"
                else templates.browse(document.res_id)
            )
            if document.type == "url":
                if document.url:
                    links[template].append((document.name, document.url))
                continue
            file = document.ir_attachment_id
            name = document.name if "." in document.name else f"{document.name}.{media.extension(file.mimetype)}"
            documents[template].append(
                Picture(file.checksum, file.id, file.mimetype, file.file_size, name, document.name, template.name)
            )
        return documents, links

    def _sendable(self, file, types):
        """Why a file cannot be given to a shop: ``"type"``, ``"size"`` or ``""``."""
        limit = self.channel_id._platform_class().capabilities.max_media_bytes
        return media.problem(file.mimetype if file.mimetype in types else "", file.size, limit)

    # === WHAT THE SHOP IS TOLD === #

    def _images(self):
        shown, own = self._shown()
        everything = [file for found in shown.values() for file in found.pictures]
        good = [file for file in (*everything, *own.values()) if not self._sendable(file, media.PICTURES)]
        rows = self.env["ecom.media"].sudo()._ensure(self.channel_id, good)

        def document(file):
            row = rows.get(file.key)
            if not row or row.refusal:
                return None
            return ImageDocument(row.external_id or "", row.url or row._address(), file.alt, file.checksum)

        images = {
            listing: [found for file in these.pictures if (found := document(file))] for listing, these in shown.items()
        }
        return images, {offer: found for offer, file in own.items() if (found := document(file))}

    def _documents(self):
        if not self:
            return {}
        documents = super()._documents()
        links = self.with_context(lang=self.channel_id._shop_language())._links()
        return {
            listing: replace(document, description=media.with_links(document.description, links.get(listing, ())))
            for listing, document in documents.items()
        }

    def _links(self):
        """``{listing: [(title, address)]}`` of videos and documents, which shops have no place for but the text."""
        shown, _own = self._shown()
        files = [file for these in shown.values() for file in these.documents]
        good = [file for file in files if not self._sendable(file, media.DOCUMENTS)]
        rows = self.env["ecom.media"].sudo()._ensure(self.channel_id, good)
        return {
            listing: [
                *these.links,
                *(
                    (file.alt, row.url or row._address())
                    for file in these.documents
                    if (row := rows.get(file.key)) and not row.refusal
                ),
            ]
            for listing, these in shown.items()
        }


class EcomOffer(models.Model):
    _inherit = "ecom.offer"

    def _combination_name(self):
        """“Red, M”."""
        return ", ".join(self.product_id.product_template_attribute_value_ids.mapped("name"))
