"""The simulated PayPal by itself: money adds up, refunds are made once, wrong searches are refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from werkzeug.test import Client

from sandbox.paypal.site import PayPalSite
from sandbox.server import Sandbox

OCTOBER = {"start_date": "2026-10-01T00:00:00Z", "end_date": "2026-11-01T00:00:00Z"}


@pytest.fixture
def client() -> Iterator[Client]:
    sandbox = Sandbox()
    sandbox.sites.append(PayPalSite(sandbox))
    yield Client(sandbox)
    sandbox.close()


@pytest.fixture
def headers(client: Client) -> dict[str, str]:
    form = {"grant_type": "client_credentials"}
    answer = client.post("/paypal/v1/oauth2/token", data=form, auth=("paypal_sandbox", "paypal_secret"))
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


def control(client: Client, path: str, body: Any) -> Any:
    answer = client.post(f"/sandbox/paypal/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_month_adds_up(client: Client, headers: dict[str, str]) -> None:
    made = control(client, "month", {"month": "2026-10", "charges": 300, "seed": 5})
    query = {**OCTOBER, "page_size": 500}
    found = client.get("/paypal/v1/reporting/transactions", query_string=query, headers=headers).json
    rows = [row["transaction_info"] for row in found["transaction_details"]]
    assert len(rows) == found["total_items"] == made["transactions"]
    balance: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        money = row["transaction_amount"]
        balance[money["currency_code"]] += Decimal(money["value"]) + Decimal(row.get("fee_amount", {}).get("value", 0))
        if row["transaction_event_code"] == "T0400":
            assert balance[money["currency_code"]] == 0
    assert len(made["payouts"]) > 30


def test_a_refund_is_made_once(client: Client, headers: dict[str, str]) -> None:
    capture = control(client, "captures", {"order": "1", "amount": "10.00"})
    path, body = f"/paypal/v2/payments/captures/{capture['id']}/refund", {}
    keyed = {**headers, "PayPal-Request-Id": "key"}
    first = client.post(path, json=body, headers=keyed)
    assert first.status_code == 201
    assert client.post(path, json=body, headers=keyed).json == first.json
    again = client.post(path, json=body, headers={**headers, "PayPal-Request-Id": "other"})
    assert (again.status_code, again.json["details"][0]["issue"]) == (422, "CAPTURE_FULLY_REFUNDED")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"start_date": "2026-10-01", "end_date": "2026-10-02"},
        {**OCTOBER, "end_date": "2026-11-02T00:00:00Z"},
        {**OCTOBER, "page_size": "501"},
        {**OCTOBER, "colour": "blue"},
        {"start_date": "2016-10-01T00:00:00Z", "end_date": "2016-10-02T00:00:00Z"},
    ],
)
def test_wrong_searches_are_refused(client: Client, headers: dict[str, str], query: dict[str, str]) -> None:
    answer = client.get("/paypal/v1/reporting/transactions", query_string=query, headers=headers)
    assert answer.status_code == 400 and answer.json["details"][0]["issue"]


def test_who_may_what(client: Client, headers: dict[str, str]) -> None:
    assert client.get("/paypal/v1/customer/disputes").status_code == 401
    control(client, "scopes", {"scopes": ["payments/refund"]})
    assert client.get("/paypal/v1/customer/disputes", headers=headers).status_code == 403
    control(client, "tokens", {})
    assert client.get("/paypal/v1/customer/disputes", headers=headers).status_code == 401
    wrong = client.post("/paypal/v1/oauth2/token", data={"grant_type": "client_credentials"}, auth=("a", "b"))
    assert wrong.status_code == 401


def test_what_is_young_is_not_shown_yet(client: Client, headers: dict[str, str]) -> None:
    client.post("/sandbox/clock", json={"now": "2026-10-20T12:00:00+00:00"})
    form = {"grant_type": "client_credentials"}
    token = client.post("/paypal/v1/oauth2/token", data=form, auth=("paypal_sandbox", "paypal_secret")).json
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    control(client, "captures", {"order": "1", "amount": "10.00"})
    for hours, count in ((0, 0), (2, 0), (1.5, 1)):
        client.post("/sandbox/clock", json={"advance": hours * 3600})
        found = client.get("/paypal/v1/reporting/transactions", query_string=OCTOBER, headers=headers).json
        assert found["total_items"] == count
