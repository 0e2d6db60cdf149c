"""Shopify's orders as documents. Pure; amounts stay as the shop printed them.

* **Currency**: the one that the customer was charged (``presentmentMoney``), as their invoice has to be. What it came
  to in the shop's own currency stays beside in the raw totals (``shopMoney``).
* **Draft orders** are quotes of the shopkeeper's: they are not read. One that is completed becomes an order with an
  id of its own, once, which is read like any other; so nothing can come twice.
* **Edited orders**: Shopify keeps what an edit took out in quantities and totals, beside a refund of no money. Here it
  is out of the lines and the total. What was paid for it is owed until a refund of an amount alone gives it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..documents import ZERO, CouponDocument, LineDocument, LineKind, OrderDocument, OrderState, RefundDocument
from ..values import decimal, reading_order, rows, text, utc
from ..words import _
from . import people, waiting
from .amounts import TaxBook, discounts, money, without_tax
from .ids import kind_of, plain
from .payments import gateways, payments
from .refunds import Removal, is_removal, listed, parse_refund, removals, shipping_id
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
    lines = list(_lines(raw, book, included))
    collected = sum((line.collected_tax for line in lines if line.collected_tax), ZERO)
    if collected:
        total, total_tax = total - collected, total_tax - collected
    lines += _tip(raw, total - sum((line.gross for line in lines), ZERO))
    taken_out, refunds = _taken_out(raw, all_refunds)
    if taken_out:
        gone = [taken_out[line.external_id] for line in lines if line.external_id in taken_out]
        total -= sum((part.net + part.tax for part in gone), ZERO)
        total_tax -= sum((part.tax for part in gone), ZERO)
        lines = [line for line in (_left(line, taken_out, book) for line in lines) if line is not None]
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
        coupons=_coupons(raw, included),
        refunds=tuple(refunds),
        note=_note(raw),
        gift_message=people.gift_message(raw),
        pickup_point=waiting.pickup_point(fulfillment_orders),
        hold=waiting.hold(raw, fulfillment_orders) if state in (OrderState.PENDING, OrderState.CONFIRMED) else "",
        reference=text(raw.get("poNumber")),
        url=text(raw.get(URL_KEY)),
    )


# --- lines


def _lines(raw: RawOrder, book: TaxBook, included: bool) -> Iterable[LineDocument]:
    for index, row in enumerate(listed(raw, "lineItems", "lineItems")):
        field = f"lineItems[{index}]"
        yield _product_line(row, field, book, included)
        if raw.get("dutiesIncluded") is not True:
            for at, duty in enumerate(rows(row, "duties", f"{field}.duties")):
                name = _("Customs duties")
                yield _fee_line(duty, f"{field}.duties[{at}]", "duty", name, book, included)
    for index, row in enumerate(listed(raw, "shippingLines", "shippingLines")):
        yield _shipping_line(row, index, f"shippingLines[{index}]", book, included)
    for index, row in enumerate(rows(raw, "additionalFees")):
        yield _fee_line(row, f"additionalFees[{index}]", "fee", text(row.get("name")), book, included)


def _product_line(row: Mapping[str, Any], field: str, book: TaxBook, included: bool) -> LineDocument:
    quantity = decimal(row.get("quantity"), f"{field}.quantity")
    listed_price = money(row, "originalUnitPriceSet", field) * quantity
    due = listed_price - sum((amount for _code, amount in discounts(row, field)), ZERO)
    variant, product = people.part(row, "variant"), people.part(row, "product")
    return replace(
        _line(_line_id(row, field), LineKind.PRODUCT, due, listed_price, row, field, book, included),
        name=text(row.get("name")) or text(row.get("title")),
        quantity=quantity,
        product_id=plain(product.get("id")),  # both are null once deleted
        variant_id=plain(variant.get("id")),
        sku=text(row.get("sku")),
        barcode=text(variant.get("barcode")),
        options=tuple(_options(row)),
        code="gift_card" if row.get("isGiftCard") is True else "",
    )


def _shipping_line(row: Mapping[str, Any], index: int, field: str, book: TaxBook, included: bool) -> LineDocument:
    # Since 2024-07 the discounted price has the discounts of the whole order in it.
    due = money(row, "discountedPriceSet", field)
    listed_price = due + sum((amount for _code, amount in discounts(row, field)), ZERO)
    return replace(
        _line(shipping_id(row.get("id"), index), LineKind.SHIPPING, due, listed_price, row, field, book, included),
        name=text(row.get("title")),
        code=text(row.get("code")) or text(row.get("title")),
    )


def _fee_line(row: Mapping[str, Any], field: str, kind: str, name: str, book: TaxBook, included: bool) -> LineDocument:
    price = money(row, "price", field)
    found = _line(f"{kind}-{_line_id(row, field)}", LineKind.FEE, price, price, row, field, book, included)
    return replace(found, name=name, code=kind)


def _line(
    external_id: str,
    kind: LineKind,
    due: Decimal,
    listed_price: Decimal,
    row: Mapping[str, Any],
    field: str,
    book: TaxBook,
    included: bool,
) -> LineDocument:
    taxes = book.read(row, field)
    # Tax that the marketplace keeps is in the price like any other.
    net = due - taxes.total - (taxes.collected or ZERO) if included else due
    list_net, list_tax = (
        (net, taxes.total) if listed_price == due else without_tax(listed_price, taxes.rate, included=included)
    )
    return LineDocument(
        external_id=external_id,
        kind=kind,
        name="",
        quantity=Decimal(1),
        net=net,
        list_net=list_net,
        taxes=taxes.amounts,
        list_tax=list_tax,
        collected_tax=taxes.collected,
    )


def _tip(raw: RawOrder, lacking: Decimal) -> list[LineDocument]:
    """A tip, where the lines lack just that: Shopify lists some tips as lines, and others only in a sum."""
    tip = money(raw, "totalTipReceivedSet", "", ZERO)
    if not tip or tip != lacking:
        return []
    return [LineDocument("tip", LineKind.FEE, _("Tip"), Decimal(1), tip, tip, code="tip")]


def _options(row: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    variant = text(row.get("variantTitle"))
    if variant:
        yield _("Variant"), variant
    for index, attribute in enumerate(rows(row, "customAttributes")):
        label, value = text(attribute.get("key")), text(attribute.get("value"))
        # A leading underscore marks what is not meant for people.
        if value and not label.startswith("_"):
            yield label or str(index + 1), value


def _line_id(row: Mapping[str, Any], field: str) -> str:
    found = plain(row.get("id"))
    if not found:
        raise ValueError(_("%(field)s: absent", field=f"{field}.id"))
    return found


# --- what an edit took out


def _taken_out(
    raw: RawOrder, found: list[tuple[Mapping[str, Any], RefundDocument]]
) -> tuple[dict[str, Removal], list[RefundDocument]]:
    """``(what is out of the lines, the refunds that stand)``; all of a cancelled order stays to be seen."""
    if raw.get("cancelledAt"):
        return {}, [document for _row, document in found]
    edits = [document for row, document in found if is_removal(row)]
    return removals(edits), [document for row, document in found if not is_removal(row)]


def _left(line: LineDocument, taken_out: Mapping[str, Removal], book: TaxBook) -> LineDocument | None:
    removal = taken_out.get(line.external_id)
    if removal is None:
        return line
    quantity = line.quantity - removal.quantity
    taxes = book.less_of(line.taxes, line.tax - removal.tax)
    if quantity <= 0:
        return None
    share = quantity / line.quantity
    return replace(
        line,
        quantity=quantity,
        net=line.net - removal.net,
        taxes=taxes,
        list_net=(line.list_net * share).quantize(Decimal("0.01")),
        list_tax=(line.list_tax * share).quantize(Decimal("0.01")),
    )


# --- the rest


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


def _coupons(raw: RawOrder, included: bool) -> tuple[CouponDocument, ...]:
    """What coupons took off, by code. With prices that include tax a line's tax is spread over its discount."""
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for key in ("lineItems", "shippingLines"):
        for index, row in enumerate(listed(raw, key, key)):
            field = f"{key}[{index}]"
            rate = TaxBook().read(row, field).rate
            for code, amount in discounts(row, field):
                if code:
                    net, tax = without_tax(amount, rate, included=included)
                    before = found.get(code, (ZERO, ZERO))
                    found[code] = (before[0] + net, before[1] + tax)
    return tuple(CouponDocument(code, net, tax) for code, (net, tax) in found.items())
