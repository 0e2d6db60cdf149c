"""Can this shop be worked with, and what are its settings?"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ..base import CONNECTION_CODES, ConnectionReport, ShopFacts
from ..errors import PlatformError
from ..transport import Response
from ..values import text
from .client import WooClient

# WooCommerce refuses signatures 15 minutes off (class-wc-rest-authentication.php); the headers are one second coarse.
_CLOCK_LIMIT = 15 * 60 - 2

_AUTHENTICATION_ERROR = "woocommerce_rest_authentication_error"
_KEY_ERRORS = frozenset({_AUTHENTICATION_ERROR, "woocommerce_rest_cannot_view", "bad_key", "rest_forbidden"})


def test(client: WooClient) -> ConnectionReport:
    """Two calls that decide, then the facts as details. Changes nothing on the shop."""
    clock = _Clock()
    try:
        answer = client.request("GET", "orders", {"per_page": 1, "_fields": "id"})
        clock.read(answer)
        if not isinstance(answer.json(), list):
            return ConnectionReport("not_a_shop", clock.details)
    except PlatformError as error:
        if error.status:
            # The clock is wanted most when the signature is refused, and errors do not carry headers.
            _read_clock(client, clock)
        return ConnectionReport(_code(error, client, clock), clock.details, error.message)
    details = [*clock.details, ("encrypted", "yes" if client.secure else "no")]
    facts = read_facts(client)
    for name, value in (
        ("name", facts.name),
        ("version", facts.version),
        ("currency", facts.currency),
        ("timezone", facts.timezone),
        ("prices_include_tax", {True: "yes", False: "no", None: ""}[facts.prices_include_tax]),
    ):
        if value:
            details.append((name, value))
    try:
        # An empty batch writes nothing, yet is refused to a read-only key, with 401 (class-wc-rest-authentication.php).
        client.request("POST", "orders/batch", body={"update": []}, idempotent=True)
    except PlatformError as error:
        if error.status in (401, 403):
            return ConnectionReport("read_only_key", tuple(details), error.message)
    return ConnectionReport("ok", tuple(details))


def read_facts(client: WooClient) -> ShopFacts:
    """The shop's settings; those that the key may not read stay empty.

    :raises PlatformError: when the shop cannot be reached or refuses the key
    """
    currency = _object(client, "data/currencies/current")
    include_tax = _object(client, "settings/tax/woocommerce_prices_include_tax")
    status = _object(client, "system_status", {"_fields": "environment.version"})
    site = _object(client, "", {"_fields": "name,timezone_string,gmt_offset"}, root="/wp-json/")
    environment = status.get("environment")
    zone = text(site.get("timezone_string"))
    offset = text(site.get("gmt_offset"))
    return ShopFacts(
        name=text(site.get("name")),
        currency=text(currency.get("code")).upper(),
        timezone=zone or (f"UTC{float(offset):+g}" if offset.lstrip("+-").replace(".", "", 1).isdigit() else ""),
        prices_include_tax={"yes": True, "no": False}.get(text(include_tax.get("value"))),
        version=text(environment.get("version")) if isinstance(environment, Mapping) else "",
    )


class _Clock:
    """How far our clock is ahead of the shop's, in seconds."""

    def __init__(self) -> None:
        self.offset: float | None = None

    def read(self, answer: Response) -> None:
        if answer.date is not None:
            self.offset = time.time() - answer.date.timestamp()

    @property
    def details(self) -> tuple[tuple[str, str], ...]:
        return () if self.offset is None else (("clock_offset", f"{self.offset:.0f}"),)


def _read_clock(client: WooClient, clock: _Clock) -> None:
    with suppress(PlatformError):
        # The index is public.
        clock.read(client.transport.request("GET", f"{client.base}/wp-json/", params={"_fields": "name"}))


def _code(error: PlatformError, client: WooClient, clock: _Clock) -> str:
    # The message is in the shop's language, so the clocks decide; an English one is taken at its word.
    off = clock.offset is not None and abs(clock.offset) > _CLOCK_LIMIT
    if error.status == 401 and not client.secure and (off or "timestamp" in error.message):
        return "clock"
    if error.code in _KEY_ERRORS or error.status == 401:
        return "bad_key"
    if error.code == "rest_no_route":
        return "not_a_shop"  # WordPress without WooCommerce
    if error.code in ("bad_answer", "too_large"):
        return "not_a_shop"
    if error.code == "dropped":
        return "unreachable"
    if error.code in CONNECTION_CODES:
        return error.code
    return "shop_error"


def _object(
    client: WooClient, path: str, params: Mapping[str, str | int] | None = None, root: str = "/wp-json/wc/v3/"
) -> Mapping[str, Any]:
    try:
        found = client.request("GET", path, params, root=root).json()
    except PlatformError as error:
        # 403 and 404 are about this one setting, in an older shop or behind a security plugin.
        if error.status in (400, 403, 404) or error.code == "bad_answer":
            return {}
        raise
    return found if isinstance(found, Mapping) else {}
