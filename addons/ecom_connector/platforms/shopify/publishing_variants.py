"""Variants of products that are there: a hundred of a product a row, several products a call. None is ever removed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..base import Raw
from ..catalogue import VARIANTS_KEY, ListingKind, OptionDocument
from ..errors import PlatformError
from ..publishing import OfferChange, Refusal
from ..values import rows as listed
from ..values import text
from ..words import _
from .catalogue_queries import PARTS_POINTS, PRODUCT_PARTS, VARIANT_PARTS, variant_points
from .ids import gid, plain
from .operations import Batch
from .publishing_calls import Calls, first_refusal, of_call, user_errors
from .publishing_input import in_order, new_variant, option_values, variant_values
from .publishing_job import Job
from .publishing_setup import Setup

_CHUNK = 100
_FRAGMENTS = PRODUCT_PARTS + VARIANT_PARTS
_ANSWER = "product { ...ProductParts } productVariants { ...VariantParts } userErrors { field message code }"

_UPDATE = Batch(
    "mutation",
    "productVariantsBulkUpdate",
    {"productId": "ID!", "variants": "[ProductVariantsBulkInput!]!", "allowPartialUpdates": "Boolean!"},
    f"{{ {_ANSWER} }}",
    repeatable=True,
    cost=45,
    fragments=_FRAGMENTS,
)
# By itself Shopify would delete a single variant when others come (``ProductVariantsBulkCreateStrategy``).
_CREATE = Batch(
    "mutation",
    "productVariantsBulkCreate",
    {
        "productId": "ID!",
        "variants": "[ProductVariantsBulkInput!]!",
        "strategy": "ProductVariantsBulkCreateStrategy!",
    },
    f"{{ {_ANSWER} }}",
    cost=45,
    fragments=_FRAGMENTS,
)
_OPTIONS = Batch(
    "mutation",
    "productOptionsCreate",
    {"productId": "ID!", "options": "[OptionCreateInput!]!", "variantStrategy": "ProductOptionCreateVariantStrategy!"},
    "{ product { id options { id name position values } } userErrors { field message code } }",
)

Combination = frozenset[tuple[str, str]]


def combination(options: Iterable[OptionDocument]) -> Combination:
    """What makes a variant one, as Shopify tells two apart: without case."""
    return frozenset((option.attribute.casefold(), option.value.casefold()) for option in options)


def shown_combination(row: Mapping[str, Any]) -> Combination:
    return frozenset(
        (text(option.get("name")).casefold(), text(option.get("value")).casefold())
        for option in listed(row, "selectedOptions")
    )


class VariantWriter:
    def __init__(self, calls: Calls, setup: Setup, now: datetime) -> None:
        self.calls = calls
        self.types = setup.variant_types
        self.now = now
        self.names: dict[str, dict[str, str]] = {}  # by product: its options by their names in small letters

    def push(self, jobs: Sequence[Job]) -> None:
        self._make_options(jobs)
        jobs = [job for job in jobs if job.refusal is None]
        updates: list[tuple[Job, str, Raw]] = []
        creates: list[tuple[Job, str, Raw]] = []
        for job in jobs:
            told: set[str] = set()
            for offer in job.left:
                known = self._known(job, offer)
                if known is None:
                    continue
                if known:
                    told.add(known)
                    updates += self._update_of(job, offer, known)
                else:
                    names = self.names.get(job.gid)
                    creates.append((job, offer.key, new_variant(job.change, offer, self.types, self.now, names=names)))
            updates += self._shipping(job, told)
        self._send(_UPDATE, updates, {"allowPartialUpdates": True})
        again = self._send(_CREATE, creates, {"strategy": "PRESERVE_STANDALONE_VARIANT"})
        # One that is wrong has the whole row refused: the others go once more.
        self._send(_CREATE, again, {"strategy": "PRESERVE_STANDALONE_VARIANT"})

    # --- which variant it is

    def _known(self, job: Job, offer: OfferChange) -> str | None:
        """The variant's global id, ``""`` where it is to be made, ``None`` where it cannot be told."""
        if offer.document.variant_id:
            return gid("ProductVariant", offer.document.variant_id)
        there = listed(job.shown or {}, VARIANTS_KEY)
        if job.change.document.kind == ListingKind.VARIABLE:
            # One that a call made whose answer was lost.
            wanted = combination(offer.document.options)
            return next((text(row.get("id")) for row in there if wanted and shown_combination(row) == wanted), "")
        mine = (
            there
            if len(there) == 1
            else [row for row in there if offer.document.sku and _sku(row) == offer.document.sku]
        )
        if len(mine) == 1:
            return text(mine[0].get("id"))
        message = _("The product has several variants on the shop, and none of them is known to be this one.")
        job.offers[offer.key] = Refusal("conflict", message)
        return None

    def _update_of(self, job: Job, offer: OfferChange, known: str) -> list[tuple[Job, str, Raw]]:
        values = variant_values(offer, self.types, self.now)
        if "options" in offer.fields and job.change.document.kind == ListingKind.VARIABLE:
            values["optionValues"] = option_values(offer.document.options, self.names.get(job.gid))
        if "ships" in job.change.fields:
            values.setdefault("inventoryItem", {})["requiresShipping"] = job.change.document.ships
        job.variants[offer.key] = plain(known)
        return [(job, offer.key, {"id": known, **values})] if values else []

    def _shipping(self, job: Job, told: set[str]) -> list[tuple[Job, str, Raw]]:
        """Whether a product is shipped is said of each of its variants."""
        if job.new or "ships" not in job.change.fields:
            return []
        values = {"inventoryItem": {"requiresShipping": job.change.document.ships}}
        others = [key for row in listed(job.shown or {}, VARIANTS_KEY) if (key := text(row.get("id"))) not in told]
        return [(job, "", {"id": key, **values}) for key in others]

    # --- options

    def _make_options(self, jobs: Sequence[Job]) -> None:
        asked: list[Job] = []
        rows: list[Raw] = []
        for job in jobs:
            if job.new or job.shown is None or job.change.document.kind != ListingKind.VARIABLE:
                continue
            alone = bool(job.shown.get("hasOnlyDefaultVariant"))
            there = [] if alone else [text(row.get("name")) for row in listed(job.shown, "options")]
            self.names[job.gid] = {name.casefold(): name for name in there}
            if missing := self._missing(job, self.names[job.gid]):
                asked.append(job)
                rows.append({"productId": job.gid, "options": missing, "variantStrategy": "LEAVE_AS_IS"})
        for job, outcome in zip(asked, self.calls.run(_OPTIONS, rows, lambda _row: 14), strict=True):
            if isinstance(outcome, PlatformError):
                job.refuse(of_call(outcome))
            elif error := first_refusal(outcome):
                job.refuse(Refusal(error.code, error.message, error.retry, field="attributes"))

    def _missing(self, job: Job, names: Mapping[str, str]) -> list[Raw]:
        """Options that the product has not yet, with the value that the variants have which are there."""
        values: dict[str, list[str]] = {}
        for offer in sorted(job.left, key=lambda offer: not offer.document.variant_id):
            for option in offer.document.options:
                if option.attribute.casefold() not in names:
                    values.setdefault(option.attribute, []).append(option.value)
        order = {found.name: found.values for found in job.change.document.attributes}
        known = {offer.key for offer in job.left if offer.document.variant_id}
        return [
            {"name": name, "values": [{"name": found[0] if known else in_order(found, order.get(name, ()))[0]}]}
            for name, found in values.items()
        ]

    # --- sending

    def _send(self, batch: Batch, told: Sequence[tuple[Job, str, Raw]], more: Raw) -> list[tuple[Job, str, Raw]]:
        """:return: those that were refused only because of others in their row"""
        chunks: list[tuple[Job, list[tuple[str, Raw]]]] = []
        for job, key, values in told:
            if not chunks or chunks[-1][0] is not job or len(chunks[-1][1]) == _CHUNK:
                chunks.append((job, []))
            chunks[-1][1].append((key, values))
        rows = [{"productId": job.gid, "variants": [values for _key, values in some], **more} for job, some in chunks]
        again: list[tuple[Job, str, Raw]] = []
        for (job, some), outcome in zip(chunks, self.calls.run(batch, rows, _points), strict=True):
            if isinstance(outcome, PlatformError):
                refusal = of_call(outcome, new=batch is _CREATE)
                job.offers |= {key: refusal for key, _values in some if key}
                continue
            refused = self._refused(outcome, len(some))
            job.offers |= {some[place][0]: found for place, found in refused.items() if some[place][0]}
            if refused and batch is _CREATE:
                again += [(job, key, values) for place, (key, values) in enumerate(some) if place not in refused]
                continue
            self._taken(job, some, refused, outcome)
        return again

    @staticmethod
    def _refused(outcome: Raw, count: int) -> dict[int, Refusal]:
        """By place in the row; an error that names no variant is one of all."""
        refused: dict[int, Refusal] = {}
        for path, found in user_errors(outcome):
            place = path[path.index("variants") + 1] if "variants" in path[:-1] else ""
            places = [int(place)] if place.isdecimal() and int(place) < count else range(count)
            for each in places:
                refused.setdefault(each, found)
        return refused

    @staticmethod
    def _taken(job: Job, some: Sequence[tuple[str, Raw]], refused: Mapping[int, Refusal], outcome: Raw) -> None:
        if isinstance(product := outcome.get("product"), dict):
            # Its first variant, if nothing else, says how it is shipped.
            job.product = {**(job.product or {}), **product}
        shown = listed(outcome, "productVariants")
        by_options = {shown_combination(row): row for row in shown}
        by_gid = {text(row.get("id")): row for row in shown}
        for place, (key, values) in enumerate(some):
            if place in refused:
                continue
            row = by_gid.get(values.get("id", "")) or by_options.get(_wanted(values))
            if row is None:
                if key and not values.get("id"):
                    message = _("Shopify did not say what became of it.")
                    job.offers[key] = Refusal("bad_answer", message, retry=True, in_doubt=True)
                continue
            job.rows[text(row.get("id"))] = dict(row)
            if key:
                job.variants[key] = plain(row.get("id"))


def _wanted(values: Raw) -> Combination:
    return frozenset(
        (found["optionName"].casefold(), found["name"].casefold()) for found in values.get("optionValues", ())
    )


def _points(row: Mapping[str, Any]) -> float:
    count = len(row["variants"])
    return 10 + PARTS_POINTS + variant_points(count) + 0.2 * count


def _sku(row: Mapping[str, Any]) -> str:
    return text(row.get("sku"))
