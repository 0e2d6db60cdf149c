"""What plugins add to a WooCommerce order, read defensively: none of it is WooCommerce's own contract.

Keys are those that the plugins' public sources write: WooCommerce EU VAT Number, Germanized, WooCommerce and PW
and YITH Gift Cards, WPML, TranslatePress. Pickup points are in ``pickup``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ..values import decimal, text

Meta = Mapping[str, Any]

_VAT_KEYS = frozenset(
    {
        "vat_number",
        "vat_id",
        "eu_vat_number",
        "billing_vat",
        "billing_vat_number",
        "billing_vat_id",
        "billing_eu_vat",
        "billing_eu_vat_number",
        "billing_tva",
        "billing_tva_intracom",
        "numero_tva",
    }
)
_REGISTRATION_KEYS = frozenset(
    {"siret", "siren", "billing_siret", "billing_siren", "company_siret", "numero_siret", "siret_number"}
)
_GIFT_MESSAGE_KEYS = ("_gift_message", "gift_message", "_wc_gift_message")
_LANGUAGE_KEYS = ("wpml_language", "trp_language", "weglot_language", "_weglot_language", "pll_language")


def metas(owner: Mapping[str, Any]) -> dict[str, Any]:
    """The ``meta_data`` rows of an order or line by key; of several rows of one key the last that says something."""
    found: dict[str, Any] = {}
    listed = owner.get("meta_data")
    for row in listed if isinstance(listed, list) else ():
        if isinstance(row, Mapping) and isinstance(row.get("key"), str):
            value = row.get("value")
            if row["key"] not in found or value not in (None, "", [], {}):
                found[row["key"]] = value
    return found


def vat_number(meta: Meta, billing: Mapping[str, Any]) -> str:
    """The customer's VAT number without spaces; ``""`` when no known field has one."""
    return next((number for number in _numbers(meta, billing, _VAT_KEYS)), "")


def registration(meta: Meta, billing: Mapping[str, Any]) -> str:
    """The company's SIREN or SIRET without spaces, right or wrong; ``""`` when no known field has one."""
    return next((number for number in _numbers(meta, billing, _REGISTRATION_KEYS)), "")


def _numbers(meta: Meta, billing: Mapping[str, Any], keys: frozenset[str]) -> Iterator[str]:
    for source in (meta, billing):
        for key, value in source.items():
            plain = key.casefold().replace("-", "_").replace(" ", "_").strip("_")
            # Fields added to the block checkout are called "_wc_billing/<plugin>/<field>".
            if plain in keys or (plain.startswith("wc_billing/") and plain.rsplit("/", 1)[-1] in keys):
                number = "".join(text(value).split()).replace(".", "").upper()
                # "yes", "valid" and the like are flags that some plugins keep under the same names.
                if len(number) >= 4 and any(character.isdigit() for character in number):
                    yield number


def gift_message(meta: Meta) -> str:
    return next((found for key in _GIFT_MESSAGE_KEYS if (found := text(meta.get(key)))), "")


def language(raw: Mapping[str, Any], meta: Meta) -> str:
    """The customer's language as the shop's translation plugin names it, such as ``fr`` or ``fr_FR``."""
    return next((found for key in _LANGUAGE_KEYS if (found := text(meta.get(key)))), text(raw.get("lang")))


def gift_cards(raw: Mapping[str, Any], meta: Meta) -> list[tuple[str, Decimal]]:
    """Gift cards that paid for the order: (number, amount), the amount positive.

    Numbers are cut to their last four characters: a whole one can be spent.
    """
    found: list[tuple[Any, Any]] = []
    for key, number_key in (("gift_cards", "code"), ("gift_card_lines", "code"), ("pw_gift_card_lines", "card_number")):
        listed = raw.get(key)
        for row in listed if isinstance(listed, list) else ():
            if isinstance(row, Mapping):
                found.append((row.get(number_key) or row.get("code"), row.get("amount")))
        if found:
            break
    applied = unpacked(meta.get("_ywgc_applied_gift_cards"))
    # YITH can turn the cards into a negative fee, which then is among the lines already.
    if not found and isinstance(applied, Mapping) and not meta.get("ywgc_gift_card_updated_as_fee"):
        found = list(applied.items())
    cards: list[tuple[str, Decimal]] = []
    for number, amount in found:
        try:
            value = abs(decimal(amount, "gift card"))
        except ValueError:
            continue
        if value:
            cards.append((text(number)[-4:], value))
    return cards


def unpacked(value: Any) -> Any:
    """Metas of objects come as such, or as their JSON in a text."""
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        try:
            return json.loads(value)
        except ValueError:
            return ""
    return value
