"""Medusa's orders as documents. Pure; see :mod:`amounts` for how they come to whole cents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..documents import (
    ZERO,
    AddressDocument,
    CouponDocument,
    CustomerDocument,
    LineDocument,
    LineKind,
    OrderDocument,
    PaymentDocument,
    TaxAmount,
    TaxSummary,
)
from ..values import identifier, reading_order, rows, text, utc, utc_or_none
from ..words import _
from .amounts import Due, Rate, Rounded, amount, amount_or, cent, due, exactly, in_cents, rates_of, rounded
from .refunds import read_refunds
from .returns import CLAIMS_KEY, EXCHANGES_KEY, parse_returns
from .states import MANUAL_PROVIDER, order_state

RawOrder = Mapping[str, Any]
Row = Mapping[str, Any]

# Where a reader keeps the shop's address.
SHOP_KEY = "_shop"

# All that is needed of an order, in one call a page: by default neither currency nor customer would come (observed on
# Medusa 2.21.2).
ORDER_FIELDS = ",".join(
    (
        "id,display_id,custom_display_id,status,is_draft_order,version,email,currency_code,locale,metadata",
        "created_at,updated_at,region_id,sales_channel_id,total,credit_line_total,summary",
        "customer.id,customer.email,customer.first_name,customer.last_name,customer.company_name,customer.phone",
        "customer.has_account,customer.metadata,customer.groups.name",
        "*shipping_address,*billing_address",
        "*items,*items.detail,*items.tax_lines,*items.adjustments",
        "items.variant.options.value,items.variant.options.option.title",
        "*shipping_methods,*shipping_methods.detail,*shipping_methods.tax_lines,*shipping_methods.adjustments",
        "*payment_collections,*payment_collections.payments",
        "*payment_collections.payments.refunds,*payment_collections.payments.captures",
        "*fulfillments,*fulfillments.labels,*fulfillments.items",
        "*returns,*returns.items",
    )
)


def order_version(raw: RawOrder) -> tuple[str, datetime]:
    """``(external id, time of the last change)``; raises ``ValueError`` that names the field.

    A capture and a refund date the payment and not the order (observed on Medusa 2.21.2): the youngest counts.
    """
    external_id = identifier(raw.get("id"))
    if not external_id:
        raise ValueError(_("id: absent, this is no order"))
    with reading_order(external_id):
        times = [utc(raw.get("updated_at"), "updated_at")]
        for key in ("payment_collections", "fulfillments", "returns"):
            for index, row in enumerate(rows(raw, key)):
                changed = utc_or_none(row.get("updated_at"), f"{key}[{index}].updated_at")
                times += [changed] if changed else []
        return external_id, max(times)


def parse_order(raw: RawOrder) -> OrderDocument:
    """:raises ValueError: naming the order and the field, when the payload is no order"""
    external_id, updated_at = order_version(raw)
    with reading_order(external_id), exactly():
        return _parse_order(raw, external_id, updated_at)


def _parse_order(raw: RawOrder, external_id: str, updated_at: datetime) -> OrderDocument:
    currency = text(raw.get("currency_code")).upper()
    if len(currency) != 3:
        raise ValueError(_("%(field)s: absent", field="currency_code"))
    step = cent(currency)
    created_at = utc(raw.get("created_at"), "created_at")
    sold = list(sold_lines(raw))
    lines, taxes, total, total_tax = _lines(sold, step)
    payments = _payments(raw, total, step)
    manual = any(payment.method == MANUAL_PROVIDER for payment in payments)
    state, vendor_state = order_state(raw, manual=manual)
    customer = _object(raw, "customer")
    vat = vat_number(customer, raw)
    email = text(raw.get("email")) or text(customer.get("email"))
    billing = address(_object(raw, "billing_address"), email, vat)
    shipping = address(_object(raw, "shipping_address"), email, "")
    shop = text(raw.get(SHOP_KEY))
    return OrderDocument(
        external_id=external_id,
        number=text(raw.get("custom_display_id")) or text(raw.get("display_id")) or external_id,
        state=state,
        vendor_state=vendor_state,
        currency=currency,
        created_at=created_at,
        updated_at=updated_at,
        prices_include_tax=any(line.figures.inclusive for line in sold),
        customer=CustomerDocument(
            # A guest has a customer too, one for each e-mail address.
            external_id=identifier(customer.get("id")) if customer.get("has_account") is True else "",
            email=email,
            name=full_name(customer) or billing.name or shipping.name,
            phone=text(customer.get("phone")) or billing.phone or shipping.phone,
            vat=vat,
            registration=registration(customer),
            language=text(raw.get("locale")).replace("-", "_"),
        ),
        billing=billing or shipping,
        shipping=shipping or billing,
        lines=lines,
        taxes=taxes,
        total=total,
        total_tax=total_tax,
        payments=payments,
        coupons=_coupons(sold, step),
        refunds=read_refunds(raw, {line.external_id: line for line in lines}, step),
        returns=tuple(parse_returns(raw)),
        note=_metadata_value(_metadata(raw), ("note", "customer_note", "comment")),
        gift_message=_metadata_value(_metadata(raw), ("gift_message", "gift_note")),
        url=f"{shop}/app/orders/{external_id}" if shop else "",
    )


# --- lines


class Sold:
    """A row of the order that was sold with it, its figures and what kind of line it is."""

    def __init__(self, row: Row, kind: LineKind, field: str) -> None:
        self.row = row
        self.kind = kind
        self.field = field
        self.external_id = identifier(row.get("id"))
        if not self.external_id:
            raise ValueError(_("%(field)s: absent", field=f"{field}.id"))
        self.rates: list[Rate] = rates_of(row, field)
        self.quantity = Decimal(1)
        if kind == LineKind.PRODUCT:
            detail = _object(row, "detail")
            self.quantity = amount_or(detail, "quantity", field, ZERO) or amount(row, "quantity", field)
            # An edit of the order may have changed the price: the detail then has its own.
            price = amount_or(detail, "unit_price", field, ZERO) or amount(row, "unit_price", field)
            asked = price * self.quantity
        else:
            asked = amount(row, "amount", field)
        self.figures: Due = due(row, asked, self.rates, field)


def sold_lines(raw: RawOrder) -> Iterator[Sold]:
    """What was ordered: not what an exchange or a claim sends later, nor what sending something back costs."""
    sent_later = {
        identifier(item.get("item_id"))
        for key in (EXCHANGES_KEY, CLAIMS_KEY)
        for row in rows(raw, key)
        for item in rows(row, "additional_items", f"{key}.additional_items")
    }
    for index, row in enumerate(_in_order(rows(raw, "items"))):
        if identifier(row.get("id")) not in sent_later:
            line = Sold(row, LineKind.PRODUCT, f"items[{index}]")
            # What an edit took out stays with quantity zero.
            if line.quantity:
                yield line
    for index, row in enumerate(_in_order(rows(raw, "shipping_methods"))):
        detail = _object(row, "detail")
        if not any(identifier(detail.get(name)) for name in ("return_id", "exchange_id", "claim_id")):
            yield Sold(row, LineKind.SHIPPING, f"shipping_methods[{index}]")


def _in_order(listed: list[Row]) -> list[Row]:
    """Items come in any order (observed on Medusa 2.21.2); their ids grow with time."""
    return sorted(listed, key=lambda row: (text(row.get("created_at")), text(row.get("id"))))


def _lines(
    sold: Sequence[Sold], step: Decimal
) -> tuple[tuple[LineDocument, ...], tuple[TaxSummary, ...], Decimal, Decimal]:
    in_whole, total, total_tax = in_cents([line.figures for line in sold], step)
    lines = tuple(_line(line, figures, step) for line, figures in zip(sold, in_whole, strict=True))
    found: dict[str, TaxSummary] = {}
    for line, document in zip(sold, lines, strict=True):
        for rate in line.rates:
            own = sum((tax.amount for tax in document.taxes if tax.code == rate.code), ZERO)
            before = found[rate.code].amount if rate.code in found else ZERO
            known = found.get(rate.code) or TaxSummary(rate.code, rate.label, rate.rate, ZERO)
            found[rate.code] = TaxSummary(rate.code, known.label, known.rate, before + own)
    return lines, tuple(found.values()), total, total_tax


def _line(line: Sold, figures: Rounded, step: Decimal) -> LineDocument:
    by_code: dict[str, Decimal] = {}
    for code, figure in figures.taxes:
        by_code[code] = by_code.get(code, ZERO) + figure
    reduced = bool(line.figures.discounts)
    list_net = rounded(line.figures.list_net, step) if reduced else figures.net
    list_tax = rounded(line.figures.list_net * line.figures.factor, step) if reduced else sum(by_code.values(), ZERO)
    taxes = tuple(TaxAmount(code, figure) for code, figure in by_code.items())
    row = line.row
    if line.kind == LineKind.SHIPPING:
        return LineDocument(
            external_id=line.external_id,
            kind=line.kind,
            name=text(row.get("name")),
            quantity=line.quantity,
            net=figures.net,
            list_net=list_net,
            taxes=taxes,
            list_tax=list_tax,
            code=identifier(row.get("shipping_option_id")) or text(row.get("name")),
        )
    title, variant = text(row.get("product_title")) or text(row.get("title")), text(row.get("variant_title"))
    options = tuple(_options(row))
    return LineDocument(
        external_id=line.external_id,
        kind=line.kind,
        name=f"{title} ({variant})" if variant and variant.casefold() not in _UNSAID and not options else title,
        quantity=line.quantity,
        net=figures.net,
        list_net=list_net,
        taxes=taxes,
        list_tax=list_tax,
        product_id=identifier(row.get("product_id")),
        variant_id=identifier(row.get("variant_id")),
        sku=text(row.get("variant_sku")),
        barcode=text(row.get("variant_barcode")),
        options=options,
    )


# What a product without options is given by Medusa's own administration, or by us.
_UNSAID = frozenset({"default", "default variant", "default option", "default option value"})


def _options(row: Row) -> Iterator[tuple[str, str]]:
    for value in rows(_object(row, "variant"), "options", "items.variant.options"):
        label, chosen = text(_object(value, "option").get("title")), text(value.get("value"))
        if label and chosen and chosen.casefold() not in _UNSAID:
            yield label, chosen


def _coupons(sold: Iterable[Sold], step: Decimal) -> tuple[CouponDocument, ...]:
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for line in sold:
        for code, off in line.figures.discounts:
            net, tax = found.get(code, (ZERO, ZERO))
            found[code] = (net + off, tax + off * line.figures.factor)
    return tuple(
        CouponDocument(code, rounded(net, step), rounded(tax, step)) for code, (net, tax) in found.items() if code
    )


# --- payments


def _payments(raw: RawOrder, total: Decimal, step: Decimal) -> tuple[PaymentDocument, ...]:
    """The order's payments up to its total: what an exchange costs more is paid apart.

    What nobody has promised yet is awaited, under the method that was chosen.
    """
    found: list[PaymentDocument] = []
    method, left = "", total
    for field, row in _payment_rows(raw):
        method = text(row.get("provider_id")) or method
        if row.get("canceled_at") or not left:
            continue
        taken = min(rounded(amount(row, "amount", field), step), left)
        left -= taken
        captured = utc_or_none(row.get("captured_at"), f"{field}.captured_at")
        found.append(PaymentDocument(method, provider_title(method), taken, captured, _transaction(row)))
    if left and (found or method):
        found.append(PaymentDocument(method, provider_title(method), left))
    return tuple(found)


def _payment_rows(raw: RawOrder) -> Iterator[tuple[str, Row]]:
    collections = _in_order(rows(raw, "payment_collections"))
    for at, collection in enumerate(collections):
        listed = _in_order(rows(collection, "payments", f"payment_collections[{at}].payments"))
        for index, row in enumerate(listed):
            yield f"payment_collections[{at}].payments[{index}]", row


def _transaction(row: Row) -> str:
    """The gateway's own number, where its plugin keeps it (Stripe's payment intent), else Medusa's."""
    return text(_object(row, "data").get("id")) or identifier(row.get("id"))


def provider_title(provider: str) -> str:
    """``pp_stripe-bancontact_stripe`` is Stripe Bancontact."""
    if provider == MANUAL_PROVIDER:
        return "Manual"
    name = provider.removeprefix("pp_").partition("_")[0]
    return " ".join(part.capitalize() for part in name.split("-") if part)


# --- people

_VATS = ("vat", "vat_number", "vat_id", "tax_id", "tva", "tva_intra")
_REGISTRATIONS = ("siret", "siren", "registration", "company_registration")


def vat_number(customer: Row, raw: Row) -> str:
    """Medusa has no field for it: companies have it in the metadata of customer, address or order."""
    places = (customer, _object(raw, "billing_address"), raw)
    return next((found for place in places if (found := _metadata_value(_metadata(place), _VATS))), "")


def registration(customer: Row) -> str:
    """The company's number in its country's register, from the customer's metadata."""
    return _metadata_value(_metadata(customer), _REGISTRATIONS)


def address(raw: Row, email: str, vat: str) -> AddressDocument:
    return AddressDocument(
        name=full_name(raw),
        company=text(raw.get("company")),
        street=text(raw.get("address_1")),
        street2=text(raw.get("address_2")),
        city=text(raw.get("city")),
        zip=text(raw.get("postal_code")),
        state=text(raw.get("province")).upper(),
        country=text(raw.get("country_code")).upper(),
        email=email,
        phone=text(raw.get("phone")),
        vat=vat,
    )


def full_name(raw: Row) -> str:
    return " ".join(part for key in ("first_name", "last_name") if (part := text(raw.get(key))))


def metadata_field(raw: Row, name: str) -> str:
    """What the merchant's own field of an order says, or of its customer."""
    own = text(_metadata(raw).get(name))
    return own or text(_metadata(_object(raw, "customer")).get(name))


def _metadata(raw: Row) -> Row:
    return _object(raw, "metadata")


def _metadata_value(metadata: Row, names: Iterable[str]) -> str:
    known = {key.casefold(): text(value) for key, value in metadata.items() if isinstance(key, str)}
    return next((known[name] for name in names if known.get(name)), "")


def _object(raw: Row, key: str) -> Row:
    found = raw.get(key)
    return found if isinstance(found, Mapping) else {}
