"""WooCommerce's webhooks: what arrives, and how ours are kept alive on the shop."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from ..base import WebhookState
from ..documents import WebhookHint
from ..errors import PlatformError
from ..values import identifier, text
from .client import WooClient

TOPICS = (
    "order.created",
    "order.updated",
    "order.deleted",
    "order.restored",
    "product.updated",
    "product.deleted",
    "customer.updated",
)

_KINDS = frozenset({"order", "product", "customer"})
_PING = re.compile(rb"webhook_id=\d+\s*")


def verify(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Base64 of the HMAC-SHA256 of the raw body (observed on WooCommerce 10.9.1)."""
    given = _header(headers, "X-WC-Webhook-Signature")
    if not secret or not given:
        return False
    wanted = b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(wanted, given.strip().encode("utf-8", "replace"))


def is_ping(headers: Mapping[str, str], body: bytes) -> bool:
    """The unsigned form that WooCommerce posts when a webhook is created, and nothing that only looks like it."""
    kind = _header(headers, "Content-Type").split(";")[0].strip().casefold()
    signed = _header(headers, "X-WC-Webhook-Signature")
    return kind == "application/x-www-form-urlencoded" and not signed and _PING.fullmatch(body) is not None


def parse(headers: Mapping[str, str], body: bytes) -> WebhookHint:
    """What a verified delivery is about.

    Observed on WooCommerce 10.9.1: ``X-WC-Webhook-Delivery-ID`` is made of webhook and second, so that 16 orders
    placed within two seconds share one; only with the body does it name a delivery. A deletion is ``{"id": 27}``,
    and an object deleted before its delivery arrives as a signed error object, which does not say which one it was.
    """
    if is_ping(headers, body):
        return WebhookHint("ping", "", "")
    kind, _, event = _header(headers, "X-WC-Webhook-Topic").partition(".")
    try:
        found: Any = json.loads(body)
    except ValueError:
        found = None
    found = found if isinstance(found, dict) else {}
    gone = "id" not in found and isinstance(found.get("code"), str)
    event_id = "-".join(
        (
            _header(headers, "X-WC-Webhook-ID")[:20],
            _header(headers, "X-WC-Webhook-Delivery-ID")[:64],
            hashlib.sha256(body).hexdigest()[:32],
        )
    )
    return WebhookHint(
        kind=kind if kind in _KINDS else "",
        external_id=identifier(found.get("id")),
        event_id=event_id,
        deleted=event == "deleted" or gone,
    )


def read(client: WooClient, address: str) -> list[WebhookState]:
    """Every webhook that posts to ``address``, oldest first."""
    return sorted(
        (
            WebhookState(
                external_id=identifier(row.get("id")),
                topic=text(row.get("topic")),
                active=row.get("status") == "active",
                address=text(row.get("delivery_url")),
            )
            for row in client.pages("webhooks", {"status": "all"})
            if text(row.get("delivery_url")).rstrip("/") == address.rstrip("/")
        ),
        key=lambda state: int(state.external_id) if state.external_id.isdigit() else 0,
    )


def register(client: WooClient, address: str, secret: str) -> list[WebhookState]:
    """One active webhook for each topic, made, switched on again or freed of doubles; one call when all is well.

    WooCommerce switches a webhook off after six failed deliveries and never on again. The secret cannot be read
    back: it is sent along with every correction, because a wrong one is a usual cause of the failures.
    """
    kept: list[WebhookState] = []
    found = read(client, address)
    for topic in TOPICS:
        ours = sorted((state for state in found if state.topic == topic), key=lambda state: not state.active)
        for double in ours[1:]:
            _delete(client, double.external_id)
        if not ours:
            made = client.post(
                "webhooks", {"name": f"Odoo {topic}", "topic": topic, "delivery_url": address, "secret": secret}
            )
            kept.append(WebhookState(identifier(made.get("id")), topic, made.get("status") == "active", address))
        elif not ours[0].active:
            made = client.put(f"webhooks/{ours[0].external_id}", {"status": "active", "secret": secret})
            kept.append(WebhookState(ours[0].external_id, topic, made.get("status") == "active", address))
        else:
            kept.append(ours[0])
    return kept


def remove(client: WooClient, address: str) -> None:
    for state in read(client, address):
        _delete(client, state.external_id)


def _delete(client: WooClient, external_id: str) -> None:
    try:
        client.delete(f"webhooks/{external_id}")
    except PlatformError as error:
        if error.status not in (404, 410):
            raise


def _header(headers: Mapping[str, str], name: str) -> str:
    """A header whatever its case: mappings of web servers ignore it, plain dictionaries do not."""
    found = headers.get(name)
    if found is not None:
        return found
    wanted = name.casefold()
    return next((value for key, value in headers.items() if key.casefold() == wanted), "")
