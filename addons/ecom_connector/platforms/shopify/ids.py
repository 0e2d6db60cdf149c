"""Shopify's ids: global ones on the wire (``gid://shopify/Order/450``), plain numbers in documents and webhooks."""

from __future__ import annotations

import re
from typing import Any

from ..values import text

_GID = re.compile(r"gid://shopify/(?P<kind>\w+)/(?P<id>[^/?]+)")


def gid(kind: str, plain_id: str) -> str:
    """The global id of a ``kind`` (``Order``, ``Product`` …); one that is global already stays as it is."""
    return plain_id if plain_id.startswith("gid://") else f"gid://shopify/{kind}/{plain_id}"


def plain(global_id: Any) -> str:
    """What a document calls it: the number at the end of a global id, without its kind; ``""`` for none."""
    found = text(global_id)
    parts = _GID.match(found)
    return parts["id"] if parts else found


def kind_of(global_id: Any) -> str:
    """``Order`` of ``gid://shopify/Order/450``; ``""`` where it says none."""
    parts = _GID.match(text(global_id))
    return parts["kind"] if parts else ""


def is_plain(plain_id: str) -> bool:
    """Whether it may be the number of something, so that asking for it is no error of the whole call."""
    return plain_id.isascii() and plain_id.isdecimal()
