"""What of a shop's settings its catalogue is read and written with; asked for once, in three calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from ..errors import PlatformError
from ..values import identifier, text
from .answers import RIGHT_CODES
from .client import PrestaClient

Raw = dict[str, Any]

# Where a raw product keeps what it is to be read with.
SETTINGS_KEY = "_shop"

KILOGRAMS = {
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "lb": Decimal("0.45359237"),
    "lbs": Decimal("0.45359237"),
    "oz": Decimal("0.028349523125"),
}
_CONFIGURATION = {
    "PS_LANG_DEFAULT": "language",
    "PS_WEIGHT_UNIT": "weight_unit",
    "PS_TIMEZONE": "timezone",
    "PS_HOME_CATEGORY": "home",
    "PS_ROOT_CATEGORY": "root",
    "PS_COUNTRY_DEFAULT": "country",
    "PS_SHOP_DEFAULT": "shop",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """``languages`` are codes such as ``fr_FR`` by id, ``groups`` names of groups of customers by id.

    ``language`` is the id of the shop's own language; ``home`` and ``root`` are the categories above all others.
    """

    url: str = ""
    languages: Mapping[str, str] = field(default_factory=dict)
    language: str = "1"
    weight_unit: str = "kg"
    timezone: str = ""
    home: str = "2"
    root: str = "1"
    country: str = ""
    shop: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)

    @property
    def kilograms(self) -> Decimal:
        """One unit of the shop's weights."""
        return KILOGRAMS.get(self.weight_unit.strip().lower(), Decimal(1))

    def raw(self) -> Raw:
        return asdict(self)

    @classmethod
    def of(cls, raw: Any) -> Settings:
        """As a raw product keeps them; what is missing or damaged is the default."""
        if not isinstance(raw, Mapping):
            return cls()
        found: dict[str, Any] = {}
        for name in cls.__slots__:
            value = raw.get(name)
            if name in ("languages", "groups"):
                found[name] = (
                    {str(key): text(told) for key, told in value.items()} if isinstance(value, Mapping) else {}
                )
            elif isinstance(value, str):
                found[name] = value
        return cls(**found)

    def languages_of(self, code: str) -> list[str]:
        """The shop's languages that a text in ``code`` is for: those of its country, else those of its tongue alone."""
        exact = [key for key, known in self.languages.items() if known == code]
        return exact or [key for key, known in self.languages.items() if known[:2] == code[:2]]


def read(client: PrestaClient) -> Settings:
    """:raises PlatformError: but for a key that may not see the configuration, with which the usual ones hold"""
    rows = client.pages("languages", display="full")
    languages = {identifier(row.get("id")): _code(row) for row in rows}
    found: dict[str, Any] = {"language": next(iter(languages), "1")}
    for name, value in _configuration(client).items():
        if name in _CONFIGURATION and value:
            found[_CONFIGURATION[name]] = value
    if languages and found["language"] not in languages:
        found["language"] = next(iter(languages))
    return Settings(url=client.base, languages=languages, groups=_groups(client, found["language"]), **found)


def _configuration(client: PrestaClient) -> dict[str, str]:
    filters = {"name": f"[{'|'.join(_CONFIGURATION)}]"}
    return {text(row.get("name")): text(row.get("value")) for row in _allowed(client, "configurations", filters)}


def _groups(client: PrestaClient, language: str) -> dict[str, str]:
    rows = _allowed(client, "groups", {})
    return {identifier(row.get("id")): in_language(row.get("name"), language) for row in rows}


def _allowed(client: PrestaClient, resource: str, filters: Mapping[str, str]) -> list[Raw]:
    try:
        return client.page(resource, filters, sort="id_ASC", count=500)
    except PlatformError as error:
        if error.code not in RIGHT_CODES:
            raise
        return []


def in_language(value: Any, language: str) -> str:
    """A field's text in a language, else in the first that has one."""
    if not isinstance(value, Mapping):
        return text(value)
    return text(value.get(language)) or next((said for told in value.values() if (said := text(told))), "")


def _code(row: Raw) -> str:
    """``fr_FR`` from ``locale`` (1.7 and later) or ``language_code``, which may be ``fr`` alone."""
    found = text(row.get("locale")) or text(row.get("language_code")) or text(row.get("iso_code"))
    tongue, _sign, country = found.replace("_", "-").partition("-")
    return f"{tongue.lower()}_{country.upper()}" if country else tongue.lower()
