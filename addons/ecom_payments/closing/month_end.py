"""What a month's end finds of one order: money without goods, goods without an invoice. Pure.

French VAT falls due on goods when they are delivered, and on what is paid before when it is paid (CGI article 269, 2,
a; for goods since 2023). What an invoice says is declared with the invoice; so VAT is due once, on the part of a
payment that is neither shipped nor invoiced.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Rate:
    """One tax rate of an order, all amounts with tax, in one currency."""

    total: Decimal
    tax: Decimal  # of ``total``
    shipped: Decimal  # what the shipped goods are worth, less what came back
    invoiced: Decimal  # less what was credited


@dataclass(frozen=True)
class Found:
    """With tax, and the tax in it."""

    gross: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Ends:
    deposit: Found  # paid, neither shipped nor invoiced: its tax is due now
    ahead: Found  # invoiced, not shipped: its tax is declared, its revenue is the next month's
    uninvoiced: Found  # shipped, not invoiced


def ends(paid: Decimal, rates: Mapping[Hashable, Rate], rounding: Decimal = CENT) -> dict[Hashable, Ends]:
    """By rate. A payment is of all rates in proportion, to the cent, and pays for what is shipped first."""
    whole = sum((rate.total for rate in rates.values()), ZERO)
    result: dict[Hashable, Ends] = {}
    reached, given = ZERO, ZERO
    for key, rate in rates.items():
        reached += rate.total
        until = _round(paid * reached / whole, rounding) if whole else ZERO
        share, given = until - given, until
        covered = max(rate.shipped, rate.invoiced)
        result[key] = Ends(
            deposit=_found(min(share, rate.total) - covered, rate, rounding),
            ahead=_found(rate.invoiced - rate.shipped, rate, rounding),
            uninvoiced=_found(rate.shipped - rate.invoiced, rate, rounding),
        )
    return result


def _found(gross: Decimal, rate: Rate, rounding: Decimal) -> Found:
    gross = max(_round(gross, rounding), ZERO)
    return Found(gross, _round(gross * rate.tax / rate.total, rounding) if rate.total else ZERO)


def _round(amount: Decimal, rounding: Decimal) -> Decimal:
    return (amount / rounding).quantize(Decimal(1), ROUND_HALF_UP) * rounding
