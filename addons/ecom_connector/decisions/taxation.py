"""Under which rule of VAT a line is sold: beside the rate, this decides which of our taxes it is.

The shop decided what the customer pays; nothing here changes a figure. Two taxes of the same rate are booked and
reported otherwise, and a sale without tax is exempt for a reason that the VAT return and the invoice have to name.
Sources: Directive 2006/112/EC (articles 6, 14a, 33, 138, 146, 196), for the French territories CGI article 294.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Treatment(str, Enum):
    DOMESTIC = "domestic"  # in the company's own country, or under its rates
    OVERSEAS = "overseas"  # from France to one of its overseas territories
    EU_CONSUMER = "eu_consumer"  # distance sale to another member state, under its rates (OSS)
    EU_COMPANY = "eu_company"  # without tax to a company of another member state
    EXPORT = "export"  # without tax to outside the Union's VAT territory
    FOREIGN = "foreign"  # under the tax of a country outside the Union
    MARKETPLACE = "marketplace"  # the marketplace is the deemed supplier: it collects and pays the tax


class TaxKey(NamedTuple):
    """What a tax of ours is chosen by.

    ``code`` is the shop's, ``NO_CODE`` where it shows no tax; ``rate`` in percent; ``scope`` is ``consu`` (goods) or
    ``service``; ``country`` is given where the treatment is not the same everywhere.
    """

    code: str
    rate: float
    scope: str
    treatment: str
    country: str


NO_CODE = "-"

# What the post calls France and customs do not, by the first three digits of the code.
_FRENCH_ZIPS = {
    "971": "GP",
    "972": "MQ",
    "973": "GF",
    "974": "RE",
    "975": "PM",
    "976": "YT",
    "984": "TF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}
_SAINT_BARTH_AND_MARTIN = {"97133": "BL", "97150": "MF"}
OVERSEAS_FRANCE = frozenset({*_FRENCH_ZIPS.values(), *_SAINT_BARTH_AND_MARTIN.values()})
# Other places of member states that lie outside the Union's VAT territory (article 6), by country and postal code.
_OUTSIDE = {
    "ES": ("35", "38", "51", "52"),  # Canary Islands, Ceuta, Melilla
    "DE": ("78266", "27498"),  # Büsingen, Helgoland
    "IT": ("23041", "23030", "22061"),  # Livigno, Campione
    "FI": ("22",),  # Åland
    "GR": ("63086", "63087"),  # Mount Athos
}
_SAME_TERRITORY = {"MC": "FR", "IM": "GB"}  # article 7
ELSEWHERE = "other"  # a territory without a code of its own, outside the Union's VAT territory


def territory(country: str, zip_code: str) -> str:
    """The VAT territory of a place: a country code, one of ``OVERSEAS_FRANCE``, ``XI`` or ``ELSEWHERE``."""
    code = "".join(zip_code.upper().split())
    country = _SAME_TERRITORY.get(country, country)
    if country == "FR" and code.isdigit() and len(code) == 5:
        return _SAINT_BARTH_AND_MARTIN.get(code) or _FRENCH_ZIPS.get(code[:3], "FR")
    if country == "GB" and code.startswith("BT"):
        return "XI"  # Northern Ireland: in the Union as far as goods go
    if code.startswith(_OUTSIDE.get(country, ("—",))):
        return ELSEWHERE
    return country


@dataclass(frozen=True, slots=True)
class Sale:
    """What decides about an order's VAT. ``home`` is the seller's fiscal country, ``destination`` a territory."""

    home: str
    eu: frozenset[str]
    destination: str
    to_company: bool

    def treatment(self, *, taxed: bool, tax_country: str = "") -> tuple[Treatment, str]:
        """The rule that a line is sold under, and the country that it depends on (``""`` where it does not).

        :param taxed: whether the shop charged tax
        :param tax_country: whose tax it is, where the shop says so
        """
        if taxed:
            return self._taxed(_SAME_TERRITORY.get(tax_country, tax_country))
        if self._overseas(self.destination):
            return Treatment.OVERSEAS, self.destination
        if self.destination in ("", self.home):
            return Treatment.DOMESTIC, self.home
        if self._in_eu(self.destination):
            return (Treatment.EU_COMPANY, "") if self.to_company else (Treatment.EU_CONSUMER, self.destination)
        return Treatment.EXPORT, ""

    def _taxed(self, tax_country: str) -> tuple[Treatment, str]:
        if tax_country in ("", self.home) and self._overseas(self.destination):
            return Treatment.OVERSEAS, self.destination
        if self._overseas(tax_country):
            return Treatment.OVERSEAS, tax_country
        if tax_country and tax_country != self.home:
            return (Treatment.EU_CONSUMER if self._in_eu(tax_country) else Treatment.FOREIGN), tax_country
        if not tax_country and self.destination != self.home and self._in_eu(self.destination):
            return Treatment.EU_CONSUMER, self.destination
        return Treatment.DOMESTIC, self.home

    def _in_eu(self, country: str) -> bool:
        return country in self.eu or country == "XI"

    def _overseas(self, country: str) -> bool:
        return self.home == "FR" and country in OVERSEAS_FRANCE


def scope(*, goods: bool, accessory: bool, order_has_goods: bool) -> str:
    """Whether a line counts as goods (``consu``) or as a ``service``.

    What comes with goods, such as shipping and gift wrap, shares their fate, at home as abroad (CGI article 267,
    directive article 78): its tax falls due with theirs, and shipping to Berlin is part of the intra-Community supply.
    """
    return "consu" if goods or (accessory and order_has_goods) else "service"
