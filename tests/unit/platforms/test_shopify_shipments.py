"""Shipments told to Shopify over HTTP: in parts, by place, with parcels and corrections, each once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest
from shopify_sales import do, goods, place, read

from platforms.documents import LotDocument, OrderState, ParcelDocument, ShipmentDocument
from platforms.errors import PlatformError
from platforms.shopify import Shopify


def shipment(shopify: Shopify, order_id: str, key: str = "WH/OUT/1", **values: Any) -> ShipmentDocument:
    """All that was ordered, in one parcel, unless ``values`` say otherwise."""
    lines = [line for line in read(shopify, order_id).lines if line.kind.value == "product"]
    parcel = ParcelDocument("6A123", "Colissimo", "https://track.example/6A123", datetime.now(timezone.utc))
    quantities = tuple((line.external_id, line.quantity) for line in lines)
    found = ShipmentDocument(order_id, key, quantities, (parcel,))
    return replace(found, **values)


def fulfillments(shopify: Shopify, order_id: str) -> list[dict[str, Any]]:
    (raw,) = shopify.read_orders_by_id([order_id])
    found: list[dict[str, Any]] = raw["fulfillments"]
    return [row for row in found if row["status"] == "SUCCESS"]


def test_a_shipment_is_told_once(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify)
    told = shipment(shopify, order_id, notify_customer=True)
    shopify.transport.calls = 0
    (result,) = shopify.push_shipments([told])
    assert result.ok and result.external_id.isdecimal() and not result.message
    assert shopify.transport.calls == 3, "look, create, keep in mind whose it is"
    for _again in range(2):
        assert shopify.push_shipments([told]) == [result]
    assert shopify.transport.calls == 5, "a look each"
    (made,) = fulfillments(shopify, order_id)
    assert [row["number"] for row in made["trackingInfo"]] == ["6A123"]
    assert read(shopify, order_id).state is OrderState.COMPLETED


def test_parts_of_an_order_leave_apart(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify, ("MUG", 3))
    whole = shipment(shopify, order_id)
    line_id = whole.quantities[0][0]
    parts = [
        replace(whole, key=f"WH/OUT/{number}", quantities=((line_id, Decimal(quantity)),), parcels=())
        for number, quantity in ((1, 1), (2, 1), (3, 1))
    ]
    assert all(result.ok for result in shopify.push_shipments(parts[:1]))
    assert read(shopify, order_id).state is OrderState.CONFIRMED
    results = shopify.push_shipments(parts)
    assert all(result.ok for result in results) and len({result.external_id for result in results}) == 3
    assert len(fulfillments(shopify, order_id)) == 3, "alike as they are, each is its own"
    assert read(shopify, order_id).state is OrderState.COMPLETED


def test_several_parcels_are_shown_together(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify)
    parcels = tuple(ParcelDocument(number, "Colissimo", f"https://track.example/{number}") for number in ("6A1", "6A2"))
    shopify.push_shipments([shipment(shopify, order_id, parcels=parcels)])
    (made,) = fulfillments(shopify, order_id)
    assert [(row["number"], row["url"]) for row in made["trackingInfo"]] == [
        ("6A1", "https://track.example/6A1"),
        ("6A2", "https://track.example/6A2"),
    ]


def test_a_number_that_comes_later_or_was_wrong_is_corrected(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify)
    told = shipment(shopify, order_id, parcels=())
    shopify.push_shipments([told])
    late = replace(told, known=True, parcels=(ParcelDocument("6A9", "Colissimo"),))
    (result,) = shopify.push_shipments([late])
    assert result.ok
    right = replace(late, corrects=True, parcels=(ParcelDocument("6A8", "Colissimo"),))
    shopify.transport.calls = 0
    shopify.push_shipments([right])
    assert shopify.transport.calls == 2
    (made,) = fulfillments(shopify, order_id)
    assert [row["number"] for row in made["trackingInfo"]] == ["6A8"]


def test_a_lost_answer_leaves_no_double(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify, ("MUG", 2))
    whole = shipment(shopify, order_id, parcels=())
    part = replace(whole, quantities=((whole.quantities[0][0], Decimal(1)),))
    do(shopify, "faults", {"kind": "lost_answer", "path": "*graphql.json", "times": 3})
    for _try in range(6):
        try:
            (result,) = shopify.push_shipments([part])
        except PlatformError as error:
            assert error.retry
            continue
        if result.ok:
            break
        assert result.retry
    assert result.ok
    assert len(fulfillments(shopify, order_id)) == 1


def test_the_shop_was_faster(shopify: Shopify) -> None:
    goods(shopify)
    numbered, bare = place(shopify), place(shopify)
    told = [shipment(shopify, numbered), shipment(shopify, bare)]
    do(shopify, f"shopify/orders/{numbered}/send", {"tracking": "THEIRS", "company": "UPS"})
    do(shopify, f"shopify/orders/{bare}/send", {})
    results = shopify.push_shipments(told)
    assert all(result.ok for result in results)
    (made,) = fulfillments(shopify, numbered)
    assert [row["number"] for row in made["trackingInfo"]] == ["THEIRS"], "what somebody typed in stays"
    (made,) = fulfillments(shopify, bare)
    assert [row["number"] for row in made["trackingInfo"]] == ["6A123"], "adopted, and given the parcel's number"
    assert shopify.push_shipments(told) == results


def test_goods_on_hold_are_not_told(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify)
    do(shopify, f"shopify/orders/{order_id}/hold", {"reason": "INCORRECT_ADDRESS", "notes": "no number"})
    assert "no number" in read(shopify, order_id).hold
    (result,) = shopify.push_shipments([shipment(shopify, order_id)])
    assert not result.ok and result.code == "conflict" and not result.retry
    assert fulfillments(shopify, order_id) == []
    do(shopify, f"shopify/orders/{order_id}/release", {})
    assert not read(shopify, order_id).hold
    (result,) = shopify.push_shipments([shipment(shopify, order_id)])
    assert result.ok


def test_goods_that_moved_to_another_place_are_found(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify)
    (raw,) = shopify.read_orders_by_id([order_id])
    (part,) = raw["fulfillmentOrders"]["nodes"]
    here = part["assignedLocation"]["location"]["id"]
    locations = do(shopify, "shopify/graphql", {"query": "{ locations(first: 9) { nodes { id } } }"})
    there = next(one["id"] for one in locations["data"]["locations"]["nodes"] if one["id"] != here)
    move = (
        "mutation M($id: ID!, $to: ID!) { fulfillmentOrderMove(id: $id, newLocationId: $to) "
        "{ movedFulfillmentOrder { id } userErrors { message } } }"
    )
    moved = do(shopify, "shopify/graphql", {"query": move, "variables": {"id": part["id"], "to": there}})
    assert not moved["data"]["fulfillmentOrderMove"]["userErrors"], moved
    (result,) = shopify.push_shipments([shipment(shopify, order_id)])
    assert result.ok and len(fulfillments(shopify, order_id)) == 1


def test_what_is_refunded_or_cancelled_meanwhile_is_said(shopify: Shopify) -> None:
    goods(shopify)
    refunded, cancelled = place(shopify), place(shopify)
    told = [shipment(shopify, order_id) for order_id in (refunded, cancelled)]
    do(
        shopify,
        f"shopify/orders/{refunded}/refund",
        {"lines": [{"sku": "MUG", "quantity": 1}], "restock": True},
    )
    do(shopify, f"shopify/orders/{cancelled}/cancel", {})
    first, second = shopify.push_shipments(told)
    assert first.ok and "fewer" in first.message
    assert second.ok and "cancelled" in second.message
    assert len(fulfillments(shopify, refunded)) == 1 and fulfillments(shopify, cancelled) == []


def test_serials_and_lots_are_kept_with_the_order(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify)
    whole = shipment(shopify, order_id)
    lot = LotDocument(whole.quantities[0][0], "SN-1", Decimal(1), serial=True)
    shopify.push_shipments([replace(whole, lots=(lot,))])
    lots = 'metafield(namespace: "$app:ecom", key: "lots") { value }'
    answer = do(
        shopify, "shopify/graphql", {"query": f'{{ order(id: "gid://shopify/Order/{order_id}") {{ {lots} }} }}'}
    )
    assert "SN-1" in str(answer)


def test_many_shipments_share_their_calls(shopify: Shopify) -> None:
    goods(shopify)
    told = [shipment(shopify, place(shopify), key=f"WH/OUT/{number}") for number in range(20)]
    shopify.transport.calls = 0
    results = shopify.push_shipments(told)
    assert all(result.ok for result in results)
    # Two to look at sixteen orders each, one to create, one to keep whose they are.
    assert shopify.transport.calls == 2 + 1 + 1
    shopify.transport.calls = 0
    assert shopify.push_shipments(told) == results
    assert shopify.transport.calls == 2


def test_an_order_of_three_hundred_lines_is_shipped(shopify: Shopify) -> None:
    do(shopify, "shopify/products/many", {"count": 300})
    order_id = place(shopify, *((f"VOL-{number:05d}", 1) for number in range(1, 301)))
    told = shipment(shopify, order_id)
    assert shopify.push_shipments([told])[0].ok
    assert read(shopify, order_id).state is OrderState.COMPLETED
    assert shopify.push_shipments([told])[0].ok
    assert len(fulfillments(shopify, order_id)) == 1


def test_an_order_that_is_gone(shopify: Shopify) -> None:
    gone = ShipmentDocument("999999", "WH/OUT/1", (("1", Decimal(1)),))
    (result,) = shopify.push_shipments([gone])
    assert not result.ok and result.code == "not_found" and not result.retry


def test_throttling_while_it_is_told_says_when_to_come_back(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify)
    told = shipment(shopify, order_id)
    do(shopify, "shopify/settings", {"restore_rate": 0.001, "bucket": 1.0})
    with pytest.raises(PlatformError) as caught:
        shopify.push_shipments([told])
    assert caught.value.code == "rate_limited" and caught.value.retry_after
