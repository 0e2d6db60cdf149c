"""The lines of a Shopify order: goods, shipping, duties, fees and tips; and what coupons took off. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ..documents import ZERO, CouponDocument, LineDocument, LineKind
from ..values import decimal, rows, text
from ..words import _
from . import people
from .amounts import TaxBook, discounts, money, without_tax
from .ids import plain
from .refunds import Removal, listed, shipping_id

RawOrder = Mapping[str, Any]

_CENT = Decimal("0.01")


def lines(raw: RawOrder, book: TaxBook, included: bool) -> Iterable[LineDocument]:
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


def tip(raw: RawOrder, lacking: Decimal) -> list[LineDocument]:
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


def left(line: LineDocument, taken_out: Mapping[str, Removal], book: TaxBook) -> LineDocument | None:
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
        list_net=(line.list_net * share).quantize(_CENT),
        list_tax=(line.list_tax * share).quantize(_CENT),
    )


def coupons(raw: RawOrder, included: bool) -> tuple[CouponDocument, ...]:
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
