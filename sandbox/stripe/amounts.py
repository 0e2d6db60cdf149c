"""Amounts in and out of whole numbers of the smallest unit, and what Stripe takes of a charge."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

NO_DECIMALS = {"jpy", "krw", "clp", "vnd", "xaf", "xof", "xpf"}
THREE_DECIMALS = {"bhd", "jod", "kwd", "omr", "tnd"}


def digits(currency: str) -> int:
    """How many decimals a currency has for Stripe."""
    return 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2


def minor(amount: object, currency: str) -> int:
    """A decimal amount as a whole number.

    :raise ValueError: when it is finer than the currency.
    """
    scaled = Decimal(str(amount)).scaleb(digits(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} {currency} is finer than its smallest unit")
    return int(scaled)


def share(amount: int, rate: str | Decimal) -> int:
    """A part of an amount, rounded to the smallest unit."""
    return int((Decimal(amount) * Decimal(rate)).quantize(Decimal(1), ROUND_HALF_UP))
