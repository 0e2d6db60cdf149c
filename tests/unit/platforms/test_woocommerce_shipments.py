"""Shipments and states on the shop: told once, whatever happens in between."""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from local_servers import Answer, Request, serving

from platforms.documents import LotDocument, OrderState, ParcelDocument, ShipmentDocument
from platforms.errors import PlatformError
from platforms.transport import Transport
from platforms.woocommerce import WooCommerce
from platforms.woocommerce.shipments import LOTS_META, TOLD_META, TRACKING_META, was_noted

KEYS = {"consumer_key": "ck_testkey", "consumer_secret": "cs_testsecret"}
API = "/wp-json/wc/v3/"


class Shop:
    """Orders with status, metas and notes; ``fail`` makes calls break after they took effect."""

    def __init__(self, *ids: int) -> None:
        self.orders: dict[int, dict[str, Any]] = {
            key: {"id": key, "status": "processing", "meta_data": []} for key in ids
        }
        self.notes: dict[int, list[dict[str, Any]]] = {key: [] for key in ids}
        self.calls: list[str] = []
        self.break_after: set[str] = set()
        self.break_before: dict[str, int] = {}
        self._meta_id = 100

    def __call__(self, request: Request, handler: BaseHTTPRequestHandler) -> Answer:
        call = f"{request.method} {request.path.removeprefix(API)}"
        self.calls.append(call)
        if call in self.break_before:
            return Answer({"code": "down"}, self.break_before[call])
        answer = self.answer(request, call)
        if call in self.break_after:
            self.break_after.discard(call)
            return Answer(raw=True)
        return answer

    def answer(self, request: Request, call: str) -> Answer:
        if call == "GET orders":
            wanted = request.params["include"].split(",")
            assert len(wanted) <= 100
            rows = [order for key, order in self.orders.items() if str(key) in wanted]
            return Answer(rows, headers={"X-WP-Total": str(len(rows)), "X-WP-TotalPages": "1"})
        if call == "POST orders/batch":
            assert len(request.json["update"]) <= 100
            return Answer({"update": [self.update(item) for item in request.json["update"]]})
        _, key, _ = request.path.removeprefix(API).split("/")
        if request.method == "POST":
            self.notes[int(key)].append({"id": len(self.notes[int(key)]), **request.json})
            return Answer(self.notes[int(key)][-1], 201)
        assert request.params["type"] == "any"
        return Answer(self.notes[int(key)], headers={"X-WP-TotalPages": "1"})

    def update(self, item: dict[str, Any]) -> dict[str, Any]:
        order = self.orders.get(item["id"])
        if order is None:
            error = {
                "code": "woocommerce_rest_shop_order_invalid_id",
                "message": "Invalid ID.",
                "data": {"status": 400},
            }
            return {"id": item["id"], "error": error}
        order["status"] = item.get("status", order["status"])
        for meta in item.get("meta_data", ()):
            found = next((row for row in order["meta_data"] if row["id"] == meta.get("id")), None)
            if found:
                found["value"] = meta["value"]
            else:
                self._meta_id += 1
                order["meta_data"].append({"id": self._meta_id, "key": meta["key"], "value": meta["value"]})
        return order

    def tracking(self, key: int) -> list[dict[str, str]]:
        (row,) = [row for row in self.orders[key]["meta_data"] if row["key"] == TRACKING_META]
        found: list[dict[str, str]] = row["value"]
        return found


def shipment(order_id: int = 1, key: str = "WH/OUT/1", number: str = "6A123", **options: Any) -> ShipmentDocument:
    parcel = ParcelDocument(number, "Colissimo", f"https://track/{number}", datetime(2026, 11, 24, tzinfo=timezone.utc))
    return ShipmentDocument(str(order_id), key, (("1", Decimal(1)),), (parcel,), **options)


def push(shop: Shop, transport: Transport, *shipments: ShipmentDocument) -> list[Any]:
    transport.retries = 0
    with serving(shop) as server:
        return WooCommerce(server.url, KEYS, transport).push_shipments(shipments)


def test_a_parcel_is_shown_where_tracking_plugins_look(transport: Transport) -> None:
    shop = Shop(1)
    (result,) = push(shop, transport, shipment(notify_customer=True))
    assert result.ok and result.external_id
    (item,) = shop.tracking(1)
    assert item == {
        "tracking_provider": "",
        "custom_tracking_provider": "Colissimo",
        "custom_tracking_link": "https://track/6A123",
        "tracking_number": "6A123",
        "date_shipped": "1795478400",
        "tracking_id": result.external_id,
    }
    assert shop.orders[1]["status"] == "completed"
    (note,) = shop.notes[1]
    assert note["note"] == "Your order has been shipped.\nColissimo 6A123 https://track/6A123"


@pytest.mark.parametrize(
    ("options", "e_mailed"),
    [
        ({}, False),  # the order becomes completed: the shop's own e-mail is the one that goes out
        ({"complete": False}, True),
        ({"known": True}, True),  # the number came after the order was completed
    ],
)
def test_the_customer_gets_one_e_mail(transport: Transport, options: dict[str, bool], e_mailed: bool) -> None:
    shop = Shop(1)
    push(shop, transport, shipment(notify_customer=True, **options))
    (note,) = shop.notes[1]
    assert note["customer_note"] is e_mailed


def test_told_twice_is_told_once(transport: Transport) -> None:
    shop = Shop(1)
    first = push(shop, transport, shipment(notify_customer=True))
    before = [dict(row) for row in shop.orders[1]["meta_data"]]
    shop.calls.clear()
    second = push(shop, transport, shipment(notify_customer=True))
    assert first == second
    assert shop.orders[1]["meta_data"] == before and len(shop.notes[1]) == 1
    assert shop.calls == ["GET orders", "GET orders/1/notes"]  # nothing written


def test_two_parcels_then_a_third_later(transport: Transport) -> None:
    shop = Shop(1)
    shop.orders[1]["meta_data"] = [{"id": 7, "key": TRACKING_META, "value": {"1": {"tracking_number": "BY HAND"}}}]
    first = shipment(complete=False, message="Une partie de votre commande est partie.", notify_customer=True)
    (result,) = push(shop, transport, first)
    assert result.ok and shop.orders[1]["status"] == "processing"
    push(shop, transport, shipment(key="WH/OUT/2", number="6A124"))
    assert [item["tracking_number"] for item in shop.tracking(1)] == ["BY HAND", "6A123", "6A124"]
    assert [row["key"] for row in shop.orders[1]["meta_data"]] == [TRACKING_META, TOLD_META]  # rows are not doubled
    assert shop.orders[1]["status"] == "completed"
    assert [note["note"] for note in shop.notes[1]] == ["Une partie de votre commande est partie."]


def test_a_hundred_shipments_cost_two_calls(transport: Transport) -> None:
    shop = Shop(*range(1, 151))
    results = push(shop, transport, *(shipment(key, f"K{key}", f"N{key}") for key in range(1, 151)))
    assert all(result.ok for result in results) and len(results) == 150
    assert shop.calls == ["GET orders", "POST orders/batch"] * 2


def test_two_shipments_of_one_order_go_together(transport: Transport) -> None:
    shop = Shop(1)
    results = push(shop, transport, shipment(complete=False), shipment(key="K2", number="N2"))
    assert [result.ok for result in results] == [True, True]
    assert len(shop.tracking(1)) == 2 and shop.orders[1]["status"] == "completed"
    assert shop.calls == ["GET orders", "POST orders/batch"]


@pytest.mark.parametrize("call", ["POST orders/batch", "POST orders/1/notes"])
def test_a_cut_connection_leaves_doubt_and_the_next_attempt_settles_it(call: str, transport: Transport) -> None:
    shop = Shop(1)
    shop.break_after = {call}
    (result,) = push(shop, transport, shipment(notify_customer=True))
    assert (result.ok, result.retry, result.in_doubt) == (False, True, True)
    (result,) = push(shop, transport, shipment(notify_customer=True))
    assert result.ok
    assert len(shop.tracking(1)) == 1 and len(shop.notes[1]) == 1


def test_one_unknown_order_does_not_stop_the_others(transport: Transport) -> None:
    shop = Shop(1, 3)
    results = push(shop, transport, shipment(1, "K1"), shipment(2, "K2"), shipment(3, "K3"))
    assert [result.ok for result in results] == [True, False, True]
    assert (results[1].code, results[1].retry) == ("not_found", False)


def test_an_order_deleted_between_reading_and_writing(transport: Transport) -> None:
    shop = Shop(1, 2)
    update = shop.update

    def deleted(item: dict[str, Any]) -> dict[str, Any]:
        shop.orders.pop(2, None)
        return update(item)

    shop.update = deleted  # type: ignore[method-assign]
    results = push(shop, transport, shipment(1, "K1"), shipment(2, "K2"))
    assert [result.ok for result in results] == [True, False]
    assert (results[1].code, results[1].retry) == ("woocommerce_rest_shop_order_invalid_id", False)


@pytest.mark.parametrize("status", ["cancelled", "refunded", "failed"])
def test_a_dead_order_is_not_brought_back(status: str, transport: Transport) -> None:
    shop = Shop(1)
    shop.orders[1]["status"] = status
    (result,) = push(shop, transport, shipment())
    assert result.ok and status.capitalize() in result.message
    assert shop.orders[1]["status"] == status and len(shop.tracking(1)) == 1


def test_a_busy_shop_is_raised_while_nothing_was_written(transport: Transport) -> None:
    shop = Shop(*range(1, 151))
    shop.break_before = {"GET orders": 429}
    with pytest.raises(PlatformError) as caught:
        push(shop, transport, shipment())
    assert caught.value.code == "rate_limited"
    shop.break_before = {"POST orders/batch": 503}
    results = push(shop, transport, *(shipment(key, f"K{key}") for key in range(1, 151)))
    assert not any(result.ok or result.in_doubt for result in results)
    assert all(result.retry for result in results)
    assert shop.calls[-2:] == ["GET orders", "POST orders/batch"]  # the second hundred was not tried


def test_a_shipment_without_parcels_completes_the_order(transport: Transport) -> None:
    shop = Shop(1)
    collected = ShipmentDocument("1", "K", (("1", Decimal(1)),), notify_customer=True)
    (first,) = push(shop, transport, collected)
    (second,) = push(shop, transport, collected)
    assert first.ok and second.ok and shop.orders[1]["status"] == "completed"
    assert [note["note"] for note in shop.notes[1]] == ["Your order has been shipped."]


def test_notes_are_recognised_through_html() -> None:
    told = shipment()
    assert was_noted(told, [{"note": "<p>Your order has been shipped.<br />Colissimo 6A123 https://track/6A123</p>"}])
    assert was_noted(told, [{"note": "Sent with <b>6A123</b>"}])
    assert not was_noted(told, [{"note": "Thank you"}, {"note": None}])


def test_states_are_set_in_two_calls_and_only_where_they_differ(transport: Transport) -> None:
    shop = Shop(1, 2, 3, 4, 5)
    shop.orders[2]["status"] = "completed"
    shop.orders[3]["status"] = "refunded"
    shop.orders[4]["status"] = "pending"
    shop.orders[5]["status"] = "failed"
    states = [
        ("1", OrderState.CANCELLED),
        ("2", OrderState.COMPLETED),
        ("3", OrderState.COMPLETED),
        ("4", OrderState.CONFIRMED),
        ("5", OrderState.CANCELLED),
        ("6", OrderState.CANCELLED),
        ("7", OrderState.REFUNDED),
    ]
    with serving(shop) as server:
        platform = WooCommerce(server.url, KEYS, transport)
        results = platform.push_states(states)
        assert shop.calls == ["GET orders", "POST orders/batch"]
        assert [result.ok for result in results] == [True, True, False, True, True, False, False]
        assert [result.code for result in results if not result.ok] == ["conflict", "not_found", "unsupported"]
        assert [order["status"] for order in shop.orders.values()] == [
            "cancelled",
            "completed",
            "refunded",
            "processing",
            "failed",
        ]
        shop.calls.clear()
        assert all(result.ok for result in platform.push_states([states[0], states[3]]))
        assert shop.calls == ["GET orders"]  # an idle write would come back as a webhook


def test_a_corrected_number_takes_the_place_of_the_wrong_one(transport: Transport) -> None:
    shop = Shop(1)
    push(shop, transport, shipment(number="WRONG", notify_customer=True))
    row = next(row for row in shop.orders[1]["meta_data"] if row["key"] == TRACKING_META)
    by_hand = {"tracking_number": "BY-HAND", "tracking_id": "0123", "tracking_provider": "la-poste-colissimo"}
    row["value"].append(by_hand)
    right = shipment(number="RIGHT", notify_customer=True, known=True, corrects=True, message="Corrected: RIGHT")
    for _attempt in range(2):
        push(shop, transport, right)
    first, second = shop.tracking(1)
    assert (first["tracking_number"], first["custom_tracking_link"]) == ("RIGHT", "https://track/RIGHT")
    assert second == by_hand, "what someone at the shop added stays"
    assert [note["note"] for note in shop.notes[1]][1:] == ["Corrected: RIGHT"]
    assert shop.notes[1][-1]["customer_note"] is True


def test_a_number_changed_on_the_shop_is_no_longer_ours(transport: Transport) -> None:
    shop = Shop(1)
    push(shop, transport, shipment(number="WRONG"))
    shop.tracking(1)[0]["tracking_number"] = "TYPED-IN-THERE"
    push(shop, transport, shipment(number="RIGHT", known=True))
    assert [item["tracking_number"] for item in shop.tracking(1)] == ["TYPED-IN-THERE", "RIGHT"]


def test_a_parcel_that_never_was_disappears_and_other_shipments_stay(transport: Transport) -> None:
    shop = Shop(1)
    push(shop, transport, shipment(key="a", number="A", complete=False), shipment(key="b", number="B"))
    push(shop, transport, ShipmentDocument("1", "a", (), (), known=True))
    assert [item["tracking_number"] for item in shop.tracking(1)] == ["B"]


def test_a_carrier_is_corrected_with_the_number_left_alone(transport: Transport) -> None:
    shop = Shop(1)
    push(shop, transport, shipment())
    parcel = ParcelDocument("6A123", "Chronopost", "https://chrono/6A123")
    push(shop, transport, ShipmentDocument("1", "WH/OUT/1", (), (parcel,), known=True))
    (item,) = shop.tracking(1)
    assert (item["custom_tracking_provider"], item["custom_tracking_link"]) == ("Chronopost", "https://chrono/6A123")
    assert item["date_shipped"] == "1795478400"


def lots(shop: Shop, key: int = 1) -> list[dict[str, Any]]:
    (row,) = [row for row in shop.orders[key]["meta_data"] if row["key"] == LOTS_META]
    found: list[dict[str, Any]] = row["value"]
    return found


def test_serials_and_lots_are_kept_with_the_order(transport: Transport) -> None:
    shop = Shop(1)
    phone = LotDocument("11", "SN-1", Decimal(1), serial=True)
    tea = LotDocument("12", "L7", Decimal("2.50"), expires=date(2027, 3, 31))
    push(shop, transport, shipment(notify_customer=True, complete=False, lots=(phone, tea)))
    own = {"shipment": "WH/OUT/1"}
    assert lots(shop) == [
        own | {"line_id": "11", "name": "SN-1", "quantity": "1", "serial": True, "expires": ""},
        own | {"line_id": "12", "name": "L7", "quantity": "2.5", "serial": False, "expires": "2027-03-31"},
    ]
    assert shop.notes[1][0]["note"].endswith("Serial or lot numbers: SN-1, L7")

    other = LotDocument("11", "SN-2", Decimal(1), serial=True)
    push(shop, transport, shipment(key="WH/OUT/2", number="6A124", lots=(other,)))
    assert [row["name"] for row in lots(shop)] == ["SN-1", "L7", "SN-2"], "each shipment has its own"

    corrected = LotDocument("11", "SN-3", Decimal(1), serial=True)
    push(shop, transport, shipment(known=True, lots=(corrected,)))
    assert [row["name"] for row in lots(shop)] == ["SN-2", "SN-3"]

    shop.calls.clear()
    push(shop, transport, shipment(known=True, lots=(corrected,)))
    assert shop.calls == ["GET orders"], "nothing is written again"


def test_goods_without_lots_leave_no_meta(transport: Transport) -> None:
    shop = Shop(1)
    push(shop, transport, shipment())
    assert all(row["key"] != LOTS_META for row in shop.orders[1]["meta_data"])
