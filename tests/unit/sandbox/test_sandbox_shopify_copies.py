"""A Shopify shop that stands in for a merchant's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from shopify_support import open_shopify
from werkzeug.test import Client

from sandbox.server import Sandbox
from sandbox.shopify.site import ShopifySite

PRODUCT = {"product_id": "8000000000009", "variant_id": "44000000000009", "sku": "A-1", "barcode": "2000000000015",
           "name": "Tasse", "variant": "", "price": "12.50", "tax_rate": "20", "weight": "0.3", "stock": 7}  # fmt: skip
ORDER = """{ order(id: "gid://shopify/Order/%s") {
  id name createdAt processedAt updatedAt currencyCode presentmentCurrencyCode taxesIncluded email tags
  displayFulfillmentStatus totalPriceSet { presentmentMoney { amount } shopMoney { amount } }
  totalTipReceivedSet { presentmentMoney { amount } } customer { id displayName defaultEmailAddress { emailAddress } }
  billingAddress { firstName lastName city countryCodeV2 }
  lineItems(first: 50) { nodes { id name title sku quantity isGiftCard requiresShipping
    originalUnitPriceSet { presentmentMoney { amount } } variant { id } product { id }
    discountAllocations { allocatedAmountSet { presentmentMoney { amount } } discountApplication { index } }
    taxLines { title ratePercentage priceSet { presentmentMoney { amount } } } } }
  shippingLines(first: 5) { nodes { id title code discountedPriceSet { presentmentMoney { amount } }
    taxLines { title ratePercentage priceSet { presentmentMoney { amount } } } } }
  transactions { id kind status gateway createdAt amountSet { presentmentMoney { amount } } parentTransaction { id } }
} }"""


@pytest.fixture
def empty() -> Iterator[tuple[Sandbox, Client]]:
    """A sandbox without shops, that plays Shopify."""
    sandbox = Sandbox()
    sandbox.copies.register("shopify", ShopifySite.of_copy)
    yield sandbox, Client(sandbox)
    sandbox.close()


def adopt(client: Client, **values: Any) -> Any:
    answer = client.post("/sandbox/adopt", json={"shop": "mine", "platform": "shopify", **values})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def ask(client: Client, made: Any, query: str) -> Any:
    path = made["url"].partition("127.0.0.1")[2]
    headers = {"X-Shopify-Access-Token": made["credentials"]["access_token"]}
    answer: Any = client.post(f"{path}/admin/api/2026-10/graphql.json", json={"query": query}, headers=headers).json
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


def test_products_keep_their_ids_and_new_ones_go_on_above(empty: tuple[Sandbox, Client]) -> None:
    _, client = empty
    for _ in range(2):
        made = adopt(client, name="Chez moi", products=[PRODUCT], highest={"orders": "5999999999999"})
        assert made["products"] == 1
    query = (
        "{ shop { name } productVariants(first: 5) { nodes { id sku price inventoryQuantity product { id title } } } }"
    )
    found = ask(client, made, query)
    assert found["shop"]["name"] == "Chez moi"
    assert found["productVariants"]["nodes"] == [
        {
            "id": "gid://shopify/ProductVariant/44000000000009",
            "sku": "A-1",
            "price": "12.50",
            "inventoryQuantity": 7,
            "product": {"id": "gid://shopify/Product/8000000000009", "title": "Tasse"},
        }
    ]
    ordered = client.post("/sandbox/shopify/orders/random?shop=copy-1", json={"kinds": []})
    assert ordered.json["ids"] == [6_000_000_000_000]  # type: ignore[index]


@pytest.mark.parametrize("kind", ["code", "foreign", "tip", "custom", "taxes"])
def test_orders_are_what_they_were(empty: tuple[Sandbox, Client], kind: str) -> None:
    with open_shopify() as shop:
        number = shop.order(kind)
        raw = shop.ask(ORDER % number)["order"]
    _, client = empty
    made = adopt(client, orders=[raw, {"id": "gid://shopify/Order/7"}])
    assert (made["orders"], made["refused"]) == (1, ["gid://shopify/Order/7"])
    again = ask(client, made, ORDER % number)["order"]
    for row in (*raw["lineItems"]["nodes"], *again["lineItems"]["nodes"]):
        row.pop("variant"), row.pop("product")
    assert again == {**raw, "displayFulfillmentStatus": "UNFULFILLED"}
