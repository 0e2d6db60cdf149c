"""Returns, exchanges and claims of a Medusa shop: what they become, and what the shop is told of them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from local_servers import Answer, Request, serving

from platforms.medusa import Medusa
from platforms.medusa.returns import CLAIMS_KEY, EXCHANGES_KEY, parse_returns
from platforms.medusa.returns import KEY as OUR_KEY
from platforms.returns import (
    DAMAGED,
    DEFECTIVE,
    ExchangeLineDocument,
    NewReturn,
    ReturnCommand,
    ReturnLineDocument,
    ReturnState,
)
from platforms.transport import Transport

KEY = {"secret_key": "sk_of_these_tests"}
Raw = dict[str, Any]


def returned(status: str = "requested", **values: Any) -> Raw:
    item = {"item_id": "ordli_1", "quantity": 2, "received_quantity": 0, "note": "cassé", "reason": None}
    return {"id": "return_1", "display_id": 3, "status": status, "created_by": None, "items": [item], **values}


def order(*returns: Raw, **values: Any) -> Raw:
    items = [{"id": "ordli_1", "variant_sku": "MUG"}, {"id": "ordli_2", "variant_sku": "PEN", "variant_id": "v2"}]
    return {"id": "order_1", "items": items, "returns": list(returns), **values}


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (returned(), ReturnState.REQUESTED),
        (returned(created_by="cus_1"), ReturnState.REQUESTED),
        (returned(created_by="user_1"), ReturnState.OPEN),
        (returned(exchange_id="oexc_1"), ReturnState.OPEN),
        (returned("partially_received"), ReturnState.OPEN),
        (returned("received"), ReturnState.CLOSED),
        (returned("canceled"), ReturnState.CANCELLED),
        (returned(canceled_at="2026-11-29T10:00:00Z"), ReturnState.CANCELLED),
    ],
)
def test_where_a_return_stands(row: Raw, state: ReturnState) -> None:
    (found,) = parse_returns(order(row))
    assert (found.external_id, found.number, found.state) == ("return_1", "R3", state)
    assert [(line.line_id, line.quantity, line.note) for line in found.lines] == [("ordli_1", 2, "cassé")]


def test_one_that_is_still_being_typed_is_none() -> None:
    assert list(parse_returns(order(returned("open")))) == []


def test_why_it_comes_back_in_the_shop_s_words() -> None:
    row = returned()
    row["items"][0]["reason"] = {"value": "damaged", "label": "Abîmé"}
    (found,) = parse_returns(order(row))
    assert (found.lines[0].reason, found.lines[0].label) == (DAMAGED, "Abîmé")


def test_an_exchange_says_what_goes_out_instead() -> None:
    exchange = {"id": "exc_1", "return_id": "return_1", "additional_items": [{"item_id": "ordli_2", "quantity": 1}]}
    (found,) = parse_returns(order(returned(), **{EXCHANGES_KEY: [exchange]}))
    (instead,) = found.exchanges
    assert (instead.sku, instead.variant_id, instead.quantity) == ("PEN", "v2", 1)


def test_a_claim_says_why_and_one_without_a_return_lets_the_goods_stay() -> None:
    item = {"item_id": "ordli_1", "quantity": 1, "reason": "production_failure", "note": "anse"}
    claim = {"id": "claim_1", "return_id": "return_1", "claim_items": [item], "additional_items": []}
    (found,) = parse_returns(order(returned(), **{CLAIMS_KEY: [claim]}))
    assert (found.lines[0].reason, found.keeps) == (DEFECTIVE, False)
    (kept,) = parse_returns(order(**{CLAIMS_KEY: [claim | {"return_id": None}]}))
    assert (kept.external_id, kept.keeps, kept.lines[0].quantity) == ("claim_1", True, 1)


class Shop:
    """The part of a shop that takes returns back, in its three steps."""

    def __init__(self) -> None:
        self.rows = {
            "return_1": returned(
                location_id="sloc_1",
                fulfillments=[{"id": "ful_1", "canceled_at": None}, {"id": "ful_2", "canceled_at": "2026-11-29"}],
            ),
            "return_2": returned(id="return_2", order_id="order_1", location_id=None),
        }
        self.orders = [{"id": "order_1", "fulfillments": [{"location_id": "sloc_9"}]}]
        self.placed: dict[str, str] = {}
        self.counted: dict[str, Raw] = {}
        self.calls: list[str] = []
        self.receiving: set[str] = set()

    def answer(self, request: Request, _handler: BaseHTTPRequestHandler) -> Answer:
        self.calls.append(f"{request.method} {request.path.removeprefix('/admin/')}")
        if request.path == "/admin/returns":
            rows = list(self.rows.values())
            return Answer({"returns": rows, "count": len(rows)})
        if request.path.startswith("/admin/fulfillments/"):
            return Answer({"fulfillment": {"id": "ful_1"}})
        if request.path == "/admin/orders":
            return Answer({"orders": self.orders, "count": len(self.orders)})
        if request.path == "/admin/return-reasons":
            return Answer({"return_reasons": [{"id": "rr_1", "value": "damaged", "label": "Abîmé"}], "count": 1})
        _root, _admin, _returns, key, *step = request.path.split("/")
        if not step:
            assert key in self.receiving, "Medusa changes only what is being received"
            self.placed[key] = request.json["location_id"]
        if step == ["cancel"]:
            self.rows[key]["status"] = "canceled"
        elif step == ["receive"] and request.method == "DELETE":
            self.receiving.discard(key)
        elif step == ["receive"]:
            if key in self.receiving:
                return Answer({"type": "invalid_data", "message": "An active change exists"}, 400)
            self.receiving.add(key)
        elif step == ["receive-items"]:
            self.counted[key] = request.json["items"]
        elif step == ["receive", "confirm"]:
            self.rows[key]["status"] = "received"
        return Answer({"return": {"id": key}})


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def medusa(shop: Shop) -> Iterator[Medusa]:
    with serving(shop.answer) as server:
        transport = Transport(timeout=(2, 5), secrets=KEY.values(), sleep=lambda _seconds: None)
        yield Medusa(server.url, KEY, transport)
        transport.close()


def command(state: ReturnState, return_id: str = "return_1") -> ReturnCommand:
    return ReturnCommand("order_1", return_id, "k", state, lines=(("ordli_1", Decimal(1)),))


def test_declined_and_closed_are_told_once(shop: Shop, medusa: Medusa) -> None:
    commands = [command(ReturnState.DECLINED), command(ReturnState.CLOSED, "return_2")]
    assert all(result.ok and not result.message for result in medusa.push_returns(commands))
    assert shop.calls == [
        "GET returns",
        "GET orders",
        "POST fulfillments/ful_1/cancel",
        "POST returns/return_1/cancel",
        "POST returns/return_2/receive",
        "POST returns/return_2",
        "POST returns/return_2/receive-items",
        "POST returns/return_2/receive/confirm",
    ]
    assert shop.placed == {"return_2": "sloc_9"}, "from where it was sent"
    shop.calls.clear()
    assert all(result.ok for result in medusa.push_returns(commands))
    assert shop.calls == ["GET returns"]
    (late,) = medusa.push_returns([command(ReturnState.CLOSED)])
    assert (late.ok, late.code, late.retry) == (False, "conflict", False)


def test_what_came_back_twice_is_told_together_in_whole_pieces(shop: Shop, medusa: Medusa) -> None:
    shop.rows["return_1"]["items"] = [{"item_id": "ordli_1", "quantity": 3, "received_quantity": 0}]
    back = (("ordli_1", Decimal(1)), ("ordli_1", Decimal("1.5")))
    (told,) = medusa.push_returns([ReturnCommand("order_1", "return_1", "k", ReturnState.CLOSED, lines=back)])
    assert told.ok
    assert shop.counted == {"return_1": [{"id": "ordli_1", "quantity": 2}]}
    part = (("ordli_1", Decimal("0.5")),)
    shop.rows["return_1"]["status"] = "requested"
    (told,) = medusa.push_returns([ReturnCommand("order_1", "return_1", "k", ReturnState.CLOSED, lines=part)])
    assert told.message and told.ok


def test_the_reasons_of_a_page_take_one_call(shop: Shop, medusa: Medusa) -> None:
    row = returned()
    row["items"][0] |= {"reason_id": "rr_1", "reason": {"id": "rr_1"}}
    shop.orders = [order(row, id=f"order_{number}", created_at="2026-11-29T10:00:00Z") for number in range(3)]
    raws = medusa.read_orders_by_id(["order_0", "order_1", "order_2"])
    assert shop.calls == ["GET orders", "GET return-reasons"]
    assert [next(parse_returns(raw)).lines[0].label for raw in raws] == ["Abîmé"] * 3


def test_what_an_attempt_left_half_done_is_begun_anew(shop: Shop, medusa: Medusa) -> None:
    shop.receiving.add("return_1")
    (result,) = medusa.push_returns([command(ReturnState.CLOSED)])
    assert result.ok and "DELETE returns/return_1/receive" in shop.calls
    assert shop.rows["return_1"]["status"] == "received"


def test_what_cannot_be_told_is_said(shop: Shop, medusa: Medusa) -> None:
    empty = ReturnCommand("order_1", "return_1", "k", ReturnState.CLOSED)
    gone, claim = command(ReturnState.CLOSED, "return_9"), command(ReturnState.CLOSED, "claim_9")
    nothing, missing, kept = medusa.push_returns([empty, gone, claim])
    assert nothing.ok and nothing.message
    assert (missing.ok, missing.code) == (False, "not_found")
    assert kept.ok and kept.message


class MakingShop:
    """The part of a shop that makes returns and exchanges: each begun, filled and confirmed."""

    def __init__(self) -> None:
        self.order: Raw = {"id": "order_1", "returns": [], "fulfillments": [{"location_id": "sloc_9"}]}
        self.exchanges: list[Raw] = []
        self.calls: list[str] = []
        self.bodies: list[Raw] = []
        self.refuses = ""

    def answer(self, request: Request, _handler: BaseHTTPRequestHandler) -> Answer:
        path = request.path.removeprefix("/admin/")
        self.calls.append(f"{request.method} {path}")
        if request.method == "GET":
            rows = {"orders": [self.order], "exchanges": self.exchanges}.get(path)
            if rows is None:
                return Answer({"return_reasons": [{"id": "rr_1", "value": "damaged"}], "count": 1})
            return Answer({path: rows, "count": len(rows)})
        if path == self.refuses:
            return Answer({"type": "invalid_data", "message": "No"}, 400)
        kind, _slash, rest = path.partition("/")
        if request.method == "DELETE":
            self.order["returns"] = self.exchanges = []
            return Answer({"id": "gone"})
        self.bodies.append(request.json)
        if path == "returns":
            row = {"id": "return_1", "status": "open", "metadata": request.json["metadata"]}
            self.order["returns"] = [row]
        elif path == "exchanges":
            self.exchanges = [{"id": "oexc_1", "order_id": "order_1", "metadata": request.json["metadata"]}]
            return Answer({"exchange": self.exchanges[0]})
        elif rest.endswith("inbound/items"):
            self.exchanges[0] |= {"return_id": "return_1", "return": {"status": "open"}}
        elif kind == "returns" and rest.endswith("/request"):
            self.order["returns"][0]["status"] = "requested"
        elif rest.endswith("/request"):
            self.exchanges[0]["return"] = {"status": "requested"}
        return Answer({"return": {"id": "return_1"}})


@pytest.fixture
def making() -> MakingShop:
    return MakingShop()


@pytest.fixture
def maker(making: MakingShop) -> Iterator[Medusa]:
    with serving(making.answer) as server:
        transport = Transport(timeout=(2, 5), secrets=KEY.values(), sleep=lambda _seconds: None)
        yield Medusa(server.url, KEY, transport)
        transport.close()


def new(**values: Any) -> NewReturn:
    lines = (ReturnLineDocument("ordli_1", Decimal(1), DAMAGED, note="Abîmé"),)
    return NewReturn("order_1", "return:db:1", "RET/1", lines, **values)


PEN = (ExchangeLineDocument(Decimal(1), "PEN", "p2", "v2"),)


def test_ours_is_made_once(making: MakingShop, maker: Medusa) -> None:
    (result,) = maker.make_returns([new()])
    assert result.ok and result.external_id == "return_1"
    assert making.calls == [
        "GET orders",
        "GET return-reasons",
        "POST returns",
        "POST returns/return_1/request-items",
        "POST returns/return_1/request",
    ]
    assert making.bodies[0]["location_id"] == "sloc_9" and making.bodies[0]["metadata"] == {OUR_KEY: "return:db:1"}
    item = {"id": "ordli_1", "quantity": 1, "internal_note": "Abîmé", "reason_id": "rr_1"}
    assert making.bodies[1] == {"items": [item]}
    making.calls.clear()
    assert maker.make_returns([new()]) == [result]
    assert making.calls == ["GET orders", "GET return-reasons"]
    row = returned(metadata={OUR_KEY: "return:db:1"})
    assert next(parse_returns(order(row))).key == "return:db:1"


@pytest.mark.parametrize(("instead", "last"), [((), "returns/return_1/request"), (PEN, "exchanges/oexc_1/request")])
def test_what_was_begun_and_not_confirmed_is_thrown_away(
    making: MakingShop, maker: Medusa, instead: Any, last: str
) -> None:
    making.refuses = last
    (refused,) = maker.make_returns([new(exchanges=instead)])
    assert (refused.ok, refused.retry, making.calls[-1]) == (False, False, f"DELETE {last}")
    # An attempt that was killed half-way.
    kind = "exchanges" if instead else "returns"
    row = {"id": last.split("/")[1], "order_id": "order_1", "status": "open", "metadata": {OUR_KEY: "return:db:1"}}
    if instead:
        making.exchanges = [row]
    else:
        making.order["returns"] = [row]
    making.refuses = ""
    making.calls.clear()
    (made,) = maker.make_returns([new(exchanges=instead)])
    assert made.ok and made.external_id == "return_1"
    assert making.calls.index(f"DELETE {last}") < making.calls.index(f"POST {kind}")


def test_an_exchange_is_made_with_what_goes_out(making: MakingShop, maker: Medusa) -> None:
    (result,) = maker.make_returns([new(exchanges=PEN)])
    assert result.ok and result.external_id == "return_1", "known by what comes back"
    assert making.calls[3:] == [
        "POST exchanges",
        "POST exchanges/oexc_1/inbound/items",
        "POST exchanges/oexc_1/outbound/items",
        "POST exchanges/oexc_1/request",
    ]
    assert making.bodies[2] == {"items": [{"variant_id": "v2", "quantity": 1}]}
    making.calls.clear()
    assert maker.make_returns([new(exchanges=PEN)]) == [result]
    assert making.calls == ["GET orders", "GET exchanges", "GET return-reasons"]


def test_calling_off_an_exchange_cancels_it_whole(shop: Shop, medusa: Medusa) -> None:
    shop.rows["return_2"]["exchange_id"] = "oexc_1"
    shop.rows["oexc_1"] = {"id": "oexc_1"}
    (result,) = medusa.push_returns([command(ReturnState.CANCELLED, "return_2")])
    assert result.ok and shop.calls[-1] == "POST exchanges/oexc_1/cancel"
