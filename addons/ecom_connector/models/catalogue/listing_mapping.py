from dataclasses import replace
from decimal import Decimal

from odoo import api, models

from ...platforms.catalogue import AttributeDocument, CustomField, ListingDocument, ListingKind

SHOPS_WORD = ("to_odoo", "none")
TRANSLATED = ("listing.name", "listing.description", "listing.summary")


class EcomListing(models.Model):
    """A channel's mappings, applied to what its listings are to be; without any, nothing is different."""

    _inherit = "ecom.listing"

    def _documents(self):
        documents = super()._documents()
        self.env["ecom.field.mapping"]._note_broken(self.channel_id)
        mappings = self.env["ecom.field.mapping"]._of(self.channel_id).filtered(lambda row: row.source != "builtin")
        return self._map_fields(documents, mappings) if mappings and documents else documents

    def _map_fields(self, documents, mappings):
        """The documents with the mapped values; each mapping is read for all products at once."""
        offers = {listing: listing._told_offers() for listing in documents}
        records = {
            "listing": self.union(*documents).product_tmpl_id,
            "offer": self.env["ecom.offer"].union(*offers.values()).product_id,
        }
        values, problems = {}, []
        for mapping in mappings:
            values[mapping], refused = mapping._told_values(records[mapping._level()])
            problems += [(mapping, record_id, reason) for record_id, reason in refused.items()]
        mappings._note_unreadable(problems, records)
        texts = mappings._translated(documents, records["listing"])
        return {
            listing: replace(
                mappings._fill(document, values, listing.product_tmpl_id, listing._is_new()),
                translations=tuple(
                    replace(text, **texts(text.language, listing.product_tmpl_id)) for text in document.translations
                ),
                offers=tuple(
                    mappings._fill(row, values, offer.product_id, offer._is_new())
                    for offer, row in zip(offers[listing], document.offers, strict=True)
                ),
            )
            for listing, document in documents.items()
        }

    def _is_new(self):
        """Whether the shop is about to be asked to make it."""
        return not self.external_id and not self.told

    # === WHO SAYS WHAT === #

    def _change(self, document, listing_fields, offer_fields):
        """What has to be told, but for what the mappings leave to the shop."""
        mappings = self.env["ecom.field.mapping"]._of(self.channel_id)
        if not mappings:
            return super()._change(document, listing_fields, offer_fields)
        kept = mappings._kept("listing", self._is_new())
        change, marks = super()._change(document, listing_fields - kept, offer_fields)
        marks[None] = _without(marks[None], mappings._kept("listing", False))
        changes = {told.key: told for told in change.offers}
        for offer in self._told_offers():
            kept = mappings._kept("offer", offer._is_new())
            marks[offer] = _without(marks[offer], mappings._kept("offer", False))
            if told := changes.get(str(offer.id)):
                changes[told.key] = replace(told, fields=told.fields - kept)
        makes = document.kind == ListingKind.VARIABLE
        offers = [told for told in changes.values() if told.fields or (makes and not told.document.variant_id)]
        return replace(change, offers=tuple(offers)), marks

    def _compared_fields(self):
        """Without what is not Odoo's to say."""
        mappings = self.env["ecom.field.mapping"]._of(self.channel_id)
        listing_fields, offer_fields = super()._compared_fields()
        return listing_fields - mappings._kept("listing", False), offer_fields - mappings._kept("offer", False)

    def _comparable(self, document):
        """A document of either side with the own fields that Odoo has to say, in one order."""
        mappings = self.env["ecom.field.mapping"]._of(self.channel_id)
        offers = tuple(mappings._with_told_custom(offer) for offer in document.offers)
        return replace(mappings._with_told_custom(document), offers=offers)

    def _shops_own(self):
        """What a person mapped to the shop is no longer the shop's own."""
        mappings = self.env["ecom.field.mapping"]._of(self.channel_id)
        told = mappings.filtered(lambda row: row.direction == "to_shop" and row.target != "listing.attribute")
        return super()._shops_own() - {name for mapping in told for name in mapping._told_fields()}

    def _marks(self, document):
        return super()._marks(self.env["ecom.field.mapping"]._of(self.channel_id)._lasting(document))


class EcomOffer(models.Model):
    _inherit = "ecom.offer"

    def _is_new(self):
        return self.external_id is False and not self.told

    def _marks(self, document):
        return super()._marks(self.env["ecom.field.mapping"]._of(self.channel_id)._lasting(document))


class EcomFieldMapping(models.Model):
    """How documents are filled and held against what was told, by the mappings of one channel."""

    _inherit = "ecom.field.mapping"

    def _kept(self, level, new):
        """The fields of a listing, or an offer, that the shop is not to be told of."""
        return {
            name
            for mapping in self
            if mapping._level() == level
            and not mapping.named
            and (mapping.direction in SHOPS_WORD or (mapping.direction == "create" and not new))
            for name in mapping._told_fields()
        }

    def _fill(self, document, values, product, new):
        """The document with what these mappings make of its product.

        :param values: ``{mapping: {product id: text}}``
        """
        level = "listing" if isinstance(document, ListingDocument) else "offer"
        changes, custom = {}, {row.name: row for row in document.custom}
        for mapping in self:
            if mapping._level() != level or product.id not in values[mapping]:
                continue
            text = values[mapping][product.id]
            if mapping.target == "listing.attribute":
                attributes = changes.get("attributes", document.attributes)
                changes["attributes"] = mapping._with_attribute(attributes, text)
            elif mapping.named:
                # An empty text makes the shop forget a value; a new product has none to forget.
                told = mapping.direction == "to_shop" or (mapping.direction == "create" and new)
                if told and (text or not new):
                    custom[mapping.target_name] = CustomField(mapping.target_name, text)
            else:
                changes |= mapping._core_values(text)
        return replace(document, custom=tuple(custom.values()), **changes)

    def _translated(self, documents, products):
        """What the mapped texts are in each language that the documents speak.

        :return: a function of language and product: ``{field: text}``
        """
        languages = {text.language for document in documents.values() for text in document.translations}
        told = {
            (mapping, language): mapping._told_values(products, language)[0]
            for mapping in self
            if mapping.target in TRANSLATED
            for language in languages
        }

        def texts(language, product):
            found = {}
            for mapping in self:
                text = told.get((mapping, language), {}).get(product.id)
                found |= mapping._core_values(text) if text is not None else {}
            return found

        return texts

    def _core_values(self, text):
        """``{field of the document: value}`` for a text that the mapping made."""
        names = self._told_fields()
        if self.kind == "number":
            number = Decimal(text) if text else None
            if self.target != "offer.price":
                number = number or None  # no weight, and no promotion
            return dict.fromkeys(names, None) | {names[0]: number}
        # The shop would refuse a product without a name.
        return {names[0]: text} if text or self.target != "listing.name" else {}

    def _with_attribute(self, attributes, text):
        """The attributes with this one; one that variants differ by stands as it is."""
        name = self.target_name.casefold()
        known = next((row for row in attributes if row.name.casefold() == name), None)
        if known and known.varies:
            return attributes
        others = tuple(row for row in attributes if row is not known)
        parts = text.split(self.separator) if self.converter == "list" else [text]
        parts = tuple(part.strip() for part in parts if part.strip())
        if not parts:
            return others
        return (*others, AttributeDocument(self.target_name, parts, False, known.external_id if known else ""))

    def _lasting(self, document):
        """The document without what is told once or said by the shop, and without fields that say nothing."""
        if not self:
            return document
        passing = {
            (mapping.target, mapping.target_name)
            for mapping in self
            if mapping.named and mapping.direction != "to_shop"
        }
        is_listing = isinstance(document, ListingDocument)
        target = "listing.custom" if is_listing else "offer.custom"
        changes = {"custom": tuple(row for row in document.custom if row.value and (target, row.name) not in passing)}
        if is_listing:
            names = {name.casefold() for target, name in passing if target == "listing.attribute"}
            changes["attributes"] = tuple(
                row for row in document.attributes if row.varies or row.name.casefold() not in names
            )
        return replace(document, **changes)

    def _with_told_custom(self, document):
        target = "listing.custom" if isinstance(document, ListingDocument) else "offer.custom"
        names = [row.target_name for row in self if row.target == target and row.direction == "to_shop"]
        shown = {row.name: row for row in document.custom if row.value}
        return replace(document, custom=tuple(shown[name] for name in names if name in shown))

    @api.model
    def _note_broken(self, channel):
        """Name the mappings that are left out, because what they read is no longer there."""
        broken = self.sudo().browse(self._ids_of(channel.id)[1])
        self._note_not_told(channel, {str(mapping.id): mapping._problem() for mapping in broken})

    def _note_unreadable(self, problems, records):
        """Name the products whose value has no word on the shop; what was there stays.

        :param problems: ``[(mapping, product id, why)]``
        """
        messages = {
            f"{mapping.id}:{record_id}": self.env._(
                "“%(product)s”, %(field)s: %(reason)s",
                product=records[mapping._level()].browse(record_id).display_name,
                field=mapping.display_name,
                reason=reason,
            )
            for mapping, record_id, reason in problems
        }
        self._note_not_told(self.channel_id, messages)

    @api.model
    def _note_not_told(self, channel, messages):
        """:param messages: ``{key: what is not told, and why}``"""
        if self.env.context.get("ecom_only_looks"):
            return
        none = self.env["ecom.order"]
        causes = [{"order": none, "key": key, "message": text, "data": None} for key, text in messages.items()]
        self.env["ecom.issue"]._raise_each(channel, "field_not_told", causes)


def _without(marks, names):
    """The digests of what is told for good: once a field is told again, nothing is remembered of it."""
    return {name: mark for name, mark in marks.items() if name not in names}
