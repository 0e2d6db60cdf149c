"""Webhooks: Medusa has none of its own. Three small files in the shop's project post signed events to Odoo.

They add ``/admin/odoo-webhooks`` to the shop, where Odoo registers its address by itself (see ``docs/medusa.md``).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from ..base import WebhookState
from ..documents import WebhookHint
from ..errors import PlatformError
from ..values import identifier, text
from .client import MedusaClient

SIGNATURE_HEADER = "x-medusa-signature"
_PATH = "odoo-webhooks"
_TOPIC = "order, product, customer"
_KINDS = frozenset({"order", "product", "customer"})


def verify(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """HMAC-SHA256 of the raw body in base64, compared in constant time."""
    given = next((value for name, value in headers.items() if name.lower() == SIGNATURE_HEADER), "")
    if not secret or not given:
        return False
    wanted = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(wanted, given.encode("utf-8", "replace"))


def parse(headers: Mapping[str, str], body: bytes) -> WebhookHint:
    """What changed. Events come in any order, and some of them twice; they have ids only."""
    event_id = hashlib.sha256(body).hexdigest()
    try:
        found = json.loads(body)
    except ValueError:
        return WebhookHint("", "", event_id)
    if not isinstance(found, dict):
        return WebhookHint("", "", event_id)
    source, _dot, change = text(found.get("event")).rpartition(".")
    data = found.get("data")
    data = data if isinstance(data, dict) else {}
    kind, external_id = text(found.get("kind")), identifier(found.get("id"))
    if not kind:
        # The shop's own event as it is, without a look at whose it is.
        kind = "order" if data.get("order_id") else source
        external_id = identifier(data.get("order_id")) or identifier(data.get("id"))
    return WebhookHint(
        kind if kind in _KINDS else "",
        external_id,
        event_id,
        # What became of a variant changes the product, which is still there.
        deleted=change == "deleted" and source == kind,
    )


def installed(client: MedusaClient) -> bool:
    """Whether the shop has the files that call Odoo."""
    return _read(client) is not None


def read(client: MedusaClient, address: str) -> list[WebhookState]:
    return _states(_read(client), address)


def register(client: MedusaClient, address: str, secret: str) -> list[WebhookState]:
    """Tell the shop the address and the secret, each time: it keeps one secret for an address.

    A shop without the files has no webhooks, and that is no error: Odoo looks by itself.
    """
    try:
        return _states(client.post(_PATH, {"address": address, "secret": secret}, idempotent=True), address)
    except PlatformError as error:
        if error.status == 404:
            return []
        raise


def remove(client: MedusaClient, address: str) -> None:
    try:
        client.delete(_PATH, {"address": address})
    except PlatformError as error:
        if error.status != 404:
            raise


def _read(client: MedusaClient) -> Any:
    try:
        return client.get(_PATH)
    except PlatformError as error:
        if error.status == 404:
            return None
        raise


def _states(answer: Any, address: str) -> list[WebhookState]:
    listed = answer.get("webhooks") if isinstance(answer, Mapping) else None
    rows = [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, list) else []
    return [WebhookState(address, _TOPIC, True, address) for row in rows if text(row.get("address")) == address]
