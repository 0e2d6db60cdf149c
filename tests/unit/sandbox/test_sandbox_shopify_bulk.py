"""Bulk operations of the Shopify shop."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from shopify_support import ShopifyClient, open_shopify

RUN = """mutation ($query: String!, $group: Boolean!) { bulkOperationRunQuery(query: $query, groupObjects: $group) {
  bulkOperation { id status url } userErrors { field message code } } }"""
LOOK = "query ($id: ID!) { bulkOperation(id: $id) { status url objectCount rootObjectCount errorCode partialDataUrl } }"
ORDERS = "{ orders { edges { node { id name lineItems { edges { node { id sku } } } } } } }"


@pytest.fixture
def shop() -> Iterator[ShopifyClient]:
    """A shop with the demonstration catalogue."""
    with open_shopify() as client:
        yield client


def run(shop: ShopifyClient, query: str, group: bool = False) -> Any:
    """An operation, started."""
    return shop.do("bulkOperationRunQuery", RUN, {"query": query, "group": group})["bulkOperation"]


def rows(shop: ShopifyClient, url: str) -> list[Any]:
    """The lines of a result."""
    return [json.loads(line) for line in shop.client.get(url).get_data(as_text=True).splitlines()]


SPREAD = """query Everything { orders { edges { node { ...Parts } } } }
fragment Parts on Order { id name lineItems { edges { node { ...Line } } } }
fragment Line on LineItem { id sku }"""


@pytest.mark.parametrize("query", [ORDERS, SPREAD])
@pytest.mark.parametrize("group", [True, False])
def test_a_query_over_everything_gives_lines_with_their_parents(shop: ShopifyClient, group: bool, query: str) -> None:
    shop.control("orders/many", {"count": 300, "lines": 2})
    made = run(shop, query, group)
    assert (made["status"], made["url"]) == ("CREATED", None)
    found = shop.ask(LOOK, {"id": made["id"]})["bulkOperation"]
    assert (found["status"], found["objectCount"], found["rootObjectCount"]) == ("COMPLETED", "900", "300")
    lines = rows(shop, found["url"])
    parents = {line["id"]: line["name"] for line in lines if "__parentId" not in line}
    children = [line for line in lines if "__parentId" in line]
    assert (len(parents), len(children)) == (300, 600)
    assert {line["__parentId"] for line in children} == set(parents)
    assert ("__parentId" in lines[1]) == group
    assert all("lineItems" not in line for line in lines)


def test_a_long_operation_runs_beside_and_shows_what_was_there_at_first(shop: ShopifyClient) -> None:
    shop.control("orders/many", {"count": 700, "lines": 1})
    made = run(shop, ORDERS)
    assert shop.ask("{ shop { name } }")  # the shop goes on answering
    shop.order()
    end = time.monotonic() + 20
    while (found := shop.ask(LOOK, {"id": made["id"]})["bulkOperation"])["status"] == "RUNNING":
        assert time.monotonic() < end
        time.sleep(0.02)
    assert (found["status"], found["rootObjectCount"]) == ("COMPLETED", "700")
    assert len({line["name"] for line in rows(shop, found["url"]) if "name" in line}) == 700


def test_the_result_can_be_fetched_in_pieces(shop: ShopifyClient) -> None:
    shop.control("orders/many", {"count": 5})
    url = shop.ask(LOOK, {"id": run(shop, ORDERS)["id"]})["bulkOperation"]["url"]
    whole = shop.client.get(url).get_data()
    part = shop.client.get(url, headers={"Range": "bytes=100-"})
    assert (part.status_code, part.get_data()) == (206, whole[100:])
    assert part.headers["Content-Range"] == f"bytes 100-{len(whole) - 1}/{len(whole)}"


def test_it_runs_for_a_while_and_can_be_cancelled_and_fail(shop: ShopifyClient) -> None:
    shop.control("orders/many", {"count": 4})
    shop.control("settings", {"bulk_seconds": 60, "bulk_at_once": 1})
    first = run(shop, ORDERS)
    assert shop.ask(LOOK, {"id": first["id"]})["bulkOperation"]["status"] == "RUNNING"
    second = shop.ask(RUN, {"query": ORDERS, "group": False})["bulkOperationRunQuery"]
    assert second["userErrors"][0]["code"] == "OPERATION_IN_PROGRESS"
    cancel = "mutation ($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } userErrors { message } } }"
    assert shop.do("bulkOperationCancel", cancel, {"id": first["id"]})["bulkOperation"]["status"] == "CANCELING"
    assert shop.ask(LOOK, {"id": first["id"]})["bulkOperation"]["status"] == "CANCELED"
    shop.control("settings", {"bulk_error": "TIMEOUT"})
    third = run(shop, ORDERS)
    shop.sandbox.clock.advance(61)
    failed = shop.ask(LOOK, {"id": third["id"]})["bulkOperation"]
    assert (failed["status"], failed["errorCode"], failed["url"]) == ("FAILED", "TIMEOUT", None)
    assert len(rows(shop, failed["partialDataUrl"])) == 8


def test_a_shop_may_take_none_at_all(shop: ShopifyClient) -> None:
    shop.control("settings", {"bulk_at_once": 0})
    refused = shop.ask(RUN, {"query": ORDERS, "group": False})["bulkOperationRunQuery"]
    assert refused["userErrors"][0]["code"] == "OPERATION_IN_PROGRESS"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{ shop { name } }", "at least one connection"),
        ("{ orders { edges { node { name lineItems { edges { node { id } } } } } } }", "must select the 'id' field"),
        (
            "{ orders { edges { node { id fulfillments { id fulfillmentLineItems { edges { node { id } } } } } } } }",
            "within a list field",
        ),
        ("{ orders { edges { node { nonsense } } } }", "nonsense"),
    ],
)
def test_what_it_does_not_do_is_refused(shop: ShopifyClient, query: str, words: str) -> None:
    (error,) = shop.ask(RUN, {"query": query, "group": False})["bulkOperationRunQuery"]["userErrors"]
    assert words in error["message"]
    assert error["code"] == "INVALID"


def test_a_mutation_for_each_line_of_an_upload(shop: ShopifyClient) -> None:
    ids = [f"gid://shopify/Order/{shop.order()}" for _ in range(3)]
    body = "".join(f"{json.dumps({'id': order, 'tags': ['bulk']})}\n" for order in [*ids, "gid://shopify/Order/1"])
    shop.site.shop.put("uploads", {"id": 1, "key": "tmp/1.jsonl", "body": body})
    text = """mutation ($id: ID!, $tags: [String!]!) {
      tagsAdd(id: $id, tags: $tags) { node { id } userErrors { message } } }"""
    start = """mutation ($text: String!) { bulkOperationRunMutation(mutation: $text, stagedUploadPath: "tmp/1.jsonl") {
      bulkOperation { id } userErrors { message code } } }"""
    made = shop.do("bulkOperationRunMutation", start, {"text": text})["bulkOperation"]
    lines = rows(shop, shop.ask(LOOK, {"id": made["id"]})["bulkOperation"]["url"])
    assert [line["__lineNumber"] for line in lines] == [0, 1, 2, 3]
    assert [bool(line["data"]["tagsAdd"]["userErrors"]) for line in lines] == [False, False, False, True]
    assert shop.ask('{ ordersCount(query: "tag:bulk") { count } }')["ordersCount"]["count"] == 3
