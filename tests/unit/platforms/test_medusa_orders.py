"""Reading Medusa's orders: pages that lose and repeat nothing, what dates no order, and shops that misbehave."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from local_servers import Answer, Request, serving

from platforms.errors import PlatformError
from platforms.medusa import Medusa
from platforms.transport import Transport

START = datetime(2024, 11, 29, 10, tzinfo=timezone.utc)
KEY = {"secret_key": "sk_of_these_tests"}


def iso(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Shop:
    """The part of a shop that lists orders and payments, as observed on Medusa 2.21.2."""

    def __init__(self) -> None:
        self.orders: list[dict[str, Any]] = []
        self.payments: list[dict[str, Any]] = []
        self.after_page: Callable[[], None] | None = None

    def add(self, number: int, changed: datetime) -> None:
        found = {"id": f"order_{number:05}", "created_at": iso(START), "updated_at": iso(changed), "items": []}
        self.orders.append(found | {"currency_code": "eur"})

    def pay(self, number: int, changed: datetime) -> None:
        order = next(row for row in self.orders if row["id"] == f"order_{number:05}")
        collection = {"updated_at": iso(changed), "order": order}
        self.payments.append({"id": f"pay_{number}", "payment_collection": collection})

    def answer(self, request: Request, handler: BaseHTTPRequestHandler) -> Answer:
        repeated = parse_qs(urlsplit(handler.path).query)
        asked = request.params
        if request.path == "/admin/payments":
            assert asked["order"] == "-payment_collection.updated_at"
            rows = sorted(self.payments, key=lambda row: row["payment_collection"]["updated_at"], reverse=True)
            return self.page("payments", rows, asked)
        assert request.path == "/admin/orders" and "currency_code" in asked["fields"]
        rows = self.orders
        if "id[]" in asked:
            wanted = set(repeated["id[]"])
            return self.page("orders", [row for row in rows if row["id"] in wanted], asked)
        assert asked["order"] == "updated_at"
        seen = set(repeated.get("id[$nin][]", ()))
        since = asked.get("updated_at[$gte]", "")
        rows = sorted((row for row in rows if row["updated_at"] >= since), key=lambda row: row["updated_at"])
        found = self.page("orders", [row for row in rows if row["id"] not in seen], asked)
        if self.after_page:
            self.after_page()
        return found

    @staticmethod
    def page(key: str, rows: list[dict[str, Any]], asked: dict[str, str]) -> Answer:
        offset, limit = int(asked.get("offset", 0)), int(asked["limit"])
        return Answer({key: rows[offset : offset + limit], "count": len(rows), "offset": offset, "limit": limit})


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def medusa(shop: Shop) -> Iterator[Medusa]:
    with serving(shop.answer) as server:
        transport = Transport(timeout=(2, 5), secrets=KEY.values(), sleep=lambda _seconds: None)
        yield Medusa(server.url, KEY, transport)
        transport.close()


def everything(medusa: Medusa, since: datetime | None = None) -> tuple[list[str], datetime | None]:
    """The ids as they come, and up to where everything was read."""
    ids: list[str] = []
    cursor, watermark = "", None
    while True:
        page = medusa.read_orders(since, cursor)
        ids += [str(raw["id"]) for raw in page.raws]
        watermark = page.watermark or watermark
        cursor = page.next
        if not cursor:
            return ids, watermark


def test_a_thousand_orders_take_ten_calls(shop: Shop, medusa: Medusa) -> None:
    for number in range(1000):
        shop.add(number, START + timedelta(milliseconds=number // 7))
    ids, watermark = everything(medusa)
    assert ids == [f"order_{number:05}" for number in range(1000)] and medusa.transport.calls == 10
    now = datetime.now(timezone.utc)
    assert watermark and now - timedelta(minutes=1) < watermark < now, "all that changed until the listing began"
    medusa.transport.calls = 0
    assert len(medusa.read_orders_by_id(ids)) == 1000 and medusa.transport.calls == 10


def test_many_changed_in_one_moment(shop: Shop, medusa: Medusa) -> None:
    for number in range(250):
        shop.add(number, START)
    ids, _watermark = everything(medusa)
    assert sorted(ids) == [f"order_{number:05}" for number in range(250)]


def test_what_changes_while_pages_are_read_hides_nothing(shop: Shop, medusa: Medusa) -> None:
    for number in range(300):
        shop.add(number, START + timedelta(seconds=number))

    def change() -> None:
        shop.orders[0]["updated_at"] = iso(START + timedelta(hours=1))

    shop.after_page = change
    ids, watermark = everything(medusa)
    assert set(ids) == {f"order_{number:05}" for number in range(300)}
    assert ids.count("order_00000") == 2, "read again as it is by now"
    assert watermark and watermark <= datetime.now(timezone.utc)


def test_a_refund_that_dates_no_order_is_found(shop: Shop, medusa: Medusa) -> None:
    for number in range(5):
        shop.add(number, START)
        shop.pay(number, START)
    since = START + timedelta(minutes=1)
    assert everything(medusa, since)[0] == []
    assert medusa.transport.calls == 2, "a look at the payments, and one at the orders"
    shop.pay(3, since + timedelta(minutes=1))
    assert everything(medusa, since)[0] == ["order_00003"]
    shop.orders[3]["updated_at"] = iso(since + timedelta(minutes=2))
    assert everything(medusa, since)[0] == ["order_00003"], "once, where it changed itself too"


def test_many_refunds_are_read_by_the_hundred(shop: Shop, medusa: Medusa) -> None:
    for number in range(250):
        shop.add(number, START)
        shop.pay(number, START + timedelta(hours=1))
    ids, _watermark = everything(medusa, START + timedelta(minutes=1))
    assert len(ids) == len(set(ids)) == 250
    assert medusa.transport.calls == 3 + 3 + 1


@pytest.mark.parametrize(
    ("answer", "code", "retry"),
    [
        (Answer({"type": "unauthorized", "message": "Unauthorized"}, 401), "bad_key", False),
        (Answer(b"<html>maintenance</html>", 200, {"Content-Type": "text/html"}), "bad_answer", True),
        (Answer({"orders": None}), "bad_answer", True),
        (Answer({"orders": [{"id": "order_1", "updated_at": "yesterday"}], "count": 1}), "bad_answer", False),
        (Answer(b'{"orders": [{"id": "or'), "bad_answer", True),
        (Answer({"type": "unknown_error", "message": "An unknown error occurred."}, 500), "shop_error", True),
        (
            Answer({"type": "conflict", "message": "The request conflicted with another."}, 409),
            "conflict",
            True,
        ),
        (Answer(b"slow down", 429, {"Retry-After": "7"}), "rate_limited", True),
    ],
)
def test_a_shop_that_misbehaves_is_told_apart(answer: Answer, code: str, retry: bool) -> None:
    with serving(lambda _request, _handler: answer) as server:
        medusa = Medusa(server.url, KEY, Transport(timeout=(2, 5), retries=0, secrets=KEY.values()))
        with pytest.raises(PlatformError) as caught:
            medusa.read_orders(None)
        assert (caught.value.code, caught.value.retry) == (code, retry)
        assert KEY["secret_key"] not in repr(caught.value)
        assert not medusa.test_connection().ok


def test_a_key_does_not_travel_unprotected() -> None:
    for url, code in (
        ("http://shop.example.com", "insecure"),
        ("http://8.8.8.8:9000", "insecure"),
        ("", "not_found"),
    ):
        transport = Transport(timeout=(1, 1), retries=0, allow=lambda _host: False)
        report = Medusa(url, KEY, transport).test_connection()
        assert report.code == code or report.code == "neutralized", url
        assert transport.calls == 0
    publishable = Medusa("https://shop.example.com", {"secret_key": "pk_1"}, Transport(allow=lambda _host: False))
    assert publishable.test_connection().code == "bad_key"


def test_a_recorded_return_is_for_its_goods(contracts: Path) -> None:
    """Recorded are the order after its return, and the return apart."""

    def body(name: str) -> Any:
        return json.loads((contracts / "medusa" / "recordings" / f"{name}.json").read_text())["body"]

    raw = body("42_order_after")["order"] | {"currency_code": "eur", "returns": body("44_returns_list")["returns"]}
    order = Medusa.parse_order(raw)
    before = Medusa.parse_order(body("29_order_get")["order"] | {"currency_code": "eur"})
    assert str(order.total) == "79.68" and order.total == before.total, "the shop itself says 55.08 by now"
    assert {line.external_id: line.gross for line in order.lines} == {
        line.external_id: line.gross for line in before.lines
    }
    assert [line.name for line in order.lines if line.kind == "shipping"] == ["standard"], "the way back is no line"
    (refund,) = order.refunds
    (line,) = refund.lines
    assert (str(refund.amount), line.quantity, line.net + line.tax) == ("24.60", 1, refund.amount)
