import random
import time
from datetime import UTC, timedelta

from odoo import fields, models

from ...decisions import backoff, publishing
from ...platforms.catalogue import ListingKind
from ...platforms.publishing import LISTING_FIELDS, OFFER_FIELDS, ListingChange, ListingResult, OfferChange, Refusal
from ..wording import in_words

# What a shop's own product keeps until somebody changes it here: Odoo knows less of it than the shop.
SHOPS_OWN = frozenset({"slug", "categories", "tags", "brands", "attributes", "images", "custom"})
PATIENCE = 5  # attempts after which a person is told, while it goes on
BATCH = 100  # listings in one go: the smallest number that vendors take in a call
LOOK_BACK = timedelta(minutes=5)  # a shop's clock may be behind ours


class EcomChannel(models.Model):
    """The lane of listings: what a shop shows converges to what Odoo says.

    Nothing is queued: a change only says which listings to look at. What a listing is to be is computed, held against
    what the shop was told last, and only what differs is told.
    """

    _inherit = "ecom.channel"

    listing_ids = fields.One2many("ecom.listing", "channel_id")
    shop_language = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language of the Shop",
        help="The translation that the shop is filled with. Empty: the company's language.",
    )

    def _shop_language(self):
        return self.shop_language or self.company_id.partner_id.lang or "en_US"

    def _publishes(self):
        """``(fields of listings, fields of offers)`` that the shop can be told."""
        possible = self._platform_class().capabilities.publishes
        return possible & frozenset(LISTING_FIELDS), frozenset(
            name for name in OFFER_FIELDS if f"offer.{name}" in possible
        )

    def _lane_listings(self, deadline):
        """:return: whether work remains."""
        if not any(self._publishes()):
            return False
        self._in_transaction(self._note_price_boundaries)
        platform = self._platform("listings")
        Change = self.env["ecom.listing.change"]
        while True:
            heard = self._hear_products(platform)
            if listings := Change._due(self, BATCH):
                self._publish(platform, listings)
            if not (heard or listings):
                return False
            if time.monotonic() > deadline:
                return True

    def _flow_label(self, flow):
        return self.env._("Listings") if flow == "listings" else super()._flow_label(flow)

    def _publish(self, platform, listings):
        """Tell the shop what it was not told of these listings."""
        calls = not self._platform_class().capabilities.uses_api
        self._in_transaction(listings._complete_offers)
        if calls:
            self._learn_price_tax(platform)
            self._learn_tax_classes(platform)
            self._find_terms(platform, listings)
        listings = self._send_media(platform, listings)  # a shop that calls Odoo fetches them as well
        if calls:
            self._find_lost(platform, listings)
        told, seen = self._in_transaction(lambda: self._decide(listings))
        if not told:
            return
        if calls:
            self._before_http()
            results = platform.push_listings([change for change, _marks in told.values()])
        else:
            results = [None] * len(told)  # the shop fetches what it has to know
        self._in_transaction(lambda: self._note_results(told, results, seen))

    def _send_media(self, platform, listings):
        """Send the pictures and files that the shop lacks; a hook.

        :return: the listings whose files are all there, or refused
        """
        return listings

    def _learn_tax_classes(self, platform):
        """Learn what the shop calls products by their tax; a hook."""

    def _learn_price_tax(self, platform):
        if not self.shop_price_tax:
            self._before_http()
            included = platform.read_facts().prices_include_tax
            self._in_transaction(
                lambda: self.write({"shop_price_tax": "excluded" if included is False else "included"})
            )

    def _find_lost(self, platform, listings):
        """Adopt what a run before this one made on the shop without learning its id."""
        lost = listings.filtered("creating_since")
        if not lost:
            return
        parse = self._platform_class().parse_listing
        keys = {listing._publish_key(): listing for listing in lost if not listing.external_id}
        ids = {listing.external_id: listing for listing in lost if listing.external_id}
        since = min(lost.mapped("creating_since")).replace(tzinfo=UTC) - LOOK_BACK
        self._before_http()
        raws = platform.find_listings(list(keys), since) if keys else {}
        found = {keys[key]: parse(raw) for key, raw in raws.items()}
        found |= (
            {
                ids[document.product_id]: document
                for raw in platform.read_listings(list(ids))
                for document in [parse(raw)]
            }
            if ids
            else {}
        )
        self._in_transaction(lambda: [listing._adopt(document) for listing, document in found.items()])

    # === DECIDING === #

    def _decide(self, listings):
        """What the shop has to be told. Listings that are as they were told are done with.

        :return: ``({listing: (ListingChange, digests of all that it says)}, ids of the changes that this takes in)``
        """
        told, seen = {}, self.env["ecom.listing.change"]._seen(listings)
        kept = listings.filtered("kept_up")
        problems = {listing: problem for listing in kept if (problem := listing._problem())}
        self._note_refusals(
            [(listing, ListingResult(refusal=Refusal("problem", words))) for listing, words in problems.items()]
        )
        for listing, document in kept.filtered(lambda listing: listing not in problems)._documents().items():
            change, marks = listing._change(document, *self._publishes())
            if change.fields or change.offers:
                told[listing] = (change, marks)
        self.env["ecom.listing.change"]._forget(listings.filtered(lambda listing: listing not in told), seen)
        making = [listing for listing, (change, _marks) in told.items() if listing._makes_something(change)]
        self.env["ecom.listing"].union(*making).filtered(
            lambda listing: not listing.creating_since
        ).creating_since = fields.Datetime.now()
        return told, seen

    def _note_results(self, told, results, seen):
        """Keep what the shop took, and say what it refused."""
        done = self.env["ecom.listing"]
        refused = []
        version = self._next_version()
        for (listing, (change, marks)), result in zip(told.items(), results, strict=True):
            listing._told(change, marks, result, version)
            version += 1
            if result is None or result.ok:
                done |= listing
            else:
                refused.append((listing, result))
        self._note_refusals(refused)
        lasting = [listing for listing, result in refused if not self._tries_again(result)]
        self.env["ecom.listing.change"]._forget(done.union(*lasting), seen)
        self._solve_refusals(done)

    def _next_version(self):
        """Only the lane writes versions, so that a reader who has seen one has seen all before it."""
        newest = self.env["ecom.listing"].search(
            [("channel_id", "=", self.id), ("version", "!=", False)], order="version desc", limit=1
        )
        return newest.version + 1

    # === REFUSALS === #

    def _tries_again(self, result):
        refusals = [refusal for refusal in (result.refusal, *result.offers.values()) if refusal]
        return any(refusal.retry or refusal.in_doubt for refusal in refusals)

    def _note_refusals(self, refused):
        again, lasting = [], []
        for listing, result in refused:
            refusal = result.refusal or next(iter(result.offers.values()))
            message = in_words(self.env, refusal.message)
            values = {"refusal": message[:500], "attempts": listing.attempts + 1}
            if self._tries_again(result):
                wait = backoff.delay(values["attempts"], random.random(), refusal.retry_after)
                values["retry_at"] = fields.Datetime.now() + timedelta(seconds=wait)
                again.append(values["retry_at"])
            if not self._tries_again(result) or values["attempts"] >= PATIENCE:
                lasting.append((listing, message))
            listing.write(values)
        self.env["ecom.issue"]._raise_each(
            self,
            "listing_refused",
            [
                {
                    "order": self.env["ecom.order"],
                    "key": str(listing.id),
                    "message": self.env._(
                        "The shop did not take “%(product)s”: %(answer)s", product=listing.name, answer=message
                    ),
                    "data": {"listing": listing.id},
                }
                for listing, message in lasting
            ],
        )
        if again:
            self._wake("listings", at=min(again))

    def _solve_refusals(self, listings):
        self.env["ecom.issue"].search(
            [
                ("channel_id", "=", self.id),
                ("code", "=", "listing_refused"),
                ("key", "in", [str(listing.id) for listing in listings]),
                ("state", "=", "open"),
            ]
        )._solve()


class EcomListing(models.Model):
    """What has to be told of a listing, and what is remembered of the answer."""

    _inherit = "ecom.listing"

    def _publish_key(self):
        """What the shop keeps beside a product that it makes for us: this database's own name of the listing."""
        return f"{self.env['ir.config_parameter'].sudo().get_param('database.uuid')}:{self.id}"

    def _makes_something(self, change):
        """Whether the shop is asked for a product or a variant that it has not yet."""
        new = any(not offer.document.variant_id for offer in change.offers)
        return not self.external_id or (new and change.document.kind == ListingKind.VARIABLE)

    def _problem(self):
        """Why the shop is not told of it, in words, or an empty text; a hook."""
        return ""

    def _change(self, document, listing_fields, offer_fields):
        """``(ListingChange, {None: digests of the listing, offer: digests of it})``."""
        marks = {None: self._marks(document)}
        if self.told:
            tell = publishing.to_tell(marks[None], self.told, listing_fields)
        else:
            tell = publishing.given(document, listing_fields) | ({"state"} & listing_fields)
            tell -= self._shops_own() if self.external_id else frozenset()
        if document.kind == ListingKind.SIMPLE:
            offer_fields -= {"active", "options"}  # its state says it
        offers = []
        for offer, offer_document in zip(self._told_offers(), document.offers, strict=True):
            marks[offer] = offer._marks(offer_document)
            new = offer.external_id is False
            if offer.told:
                fields_to_tell = publishing.to_tell(marks[offer], offer.told, offer_fields)
            else:
                fields_to_tell = publishing.given(offer_document, offer_fields)
            if fields_to_tell or (new and document.kind == ListingKind.VARIABLE):
                offers.append(OfferChange(str(offer.id), offer_document, fields_to_tell))
        return ListingChange(self._publish_key(), document, tell, tuple(offers)), marks

    def _shops_own(self):
        """What the shop's own product is not told at first; a hook."""
        return SHOPS_OWN

    def _marks(self, document):
        """Digests of what the shop is to show; a hook."""
        return publishing.digests(document)

    def _shown_marks(self, document):
        """Digests of what the shop shows; a hook."""
        return publishing.digests(document)

    def _told(self, change, marks, result, version):
        """Keep the shop's ids and what it was told, as far as it took it."""
        if result is None:
            self._remember_told(marks, version, True)
            return
        if result.product_id and not self.external_id:
            self.external_id = result.product_id
        for key, variant in result.variants.items():
            self.env["ecom.offer"].browse(int(key)).external_id = variant
        if result.refusal:
            return
        if change.document.kind == ListingKind.SIMPLE:
            self._told_offers().filtered(lambda offer: offer.external_id is False).external_id = ""
        refused = {int(key) for key in result.offers}
        shown = self._platform_class().parse_listing(result.raw) if result.raw else None
        self._remember_told(
            {offer: digests for offer, digests in marks.items() if offer is None or offer.id not in refused},
            version,
            result.ok,
        )
        said = change.fields | {f"offer.{name}" for offer in change.offers for name in offer.fields}
        self.differs = sorted(set(self.differs or ()) - said) or False
        if shown:
            if self.shown and (others := self._changed_on_shop(shown) - said):
                self._point_out(shown, others)
            self._remember_shown(shown)

    def _platform_class(self):
        return self.channel_id._platform_class()

    def _remember_told(self, marks, version, whole):
        """:param whole: whether nothing of it was refused"""
        values = {"told": marks[None], "told_at": fields.Datetime.now(), "version": version}
        if whole:
            values |= {"creating_since": False, "retry_at": False, "refusal": False, "attempts": 0}
        self.write(values)
        skus = self.channel_id._skus(self.offer_ids.product_id)
        for offer, digests in marks.items():
            if offer is not None and offer.told != digests:
                offer.write({"told": digests, "sku": skus[offer.product_id]})

    def _remember_shown(self, document):
        """Keep digests of what the shop shows, so that its own account of our change is known for what it is."""
        self.write({"shown": self._shown_marks(document), "url": document.url or self.url})
        offers = {offer.external_id or "": offer for offer in self.offer_ids}
        for shown in document.offers:
            if offer := offers.get(shown.variant_id):
                offer.shown = offer._shown_marks(shown)

    def _adopt(self, document):
        """It was made on the shop, and the answer got lost: take over its ids, by the SKUs of its variants."""
        self.write({"external_id": document.product_id, "creating_since": False})
        if document.kind == ListingKind.SIMPLE:
            self.offer_ids[:1].external_id = document.offers[0].variant_id if document.offers else ""
            return
        skus = self.channel_id._skus(self.offer_ids.product_id)
        offers = {skus[offer.product_id]: offer for offer in self.offer_ids if not offer.external_id}
        options = {offer._option_names(): offer for offer in self.offer_ids if not offer.external_id}
        for shown in document.offers:
            names = frozenset(option.value.casefold() for option in shown.options)
            if offer := options.get(names) or offers.get(shown.sku):
                offer.external_id = shown.variant_id


class EcomOffer(models.Model):
    _inherit = "ecom.offer"

    told = fields.Json(copy=False)
    shown = fields.Json(copy=False)

    def _marks(self, document):
        """Digests of what the shop is to show; a hook."""
        return publishing.digests(document)

    def _shown_marks(self, document):
        """Digests of what the shop shows; a hook."""
        return publishing.digests(document)

    def _option_names(self):
        return frozenset(
            name.casefold() for name in self.product_id.product_template_attribute_value_ids.mapped("name")
        )
