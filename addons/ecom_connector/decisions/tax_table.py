"""Which of our taxes a rate of a shop's tax table will be asked for, before any order shows it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .taxation import NO_CODE, Sale, TaxKey, Treatment, territory

SCOPES = ("consu", "service")


def keys_of_rate(
    code: str, rate: Decimal, country: str, zips: Sequence[str], *, home: str, eu: frozenset[str]
) -> list[TaxKey]:
    """The keys under which orders will show this rate, goods before services.

    :param country: whose tax it is, ``""`` for a rate of the whole world, which is ours
    :param zips: postal codes or their beginnings, where the rate only holds in some places
    :param home: the seller's fiscal country
    :param eu: the Union's members
    """
    places = dict.fromkeys(territory(country or home, zip_code.ljust(5, "0")) for zip_code in zips or ("",))
    found: dict[TaxKey, None] = {}
    for place in places:
        # Without tax, a sale to another member state is one to a company; to a consumer it is worth a question.
        sale = Sale(home=home, eu=eu, destination=place, to_company=True)
        treatment, where = sale.treatment(taxed=bool(rate), tax_country=country)
        for scope in SCOPES:
            found[TaxKey(code, float(rate), scope, treatment.value, where)] = None
    return list(found)


def keys_without_tax(*, home: str, eu: frozenset[str]) -> list[TaxKey]:
    """The keys of what any shop may sell without showing a tax: to companies of the Union, and for export."""
    treatments = (Treatment.EU_COMPANY, Treatment.EXPORT) if home in eu else (Treatment.EXPORT,)
    return [TaxKey(NO_CODE, 0.0, scope, treatment.value, "") for treatment in treatments for scope in SCOPES]
