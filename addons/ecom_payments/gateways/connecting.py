"""What connection tests of all gateways have in common."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from .shared import CONNECTION_CODES, ConnectionReport, PlatformError, _, loopback


def check_address(url: str) -> None:
    """:raises PlatformError: ``insecure`` when a key would travel unprotected"""
    parts = urlsplit(url)
    if parts.scheme != "https" and not loopback(parts.hostname or ""):
        raise PlatformError("insecure", _("The key would be sent without protection."))


def report_of(error: PlatformError, details: Iterable[tuple[str, str]] = ()) -> ConnectionReport:
    """A failed call as the answer of a connection test."""
    code = error.code
    if code not in CONNECTION_CODES:
        code = {"bad_answer": "not_a_shop", "dropped": "unreachable"}.get(code, "shop_error")
    return ConnectionReport(code, tuple(details), error.message)
