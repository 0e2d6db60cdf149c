"""Orders of the Shopify shop: what they amount to, and what sending, refunding, editing and cancelling does to them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from shopify_support import ShopifyClient, open_shopify
from werkzeug.test import Client

from sandbox.shopify.random_orders import KINDS
from sandbox.shopify.totals import Discount, Line, Tax, price, shares

BAG = "{ shopMoney { amount } presentmentMoney { amount } }"
ORDER = f"""query ($id: ID!) {{ order(id: $id) {{
  id updatedAt taxesIncluded displayFinancialStatus displayFulfillmentStatus
  totalPriceSet {BAG} currentTotalPriceSet {BAG} totalTaxSet {BAG} totalTipReceivedSet {BAG} totalDiscountsSet {BAG}
  originalTotalDutiesSet {BAG} totalShippingPriceSet {BAG} totalRefundedSet {BAG} totalOutstandingSet {BAG}
  lineItems(first: 250) {{ nodes {{
    id sku quantity currentQuantity unfulfilledQuantity originalUnitPriceSet {BAG}
    discountAllocations {{ allocatedAmountSet {BAG} }} taxLines {{ priceSet {BAG} }}
  }} }}
  shippingLines(first: 5) {{ nodes {{ discountedPriceSet {BAG} taxLines {{ priceSet {BAG} }} }} }}
  fulfillmentOrders(first: 20) {{ nodes {{
    id status assignedLocation {{ location {{ id }} }} lineItems(first: 50) {{ nodes {{ id remainingQuantity }} }}
  }} }}
  fulfillments {{ id status fulfillmentLineItems(first: 20) {{ nodes {{ id quantity }} }} }}
  transactions {{ id kind status gateway amountSet {BAG} }}
  refunds {{ id totalRefundedSet {BAG} refundLineItems(first: 50) {{ nodes {{ quantity restockType }} }} }}
}} }}"""
FULFIL = """mutation ($rows: [FulfillmentOrderLineItemsInput!]!, $number: String) {
  fulfillmentCreate(fulfillment: {lineItemsByFulfillmentOrder: $rows, trackingInfo: {number: $number}}) {
    fulfillment { id status } userErrors { field message } } }"""
REFUND = """mutation ($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) { refund { id } userErrors { field message } } }"""
STOCK = """query ($sku: String!) { productVariants(first: 1, query: $sku) { nodes { inventoryItem {
  inventoryLevels(first: 5) { nodes {
    quantities(names: ["available", "committed", "on_hand"]) { name quantity } } } } } } }"""


@pytest.fixture
def shop() -> Iterator[ShopifyClient]:
    """A shop with the demonstration catalogue."""
    with open_shopify() as client:
        yield client


def read(shop: ShopifyClient, number: int) -> Any:
    """An order as the API shows it."""
    shop.site.api.bucket.status(shop.site.shop.settings, 0, -10_000)
    return shop.ask(ORDER, {"id": f"gid://shopify/Order/{number}"})["order"]


def send(shop: ShopifyClient, fulfilment_order: str, rows: list[Any]) -> None:
    """Send some lines of a fulfilment order."""
    values = {"rows": [{"fulfillmentOrderId": fulfilment_order, "fulfillmentOrderLineItems": rows}]}
    shop.do("fulfillmentCreate", FULFIL, values)


def number(bag: Any, side: str = "shopMoney") -> Decimal:
    return Decimal(bag[side]["amount"]) if bag else Decimal(0)


def levels(shop: ShopifyClient, sku: str) -> dict[str, int]:
    """The quantities of a SKU, all locations together."""
    found: dict[str, int] = {}
    (variant,) = shop.ask(STOCK, {"sku": f"sku:{sku}"})["productVariants"]["nodes"]
    for level in variant["inventoryItem"]["inventoryLevels"]["nodes"]:
        for row in level["quantities"]:
            found[row["name"]] = found.get(row["name"], 0) + row["quantity"]
    return found


@pytest.mark.parametrize("kind", [*KINDS, "300 lines"])
@pytest.mark.parametrize("side", ["shopMoney", "presentmentMoney"])
def test_the_lines_add_up_to_the_total_to_the_cent(shop: ShopifyClient, kind: str, side: str) -> None:
    made = shop.order(lines=249) if kind == "300 lines" else shop.order(kind)
    order = read(shop, made)
    lines = order["lineItems"]["nodes"]
    goods = sum(
        number(line["originalUnitPriceSet"], side) * line["quantity"]
        - sum(number(part["allocatedAmountSet"], side) for part in line["discountAllocations"])
        for line in lines
    )
    shipping = sum(number(line["discountedPriceSet"], side) for line in order["shippingLines"]["nodes"])
    taxed = [*lines, *order["shippingLines"]["nodes"]]
    taxes = sum(number(tax["priceSet"], side) for line in taxed for tax in line["taxLines"])
    assert taxes == number(order["totalTaxSet"], side)
    more = number(order["originalTotalDutiesSet"], side) + number(order["totalTipReceivedSet"], side)
    added = Decimal(0) if order["taxesIncluded"] else taxes
    assert goods + shipping + added + more == number(order["totalPriceSet"], side)


def test_odd_cents_of_a_discount_go_to_the_largest_remainders() -> None:
    thirds = [Decimal("666.33"), Decimal("666.33"), Decimal("666.34")]
    assert shares(Decimal("33.33"), thirds, "EUR") == [Decimal("11.11"), Decimal("11.11"), Decimal("11.11")]
    assert shares(Decimal("10.00"), [Decimal(1)] * 3, "EUR") == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]
    assert shares(Decimal("10"), [Decimal(1)] * 3, "JPY") == [4, 3, 3]


@pytest.mark.parametrize(("included", "tax"), [(True, "18.15"), (False, "21.78")])
def test_tax_is_what_is_in_the_discounted_price_or_comes_on_top(included: bool, tax: str) -> None:
    line = Line(Decimal("121.00"), 1, (Tax("TVA", Decimal("0.20")),))
    price([line], [Discount(Decimal(10))], included, "EUR")
    assert (line.discounted, line.tax) == (Decimal("108.90"), Decimal(tax))


def test_stock_follows_an_order_from_sale_to_delivery_and_back(shop: ShopifyClient) -> None:
    before = levels(shop, "MAI-MUG-BLEU")
    made = shop.order(skus=["MAI-MUG-BLEU"], lines=1, quantity=5)
    sold = levels(shop, "MAI-MUG-BLEU")
    assert sold == {**before, "available": before["available"] - 5, "committed": 5}
    (todo,) = read(shop, made)["fulfillmentOrders"]["nodes"]
    rows = [{"id": todo["lineItems"]["nodes"][0]["id"], "quantity": 3}]
    send(shop, todo["id"], rows)
    order = read(shop, made)
    assert order["displayFulfillmentStatus"] == "PARTIALLY_FULFILLED"
    assert levels(shop, "MAI-MUG-BLEU")["on_hand"] == before["on_hand"] - 3
    line = order["lineItems"]["nodes"][0]
    back = {"lineItemId": line["id"], "locationId": todo["assignedLocation"]["location"]["id"]}
    values = {
        "orderId": order["id"],
        "refundLineItems": [{**back, "quantity": 2, "restockType": "CANCEL"}],
        "transactions": [{"orderId": order["id"], "parentId": order["transactions"][0]["id"], "amount": "25.00",
                          "kind": "REFUND", "gateway": "shopify_payments"}],
    }  # fmt: skip
    shop.do("refundCreate", REFUND, {"input": values, "key": "a"})
    assert levels(shop, "MAI-MUG-BLEU") == {
        "available": before["available"] - 3, "committed": 0, "on_hand": before["on_hand"] - 3,
    }  # fmt: skip
    values["refundLineItems"] = [{**back, "quantity": 1, "restockType": "RETURN"}]
    values["transactions"] = []
    shop.do("refundCreate", REFUND, {"input": values, "key": "b"})
    assert levels(shop, "MAI-MUG-BLEU")["on_hand"] == before["on_hand"] - 2
    order = read(shop, made)
    assert (order["displayFulfillmentStatus"], order["displayFinancialStatus"]) == ("FULFILLED", "PARTIALLY_REFUNDED")
    assert order["lineItems"]["nodes"][0]["currentQuantity"] == 2


def test_a_cancelled_order_gives_back_money_and_goods(shop: ShopifyClient) -> None:
    before = levels(shop, "MAI-MUG-BLEU")
    made = shop.order("gift_card", skus=["MAI-MUG-BLEU"], lines=1, quantity=4)
    shop.do(
        "orderCancel",
        """mutation ($id: ID!) { orderCancel(orderId: $id, reason: CUSTOMER, restock: true,
        refundMethod: {originalPaymentMethodsRefund: true}) { job { id done } orderCancelUserErrors { message } } }""",
        {"id": f"gid://shopify/Order/{made}"},
    )
    order = read(shop, made)
    assert order["displayFinancialStatus"] == "REFUNDED"
    assert number(order["totalRefundedSet"]) == number(order["totalPriceSet"])
    assert number(order["currentTotalPriceSet"]) == number(order["totalOutstandingSet"]) == 0
    assert [row["status"] for row in order["fulfillmentOrders"]["nodes"]] == ["CLOSED"]
    assert levels(shop, "MAI-MUG-BLEU") == before


def test_an_edit_that_removes_a_line_is_a_refund_without_money(shop: ShopifyClient) -> None:
    made = shop.order(skus=["MAI-MUG-BLEU", "MAI-BOUGIE-FIG"], lines=2, quantity=1)
    begin = """mutation ($id: ID!) { orderEditBegin(id: $id) {
      calculatedOrder { id lineItems(first: 9) { nodes { id sku } } } userErrors { message } } }"""
    edit = shop.do("orderEditBegin", begin, {"id": f"gid://shopify/Order/{made}"})["calculatedOrder"]
    line = next(row for row in edit["lineItems"]["nodes"] if row["sku"] == "MAI-MUG-BLEU")
    less = """mutation ($id: ID!, $line: ID!) {
      orderEditSetQuantity(id: $id, lineItemId: $line, quantity: 0, restock: true) { userErrors { message } } }"""
    shop.do("orderEditSetQuantity", less, {"id": edit["id"], "line": line["id"]})
    commit = "mutation ($id: ID!) { orderEditCommit(id: $id) { order { id } userErrors { message } } }"
    shop.do("orderEditCommit", commit, {"id": edit["id"]})
    order = read(shop, made)
    (refund,) = order["refunds"]
    assert (number(refund["totalRefundedSet"]), refund["refundLineItems"]["nodes"]) == (
        0,
        [{"quantity": 1, "restockType": "CANCEL"}],
    )
    assert {row["sku"]: row["currentQuantity"] for row in order["lineItems"]["nodes"]} == {
        "MAI-MUG-BLEU": 0, "MAI-BOUGIE-FIG": 1,
    }  # fmt: skip
    assert number(order["totalPriceSet"]) - number(order["currentTotalPriceSet"]) == Decimal("12.50")


def test_what_is_moved_leaves_what_was_sent_behind(shop: ShopifyClient) -> None:
    made = shop.order(skus=["MAI-MUG-BLEU"], lines=1, quantity=5)
    (todo,) = read(shop, made)["fulfillmentOrders"]["nodes"]
    rows = [{"id": todo["lineItems"]["nodes"][0]["id"], "quantity": 2}]
    send(shop, todo["id"], rows)
    move = """mutation ($id: ID!, $to: ID!) { fulfillmentOrderMove(id: $id, newLocationId: $to) {
      movedFulfillmentOrder { id status } userErrors { message } } }"""
    lyon = "gid://shopify/Location/91000000002"
    shop.do("fulfillmentOrderMove", move, {"id": todo["id"], "to": lyon})
    first, second = read(shop, made)["fulfillmentOrders"]["nodes"]
    assert (first["id"], first["status"]) == (todo["id"], "CLOSED")
    assert (second["assignedLocation"]["location"]["id"], second["lineItems"]["nodes"][0]["remainingQuantity"]) == (
        lyon,
        3,
    )


def test_what_is_on_hold_is_not_sent(shop: ShopifyClient) -> None:
    made = shop.order("held")
    order = read(shop, made)
    assert order["displayFulfillmentStatus"] == "ON_HOLD"
    rows = [{"fulfillmentOrderId": order["fulfillmentOrders"]["nodes"][0]["id"]}]
    refused = shop.ask(FULFIL, {"rows": rows})["fulfillmentCreate"]
    assert "unfulfillable status= on_hold" in refused["userErrors"][0]["message"]


def test_a_refund_is_made_once_a_key(shop: ShopifyClient) -> None:
    made = shop.order()
    order = read(shop, made)
    values = {"orderId": order["id"], "note": "x", "transactions": [
        {"orderId": order["id"], "parentId": order["transactions"][0]["id"], "amount": "1.00", "kind": "REFUND",
         "gateway": "shopify_payments"}]}  # fmt: skip
    first, again = (shop.do("refundCreate", REFUND, {"input": values, "key": "same"}) for _ in range(2))
    assert first == again
    assert number(read(shop, made)["totalRefundedSet"]) == 1
    other = shop.ask(REFUND, {"input": {**values, "note": "y"}, "key": "same"})["refundCreate"]
    assert "idempotency key" in other["userErrors"][0]["message"]
    bare = shop.send(REFUND.replace("@idempotent(key: $key)", "").replace(", $key: String!", ""), {"input": values})
    assert "@idempotent" in bare.json["errors"][0]["message"]  # type: ignore[index]


def test_a_refund_that_is_refused_half_way_leaves_everything_as_it_was(shop: ShopifyClient) -> None:
    made = shop.order(skus=["MAI-MUG-BLEU", "MAI-BOUGIE-FIG"], lines=2, quantity=1)
    order, before = read(shop, made), levels(shop, "MAI-MUG-BLEU")
    rows = [{"lineItemId": line["id"], "quantity": place, "restockType": "CANCEL"}
            for place, line in enumerate(order["lineItems"]["nodes"], 1)]  # fmt: skip
    values = {"orderId": order["id"], "refundLineItems": rows}
    refused = shop.ask(REFUND, {"input": values, "key": "k"})["refundCreate"]
    assert "more items than were purchased" in refused["userErrors"][0]["message"]
    assert levels(shop, "MAI-MUG-BLEU") == before
    assert read(shop, made) == order


def test_eight_buyers_of_the_last_one_get_one(shop: ShopifyClient) -> None:
    shop.control("products", {"sku": "LAST", "name": "Le dernier", "price": "10.00", "quantity": 1})

    def buy(_: int) -> int:
        body = {"lines": [{"sku": "LAST", "quantity": 1}]}
        return Client(shop.sandbox).post("/sandbox/shopify/orders", json=body).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(buy, range(8)))
    assert statuses == [200] + [422] * 7
    assert levels(shop, "LAST") == {"available": 0, "committed": 1, "on_hand": 1}


def test_a_draft_is_priced_and_becomes_an_order(shop: ShopifyClient) -> None:
    variant = next(doc for doc in shop.site.shop.all("variants").values() if doc["sku"] == "MAI-MUG-BLEU")
    lines = [
        {"variantId": f"gid://shopify/ProductVariant/{variant['id']}", "quantity": 2},
        {"title": "Gravure", "quantity": 1, "originalUnitPriceWithCurrency": {"amount": "5", "currencyCode": "EUR"}},
    ]
    discount = {"value": 10.0, "valueType": "PERCENTAGE", "title": "Fidélité"}
    create = """mutation ($input: DraftOrderInput!) { draftOrderCreate(input: $input) {
      draftOrder { id status totalPriceSet { shopMoney { amount } } } userErrors { message } } }"""
    draft = shop.do("draftOrderCreate", create, {"input": {"lineItems": lines, "appliedDiscount": discount}})[
        "draftOrder"
    ]
    assert (draft["status"], number(draft["totalPriceSet"])) == ("OPEN", Decimal("27.00"))
    complete = """mutation ($id: ID!) { draftOrderComplete(id: $id) {
      draftOrder { status order { displayFinancialStatus totalPriceSet { shopMoney { amount } } } }
      userErrors { message } } }"""
    done = shop.do("draftOrderComplete", complete, {"id": draft["id"]})["draftOrder"]
    assert (done["status"], done["order"]["displayFinancialStatus"]) == ("COMPLETED", "PAID")
    assert number(done["order"]["totalPriceSet"]) == Decimal("27.00")
    assert "paid" in shop.ask(complete, {"id": draft["id"]})["draftOrderComplete"]["userErrors"][0]["message"]


def test_a_gift_card_that_is_bought_is_issued(shop: ShopifyClient) -> None:
    made = shop.order("gift_card_sold")
    (card,) = shop.ask("{ giftCards(first: 5) { nodes { initialValue { amount } lastCharacters order { id } } } }")[
        "giftCards"
    ]["nodes"]
    assert (card["initialValue"]["amount"], card["order"]["id"]) == ("50.0", f"gid://shopify/Order/{made}")
    assert read(shop, made)["displayFulfillmentStatus"] == "PARTIALLY_FULFILLED"


def test_what_the_owner_does_by_hand_shows(shop: ShopifyClient) -> None:
    made = shop.order(skus=["MAI-MUG-BLEU"], lines=1, quantity=2)
    assert shop.control(f"orders/{made}/hold", {"reason": "INCORRECT_ADDRESS"})["state"] == "on_hold"
    assert shop.control(f"orders/{made}/release", {})["state"] == "unfulfilled"
    sent = shop.control(f"orders/{made}/send", {"tracking": "6A1", "company": "Colissimo"})
    assert (sent["state"], sent["tracking"]) == ("fulfilled", ["6A1"])
    shop.control(f"orders/{made}/return", {"lines": [{"sku": "MAI-MUG-BLEU", "quantity": 1}], "reason": "DEFECTIVE"})
    look = f'{{ order(id: "gid://shopify/Order/{made}") {{ returns(first: 1) {{ nodes {{ id status }} }} }} }}'
    (wanted,) = shop.ask(look)["order"]["returns"]["nodes"]
    assert wanted["status"] == "REQUESTED"
    approve = (
        "mutation ($id: ID!) { returnApproveRequest(input: {id: $id}) { return { status } userErrors { message } } }"
    )
    assert shop.do("returnApproveRequest", approve, {"id": wanted["id"]})["return"]["status"] == "OPEN"
    process: Any = """mutation ($id: ID!, $line: ID!) { returnProcess(input: {returnId: $id,
      returnLineItems: [{id: $line, quantity: 1}]}) { return { status } userErrors { message } } }"""
    line = f"gid://shopify/ReturnLineItem/{next(iter(shop.site.shop.all('returns').values()))['lines'][0]['id']}"
    assert shop.do("returnProcess", process, {"id": wanted["id"], "line": line})["return"]["status"] == "CLOSED"
    assert read(shop, made)["lineItems"]["nodes"][0]["currentQuantity"] == 1


def test_stock_is_told_as_a_difference_and_where_it_begins(shop: ShopifyClient) -> None:
    item = f"gid://shopify/InventoryItem/{next(iter(shop.site.shop.all('items')))}"
    shop.control("locations", {"name": "Entrepôt Brest", "code": "BRE"})
    brest = f"gid://shopify/Location/{max(shop.site.shop.all('locations'))}"
    activate = """mutation ($item: ID!, $at: ID!, $key: String!) {
      inventoryActivate(inventoryItemId: $item, locationId: $at, available: 4) @idempotent(key: $key) {
        inventoryLevel { isActive quantities(names: ["available"]) { quantity } } userErrors { message } } }"""
    level = shop.do("inventoryActivate", activate, {"item": item, "at": brest, "key": "1"})["inventoryLevel"]
    assert (level["isActive"], level["quantities"]) == (True, [{"quantity": 4}])
    adjust = """mutation ($input: InventoryAdjustQuantitiesInput!, $key: String!) {
      inventoryAdjustQuantities(input: $input) @idempotent(key: $key) { userErrors { message } } }"""
    change = {"inventoryItemId": item, "locationId": brest, "delta": -3, "changeFromQuantity": 4}
    values = {"name": "available", "reason": "correction", "changes": [change]}
    shop.do("inventoryAdjustQuantities", adjust, {"input": values, "key": "2"})
    stale = shop.ask(adjust, {"input": values, "key": "3"})["inventoryAdjustQuantities"]
    assert "no longer matches" in stale["userErrors"][0]["message"]
