"""Specific prices as they are to be: which rows to make, to change and to remove, and doing it in sets."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import PlatformError
from ..publishing import OfferChange, Refusal
from ..values import identifier, text
from ..words import _
from .catalogue_reader import CatalogueReader
from .catalogue_settings import Settings
from .features import same
from .prices import is_sale, is_tariff, local, round_six
from .product_body import plain
from .publishing_calls import Writer, refusal_of, same_value

Raw = dict[str, Any]

_SALE = frozenset({"sale_price", "sale_from", "sale_to"})


@dataclass(slots=True)
class Told:
    """An offer of which special prices are to be said, and why that failed."""

    offer: OfferChange
    product_id: str
    variant_id: str
    refusal: Refusal | None = None


@dataclass(slots=True)
class _Step:
    """A row to make, change or remove, for one of the offers."""

    told: Told
    row: Raw


def concerns(offer: OfferChange) -> bool:
    """Whether anything of an offer's special prices is to be said.

    A promotion is kept as what is taken off: with another usual price it is another sum.
    """
    moved = "price" in offer.fields and offer.document.sale_price is not None
    return bool(offer.fields & _SALE) or "prices" in offer.fields or moved


def write(reader: CatalogueReader, writer: Writer, offers: Sequence[Told]) -> None:
    """Have the shop ask these prices: a call to see what it has, and one each for what is made, changed and removed.

    Only a promotion for everybody and lasting tariffs are ours to say; what the shop gives to one customer, in one
    country or by a rule of its own is left alone.
    """
    there = reader.special_prices(list(dict.fromkeys(told.product_id for told in offers))) if offers else {}
    made: list[_Step] = []
    changed: list[_Step] = []
    removed: list[_Step] = []
    for told in offers:
        rows = [
            row
            for row in there.get(told.product_id, ())
            if identifier(row.get("id_product_attribute")) == told.variant_id
        ]
        plans: list[tuple[list[Raw], dict[Any, Raw]]] = []
        document, fields = told.offer.document, told.offer.fields
        if fields & _SALE or ("price" in fields and document.sale_price is not None):
            plans.append(([row for row in rows if is_sale(row)], _sale(told, reader.settings)))
        if "prices" in fields:
            wanted = _tariffs(told, reader.settings)
            if wanted is None:
                continue
            plans.append(([row for row in rows if is_tariff(row)], wanted))
        for now, rows_wanted in plans:
            _compare(told, now, rows_wanted, made, changed, removed)
    base = {"id_shop_group": "0", "id_shop": reader.client.shop if reader.client.shop.isdecimal() else "0"}
    _finish(writer.change("specific_prices", [step.row for step in changed]), changed, new=False)
    records = [{**base, **step.row} for step in made]

    def find(numbers: Sequence[int]) -> dict[int, Raw]:
        """A row is told from others by whom it is for, from when and from how many on (the table's unique key)."""
        now = reader.special_prices(list(dict.fromkeys(made[number].told.product_id for number in numbers)))
        found = {}
        for number in numbers:
            step = made[number]
            match = (row for row in now.get(step.told.product_id, ()) if _slot(row) == _slot(step.row))
            if row := next(match, None):
                found[number] = row
        return found

    _finish(writer.create("specific_prices", records, find), made, new=True)
    if removed:
        error = writer.remove("specific_prices", [identifier(step.row.get("id")) for step in removed])
        for step in removed if error else ():
            assert error is not None
            step.told.refusal = refusal_of(error, new=False)


def _compare(
    told: Told,
    now: Sequence[Raw],
    wanted: Mapping[Any, Raw],
    made: list[_Step],
    changed: list[_Step],
    removed: list[_Step],
) -> None:
    """Rows that the shop has in the place of wanted ones are changed, so that nothing is missing for a moment."""
    left = dict(wanted)
    for row in now:
        place = (identifier(row.get("id_group")), text(row.get("from_quantity")) or "1")
        target = left.pop(place, None)
        if target is None:
            removed.append(_Step(told, row))
        elif differs := {name: value for name, value in target.items() if not same_value(row.get(name), value)}:
            changed.append(_Step(told, {"id": identifier(row.get("id")), **differs}))
    made += [_Step(told, row) for row in left.values()]


def _sale(told: Told, settings: Settings) -> dict[Any, Raw]:
    document = told.offer.document
    if document.sale_price is None or document.price is None or document.sale_price >= document.price:
        return {}
    row = _row(told, "", 1) | {
        "price": "-1",
        "reduction": plain(round_six(document.price - document.sale_price)),
        "from": local(document.sale_from, settings.timezone),
        "to": local(document.sale_to, settings.timezone),
    }
    return {("", "1"): row}


def _tariffs(told: Told, settings: Settings) -> dict[Any, Raw] | None:
    """``None`` where a group of customers is unknown: the offer is then refused."""
    names = {same(name): key for key, name in settings.groups.items()}
    wanted: dict[Any, Raw] = {}
    for price in told.offer.document.prices:
        group = price.group.strip()
        key = group if group in settings.groups else names.get(same(group), "") if group else ""
        if group and not key:
            message = _("The shop has no group of customers “%(group)s”.", group=group)
            told.refusal = Refusal("unknown_group", message, field="prices")
            return None
        quantity = max(1, math.ceil(price.quantity))
        if key or quantity > 1:
            row = _row(told, key, quantity) | {"price": plain(round_six(price.price)), "reduction": "0"}
            wanted[key, str(quantity)] = row
    return wanted


def _row(told: Told, group: str, quantity: int) -> Raw:
    return {
        "id_cart": "0",
        "id_product": told.product_id,
        "id_product_attribute": told.variant_id or "0",
        "id_currency": "0",
        "id_country": "0",
        "id_group": group or "0",
        "id_customer": "0",
        "from_quantity": str(quantity),
        "reduction_tax": "0",
        "reduction_type": "amount",
        "from": local(None, ""),
        "to": local(None, ""),
    }


def _slot(row: Mapping[str, Any]) -> tuple[str, ...]:
    names = ("id_product_attribute", "id_group", "id_customer", "id_cart", "id_currency", "id_country")
    return (*(identifier(row.get(name)) for name in names), text(row.get("from_quantity")), text(row.get("from")))


def _finish(outcomes: Sequence[Any], steps: Sequence[_Step], *, new: bool) -> None:
    for outcome, step in zip(outcomes, steps, strict=True):
        if isinstance(outcome, PlatformError):
            step.told.refusal = refusal_of(outcome, new=new)
