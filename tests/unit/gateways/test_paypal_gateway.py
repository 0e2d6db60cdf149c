"""PayPal over real HTTP against the sandbox: windows, withdrawals, refunds once only, rights, webhooks."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from gateway_support import all_pages, check_dispute, check_payout, control, transactions
from local_servers import Answer, Request, serving

from gateways.documents import DisputeStatus, PayoutStatus, TransactionKind
from gateways.paypal import PayPal
from platforms.errors import PlatformError
from platforms.transport import Transport

KEYS = {"client_id": "paypal_sandbox", "client_secret": "paypal_secret"}


@pytest.fixture
def paypal(sandbox_url: str, transport: Transport) -> PayPal:
    control(transport, sandbox_url, "paypal/settings", {"delay_hours": 0})
    return PayPal(f"{sandbox_url}/paypal", KEYS, transport)


def capture(paypal: PayPal, sandbox_url: str, **values: Any) -> dict[str, Any]:
    body = {"order": "5001", "amount": "100.00", "currency": "EUR", **values}
    made: dict[str, Any] = control(paypal.transport, sandbox_url, "paypal/captures", body)
    return made


def recently() -> datetime:
    return datetime.now(timezone.utc) - timedelta(hours=1)


def test_the_connection_names_what_the_app_lacks(paypal: PayPal, sandbox_url: str) -> None:
    report = paypal.test_connection()
    assert report.ok and dict(report.details) == {"mode": "test", "refunds": "yes"}
    control(paypal.transport, sandbox_url, "paypal/scopes", {"scopes": ["reporting/search/read"]})
    report = paypal.test_connection()
    assert (report.code, report.message) == ("missing_scopes", "Disputes, Webhooks")
    wrong = PayPal(paypal.url, {**KEYS, "client_secret": "wrong"}, paypal.transport)
    assert wrong.test_connection().code == "bad_key"
    assert PayPal(paypal.url, {}, paypal.transport).test_connection().code == "bad_key"


def test_a_capture_says_what_shops_know_it_by(paypal: PayPal, sandbox_url: str) -> None:
    made = capture(paypal, sandbox_url, id="8XJ12345AB678901C", order="WC-5001")
    (found,) = transactions(paypal, recently())
    assert (found.kind, found.amount, found.fee) == (TransactionKind.CHARGE, Decimal("100.00"), Decimal("3.25"))
    assert (found.reference, found.order_reference) == (made["id"], "WC-5001")
    assert found.settled and "SANDBOXBUYER1" not in repr(found.raw)


def test_what_is_pending_is_not_booked(paypal: PayPal, sandbox_url: str) -> None:
    capture(paypal, sandbox_url, status="P")
    assert not transactions(paypal, recently())[0].settled


def test_a_token_serves_many_calls_and_is_renewed(paypal: PayPal, sandbox_url: str) -> None:
    for _time in range(3):
        paypal.read_transactions(recently())
    assert paypal.transport.calls == 4
    control(paypal.transport, sandbox_url, "paypal/tokens", {})
    paypal.read_transactions(recently())
    assert paypal.transport.calls == 7, "refused, renewed, answered"


def test_a_month_to_the_cent_in_few_calls(paypal: PayPal, sandbox_url: str) -> None:
    """Withdrawals are what came in since the one before, in each currency."""
    made = control(paypal.transport, sandbox_url, "paypal/month", {"month": "2026-10", "charges": 1100, "seed": 4})
    paypal.transport.calls = 0
    since = datetime(2026, 10, 1, tzinfo=timezone.utc)
    found = transactions(paypal, since)
    assert len({document.external_id for document in found}) == len(found) == made["transactions"] > 1150
    windows = -(-(datetime.now(timezone.utc) - since) // timedelta(days=31))
    assert paypal.transport.calls <= 1 + windows + len(found) // 500
    balance: defaultdict[str, Decimal] = defaultdict(Decimal)
    for document in sorted(found, key=lambda document: document.occurred_at):
        balance[document.currency] += document.net
        if document.kind is TransactionKind.PAYOUT:
            assert balance[document.currency] == 0, "withdrawn to the last cent"
    payouts = [paypal.parse_payout(raw) for raw in all_pages(lambda cursor: paypal.read_payouts(since, cursor))]
    assert {payout.external_id for payout in payouts} == set(made["payouts"])
    for payout in payouts:
        check_payout(payout)
        assert payout.amount > 0 and payout.status is PayoutStatus.PAID and not payout.composed
    pair = [document for document in found if document.kind is TransactionKind.CONVERSION]
    assert len(pair) == 2 and pair[0].group_id == pair[1].group_id != ""
    kinds = {document.kind.value for document in found}
    assert kinds >= {"charge", "refund", "dispute", "dispute_reversal", "reserve", "adjustment", "fee", "payout"}


def test_a_search_that_finds_too_much_is_halved(paypal: PayPal, sandbox_url: str) -> None:
    now = datetime.now(timezone.utc)
    many = [
        {"order": str(number), "amount": "5", "created": (now - timedelta(hours=8 * number)).isoformat()}
        for number in range(1, 60)
    ]
    control(paypal.transport, sandbox_url, "paypal/captures", many)
    control(paypal.transport, sandbox_url, "paypal/settings", {"max_results": 20})
    found = transactions(paypal, now - timedelta(days=25))
    assert {document.order_reference for document in found} == {str(number) for number in range(1, 60)}


def test_three_years_are_read_by_the_window(paypal: PayPal, sandbox_url: str) -> None:
    now = datetime.now(timezone.utc)
    for days in (1, 40, 400, 1000):
        capture(paypal, sandbox_url, order=str(days), created=(now - timedelta(days=days)).isoformat())
    paypal.transport.calls = 0
    found = transactions(paypal)
    assert sorted(int(document.order_reference) for document in found) == [1, 40, 400, 1000]
    assert paypal.transport.calls == 1 + 36


def test_what_is_not_shown_yet_is_not_passed_over(paypal: PayPal, sandbox_url: str) -> None:
    control(paypal.transport, sandbox_url, "paypal/settings", {"delay_hours": 3})
    capture(paypal, sandbox_url)
    page = paypal.read_transactions(recently())
    assert not page.raws and page.complete_until
    assert page.complete_until < datetime.now(timezone.utc) - timedelta(hours=2, minutes=59)


def test_a_dispute_from_its_beginning_to_its_end(paypal: PayPal, sandbox_url: str) -> None:
    made = capture(paypal, sandbox_url)
    opened = control(paypal.transport, sandbox_url, "paypal/disputes", {"order": "5001"})
    (raw,) = paypal.read_disputes(recently()).raws
    assert "Marie" not in repr(raw)
    found = paypal.parse_dispute(raw)
    check_dispute(found)
    assert (found.status, found.reference, found.amount) == (
        DisputeStatus.NEEDS_RESPONSE,
        made["id"],
        Decimal("100.00"),
    )
    assert found.evidence_due_by and found.evidence_due_by > found.opened_at
    control(paypal.transport, sandbox_url, "paypal/disputes", {"dispute": opened["dispute_id"], "status": "lost"})
    assert paypal.parse_dispute(paypal.read_disputes(recently()).raws[0]).status is DisputeStatus.LOST
    moved = [document for document in transactions(paypal, recently()) if document.kind is not TransactionKind.CHARGE]
    assert sum(document.net for document in moved) == Decimal("-116.00")
    assert {document.charge_id for document in moved} == {made["id"]}


def test_disputes_by_the_page(paypal: PayPal, sandbox_url: str) -> None:
    control(paypal.transport, sandbox_url, "paypal/captures", [{"order": str(n), "amount": "9"} for n in range(60)])
    control(paypal.transport, sandbox_url, "paypal/disputes", [{"order": str(n)} for n in range(60)])
    paypal.transport.calls = 0
    raws = all_pages(lambda cursor: paypal.read_disputes(None, cursor))
    assert len({raw["dispute_id"] for raw in raws}) == 60
    assert paypal.transport.calls == 1 + 2 + 60, "a token, two pages, and one each: lists do not name the payment"


def test_a_refund_is_made_once(paypal: PayPal, sandbox_url: str) -> None:
    made = capture(paypal, sandbox_url)
    fault = {"kind": "lost_answer", "method": "POST", "path": "/paypal/v2/*", "times": 1}
    control(paypal.transport, sandbox_url, "faults", fault)
    lost = paypal.refund(made["id"], Decimal("20.00"), "EUR", "ecom-1", note="Sorry")
    assert not lost.ok and lost.in_doubt and lost.retry
    first = paypal.refund(made["id"], Decimal("20.00"), "EUR", "ecom-1", note="Sorry")
    assert first.ok and paypal.refund(made["id"], Decimal("20.00"), "EUR", "ecom-1") == first
    back = [document for document in transactions(paypal, recently()) if document.kind is TransactionKind.REFUND]
    assert [(document.amount, document.charge_id) for document in back] == [(Decimal("-20.00"), made["id"])]
    refused = paypal.refund(made["id"], Decimal("100.00"), "EUR", "ecom-2")
    assert (refused.code, refused.retry) == ("REFUND_AMOUNT_EXCEEDED", False)
    assert paypal.refund(made["id"], Decimal("1.00"), "USD", "ecom-3").code == "REFUND_CAPTURE_CURRENCY_MISMATCH"
    assert not paypal.refund(made["id"], Decimal("1.005"), "EUR", "ecom-4").ok
    assert paypal.refund("NONE", Decimal("1.00"), "EUR", "ecom-5").code == "RESOURCE_NOT_FOUND"


def test_webhooks_end_to_end(paypal: PayPal, sandbox_url: str) -> None:
    with serving(lambda request, handler: Answer({})) as hooks:
        paypal.register_webhook(f"{hooks.url}/hook")
        registered = paypal.register_webhook(f"{hooks.url}/hook")
        mine = PayPal(paypal.url, {**KEYS, registered.secret_key: registered.secret}, paypal.transport)
        made = capture(paypal, sandbox_url)
        paypal.transport.request("GET", f"{sandbox_url}/sandbox/deliveries?wait=5")
        (delivery,) = hooks.requests
        now = datetime.now(timezone.utc)
        assert mine.verify_webhook(delivery.headers, delivery.body, now)
        assert not mine.verify_webhook(delivery.headers, delivery.body.replace(b"100.00", b"900.00"), now)
        assert not paypal.verify_webhook(delivery.headers, delivery.body, now), "without an id, never"
        asked = paypal.transport.calls
        for body in (b"", b"[]", b"{", b'{"a": 1}, "webhook_id": "X"', b"\xff"):
            assert not mine.verify_webhook(delivery.headers, body, now)
        elsewhere = {**delivery.headers, "Paypal-Cert-Url": "https://paypal.com.example/cert"}
        elsewhere = {name: value for name, value in elsewhere.items() if name != "PAYPAL-CERT-URL"}
        assert not mine.verify_webhook(elsewhere, delivery.body, now)
        assert paypal.transport.calls == asked, "what cannot be PayPal's is not asked about"
        hint = paypal.parse_webhook(delivery.headers, delivery.body)
        assert (hint.kind, hint.external_id) == ("transaction", made["id"])
        assert paypal.webhook_works(f"{hooks.url}/hook") and not paypal.webhook_works(f"{hooks.url}/other")
        paypal.remove_webhook(f"{hooks.url}/hook")
        assert not paypal.webhook_works(f"{hooks.url}/hook")
        capture(paypal, sandbox_url)
        paypal.transport.request("GET", f"{sandbox_url}/sandbox/deliveries?wait=5")
        assert len(hooks.requests) == 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(b"<html>Maintenance</html>", headers={"Content-Type": "text/html"}), "bad_answer"),
        (Answer(b'{"transaction_details": [{"tran'), "bad_answer"),
        (Answer({"transaction_details": "none", "items": "none"}), "bad_answer"),
        (Answer([1, 2]), "bad_answer"),
        (Answer({"name": "RATE_LIMIT_REACHED"}, 429, {"Retry-After": "7"}), "rate_limited"),
        (Answer({"name": "NOT_AUTHORIZED", "message": "No"}, 403), "missing_scopes"),
        (Answer({"name": "AUTHENTICATION_FAILURE"}, 401), "bad_key"),
        (Answer(b"oops", 503), "shop_error"),
        (Answer({"details": "text"}, 400), "refused"),
    ],
)
def test_bad_answers(transport: Transport, answer: Answer, code: str) -> None:
    transport.retries = 0

    def serve(request: Request, _handler: BaseHTTPRequestHandler) -> Answer:
        return Answer({"access_token": "A21", "expires_in": 900}) if request.path == "/v1/oauth2/token" else answer

    with serving(serve) as server:
        paypal = PayPal(server.url, KEYS, transport)
        for read in (paypal.read_transactions, paypal.read_payouts, paypal.read_disputes):
            with pytest.raises(PlatformError) as caught:
                read(recently())
            assert caught.value.code == code
        refund = paypal.refund("C1", Decimal(1), "EUR", "key")
        assert not refund.ok and refund.code == code
        assert not paypal.test_connection().ok


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"access_token": "", "expires_in": 9}', b'{"access_token": "a", "expires_in": "never"}']
)
def test_bad_tokens(transport: Transport, body: bytes) -> None:
    with serving(lambda request, handler: Answer(body)) as server, pytest.raises(PlatformError):
        PayPal(server.url, KEYS, transport).read_transactions(None)
