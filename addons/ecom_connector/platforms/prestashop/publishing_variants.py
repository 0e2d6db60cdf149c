"""Combinations of many products: found by what they are combined of, else made; changed; never removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import PlatformError
from ..publishing import OfferChange, Refusal
from ..values import identifier, text
from ..words import _
from .catalogue import associated
from .catalogue_reader import CatalogueReader
from .features import NamedValues, needs_options
from .product_body import combination_body
from .publishing_calls import Writer, refusal_of
from .publishing_job import Job

Raw = dict[str, Any]
_Step = tuple[Job, OfferChange, Raw]


class VariantWriter:
    """Calls for n combinations: ceil(n / 100) for what is made and as many for what is changed."""

    def __init__(self, reader: CatalogueReader, writer: Writer, names: NamedValues) -> None:
        self.reader = reader
        self.writer = writer
        self.names = names
        self.settings = reader.settings

    def write(self, jobs: Sequence[Job]) -> None:
        made: list[_Step] = []
        changed: list[_Step] = []
        for job in jobs:
            for offer in job.change.offers:
                if offer.key not in job.offers:
                    self._plan(job, offer, made, changed)
        for (job, offer, body), outcome in zip(
            changed, self.writer.change("combinations", [body for _job, _offer, body in changed]), strict=True
        ):
            self._note(job, offer, outcome, identifier(body["id"]))
        for (job, offer, _body), outcome in zip(made, self._make(made), strict=True):
            self._note(job, offer, outcome, "")

    def _plan(self, job: Job, offer: OfferChange, made: list[_Step], changed: list[_Step]) -> None:
        document = offer.document
        values = None
        if needs_options(document.variant_id, offer.fields):
            values = [self.names.option_value(option.attribute, option.value) for option in document.options]
            if not values or not all(values):
                message = _("The shop does not know the values that this variant is made of.")
                job.offers[offer.key] = Refusal("options_refused", message, field="options")
                return
        key = document.variant_id or _there(job.combinations, values or ())
        body = combination_body(offer, job.product or {}, self.settings, None if key and not values else values)
        if key:
            job.variants[offer.key] = key
            if body:
                changed.append((job, offer, {"id": key, **body}))
            return
        # One combination is what the shop shows first; without, it takes the product for one that cannot be bought.
        first = not job.combinations and not any(one is job for one, _offer, _body in made)
        body |= {"id_product": job.product_id, "minimal_quantity": "1"} | ({"default_on": "1"} if first else {})
        made.append((job, offer, body))

    def _make(self, made: Sequence[_Step]) -> list[Any]:
        def find(numbers: Sequence[int]) -> dict[int, Raw]:
            there = self.reader.combinations(list(dict.fromkeys(made[number][0].product_id for number in numbers)))
            found = {}
            for number in numbers:
                job, _offer, body = made[number]
                values = [row["id"] for row in body["associations"]["product_option_values"]]
                if key := _there(there.get(job.product_id, ()), values):
                    found[number] = {"id": key}
            return found

        return self.writer.create("combinations", [body for _job, _offer, body in made], find)

    def _note(self, job: Job, offer: OfferChange, outcome: Any, known: str) -> None:
        if isinstance(outcome, PlatformError):
            job.offers[offer.key] = refusal_of(outcome, new=not known, known=known)
        else:
            job.variants[offer.key] = identifier(outcome.get("id"))
            job.wrote = True


def _there(combinations: Sequence[Raw], values: Sequence[str]) -> str:
    """The combination of these values, ``""`` for none: the shop would make a second one of the same."""
    wanted = frozenset(values)
    matches = (row for row in combinations if frozenset(associated(row, "product_option_values")) == wanted)
    row = next(matches, None) if wanted else None
    return text(row.get("id")) if row else ""
