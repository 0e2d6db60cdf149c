"""The API's orders as documents. Pure; amounts stay as the shop sent them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ..collected import set_aside
from ..documents import (
    ZERO,
    AddressDocument,
    CouponDocument,
    CustomerDocument,
    CustomerProfile,
    LineDocument,
    LineKind,
    OrderDocument,
    OrderState,
    PaymentDocument,
    PaymentKind,
    PickupPoint,
    RefundDocument,
    RefundLineDocument,
    TaxAmount,
    TaxSummary,
)
from ..values import decimal, decimal_or, one_of, reading_order, rows, text, utc, utc_or_none
from ..words import _, said

RawOrder = Mapping[str, Any]


def order_version(raw: RawOrder) -> tuple[str, datetime]:
    """``(external id, time of the last change)``; raises ``ValueError`` that names the field."""
    external_id = text(raw.get("external_ref"))
    if not external_id:
        raise ValueError(_("external_ref: absent, the order has no id"))
    with reading_order(external_id):
        return external_id, utc(raw.get("updated_at"), "updated_at")


def cancelled(raw: RawOrder) -> dict[str, Any]:
    """The order cancelled: a version a second younger, so that sending the one before again does not revive it.

    One that is cancelled, or refunded, stays as it is.
    """
    _external_id, updated_at = order_version(raw)
    if raw.get("state") in (OrderState.CANCELLED.value, OrderState.REFUNDED.value):
        return dict(raw)
    return {**raw, "state": OrderState.CANCELLED.value, "updated_at": (updated_at + timedelta(seconds=1)).isoformat()}


def parse_order(raw: RawOrder) -> OrderDocument:
    """:raises ValueError: naming the order and the field, where ``check`` was not asked before"""
    external_id, updated_at = order_version(raw)
    with reading_order(external_id):
        return _parse_order(raw, external_id, updated_at)


def _parse_order(raw: RawOrder, external_id: str, updated_at: datetime) -> OrderDocument:
    billing = _address(_inner(raw, "billing"))
    customer = _inner(raw, "customer")
    currency = text(raw.get("currency"))
    if not currency:
        raise ValueError(_("%(field)s: absent", field="currency"))
    lines = tuple(_line(row, f"lines[{index}]") for index, row in enumerate(rows(raw, "lines")))
    pickup = _inner(raw, "pickup_point")
    state = one_of(OrderState, text(raw.get("state")), "state")
    document = OrderDocument(
        external_id=external_id,
        number=text(raw.get("number")) or external_id,
        state=state,
        vendor_state=state.value,
        currency=currency,
        created_at=utc(raw.get("created_at"), "created_at"),
        updated_at=updated_at,
        prices_include_tax=raw.get("prices_include_tax") is True,
        customer=CustomerDocument(
            external_id=text(customer.get("external_ref")),
            email=text(customer.get("email")) or billing.email,
            name=text(customer.get("name")) or billing.name,
            phone=text(customer.get("phone")) or billing.phone,
            vat=text(customer.get("vat")) or billing.vat,
            registration=text(customer.get("registration")),
            language=text(customer.get("language")),
        ),
        billing=billing,
        shipping=_address(_inner(raw, "shipping")),
        lines=lines,
        taxes=_taxes(raw, lines),
        total=decimal(raw.get("total"), "total"),
        total_tax=decimal(raw.get("total_tax"), "total_tax"),
        payments=tuple(_payment(row, f"payments[{index}]") for index, row in enumerate(rows(raw, "payments"))),
        coupons=tuple(
            CouponDocument(
                code=text(row.get("code")),
                discount=decimal(row.get("discount"), f"coupons[{index}].discount"),
                discount_tax=decimal_or(row.get("discount_tax"), f"coupons[{index}].discount_tax", ZERO),
            )
            for index, row in enumerate(rows(raw, "coupons"))
        ),
        refunds=tuple(parse_refund(row) for row in rows(raw, "refunds")),
        note=text(raw.get("note")),
        gift_message=text(raw.get("gift_message")),
        pickup_point=PickupPoint(text(pickup.get("id")), text(pickup.get("name")), text(pickup.get("carrier")))
        if pickup
        else None,
        url=text(raw.get("url")),
    )
    collected = {text(row.get("code")) for row in rows(raw, "taxes") if row.get("collected") is True}
    return set_aside(document, collected) if collected else document


def parse_refund(raw: RawOrder) -> RefundDocument:
    """:raises ValueError: naming the refund and the field"""
    external_id = text(raw.get("id"))
    if not external_id:
        raise ValueError(_("id: absent, this is no refund"))
    try:
        return RefundDocument(
            external_id=external_id,
            amount=abs(decimal(raw.get("amount"), "amount")),
            reason=text(raw.get("reason")),
            created_at=utc_or_none(raw.get("created_at"), "created_at"),
            lines=tuple(
                RefundLineDocument(
                    line_id=text(row.get("line_id")),
                    quantity=decimal_or(row.get("quantity"), f"lines[{index}].quantity", ZERO),
                    net=decimal_or(row.get("net"), f"lines[{index}].net", ZERO),
                    tax=decimal_or(row.get("tax"), f"lines[{index}].tax", ZERO),
                )
                for index, row in enumerate(rows(raw, "lines"))
            ),
        )
    except ValueError as error:
        raise ValueError(_("refund %(id)s: %(error)s", id=external_id, error=said(error))) from error


def parse_customer(raw: RawOrder) -> CustomerProfile:
    """:raises ValueError: naming the field"""
    address = _address(_inner(raw, "address"))
    external_id = text(raw.get("external_ref"))
    if not external_id:
        raise ValueError(_("external_ref: absent, the customer has no id"))
    return CustomerProfile(
        customer=CustomerDocument(
            external_id=external_id,
            email=text(raw.get("email")) or address.email,
            name=text(raw.get("name")) or address.name,
            phone=text(raw.get("phone")) or address.phone,
            vat=text(raw.get("vat")) or address.vat,
            registration=text(raw.get("registration")),
            language=text(raw.get("language")),
        ),
        address=address,
    )


def _inner(raw: RawOrder, key: str) -> Mapping[str, Any]:
    found = raw.get(key)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise ValueError(_("%(field)s: not an object", field=key))
    return found


def _address(raw: Mapping[str, Any]) -> AddressDocument:
    keys = ("name", "company", "street", "street2", "city", "zip", "state", "country", "email", "phone", "vat")
    return AddressDocument(**{key: text(raw.get(key)) for key in keys})


def _line(row: Mapping[str, Any], path: str) -> LineDocument:
    external_id = text(row.get("id"))
    if not external_id:
        raise ValueError(_("%(field)s: absent", field=f"{path}.id"))
    net = decimal(row.get("net"), f"{path}.net")
    tax_rows = rows(row, "taxes", f"{path}.taxes")
    taxes = tuple(
        TaxAmount(_code(part, f"{path}.taxes"), decimal(part.get("amount"), f"{path}.taxes.amount"))
        for part in tax_rows
    )
    if len({tax.code for tax in taxes}) < len(taxes):
        raise ValueError(_("%(field)s: a code is used twice", field=f"{path}.taxes"))
    return LineDocument(
        external_id=external_id,
        kind=one_of(LineKind, text(row.get("kind")) or "product", f"{path}.kind"),
        name=text(row.get("name")),
        quantity=decimal_or(row.get("quantity"), f"{path}.quantity", Decimal(1)),
        net=net,
        list_net=decimal_or(row.get("list_net"), f"{path}.list_net", net),
        taxes=taxes,
        list_tax=decimal_or(row.get("list_tax"), f"{path}.list_tax", sum((tax.amount for tax in taxes), ZERO)),
        product_id=text(row.get("product_ref")),
        variant_id=text(row.get("variant_ref")),
        sku=text(row.get("sku")),
        barcode=text(row.get("barcode")),
        options=tuple(
            (text(option.get("label")), text(option.get("value"))) for option in rows(row, "options", f"{path}.options")
        ),
        code=text(row.get("method")),
    )


def _taxes(raw: RawOrder, lines: tuple[LineDocument, ...]) -> tuple[TaxSummary, ...]:
    """The order's taxes; one whose amount is not told has what the lines have."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        for tax in line.taxes:
            sums[tax.code] = sums.get(tax.code, ZERO) + tax.amount
    found: dict[str, TaxSummary] = {}
    for index, row in enumerate(rows(raw, "taxes")):
        path = f"taxes[{index}]"
        code = _code(row, path)
        found[code] = TaxSummary(
            code=code,
            label=text(row.get("label")),
            rate=decimal(row.get("rate"), f"{path}.rate"),
            amount=decimal_or(row.get("amount"), f"{path}.amount", sums.get(code, ZERO)),
            country=text(row.get("country")),
            compound=row.get("compound") is True,
        )
    if missing := set(sums) - set(found):
        raise ValueError(_("taxes: nothing is said of %(codes)s", codes=", ".join(sorted(missing))[:64]))
    return tuple(found.values())


def _code(row: Mapping[str, Any], path: str) -> str:
    found = text(row.get("code"))
    if not found:
        raise ValueError(_("%(field)s: absent", field=f"{path}.code"))
    return found


def _payment(row: Mapping[str, Any], path: str) -> PaymentDocument:
    return PaymentDocument(
        method=text(row.get("method")),
        title=text(row.get("title")) or text(row.get("method")),
        amount=decimal(row.get("amount"), f"{path}.amount"),
        paid_at=utc_or_none(row.get("paid_at"), f"{path}.paid_at"),
        transaction=text(row.get("transaction")),
        kind=one_of(PaymentKind, text(row.get("kind")) or "money", f"{path}.kind"),
    )
