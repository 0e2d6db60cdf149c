"""Writing a PrestaShop catalogue: products by the fifty, combinations and prices by the hundred, whatever product."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..catalogue import Raw
from ..errors import PlatformError
from ..publishing import LISTING_FIELDS, OFFER_FIELDS, ListingChange, ListingResult, Refusal
from ..values import identifier, text
from ..words import _
from . import publishing_prices
from .catalogue import associated
from .catalogue_reader import CatalogueReader
from .features import NamedValues
from .product_body import KEY_FIELD, bad_reference, base_price, kept_key, plain, product_body
from .publishing_calls import Writer, refusal_of
from .publishing_job import Job
from .publishing_prices import Told
from .publishing_variants import VariantWriter

# PrestaShop has no fields of the shopkeeper's own, and a combination cannot be switched off.
PUBLISHES = frozenset(LISTING_FIELDS) - {"custom"} | frozenset(
    f"offer.{name}" for name in OFFER_FIELDS if name not in ("custom", "active")
)


class ListingWriter:
    """Creates and changes products of one shop.

    Calls for n products: a look at each hundred, and at who has their SKUs; ceil(n / 50) for what is made and as many
    for what is changed; then, by the hundred whatever product they are of, combinations and special prices with a look
    at each kind; a few for names of values that the shop lacks; one for each picture taken away; and as many as reading
    these products takes.
    """

    def __init__(self, reader: CatalogueReader) -> None:
        self.reader = reader
        self.client = reader.client
        self.settings = reader.settings
        self.writer = Writer(self.client)
        self.names = NamedValues(reader, Writer(self.client))

    def push(self, changes: Sequence[ListingChange]) -> list[ListingResult]:
        """:raises PlatformError: only while nothing was written"""
        jobs = [Job(change, change.document.product_id) for change in changes]
        self._look(jobs)
        for job in jobs:
            if job.open:
                _check(job)
        self._refuse_taken([job for job in jobs if job.open])
        self.names.prepare(job.change for job in jobs if job.open)
        self._make([job for job in jobs if job.open and job.new])
        self._change([job for job in jobs if job.open and not job.new])
        VariantWriter(self.reader, self.writer, self.names).write(
            [job for job in jobs if job.open and job.variable and job.product_id and job.change.offers]
        )
        self._write_prices(jobs)
        self._drop_pictures([job for job in jobs if job.open and not job.new and "images" in job.change.fields])
        return self._results(jobs)

    # --- looking

    def _look(self, jobs: Sequence[Job]) -> None:
        known = {job.product_id: job for job in jobs if not job.new and not job.idle}
        for row in self.reader.plain(known):
            known[identifier(row.get("id"))].product = row
        for job in known.values():
            if job.product is None:
                message = _("The shop no longer has this product: %(id)s.", id=job.product_id)
                job.refusal = Refusal("not_found", message)
        varying = [job.product_id for job in known.values() if job.product and _looks_at_variants(job)]
        for key, combinations in self.reader.combinations(varying).items():
            known[key].combinations = combinations

    def _refuse_taken(self, jobs: Sequence[Job]) -> None:
        """No second product of one SKU: PrestaShop would take it, and orders would not say which is meant."""
        told = [
            (job, offer)
            for job in jobs
            for offer in job.change.offers
            if "sku" in offer.fields and offer.document.sku and offer.key not in job.offers
        ]
        skus = list(dict.fromkeys(offer.document.sku for _job, offer in told))
        owners: dict[str, set[str]] = {}
        for resource, owner in (("products", "id"), ("combinations", "id_product")):
            display = ("id", "reference", *({owner} - {"id"}))
            for row in self.client.among(resource, skus, field="reference", display=display):
                owners.setdefault(text(row.get("reference")).casefold(), set()).add(identifier(row.get(owner)))
        first: dict[str, Job] = {}
        for job, offer in told:
            sku = offer.document.sku.casefold()
            others = sorted(owners.get(sku, set()) - {job.product_id}, key=int)
            if others or first.setdefault(sku, job) is not job:
                other = others[0] if others else first[sku].product_id or first[sku].change.document.name
                message = _("The SKU is on another product of the shop: %(id)s.", id=other)
                refusal = Refusal("duplicate_sku", message, field="sku")
                if job.new or not job.variable:
                    job.refusal = refusal
                else:
                    job.offers[offer.key] = refusal

    # --- products

    def _make(self, jobs: Sequence[Job]) -> None:
        bodies = [self._new_body(job) for job in jobs]

        def find(numbers: Sequence[int]) -> dict[int, Raw]:
            by_key = {kept_key(jobs[number].change.key): number for number in numbers}
            rows = self.client.among("products", by_key, field=KEY_FIELD)
            return {by_key[key]: row for row in rows if (key := text(row.get(KEY_FIELD))) in by_key}

        for job, body, outcome in zip(jobs, bodies, self.writer.create("products", bodies, find), strict=True):
            if isinstance(outcome, PlatformError):
                job.refusal = refusal_of(outcome, new=True)
            else:
                # The answer to POST is half empty (observed on 8.1.2): what was sent is what there is.
                job.product_id, job.product, job.wrote = identifier(outcome.get("id")), body, True

    def _new_body(self, job: Job) -> Raw:
        body = product_body(job.change, self.settings, None, self._associations(job))
        if job.variable:
            body["price"] = plain(base_price(job.change.document.offers))
            body |= {"reference": job.change.document.sku} if job.change.document.sku else {}
        return body

    def _change(self, jobs: Sequence[Job]) -> None:
        bodies = {}
        for job in jobs:
            body = product_body(job.change, self.settings, job.product, self._associations(job))
            kind = text((job.product or {}).get("product_type"))
            if job.variable and kind == "standard" and _makes_variants(job):
                body["product_type"] = "combinations"
            if body:
                bodies[job.product_id] = {"id": job.product_id, **body}
        told = [job for job in jobs if job.product_id in bodies]
        known = {job.product_id: job.product for job in told if job.product}
        outcomes = self.writer.change("products", [bodies[job.product_id] for job in told], known)
        for job, outcome in zip(told, outcomes, strict=True):
            if isinstance(outcome, PlatformError):
                job.refusal = refusal_of(outcome, new=False, known=job.product_id)
            else:
                job.wrote, job.product = True, outcome

    def _associations(self, job: Job) -> dict[str, list[Raw]]:
        """What a product is filed under, as far as it is told: each list replaces the shop's."""
        document, fields = job.change.document, job.change.fields
        found: dict[str, list[Raw]] = {}
        if "categories" in fields or job.new:
            keys = [term.external_id for term in document.categories if term.external_id]
            if not keys or (job.product and self.settings.home in associated(job.product, "categories")):
                keys.append(self.settings.home)
            found["categories"] = [{"id": key} for key in dict.fromkeys(keys)]
        if "tags" in fields:
            keys = [term.external_id for term in document.tags if term.external_id]
            found["tags"] = [{"id": key} for key in dict.fromkeys([*keys, *self._foreign_tags(job)])]
        if "attributes" in fields:
            found["product_features"] = self.names.feature_rows(job.change)
        return found

    def _foreign_tags(self, job: Job) -> Iterable[str]:
        """A product's tags in other languages than the shop's own: not ours to take away."""
        keys = associated(job.product or {}, "tags")
        rows = self.reader.rows("tags", keys)
        own = ("", self.settings.language)
        return [key for key in keys if key in rows and identifier(rows[key].get("id_lang")) not in own]

    # --- prices

    def _write_prices(self, jobs: Sequence[Job]) -> None:
        told: list[tuple[Job, Told]] = []
        for job in jobs:
            for offer in job.change.offers if job.open and job.product_id else ():
                variant = job.variants.get(offer.key) or offer.document.variant_id
                if publishing_prices.concerns(offer) and offer.key not in job.offers and (variant or not job.variable):
                    told.append((job, Told(offer, job.product_id, variant if job.variable else "")))
        if not told:
            return
        try:
            publishing_prices.write(self.reader, self.writer, [one for _job, one in told])
        except PlatformError as error:
            if not self.writer.wrote:
                raise
            for _job, one in told:
                one.refusal = one.refusal or refusal_of(error, new=False)
        for job, one in told:
            job.wrote = True
            if one.refusal:
                job.offers[one.offer.key] = one.refusal

    # --- pictures

    def _drop_pictures(self, jobs: Sequence[Job]) -> None:
        """Take away those that a product is no longer to have: there is no library where they could stay.

        Nothing is taken away while one that is to be there was not sent yet, nor what a combination shows.
        """
        dropping: list[tuple[Job, list[str]]] = []
        for job in jobs:
            there = associated(job.product or {}, "images")
            wanted = [image.external_id for image in job.change.document.images]
            if all(key in there for key in wanted):
                offers = [offer.document.image for offer in job.change.offers]
                wanted += [image.external_id for image in offers if image]
                if left := [key for key in there if key not in wanted]:
                    dropping.append((job, left))
        if not dropping:
            return
        try:
            combinations = self.reader.combinations([job.product_id for job, _left in dropping])
        except PlatformError as error:
            for job, _left in dropping:
                job.refusal = refusal_of(error, new=False)
            return
        for job, left in dropping:
            shown = {key for row in combinations.get(job.product_id, ()) for key in associated(row, "images")}
            for key in left:
                if key in shown:
                    continue
                job.wrote = True
                if failure := self.writer.remove(f"images/products/{job.product_id}", [key]):
                    job.refusal = refusal_of(failure, new=False, known=job.product_id)
                    break

    # --- results

    def _results(self, jobs: Sequence[Job]) -> list[ListingResult]:
        """With the products as the shop shows them now; without, the caller learns less."""
        written = [job.product_id for job in jobs if job.wrote and job.product_id]
        try:
            shown = {identifier(raw.get("id")): raw for raw in self.reader.some(dict.fromkeys(written))}
        except PlatformError:
            shown = {}
        return [
            ListingResult(
                job.product_id, shown.get(job.product_id) if job.wrote else None, job.variants, job.refusal, job.offers
            )
            for job in jobs
        ]


def find(reader: CatalogueReader, keys: Sequence[str]) -> dict[str, Raw]:
    """By key the products made with it, in a call for some hundred; of two, which should not be, the older."""
    wanted = {kept_key(key): key for key in keys}
    found: dict[str, Raw] = {}
    for row in reader.client.among("products", wanted, field=KEY_FIELD):
        if key := wanted.get(text(row.get(KEY_FIELD))):
            found.setdefault(key, row)
    whole = {identifier(raw.get("id")): raw for raw in reader.complete(list(found.values()))}
    return {key: whole[identifier(row.get("id"))] for key, row in found.items()}


def _check(job: Job) -> None:
    """Refuse what the shop would refuse, and what is not ours to change, before it holds up others in its batch."""
    document = job.change.document
    if (job.new or "name" in job.change.fields) and not document.name.strip():
        job.refusal = Refusal("no_name", _("A product needs a name."), field="name")
    for offer in job.change.offers:
        if "sku" in offer.fields and bad_reference(offer.document.sku):
            message = _(
                "The shop takes a SKU of at most 64 signs, without any of < > ; = { }: “%(sku)s”",
                sku=offer.document.sku,
            )
            refusal = Refusal("sku_refused", message, field="sku")
            if job.variable:
                job.offers[offer.key] = refusal
            else:
                job.refusal = refusal


def _makes_variants(job: Job) -> bool:
    return any(not offer.document.variant_id for offer in job.change.offers)


def _looks_at_variants(job: Job) -> bool:
    """New variants may be there already, made by hand or by a call whose answer was lost."""
    return job.variable and _makes_variants(job)
