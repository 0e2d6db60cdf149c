"""WooCommerce's orders as documents. Pure; amounts stay as the shop printed them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..base import REFUNDS_KEY
from ..documents import (
    ZERO,
    AddressDocument,
    CouponDocument,
    CustomerDocument,
    LineDocument,
    LineKind,
    OrderDocument,
    PaymentDocument,
    PaymentKind,
    RefundDocument,
    RefundLineDocument,
    TaxAmount,
    TaxSummary,
)
from ..money import plausible_rate, split_tax
from ..values import decimal, decimal_or, identifier, reading_order, rows, text, utc, utc_or_none
from ..words import _, said
from . import extras, pickup
from .states import order_state

RawOrder = Mapping[str, Any]

# "FR-TVA 20-1" is country, name, priority; "US-NY-NY SALES TAX-1" has a state; a worldwide rate has no country.
_RATE_COUNTRY = re.compile(r"^([A-Z]{2})-.+-\d+$")


def order_version(raw: RawOrder) -> tuple[str, datetime]:
    """``(external id, time of the last change)``; raises ``ValueError`` that names the field."""
    external_id = identifier(raw.get("id"))
    if not external_id:
        raise ValueError(_("id: absent, this is no order"))
    # Drafts may have no modification date yet.
    modified = raw.get("date_modified_gmt") or raw.get("date_created_gmt")
    with reading_order(external_id):
        return external_id, utc(modified, "date_modified_gmt")


def parse_order(raw: RawOrder) -> OrderDocument:
    """Every figure as printed: lines of a shop that rounds at subtotal may differ from its total by some cents.

    :raises ValueError: naming the order and the field, when the payload is no order
    """
    external_id, updated_at = order_version(raw)
    with reading_order(external_id):
        return _parse_order(raw, external_id, updated_at)


def _parse_order(raw: RawOrder, external_id: str, updated_at: datetime) -> OrderDocument:
    meta = extras.metas(raw)
    billing_raw = raw.get("billing") if isinstance(raw.get("billing"), Mapping) else {}
    shipping_raw = raw.get("shipping") if isinstance(raw.get("shipping"), Mapping) else {}
    assert isinstance(billing_raw, Mapping) and isinstance(shipping_raw, Mapping)
    vat = extras.vat_number(meta, billing_raw)
    billing = address(billing_raw, vat)
    shipping = address(shipping_raw, "")
    shipping_lines = rows(raw, "shipping_lines")
    lines = (
        *(_product_line(row, f"line_items[{index}]") for index, row in enumerate(rows(raw, "line_items"))),
        *(_shipping_line(row, f"shipping_lines[{index}]") for index, row in enumerate(shipping_lines)),
        *(_fee_line(row, f"fee_lines[{index}]") for index, row in enumerate(rows(raw, "fee_lines"))),
    )
    currency = text(raw.get("currency")).upper()
    if not currency:
        raise ValueError(_("%(field)s: absent", field="currency"))
    created_at = utc(raw.get("date_created_gmt") or raw.get("date_modified_gmt"), "date_created_gmt")
    vendor_state = text(raw.get("status")).removeprefix("wc-")
    paid_at = utc_or_none(raw.get("date_paid_gmt"), "date_paid_gmt")
    total, payments = _payments(raw, meta, lines, created_at, paid_at)
    refunds, refunds_complete = _refunds(raw)
    return OrderDocument(
        external_id=external_id,
        number=text(raw.get("number")) or external_id,
        state=order_state(vendor_state, paid=paid_at is not None),
        vendor_state=vendor_state,
        currency=currency,
        created_at=created_at,
        updated_at=updated_at,
        prices_include_tax=raw.get("prices_include_tax") is True,
        customer=CustomerDocument(
            external_id=identifier(raw.get("customer_id")),
            email=billing.email,
            name=billing.name,
            phone=billing.phone,
            vat=vat,
            registration=extras.registration(meta, billing_raw),
            language=extras.language(raw, meta),
        ),
        billing=billing,
        shipping=shipping,
        lines=lines,
        taxes=_tax_summaries(raw, lines),
        total=total,
        total_tax=decimal_or(raw.get("total_tax"), "total_tax", ZERO),
        payments=payments,
        coupons=tuple(
            CouponDocument(
                code=text(row.get("code")),
                discount=decimal_or(row.get("discount"), f"coupon_lines[{index}].discount", ZERO),
                discount_tax=decimal_or(row.get("discount_tax"), f"coupon_lines[{index}].discount_tax", ZERO),
            )
            for index, row in enumerate(rows(raw, "coupon_lines"))
        ),
        refunds=refunds,
        refunds_complete=refunds_complete,
        note=text(raw.get("customer_note")),
        gift_message=extras.gift_message(meta),
        pickup_point=pickup.pickup_point(meta, shipping_lines, shipping),
        url=_admin_url(raw, external_id),
    )


REFUND_META = "_ecom_key"
"""Under which a refund of ours keeps its key."""


def parse_refund(raw: RawOrder) -> RefundDocument:
    """A refund as ``/refunds`` returns it: lines are negative there and positive here.

    Lines of shipping and fees, and of goods that the customer keeps, have quantity zero: money only.

    :raises ValueError: naming the refund and the field
    """
    external_id = identifier(raw.get("id"))
    if not external_id:
        raise ValueError(_("id: absent, this is no refund"))
    try:
        return RefundDocument(
            external_id=external_id,
            # An order's own list has a negative "total" instead of the positive "amount".
            amount=abs(decimal(raw.get("amount", raw.get("total")), "amount")),
            reason=text(raw.get("reason")),
            created_at=utc_or_none(raw.get("date_created_gmt"), "date_created_gmt"),
            lines=tuple(_refund_lines(raw)),
            key=text(extras.metas(raw).get(REFUND_META)),
        )
    except ValueError as error:
        raise ValueError(_("refund %(id)s: %(error)s", id=external_id, error=said(error))) from error


def _refund_lines(raw: RawOrder) -> Iterable[RefundLineDocument]:
    for key in ("line_items", "shipping_lines", "fee_lines"):
        for index, row in enumerate(rows(raw, key)):
            field = f"{key}[{index}]"
            line = RefundLineDocument(
                line_id=identifier(extras.metas(row).get("_refunded_item_id")),
                quantity=abs(decimal_or(row.get("quantity"), f"{field}.quantity", ZERO)),
                net=ZERO - decimal_or(row.get("total"), f"{field}.total", ZERO),
                tax=ZERO - decimal_or(row.get("total_tax"), f"{field}.total_tax", ZERO),
            )
            if line.quantity or line.net or line.tax:
                yield line


def _refunds(raw: RawOrder) -> tuple[tuple[RefundDocument, ...], bool]:
    """The refunds of an order, and whether their lines are known: the order itself lists amounts only."""
    full = {refund.external_id: refund for refund in map(parse_refund, rows(raw, REFUNDS_KEY))}
    listed = [parse_refund(row) for row in rows(raw, "refunds")]
    return (
        tuple(full.get(refund.external_id, refund) for refund in listed),
        all(refund.external_id in full for refund in listed),
    )


def address(raw: Mapping[str, Any], vat: str) -> AddressDocument:
    return AddressDocument(
        name=" ".join(part for key in ("first_name", "last_name") if (part := text(raw.get(key)))),
        company=text(raw.get("company")),
        street=text(raw.get("address_1")),
        street2=text(raw.get("address_2")),
        city=text(raw.get("city")),
        zip=text(raw.get("postcode")),
        state=text(raw.get("state")),
        country=text(raw.get("country")).upper(),
        email=text(raw.get("email")),
        phone=text(raw.get("phone")),
        vat=vat,
    )


def _product_line(row: Mapping[str, Any], field: str) -> LineDocument:
    net = decimal(row.get("total"), f"{field}.total")
    return LineDocument(
        external_id=_line_id(row, field),
        kind=LineKind.PRODUCT,
        name=text(row.get("name")),
        quantity=decimal(row.get("quantity"), f"{field}.quantity"),
        net=net,
        list_net=decimal_or(row.get("subtotal"), f"{field}.subtotal", net),
        taxes=_line_taxes(row, field),
        list_tax=decimal_or(row.get("subtotal_tax"), f"{field}.subtotal_tax", ZERO),
        product_id=identifier(row.get("product_id")),  # 0 once the product was deleted
        variant_id=identifier(row.get("variation_id")),
        sku=text(row.get("sku")),  # null once the product was deleted
        barcode=text(row.get("global_unique_id")),
        options=tuple(_options(row)),
    )


def _shipping_line(row: Mapping[str, Any], field: str) -> LineDocument:
    net = decimal_or(row.get("total"), f"{field}.total", ZERO)
    return LineDocument(
        external_id=_line_id(row, field),
        kind=LineKind.SHIPPING,
        name=text(row.get("method_title")),
        quantity=Decimal(1),
        net=net,
        list_net=net,
        taxes=_line_taxes(row, field),
        list_tax=decimal_or(row.get("total_tax"), f"{field}.total_tax", ZERO),
        code=pickup.line_code(row),
    )


def _fee_line(row: Mapping[str, Any], field: str) -> LineDocument:
    net = decimal_or(row.get("total"), f"{field}.total", ZERO)
    return LineDocument(
        external_id=_line_id(row, field),
        kind=LineKind.FEE,
        name=text(row.get("name")),
        quantity=Decimal(1),
        net=net,
        list_net=net,
        taxes=_line_taxes(row, field),
        list_tax=decimal_or(row.get("total_tax"), f"{field}.total_tax", ZERO),
    )


def _line_id(row: Mapping[str, Any], field: str) -> str:
    found = identifier(row.get("id"))
    if not found:
        raise ValueError(_("%(field)s: absent", field=f"{field}.id"))
    return found


def _options(row: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for meta in rows(row, "meta_data"):
        label = text(meta.get("display_key")) or text(meta.get("key"))
        value = text(meta.get("display_value")) or text(meta.get("value"))
        # A leading underscore marks what is not meant for people (_reduced_stock, _restock_refunded_items).
        if label and value and not text(meta.get("key")).startswith("_"):
            yield label, value


def _line_taxes(row: Mapping[str, Any], field: str) -> tuple[TaxAmount, ...]:
    """The line's taxes, that sum up to its ``total_tax``.

    A rate whose amount is ``""`` does not apply to the line (observed on WooCommerce 10.9.1 for ``subtotal``).
    """
    total = decimal_or(row.get("total_tax"), f"{field}.total_tax", ZERO)
    parts = [
        (_tax_code(part.get("id")), decimal(part.get("total"), f"{field}.taxes[{index}].total"))
        for index, part in enumerate(rows(row, "taxes", f"{field}.taxes"))
        if part.get("total") not in ("", None)
    ]
    if not parts and total:
        # Orders imported into the shop may have a tax that no rate explains.
        net = decimal_or(row.get("total"), f"{field}.total", ZERO)
        parts = [(f"derived:{plausible_rate([(net, total)]):f}", total)]
    return split_tax(total, parts)


def _tax_code(rate_id: Any, rate_code: Any = "") -> str:
    return identifier(rate_id) or text(rate_code) or "0"


def _tax_summaries(raw: RawOrder, lines: Iterable[LineDocument]) -> tuple[TaxSummary, ...]:
    """The order's taxes: those that it lists, then those that only its lines name."""
    bases: dict[str, list[tuple[Decimal, Decimal]]] = {}
    for line in lines:
        for tax in line.taxes:
            # The base of each rate is known only where it is alone on the line.
            pair = (line.net, tax.amount) if len(line.taxes) == 1 else (ZERO, ZERO)
            bases.setdefault(tax.code, []).append(pair)
    found: dict[str, TaxSummary] = {}
    for index, row in enumerate(rows(raw, "tax_lines")):
        field = f"tax_lines[{index}]"
        rate_code = text(row.get("rate_code"))
        code = _tax_code(row.get("rate_id"), rate_code)
        country = _RATE_COUNTRY.match(rate_code)
        amounts = (decimal_or(row.get(key), f"{field}.{key}", ZERO) for key in ("tax_total", "shipping_tax_total"))
        # WooCommerce has printed rate_percent since 3.7.
        rate = row.get("rate_percent")
        found[code] = TaxSummary(
            code=code,
            label=text(row.get("label")) or rate_code,
            rate=plausible_rate(bases.get(code, ())) if rate in (None, "") else decimal(rate, f"{field}.rate_percent"),
            amount=sum(amounts, ZERO) + (found[code].amount if code in found else ZERO),
            country=country.group(1) if country else "",
            compound=row.get("compound") is True,
        )
    for code, pairs in bases.items():
        if code not in found:
            found[code] = TaxSummary(
                code=code, label="", rate=plausible_rate(pairs), amount=sum((tax for _, tax in pairs), ZERO)
            )
    return tuple(found.values())


def _payments(
    raw: RawOrder, meta: extras.Meta, lines: Iterable[LineDocument], created_at: datetime, paid_at: datetime | None
) -> tuple[Decimal, tuple[PaymentDocument, ...]]:
    """The order's total, gift cards included, and the means that pay it.

    Gift card plugins lower the order's ``total`` to what is left to pay, some only on display: the lines tell.
    """
    total = decimal(raw.get("total"), "total")
    cards = extras.gift_cards(raw, meta)
    by_card = sum((amount for _, amount in cards), ZERO)
    charged = sum((line.gross for line in lines), ZERO)
    if cards and abs(charged - total - by_card) < abs(charged - total):
        total += by_card
    payments = [
        PaymentDocument("gift_card", "Gift card", amount, paid_at or created_at, number, PaymentKind.GIFT_CARD)
        for number, amount in cards
    ]
    rest = total - by_card
    if rest or (paid_at and not cards):
        payments.append(
            PaymentDocument(
                method=text(raw.get("payment_method")),
                title=text(raw.get("payment_method_title")),
                amount=rest,
                # Cash on delivery is processed without a date: the shop sets it when the order is completed.
                paid_at=paid_at,
                transaction=text(raw.get("transaction_id")),
            )
        )
    return total, tuple(payments)


def _admin_url(raw: RawOrder, external_id: str) -> str:
    """The order's page in the shop's administration; both ways of storing orders redirect from this form."""
    links = raw.get("_links")
    own = links.get("self") if isinstance(links, Mapping) else None
    href = text(own[0].get("href")) if isinstance(own, list) and own and isinstance(own[0], Mapping) else ""
    base, found, _ = href.partition("/wp-json/")
    if not found:
        base, found, _ = text(raw.get("payment_url")).partition("/checkout/")
    return f"{base}/wp-admin/post.php?post={external_id}&action=edit" if found else ""
