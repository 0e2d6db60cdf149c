"""Writing Medusa's catalogue: a hundred products a call, new ones with all their variants."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..catalogue import ListingKind, Raw
from ..errors import PlatformError
from ..publishing import ListingChange, ListingResult, OfferChange, Refusal
from ..values import identifier, rows, text
from ..words import _
from . import catalogue, price_lists
from .client import BATCH_SIZE, MedusaClient, chunks
from .connection import default_currency, read_store
from .product_body import missing_options, product_item, variant_item
from .translations import write_translations

Row = Mapping[str, Any]


@dataclass(slots=True)
class _Job:
    """A change on its way."""

    change: ListingChange
    product_id: str
    item: Raw = field(default_factory=dict)
    refusal: Refusal | None = None
    variants: dict[str, str] = field(default_factory=dict)
    offers: dict[str, Refusal] = field(default_factory=dict)
    wrote: bool = False

    @property
    def new(self) -> bool:
        return not self.change.document.product_id


class ListingWriter:
    """Creates and changes products of one shop.

    Calls for n products: ceil(n / 100) of ``products/batch``, one for each existing product of which variants are told
    (Medusa has no batch across products), and one more where it lacks an option's value. Besides those, by the hundred:
    a look before at existing ones, since prices are taken whole, and one after at all; one for each price list.
    """

    def __init__(self, client: MedusaClient) -> None:
        self.client = client
        self.wrote = False  # something may have been written: nothing is raised any more
        self.stopped: PlatformError | None = None

    def push(self, changes: Sequence[ListingChange]) -> list[ListingResult]:
        """:raises PlatformError: only while nothing was written"""
        store = read_store(self.client)
        currency = default_currency(store).lower()
        shown = {
            identifier(row.get("id")): row
            for row in self.client.by_ids(
                "products",
                "products",
                [change.document.product_id for change in changes],
                {"fields": catalogue.FIELDS},
            )
        }
        shop = self._of_new(store) if any(not change.document.product_id for change in changes) else {}
        jobs = []
        for change in changes:
            job = _Job(change, change.document.product_id)
            if job.new or job.product_id in shown:
                job.item = product_item(change, currency, shop)
            else:
                message = _("The shop no longer has this product: %(id)s.", id=job.product_id)
                job.refusal = Refusal("not_found", message)
            jobs.append(job)
        for some in chunks([job for job in jobs if job.item], BATCH_SIZE):
            self._write_products(some)
        for job in jobs:
            if not job.new and not job.refusal and job.change.offers:
                self._write_variants(job, shown[job.product_id], currency)
        self._write_beside(jobs, currency)
        return self._results(jobs, currency)

    def _of_new(self, store: Row) -> Raw:
        """Where a new product is sold, and how it is shipped: without a profile it could not be."""
        found: Raw = {}
        channel = identifier(store.get("default_sales_channel_id"))
        if channel:
            found["sales_channels"] = [{"id": channel}]
        profiles = self.client.page("shipping-profiles", "shipping_profiles", {"fields": "id,type"}).rows
        profiles.sort(key=lambda row: row.get("type") != "default")
        if profiles:
            found["shipping_profile_id"] = identifier(profiles[0].get("id"))
        return found

    # --- products

    def _write_products(self, jobs: Sequence[_Job]) -> None:
        """Medusa takes all or none: a batch that it refuses is halved until the guilty one is alone."""
        if self.stopped is not None:
            for job in jobs:
                job.refusal = Refusal.of(self.stopped)
            return
        creates, updates = [job for job in jobs if job.new], [job for job in jobs if not job.new]
        body: Raw = {}
        if creates:
            body["create"] = [job.item for job in creates]
        if updates:
            body["update"] = [{"id": job.product_id, **job.item} for job in updates]
        try:
            answer = self.client.post(
                "products/batch", body, {"fields": "id,external_id,*variants"}, idempotent=not creates
            )
        except PlatformError as error:
            if error.retry or error.in_doubt or error.status in (401, 403):
                self._stop(error)
            elif len(jobs) > 1:
                half = len(jobs) // 2
                self._write_products(jobs[:half])
                self._write_products(jobs[half:])
                return
            elif handle := _free_handle(error, jobs[0]):
                jobs[0].item["handle"] = handle
                self._write_products(jobs)
                return
            for job in jobs:
                job.refusal = _refusal(error, job.new)
            return
        self.wrote = True
        by_key = {text(row.get("external_id")): row for row in rows(answer, "created")} if creates else {}
        for job in jobs:
            job.wrote = True
            if job.new:
                self._note_created(job, by_key.get(job.change.key))

    def _note_created(self, job: _Job, row: Row | None) -> None:
        if row is None:
            message = _("The shop did not say what became of the product.")
            job.refusal = Refusal("bad_answer", message, retry=True, in_doubt=True)
            return
        job.product_id = identifier(row.get("id"))
        # The answer has them in any order: by SKU where there is one, else by title.
        sent = job.item["variants"]
        for offer, item in zip(job.change.offers, sent, strict=True):
            name = "sku" if item.get("sku") else "title"
            made = next((one for one in rows(row, "variants") if one.get(name) == item.get(name)), None)
            if made is not None:
                job.variants[offer.key] = identifier(made.get("id"))

    def _stop(self, error: PlatformError) -> None:
        """Send nothing more: what ails the shop ails the rest.

        :raises PlatformError: while nothing was written
        """
        if not self.wrote and not error.in_doubt:
            raise error
        self.wrote = True
        self.stopped = error.unsent()

    # --- variants

    def _write_variants(self, job: _Job, shown: Row, currency: str) -> None:
        there = {identifier(row.get("id")): row for row in rows(shown, "variants")}
        creates: list[tuple[OfferChange, Raw]] = []
        updates: list[tuple[OfferChange, Raw]] = []
        for offer in job.change.offers:
            key = offer.document.variant_id
            if not key and job.change.document.kind != ListingKind.VARIABLE and len(there) == 1:
                (key,) = there  # what has no options has one variant all the same
            if key and key not in there:
                message = _("The shop no longer has this variant: %(id)s.", id=key)
                job.offers[offer.key] = Refusal("not_found", message)
                continue
            item = variant_item(job.change, offer, currency, there.get(key) if key else None)
            if not key:
                creates.append((offer, item))
            else:
                job.variants[offer.key] = key
                if item:
                    updates.append((offer, {"id": key, **item}))
        options = missing_options(job.change, shown)
        if not (creates or updates or ("attributes" in job.change.fields and options)):
            return
        if self.stopped is not None:
            job.offers |= {offer.key: Refusal.of(self.stopped) for offer, _item in (*creates, *updates)}
            return
        path = f"products/{job.product_id}"
        body = {name: [item for _o, item in told] for name, told in (("create", creates), ("update", updates)) if told}
        try:
            if options and (creates or "attributes" in job.change.fields):
                self.client.post(f"{path}/options/batch", options, idempotent=False)
                self.wrote = job.wrote = True
            if not body:
                return
            answer = self.client.post(
                f"{path}/variants/batch", body, {"fields": "id,sku,title"}, idempotent=not creates
            )
        except PlatformError as error:
            if error.retry or error.in_doubt or error.status in (401, 403):
                self._stop(error)
            told = (*creates, *updates)
            job.offers |= {offer.key: _refusal(error, not offer.document.variant_id) for offer, _item in told}
            return
        self.wrote = job.wrote = True
        made = rows(answer, "created")
        for offer, item in creates:
            name = "sku" if item.get("sku") else "title"
            row = next((one for one in made if one.get(name) == item.get(name)), None)
            if row is not None:
                job.variants[offer.key] = identifier(row.get("id"))

    # --- beside

    def _write_beside(self, jobs: Sequence[_Job], currency: str) -> None:
        """Promotions, groups' prices and other languages, of all products together."""
        lists: dict[str, price_lists.Wanted] = {}
        of_variant: dict[str, tuple[_Job, str]] = {}
        for job in jobs:
            for offer in job.change.offers:
                variant = job.variants.get(offer.key)
                wanted = price_lists.wanted_of(offer.document, offer.fields)
                # A new product that has none need not be looked at.
                if variant and wanted and (wanted.prices or not job.new):
                    lists[variant] = wanted
                    of_variant[variant] = (job, offer.key)
        texts = {
            job.product_id: job.change.document.translations
            for job in jobs
            if job.product_id and not job.refusal and "translations" in job.change.fields
        }
        try:
            price_lists.write(self.client, currency, lists)
            self.wrote = self.wrote or bool(lists)
        except PlatformError as error:
            if not self.wrote:
                raise
            for job, key in of_variant.values():
                job.offers[key] = Refusal.of(error)
        try:
            write_translations(self.client, texts)
        except PlatformError as error:
            if not self.wrote:
                raise
            for job in jobs:
                if job.product_id in texts:
                    job.refusal = Refusal.of(error)
        for job in jobs:
            job.wrote = job.wrote or job.product_id in texts or any(of[0] is job for of in of_variant.values())

    # --- results

    def _results(self, jobs: Sequence[_Job], currency: str) -> list[ListingResult]:
        """With the products as the shop shows them now; where that cannot be read, the caller learns less."""
        touched = [job.product_id for job in jobs if job.product_id and job.wrote]
        try:
            now = {identifier(row.get("id")): row for row in catalogue.read_some(self.client, touched, currency)}
        except PlatformError:
            now = {}
        return [
            ListingResult(job.product_id, now.get(job.product_id), job.variants, job.refusal, job.offers)
            for job in jobs
        ]


def _free_handle(error: PlatformError, job: _Job) -> str:
    """An address for a product that asks for none, where Medusa makes one of its name that another product has."""
    taken = re.search(r"handle: (\S+), already exist", error.message)
    if not (taken and job.new) or "handle" in job.item:
        return ""
    own = job.item["variants"][0].get("sku") or job.change.key
    return f"{taken[1]}-{re.sub(r'[^a-z0-9]+', '-', own.casefold()).strip('-')}"


def _refusal(error: PlatformError, new: bool) -> Refusal:
    """Why a product was refused, in words that a shopkeeper can act upon."""
    words = error.message.casefold()
    if "sku" in words and "exist" in words:
        return Refusal("duplicate_sku", error.message, field="sku")
    if "barcode" in words and "exist" in words:
        return Refusal("duplicate_barcode", error.message, field="barcode")
    if "handle" in words and "exist" in words:
        return Refusal("duplicate_slug", error.message, field="slug")
    return Refusal(error.code, error.message, error.retry, error.in_doubt and new, error.retry_after)
