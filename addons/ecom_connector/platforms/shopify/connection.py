"""Can this shop be worked with, what does the app lack, and what are the shop's settings?"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ..base import CONNECTION_CODES, ConnectionReport, ShopFacts
from ..errors import PlatformError
from ..values import text
from ..words import _
from .answers import Raw
from .client import ShopifyClient
from .operations import query
from .scopes import missing_scopes

SHOP = query(
    """
query Shop {
  shop { name myshopifyDomain currencyCode ianaTimezone taxesIncluded plan { publicDisplayName } }
  currentAppInstallation { accessScopes { handle } }
}
""",
    cost=2,
)


def test(client: ShopifyClient) -> ConnectionReport:
    """One call (two where a token has to be fetched). Changes nothing on the shop."""
    try:
        found = client.query(SHOP)
    except PlatformError as error:
        return ConnectionReport(_code(error), _details(client, {}), error.message)
    shop, granted = _shop(found), _granted(found)
    details = _details(client, shop)
    if lacking := missing_scopes(granted):
        message = _("The app lacks these permissions: %(scopes)s.", scopes=", ".join(lacking))
        return ConnectionReport("missing_scopes", (*details, ("missing_scopes", ", ".join(lacking))), message)
    if client.outdated:
        message = _(
            "Shopify answers with version %(served)s of its API instead of %(asked)s. Update this module.",
            served=client.served_version,
            asked=client.version,
        )
        return ConnectionReport("ok", details, message)
    return ConnectionReport("ok", details)


def read_facts(client: ShopifyClient) -> ShopFacts:
    """The shop's settings, in one call.

    :raises PlatformError: when the shop cannot be reached or refuses the key
    """
    shop = _shop(client.query(SHOP))
    included = shop.get("taxesIncluded")
    return ShopFacts(
        name=text(shop.get("name")),
        currency=text(shop.get("currencyCode")).upper(),
        timezone=text(shop.get("ianaTimezone")),
        prices_include_tax=included if isinstance(included, bool) else None,
        version=client.served_version or client.version,
    )


def _shop(found: Raw) -> Mapping[str, Any]:
    shop = found.get("shop")
    return shop if isinstance(shop, Mapping) else {}


def _granted(found: Raw) -> list[str]:
    app = found.get("currentAppInstallation")
    rows = app.get("accessScopes") if isinstance(app, Mapping) else None
    return [text(row.get("handle")) for row in rows or () if isinstance(row, Mapping)]


def _details(client: ShopifyClient, shop: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    included = shop.get("taxesIncluded")
    found = [
        ("encrypted", "yes" if client.base.startswith("https:") else "no"),
        ("name", text(shop.get("name"))),
        ("version", client.served_version),
        ("currency", text(shop.get("currencyCode"))),
        ("timezone", text(shop.get("ianaTimezone"))),
        ("prices_include_tax", {True: "yes", False: "no"}.get(included, "") if isinstance(included, bool) else ""),
    ]
    if client.asked_at is not None:
        offset = time.time() - client.asked_at.timestamp()
        found.insert(0, ("clock_offset", f"{offset:.0f}"))
    return tuple((name, value) for name, value in found if value)


def _code(error: PlatformError) -> str:
    if error.code in ("bad_answer", "too_large"):
        return "not_a_shop"
    if error.code == "access_denied":
        return "missing_scopes"
    if error.code == "dropped":
        return "unreachable"
    return error.code if error.code in CONNECTION_CODES else "shop_error"
