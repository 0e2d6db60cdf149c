"""Prices of groups of customers: the price lists of a shop's catalogs, for companies and for markets.

A group goes by the name of a price list or of its catalog. Shopify has prices by quantity in price lists alone: steps
for everybody are not told. A price that is no longer wanted stays on its list until somebody takes it off there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..base import Raw
from ..catalogue import PriceDocument
from ..errors import PlatformError
from ..publishing import Refusal
from ..words import _
from .ids import gid
from .operations import MOST_ITEMS, Batch
from .publishing_calls import Calls, of_call, user_errors
from .publishing_input import plain_figure
from .publishing_job import Job
from .publishing_setup import PriceList, Setup

_ADD = Batch(
    "mutation",
    "priceListFixedPricesAdd",
    {"priceListId": "ID!", "prices": "[PriceListPriceInput!]!"},
    "{ userErrors { field message code } }",
    repeatable=True,
)
_STEPS = Batch(
    "mutation",
    "quantityPricingByVariantUpdate",
    {"priceListId": "ID!", "input": "QuantityPricingByVariantUpdateInput!"},
    "{ userErrors { field message code } }",
    repeatable=True,
)


@dataclass(slots=True)
class _Told:
    """What one variant costs on one price list: from one piece on, and from more."""

    job: Job
    key: str
    variant: str
    price: Raw | None = None
    steps: list[Raw] = field(default_factory=list)


def tell(calls: Calls, setup: Setup, jobs: Sequence[Job]) -> None:
    """A call for each 250 variants of a price list, or for some two hundred where there are prices by quantity."""
    of_list: dict[str, list[_Told]] = {}
    lists = {price_list.gid: price_list for price_list in setup.price_lists}
    for job in jobs:
        for offer in job.change.offers:
            variant = job.variants.get(offer.key) or offer.document.variant_id
            if "prices" not in offer.fields or offer.key in job.offers or not variant:
                continue
            for group, prices in _by_group(offer.document.prices).items():
                price_list = next((found for found in lists.values() if group.casefold() in found.names), None)
                if problem := _problem(group, price_list, setup.currency):
                    job.offers[offer.key] = problem
                elif price_list:
                    told = _Told(job, offer.key, gid("ProductVariant", variant))
                    _fill(told, prices, price_list.currency)
                    of_list.setdefault(price_list.gid, []).append(told)
    for key, of_this in of_list.items():
        _add(calls, key, [row for row in of_this if row.price and not row.steps])
        _set_steps(calls, key, [row for row in of_this if row.steps])


def _by_group(prices: Sequence[PriceDocument]) -> dict[str, list[PriceDocument]]:
    found: dict[str, list[PriceDocument]] = {}
    for price in prices:
        if price.group:
            found.setdefault(price.group, []).append(price)
    return found


def _problem(group: str, price_list: PriceList | None, currency: str) -> Refusal | None:
    if price_list is None:
        message = _("The shop has no catalog or price list called “%(group)s”.", group=group)
        return Refusal("unknown_group", message, field="prices")
    if currency and price_list.currency != currency:
        message = _(
            "The price list “%(group)s” is in %(theirs)s, the prices are in %(ours)s.",
            group=group,
            theirs=price_list.currency,
            ours=currency,
        )
        return Refusal("wrong_currency", message, field="prices")
    return None


def _fill(told: _Told, prices: Sequence[PriceDocument], currency: str) -> None:
    for price in prices:
        row = {"variantId": told.variant, "price": {"amount": plain_figure(price.price), "currencyCode": currency}}
        if price.quantity <= 1:
            told.price = row
        else:
            told.steps.append({**row, "minimumQuantity": int(price.quantity)})


def _add(calls: Calls, key: str, told: Sequence[_Told]) -> None:
    """One that is wrong has its whole batch refused: the others go once more."""
    again: list[_Told] = []
    for rows in (told, again):
        chunks = [rows[start : start + MOST_ITEMS] for start in range(0, len(rows), MOST_ITEMS)]
        inputs = [{"priceListId": key, "prices": [row.price for row in chunk]} for chunk in chunks]
        for chunk, outcome in zip(chunks, calls.run(_ADD, inputs, _one_a_call), strict=True):
            refused = _refused(outcome, len(chunk))
            _note(chunk, refused)
            if refused and rows is told:
                again += [row for place, row in enumerate(chunk) if place not in refused]


def _set_steps(calls: Calls, key: str, told: Sequence[_Told]) -> None:
    """All steps of a variant are set anew. A list of the input has 250 items at most."""
    chunks: list[list[_Told]] = []
    steps = 0
    for row in told:
        if not chunks or steps + len(row.steps) > MOST_ITEMS or len(chunks[-1]) == MOST_ITEMS:
            chunks.append([])
            steps = 0
        chunks[-1].append(row)
        steps += len(row.steps)
    inputs = [
        {
            "priceListId": key,
            "input": {
                "pricesToAdd": [row.price for row in chunk if row.price],
                "pricesToDeleteByVariantId": [],
                "quantityPriceBreaksToAdd": [step for row in chunk for step in row.steps],
                "quantityPriceBreaksToDelete": [],
                "quantityPriceBreaksToDeleteByVariantId": [row.variant for row in chunk],
                "quantityRulesToAdd": [],
                "quantityRulesToDeleteByVariantId": [],
            },
        }
        for chunk in chunks
    ]
    for chunk, outcome in zip(chunks, calls.run(_STEPS, inputs, _one_a_call), strict=True):
        _note(chunk, _refused(outcome, len(chunk), named="none"))


def _one_a_call(row: Mapping[str, Any]) -> float:
    return 900.0


def _refused(outcome: Raw | PlatformError, count: int, named: str = "prices") -> dict[int, Refusal]:
    """By place; an error that names none is one of all."""
    if isinstance(outcome, PlatformError):
        return dict.fromkeys(range(count), of_call(outcome))
    found: dict[int, Refusal] = {}
    for path, refusal in user_errors(outcome):
        place = path[path.index(named) + 1] if named in path[:-1] else ""
        places = [int(place)] if place.isdecimal() and int(place) < count else range(count)
        for each in places:
            found.setdefault(each, Refusal(refusal.code, refusal.message, refusal.retry, field="prices"))
    return found


def _note(told: Sequence[_Told], refused: Mapping[int, Refusal]) -> None:
    for place, refusal in refused.items():
        told[place].job.offers.setdefault(told[place].key, refusal)
