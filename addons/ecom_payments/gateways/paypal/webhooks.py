"""PayPal's webhooks: signed with a certificate of PayPal's, checked by asking PayPal with the event as it came."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from ..documents import GatewayHint, WebhookRegistration
from ..shared import Raw, _, text
from ..values import header, listed, mapping, mapping_or_empty, required
from .client import Client

_KINDS = (
    ("PAYMENT.CAPTURE.", "transaction"),
    ("PAYMENT.SALE.", "transaction"),
    ("PAYMENT.REFUND.", "transaction"),
    ("CUSTOMER.DISPUTE.", "dispute"),
)
EVENTS = (
    "PAYMENT.CAPTURE.COMPLETED",
    "PAYMENT.CAPTURE.DENIED",
    "PAYMENT.CAPTURE.PENDING",
    "PAYMENT.CAPTURE.REFUNDED",
    "PAYMENT.CAPTURE.REVERSED",
    "CUSTOMER.DISPUTE.CREATED",
    "CUSTOMER.DISPUTE.UPDATED",
    "CUSTOMER.DISPUTE.RESOLVED",
)
_SIGNED = {
    "auth_algo": "PAYPAL-AUTH-ALGO",
    "cert_url": "PAYPAL-CERT-URL",
    "transmission_id": "PAYPAL-TRANSMISSION-ID",
    "transmission_sig": "PAYPAL-TRANSMISSION-SIG",
    "transmission_time": "PAYPAL-TRANSMISSION-TIME",
}


def verify(client: Client, webhook_id: str, headers: Mapping[str, str], body: bytes) -> bool:
    """:raises PlatformError: when PayPal cannot be asked"""
    fields = {name: header(headers, sent) for name, sent in _SIGNED.items()}
    host = urlsplit(fields["cert_url"]).hostname or ""
    if not webhook_id or not all(fields.values()) or not (host == "paypal.com" or host.endswith(".paypal.com")):
        return False
    try:
        if not isinstance(json.loads(body.decode()), dict):
            return False
    except (ValueError, RecursionError):
        return False
    # The event goes back byte for byte: read and written again it would have another signature.
    start = json.dumps({**fields, "webhook_id": webhook_id})[:-1].encode()
    answer = client.post("v1/notifications/verify-webhook-signature", start + b', "webhook_event": ' + body + b"}")
    return answer.get("verification_status") == "SUCCESS"


def parse(body: bytes) -> GatewayHint:
    try:
        event: Raw = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError(_("the event is no JSON")) from None
    topic = required(text(mapping(event, "event").get("event_type")), "event_type")
    about = mapping_or_empty(event.get("resource"))
    kind = next((kind for prefix, kind in _KINDS if topic.startswith(prefix)), "")
    return GatewayHint(
        kind, text(about.get("dispute_id")) or text(about.get("id")), required(text(event.get("id")), "id"), topic
    )


def register(client: Client, address: str) -> WebhookRegistration:
    """PayPal keeps one webhook to an address: it is made anew, with the events of today."""
    remove(client, address)
    made = client.post(
        "v1/notifications/webhooks", {"url": address, "event_types": [{"name": name} for name in EVENTS]}
    )
    # What a delivery is checked against is no secret: the webhook's id.
    return WebhookRegistration(text(made.get("id")), "webhook_id", text(made.get("id")))


def works(client: Client, address: str) -> bool:
    """Whether it is there, and tells all that it is to tell."""
    return any(
        set(EVENTS) <= {text(event.get("name")) for event in listed(row, "event_types")}
        for row in _made(client, address)
    )


def remove(client: Client, address: str) -> None:
    for row in _made(client, address):
        client.delete(f"v1/notifications/webhooks/{text(row.get('id'))}")


def _made(client: Client, address: str) -> list[Raw]:
    found = listed(client.get("v1/notifications/webhooks"), "webhooks")
    return [row for row in found if row.get("url") == address]
