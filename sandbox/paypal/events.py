"""PayPal's webhooks. A shared secret signs here what PayPal signs with a certificate; PayPal alone can check either."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
import zlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..delivery import Courier, Letter, Parcel
from ..store import Doc
from .ledger import shown, stamp

if TYPE_CHECKING:
    from .ledger import Ledger

_SECRET = b"what only PayPal knows"
CERTIFICATE = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-SANDBOX"


class Events:
    """Sends what happens to the webhooks that asked for it."""

    def __init__(self, courier: Courier) -> None:
        self.courier = courier
        self.quiet = False  # while a month is made up

    def tell(self, ledger: Ledger, event_type: str, resource: Doc) -> None:
        """Queue an event for every webhook that asked for its type."""
        if self.quiet:
            return
        event = {
            "id": f"WH-{ledger.new_id()}",
            "create_time": stamp(ledger.clock.now()),
            "resource_type": "dispute" if "dispute_id" in resource else "capture",
            "event_type": event_type,
            "summary": event_type,
            "resource": shown(resource),
        }
        # With spaces that no second writing would keep: who checks has to send back what came.
        body = json.dumps(event, separators=(" ,", ":  ")).encode()
        for webhook in list(ledger.all("webhooks").values()):
            if {event_type, "*"} & {row["name"] for row in webhook["event_types"]}:
                self.courier.send(Parcel(event_type, None, _packer(ledger, webhook, body), lambda _status: None))


def _packer(ledger: Ledger, webhook: Doc, body: bytes) -> Callable[[], Letter]:
    def pack() -> Letter:
        transmission, moment = str(uuid.uuid4()), stamp(ledger.clock.now())
        headers = {
            "Content-Type": "application/json",
            "PAYPAL-AUTH-ALGO": "SHA256withRSA",
            "PAYPAL-CERT-URL": CERTIFICATE,
            "PAYPAL-TRANSMISSION-ID": transmission,
            "PAYPAL-TRANSMISSION-SIG": _sign(transmission, moment, webhook["id"], body),
            "PAYPAL-TRANSMISSION-TIME": moment,
        }
        return Letter(webhook["url"], body, headers)

    return pack


def is_ours(asked: Mapping[str, Any], raw: bytes) -> bool:
    """Whether a delivery that somebody asks about was sent from here; ``raw`` is the question as it came."""
    start = raw.index(b'"webhook_event":') + len(b'"webhook_event":')
    body = raw[start : raw.rindex(b"}")].strip()
    right = _sign(
        str(asked.get("transmission_id")), str(asked.get("transmission_time")), str(asked.get("webhook_id")), body
    )
    return hmac.compare_digest(right.encode(), str(asked.get("transmission_sig")).encode())


def _sign(transmission: str, moment: str, webhook: str, body: bytes) -> str:
    signed = f"{transmission}|{moment}|{webhook}|{zlib.crc32(body)}".encode()
    return base64.b64encode(hmac.new(_SECRET, signed, hashlib.sha256).digest()).decode()
