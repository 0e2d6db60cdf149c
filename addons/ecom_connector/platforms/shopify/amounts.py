"""Amounts of a Shopify order: with its tax inside or beside, discounted, taxed by line. Pure; as the shop printed them.

Source: the vendor's schema 2026-10. ``originalUnitPriceSet`` is without discounts, and with tax where the order's
``taxesIncluded`` says so; ``discountAllocations`` are all discounts of a line, those of the whole order included;
``quantity`` and tax lines include what was refunded or taken out since.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ..documents import ZERO, TaxAmount, TaxSummary
from ..values import decimal, decimal_or, rows, text

_CENT = Decimal("0.01")
_HUNDRED = Decimal(100)

# Shopify calls a country's tax "FR TVA", "DE MwSt" …; a merchant may have named it otherwise.
_COUNTRY = re.compile(r"^([A-Z]{2}) \S")


def money(raw: Any, key: str, field: str, default: Decimal | None = None) -> Decimal:
    """What the customer was charged of a ``MoneyBag`` under ``key``; ``default`` where there is none.

    :raises ValueError: when it is no number, or absent without a default
    """
    bag = raw.get(key) if isinstance(raw, Mapping) else None
    charged = bag.get("presentmentMoney") if isinstance(bag, Mapping) else None
    amount = charged.get("amount") if isinstance(charged, Mapping) else None
    if amount is None and default is not None:
        return default
    return decimal(amount, f"{field}.{key}" if field else key)


@dataclass(frozen=True, slots=True)
class Taxes:
    """The taxes of one line. ``collected`` is what the marketplace keeps and pays itself."""

    amounts: tuple[TaxAmount, ...]
    rate: Decimal
    collected: Decimal | None

    @property
    def total(self) -> Decimal:
        return sum((tax.amount for tax in self.amounts), ZERO)


class TaxBook:
    """The taxes that an order's lines name, summed up as they are read.

    Shopify's tax lines have no id: title and rate together name one. The order's own list is a sum over its lines
    (``Order.taxLines``), and says nothing more.
    """

    def __init__(self) -> None:
        self._found: dict[str, TaxSummary] = {}

    def read(self, raw: Mapping[str, Any], field: str) -> Taxes:
        amounts: dict[str, Decimal] = {}
        rate, collected = ZERO, None
        for index, row in enumerate(rows(raw, "taxLines", f"{field}.taxLines")):
            where = f"{field}.taxLines[{index}]"
            amount = money(row, "priceSet", where)
            percent = decimal_or(row.get("ratePercentage"), f"{where}.ratePercentage", ZERO)
            if row.get("channelLiable") is True:
                collected = (collected or ZERO) + amount
                continue
            rate += percent
            code = self._note(text(row.get("title")), percent, amount)
            amounts[code] = amounts.get(code, ZERO) + amount
        return Taxes(tuple(TaxAmount(code, amount) for code, amount in amounts.items()), rate, collected)

    def less_of(self, taxes: tuple[TaxAmount, ...], total: Decimal) -> tuple[TaxAmount, ...]:
        """A line's taxes once only ``total`` is left of them."""
        left = reduced(taxes, total)
        for before, after in zip(taxes, left, strict=True):
            known = self._found[before.code]
            self._found[before.code] = _with_amount(known, known.amount + after.amount - before.amount)
        return left

    @property
    def summaries(self) -> tuple[TaxSummary, ...]:
        return tuple(self._found.values())

    def _note(self, title: str, percent: Decimal, amount: Decimal) -> str:
        code = f"{title} {_plain(percent)}%".strip()
        country = _COUNTRY.match(title)
        known = self._found.get(code) or TaxSummary(
            code=code, label=title, rate=percent, amount=ZERO, country=country.group(1) if country else ""
        )
        self._found[code] = _with_amount(known, known.amount + amount)
        return code


def reduced(taxes: tuple[TaxAmount, ...], total: Decimal) -> tuple[TaxAmount, ...]:
    """These taxes scaled to ``total``; the last bears what rounding leaves."""
    before = sum((tax.amount for tax in taxes), ZERO)
    found: list[TaxAmount] = []
    for tax in taxes[:-1]:
        share = (tax.amount * total / before).quantize(_CENT, ROUND_HALF_UP) if before else ZERO
        found.append(TaxAmount(tax.code, share))
    if taxes:
        found.append(TaxAmount(taxes[-1].code, total - sum((tax.amount for tax in found), ZERO)))
    return tuple(found)


def without_tax(listed: Decimal, rate: Decimal, *, included: bool) -> tuple[Decimal, Decimal]:
    """``(net, tax)`` of a price before discounts, at a rate in percent: what the shop does not print itself."""
    if not included:
        return listed, (listed * rate / _HUNDRED).quantize(_CENT, ROUND_HALF_UP)
    net = (listed * _HUNDRED / (_HUNDRED + rate)).quantize(_CENT, ROUND_HALF_UP) if rate > -_HUNDRED else listed
    return net, listed - net


def discounts(raw: Mapping[str, Any], field: str) -> list[tuple[str, Decimal]]:
    """The discounts of a line, as (coupon code or "", amount)."""
    found = []
    for index, row in enumerate(rows(raw, "discountAllocations", f"{field}.discountAllocations")):
        application = row.get("discountApplication")
        code = text(application.get("code")) if isinstance(application, Mapping) else ""
        found.append((code, money(row, "allocatedAmountSet", f"{field}.discountAllocations[{index}]")))
    return found


def _with_amount(summary: TaxSummary, amount: Decimal) -> TaxSummary:
    return TaxSummary(summary.code, summary.label, summary.rate, amount, summary.country)


def _plain(number: Decimal) -> str:
    shortest = number.normalize()
    return f"{shortest:f}" if shortest else "0"
