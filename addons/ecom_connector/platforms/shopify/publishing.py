"""Products told to Shopify: made with ``productSet``, and changed with mutations that leave alone what is not said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ..base import Raw
from ..catalogue import VARIANTS_KEY, ListingKind
from ..errors import PlatformError
from ..publishing import ListingChange, ListingResult, Refusal
from ..values import text
from ..words import _
from . import prices, publishing_channels, publishing_translations
from .catalogue_mapper import LISTING_KEY, NAMESPACE, OWN_FIELDS
from .catalogue_queries import (
    FIRST_VARIANT,
    PARTS_POINTS,
    PRODUCT_PARTS,
    PRODUCT_POINTS,
    VARIANT_PARTS,
    by_id,
    complete,
    variant_points,
)
from .client import ShopifyClient, nodes
from .ids import gid, is_plain, plain
from .operations import Batch
from .publishing_calls import Calls, first_refusal, of_call, user_errors
from .publishing_channels import PUBLISH
from .publishing_files import files_of
from .publishing_input import SHOWN_STATES, collections_of, in_option_order, new_product, product_values
from .publishing_job import Job, gone, there_already, unknown_field
from .publishing_metafields import cleared_metafields, unknown_name
from .publishing_setup import Setup, learn
from .publishing_variants import VariantWriter, combination, shown_combination
from .terms import resolve_terms

__all__ = ["ListingWriter", "find", "push", "resolve_terms"]

# Variants that a product is made with; the others follow by the hundred.
VARIANTS_AT_ONCE = 100
# Setting a product as a whole takes Shopify a second or two, and a call has to be answered within thirty.
_SETS_AT_ONCE = 10

_FRAGMENTS = PRODUCT_PARTS + VARIANT_PARTS
_PRODUCT = f"product {{ ...ProductParts {FIRST_VARIANT} }}"
_CREATE = Batch(
    "mutation",
    "productSet",
    {"input": "ProductSetInput!"},
    "{ product { ...ProductParts variants(first: $first#) { nodes { ...VariantParts } } }"
    " userErrors { field message code } }",
    cost=100,
    inner={"first": "Int!"},
    fragments=_FRAGMENTS,
)
_UPDATE = Batch(
    "mutation",
    "productUpdate",
    {"product": "ProductUpdateInput!"},
    f"{{ {_PRODUCT} userErrors {{ field message }} }}",
    repeatable=True,
    cost=45,
    fragments=_FRAGMENTS,
)
_FILES = Batch(
    "mutation",
    "productSet",
    {"identifier": "ProductSetIdentifiers!", "input": "ProductSetInput!"},
    f"{{ {_PRODUCT} userErrors {{ field message code }} }}",
    repeatable=True,
    cost=45,
    fragments=_FRAGMENTS,
)
_CLEAR = Batch(
    "mutation",
    "metafieldsDelete",
    {"metafields": "[MetafieldIdentifierInput!]!"},
    "{ userErrors { field message } }",
    repeatable=True,
)
_BY_KEY = Batch(
    "query",
    "productByIdentifier",
    {"identifier": "ProductIdentifierInput!"},
    f"{{ ...ProductParts {FIRST_VARIANT} }}",
    cost=PRODUCT_POINTS,
    fragments=_FRAGMENTS,
)


class ListingWriter:
    """Creates and changes products of one shop.

    Calls for n products: one for what has to be known of the shop, and a look at each 50 of which lists are to be
    completed (pictures, collections, attributes, fields, new variants). Then 10 new ones a call with their variants, 19
    changed ones, 19 whose variants are told, 10 with new pictures, 50 that are put on channels, if 900 points allow.
    """

    def __init__(self, client: ShopifyClient, channels: Sequence[str] = (), now: datetime | None = None) -> None:
        self.client = client
        self.channels = channels
        self.now = now or datetime.now(timezone.utc)
        self.calls = Calls(client)
        self.setup = Setup()

    def push(self, changes: Sequence[ListingChange]) -> list[ListingResult]:
        """:raises PlatformError: only while nothing was written"""
        jobs = [Job(change, gid("Product", key) if (key := change.document.product_id) else "") for change in changes]
        for job in jobs:
            if not job.new and not is_plain(job.change.document.product_id):
                job.refuse(gone(job.change.document.product_id))
            self._check_names(job)
        self._look([job for job in jobs if not job.refusal])
        self.setup = learn(self.client, changes, self.channels)
        self._create([job for job in jobs if job.new and not job.refusal])
        old = [job for job in jobs if not job.new]
        self._clear_metafields(_going(old))
        self._update(_going(old))
        self._set_files(_going(old))
        VariantWriter(self.calls, self.setup, self.now).push(_going(jobs))
        self._publish(_going(jobs))
        publishing_translations.tell(self.calls, self.setup, _going(jobs))
        prices.tell(self.calls, self.setup, _going(jobs))
        self._complete(jobs)
        return [self._result(job) for job in jobs]

    @staticmethod
    def _check_names(job: Job) -> None:
        """A field that Shopify has no place for is said, rather than never told."""
        document = job.change.document
        if "custom" in job.change.fields and (name := unknown_name(document.custom, OWN_FIELDS)):
            job.refuse(unknown_field(name))
        for offer in job.change.offers:
            if "custom" in offer.fields and (name := unknown_name(offer.document.custom)):
                job.refuse(unknown_field(name))

    # --- looking

    def _look(self, jobs: Iterable[Job]) -> None:
        asked = [job for job in jobs if not job.new and _needs_look(job.change)]
        shown = {raw["id"]: raw for raw in by_id(self.client, [job.gid for job in asked])} if asked else {}
        for job in asked:
            job.shown = shown.get(job.change.document.product_id)
            if job.shown is None:
                job.refuse(gone(job.change.document.product_id))

    # --- products

    def _create(self, jobs: Sequence[Job]) -> None:
        rows = []
        for job in jobs:
            offers = in_option_order(job.change)
            job.made, job.left = offers[:VARIANTS_AT_ONCE], offers[VARIANTS_AT_ONCE:]
            values = new_product(job.change, job.made, self.setup.product_types, self.now)
            rows.append({"input": values, "first": max(1, len(job.made))})
        for job, outcome in zip(jobs, self.calls.run(_CREATE, rows, _points_of_creation, _SETS_AT_ONCE), strict=True):
            if isinstance(outcome, PlatformError):
                job.refuse(of_call(outcome, new=True))
            elif errors := user_errors(outcome):
                job.refuse(there_already() if any(map(_is_our_key, errors)) else errors[0][1])
            else:
                self._made(job, outcome.get("product"))

    def _made(self, job: Job, product: object) -> None:
        if not isinstance(product, dict):
            job.refuse(Refusal("bad_answer", _("Shopify did not say what became of it."), retry=True, in_doubt=True))
            return
        job.product, job.gid = product, text(product.get("id"))
        made = nodes(product.get("variants"))
        if job.change.document.kind != ListingKind.VARIABLE:
            pairs = list(zip(job.made, made, strict=False))
        else:
            by_options = {shown_combination(row): row for row in made}
            pairs = [(offer, row) for offer in job.made if (row := by_options.get(combination(offer.document.options)))]
        for offer, row in pairs:
            job.variants[offer.key] = plain(row.get("id"))
            job.rows[text(row.get("id"))] = row

    def _update(self, jobs: Sequence[Job]) -> None:
        rows = []
        asked = []
        for job in jobs:
            job.left = job.change.offers
            values = product_values(job.change.document, job.change.fields, self.setup.product_types, job.shown)
            if "handle" in values:
                values["redirectNewHandle"] = True
            if "categories" in job.change.fields and job.shown is not None:
                values |= collections_of(job.change.document, job.shown)
            if values or job.cleared:
                asked.append(job)
                rows.append({"product": {"id": job.gid, **values}})
        self._keep(asked, self.calls.run(_UPDATE, rows, lambda row: 10 + PRODUCT_POINTS + _lists(row["product"])))

    def _set_files(self, jobs: Sequence[Job]) -> None:
        rows = []
        asked = []
        for job in jobs:
            told = "images" in job.change.fields or any("image" in offer.fields for offer in job.change.offers)
            files = files_of(job.change, job.shown) if told and job.shown is not None else None
            if files is not None:
                asked.append(job)
                rows.append({"identifier": {"id": job.gid}, "input": {"files": files}})
        outcomes = self.calls.run(_FILES, rows, lambda row: 10 + PRODUCT_POINTS + _lists(row["input"]), _SETS_AT_ONCE)
        self._keep(asked, outcomes)

    def _keep(self, jobs: Sequence[Job], outcomes: Sequence[Raw | PlatformError]) -> None:
        for job, outcome in zip(jobs, outcomes, strict=True):
            if isinstance(outcome, PlatformError):
                job.refuse(of_call(outcome))
            elif error := first_refusal(outcome):
                job.refuse(gone(job.change.document.product_id) if error.code == "not_found" else error)
            elif isinstance(product := outcome.get("product"), dict):
                job.product = product

    def _clear_metafields(self, jobs: Sequence[Job]) -> None:
        found = [(job, cleared) for job in jobs if job.shown and (cleared := cleared_metafields(job.change, job.shown))]
        rows = [{"metafields": cleared} for _job, cleared in found]
        for (job, _cleared), outcome in zip(found, self.calls.run(_CLEAR, rows, lambda _row: 12), strict=True):
            job.cleared = True
            if isinstance(outcome, PlatformError):
                job.refuse(of_call(outcome))

    def _publish(self, jobs: Sequence[Job]) -> None:
        """Put on the merchant's channels what no channel shows. One that is on some stays on those."""
        asked = [
            job
            for job in jobs
            if "state" in job.change.fields
            and job.change.document.state in SHOWN_STATES
            and self.setup.publications
            and not _publications(job.product)
        ]
        rows = publishing_channels.rows([job.gid for job in asked], self.setup.publications)
        for job, outcome in zip(asked, self.calls.run(PUBLISH, rows, lambda _row: 14), strict=True):
            if isinstance(outcome, PlatformError):
                job.refuse(of_call(outcome))
            elif error := first_refusal(outcome):
                job.refuse(Refusal(error.code, error.message, error.retry, field="state"))
            elif job.product is not None and isinstance(shown := outcome.get("publishable"), dict):
                job.product["resourcePublicationsCount"] = shown.get("resourcePublicationsCount")

    # --- results

    def _complete(self, jobs: Sequence[Job]) -> None:
        """Fetch what the answers had no room for; without, the caller learns less."""
        found = [job for job in jobs if job.product is not None]
        try:
            raws = complete(self.client, [_told(job.product) for job in found if job.product is not None])
        except PlatformError:
            for job in found:
                job.product = None
            return
        for job, raw in zip(found, raws, strict=True):
            job.product = {**raw, VARIANTS_KEY: list(job.rows.values()) or raw[VARIANTS_KEY]}

    def _result(self, job: Job) -> ListingResult:
        # What was as it was to be is as it was seen.
        raw = job.product or (job.shown if job.refusal is None else None)
        return ListingResult(plain(job.gid), raw, job.variants, job.refusal, job.offers)


def push(client: ShopifyClient, changes: Sequence[ListingChange], channels: Sequence[str] = ()) -> list[ListingResult]:
    """As the contract says; see :class:`ListingWriter` for how many calls it takes."""
    return ListingWriter(client, channels).push(changes)


def find(client: ShopifyClient, keys: Sequence[str], since: datetime) -> dict[str, Raw]:
    """Products by the key that they were made with, 13 a call; a unique metafield is looked up, whatever its age."""
    wanted = list(dict.fromkeys(keys))
    rows = [{"identifier": {"customId": {"namespace": NAMESPACE, "key": LISTING_KEY, "value": key}}} for key in wanted]
    found: dict[str, Raw] = {}
    for key, outcome in zip(wanted, client.run(_BY_KEY, rows), strict=True):
        if isinstance(outcome, PlatformError):
            if outcome.retry:
                raise outcome
        elif outcome.get("id"):
            found[key] = outcome
    return dict(zip(found, complete(client, list(found.values())), strict=True))


def _going(jobs: Sequence[Job]) -> list[Job]:
    """Those that are there, and of which nothing was refused so far."""
    return [job for job in jobs if job.gid and job.refusal is None]


def _needs_look(change: ListingChange) -> bool:
    simple = change.document.kind != ListingKind.VARIABLE
    return (
        bool(change.fields & {"images", "categories", "attributes", "ships", "custom"})
        or any(not offer.document.variant_id for offer in change.offers)
        or any(offer.fields & ({"image"} if simple else {"image", "options"}) for offer in change.offers)
    )


def _told(product: Raw) -> Raw:
    """The product with no more of its variants than were answered."""
    variants = product.get("variants")
    return {**product, "variants": {"nodes": nodes(variants)}} if variants else product


def _points_of_creation(row: Mapping[str, Any]) -> float:
    count: int = row["first"]
    return 10 + PARTS_POINTS + variant_points(count) + 0.2 * count + _lists(row["input"])


def _lists(values: Mapping[str, Any]) -> float:
    """What files and metafields cost (shopify.dev, ``ProductSetInput``)."""
    return 1.9 * len(values.get("files", ())) + 0.4 * len(values.get("metafields", ()))


def _publications(product: Raw | None) -> int:
    count = (product or {}).get("resourcePublicationsCount")
    found = count.get("count") if isinstance(count, dict) else None
    return found if isinstance(found, int) else 0


def _is_our_key(error: tuple[tuple[str, ...], Refusal]) -> bool:
    """Ours is the first metafield of a product that is made."""
    path, _refusal = error
    return "metafields" in path and path[path.index("metafields") + 1 :][:1] == ("0",)
