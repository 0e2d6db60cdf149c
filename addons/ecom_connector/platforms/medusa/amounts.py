"""Medusa's money: what is due is computed as the shop computes it, then brought to whole cents.

Medusa never rounds: three mugs of 33.33 with 20 % are 119.988 euros, in the order's total and in its payment (observed
on Medusa 2.21.2), of which a gateway takes 119.99. So every figure of a document is rounded here once, and such that
lines, taxes and total agree. Amounts are read from the exact texts beside the numbers, ``raw_unit_price.value``.

The totals that the shop shows cannot be used: they shrink when goods come back (source: ``getLineItemTotals``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from typing import Any

from ..documents import ZERO
from ..values import decimal, identifier, rows, text
from ..words import _

# ISO 4217, the currencies that have no cents, or thousandths.
_DECIMALS = {
    code: decimals
    for decimals, codes in (
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
    )
    for code in codes.split()
}
_LARGEST = Decimal(10) ** 15


def cent(currency: str) -> Decimal:
    """The smallest amount of a currency."""
    return Decimal(1).scaleb(-_DECIMALS.get(currency, 2))


def amount(row: Mapping[str, Any], name: str, field: str) -> Decimal:
    """An exact figure: the text of ``raw_<name>`` where there is one, else the number.

    :raises ValueError: that names the field
    """
    raw = row.get(f"raw_{name}")
    exact = raw.get("value") if isinstance(raw, Mapping) else None
    found = decimal(exact if exact is not None else row.get(name), f"{field}.{name}")
    if abs(found) >= _LARGEST:
        raise ValueError(_("%(field)s: too large", field=f"{field}.{name}"))
    return found


def amount_or(row: Mapping[str, Any], name: str, field: str, default: Decimal) -> Decimal:
    """As :func:`amount`, with ``default`` for null and absent."""
    if row.get(name) is None and not isinstance(row.get(f"raw_{name}"), Mapping):
        return default
    return amount(row, name, field)


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax of a line; ``rate`` in percent."""

    code: str
    rate: Decimal
    label: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """What a line costs, exactly: before tax, before discounts, and each of its taxes on what is due."""

    net: Decimal
    list_net: Decimal
    taxes: tuple[tuple[str, Decimal], ...]
    inclusive: bool
    discounts: tuple[tuple[str, Decimal], ...] = ()  # without tax, by promotion code
    factor: Decimal = ZERO  # the taxes' rates in all, of one

    @property
    def tax(self) -> Decimal:
        return sum((figure for _code, figure in self.taxes), ZERO)

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


@contextmanager
def exactly() -> Iterator[None]:
    """Compute with more figures than any amount has; what cannot be computed is a ``ValueError``."""
    with localcontext() as context:
        context.prec = 60
        try:
            yield
        except (InvalidOperation, ZeroDivisionError):
            raise ValueError(_("amounts: cannot be added up")) from None


def rates_of(row: Mapping[str, Any], field: str) -> list[Rate]:
    """A line's taxes. A rate goes by its id; taxes of a service that computes them have none, and go by their code."""
    found = []
    for index, line in enumerate(rows(row, "tax_lines", f"{field}.tax_lines")):
        rate = amount(line, "rate", f"{field}.tax_lines[{index}]")
        code = identifier(line.get("tax_rate_id")) or text(line.get("code")) or f"rate:{rate.normalize():f}"
        found.append(Rate(code, rate, text(line.get("description")) or text(line.get("code"))))
    return found


def due(row: Mapping[str, Any], price: Decimal, rates: Sequence[Rate], field: str) -> Due:
    """A line's figures, with ``price`` for all pieces, as it is asked (source: ``getLineItemTotals``)."""
    inclusive = row.get("is_tax_inclusive") is True
    factor = sum((rate.rate for rate in rates), ZERO) / 100
    if factor <= -1:
        raise ValueError(_("%(field)s: the taxes take more than the price", field=f"{field}.tax_lines"))
    list_net = price / (1 + factor) if inclusive else price
    discounts = []
    for index, row_ in enumerate(rows(row, "adjustments", f"{field}.adjustments")):
        off = amount(row_, "amount", f"{field}.adjustments[{index}]")
        discounts.append((text(row_.get("code")), off / (1 + factor) if row_.get("is_tax_inclusive") is True else off))
    net = list_net - sum((off for _code, off in discounts), ZERO)
    taxes = tuple((rate.code, net * rate.rate / 100) for rate in rates)
    return Due(net, list_net, taxes, inclusive, tuple(discounts), factor)


def rounded(figure: Decimal, step: Decimal) -> Decimal:
    """Half away from zero, as gateways charge."""
    return (figure / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def share(exact: Sequence[Decimal], total: Decimal, step: Decimal) -> list[Decimal]:
    """These figures in whole ``step``, that sum up to ``total``: those cut off most get what is left over."""
    floors = [(figure / step).quantize(Decimal(1), ROUND_FLOOR) for figure in exact]
    left = int((total / step).quantize(Decimal(1), ROUND_HALF_UP) - sum(floors, ZERO))
    order = sorted(range(len(exact)), key=lambda index: floors[index] - exact[index] / step)
    for turn in range(abs(left) if exact else 0):
        index = order[turn % len(order)] if left > 0 else order[-1 - turn % len(order)]
        floors[index] += 1 if left > 0 else -1
    return [floor * step for floor in floors]


@dataclass(frozen=True, slots=True)
class Rounded:
    """A line in whole cents."""

    net: Decimal
    taxes: tuple[tuple[str, Decimal], ...]


def in_cents(lines: Sequence[Due], step: Decimal) -> tuple[list[Rounded], Decimal, Decimal]:
    """The lines in whole cents with the order's total and its tax, which they sum up to.

    Prices that were asked in whole cents stay so: with tax in a shop that asks them so, else without.
    """
    total = rounded(sum((line.gross for line in lines), ZERO), step)
    total_tax = rounded(sum((line.tax for line in lines), ZERO), step)
    parts = [(index, code, figure) for index, line in enumerate(lines) for code, figure in line.taxes]
    shared = share([figure for _index, _code, figure in parts], total_tax, step)
    taxes: list[list[tuple[str, Decimal]]] = [[] for _line in lines]
    for (index, code, _figure), figure in zip(parts, shared, strict=True):
        taxes[index].append((code, figure))
    if lines and all(line.inclusive for line in lines):
        gross = share([line.gross for line in lines], total, step)
        nets = [whole - sum((figure for _code, figure in own), ZERO) for whole, own in zip(gross, taxes, strict=True)]
    else:
        nets = share([line.net for line in lines], total - total_tax, step)
    return [Rounded(net, tuple(own)) for net, own in zip(nets, taxes, strict=True)], total, total_tax
