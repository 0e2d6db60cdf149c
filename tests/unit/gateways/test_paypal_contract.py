"""PayPal's own files: what we send is what they allow, what we read is what they describe."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from gateway_support import check_transaction, control
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from local_servers import Answer, Request, serving

from gateways.documents import DisputeStatus, TransactionKind
from gateways.paypal import PayPal
from gateways.paypal.kinds import OUTCOMES, dispute_status, kind_of
from gateways.paypal.webhooks import EVENTS
from platforms.transport import Transport

KEYS = {"client_id": "paypal_sandbox", "client_secret": "paypal_secret"}


def document(contracts: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((contracts / "paypal" / f"{name}.json").read_text())
    return found


def validator(api: dict[str, Any], schema: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{schema}", "components": api["components"]})


def test_what_we_send_is_allowed(contracts: Path, transport: Transport) -> None:
    def answer(request: Request, _handler: BaseHTTPRequestHandler) -> Answer:
        if request.path == "/v1/oauth2/token":
            return Answer({"access_token": "A21", "expires_in": 900})
        listings = {"webhooks": [], "items": [], "transaction_details": []}
        return Answer({"id": "1", "status": "COMPLETED", "verification_status": "SUCCESS", **listings})

    headers = {
        "PAYPAL-AUTH-ALGO": "SHA256withRSA",
        "PAYPAL-CERT-URL": "https://api.paypal.com/v1/notifications/certs/CERT-1",
        "PAYPAL-TRANSMISSION-ID": "b1f0-11ef",
        "PAYPAL-TRANSMISSION-SIG": "abc==",
        "PAYPAL-TRANSMISSION-TIME": "2026-11-29T12:00:00Z",
    }
    now = datetime.now(timezone.utc)
    with serving(answer) as server:
        paypal = PayPal(server.url, {**KEYS, "webhook_id": "WH1"}, transport)
        paypal.read_transactions(now - timedelta(days=40))
        paypal.read_disputes(now - timedelta(days=400))
        assert paypal.refund("CAP1", Decimal("12.5"), "EUR", "k" * 60, note="Sorry").ok
        assert paypal.refund("CAP1", Decimal("1250"), "JPY", "key").ok
        paypal.register_webhook("https://odoo.example/hook")
        assert paypal.verify_webhook(headers, b'{"id": "WH-1",  "event_type": "X"}', now)
    search, disputes, refund, refund_yen, _listed, webhook, verify = server.requests[1:]

    api = document(contracts, "reporting_transactions_v1")
    _check_query(api, "/v1/reporting/transactions", search.params)
    start, end = (datetime.fromisoformat(search.params[name][:-1]) for name in ("start_date", "end_date"))
    assert end - start == timedelta(days=31) and search.params["page_size"] == "500"

    api = document(contracts, "customer_disputes_v1")
    _check_query(api, "/v1/customer/disputes", disputes.params)
    asked = datetime.fromisoformat(disputes.params["update_time_after"][:-1] + "+00:00")
    assert now - asked < timedelta(days=180)

    api = document(contracts, "payments_payment_v2")
    for request in (refund, refund_yen):
        validator(api, "refund_request").validate(request.json)
        assert 0 < len(request.headers["PayPal-Request-Id"]) <= 38
    assert refund.json["amount"] == {"value": "12.50", "currency_code": "EUR"}
    assert refund_yen.json["amount"]["value"] == "1250"

    api = document(contracts, "notifications_webhooks_v1")
    validator(api, "webhook").validate(webhook.json)
    validator(api, "verify_webhook_signature").validate(verify.json)
    assert verify.body.endswith(b'"webhook_event": {"id": "WH-1",  "event_type": "X"}}'), "byte for byte"
    assert {row["name"] for row in webhook.json["event_types"]} == set(EVENTS)


def _check_query(api: dict[str, Any], path: str, sent: dict[str, str]) -> None:
    known = {}
    for parameter in api["paths"][path]["get"]["parameters"]:
        found = api["components"]["parameters"][parameter["$ref"].split("/")[-1]] if "$ref" in parameter else parameter
        known[found["name"]] = found
    required = {name for name, found in known.items() if found.get("required")}
    assert required <= set(sent) <= set(known)
    for name, value in sent.items():
        schema = known[name]["schema"]
        if schema.get("pattern"):
            assert re.search(schema["pattern"], value), f"{name}: {value}"
        if schema["type"] == "integer":
            assert schema["minimum"] <= int(value) <= schema["maximum"], f"{name}: {value}"


def test_what_the_sandbox_answers_is_valid(contracts: Path, sandbox_url: str, transport: Transport) -> None:
    control(transport, sandbox_url, "paypal/month", {"month": "2026-10", "charges": 100})
    control(transport, sandbox_url, "paypal/captures", {"order": "1", "amount": "9"})
    control(transport, sandbox_url, "paypal/disputes", {"order": "1"})
    client = PayPal(f"{sandbox_url}/paypal", KEYS, transport).client
    query = {"start_date": "2026-10-01T00:00:00Z", "end_date": "2026-11-01T00:00:00Z"}
    found = client.get("v1/reporting/transactions", query)
    assert len(found["transaction_details"]) == 100
    validator(document(contracts, "reporting_transactions_v1"), "search_response").validate(found)
    api = document(contracts, "customer_disputes_v1")
    found = client.get("v1/customer/disputes")
    validator(api, "dispute_search").validate(found)
    dispute = client.get(f"v1/customer/disputes/{found['items'][0]['dispute_id']}")
    validator(api, "dispute").validate(dispute)


def test_every_state_of_a_dispute_is_known(contracts: Path) -> None:
    schemas = document(contracts, "customer_disputes_v1")["components"]["schemas"]
    codes = schemas["dispute_outcome"]["properties"]["outcome_code"]["enum"]
    assert set(OUTCOMES) <= set(codes)
    over = {dispute_status("RESOLVED", "CHARGEBACK", code) for code in codes}
    assert over == {DisputeStatus.WON, DisputeStatus.LOST, DisputeStatus.CLOSED}
    for status in set(schemas["status"]["enum"]) - {"RESOLVED"}:
        for stage in schemas["dispute_lifecycle_stage"]["enum"]:
            assert dispute_status(status, stage, "") not in over


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("T0006", "charge"),
        ("T0003", "charge"),
        ("T0106", "fee"),
        ("T0200", "conversion"),
        ("T0300", "transfer"),
        ("T0400", "payout"),
        ("T0403", "payout"),
        ("T1101", "payout"),
        ("T1106", "dispute"),
        ("T1107", "refund"),
        ("T1109", "fee"),
        ("T1110", "dispute"),
        ("T1111", "dispute_reversal"),
        ("T1201", "dispute"),
        ("T1202", "dispute_reversal"),
        ("T1503", "reserve"),
        ("T2103", "reserve"),
        ("T9900", "unknown"),
        ("T5000", "unknown"),
        ("", "unknown"),
    ],
)
def test_event_codes(code: str, kind: str) -> None:
    assert kind_of(code, incoming=True).value == kind


def test_what_the_merchant_paid_to_somebody_is_no_charge() -> None:
    assert kind_of("T0000", incoming=False) is TransactionKind.UNKNOWN


GOOD: dict[str, Any] = {
    "transaction_id": "8XJ12345AB678901C",
    "transaction_event_code": "T0006",
    # As PayPal's servers write it, whatever its files say.
    "transaction_initiation_date": "2026-10-04T01:27:43+0000",
    "transaction_amount": {"currency_code": "EUR", "value": "100.00"},
    "fee_amount": {"currency_code": "EUR", "value": "-3.25"},
    "transaction_status": "S",
    "paypal_reference_id": "5O190127TN364715T",
    "paypal_reference_id_type": "ODR",
    "custom_field": '{"order_id": 17, "order_key": "wc_order_1"}',
}


def test_a_transaction_as_paypal_writes_it() -> None:
    found = PayPal.parse_transaction({"transaction_info": GOOD})
    check_transaction(found)
    assert found.occurred_at == datetime(2026, 10, 4, 1, 27, 43, tzinfo=timezone.utc)
    assert found.references == ("8XJ12345AB678901C", "5O190127TN364715T"), "the capture, then its order"
    assert (found.order_reference, found.net) == ("17", Decimal("96.75"))


def test_a_fee_in_other_money_is_not_guessed() -> None:
    fee = {"currency_code": "USD", "value": "-3.25"}
    with pytest.raises(ValueError, match="fee_amount"):
        PayPal.parse_transaction({"transaction_info": {**GOOD, "fee_amount": fee}})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(GOOD)), JSON)
def test_damaged_transactions_raise_nothing_but_value_errors(field: str, value: Any) -> None:
    for parse in (PayPal.parse_transaction, PayPal.parse_payout):
        for raw in ({"transaction_info": {**GOOD, field: value}}, {"transaction_info": value}, value):
            try:
                parse(raw)
            except ValueError as error:
                assert str(error)


DISPUTE: dict[str, Any] = {
    "dispute_id": "PP-D-1",
    "create_time": "2026-10-04T01:27:43.000Z",
    "dispute_amount": {"currency_code": "EUR", "value": "100.00"},
    "disputed_transactions": [{"seller_transaction_id": "8XJ12345AB678901C"}],
    "status": "RESOLVED",
    "dispute_outcome": {"outcome_code": "ACCEPTED"},
    "seller_response_due_date": None,
}


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(DISPUTE)), JSON)
def test_damaged_disputes_raise_nothing_but_value_errors(field: str, value: Any) -> None:
    PayPal.parse_dispute(DISPUTE)
    try:
        PayPal.parse_dispute({**DISPUTE, field: value})
    except ValueError as error:
        assert str(error)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_webhook_body(body: bytes) -> None:
    with pytest.raises(ValueError):
        PayPal.parse_webhook({}, body)
