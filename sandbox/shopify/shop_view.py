"""The shop, the app's installation, and nodes by their global ids, as the API shows them."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from ..store import Doc
from . import gid
from .resolving import LOADERS, Context, answers, query


@query("shop")
def _shop(source: Any, ctx: Context, args: Doc) -> Doc:
    settings = ctx.shop.settings
    return {
        "id": 68_000_000_001,
        "name": settings["name"],
        "email": settings["email"],
        "contactEmail": settings["email"],
        "myshopifyDomain": settings["domain"],
        "currencyCode": settings["currency"],
        "enabledPresentmentCurrencies": [settings["currency"], *settings["presentment_currencies"]],
        "ianaTimezone": settings["timezone"],
        "timezoneAbbreviation": ctx.shop.clock.now().astimezone(ZoneInfo(settings["timezone"])).strftime("%Z"),
        "taxesIncluded": settings["taxes_included"],
        "taxShipping": settings["tax_shipping"],
        "weightUnit": settings["weight_unit"],
        "unitSystem": "METRIC_SYSTEM",
        "orderNumberFormatPrefix": settings["order_prefix"],
        "shopOwnerName": "Camille Lumière",
        "url": ctx.shop.url,
        "createdAt": "2024-01-15T09:00:00Z",
        "updatedAt": "2026-01-15T09:00:00Z",
        "shipsToCountries": list(settings["rates"]),
        "primaryDomain": {"id": 68_000_000_002, "host": settings["domain"], "url": ctx.shop.url, "sslEnabled": True},
        "plan": {"publicDisplayName": settings["plan"], "shopifyPlus": settings["plan"] == "Plus"},
        "shopAddress": {"id": 68_000_000_003, "address1": "12 rue de la Paix", "city": "Paris", "zip": "75002",
                        "country": "France", "countryCodeV2": settings["country"]},
    }  # fmt: skip


@answers("Shop", "timezoneOffsetMinutes")
def _offset(doc: Doc, ctx: Context, args: Doc) -> int:
    found = ctx.shop.clock.now().astimezone(ZoneInfo(doc["ianaTimezone"])).utcoffset()
    return int(found.total_seconds() // 60) if found else 0


@answers("Shop", "timezoneOffset")
def _offset_text(doc: Doc, ctx: Context, args: Doc) -> str:
    return ctx.shop.clock.now().astimezone(ZoneInfo(doc["ianaTimezone"])).strftime("%z")


@answers("Shop", "currencyFormats")
def _formats(doc: Doc, ctx: Context, args: Doc) -> Doc:
    return {"moneyFormat": "{{amount_with_comma_separator}}€"}


@query("currentAppInstallation")
def _installation(source: Any, ctx: Context, args: Doc) -> Doc:
    return {
        "id": 480_000_000_001,
        "accessScopes": [{"handle": scope, "description": scope.replace("_", " ")} for scope in sorted(ctx.scopes)],
        "app": {"id": 580_000_000_001, "title": "Connector", "handle": "connector", "apiKey": "sandbox"},
    }


@query("publicApiVersions")
def _versions(source: Any, ctx: Context, args: Doc) -> list[Doc]:
    return [{"handle": handle, "displayName": handle, "supported": True} for handle in ctx.shop.settings["versions"]]


@query("node")
def _node(source: Any, ctx: Context, args: Doc) -> Doc | None:
    return node(ctx, args["id"])


@query("nodes")
def _nodes(source: Any, ctx: Context, args: Doc) -> list[Doc | None]:
    return [node(ctx, one) for one in args["ids"]]


def node(ctx: Context, value: str) -> Doc | None:
    """The document of a global id, with its type; ``None`` for one that does not exist."""
    kind, number = gid.split(value)
    loader = LOADERS.get(kind)
    found = loader(ctx.shop, int(number)) if loader and number.isdigit() else None
    return {**found, "__typename": kind} if found else None
