"""Plain arithmetic on printed amounts, shared by the platforms' mappers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from .documents import ZERO, TaxAmount

_CENT_ERROR = Decimal("0.005")


def split_tax(total: Decimal, parts: Sequence[tuple[str, Decimal]]) -> tuple[TaxAmount, ...]:
    """The taxes of one line, by code, that sum up exactly to the line's printed ``total``.

    Shops round the total and its parts apart (WooCommerce prints a total of 4.99 beside one part of 5.00); the
    total counts, and the largest part bears the difference. A part of nothing beside others says nothing and is
    dropped; where every part is nothing one stays, since a zero rate is not the same as no tax.

    :param parts: (code, amount); empty gives no taxes, whatever the total
    """
    known = [(code, amount) for code, amount in parts if amount] or list(parts[:1])
    if not known:
        return ()
    difference = total - sum((amount for _, amount in known), ZERO)
    largest = max(range(len(known)), key=lambda index: abs(known[index][1]))
    return tuple(
        TaxAmount(code, amount + difference if index == largest else amount)
        for index, (code, amount) in enumerate(known)
    )


def plausible_rate(pairs: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """The roundest rate, in percent, that explains these (net, tax) amounts within the rounding of each cent.

    Zero where the net amounts come to nothing.
    """
    listed = list(pairs)
    net = sum((pair[0] for pair in listed), ZERO)
    tax = sum((pair[1] for pair in listed), ZERO)
    if not net:
        return ZERO
    exact = tax / net * 100
    # Both figures were rounded; the net's error moves the tax by its share.
    tolerance = _CENT_ERROR * len(listed) * (1 + abs(exact) / 100)
    rate = exact
    for digits in range(4):
        rate = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        if abs(net * rate / 100 - tax) <= tolerance:
            break
    return rate
