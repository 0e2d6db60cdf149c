"""The shop's own address, from what people copy out of their browser."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_ADMIN = re.compile(r"^/store/(?P<shop>[a-z0-9][a-z0-9-]*)")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_API_PATH = re.compile(r"/admin(/.*)?$")


def shop_address(url: str) -> str:
    """``https://myshop.myshopify.com`` from ``myshop``, ``myshop.myshopify.com``, any page of it, or of its
    administration (``admin.shopify.com/store/myshop``). Another host stays, for the sandbox and for proxies."""
    found = url.strip()
    if _NAME.fullmatch(found.casefold()):
        return f"https://{found.casefold()}.myshopify.com"
    if found and "://" not in found:
        found = f"https://{found}"
    parts = urlsplit(found)
    host = (parts.hostname or "").casefold()
    if host == "admin.shopify.com" and (shop := _ADMIN.match(parts.path.casefold())):
        return f"https://{shop['shop']}.myshopify.com"
    if host.endswith(".myshopify.com"):
        return f"https://{host}"
    return f"{parts.scheme}://{parts.netloc}{_API_PATH.sub('', parts.path).rstrip('/')}" if parts.netloc else found
