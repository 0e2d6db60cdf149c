"""Amounts as Stripe counts them: whole numbers of the currency's smallest unit.

Source: docs.stripe.com/currencies. ISK and UGX have no decimals any more, but Stripe goes on counting hundredths.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..shared import _
from ..values import integer

_WITHOUT_DECIMALS = frozenset(
    (
        *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
        *("PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"),
    )
)
_THREE_DECIMALS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


def digits(currency: str) -> int:
    if currency in _WITHOUT_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def from_minor(value: Any, currency: str, field: str) -> Decimal:
    """:raises ValueError: when it is no whole number"""
    return Decimal(integer(value, field)).scaleb(-digits(currency))


def to_minor(amount: Decimal, currency: str) -> int:
    """:raises ValueError: when the amount is finer than the currency"""
    scaled = amount.scaleb(digits(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(_("%(amount)s %(currency)s cannot be paid exactly", amount=amount, currency=currency))
    return int(scaled)
