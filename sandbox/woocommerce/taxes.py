"""Tax rates: which apply to an address, and how much they come to (source: ``WC_Tax``)."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .money import ZERO, dec, round6

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Location:
    """Where a sale is taxed."""

    country: str = ""
    state: str = ""
    postcode: str = ""
    city: str = ""


@dataclass(frozen=True)
class Rate:
    """One line of the shop's tax table; ``tax_class`` is ``""`` for the standard class."""

    id: int
    rate: Decimal
    name: str = ""
    country: str = ""
    state: str = ""
    postcodes: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    priority: int = 1
    compound: bool = False
    shipping: bool = True
    order: int = 0
    tax_class: str = ""

    @classmethod
    def from_doc(cls, doc: dict[str, Any]) -> Rate:
        """The rate of a stored tax document."""
        return cls(
            id=doc["id"],
            rate=dec(doc["rate"]),
            name=doc["name"],
            country=doc["country"],
            state=doc["state"],
            postcodes=tuple(doc["postcodes"]),
            cities=tuple(doc["cities"]),
            priority=doc["priority"],
            compound=doc["compound"],
            shipping=doc["shipping"],
            order=doc["order"],
            tax_class="" if doc["class"] == "standard" else doc["class"],
        )

    @property
    def code(self) -> str:
        """``FR-TVA 20-1``: country, state if any, name and priority, in capitals."""
        parts = [self.country, self.state, self.name or "TAX", str(self.priority)]
        return "-".join(part for part in parts if part).upper()

    def fits(self, where: Location, tax_class: str) -> bool:
        """Whether the rate applies to a class at a place."""
        return (
            self.tax_class == tax_class
            and self.country in ("", where.country)
            and self.state in ("", where.state)
            and (not self.postcodes or any(_postcode_fits(pattern, where.postcode) for pattern in self.postcodes))
            and (not self.cities or where.city.upper() in (city.upper() for city in self.cities))
        )


def _postcode_fits(pattern: str, postcode: str) -> bool:
    if "..." in pattern:
        low, _, high = pattern.partition("...")
        return low.strip() <= postcode <= high.strip()
    return fnmatch.fnmatchcase(postcode.upper(), pattern.upper())


def find_rates(rates: Iterable[Rate], where: Location, tax_class: str) -> list[Rate]:
    """The rates that apply: of each priority the most specific one, by priority."""
    fitting = sorted(
        (rate for rate in rates if rate.fits(where, tax_class)),
        key=lambda rate: (
            rate.priority,
            rate.country == "",
            rate.state == "",
            not rate.cities,
            not rate.postcodes,
            rate.order,
            rate.id,
        ),
    )
    found: dict[int, Rate] = {}
    for rate in fitting:
        found.setdefault(rate.priority, rate)
    return list(found.values())


def calc_tax(price: Decimal, rates: Sequence[Rate], inclusive: bool = False) -> dict[int, Decimal]:
    """Tax by rate id, to six decimals.

    :param price: without tax, or with it when ``inclusive``.
    """
    return _inclusive(price, rates) if inclusive else _exclusive(price, rates)


def _exclusive(price: Decimal, rates: Sequence[Rate]) -> dict[int, Decimal]:
    taxes = {rate.id: ZERO if rate.compound else price * rate.rate / HUNDRED for rate in rates}
    for rate in rates:
        if rate.compound:
            taxes[rate.id] += (price + sum(taxes.values())) * rate.rate / HUNDRED
    return {key: round6(tax) for key, tax in taxes.items()}


def _inclusive(price: Decimal, rates: Sequence[Rate]) -> dict[int, Decimal]:
    taxes = {rate.id: ZERO for rate in rates}
    remaining = price
    for rate in reversed(rates):
        if rate.compound:
            taxes[rate.id] = remaining - remaining / (1 + rate.rate / HUNDRED)
            remaining -= taxes[rate.id]
    regular = 1 + sum((rate.rate for rate in rates if not rate.compound), ZERO) / HUNDRED
    for rate in rates:
        if not rate.compound:
            taxes[rate.id] = remaining * rate.rate / HUNDRED / regular
    return {key: round6(tax) for key, tax in taxes.items()}
