from decimal import Decimal

from odoo import fields, models

from ...decisions import publishing
from .field_mapping_take import News


class EcomListing(models.Model):
    """What the shop has the say about comes in: into the field that the mapping names."""

    _inherit = "ecom.listing"

    taken = fields.Json(copy=False, help="Digests of Odoo's values when the shop's were last taken over.")

    def _hear(self, documents):
        self.browse()._take_from_shop(
            {listing: (document, listing._news_of(document)) for listing, document in documents.items()}
        )
        taken = {listing.with_context(ecom_taken=True): document for listing, document in documents.items()}
        return super()._hear(taken)

    def _news_of(self, document):
        """The names of what changed on the shop; all of them where it was never looked at."""
        return self._changed_on_shop(document) if self.shown else None

    def _point_out(self, document, changed):
        """Only what is told is pointed out: of the rest, the shop's word is taken, or nobody's."""
        if not self.env.context.get("ecom_taken"):
            self._take_from_shop({self: (document, changed)})
        mappings = self.env["ecom.field.mapping"]._of(self.channel_id)
        kept = mappings._kept("listing", False) | {f"offer.{name}" for name in mappings._kept("offer", False)}
        told = {name for name in changed if name not in kept and ":" not in name}
        for mapping in mappings.filtered(lambda row: row.named and row.direction == "to_shop"):
            if mapping._shown_name() in changed:
                told.add("offer.custom" if mapping._level() == "offer" else mapping._told_fields()[0])
        return super()._point_out(document, told)

    def _shown_marks(self, document):
        return self.env["ecom.field.mapping"]._of(self.channel_id)._with_named(super()._shown_marks(document), document)

    def _changed_on_shop(self, document):
        """A field that was mapped since we looked last is no change."""
        known = set(self.shown or ()) | {f"offer.{name}" for offer in self.offer_ids for name in offer.shown or ()}
        return {name for name in super()._changed_on_shop(document) if ":" not in name or name in known}

    def _take_from_shop(self, news):
        """Write what changed on the shop into the fields that are its own, for many listings at once.

        :param news: ``{listing: (ListingDocument, names of what changed)}``, those of offers beginning with
            ``offer.``; ``None`` for all
        """
        Mapping, found = self.env["ecom.field.mapping"], []
        for listing, (document, changed) in news.items():
            offers = {offer.external_id or "": offer for offer in listing.offer_ids}
            for mapping in Mapping._of(listing.channel_id).filtered(lambda row: row.direction == "to_odoo"):
                if changed is not None and mapping._shown_name() not in changed:
                    continue
                if mapping._level() == "listing":
                    shown = [(self.env["ecom.offer"], document)]
                else:
                    shown = [(offers[row.variant_id], row) for row in document.offers if row.variant_id in offers]
                for offer, row in shown:
                    if (value := mapping._shown_value(row)) is not None:
                        found.append(News(listing, offer, mapping, value))
        if found:
            Mapping._take(found)


class EcomOffer(models.Model):
    _inherit = "ecom.offer"

    def _shown_marks(self, document):
        return self.env["ecom.field.mapping"]._of(self.channel_id)._with_named(super()._shown_marks(document), document)


class EcomFieldMapping(models.Model):
    """Taking over what the shop says."""

    _inherit = "ecom.field.mapping"

    def _shown_name(self):
        """What the digest of the shop's field is called: a named one has one of its own."""
        _level, _dot, name = self.target.partition(".")
        name = f"{name}:{self.target_name}" if self.named else name
        return f"offer.{name}" if self._level() == "offer" else name

    def _with_named(self, marks, document):
        """The digests, with one of each named field instead of one of them all."""
        level = "offer" if hasattr(document, "variant_id") else "listing"
        marks = {name: mark for name, mark in marks.items() if name != "custom"}
        for mapping in self.filtered(lambda row: row.named and row._level() == level):
            marks[mapping._shown_name().removeprefix("offer.")] = publishing.digest(mapping._shown_value(document))
        return marks

    def _shown_value(self, document):
        """What the shop's document says; ``None`` where it says nothing of the field."""
        name = self.target.partition(".")[2]
        if name == "custom":
            return next((row.value for row in document.custom if row.name == self.target_name), None)
        if name == "attribute":
            wanted = self.target_name.casefold()
            return next((list(row.values) for row in document.attributes if row.name.casefold() == wanted), None)
        value = getattr(document, name)
        if isinstance(value, Decimal):
            return str(value)
        if name == "state":
            return value.value
        return "" if value is None else value
