"""What a PrestaShop may be made to send, although none does by itself: a line of JSON for each change, signed.

The format is ours, for whoever can add a few lines of PHP to a shop (``docs/prestashop.md``)::

    POST <the channel's address>
    X-Ecom-Signature: sha256=<hexadecimal HMAC-SHA256 of the body, with the hook secret>

    {"kind": "order", "id": 123, "event": "5f0c1b9e"}

``kind`` is order, product or customer; ``event`` is different for each change. The body only names what to read: it is
a hint, and polling goes on.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from ..documents import WebhookHint
from ..values import identifier, text

SIGNATURE = "X-Ecom-Signature"
_KINDS = frozenset({"order", "product", "customer"})


def verify(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the body was signed with this secret."""
    given = next((value for name, value in headers.items() if name.casefold() == SIGNATURE.casefold()), "")
    if not secret or not given:
        return False
    wanted = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
    return hmac.compare_digest(wanted.encode(), given.strip().casefold().encode("utf-8", "replace"))


def parse(body: bytes) -> WebhookHint:
    """What a verified delivery is about."""
    try:
        found: Any = json.loads(body)
    except ValueError:
        found = None
    found = found if isinstance(found, dict) else {}
    kind = text(found.get("kind"))
    key = identifier(found.get("id"))
    return WebhookHint(
        kind=kind if kind in _KINDS else "",
        external_id=key if key.isdecimal() else "",
        event_id=hashlib.sha256(body).hexdigest(),
        deleted=found.get("deleted") is True,
    )
