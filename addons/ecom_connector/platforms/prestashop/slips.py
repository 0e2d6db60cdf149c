"""PrestaShop's credit slips as refunds. A slip's lines name the order's lines; shipping is a sum beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from ..documents import ZERO, RefundDocument, RefundLineDocument
from ..values import decimal_or, identifier, rows, text
from ..words import _, said
from . import times


def parse_refund(raw: Mapping[str, Any]) -> RefundDocument:
    """A slip as ``order_slip`` shows it, with the shop's zone as ``_zone``.

    ``amount`` of a slip leaves shipping out or includes it, and tax likewise, by version and by the page that made it
    (source: ``OrderSlip::create``): the sums of products and shipping with tax are what was given back.

    :raises ValueError: naming the refund and the field
    """
    external_id = identifier(raw.get("id"))
    if not external_id:
        raise ValueError(_("id: absent, this is no refund"))
    try:
        zone = times.zone_of(text(raw.get("_zone")), "_zone")
        lines = tuple(_lines(raw))
        products = decimal_or(raw.get("total_products_tax_incl"), "total_products_tax_incl", ZERO)
        shipping = decimal_or(raw.get("total_shipping_tax_incl"), "total_shipping_tax_incl", ZERO)
        total = products + shipping
        if not total:
            # Slips of 1.6 had no such sums.
            plain = decimal_or(raw.get("amount"), "amount", ZERO)
            total = plain or sum((line.net + line.tax for line in lines), ZERO)
        return RefundDocument(
            external_id=external_id,
            amount=_cents(abs(total)),
            created_at=times.utc_or_none(raw.get("date_add"), "date_add", zone),
            lines=lines,
        )
    except ValueError as error:
        raise ValueError(_("refund %(id)s: %(error)s", id=external_id, error=said(error))) from error


def _lines(raw: Mapping[str, Any]) -> Iterable[RefundLineDocument]:
    associations = raw.get("associations")
    listed = rows(associations, "order_slip_details") if isinstance(associations, Mapping) else []
    for index, row in enumerate(listed):
        field = f"order_slip_details[{index}]"
        net = _cents(decimal_or(row.get("amount_tax_excl"), f"{field}.amount_tax_excl", ZERO))
        gross = _cents(decimal_or(row.get("amount_tax_incl"), f"{field}.amount_tax_incl", ZERO))
        line = RefundLineDocument(
            line_id=identifier(row.get("id_order_detail")),
            quantity=decimal_or(row.get("product_quantity"), f"{field}.product_quantity", ZERO),
            net=net,
            tax=gross - net,
        )
        if line.quantity or line.net or line.tax:
            yield line
    net = _cents(decimal_or(raw.get("total_shipping_tax_excl"), "total_shipping_tax_excl", ZERO))
    gross = _cents(decimal_or(raw.get("total_shipping_tax_incl"), "total_shipping_tax_incl", ZERO))
    if net or gross:
        yield RefundLineDocument(line_id="shipping", quantity=ZERO, net=net, tax=gross - net)


def _cents(value: Decimal) -> Decimal:
    if abs(value) >= Decimal("1e15"):
        raise ValueError(_("%(field)s: %(value)s is no number", field="amount", value=repr(str(value))[:24]))
    return value.quantize(Decimal("0.01"))
