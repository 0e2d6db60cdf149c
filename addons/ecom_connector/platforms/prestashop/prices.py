"""PrestaShop's specific prices as the documents have them: a promotion, and what groups of customers or many cost.

Everything is without tax, to six decimals. A promotion is a reduction, for only then does the shop cross out the usual
price; a tariff is a price of its own, so that it stays when the usual one changes (source:
``Product::priceCalculation``, where a ``price`` of 0 and more takes the place of the product's, and of the
combination's impact where it is for one).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from ..catalogue import PriceDocument
from ..values import decimal_or, identifier, text
from ..words import _

Row = Mapping[str, Any]

SIX = Decimal("0.000001")
_TOO_MUCH = Decimal(10) ** 15
NEVER = "0000-00-00 00:00:00"
# A price for these alone is nobody's tariff: one customer's, one cart's, or made by a rule of the catalogue.
_NARROW = ("id_customer", "id_cart", "id_currency", "id_country", "id_specific_price_rule")


def is_for_all(row: Row) -> bool:
    return not any(identifier(row.get(name)) for name in _NARROW)


def is_sale(row: Row) -> bool:
    """Whether everybody pays it from the first piece on."""
    return is_for_all(row) and not identifier(row.get("id_group")) and _quantity(row) <= 1


def is_tariff(row: Row) -> bool:
    """Whether it is paid from some quantity on or by a group, for good."""
    return is_for_all(row) and not is_sale(row) and _dateless(row.get("from")) and _dateless(row.get("to"))


def for_offer(rows: Iterable[Row], variant_id: str, impact: Decimal = Decimal(0)) -> list[Row]:
    """Those that hold for a variant, its own before its product's, or for the product itself.

    :param impact: what the variant adds to the product's price, to a price of its own for the whole product too
    """
    listed = list(rows)
    own = [row for row in listed if identifier(row.get("id_product_attribute")) == variant_id]
    if not variant_id:
        return own
    return own + [_with_impact(row, impact) for row in listed if not identifier(row.get("id_product_attribute"))]


def _with_impact(row: Row, impact: Decimal) -> Row:
    price = bounded(row.get("price"), "specific price", Decimal(-1))
    return {**row, "price": f"{price + impact:f}"} if price >= 0 and impact else row


def sale_of(
    rows: Sequence[Row], price: Decimal | None, rate: Decimal | None, zone: str, field: str
) -> tuple[Decimal | None, datetime | None, datetime | None]:
    """What is asked in a promotion, from when and until when; the one that ends last where there are several.

    :param rows: as :func:`for_offer` gives them
    :param rate: of the tax, in percent, for reductions that include it; such ones are unknown without
    """
    found: tuple[Decimal, datetime | None, datetime | None] | None = None
    for row in filter(is_sale, rows):
        asked = asked_price(row, price, rate, field)
        if asked is None or price is None or asked >= price:
            continue
        start, end = moment(row.get("from"), zone, field), moment(row.get("to"), zone, field)
        if found is None or (found[2] is not None and (end is None or end > found[2])):
            found = asked, start, end
    return found or (None, None, None)


def tariffs_of(
    rows: Sequence[Row], price: Decimal | None, rate: Decimal | None, groups: Mapping[str, str], field: str
) -> tuple[PriceDocument, ...]:
    """Prices by quantity and by group; a group goes by its name, or by its id where that is not known."""
    found: dict[tuple[str, Decimal], PriceDocument] = {}
    for row in filter(is_tariff, rows):
        key = identifier(row.get("id_group"))
        group = (groups.get(key) or key) if key else ""
        asked = asked_price(row, price, rate, field)
        quantity = max(_quantity(row), Decimal(1))
        if asked is not None:
            found.setdefault((group, quantity), PriceDocument(asked, quantity, group))
    return tuple(found[key] for key in sorted(found))


def asked_price(row: Row, price: Decimal | None, rate: Decimal | None, field: str) -> Decimal | None:
    """What a specific price comes to; ``None`` where that is not known."""
    own = bounded(row.get("price"), f"{field}: specific price", Decimal(-1))
    base = own if own >= 0 else price
    if base is None:
        return None
    reduction = bounded(row.get("reduction"), f"{field}: reduction", Decimal(0))
    if text(row.get("reduction_type")) == "percentage":
        base *= 1 - reduction
    elif reduction:
        if text(row.get("reduction_tax")) != "0":
            if rate is None or rate < 0:
                return None
            reduction /= 1 + rate / 100
        base -= reduction
    return round_six(base)


def bounded(value: Any, field: str, default: Decimal = Decimal(0)) -> Decimal:
    """A figure that can be reckoned with, ``default`` for none.

    :raises ValueError: when it is no number, or larger than anything that is sold
    """
    found = decimal_or(value, field, default)
    if abs(found) >= _TOO_MUCH:
        raise ValueError(_("%(field)s: %(value)s is no price", field=field, value=str(found)[:24]))
    return found


def round_six(figure: Decimal) -> Decimal:
    """To the six decimals that the shop keeps.

    :raises ValueError: for a figure without end or measure
    """
    if not figure.is_finite() or abs(figure) >= _TOO_MUCH:
        raise ValueError(_("%(value)s is no price", value=str(figure)[:24]))
    return figure.quantize(SIX)


def moment(value: Any, zone: str, field: str) -> datetime | None:
    """An aware UTC time from the shop's own, which has no zone; ``None`` for the many zeros that mean none.

    :raises ValueError: when it is no date and time
    """
    found = text(value)
    if _dateless(found):
        return None
    try:
        local = datetime.fromisoformat(found).replace(tzinfo=shop_zone(zone))
        return local.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise ValueError(_("%(field)s: %(value)s is no date and time", field=field, value=repr(found)[:24])) from None


def local(value: datetime | None, zone: str) -> str:
    """A time as the shop writes it, :data:`NEVER` for none."""
    if value is None:
        return NEVER
    return value.astimezone(shop_zone(zone)).strftime("%Y-%m-%d %H:%M:%S")


def shop_zone(name: str) -> ZoneInfo | timezone:
    try:
        return ZoneInfo(name) if name else timezone.utc
    except (KeyError, ValueError, OSError):
        return timezone.utc


def _quantity(row: Row) -> Decimal:
    return bounded(text(row.get("from_quantity")), "from_quantity", Decimal(1))


def _dateless(value: Any) -> bool:
    found = text(value)
    return not found or found.startswith("0000-00-00")
