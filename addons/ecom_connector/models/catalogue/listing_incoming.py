import logging

from odoo import api, fields, models

from ..wording import in_words

_logger = logging.getLogger(__name__)

# Fields of a listing that hold what the shop shows, by the document's names.
KEPT = {"name": "title", "description": "description", "summary": "summary", "slug": "slug", "state": "state"}


class EcomChannel(models.Model):
    """What changes on the shop: an echo of ours is known for one, a person's change comes in or is pointed out."""

    _inherit = "ecom.channel"

    def _wants_hint(self, hint):
        if hint.kind == "product":
            return bool(hint.external_id and self._listings_named([hint.external_id]))
        return super()._wants_hint(hint)

    def _hint_flow(self, hint):
        return "listings" if hint.kind == "product" else super()._hint_flow(hint)

    def _listings_named(self, ids):
        """``{the shop's id: listing}`` of products and variants that are known here, in two look-ups."""
        Listing, Offer = self.env["ecom.listing"].sudo(), self.env["ecom.offer"].sudo()
        mine = [("channel_id", "=", self.id), ("external_id", "in", ids)]
        named = {offer.external_id: offer.listing_id for offer in Offer.search(mine) if offer.listing_id.external_id}
        return named | {listing.external_id: listing for listing in Listing.search(mine)}

    def _hear_products(self, platform):
        """Look at the products that the shop said had changed, a page in one call.

        :return: whether there were any
        """
        events = self.env["ecom.event"]._waiting(self, "product", platform.capabilities.page_size)
        if not events:
            return False
        event_ids = events.ids
        named = self._listings_named(events.mapped("external_id"))
        wanted = list(dict.fromkeys(listing.external_id for listing in named.values()))
        self._before_http()
        documents, unreadable = {}, set()
        for raw in platform.read_listings(wanted) if wanted else ():
            try:
                document = platform.parse_listing(raw)
            except ValueError as error:
                unreadable.add(str(raw.get("id")))
                _logger.warning("Channel %s: a product could not be read (%s)", self.id, in_words(self.env, error))
            else:
                documents[document.product_id] = document

        def store():
            listings = self.env["ecom.listing"].search(
                [("channel_id", "=", self.id), ("external_id", "in", list(documents))]
            )
            listings._hear({listing: documents[listing.external_id] for listing in listings})
            gone = [key for key in wanted if key not in documents and key not in unreadable]
            self._listings_gone(gone)
            self.env["ecom.event"].browse(event_ids)._done()

        self._in_transaction(store)
        return True

    def _listings_gone(self, ids):
        """A product was deleted on the shop: a person decides whether it is to be there again."""
        gone = self.env["ecom.listing"].search([("channel_id", "=", self.id), ("external_id", "in", ids)])
        self.env["ecom.issue"]._raise_each(
            self,
            "listing_gone",
            [
                {
                    "order": self.env["ecom.order"],
                    "key": str(listing.id),
                    "message": self.env._("“%(product)s” was deleted on the shop.", product=listing.name),
                    "data": {"listing": listing.id},
                }
                for listing in gone.filtered("kept_up")
            ],
        )
        gone.write({"state": "off", "kept_up": False})


class EcomListing(models.Model):
    """What the shop shows now, held against what it showed when we looked last."""

    _inherit = "ecom.listing"

    differs = fields.Json(
        copy=False, help="What somebody changed on the shop although Odoo keeps it up: names of the document's fields."
    )
    differs_words = fields.Char(string="Changes on the Shop", compute="_compute_differs_words")
    has_differences = fields.Boolean(compute="_compute_has_differences", store=True)

    def _compute_differs_words(self):
        labels = self._field_labels()
        for listing in self:
            names = dict.fromkeys(name.removeprefix("offer.") for name in listing.differs or ())
            listing.differs_words = ", ".join(labels.get(name, name) for name in names) or False

    @api.depends("differs")
    def _compute_has_differences(self):
        for listing in self:
            listing.has_differences = bool(listing.differs)

    def _field_labels(self):
        """What the document's fields are called on screens."""
        env = self.env
        return {
            "state": env._("Status"),
            "name": env._("Title"),
            "slug": env._("Address Part"),
            "description": env._("Description"),
            "summary": env._("Short Description"),
            "tax_class": env._("Tax Class"),
            "ships": env._("Is Shipped"),
            "categories": env._("Categories"),
            "tags": env._("Tags"),
            "brands": env._("Brands"),
            "attributes": env._("Attributes"),
            "images": env._("Pictures"),
            "custom": env._("Own Fields"),
            "active": env._("On Sale"),
            "sku": env._("SKU"),
            "barcode": env._("Barcode"),
            "options": env._("Options"),
            "price": env._("Price"),
            "sale_price": env._("Promotional Price"),
            "sale_from": env._("Promotion From"),
            "sale_to": env._("Promotion To"),
            "weight": env._("Weight (kg)"),
            "image": env._("Picture"),
        }

    def _hear(self, documents):
        """Take in what the shop shows.

        :param documents: ``{listing: ListingDocument}``; what is as it was shown last is an echo, and nothing happens
        """
        for listing, document in documents.items():
            changed = listing._changed_on_shop(document)
            if listing.shown and not changed:
                continue
            if not listing.kept_up:
                listing.with_context(lang=listing.channel_id._shop_language()).write(listing._prepare_kept(document))
            elif listing.shown:
                listing._point_out(document, changed)
            listing._remember_shown(document)

    def _changed_on_shop(self, document):
        """Names of the fields that are not as they were shown last; those of offers begin with ``offer.``."""
        now = self._shown_marks(document)
        changed = {name for name in now if now[name] != (self.shown or {}).get(name)}
        offers = {offer.external_id or "": offer for offer in self.offer_ids}
        for shown in document.offers:
            offer = offers.get(shown.variant_id)
            if offer and offer.shown:
                now = offer._shown_marks(shown)
                changed |= {f"offer.{name}" for name in now if now[name] != offer.shown.get(name)}
        return changed

    def _point_out(self, document, changed):
        """Odoo has the say: the shop is left as a person made it, until somebody here decides."""
        listing_fields, offer_fields = self.channel_id._publishes()
        told = {name for name in changed if name in listing_fields or name.removeprefix("offer.") in offer_fields}
        if told:
            self.differs = sorted(told | set(self.differs or ()))

    def _prepare_kept(self, document):
        """What the shop shows of a product that it keeps itself."""
        values = {field: getattr(document, name) for name, field in KEPT.items()}
        return values | {"state": document.state.value}

    def _tell_again(self, document, lines):
        """Take all as told but what these lines of a comparison say, so that just that is told now."""

        def told(marks, names):
            return {name: mark for name, mark in marks.items() if name not in names}

        own = lines.filtered(lambda line: not line.offer_id).mapped("field")
        self.write({"kept_up": True, "differs": False, "told": told(self._marks(document), own)})
        for offer, offer_document in zip(self._told_offers(), document.offers, strict=True):
            names = lines.filtered(lambda line, offer=offer: line.offer_id == offer).mapped("field")
            if offer.external_id is not False:
                offer.told = told(offer._marks(offer_document), names)
        self._note_change()

    def _compared_fields(self):
        """The fields of listings, and of offers, that a comparison speaks of; a hook."""
        return self.channel_id._publishes()

    def _comparable(self, document):
        """A document of Odoo's, or of the shop's, as far as the two can be compared; a hook."""
        return document

    # === BUTTONS === #

    def action_compare(self):
        """Ask the shop what it shows, and lay the differences side by side."""
        self.check_access("read")
        compare = self.env["ecom.listing.compare"]._of(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare With the Shop"),
            "res_model": "ecom.listing.compare",
            "res_id": compare.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_overrule(self):
        """Have the shop say again what Odoo says."""
        self.check_access("write")
        for listing in self.sudo().filtered("differs"):
            names = set(listing.differs)
            listing.told = {name: mark for name, mark in (listing.told or {}).items() if name not in names}
            for offer in listing.offer_ids:
                offer.told = {name: mark for name, mark in (offer.told or {}).items() if f"offer.{name}" not in names}
            listing.differs = False
        return self.action_update()

    def action_accept_shop(self):
        """Let the shop's word stand until the next change here."""
        self.check_access("write")
        self.sudo().differs = False
        return True


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[("listing_gone", "Product deleted on the shop")], ondelete={"listing_gone": "cascade"}
    )

    def _compute_remedy(self):
        result = super()._compute_remedy()
        for issue in self.filtered(lambda issue: issue.code == "listing_gone"):
            issue.remedy = self.env._("Publish again")
        return result

    def _fix_listing_gone(self, same):
        listings = self.env["ecom.listing"].browse(
            [issue.data["listing"] for issue in same if issue.data.get("listing")]
        )
        listings = listings.exists()
        nothing = {"told": False, "shown": False, "external_id": False}
        listings.offer_ids.write(nothing)
        listings.write(nothing | {"url": False, "creating_since": False, "kept_up": True, "state": "on"})
