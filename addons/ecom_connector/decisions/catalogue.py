"""Which product of ours a shop's offer is: by what was linked before, then by its codes; and why not, where it is none.

Products are named by their ids; nothing here looks anything up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

SKU, BARCODE = "sku", "barcode"
ORDERS = {"sku": (SKU,), "barcode": (BARCODE,), "sku_barcode": (SKU, BARCODE), "barcode_sku": (BARCODE, SKU)}
"""The codes that are looked at, in this order, by the merchant's choice."""


class Result(str, Enum):
    """What was found for an offer, or why nothing is done with it by itself."""

    LINKED = "linked"  # known from an order or an import before
    SKU = "sku"
    BARCODE = "barcode"
    NEW = "new"
    DIFFERS = "differs"  # a variant that our product has not
    CONFLICT = "conflict"  # its codes, or its sister variants, name different products
    AMBIGUOUS = "ambiguous"  # several products of ours have its code
    REPEATED = "repeated"  # several offers of the shop have its code, or would be the same product
    NO_CODE = "no_code"
    INCOMPLETE = "incomplete"  # it stands for any value of an attribute
    UNREADABLE = "unreadable"
    NOT_SOLD = "not_sold"  # a group, a link: nothing that leaves a warehouse
    ONLY_HERE = "only_here"  # a product of ours that the shop has not


CERTAIN = frozenset({Result.LINKED, Result.SKU, Result.BARCODE})
"""Results that name one product beyond doubt."""


@dataclass(frozen=True, slots=True)
class Codes:
    """What an offer is known by. ``linked`` is the product it was linked to before."""

    sku: str = ""
    barcode: str = ""
    linked: int | None = None
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Match:
    result: Result
    product: int | None = None


def match(
    offers: Sequence[Codes],
    by_sku: Mapping[str, Sequence[int]],
    by_barcode: Mapping[str, Sequence[int]],
    template_of: Mapping[int, int],
    order: str = "sku_barcode",
) -> list[Match]:
    """The offers of one listing, matched together: they can only be variants of one product of ours.

    :param by_sku: products by SKU
    :param template_of: the product that a variant belongs to
    :param order: a key of :data:`ORDERS`
    """
    found = [_match(offer, {SKU: by_sku, BARCODE: by_barcode}, ORDERS[order]) for offer in offers]
    templates = {template_of[match.product] for match in found if match.result in CERTAIN and match.product}
    if len(templates) > 1:
        return [
            Match(Result.CONFLICT, match.product) if match.result in CERTAIN - {Result.LINKED} else match
            for match in found
        ]
    if templates:
        return [Match(Result.DIFFERS) if match.result == Result.NEW else match for match in found]
    return found


def _match(offer: Codes, index: Mapping[str, Mapping[str, Sequence[int]]], codes: Sequence[str]) -> Match:
    if offer.linked:
        return Match(Result.LINKED, offer.linked)
    values = {SKU: offer.sku, BARCODE: offer.barcode}
    if not any(values[code] for code in codes):
        return Match(Result.NO_CODE)
    hits = {code: tuple(index[code].get(values[code], ())) for code in codes if values[code]}
    named = {products[0] for products in hits.values() if len(products) == 1}
    if len(named) > 1:
        return Match(Result.CONFLICT)
    for code in codes:
        products = hits.get(code, ())
        if len(products) > 1:
            return Match(Result.AMBIGUOUS)
        if products:
            return Match(Result(code), products[0])
    return Match(Result.NEW if offer.complete else Result.INCOMPLETE)
