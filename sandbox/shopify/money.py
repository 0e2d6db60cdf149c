"""Amounts as the shop keeps and writes them.

A money bag is kept as text: ``12.00 EUR``, or ``12.00 EUR|13.20 USD`` (shop|presentment) where the customer pays in
another currency. ``MoneyV2.amount`` is written with at least one decimal (``12.0``), as the vendor's API does.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
DECIMALS = {"JPY": 0, "KRW": 0, "CLP": 0, "VND": 0, "ISK": 0, "XAF": 0, "XPF": 0, "KWD": 3, "BHD": 3, "TND": 3}


def decimals(currency: str) -> int:
    """How many decimals a currency has."""
    return DECIMALS.get(currency, 2)


def cents(currency: str) -> Decimal:
    """The smallest amount of a currency."""
    return Decimal(1).scaleb(-decimals(currency))


def rounded(value: Decimal, currency: str) -> Decimal:
    """Rounded to a currency's decimals, half up."""
    return value.quantize(cents(currency), ROUND_HALF_UP)


def text(value: Decimal, currency: str) -> str:
    """One amount with its currency."""
    return f"{rounded(value, currency)} {currency}"


def bag(shop: Decimal, shop_currency: str, presented: Decimal, currency: str) -> str:
    """The same amount in the shop's currency and the customer's."""
    first = text(shop, shop_currency)
    return first if currency == shop_currency else f"{first}|{text(presented, currency)}"


def parts(value: str) -> tuple[str, str]:
    """The shop's and the presented amount of a bag, each with its currency."""
    first, _, second = value.partition("|")
    return first, second or first


def amount(value: str) -> Decimal:
    """The number of a text; of a bag, the shop's."""
    return Decimal(value.partition("|")[0].partition(" ")[0])


def presented(value: str) -> Decimal:
    """The number of a bag in the customer's currency."""
    return Decimal(parts(value)[1].partition(" ")[0])


def currency_of(value: str) -> str:
    """The shop's currency of a bag."""
    return value.partition("|")[0].partition(" ")[2]


def total(bags: Iterable[str], nothing: str) -> str:
    """The sum of bags; ``nothing`` is the bag of no amount, that says the currencies."""
    first, second = parts(nothing)
    found = list(bags)
    shop, customer = first.partition(" ")[2], second.partition(" ")[2]
    return bag(sum((amount(one) for one in found), ZERO), shop, sum((presented(one) for one in found), ZERO), customer)


def scaled(value: str, numerator: int | Decimal, denominator: int | Decimal) -> str:
    """A share of a bag, rounded; nothing of nothing."""
    first, second = parts(value)
    share = Decimal(numerator) / Decimal(denominator) if denominator else ZERO
    shop, customer = first.partition(" ")[2], second.partition(" ")[2]
    return bag(amount(value) * share, shop, presented(value) * share, customer)


def minus(value: str, other: str) -> str:
    """The difference of two bags."""
    return total([value, scaled(other, -1, 1)], value)


def money_v2(value: str) -> dict[str, str]:
    """A ``MoneyV2`` of one amount."""
    number, _, currency = value.partition(" ")
    return {"amount": decimal_text(Decimal(number)), "currencyCode": currency}


def decimal_text(value: Decimal) -> str:
    """A ``Decimal`` as GraphQL answers show it: ``12.0``, ``12.34``."""
    shown = f"{value:f}"
    if "." in shown:
        shown = shown.rstrip("0")
        return shown + "0" if shown.endswith(".") else shown
    return f"{shown}.0"
