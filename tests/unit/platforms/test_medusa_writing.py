"""Writing to Medusa in few calls, and when the shop breaks off, refuses or is gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from local_servers import Answer, LocalServer, Request, serving

from platforms.catalogue import ListingDocument, ListingKind, ListingState, OfferDocument
from platforms.documents import ParcelDocument, ShipmentDocument
from platforms.errors import PlatformError
from platforms.medusa import Medusa
from platforms.publishing import ListingChange, MediaFile, OfferChange
from platforms.stock import StockChange
from platforms.transport import Transport

KEY = {"secret_key": "sk_of_these_tests"}
BROKEN = Answer({"type": "unknown_error", "message": "An unknown error occurred."}, 500)
REFUSED = Answer({"type": "invalid_data", "message": "Product with handle: mug, already exists."}, 400)

Fault = Callable[[Request], Answer | None]


class Shop:
    """As much of a shop as writing needs: it takes everything and remembers what it took."""

    def __init__(self) -> None:
        self.fault: Fault = lambda _request: None
        self.fulfillments: list[dict[str, Any]] = []
        self.writes: list[tuple[str, Any]] = []

    def answer(self, request: Request, handler: BaseHTTPRequestHandler) -> Answer:
        if answer := self.fault(request):
            return answer
        path = request.path.removeprefix("/admin/")
        repeated = parse_qs(urlsplit(handler.path).query)
        if request.method == "POST":
            self.writes.append((path, request.json if path != "uploads" else None))
            return Answer(self.written(path, request))
        return Answer(self.read(path, repeated))

    def read(self, path: str, asked: dict[str, list[str]]) -> Any:
        ids = asked.get("id[]", [])
        rows: list[dict[str, Any]] = []
        if path == "stores":
            currencies = [{"currency_code": "eur", "is_default": True}]
            rows = [{"id": "store_1", "default_sales_channel_id": "sc_1", "supported_currencies": currencies}]
        elif path == "product-variants":
            level = {"location_id": "sloc_1", "stocked_quantity": 5, "reserved_quantity": 2}
            item = {"inventory_item_id": "iitem", "inventory": {"location_levels": [level]}}
            rows = [
                {"id": key, "product_id": "prod_1", "manage_inventory": True, "inventory_items": [item]} for key in ids
            ]
        elif path == "orders":
            items = [{"id": "ordli_1"}, {"id": "ordli_2", "requires_shipping": False}]
            rows = [{"id": key, "items": items, "fulfillments": self.fulfillments} for key in ids]
        elif path == "products":
            rows = [{"id": key, "status": "published", "variants": [{"id": f"{key}_v"}]} for key in ids]
        elif path == "stock-locations":
            rows = [{"id": "sloc_1", "name": "Paris"}]
        key = {"price-lists": "price_lists", "stock-locations": "stock_locations", "product-variants": "variants"}
        name = key.get(path, path.replace("-", "_"))
        return {name: rows, "count": len(rows)}

    def written(self, path: str, request: Request) -> Any:
        if path == "products/batch":
            created = [
                {"id": f"prod_{row['external_id']}", "external_id": row["external_id"], "variants": row["variants"]}
                for row in request.json.get("create", ())
            ]
            for row in created:
                row["variants"] = [{**variant, "id": f"{row['id']}_v"} for variant in row["variants"]]
            return {"created": created, "updated": request.json.get("update", [])}
        if path == "uploads":
            count = request.body.count(b"filename=")
            return {"files": [{"id": f"file_{n}", "url": f"http://shop/{n}"} for n in range(count)]}
        if path.endswith("/fulfillments"):
            items = [{"line_item_id": row["id"]} for row in request.json["items"]]
            number = len(self.fulfillments) + 1
            made = {"id": f"ful_{number}", "metadata": request.json["metadata"], "items": items, "labels": []}
            self.fulfillments.append(made)
            return {"order": {"fulfillments": self.fulfillments}}
        if path.endswith("/shipments"):
            for row in self.fulfillments:
                if f"/{row['id']}/" in path:
                    row |= {"shipped_at": "2026-11-29T10:00:00Z", "labels": request.json["labels"]}
        return {}


@pytest.fixture
def shop() -> Shop:
    return Shop()


@contextmanager
def connected(shop: Shop) -> Iterator[tuple[Medusa, LocalServer]]:
    with serving(shop.answer) as server:
        transport = Transport(timeout=(2, 5), retries=0, secrets=KEY.values())
        yield Medusa(server.url, KEY, transport), server
        transport.close()


@pytest.fixture
def medusa(shop: Shop) -> Iterator[Medusa]:
    with connected(shop) as (found, _server):
        yield found


def paths(shop: Shop, start: str) -> list[str]:
    return [path for path, _body in shop.writes if path.startswith(start)]


# --- stock


def told(count: int, quantity: int = 4) -> list[StockChange]:
    return [StockChange(str(n), "prod_1", f"variant_{n:04}", quantity, location="sloc_1") for n in range(count)]


def test_a_thousand_figures_take_fourteen_calls(shop: Shop, medusa: Medusa) -> None:
    results = medusa.push_stock(told(1000))
    assert all(result.ok and result.shown == 4 for result in results)
    assert medusa.transport.calls == 14
    rows = [row for _path, body in shop.writes for row in body["update"]]
    assert len(rows) == 1000 and {row["stocked_quantity"] for row in rows} == {6}, "four to sell, two reserved"
    medusa.transport.calls = 0
    assert all(result.ok for result in medusa.push_stock(told(1000, 3)))
    assert medusa.transport.calls == 7, "what is as it should be is not written"


def test_less_than_nothing_is_nothing(shop: Shop, medusa: Medusa) -> None:
    (result,) = medusa.push_stock(told(1, -3))
    assert result.shown == 0 and shop.writes[0][1]["update"][0]["stocked_quantity"] == 2


def test_a_shop_that_breaks_off_leaves_the_rest_to_be_told_again(shop: Shop, medusa: Medusa) -> None:
    seen: list[str] = []

    def fault(request: Request) -> Answer | None:
        seen.append(request.method)
        return BROKEN if seen.count("POST") > 1 else None

    shop.fault = fault
    results = medusa.push_stock(told(300))
    assert [result.ok for result in results] == [True] * 150 + [False] * 150
    assert all(result.refusal and result.refusal.retry for result in results[150:])
    shop.fault = lambda _request: BROKEN
    with pytest.raises(PlatformError):
        medusa.push_stock(told(1))


def test_the_guilty_one_is_found(shop: Shop, medusa: Medusa) -> None:
    def fault(request: Request) -> Answer | None:
        body = request.json if request.method == "POST" else {}
        bad = any(row["inventory_item_id"] == "iitem" for row in body.get("update", ())) and len(body["update"]) > 3
        return Answer({"type": "invalid_data", "message": "too many of them"}, 400) if bad else None

    shop.fault = fault
    assert all(result.ok for result in medusa.push_stock(told(8)))


# --- parcels


def parcel(number: str = "6A1", key: str = "OUT/1", **values: Any) -> ShipmentDocument:
    lines = (("ordli_1", Decimal(2)), ("ordli_2", Decimal(1)))
    return ShipmentDocument("order_1", key, lines, (ParcelDocument(number),), **values)


def test_goods_that_are_not_shipped_have_a_fulfilment_of_their_own(shop: Shop, medusa: Medusa) -> None:
    (result,) = medusa.push_shipments([parcel()])
    assert (result.ok, result.external_id) == (True, "ful_1")
    assert len(shop.fulfillments) == 2 and all(row["shipped_at"] for row in shop.fulfillments)


def test_what_was_cut_off_is_gone_on_with(shop: Shop, medusa: Medusa) -> None:
    shop.fault = lambda request: BROKEN if request.path.endswith("/shipments") else None
    (result,) = medusa.push_shipments([parcel()])
    assert (result.ok, result.retry) == (False, True)
    shop.fault = lambda _request: None
    (result,) = medusa.push_shipments([parcel()])
    assert result.ok and len(shop.fulfillments) == 2, "no fulfilment is made twice"
    writes = len(shop.writes)
    (result,) = medusa.push_shipments([parcel()])
    assert result.ok and len(shop.writes) == writes


def test_a_parcel_takes_two_calls(shop: Shop, medusa: Medusa) -> None:
    shipments = [
        ShipmentDocument(f"order_{n}", f"OUT/{n}", (("ordli_1", Decimal(1)),), (ParcelDocument(str(n)),))
        for n in range(10)
    ]
    assert all(result.ok for result in medusa.push_shipments(shipments))
    assert medusa.transport.calls == 1 + 1 + 2 + 2 * 10, (
        "orders, reservations, the usual place, and two for each parcel"
    )


def test_one_order_that_is_gone_does_not_stop_the_others(shop: Shop, medusa: Medusa) -> None:
    def fault(request: Request) -> Answer | None:
        if request.path == "/admin/orders":
            return Answer({"orders": [{"id": "order_1", "status": "canceled"}], "count": 1})
        return None

    shop.fault = fault
    results = medusa.push_shipments([ShipmentDocument("order_9", "A", (("ordli_1", Decimal(1)),)), parcel()])
    assert [result.code for result in results] == ["not_found", "conflict"] and not shop.writes


# --- products


def mugs(count: int, product_id: str = "") -> list[ListingChange]:
    found = []
    for n in range(count):
        known = f"{product_id}{n}" if product_id else ""
        offer = OfferDocument(f"{known}_v" if known else "", f"MUG-{n}", price=Decimal("12.30"))
        document = ListingDocument(known, ListingKind.SIMPLE, ListingState.ON, f"Mug {n}", offers=(offer,))
        offers = (OfferChange(f"o{n}", offer, frozenset({"sku", "price"})),)
        found.append(ListingChange(f"key{n}", document, frozenset({"state", "name"}), offers))
    return found


def test_a_hundred_new_products_take_six_calls(shop: Shop, medusa: Medusa) -> None:
    results = medusa.push_listings(mugs(100))
    assert all(result.ok and result.raw for result in results)
    assert results[7].product_id == "prod_key7" and results[7].variants == {"o7": "prod_key7_v"}
    assert medusa.transport.calls == 6 and len(shop.writes) == 1
    (item,) = [row for row in shop.writes[0][1]["create"] if row["external_id"] == "key7"]
    (variant,) = item["variants"]
    assert (item["status"], item["sales_channels"]) == ("published", [{"id": "sc_1"}])
    assert variant["prices"] == [{"currency_code": "eur", "amount": 12.3}] and variant["manage_inventory"] is True


def test_a_changed_price_takes_a_call_for_its_product(shop: Shop, medusa: Medusa) -> None:
    results = medusa.push_listings(mugs(10, "prod_"))
    assert all(result.ok for result in results), results
    assert len(paths(shop, "products/batch")) == 1 and len(paths(shop, "products/prod_")) == 10


def test_a_creation_whose_answer_was_lost_is_in_doubt(shop: Shop, medusa: Medusa) -> None:
    shop.fault = lambda request: BROKEN if request.path == "/admin/products/batch" else None
    results = medusa.push_listings(mugs(3))
    assert all(result.refusal and result.refusal.in_doubt and result.refusal.retry for result in results)


def test_the_product_that_is_refused_is_told_apart(shop: Shop, medusa: Medusa) -> None:
    shop.fault = lambda request: REFUSED if b'"MUG-3"' in request.body else None
    results = medusa.push_listings(mugs(9))
    assert [n for n, result in enumerate(results) if not result.ok] == [3]
    assert results[3].refusal and results[3].refusal.code == "duplicate_slug"


def test_products_of_one_name_each_have_an_address(shop: Shop, medusa: Medusa) -> None:
    """Medusa makes the address of the name, and refuses it where another product has it."""
    shop.fault = lambda request: REFUSED if b'"MUG-3"' in request.body and b'"handle"' not in request.body else None
    results = medusa.push_listings(mugs(9))
    assert all(result.ok for result in results)
    (told,) = [
        row["handle"] for _path, body in shop.writes for row in (body or {}).get("create", ()) if row.get("handle")
    ]
    assert told == "mug-mug-3"


def test_files_go_together_and_each_once(shop: Shop, medusa: Medusa) -> None:
    files = [MediaFile(f"sum{n % 5}", f"tasse é {n}.png", "image/png", b"PNG%d" % n) for n in range(10)]
    results = medusa.push_media(files)
    assert medusa.transport.calls == 1 and all(result.ok for result in results)
    assert results[0] == results[5] and len({result.url for result in results}) == 5


def test_nothing_secret_is_sent_in_a_body(shop: Shop) -> None:
    with connected(shop) as (medusa, server):
        medusa.push_listings(mugs(1))
        medusa.push_stock(told(1))
        for request in server.requests:
            assert KEY["secret_key"] not in json.dumps([request.path, request.params, request.body.decode()])
