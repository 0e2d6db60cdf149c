"""The shop's tax table: taxes, and the groups of rules that say where each holds."""

from __future__ import annotations

from dataclasses import replace

from ..base import ShopTax
from ..documents import ZERO
from ..errors import PlatformError
from ..values import decimal_or, identifier, text
from ..words import _, said
from .client import PrestaClient
from .reference import Reference
from .xml import Record


def read_taxes(client: PrestaClient, reference: Reference) -> list[ShopTax]:
    """Every tax in use, each once: some five calls.

    A tax is one row though many countries may name it: the French installation charges French rates in the whole
    Union. Its country is the one that orders will say (see :attr:`Reference.taxes`).

    :raises PlatformError: when the shop cannot be reached or refuses the key
    """
    groups = {identifier(row.get("id")): row for row in client.pages("tax_rule_groups", count=500)}
    rules: dict[str, list[Record]] = {}
    for rule in client.pages("tax_rules", count=2000):
        if text(groups.get(identifier(rule.get("id_tax_rules_group")), {}).get("deleted")) != "1":
            rules.setdefault(identifier(rule.get("id_tax")), []).append(rule)
    taxes = {key: tax for key, tax in reference.taxes.items() if text(tax.get("deleted")) != "1" and key in rules}
    try:
        found = [_tax(key, tax, rules[key], groups, reference) for key, tax in taxes.items()]
    except ValueError as error:
        message = _("The shop's tax table cannot be read: %(error)s", error=said(error))
        raise PlatformError("bad_answer", message) from error
    # The usual products are those at the highest rate of the shop's own country.
    key = reference.settings.get("PS_COUNTRY_DEFAULT", "")
    home = text(reference.some("countries", [key]).get(key, {}).get("iso_code")).upper()
    usual = max((tax.rate for tax in found if tax.country in ("", home)), default=None)
    return [replace(tax, kind="") if tax.country in ("", home) and tax.rate == usual else tax for tax in found]


def _tax(key: str, tax: Record, rules: list[Record], groups: dict[str, Record], reference: Reference) -> ShopTax:
    home = reference.settings.get("PS_COUNTRY_DEFAULT", "")
    here = [rule for rule in rules if identifier(rule.get("id_country")) == home] or rules
    group = identifier(here[0].get("id_tax_rules_group"))
    zips = {text(rule.get("zipcode_from")) for rule in here}
    return ShopTax(
        code=key,
        label=reference.said(tax.get("name")),
        rate=decimal_or(tax.get("rate"), f"taxes[{key}].rate", ZERO),
        country=text(tax.get("_country")),
        kind=text(groups.get(group, {}).get("name")),
        product_class=group,
        # Where every rule is for some places only.
        zips=() if zips & {"", "0"} else tuple(sorted(zips)),
    )
