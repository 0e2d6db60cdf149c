"""The shop's tax table: WooCommerce > Settings > Tax, as ``/taxes`` and ``/taxes/classes`` show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..base import ShopTax
from ..documents import ZERO
from ..errors import PlatformError
from ..values import decimal_or, identifier, text
from ..words import _, said
from .client import WooClient

_STANDARD = "standard"


def read_taxes(client: WooClient) -> list[ShopTax]:
    """Every rate, in ``ceil(n / 100)`` calls and one for the names of the classes.

    :raises PlatformError: when the shop cannot be reached or refuses the key
    """
    classes = {text(row.get("slug")): text(row.get("name")) for row in _classes(client)}
    try:
        found = [parse_tax(row, classes) for row in client.pages("taxes", {"orderby": "id"})]
    except ValueError as error:
        message = _("The shop's tax table cannot be read: %(error)s", error=said(error))
        raise PlatformError("bad_answer", message) from error
    return list({tax.code: tax for tax in found if tax.code}.values())


def _classes(client: WooClient) -> list[Mapping[str, Any]]:
    found = client.get("taxes/classes")
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def parse_tax(row: Mapping[str, Any], classes: Mapping[str, str]) -> ShopTax:
    """One rate. ``classes`` are the names of tax classes by slug; the standard one is nothing special."""
    slug = text(row.get("class"))
    listed = row.get("postcodes")
    zips = [text(code) for code in listed] if isinstance(listed, list) else []
    return ShopTax(
        code=identifier(row.get("id")),
        label=text(row.get("name")),
        rate=decimal_or(row.get("rate"), "rate", ZERO),
        country=text(row.get("country")).upper(),
        kind="" if slug in ("", _STANDARD) else classes.get(slug, slug),
        product_class="" if slug == _STANDARD else slug,
        # "974*" and "97400...97499" are how WooCommerce writes several codes.
        zips=tuple(code.split("...")[0].rstrip("*") for code in zips if code),
    )
