"""Stripe's own files: what we send is what its schemas allow, what we read is what they describe."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from datetime import datetime, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from gateway_support import all_pages, check_dispute, check_payout, check_transaction, control
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from local_servers import Answer, Request, serving

from gateways.documents import DisputeStatus, TransactionKind
from gateways.stripe import Stripe
from gateways.stripe.kinds import DISPUTE_STATUS, kind_of
from gateways.stripe.money import from_minor, to_minor
from platforms.transport import Transport

# Types that no shop meets: issuing cards, capital, and the like. A person says what they are.
TO_IDENTIFY = {
    "advance",
    "advance_funding",
    "anticipation_repayment",
    "fee_credit_funding",
    "inbound_transfer",
    "inbound_transfer_reversal",
    "issuing_authorization_hold",
    "issuing_authorization_release",
    "issuing_dispute",
    "issuing_dispute_provisional_credit",
    "issuing_dispute_provisional_credit_reversal",
    "issuing_transaction",
    "obligation_outbound",
    "obligation_reversal_inbound",
    "payment_unreconciled",
    "stripe_balance_payment_debit",
    "stripe_balance_payment_debit_reversal",
    "tax_fund",
}


@pytest.fixture(scope="session")
def files(contracts: Path) -> Path:
    return contracts / "stripe"


def schema(files: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((files / "object_schemas_2026-10-28" / f"{name}.json").read_text())
    return found


def parameters(files: Path, name: str) -> set[str]:
    definitions = json.loads((files / "request_schemas_2026-10-28" / f"{name}.json").read_text())["$defs"]
    return set(next(iter(definitions.values()))["properties"])


def values_of(files: Path, name: str, field: str) -> set[str]:
    definition = next(iter(schema(files, name)["$defs"].values()))
    return set(definition["properties"][field]["anyOf"][0]["enum"])


def test_every_type_has_a_kind(files: Path) -> None:
    types = values_of(files, "BalanceTransaction", "type")
    unknown = {name for name in types if kind_of(name, name) is TransactionKind.UNKNOWN}
    assert unknown == TO_IDENTIFY
    assert values_of(files, "Dispute", "status") == set(DISPUTE_STATUS)


def test_stripes_examples_are_read(files: Path) -> None:
    examples = json.loads((files / "fixtures3.json").read_text())["resources"]
    transaction = Stripe.parse_transaction(examples["balance_transaction"])
    check_transaction(transaction)
    assert (transaction.amount, transaction.currency) == (Decimal("1.00"), "USD")
    # Where the source is not expanded its id is still known.
    assert transaction.references == (examples["balance_transaction"]["source"],)
    check_payout(Stripe.parse_payout(examples["payout"]))
    dispute = Stripe.parse_dispute(examples["dispute"])
    check_dispute(dispute)
    assert dispute.status is DisputeStatus.INQUIRY


def test_what_the_sandbox_answers_is_valid(files: Path, sandbox_url: str, transport: Transport) -> None:
    control(transport, sandbox_url, "stripe/month", {"month": "2026-10", "charges": 150, "seed": 2})
    control(transport, sandbox_url, "stripe/charges", {"order": "1", "amount": "9", "currency": "GBP"})
    control(transport, sandbox_url, "stripe/disputes", {"order": "1"})
    stripe = Stripe(f"{sandbox_url}/stripe", {"api_key": "sk_test_sandbox"}, transport)
    names = {
        "balance_transactions": "BalanceTransaction",
        "charges": "Charge",
        "refunds": "Refund",
        "disputes": "Dispute",
        "payouts": "Payout",
    }
    for path, name in names.items():
        validator = Draft202012Validator(schema(files, name))
        rows, _more, _answer = stripe.client.page(path, {})
        assert rows, path
        for row in rows:
            errors = [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(row)]
            assert not errors, f"{name}: {errors}"


def test_what_we_send_is_allowed(files: Path, transport: Transport) -> None:
    def answer(request: Request, _handler: BaseHTTPRequestHandler) -> Answer:
        if request.method == "GET":
            return Answer({"object": "list", "data": [], "has_more": False})
        return Answer({"id": "re_1", "status": "succeeded", "secret": "whsec_1"})

    lists = {
        "/v1/balance_transactions": "BalanceTransactionListParams",
        "/v1/payouts": "PayoutListParams",
        "/v1/disputes": "DisputeListParams",
        "/v1/refunds": "RefundListParams",
        "/v1/webhook_endpoints": "WebhookEndpointListParams",
    }
    writes = {"/v1/refunds": "RefundCreateParams", "/v1/webhook_endpoints": "WebhookEndpointCreateParams"}
    since = datetime(2026, 11, 1, tzinfo=timezone.utc)
    with serving(answer) as server:
        stripe = Stripe(server.url, {"api_key": "sk_test_1"}, transport)
        stripe.read_transactions(since)
        stripe.read_transactions(since, "txn_9:1793000000")
        stripe.read_payouts(since)
        stripe.read_payout_transactions("po_1")
        stripe.read_disputes(since)
        assert stripe.refund("ch_1", Decimal("12.50"), "EUR", "k" * 300, reason="duplicate").ok
        assert stripe.refund("pi_1", Decimal("1250"), "JPY", "key").ok
        stripe.register_webhook("https://odoo.example/hook")
    assert len(server.requests) == 11
    for request in server.requests:
        form = dict(parse_qsl(request.body.decode()))
        sent = {name.split("[")[0] for name in (request.params if request.method == "GET" else form)}
        allowed = parameters(files, (lists if request.method == "GET" else writes)[request.path])
        assert sent <= allowed, f"{request.method} {request.path}: {sent - allowed}"
        assert request.headers["Stripe-Version"] == "2026-10-28.endive"
        assert request.headers["Authorization"] == "Bearer sk_test_1"
    refunds = [request for request in server.requests if request.method == "POST" and "refunds" in request.path]
    assert [dict(parse_qsl(request.body.decode()))["amount"] for request in refunds] == ["1250", "1250"]
    assert all(len(request.headers["Idempotency-Key"]) <= 255 for request in refunds)
    events = dict(parse_qsl(server.requests[-1].body.decode()))
    definition = json.loads((files / "request_schemas_2026-10-28" / "WebhookEndpointCreateParams.json").read_text())
    for name, value in events.items():
        if name.startswith("enabled_events"):
            assert f'"{value}"' in json.dumps(definition), value


def test_ten_thousand_transactions_are_a_hundred_calls(transport: Transport) -> None:
    row = {"object": "balance_transaction", "amount": 100, "fee": 25, "net": 75, "currency": "eur", "type": "charge"}

    def answer(request: Request, handler: BaseHTTPRequestHandler) -> Answer:
        first = int(request.params.get("starting_after", "txn_-1")[4:]) + 1
        assert request.params["limit"] == "100"
        rows = [{**row, "id": f"txn_{number}"} for number in range(first, first + 100)]
        body = json.dumps({"object": "list", "data": rows, "has_more": first < 9_900}).encode()
        # In one piece: a head that is sent apart waits for the client's acknowledgement.
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        return Answer(raw=True)

    with serving(answer) as server:
        stripe = Stripe(server.url, {"api_key": "sk_test_1"}, transport)
        raws = all_pages(lambda cursor: stripe.read_payout_transactions("po_1", cursor))
    assert len({raw["id"] for raw in raws}) == 10_000
    assert transport.calls == 100


@pytest.mark.parametrize(
    ("minor", "currency", "amount"),
    [
        (1250, "EUR", "12.50"),
        (1250, "JPY", "1250"),
        (1250, "KWD", "1.250"),
        (500, "ISK", "5.00"),
        (500, "UGX", "5.00"),
        (1_000_000_000_01, "EUR", "1000000000.01"),
    ],
)
def test_smallest_units(minor: int, currency: str, amount: str) -> None:
    assert from_minor(minor, currency, "amount") == Decimal(amount)
    assert to_minor(Decimal(amount), currency) == minor


@given(st.integers(-(10**15), 10**15), st.sampled_from(["EUR", "JPY", "TND", "XPF"]))
def test_money_goes_there_and_back(minor: int, currency: str) -> None:
    assert to_minor(from_minor(minor, currency, "amount"), currency) == minor


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
GOOD: dict[str, Any] = {
    "id": "x_1",
    "amount": 100,
    "fee": 0,
    "fee_details": [],
    "net": 100,
    "currency": "eur",
    "created": 1_790_000_000,
    "available_on": 1_790_000_000,
    "arrival_date": 1_790_000_000,
    "type": "charge",
    "source": {"id": "ch_1", "amount": 110, "currency": "usd", "payment_intent": "pi_1", "metadata": {}},
    "charge": "ch_1",
    "balance_transactions": [],
    "evidence_details": {"due_by": None},
}


def test_of_a_partial_capture_the_customer_paid_what_was_captured() -> None:
    source = {**GOOD["source"], "amount": 200, "amount_captured": 110}
    found = Stripe.parse_transaction({**GOOD, "source": source})
    assert (found.customer_amount, found.customer_currency) == (Decimal("1.10"), "USD")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(GOOD)), JSON)
def test_damaged_objects_raise_nothing_but_value_errors(field: str, value: Any) -> None:
    for parse in (Stripe.parse_transaction, Stripe.parse_payout, Stripe.parse_dispute):
        parse(GOOD)
        try:
            parse({**GOOD, field: value})
        except ValueError as error:
            assert str(error)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_webhook_body(body: bytes) -> None:
    try:
        Stripe.parse_webhook({}, body)
    except ValueError:
        return
    raise AssertionError("no event, and yet read as one")


SECRET = "whsec_test"
NOW = datetime(2026, 11, 29, 12, tzinfo=timezone.utc)


def signature(body: bytes, moment: int, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("header", "good"),
    [
        ("t={t},v1={v1}", True),
        ("t={t},v0=abc,v1=wrong,v1={v1}", True),  # while a secret is rolled there are two
        ("t={t}, v1={v1}", True),
        ("t={old},v1={v1}", False),  # the time is signed
        ("t={t},v0={v1}", False),
        ("t={t},v1=", False),
        ("t={t}", False),
        ("v1={v1}", False),
        ("t=,v1={v1}", False),
        ("t=²,v1={v1}", False),
        ("t={t},v1=é", False),
        ("", False),
    ],
)
def test_signatures(transport: Transport, header: str, good: bool) -> None:
    stripe = Stripe("", {"webhook_secret": SECRET}, transport)
    body, moment = b'{"id": "evt_1"}', int(NOW.timestamp())
    sent = header.format(t=moment, old=moment - 10, v1=signature(body, moment))
    assert stripe.verify_webhook({"stripe-signature": sent}, body, NOW) is good


@pytest.mark.parametrize(("seconds", "good"), [(0, True), (300, True), (301, False), (-300, True), (-301, False)])
def test_old_deliveries_are_refused(transport: Transport, seconds: int, good: bool) -> None:
    stripe = Stripe("", {"webhook_secret": SECRET}, transport)
    moment = int(NOW.timestamp()) - seconds
    header = f"t={moment},v1={signature(b'{}', moment)}"
    assert stripe.verify_webhook({"Stripe-Signature": header}, b"{}", NOW) is good


def test_signatures_are_compared_in_constant_time(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: Counter[str] = Counter()
    real = hmac.compare_digest

    def counting(left: Any, right: Any) -> bool:
        compared["calls"] += 1
        return bool(real(left, right))

    monkeypatch.setattr("gateways.stripe.webhooks.hmac.compare_digest", counting)
    moment = int(NOW.timestamp())
    header = f"t={moment},v1={signature(b'{}', moment)},v1=aa,v1=bb"
    assert Stripe("", {"webhook_secret": SECRET}, transport).verify_webhook({"Stripe-Signature": header}, b"{}", NOW)
    assert compared["calls"] == 3, "all of them, whichever was right"
