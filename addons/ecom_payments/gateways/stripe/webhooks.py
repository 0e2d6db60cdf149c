"""Stripe's webhooks: signed with HMAC-SHA256 over time and raw body (docs.stripe.com/webhooks/signature)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..documents import GatewayHint, WebhookRegistration
from ..shared import Raw, _, text
from ..values import header, mapping, mapping_or_empty, required
from .client import VERSION, Client

TOLERANCE = 300  # seconds that a delivery may be old, as in Stripe's own libraries

_KINDS = (
    ("charge.dispute.", "dispute"),
    ("charge.", "transaction"),
    ("refund.", "transaction"),
    ("payout.", "payout"),
    ("balance.", "transaction"),
)
EVENTS = (
    "charge.captured",
    "charge.succeeded",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "payout.created",
    "payout.updated",
    "payout.paid",
    "payout.failed",
    "payout.canceled",
    "payout.reconciliation_completed",
)


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether one of the signatures is right and the delivery is not an old one sent again."""
    sent_at, signatures = "", []
    for part in header(headers, "Stripe-Signature").split(","):
        name, _equals, value = part.strip().partition("=")
        if name == "t":
            sent_at = value
        elif name == "v1":
            signatures.append(value)
    # Digits that are none of ASCII's would pass ``isdigit``, and a hundred of them are no time.
    if not secret or not (sent_at.isascii() and sent_at.isdigit() and len(sent_at) <= 12):
        return False
    right = hmac.new(secret.encode(), sent_at.encode() + b"." + body, hashlib.sha256).hexdigest().encode()
    # All are compared, so that the time taken says nothing.
    good = [hmac.compare_digest(right, found.encode()) for found in signatures]
    return any(good) and abs(now.timestamp() - int(sent_at)) <= TOLERANCE


def parse(body: bytes) -> GatewayHint:
    try:
        event: Raw = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError(_("the event is no JSON")) from None
    topic = required(text(mapping(event, "event").get("type")), "type")
    about = mapping_or_empty(mapping_or_empty(event.get("data")).get("object"))
    kind = next((kind for prefix, kind in _KINDS if topic.startswith(prefix)), "")
    return GatewayHint(kind, text(about.get("id")), required(text(event.get("id")), "id"), topic)


def register(client: Client, address: str) -> WebhookRegistration:
    """Make a new endpoint, since the secret is told only then, and remove those made before for this address."""
    old = _endpoints(client, address)
    form = {"url": address, "api_version": VERSION}
    form.update({f"enabled_events[{index}]": event for index, event in enumerate(EVENTS)})
    made = client.post("webhook_endpoints", form)
    for endpoint in old:
        client.delete(f"webhook_endpoints/{text(endpoint.get('id'))}")
    return WebhookRegistration(text(made.get("id")), "webhook_secret", text(made.get("secret")))


def works(client: Client, address: str) -> bool:
    """Whether it is there, tells all that it is to tell, and was not switched off after days without an answer."""
    return any(
        row.get("status") == "enabled" and isinstance(told := row.get("enabled_events"), list) and _all_of(told)
        for row in _endpoints(client, address)
    )


def _all_of(told: list[Any]) -> bool:
    return set(EVENTS) <= {text(name) for name in told}


def remove(client: Client, address: str) -> None:
    for endpoint in _endpoints(client, address):
        client.delete(f"webhook_endpoints/{text(endpoint.get('id'))}")


def _endpoints(client: Client, address: str) -> list[Raw]:
    # An account has sixteen endpoints at most: one page.
    found, _more, _answer = client.page("webhook_endpoints", {})
    return [row for row in found if row.get("url") == address]
