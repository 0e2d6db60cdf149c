"""Amounts as PayPal writes them: text with the currency's decimals (developer.paypal.com, "Currency codes")."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..shared import _, decimal
from ..values import currency, mapping

# HUF and TWD have decimals in the world, and none at PayPal.
_WITHOUT_DECIMALS = frozenset({"HUF", "JPY", "TWD"})
_THREE_DECIMALS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


def amount_of(value: Any, field: str) -> tuple[Decimal, str]:
    """An amount and its currency.

    :raises ValueError: when it is no amount
    """
    found = mapping(value, field)
    return decimal(found.get("value"), f"{field}.value"), currency(found.get("currency_code"), f"{field}.currency_code")


def written(amount: Decimal, code: str) -> str:
    """:raises ValueError: when the amount is finer than the currency"""
    digits = 0 if code in _WITHOUT_DECIMALS else 3 if code in _THREE_DECIMALS else 2
    rounded = amount.quantize(Decimal(1).scaleb(-digits))
    if rounded != amount:
        raise ValueError(_("%(amount)s %(currency)s cannot be paid exactly", amount=amount, currency=code))
    return str(rounded)
