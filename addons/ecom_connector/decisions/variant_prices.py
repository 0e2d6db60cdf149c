"""Prices of variants as Odoo keeps them: the product's own, and what each value of an attribute adds to it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from decimal import Decimal
from typing import TypeVar

Value = TypeVar("Value", bound=Hashable)


def extras(variants: Sequence[tuple[frozenset[Value], Decimal]]) -> tuple[Decimal, dict[Value, Decimal]] | None:
    """``(price of the product, {value: what it adds})``; values that add nothing are left out.

    The product has the lowest price of a variant where that is possible.

    :param variants: for each one its values, one of each attribute, and its price
    :return: ``None`` where no such sum gives all prices
    """
    if not variants:
        return Decimal(0), {}
    base_values, base = min(variants, key=lambda variant: variant[1])
    added: dict[Value, Decimal] = dict.fromkeys(base_values, Decimal(0))
    pending = list(variants)
    while pending:
        left = []
        for values, price in pending:
            unknown = [value for value in values if value not in added]
            if len(unknown) > 1:
                left.append((values, price))
                continue
            rest = price - base - sum((added[value] for value in values if value in added), Decimal(0))
            if unknown:
                added[unknown[0]] = rest
            elif rest:
                return None
        if len(left) == len(pending):
            # Nothing more follows from what is known: one value is free to choose.
            added[next(value for value in left[0][0] if value not in added)] = Decimal(0)
        pending = left
    return base, {value: extra for value, extra in added.items() if extra}
