"""Shopify's orders as documents. Pure; amounts stay as the shop printed them.

* **Currency**: the one that the customer was charged (``presentmentMoney``), as their invoice has to be. What it came
  to in the shop's own currency stays beside in the raw totals (``shopMoney``).
* **Draft orders** are quotes of the shopkeeper's: they are not read. One that is completed becomes an order with an
  id of its own, once, which is read like any other; so nothing can come twice.
* **Edited orders**: Shopify keeps what an edit took out in quantities and totals, beside a refund of no money. Here it
  is out of the lines and the total. What was paid for it is owed until a refund of an amount alone gives it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..documents import ZERO, OrderDocument, OrderState, RefundDocument
from ..values import reading_order, rows, text, utc
from ..words import _
from . import order_lines, people, waiting
from .amounts import TaxBook, money
from .ids import kind_of, plain
from .payments import gateways, payments
from .refunds import Removal, is_removal, listed, parse_refund, removals
from .returns import parse_returns
from .states import order_state, vendor_state

RawOrder = Mapping[str, Any]

# Where the reader keeps the order's page in the shop's administration.
URL_KEY = "_url"

# How remarks of ours begin in the order's note, which is the customer's otherwise.
REMARK = "[Odoo] "


def order_version(raw: RawOrder) -> tuple[str, datetime]:
    """``(external id, time of the last change)``; raises ``ValueError`` that names the field."""
    external_id = plain(raw.get("id")) if kind_of(raw.get("id")) == "Order" else ""
    if not external_id:
        raise ValueError(_("id: absent, this is no order"))
    with reading_order(external_id):
        return external_id, utc(raw.get("updatedAt"), "updatedAt")


def parse_order(raw: RawOrder) -> OrderDocument:
    """:raises ValueError: naming the order and the field, when the payload is no order"""
    external_id, updated_at = order_version(raw)
    with reading_order(external_id):
        return _parse_order(raw, external_id, updated_at)


def custom_field(raw: RawOrder, name: str) -> str:
    """What the cart's attribute of that name says, ``""`` without one; names differ in case alone."""
    listed = raw.get("customAttributes")
    for row in listed if isinstance(listed, list) else ():
        if isinstance(row, Mapping) and text(row.get("key")).casefold() == name.strip().casefold():
            return text(row.get("value"))
    return ""


def _parse_order(raw: RawOrder, external_id: str, updated_at: datetime) -> OrderDocument:
    included = raw.get("taxesIncluded") is True
    currency = text(raw.get("presentmentCurrencyCode")).upper() or text(raw.get("currencyCode")).upper()
    if not currency:
        raise ValueError(_("%(field)s: absent", field="presentmentCurrencyCode"))
    book = TaxBook()
    total = money(raw, "totalPriceSet", "")
    total_tax = money(raw, "totalTaxSet", "", ZERO)
    all_refunds = [(row, parse_refund(row, included=included)) for row in rows(raw, "refunds")]
    lines = list(order_lines.lines(raw, book, included))
    collected = sum((line.collected_tax for line in lines if line.collected_tax), ZERO)
    if collected:
        total, total_tax = total - collected, total_tax - collected
    lines += order_lines.tip(raw, total - sum((line.gross for line in lines), ZERO))
    taken_out, refunds = _taken_out(raw, all_refunds)
    if taken_out:
        gone = [taken_out[line.external_id] for line in lines if line.external_id in taken_out]
        total -= sum((part.net + part.tax for part in gone), ZERO)
        total_tax -= sum((part.tax for part in gone), ZERO)
        lines = [line for line in (order_lines.left(line, taken_out, book) for line in lines) if line is not None]
    billing, shipping = _addresses(raw)
    fulfillment_orders = listed(raw, "fulfillmentOrders", "fulfillmentOrders")
    company = people.company(raw)
    state = order_state(raw, on_account=bool(company), gateways=gateways(raw), owes=total > 0)
    return OrderDocument(
        external_id=external_id,
        number=text(raw.get("name")) or external_id,
        state=state,
        vendor_state=vendor_state(raw),
        currency=currency,
        created_at=utc(raw.get("processedAt") or raw.get("createdAt") or raw.get("updatedAt"), "createdAt"),
        updated_at=updated_at,
        prices_include_tax=included,
        customer=people.customer(raw, billing),
        billing=billing,
        shipping=shipping,
        lines=tuple(lines),
        taxes=book.summaries,
        total=total,
        total_tax=total_tax,
        payments=payments(raw, total),
        coupons=order_lines.coupons(raw, included),
        refunds=tuple(refunds),
        returns=tuple(parse_returns(raw)),
        note=_note(raw),
        gift_message=people.gift_message(raw),
        pickup_point=waiting.pickup_point(fulfillment_orders),
        hold=waiting.hold(raw, fulfillment_orders) if state in (OrderState.PENDING, OrderState.CONFIRMED) else "",
        reference=text(raw.get("poNumber")),
        url=text(raw.get(URL_KEY)),
    )


def _taken_out(
    raw: RawOrder, found: list[tuple[Mapping[str, Any], RefundDocument]]
) -> tuple[dict[str, Removal], list[RefundDocument]]:
    """``(what is out of the lines, the refunds that stand)``; all of a cancelled order stays to be seen."""
    if raw.get("cancelledAt"):
        return {}, [document for _row, document in found]
    edits = [document for row, document in found if is_removal(row)]
    return removals(edits), [document for row, document in found if not is_removal(row)]


def _note(raw: RawOrder) -> str:
    """What the customer wrote, without what we added for the shopkeeper."""
    lines = text(raw.get("note")).splitlines()
    return "\n".join(line for line in lines if not line.startswith(REMARK.strip())).strip()


def _addresses(raw: RawOrder) -> tuple[Any, Any]:
    email, vat, company = text(raw.get("email")), people.vat_number(raw), people.company(raw)
    shipping_raw = people.part(raw, "shippingAddress")
    billing = people.address(people.part(raw, "billingAddress") or shipping_raw, email=email, vat=vat)
    if company and not billing.company:
        billing = replace(billing, company=company)
    return billing, people.address(shipping_raw)
