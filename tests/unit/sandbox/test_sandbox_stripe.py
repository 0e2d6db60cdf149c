"""The simulated Stripe by itself: money adds up, writes are made once, wrong calls are refused, state is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from sandbox.server import Sandbox
from sandbox.stripe.site import StripeSite

HEADERS = {"Authorization": "Bearer sk_test_sandbox", "Stripe-Version": "2026-10-28.endive"}


@pytest.fixture
def client() -> Iterator[Client]:
    sandbox = Sandbox()
    sandbox.sites.append(StripeSite(sandbox))
    yield Client(sandbox)
    sandbox.close()


def control(client: Client, path: str, body: Any) -> Any:
    answer = client.post(f"/sandbox/stripe/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json


def get(client: Client, path: str, status: int = 200, **query: Any) -> Any:
    answer = client.get(f"/stripe/v1/{path}", query_string=query, headers=HEADERS)
    assert answer.status_code == status, answer.text
    return answer.json


def test_a_month_adds_up(client: Client) -> None:
    made = control(client, "month", {"month": "2026-10", "charges": 300, "seed": 5})
    assert len(made["charges"]) == 300 and len(made["payouts"]) > 25
    moves: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        page = get(client, "balance_transactions", limit=100, **after)
        moves += page["data"]
        if not page["has_more"]:
            break
        after = {"starting_after": moves[-1]["id"]}
    assert [move["created"] for move in moves] == sorted((move["created"] for move in moves), reverse=True)
    net: defaultdict[str, int] = defaultdict(int)
    for move in moves:
        assert move["net"] == move["amount"] - move["fee"]
        net[move["currency"]] += move["net"]
    balance = get(client, "balance")
    for row in balance["available"] + balance["pending"]:
        net[row["currency"]] -= row["amount"]
    assert set(net.values()) == {0}, "what was not paid out is the balance"


def test_the_same_seed_is_the_same_month(client: Client) -> None:
    first = control(client, "month", {"month": "2026-10", "charges": 40, "seed": 9})
    client.post("/sandbox/reset")
    assert control(client, "month", {"month": "2026-10", "charges": 40, "seed": 9}) == first


def test_a_month_of_given_orders(client: Client) -> None:
    order = {"order": "S-1", "amount": "12.00", "currency": "EUR", "created": "2026-10-05T10:00:00Z", "id": "ch_s"}
    made = control(client, "month", {"month": "2026-10", "orders": [order]})
    assert made["charges"][0]["id"] == "ch_s"
    assert get(client, "charges/ch_s")["metadata"] == {"order_id": "S-1"}


def test_writes_are_made_once(client: Client) -> None:
    charge = control(client, "charges", {"order": "1", "amount": "10"})
    headers = {**HEADERS, "Idempotency-Key": "key"}
    form = {"charge": charge["id"], "amount": "400"}
    first = client.post("/stripe/v1/refunds", data=form, headers=headers)
    assert client.post("/stripe/v1/refunds", data=form, headers=headers).json == first.json
    other = client.post("/stripe/v1/refunds", data={**form, "amount": "500"}, headers=headers)
    assert other.status_code == 400 and other.json["error"]["type"] == "idempotency_error"
    assert get(client, f"charges/{charge['id']}")["amount_refunded"] == 400


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("payouts", {"limit": 101}, 400),
        ("payouts", {"colour": "blue"}, 400),
        ("payouts", {"created[gte]": "yesterday"}, 400),
        ("payouts", {"starting_after": "po_none"}, 404),
        ("payouts/po_none", {}, 404),
        ("pixels", {}, 404),
    ],
)
def test_wrong_calls_are_refused(client: Client, path: str, query: dict[str, Any], status: int) -> None:
    assert get(client, path, status, **query)["error"]["message"]


def test_who_may_what(client: Client) -> None:
    control(client, "keys", {"key": "rk_test_1", "rights": ["payouts"]})
    some = {**HEADERS, "Authorization": "Bearer rk_test_1"}
    assert client.get("/stripe/v1/payouts", headers=some).status_code == 200
    assert client.get("/stripe/v1/disputes", headers=some).status_code == 403
    assert client.post("/stripe/v1/refunds", headers=some).status_code == 403
    control(client, "keys", {"key": "rk_test_1"})
    assert client.get("/stripe/v1/payouts", headers=some).status_code == 401


def test_wrong_controls_say_why(client: Client) -> None:
    for path, body in (
        ("charges", {"amount": "1.005"}),
        ("charges", {}),
        ("refunds", {"order": "none"}),
        ("payouts", {"payout": "po_none", "status": "paid"}),
        ("settings", {"colour": "blue"}),
    ):
        answer = client.post(f"/sandbox/stripe/{path}", json=body)
        assert answer.status_code == 400 and answer.json["error"], path


def test_it_survives_a_restart(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    sandbox.sites.append(StripeSite(sandbox))
    client = Client(sandbox)
    charge = control(client, "charges", {"order": "1", "amount": "10"})
    later = (datetime.now(timezone.utc) + timedelta(days=5)).isoformat()
    payout = control(client, "payouts", {"currency": "EUR", "created": later})
    sandbox.close()
    sandbox = Sandbox(tmp_path)
    sandbox.sites.append(StripeSite(sandbox))
    client = Client(sandbox)
    assert get(client, f"charges/{charge['id']}")["amount"] == 1000
    assert len(get(client, "balance_transactions", payout=payout["id"])["data"]) == 2
    sandbox.close()
