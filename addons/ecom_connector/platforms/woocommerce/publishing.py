"""Writing a WooCommerce catalogue: a hundred products a call, and the variations of each product by the hundred."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from ..catalogue import VARIANTS_KEY, WEIGHT_UNIT_KEY, ListingKind, Raw
from ..errors import PlatformError
from ..publishing import ListingChange, ListingResult, OfferChange, Refusal
from ..values import identifier, text
from ..words import _
from . import catalogue
from .attribute_values import AttributeValues
from .client import BATCH_SIZE, WooClient, id_chunks, item_error
from .product_body import KEY_META, dropped, product_item, used_options, variation_item

# Whole batches that are refused for what is in one of their items: too much text for the server in front, a firewall.
_SPLITS = frozenset({400, 406, 413})
# What WooCommerce says of an id that it does not have.
_GONE = "_invalid_id"


@dataclass(slots=True)
class _Job:
    """A change on its way."""

    change: ListingChange
    item: Raw
    product_id: str
    row: Raw | None = None
    refusal: Refusal | None = None
    variants: dict[str, str] = field(default_factory=dict)
    variant_rows: list[Raw] = field(default_factory=list)
    offers: dict[str, Refusal] = field(default_factory=dict)

    @property
    def new(self) -> bool:
        return not self.change.document.product_id

    @property
    def variable(self) -> bool:
        return self.change.document.kind == ListingKind.VARIABLE


class ListingWriter:
    """Creates and changes products of one shop.

    Calls for n products: ceil(n / 100) of ``products/batch`` for those of which something is to be said, and one of
    ``products/<id>/variations/batch`` for each hundred variants of one product. Besides those, by the hundred: a look
    at products of which attributes or variants are changed, lest something in use be dropped, and at those of which
    variants alone are, for what they are afterwards. Values of shared attributes are made once, in order.
    """

    def __init__(self, client: WooClient, unit: str, values: AttributeValues) -> None:
        self.client = client
        self.values = values
        self.unit = unit
        self.kilograms: Decimal = catalogue.KILOGRAMS[unit]
        self.wrote = False  # something may have been written: nothing is raised any more
        self.stopped: PlatformError | None = None

    def push(self, changes: Sequence[ListingChange]) -> list[ListingResult]:
        """:raises PlatformError: only while nothing was written"""
        shown = self._look(changes)
        self.values.make(changes)
        jobs = [
            _Job(
                change,
                product_item(change, self.kilograms, shown.get(change.document.product_id)),
                change.document.product_id,
            )
            for change in changes
        ]
        said = [job for job in jobs if job.item]
        for start in range(0, len(said), BATCH_SIZE):
            self._write_products(said[start : start + BATCH_SIZE])
        for job in jobs:
            if job.variable and job.product_id and not job.refusal:
                self._write_variants(job, (job.row or shown.get(job.product_id) or {}).get("attributes") or ())
        self._read_afterwards(jobs)
        return [self._result(job) for job in jobs]

    # --- looking

    def _look(self, changes: Sequence[ListingChange]) -> dict[str, Raw]:
        """The attributes of the products with variants that may lose or need some; their variations, if one may."""
        asked = {
            change.document.product_id: change
            for change in changes
            if change.document.product_id.isdecimal()
            and change.document.kind == ListingKind.VARIABLE
            and ("attributes" in change.fields or any(_needs_options(offer) for offer in change.offers))
        }
        shown: dict[str, Raw] = {}
        for chunk in id_chunks(list(asked)):
            params = {"include": ",".join(chunk), "orderby": "id", "order": "asc", "_fields": "id,attributes"}
            shown |= {identifier(row.get("id")): row for row in self.client.page("products", params).rows}
        risky = [
            product_id
            for product_id, row in shown.items()
            if "attributes" in asked[product_id].fields and dropped(asked[product_id].document.attributes, row)
        ]
        if risky:
            for product_id, variations in catalogue.read_variations(self.client, risky).items():
                shown[product_id]["used"] = used_options(variations)
        return shown

    def _read_afterwards(self, jobs: Sequence[_Job]) -> None:
        """Products of which only variants were told, as the shop shows them now; without, the caller learns less."""
        unseen = {job.product_id: job for job in jobs if job.variant_rows and job.row is None}
        try:
            for chunk in id_chunks(list(unseen)):
                params = {"include": ",".join(chunk), "orderby": "id", "order": "asc"}
                for row in self.client.page("products", params).rows:
                    if job := unseen.get(identifier(row.get("id"))):
                        job.row = row
        except PlatformError:
            return

    # --- products

    def _write_products(self, jobs: Sequence[_Job]) -> None:
        if self.stopped is not None:
            for job in jobs:
                job.refusal = Refusal.of(self.stopped)
            return
        creates = [job for job in jobs if job.new]
        updates = [job for job in jobs if not job.new]
        body = _batch([job.item for job in creates], [(job.product_id, job.item) for job in updates])
        try:
            answer = self.client.post("products/batch", body, idempotent=not creates)
        except PlatformError as error:
            if error.status in _SPLITS and len(jobs) > 1:
                half = len(jobs) // 2
                self._write_products(jobs[:half])
                self._write_products(jobs[half:])
                return
            if error.status not in _SPLITS:
                self._stop(error)
            for job in jobs:
                job.refusal = _of_call(error, job.new)
            return
        self.wrote = True
        for job, row in (*_answers(answer, "create", creates), *_answers(answer, "update", updates)):
            error_ = _silent(job.new) if row is None else _refused(row, job.change.document.product_id)
            if error_:
                job.refusal = error_
            elif row is not None:
                job.row, job.product_id = row, identifier(row.get("id"))

    def _stop(self, error: PlatformError) -> None:
        """Send nothing more: what ails the shop ails the rest.

        :raises PlatformError: while nothing was written
        """
        if not self.wrote and not error.in_doubt:
            raise error
        self.wrote = True
        self.stopped = error.unsent()

    # --- variants

    def _write_variants(self, job: _Job, attributes: Sequence[Mapping[str, Any]]) -> None:
        told = [(offer, variation_item(job.change, offer, self.kilograms, attributes)) for offer in job.change.offers]
        told = [(offer, item) for offer, item in told if item or not offer.document.variant_id]
        for start in range(0, len(told), BATCH_SIZE):
            self._write_some_variants(job, told[start : start + BATCH_SIZE])

    def _write_some_variants(self, job: _Job, told: Sequence[tuple[OfferChange, Raw]]) -> None:
        if self.stopped is not None:
            job.offers |= {offer.key: Refusal.of(self.stopped) for offer, _item in told}
            return
        creates = [(offer, item) for offer, item in told if not offer.document.variant_id]
        updates = [(offer, item) for offer, item in told if offer.document.variant_id]
        body = _batch(
            [item for _offer, item in creates], [(offer.document.variant_id, item) for offer, item in updates]
        )
        path = f"products/{job.product_id}/variations/batch"
        try:
            answer = self.client.post(path, body, idempotent=not creates)
        except PlatformError as error:
            if error.status == 413 and len(told) > 1:
                half = len(told) // 2
                self._write_some_variants(job, told[:half])
                self._write_some_variants(job, told[half:])
                return
            # A product that is gone, or that the shop will not hear of, is this product's matter alone.
            if error.retry or error.in_doubt or error.status in (401, 403):
                self._stop(error)
            job.offers |= {offer.key: _of_call(error, not offer.document.variant_id) for offer, _item in told}
            return
        self.wrote = True
        offers = (
            *_answers(answer, "create", [offer for offer, _item in creates]),
            *_answers(answer, "update", [offer for offer, _item in updates]),
        )
        for offer, row in offers:
            known = offer.document.variant_id
            error_ = _silent(not known) if row is None else _refused(row, known)
            if error_:
                job.offers[offer.key] = error_
            elif row is not None:
                job.variants[offer.key] = identifier(row.get("id"))
                job.variant_rows.append(row)

    # --- results

    def _result(self, job: _Job) -> ListingResult:
        raw = None
        if job.row is not None:
            raw = {**job.row, VARIANTS_KEY: job.variant_rows, WEIGHT_UNIT_KEY: self.unit}
        return ListingResult(job.product_id, raw, job.variants, job.refusal, job.offers)


def find(client: WooClient, keys: Sequence[str], since: datetime, unit: str) -> dict[str, Raw]:
    """By key the products made at or after ``since``: WooCommerce cannot be asked for a meta, so those are all read.

    ``after`` is strict and compared to the second, in the shop's time but for ``dates_are_gmt`` (observed on
    WooCommerce 10.9.1). Of two with one key, which should not be, the older is taken.
    """
    if not keys:
        return {}
    wanted = frozenset(keys)
    after = (since.astimezone(timezone.utc) - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S")
    params = {"after": after, "dates_are_gmt": "true", "orderby": "id", "order": "asc"}
    found: dict[str, Raw] = {}
    for row in client.pages("products", params):
        for meta in row.get("meta_data") or ():
            if isinstance(meta, Mapping) and meta.get("key") == KEY_META and text(meta.get("value")) in wanted:
                found.setdefault(text(meta.get("value")), row)
    variants = catalogue.read_variations(
        client, [identifier(row.get("id")) for row in found.values() if row.get("type") == "variable"]
    )
    return {
        key: row | {VARIANTS_KEY: variants.get(identifier(row.get("id")), []), WEIGHT_UNIT_KEY: unit}
        for key, row in found.items()
    }


def _needs_options(offer: OfferChange) -> bool:
    return not offer.document.variant_id or "options" in offer.fields


def _batch(creates: Sequence[Raw], updates: Sequence[tuple[str, Raw]]) -> Raw:
    body: Raw = {}
    if creates:
        body["create"] = list(creates)
    if updates:
        body["update"] = [{"id": int(key), **item} for key, item in updates]
    return body


def _answers(answer: Any, name: str, asked: Sequence[Any]) -> Iterator[tuple[Any, Raw | None]]:
    """Each item with its answer, which come in the order of the items (source: ``WC_REST_Controller::batch_items``)."""
    rows = answer.get(name) if isinstance(answer, Mapping) else None
    listed = rows if isinstance(rows, list) and len(rows) == len(asked) else [None] * len(asked)
    for item, row in zip(asked, listed, strict=True):
        yield item, row if isinstance(row, dict) and (identifier(row.get("id")) or "error" in row) else None


def _silent(new: bool) -> Refusal:
    message = _("The shop did not say what became of the product.")
    return Refusal("bad_answer", message, retry=True, in_doubt=new)


def _of_call(error: PlatformError, new: bool) -> Refusal:
    """A change may be repeated without a look; what was to be made may be there."""
    return Refusal(error.code, error.message, error.retry, error.in_doubt and new, error.retry_after)


def _refused(row: Raw, known: str) -> Refusal | None:
    """Why one item of a batch was refused, in words that a shopkeeper can act upon."""
    error = item_error(row)
    if error is None:
        return None
    told = row["error"]
    data = told.get("data")
    other = identifier(data.get("resource_id")) if isinstance(data, Mapping) else ""
    words = text(told.get("message"))
    if error.code == "product_invalid_sku":
        message = _("The SKU is on another product of the shop: %(id)s.", id=other) if other else error.message
        return Refusal("duplicate_sku", message, field="sku")
    if error.code == "product_invalid_global_unique_id":
        message = _("The barcode is on another product of the shop: %(id)s.", id=other) if other else error.message
        return Refusal("duplicate_barcode", message, field="barcode")
    if error.code.endswith(("_image_upload_error", "_invalid_image_id")):
        message = _("The shop cannot take a picture: “%(words)s”", words=words)
        return Refusal("image_refused", message, field="images")
    if error.code.endswith(_GONE) and known:
        message = _("The shop no longer has this product, or has it in its bin: %(id)s.", id=known)
        return Refusal("not_found", message)
    return Refusal.of(error)
