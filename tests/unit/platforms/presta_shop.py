"""How tests look at the sandbox's PrestaShop and set it up."""

from __future__ import annotations

from typing import Any

from platforms.catalogue import ListingDocument
from platforms.prestashop import PrestaShop
from platforms.publishing import ListingChange

API = "/prestashop/api/"


def control(shop: PrestaShop, method: str, path: str, body: Any = None) -> Any:
    base = shop.url.removesuffix("/prestashop")
    before = shop.transport.calls
    answer = shop.transport.request(method, f"{base}/sandbox/{path}", json=body, idempotent=True).json()
    shop.transport.calls = before  # the shop itself was not called
    return answer


def calls(shop: PrestaShop, resource: str = "*", method: str = "") -> int:
    found = control(shop, "GET", f"calls?path={API}{resource}")["calls"]
    return sum(call["method"] == (method or call["method"]) for call in found)


def strike(shop: PrestaShop, *faults: dict[str, Any]) -> None:
    control(shop, "POST", "faults", [{"path": f"{API}*", **fault} for fault in faults])


def become(shop: PrestaShop, version: str = "8.1.2", **settings: Any) -> PrestaShop:
    """The same shop as another version, as a connection opened anew meets it."""
    control(shop, "POST", "prestashop/settings", {"version": version, **settings})
    return PrestaShop(shop.url, shop.credentials, shop.transport)


def many(shop: PrestaShop, count: int, variants: int = 0) -> list[str]:
    """Products made past the webservice, by their ids."""
    made = control(shop, "POST", "prestashop/products/many", {"count": count, "variants": variants})
    return [str(key) for key in range(made["first"], made["last"] + 1)]


def pushed(shop: PrestaShop, change: ListingChange) -> tuple[ListingDocument, dict[str, Any]]:
    """The product as the shop shows it when it is asked anew, which is what the push told of it."""
    (result,) = shop.push_listings([change])
    assert result.ok, (result.refusal, result.offers)
    (raw,) = PrestaShop(shop.url, shop.credentials, shop.transport).read_listings([result.product_id])
    assert shop.parse_listing(result.raw or {}) == shop.parse_listing(raw)
    return shop.parse_listing(raw), raw
