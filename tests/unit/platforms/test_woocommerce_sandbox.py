"""End to end over the sandbox, a process of its own: orders in, shipments out, webhooks back."""

from __future__ import annotations

import queue
import time
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from typing import Any

from contract import check_order, check_taxes
from local_servers import Answer, Request, serving

from platforms.base import REFUNDS_KEY
from platforms.documents import (
    CustomerChange,
    NoteDocument,
    OrderDocument,
    OrderState,
    ParcelDocument,
    ShipmentDocument,
)
from platforms.woocommerce import WooCommerce


def place(platform: WooCommerce, quantity: int = 2, **values: Any) -> dict[str, Any]:
    """An order, placed as the shop's own client would."""
    client = platform.client
    found = client.get("products", {"sku": "MUG"})
    mug = found[0] if found else client.post("products", {"name": "Mug", "sku": "MUG", "regular_price": "12.00"})
    body = {
        "status": "processing",
        "set_paid": True,
        "payment_method": "stripe",
        "billing": {"first_name": "Marie", "last_name": "Durand", "country": "FR", "email": "marie@example.com"},
        "line_items": [{"product_id": mug["id"], "quantity": quantity}],
        **values,
    }
    made: dict[str, Any] = client.post("orders", body)
    return made


def orders(platform: WooCommerce, since: datetime | None = None) -> list[OrderDocument]:
    found: list[OrderDocument] = []
    cursor = ""
    while True:
        page = platform.read_orders(since, cursor)
        found.extend(map(platform.parse_order, page.raws))
        cursor = page.next
        if not cursor:
            return found


def test_the_connection(platform: WooCommerce) -> None:
    report = platform.test_connection()
    assert report.ok, report
    assert dict(report.details)["currency"] == "EUR"
    wrong = WooCommerce(platform.url, {**platform.credentials, "consumer_secret": "cs_wrong"}, platform.transport)
    assert wrong.test_connection().code == "bad_key"


def test_orders_come_in_with_few_calls(platform: WooCommerce) -> None:
    platform.client.post("taxes", {"country": "FR", "rate": "20.0000", "name": "TVA 20"})
    ids = {str(place(platform, quantity)["id"]) for quantity in range(1, 4)}
    platform.transport.calls = 0
    found = orders(platform, datetime.now(timezone.utc) - timedelta(minutes=5))
    assert platform.transport.calls == 1
    assert {order.external_id for order in found} == ids
    for order in found:
        check_order(order)
        assert order.state is OrderState.CONFIRMED and order.paid_at
        assert order.total == sum(line.gross for line in order.lines)
    again = platform.read_orders_by_id([*ids, "999999"])
    assert {str(raw["id"]) for raw in again} == ids
    (mug,) = platform.read_products(["MUG", "NONE"])
    assert mug.product_id == found[0].lines[0].product_id


def test_the_tax_table_names_rates_as_orders_do(platform: WooCommerce) -> None:
    platform.client.post("taxes/classes", {"name": "Livres"})
    platform.client.post("taxes", {"country": "FR", "rate": "20.0000", "name": "TVA 20"})
    platform.client.post("taxes", {"country": "FR", "rate": "5.5", "name": "TVA 5,5", "class": "livres"})
    taxes = platform.read_taxes()
    check_taxes(taxes)
    assert [(tax.label, tax.rate, tax.kind) for tax in taxes] == [
        ("TVA 20", Decimal(20), ""),
        ("TVA 5,5", Decimal("5.5"), "Livres"),
    ]
    order = platform.parse_order(place(platform, status="processing"))
    assert [tax.code for tax in order.taxes] == [taxes[0].code]


def test_more_than_a_hundred_orders(platform: WooCommerce) -> None:
    place(platform)
    mug = platform.read_products(["MUG"])[0].product_id
    basket = {"line_items": [{"product_id": int(mug), "quantity": 1}]}
    for _ in range(3):
        platform.client.post("orders/batch", {"create": [basket] * 75})
    platform.transport.calls = 0
    found = orders(platform)
    assert len({order.external_id for order in found}) == len(found) == 226
    assert platform.transport.calls == 3


def test_refunds_are_completed(platform: WooCommerce) -> None:
    raw = place(platform)
    line = raw["line_items"][0]
    body = {
        "amount": "12.00",
        "reason": "Cassé",
        "api_refund": False,
        "line_items": [{"id": line["id"], "quantity": 1, "refund_total": 12.0}],
    }
    platform.client.post(f"orders/{raw['id']}/refunds", body)
    (raw,) = platform.read_orders_by_id([str(raw["id"])])
    order = platform.parse_order(raw)
    assert not order.refunds_complete
    raws = platform.read_refunds([order])
    order = platform.parse_order({**raw, REFUNDS_KEY: raws[order.external_id]})
    assert order.refunds_complete
    (refund,) = order.refunds
    assert refund.amount == 12 and refund.lines[0].line_id == str(line["id"]) and refund.lines[0].quantity == 1


def test_a_shipment_is_told_once(platform: WooCommerce) -> None:
    order_id = str(place(platform)["id"])
    parcel = ParcelDocument("6A123", "Colissimo", "https://track/6A123", datetime.now(timezone.utc))
    shipment = ShipmentDocument(order_id, "WH/OUT/1", (("1", Decimal(2)),), (parcel,), notify_customer=True)
    for _ in range(3):
        (result,) = platform.push_shipments([shipment])
        assert result.ok
    (raw,) = platform.read_orders_by_id([order_id])
    assert platform.parse_order(raw).state is OrderState.COMPLETED
    (tracking,) = [row["value"] for row in raw["meta_data"] if row["key"] == "_wc_shipment_tracking_items"]
    assert [item["tracking_number"] for item in tracking] == ["6A123"]
    notes = platform.client.get(f"orders/{order_id}/notes", {"type": "any"})
    assert len([note for note in notes if "6A123" in note["note"]]) == 1


def test_a_corrected_number_replaces_the_wrong_one_on_the_shop(platform: WooCommerce) -> None:
    order_id = str(place(platform)["id"])
    wrong, right = (ParcelDocument(number, "Colissimo", shipped_at=datetime.now(timezone.utc)) for number in ("A", "B"))
    platform.push_shipments([ShipmentDocument(order_id, "picking-1", (), (wrong,))])
    message = "The tracking number has been corrected: B"
    corrected = ShipmentDocument(
        order_id, "picking-1", (), (right,), notify_customer=True, known=True, corrects=True, message=message
    )
    for _ in range(2):
        (result,) = platform.push_shipments([corrected])
        assert result.ok
    (raw,) = platform.read_orders_by_id([order_id])
    (tracking,) = [row["value"] for row in raw["meta_data"] if row["key"] == "_wc_shipment_tracking_items"]
    assert [item["tracking_number"] for item in tracking] == ["B"]
    notes = platform.client.get(f"orders/{order_id}/notes", {"type": "customer"})
    assert [note["note"] for note in notes] == [message]


def test_states(platform: WooCommerce) -> None:
    first, second = (str(place(platform)["id"]) for _ in range(2))
    states = [(first, OrderState.CANCELLED), (second, OrderState.COMPLETED), ("999999", OrderState.CANCELLED)]
    assert [result.ok for result in platform.push_states(states)] == [True, True, False]
    platform.transport.calls = 0
    assert [result.ok for result in platform.push_states(states[:2])] == [True, True]
    assert platform.transport.calls == 1


def test_webhooks_arrive_and_verify(platform: WooCommerce) -> None:
    arrived: queue.Queue[Request] = queue.Queue()

    def receive(request: Request, handler: BaseHTTPRequestHandler) -> Answer:
        arrived.put(request)
        return Answer({})

    with serving(receive) as ours:
        address = f"{ours.url}/hook"
        made = platform.register_webhooks(address, "s3cret")
        assert platform.register_webhooks(address, "s3cret") == made
        order_id = str(place(platform)["id"])
        seen: set[tuple[str, str, bool]] = set()
        deadline = time.monotonic() + 10
        while ("order", order_id, False) not in seen and time.monotonic() < deadline:
            request = arrived.get(timeout=10)
            if WooCommerce.is_ping(request.headers, request.body):
                continue
            assert WooCommerce.verify_webhook("s3cret", request.headers, request.body)
            hint = WooCommerce.parse_webhook(request.headers, request.body)
            seen.add((hint.kind, hint.external_id, hint.deleted))
        assert ("order", order_id, False) in seen
        platform.remove_webhooks(address)
        assert platform.read_webhooks(address) == []


def test_collection_is_told_in_the_shop_s_own_words(platform: WooCommerce, sandbox_url: str) -> None:
    raw = place(platform, status="processing")
    order_id = str(raw["id"])
    words = {"order_statuses": {"ready-pickup": "Prête au retrait", "picked-up": "Retirée"}}
    platform.transport.request("POST", f"{sandbox_url}/sandbox/settings", json=words, idempotent=True)
    names = {OrderState.READY: "wc-ready-pickup", OrderState.COLLECTED: "picked-up"}
    for state, status in ((OrderState.READY, "ready-pickup"), (OrderState.COLLECTED, "picked-up")):
        for _attempt in range(2):
            (result,) = platform.push_states([(order_id, state)], names)
            assert result.ok, result
        assert platform.client.get(f"orders/{order_id}")["status"] == status
    platform.client.put(f"orders/{order_id}", {"status": "cancelled"})
    (result,) = platform.push_states([(order_id, OrderState.READY)], names)
    assert (result.ok, result.code) == (False, "conflict")


def test_a_note_is_written_to_the_customer_once(platform: WooCommerce) -> None:
    order_id = str(place(platform, status="processing")["id"])
    note = NoteDocument(order_id, "k", "Your order is ready.\nBoutique Lyon")
    for _attempt in range(2):
        results = platform.push_notes([note, NoteDocument("999999", "k2", "nobody")])
        assert [result.ok for result in results] == [True, False]
    (written,) = platform.client.get(f"orders/{order_id}/notes", {"type": "customer"})
    assert written["customer_note"] is True and "Boutique Lyon" in written["note"]


def test_accounts_are_read_and_changed(platform: WooCommerce) -> None:
    made = platform.client.post(
        "customers",
        {
            "email": "marie@example.com",
            "first_name": "Marie",
            "last_name": "Durand",
            "billing": {"address_1": "1 rue X", "city": "Paris", "country": "FR", "phone": "0102030405"},
        },
    )
    other = platform.client.post("customers", {"email": "lea@example.com"})
    changes = [
        CustomerChange(str(made["id"]), {"name": "Marie Martin", "phone": "0611111111", "billing": {"city": "Lyon"}}),
        CustomerChange(str(other["id"]), {"email": "marie@example.com"}),
        CustomerChange("999999", {"phone": "1"}),
    ]
    for _attempt in range(2):
        results = platform.push_customers(changes)
        assert [result.ok for result in results] == [True, False, False]
    (raw,) = platform.read_customers([str(made["id"]), "999999", "not an id"])
    profile = platform.parse_customer(raw)
    assert (profile.customer.name, profile.customer.phone) == ("Marie Martin", "0611111111")
    assert (profile.address.street, profile.address.city) == ("1 rue X", "Lyon")
    assert profile.changed_at and not profile.shipping
