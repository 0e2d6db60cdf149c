"""What orders refer to and a shop seldom changes: settings, states, countries, taxes … Each is asked for once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import tzinfo

from ..errors import PlatformError
from ..values import identifier, text
from ..words import _, said
from .client import PrestaClient
from .times import zone_of
from .xml import Record

# States that the shop itself names in its settings, whatever they are called and wherever they were moved.
STATE_SETTINGS = {
    "PS_OS_CHEQUE": "cheque",
    "PS_OS_BANKWIRE": "bankwire",
    "PS_OS_COD_VALIDATION": "cod",
    "PS_OS_PAYMENT": "payment",
    "PS_OS_WS_PAYMENT": "remote_payment",
    "PS_OS_PREPARATION": "preparation",
    "PS_OS_SHIPPING": "shipping",
    "PS_OS_DELIVERED": "delivered",
    "PS_OS_CANCELED": "canceled",
    "PS_OS_REFUND": "refund",
    "PS_OS_ERROR": "error",
    "PS_OS_OUTOFSTOCK_PAID": "outofstock_paid",
    "PS_OS_OUTOFSTOCK_UNPAID": "outofstock_unpaid",
}
_SETTINGS = ("PS_TIMEZONE", "PS_CURRENCY_DEFAULT", "PS_COUNTRY_DEFAULT", "PS_LANG_DEFAULT", "PS_SHOP_NAME")

# "TVA FR 20%", "MwSt. DE 19%": PrestaShop's localisation packs name whose tax it is.
_LABEL_COUNTRY = re.compile(r"(?<!\w)([A-Z]{2})(?!\w)")
# What such labels say instead of ISO 3166.
_ISO = {"UK": "GB", "EL": "GR"}

# Which fields of a reference are kept, and so end up in raw orders.
_FIELDS = {
    "countries": ("id", "iso_code"),
    "states": ("id", "iso_code", "name"),
    "currencies": ("id", "iso_code", "conversion_rate"),
    "languages": ("id", "iso_code"),
    "carriers": ("id", "id_reference", "name", "external_module_name", "url"),
}


class Reference:
    """The reference data of one shop, for as long as a platform lives: one run of a lane."""

    def __init__(self, client: PrestaClient) -> None:
        self._client = client
        self._known: dict[str, dict[str, Record]] = {}
        self._settings: dict[str, str] | None = None
        self._states: dict[str, Record] | None = None
        self._taxes: dict[str, Record] | None = None

    # --- settings

    @property
    def settings(self) -> dict[str, str]:
        """The settings that matter here, by name; this shop's own before those of all shops."""
        if self._settings is None:
            names = (*_SETTINGS, *STATE_SETTINGS)
            rows = self._client.among("configurations", names, field="name")
            shop = self._client.shop if self._client.shop.isdecimal() else ""
            found: dict[str, tuple[int, str]] = {}
            for row in rows:
                of_shop, of_group = identifier(row.get("id_shop")), identifier(row.get("id_shop_group"))
                if of_shop and of_shop != shop:
                    continue
                rank = 2 if of_shop else 1 if of_group else 0
                name = text(row.get("name"))
                if name not in found or rank >= found[name][0]:
                    found[name] = (rank, text(row.get("value")))
            self._settings = {name: value for name, (_rank, value) in found.items()}
        return self._settings

    @property
    def zone_name(self) -> str:
        return self.settings.get("PS_TIMEZONE", "")

    @property
    def zone(self) -> tzinfo:
        """The shop's zone.

        :raises PlatformError: ``bad_answer`` when the shop does not say, or nobody knows it: every time would be wrong
        """
        try:
            return zone_of(self.zone_name)
        except ValueError as error:
            raise PlatformError(
                "bad_answer", _("The shop does not say in which time zone it writes: %(error)s", error=said(error))
            ) from None

    # --- records

    @property
    def states(self) -> dict[str, Record]:
        """All states of orders by id, each with ``_key``: what the shop's settings know it as, ``""`` for others."""
        if self._states is None:
            keys: dict[str, str] = {}
            for name, key in STATE_SETTINGS.items():
                keys.setdefault(self.settings.get(name, ""), key)
            rows = self._client.pages("order_states", count=250)
            self._states = {
                identifier(row.get("id")): {**row, "_key": keys.get(identifier(row.get("id")), "")} for row in rows
            }
        return self._states

    @property
    def taxes(self) -> dict[str, Record]:
        """All taxes by id, deleted ones too, each with ``_country``: whose tax it is, ``""`` where nothing tells.

        A tax that is edited gets a new id, so that an order's tax keeps its rate (source: ``Tax::historize``).
        """
        if self._taxes is None:
            found = {identifier(row.get("id")): row for row in self._client.pages("taxes", count=500)}
            rules = self._client.among("tax_rules", found, field="id_tax", display=("id", "id_tax", "id_country"))
            countries = self.some("countries", [identifier(rule.get("id_country")) for rule in rules])
            places: dict[str, set[str]] = {}
            for rule in rules:
                country = countries.get(identifier(rule.get("id_country")), {})
                places.setdefault(identifier(rule.get("id_tax")), set()).add(text(country.get("iso_code")).upper())
            for key, row in found.items():
                row["_country"] = _country(self.said(row.get("name")), places.get(key, set()))
            self._taxes = found
        return self._taxes

    def some(self, resource: str, ids: Iterable[str]) -> dict[str, Record]:
        """Records by id: those asked for, as far as they exist. Only unknown ones are fetched."""
        known = self._known.setdefault(resource, {})
        wanted = [key for key in dict.fromkeys(ids) if key and key != "0"]
        missing = [key for key in wanted if key not in known]
        for row in self._client.among(resource, missing, display=_FIELDS[resource]):
            known[identifier(row.get("id"))] = row
        # One that is gone is not asked for again.
        for key in missing:
            known.setdefault(key, {})
        return {key: known[key] for key in wanted if known[key]}

    def said(self, value: object) -> str:
        """A text in the shop's main language, else in any."""
        if isinstance(value, dict):
            main = value.get(self.settings.get("PS_LANG_DEFAULT", ""))
            return text(main) or next((found for one in value.values() if (found := text(one))), "")
        return text(value)


def _country(label: str, places: Collection[str]) -> str:
    """Whose tax it is: the country that its label names, if it is charged there; else the only one where it is.

    The French installation charges French rates in the whole Union, as was right below the distance sales threshold.
    """
    named = _LABEL_COUNTRY.search(label)
    code = _ISO.get(named.group(1), named.group(1)) if named else ""
    if code and (code in places or not places):
        return code
    return next(iter(places)) if len(places) == 1 else ""
