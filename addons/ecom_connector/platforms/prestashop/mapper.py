"""PrestaShop's orders as documents. Pure; the order's own totals stay as the shop printed them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from ..base import REFUNDS_KEY
from ..documents import (
    ZERO,
    AddressDocument,
    CouponDocument,
    CustomerDocument,
    LineDocument,
    OrderDocument,
    PickupPoint,
    TaxSummary,
)
from ..money import plausible_rate
from ..values import decimal_or, identifier, reading_order, rows, text
from ..words import _
from . import times
from .amounts import Taxes, amount, in_coins, order_lines, quantum
from .payments import order_payments
from .slips import parse_refund
from .states import order_state, vendor_state

Raw = Mapping[str, Any]

# Where the customer fetches the parcel: the point itself is in the module's own tables, which no webservice shows.
_PICKUP_MODULES = frozenset(
    {"mondialrelay", "colissimo", "colissimo_simplicite", "socolissimo", "chronopost", "dpdfrance", "relaiscolis"}
)


def order_version(raw: Raw) -> tuple[str, datetime]:
    """``(external id, time of the last change)``: a slip and a payment change an order without being dated in it.

    :raises ValueError: naming the field
    """
    external_id = identifier(raw.get("id"))
    if not external_id:
        raise ValueError(_("id: absent, this is no order"))
    with reading_order(external_id):
        zone, fold = _zone(raw), _fold(raw)
        last = times.utc(raw.get("date_upd") or raw.get("date_add"), "date_upd", zone, fold)
        more = [(row.get("date_upd"), "order_slip.date_upd") for row in rows(raw, REFUNDS_KEY)]
        more += [(row.get("date_add"), "order_payment.date_add") for row in rows(raw, "_payments")]
        later = [time for value, field in more if (time := times.utc_or_none(value, field, zone)) is not None]
        return external_id, max([last, *later])


def parse_order(raw: Raw) -> OrderDocument:
    """:raises ValueError: naming the order and the field, when the payload is no order"""
    external_id, updated_at = order_version(raw)
    with reading_order(external_id):
        try:
            return _parse_order(raw, external_id, updated_at)
        except ArithmeticError:
            raise ValueError(_("its figures are too large to add up")) from None


def _parse_order(raw: Raw, external_id: str, updated_at: datetime) -> OrderDocument:
    zone = _zone(raw)
    currency = text(raw.get("_currency")).upper()
    if len(currency) != 3:
        raise ValueError(_("%(field)s: absent", field="currency"))
    coin = quantum(currency)
    tax_rows = _mapping(raw, "_taxes")
    taxes = Taxes(
        {
            str(key): decimal_or(_of(row, "rate"), f"taxes[{key}].rate", ZERO)
            for key, row in tax_rows.items()
            if isinstance(row, Mapping)
        }
    )
    lines = order_lines(raw, taxes, coin)
    total = amount(raw, "total_paid_tax_incl", coin) or amount(raw, "total_paid", coin)
    net = amount(raw, "total_paid_tax_excl", coin)
    line_tax = sum((line.tax for line in lines), ZERO)
    customer, billing_raw = _mapping(raw, "_customer"), _mapping(raw, "_billing")
    email = text(customer.get("email"))
    billing, shipping = address(billing_raw, email), address(_mapping(raw, "_shipping"), "")
    created_at = times.utc(raw.get("date_add") or raw.get("date_upd"), "date_add", zone)
    state = _mapping(raw, "_state")
    return OrderDocument(
        external_id=external_id,
        # Orders of one cart share the reference that the customer knows (split deliveries): ids tell them apart.
        number=text(raw.get("reference")) or external_id,
        state=order_state(state, raw),
        vendor_state=vendor_state(state, raw),
        currency=currency,
        created_at=created_at,
        updated_at=updated_at,
        # The webservice's prices exclude tax, whatever customers are shown.
        prices_include_tax=False,
        customer=CustomerDocument(
            external_id="" if text(customer.get("is_guest")) == "1" else identifier(customer.get("id")),
            email=email,
            name=_name(customer) or billing.name,
            phone=billing.phone or shipping.phone,
            vat=billing.vat,
            registration=text(customer.get("siret")).replace(" ", "")
            # A number of identification, which some countries ask everybody for: a company's is that of its register.
            or (text(billing_raw.get("dni")) if billing.company else ""),
            language=text(raw.get("_language")),
        ),
        billing=billing,
        shipping=shipping,
        lines=lines,
        taxes=tuple(_summaries(lines, taxes, tax_rows)),
        total=total,
        total_tax=total - net if net or not line_tax else line_tax,
        payments=order_payments(raw, total, created_at, zone, coin),
        coupons=tuple(_coupons(raw, coin)),
        refunds=tuple(parse_refund(row) for row in rows(raw, REFUNDS_KEY)),
        note="\n".join(_notes(raw)),
        gift_message=text(raw.get("gift_message")) if text(raw.get("gift")) == "1" else "",
        # The administration's folder has a secret name, so that there is no ``url``.
        pickup_point=_pickup(raw),
    )


def address(raw: Raw, email: str) -> AddressDocument:
    vat = "".join(text(raw.get("vat_number")).split()).upper()
    return AddressDocument(
        name=_name(raw),
        company=text(raw.get("company")),
        street=text(raw.get("address1")),
        street2=text(raw.get("address2")),
        city=text(raw.get("city")),
        zip=text(raw.get("postcode")),
        state=text(raw.get("_region")),
        country=text(raw.get("_country")).upper(),
        email=email,
        phone=text(raw.get("phone_mobile")) or text(raw.get("phone")),
        vat=vat,
    )


def _name(raw: Raw) -> str:
    return " ".join(part for key in ("firstname", "lastname") if (part := text(raw.get(key))))


def _summaries(lines: Iterable[LineDocument], taxes: Taxes, tax_rows: Mapping[str, Any]) -> Iterable[TaxSummary]:
    """The taxes that the lines name; PrestaShop prints none by rate."""
    amounts: dict[str, Decimal] = {}
    bases: dict[str, list[tuple[Decimal, Decimal]]] = {}
    for line in lines:
        for tax in line.taxes:
            amounts[tax.code] = amounts.get(tax.code, ZERO) + tax.amount
            bases.setdefault(tax.code, []).append((line.net, tax.amount) if len(line.taxes) == 1 else (ZERO, ZERO))
    for code, total in amounts.items():
        row = tax_rows.get(code)
        row = row if isinstance(row, Mapping) else {}
        yield TaxSummary(
            code=code,
            label=_said(row.get("name")),
            rate=taxes.rates[code] if code in taxes.rates else plausible_rate(bases[code]),
            amount=total,
            country=text(row.get("_country")).upper(),
        )


def _coupons(raw: Raw, coin: Decimal) -> Iterable[CouponDocument]:
    for index, row in enumerate(rows(raw, "_rules")):
        if text(row.get("deleted")) == "1":
            continue
        net = decimal_or(row.get("value_tax_excl"), f"cart_rules[{index}].value_tax_excl", ZERO)
        gross = decimal_or(row.get("value"), f"cart_rules[{index}].value", ZERO)
        yield CouponDocument(
            code=text(_mapping(row, "_rule").get("code")) or text(row.get("name")),
            discount=in_coins(net, coin),
            discount_tax=in_coins(gross - net, coin),
        )


def _notes(raw: Raw) -> Iterable[str]:
    """What the customer wrote with the order; what employees and payment modules note down is private."""
    for row in rows(raw, "_messages"):
        public = text(row.get("private")) != "1" and not identifier(row.get("id_employee"))
        if public and (said := text(row.get("message"))):
            yield said


def _pickup(raw: Raw) -> PickupPoint | None:
    """That the parcel goes to a point relais is all that the webservice knows; where, stands in the address at best."""
    carrier = _mapping(raw, "_carrier")
    module = text(carrier.get("external_module_name")).casefold()
    name = text(carrier.get("name"))
    if module not in _PICKUP_MODULES or not any(word in name.casefold() for word in ("relay", "relais", "pickup")):
        return None
    return PickupPoint(id="", carrier=name)


def _zone(raw: Raw) -> tzinfo:
    return times.zone_of(text(raw.get("_zone")), "_zone")


def _fold(raw: Raw) -> int:
    return 1 if raw.get("_fold") == 1 else 0


def _mapping(raw: Raw, key: str) -> Mapping[str, Any]:
    found = raw.get(key)
    return found if isinstance(found, Mapping) else {}


def _of(row: Any, key: str) -> Any:
    return row.get(key) if isinstance(row, Mapping) else None


def _said(value: Any) -> str:
    """A text with languages in any of them: labels of taxes are alike."""
    if isinstance(value, Mapping):
        return next((found for one in value.values() if (found := text(one))), "")
    return text(value)
