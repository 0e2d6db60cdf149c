"""Can this shop be worked with, what are its settings, and what does the key lack?"""

from __future__ import annotations

import time
from collections.abc import Mapping

from lxml import etree

from ..base import CONNECTION_CODES, ConnectionReport, ShopFacts
from ..errors import PlatformError
from ..values import text
from ..words import Words, _, said
from . import xml
from .answers import DISABLED_CODE, KEY_CODES, RIGHT_CODES
from .client import PrestaClient
from .listing import clock
from .reference import Reference
from .resources import OPTIONAL_RIGHTS, RIGHTS
from .times import zone_of

# "No permission for this key on this shop": of several shops, a key is for those that were ticked.
_OTHER_SHOP = "132"

Rights = Mapping[str, frozenset[str]]


def test(client: PrestaClient, reference: Reference) -> ConnectionReport:
    """A call that decides and two for the facts. Changes nothing on the shop."""
    details: list[tuple[str, str]] = []
    try:
        response = client.request("GET", "")
        if now := clock(response):
            details.append(("clock_offset", f"{time.time() - now.timestamp():.0f}"))
        details.append(("encrypted", "yes" if client.secure else "no"))
        try:
            name, rights = read_root(response.body)
        except ValueError as error:
            return ConnectionReport("not_a_shop", tuple(details), said(error))
        details += [("name", name), ("version", client.version)]
        lacking = missing(rights, RIGHTS)
        if lacking:
            return ConnectionReport(_code_of(rights), tuple(details), _lacking(lacking))
        facts = read_facts(client, reference)
        zone_of(facts.timezone)
    except ValueError as error:
        return ConnectionReport("shop_error", tuple(details), said(error))
    except PlatformError as error:
        return ConnectionReport(_code(error), tuple(details), _advice(error))
    details += [(key, value) for key, value in (("currency", facts.currency), ("timezone", facts.timezone)) if value]
    details.append(("prices_include_tax", "no"))
    return ConnectionReport("ok", tuple((key, value) for key, value in details if value), _remark(client, rights))


def read_root(body: bytes) -> tuple[str, Rights]:
    """The shop's name, and what the key may do with each resource: ``/api/`` lists those that it may use at all.

    :raises ValueError: when the answer is no webservice's
    """
    api = xml.parse(body).find("api")
    if api is None:
        raise ValueError(_("it is no list of resources"))
    return text(api.get("shopName")), {
        str(node.tag): frozenset(method.upper() for method, value in node.items() if value == "true")
        for node in api
        if isinstance(node, etree._Element) and isinstance(node.tag, str)
    }


def missing(rights: Rights, wanted: Rights) -> list[tuple[str, list[str]]]:
    """What the key lacks, by resource."""
    found = ((name, sorted(methods - rights.get(name, frozenset()))) for name, methods in wanted.items())
    return [(name, methods) for name, methods in found if methods]


def read_facts(client: PrestaClient, reference: Reference) -> ShopFacts:
    """The shop's settings.

    :raises PlatformError: when the shop cannot be reached, or refuses the key
    """
    settings = reference.settings
    key = settings.get("PS_CURRENCY_DEFAULT", "")
    currency = reference.some("currencies", [key]).get(key, {}) if key else {}
    return ShopFacts(
        name=settings.get("PS_SHOP_NAME", ""),
        currency=text(currency.get("iso_code")).upper(),
        timezone=reference.zone_name,
        # The webservice's prices always exclude it, whatever customers are shown.
        prices_include_tax=False,
        version=client.version,
    )


def _code_of(rights: Rights) -> str:
    writes = any(methods & {"PUT", "POST"} for methods in rights.values())
    return "missing_scopes" if writes else "read_only_key"


def _lacking(lacking: list[tuple[str, list[str]]]) -> Words:
    listed = "; ".join(f"{name}: {', '.join(methods)}" for name, methods in lacking)
    return _(
        "In PrestaShop > Advanced Parameters > Webservice, edit the key and tick what it lacks: %(rights)s.",
        rights=listed,
    )


def _remark(client: PrestaClient, rights: Rights) -> str:
    if client.key_in_query:
        return _(
            "The shop's web server hides the Authorization header from PHP, so the key is sent in the address. To mend "
            "that, add “CGIPassAuth On” or “SetEnvIf Authorization "
            '"(.*)" HTTP_AUTHORIZATION=$1” to its .htaccess.'
        )
    lacking = missing(rights, OPTIONAL_RIGHTS)
    if lacking:
        names = ", ".join(name for name, _methods in lacking)
        return _("Works without, but better with these resources of the key: %(names)s.", names=names)
    return ""


def _code(error: PlatformError) -> str:
    if error.code in KEY_CODES or error.status == 401:
        return "missing_scopes" if error.code in RIGHT_CODES else "bad_key"
    if error.code in RIGHT_CODES or error.code == _OTHER_SHOP:
        return "missing_scopes"
    if error.code == DISABLED_CODE:
        return "not_found"
    if error.code in ("bad_answer", "too_large"):
        return "not_a_shop"
    if error.code == "dropped":
        return "unreachable"
    return error.code if error.code in CONNECTION_CODES else "shop_error"


def _advice(error: PlatformError) -> str:
    if error.code == DISABLED_CODE:
        return _("Switch on PrestaShop > Advanced Parameters > Webservice > Enable PrestaShop's webservice.")
    if error.code == "not_found":
        return _(
            "There is no webservice below this address (/api). Check the address; the shop also needs friendly URLs "
            "(Shop Parameters > Traffic & SEO), whose .htaccess leads there."
        )
    return error.message
