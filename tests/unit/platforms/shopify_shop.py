"""How tests look at the sandbox's Shopify and set it up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from platforms.catalogue import ListingDocument
from platforms.publishing import ListingChange, OfferChange
from platforms.shopify import Shopify

ENDPOINT = "/admin/api/2026-10/graphql.json"


def control(shop: Shopify, method: str, path: str, body: Any = None) -> Any:
    base = shop.url.removesuffix("/lumiere")
    before = shop.transport.calls
    answer = shop.transport.request(method, f"{base}/sandbox/{path}", json=body, idempotent=True).json()
    shop.transport.calls = before  # the shop itself was not called
    return answer


def settings(shop: Shopify, **values: Any) -> None:
    control(shop, "POST", "shopify/settings", values)


def strike(shop: Shopify, *faults: dict[str, Any]) -> None:
    control(shop, "POST", "faults", [{"path": "*graphql.json", **fault} for fault in faults])


def ask(shop: Shopify, text: str, **variables: Any) -> Any:
    """What the shop's own staff would do or see: an operation past the connector."""
    answer = control(shop, "POST", "shopify/graphql", {"query": text, "variables": variables})
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


def many(shop: Shopify, count: int, variants: int = 1) -> list[str]:
    """Products made past the API, by their ids."""
    made = control(shop, "POST", "shopify/products/many", {"count": count, "variants": variants})
    return [str(key) for key in range(made["first"], made["last"] + 1)]


def pushed(shop: Shopify, change: ListingChange) -> ListingDocument:
    """The product as the shop shows it when it is asked anew, which is what the push told of it."""
    (result,) = shop.push_listings([change])
    assert result.ok, (result.refusal, result.offers)
    shown = read(shop, result.product_id)
    told = shop.parse_listing(result.raw or {})
    offers = {offer.variant_id: offer for offer in shown.offers}
    assert told == replace(shown, offers=tuple(offers[offer.variant_id] for offer in told.offers))
    return shown


def read(shop: Shopify, product_id: str) -> ListingDocument:
    (raw,) = shop.read_listings([product_id])
    return shop.parse_listing(raw)


def changed(shown: ListingDocument, *fields: str, offers: tuple[OfferChange, ...] = (), **values: Any) -> ListingChange:
    """A change of a product that is there, of these fields or of the ones that are given."""
    document = replace(shown, **values)
    return ListingChange(f"db:{shown.product_id}", document, frozenset(fields) | frozenset(values), offers)
