"""Can this shop be worked with, and what are its settings?"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from ..base import CONNECTION_CODES, ConnectionReport, ShopFacts
from ..errors import PlatformError
from ..values import identifier, text
from ..words import _
from . import webhooks
from .client import MedusaClient

Raw = dict[str, Any]


def test(client: MedusaClient) -> ConnectionReport:
    """One call that decides, then the facts as details. Changes nothing on the shop."""
    if client.key.startswith("pk_"):
        # It opens the storefront's API alone, and is easily taken for the other.
        return ConnectionReport("bad_key", (), _("This is a publishable key. A secret one begins with sk_."))
    if not client.secure and not private(urlsplit(client.base).hostname or ""):
        return ConnectionReport("insecure")
    try:
        store = read_store(client)
    except PlatformError as error:
        return ConnectionReport(_code(error), (), error.message)
    if not store:
        return ConnectionReport("not_a_shop")
    details = [("encrypted", "yes" if client.secure else "no")]
    with suppress(PlatformError):
        facts = facts_of(client, store)
        includes = {True: "yes", False: "no", None: ""}[facts.prices_include_tax]
        locations = ", ".join(text(row.get("name")) for row in client.pages("stock-locations", "stock_locations"))
        found = (
            ("name", facts.name),
            ("currency", facts.currency),
            ("prices_include_tax", includes),
            ("stock_locations", locations),
            ("webhooks", "yes" if webhooks.installed(client) else "no"),
        )
        details += [(name, value) for name, value in found if value]
    return ConnectionReport("ok", tuple(details))


def read_facts(client: MedusaClient) -> ShopFacts:
    """:raises PlatformError: when the shop cannot be reached or refuses the key"""
    return facts_of(client, read_store(client))


def read_store(client: MedusaClient) -> Raw:
    """The shop's store: a shop has one."""
    rows = client.page("stores", "stores", {"fields": "id,name,default_sales_channel_id,*supported_currencies"}).rows
    return rows[0] if rows else {}


def facts_of(client: MedusaClient, store: Mapping[str, Any]) -> ShopFacts:
    """Medusa has no time zone, and tells nobody its version."""
    currency = default_currency(store)
    preferences = client.page("price-preferences", "price_preferences", {"attribute": "currency_code"}).rows
    includes = {text(row.get("value")).upper(): row.get("is_tax_inclusive") is True for row in preferences}
    return ShopFacts(name=text(store.get("name")), currency=currency, prices_include_tax=includes.get(currency, False))


def default_currency(store: Mapping[str, Any]) -> str:
    listed = store.get("supported_currencies")
    rows = [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, list) else []
    rows.sort(key=lambda row: row.get("is_default") is not True)
    return text(rows[0].get("currency_code")).upper() if rows else ""


def first_location(client: MedusaClient, store: Mapping[str, Any] | None = None) -> str:
    """The stock location that stands for all where none is named: the oldest of the shop's sales channel."""
    channel = identifier((read_store(client) if store is None else store).get("default_sales_channel_id"))
    params = {"order": "created_at", "fields": "id"} | ({"sales_channel_id": channel} if channel else {})
    rows = client.page("stock-locations", "stock_locations", params).rows
    return identifier(rows[0].get("id")) if rows else ""


def private(host: str) -> bool:
    """Whether an address stays in the house, where a key may travel unprotected: a container's name, a private one."""
    with suppress(ValueError):
        return ipaddress.ip_address(host.strip("[]")).is_private
    return "." not in host or host.endswith((".localhost", ".local", ".internal", ".lan"))


def _code(error: PlatformError) -> str:
    if error.code in ("bad_answer", "too_large"):
        return "not_a_shop"
    if error.code == "dropped":
        return "unreachable"
    if error.status == 404:
        return "not_found"
    return error.code if error.code in CONNECTION_CODES else "shop_error"
