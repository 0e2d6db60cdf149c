"""Refunds of a Shopify order, and what an edit took out of it, which Shopify keeps as a refund of no money. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..documents import ZERO, RefundDocument, RefundLineDocument
from ..values import decimal_or, rows, text, utc_or_none
from ..words import _, said
from .amounts import money
from .ids import kind_of, plain

# How goods were booked that an edit took out, in contrast to goods that came back (``RefundLineItemRestockType``).
_TAKEN_OUT = frozenset({"CANCEL", "NO_RESTOCK"})


SHIPPING_PREFIX = "shipping-"

# Our key of a refund or return that we made, at the end of its note.
_KEY = re.compile(r"\s*\[Odoo (?P<key>[^\[\]]+)\]$")


def with_key(reason: str, key: str, longest: int | None = None) -> str:
    """The note of a refund or return of ours; the reason is cut so that the key fits in."""
    end = f" [Odoo {key}]"
    return f"{reason[: longest - len(end)] if longest else reason}{end}".strip()


def key_of(note: Any) -> str:
    """Our key in a note, ``""`` where there is none of ours."""
    found = _KEY.search(text(note))
    return found["key"] if found else ""


def without_key(note: Any) -> str:
    return _KEY.sub("", text(note)).strip()


@dataclass(frozen=True, slots=True)
class Removal:
    """What was taken out of a line."""

    quantity: Decimal
    net: Decimal
    tax: Decimal

    def __add__(self, other: Removal) -> Removal:
        return Removal(self.quantity + other.quantity, self.net + other.net, self.tax + other.tax)


def parse_refund(raw: Mapping[str, Any], *, included: bool) -> RefundDocument:
    """:param included: whether prices include tax, as the order's ``taxesIncluded`` says

    :raises ValueError: naming the refund and the field
    """
    external_id = plain(raw.get("id")) if kind_of(raw.get("id")) == "Refund" else ""
    if not external_id:
        raise ValueError(_("id: absent, this is no refund"))
    try:
        return RefundDocument(
            external_id=external_id,
            amount=abs(money(raw, "totalRefundedSet", "")),
            reason=without_key(raw.get("note")),
            created_at=utc_or_none(raw.get("createdAt"), "createdAt"),
            lines=tuple(_lines(raw, included)),
            key=key_of(raw.get("note")),
            return_id=_return_id(raw),
        )
    except ValueError as error:
        raise ValueError(_("refund %(id)s: %(error)s", id=external_id, error=said(error))) from error


def _return_id(raw: Mapping[str, Any]) -> str:
    found = raw.get("return")
    return plain(found.get("id")) if isinstance(found, Mapping) else ""


def is_removal(raw: Mapping[str, Any]) -> bool:
    """Whether a refund only says that an edit took something out of the order: no money was or is on its way."""
    lines = listed(raw, "refundLineItems", "refundLineItems")
    return (
        bool(lines)
        and not raw.get("return")
        and not listed(raw, "transactions", "transactions")
        and not money(raw, "totalRefundedSet", "")
        and all(text(row.get("restockType")) in _TAKEN_OUT for row in lines)
    )


def removals(refunds: Iterable[RefundDocument]) -> dict[str, Removal]:
    """What was taken out of lines, by their id."""
    found: dict[str, Removal] = {}
    for refund in refunds:
        for line in refund.lines:
            removal = Removal(line.quantity, line.net, line.tax)
            found[line.line_id] = found[line.line_id] + removal if line.line_id in found else removal
    return found


def shipping_id(raw_id: Any, index: int = 0) -> str:
    """What a line of shipping is called beside the goods': one of an old order may have no id."""
    return f"{SHIPPING_PREFIX}{plain(raw_id) or index}"


def listed(raw: Mapping[str, Any], key: str, field: str) -> list[Mapping[str, Any]]:
    """The rows of a list that comes as an object with ``nodes``; empty where it is absent.

    :raises ValueError: when it is something else
    """
    found = raw.get(key)
    if found is None:
        return []
    if not isinstance(found, Mapping):
        raise ValueError(_("%(field)s: not a list of objects", field=field))
    return rows(found, "nodes", f"{field}.nodes")


def _lines(raw: Mapping[str, Any], included: bool) -> Iterable[RefundLineDocument]:
    for index, row in enumerate(listed(raw, "refundLineItems", "refundLineItems")):
        field = f"refundLineItems[{index}]"
        line_item = row.get("lineItem")
        line_id = plain(line_item.get("id")) if isinstance(line_item, Mapping) else ""
        quantity = decimal_or(row.get("quantity"), f"{field}.quantity", ZERO)
        yield _line(row, line_id, quantity, ("subtotalSet", "totalTaxSet"), field, included)
    for index, row in enumerate(listed(raw, "refundShippingLines", "refundShippingLines")):
        field = f"refundShippingLines[{index}]"
        shipping = row.get("shippingLine")
        line_id = shipping_id(shipping.get("id") if isinstance(shipping, Mapping) else "")
        # Money only: nothing of the shipping comes back.
        yield _line(row, line_id, ZERO, ("subtotalAmountSet", "taxAmountSet"), field, included)


def _line(
    row: Mapping[str, Any], line_id: str, quantity: Decimal, keys: tuple[str, str], field: str, included: bool
) -> RefundLineDocument:
    subtotal, tax = money(row, keys[0], field, ZERO), money(row, keys[1], field, ZERO)
    return RefundLineDocument(line_id, quantity, subtotal - tax if included else subtotal, tax)
