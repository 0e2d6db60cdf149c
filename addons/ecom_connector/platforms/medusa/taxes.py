"""The shop's tax rates, by the ids that orders' tax lines name."""

from __future__ import annotations

from collections.abc import Mapping

from ..base import ShopTax
from ..errors import PlatformError
from ..values import decimal, identifier, text
from ..words import _, said
from .client import MedusaClient

_FIELDS = "id,name,code,rate,is_default,tax_region.country_code,tax_region.province_code"


def read_taxes(client: MedusaClient) -> list[ShopTax]:
    """A call for each hundred rates. A rate that is not its region's usual one is for some products only."""
    found = []
    for row in client.pages("tax-rates", "tax_rates", {"fields": _FIELDS}):
        region = row.get("tax_region")
        region = region if isinstance(region, Mapping) else {}
        name = text(row.get("name")) or text(row.get("code"))
        try:
            rate = decimal(row.get("rate") or 0, "rate")
        except ValueError as error:
            raise PlatformError("bad_answer", _("A tax rate cannot be read: %(error)s", error=said(error))) from error
        found.append(
            ShopTax(
                code=identifier(row.get("id")),
                label=name,
                rate=rate,
                country=text(region.get("country_code")).upper(),
                kind="" if row.get("is_default") is True else name,
            )
        )
    return found
