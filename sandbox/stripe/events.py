"""Stripe's webhooks: an event for each thing that happens, signed with the endpoint's secret."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..delivery import Courier, Letter, Parcel
from ..store import Doc
from .objects import shown

if TYPE_CHECKING:
    from .ledger import Ledger

VERSION = "2026-10-28.endive"


class Events:
    """Sends what happens to the endpoints that asked for it."""

    def __init__(self, courier: Courier) -> None:
        self.courier = courier
        self.quiet = False  # while a month is made up

    def tell(self, ledger: Ledger, event_type: str, about: Doc) -> None:
        """Queue an event for every endpoint that asked for its type."""
        if self.quiet:
            return
        event = {
            "id": ledger.new_id("evt"),
            "object": "event",
            "api_version": VERSION,
            "created": int(ledger.clock.timestamp()),
            "data": {"object": shown(about)},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": event_type,
        }
        body = json.dumps(event).encode()
        for endpoint in list(ledger.all("webhook_endpoints").values()):
            if event_type in endpoint["enabled_events"] or "*" in endpoint["enabled_events"]:
                self.courier.send(Parcel(event_type, None, _packer(ledger, endpoint, body), lambda _status: None))


def _packer(ledger: Ledger, endpoint: Doc, body: bytes) -> Callable[[], Letter]:
    def pack() -> Letter:
        # Signed when it leaves: what waited is not old.
        return Letter(endpoint["url"], body, sign(endpoint["_secret"], body, int(ledger.clock.timestamp())))

    return pack


def sign(secret: str, body: bytes, moment: int) -> dict[str, str]:
    """The headers of a delivery."""
    signature = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Stripe-Signature": f"t={moment},v1={signature}",
    }
