"""Stripe over real HTTP against the sandbox: pages, payouts to the cent, refunds once only, rights, webhooks."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from gateway_support import all_pages, check_dispute, check_payout, control, transactions
from local_servers import Answer, Request, serving

from gateways.documents import DisputeStatus, PayoutStatus, TransactionKind
from gateways.stripe import Stripe
from platforms.errors import PlatformError
from platforms.transport import Transport

KEY = "sk_test_sandbox"


@pytest.fixture
def stripe(sandbox_url: str, transport: Transport) -> Stripe:
    return Stripe(f"{sandbox_url}/stripe", {"api_key": KEY}, transport)


def charge(stripe: Stripe, sandbox_url: str, **values: Any) -> dict[str, Any]:
    body = {"order": "1001", "amount": "120.00", "currency": "EUR", **values}
    made: dict[str, Any] = control(stripe.transport, sandbox_url, "stripe/charges", body)
    return made


def test_the_connection_names_what_a_restricted_key_lacks(stripe: Stripe, sandbox_url: str) -> None:
    report = stripe.test_connection()
    assert report.ok and dict(report.details) == {"mode": "test", "currencies": "EUR, USD", "refunds": "yes"}
    assert stripe.transport.calls == 5
    body = {"key": "rk_test_some", "rights": ["balance", "balance_transactions", "payouts"]}
    control(stripe.transport, sandbox_url, "stripe/keys", body)
    report = Stripe(stripe.url, {"api_key": "rk_test_some"}, stripe.transport).test_connection()
    assert (report.code, report.message) == ("missing_scopes", "Disputes: read")
    assert dict(report.details)["refunds"] == "no"


@pytest.mark.parametrize(
    ("key", "code"), [("sk_test_revoked", "bad_key"), ("pk_test_publishable", "bad_key"), ("", "bad_key")]
)
def test_wrong_keys(stripe: Stripe, key: str, code: str) -> None:
    assert Stripe(stripe.url, {"api_key": key}, stripe.transport).test_connection().code == code


def test_a_key_never_travels_unprotected(transport: Transport) -> None:
    transport.allow = lambda host: True
    assert Stripe("http://stripe.example", {"api_key": KEY}, transport).test_connection().code == "insecure"
    assert transport.calls == 0


def test_a_charge_says_what_shops_know_it_by(stripe: Stripe, sandbox_url: str) -> None:
    charge(stripe, sandbox_url, id="ch_shop", payment_intent="pi_shop", order="S-1001")
    (found,) = transactions(stripe)
    assert found.kind is TransactionKind.CHARGE
    assert (found.amount, found.fee, found.net) == (Decimal("120.00"), Decimal("2.05"), Decimal("117.95"))
    assert (found.reference, found.references) == ("ch_shop", ("ch_shop", "pi_shop"))
    assert (found.order_reference, found.currency, found.customer_amount) == ("S-1001", "EUR", None)
    assert found.available_on and found.available_on > found.occurred_at.date()
    assert "Marie" not in repr(found.raw), "who paid is the shop's to say"


@pytest.mark.parametrize(
    ("amount", "currency", "settled"),
    [("1200", "JPY", "7.32"), ("100.00", "GBP", "117.00"), ("0.01", "CHF", "0.01")],
)
def test_other_currencies_are_settled_in_the_balance(
    stripe: Stripe, sandbox_url: str, amount: str, currency: str, settled: str
) -> None:
    made = charge(stripe, sandbox_url, amount=amount, currency=currency)
    control(stripe.transport, sandbox_url, "stripe/refunds", {"charge": made["id"]})
    back, paid = transactions(stripe)
    assert (paid.amount, paid.currency) == (Decimal(settled), "EUR")
    assert (paid.customer_amount, paid.customer_currency) == (Decimal(amount), currency)
    assert (back.amount, back.customer_amount) == (-paid.amount, -Decimal(amount))
    assert (back.kind, back.charge_id) == (TransactionKind.REFUND, made["id"])
    assert back.references == paid.references


def test_a_partial_capture(stripe: Stripe, sandbox_url: str) -> None:
    made = charge(stripe, sandbox_url, amount="70.00", authorized="100.00", currency="GBP")
    (found,) = transactions(stripe)
    assert (found.amount, found.customer_amount) == (Decimal("81.90"), Decimal("70.00"))
    assert not stripe.refund(made["id"], Decimal("70.01"), "GBP", "1").ok
    assert stripe.refund(made["id"], Decimal("70.00"), "GBP", "2").ok


def test_the_vat_on_fees_is_told_apart(stripe: Stripe, sandbox_url: str) -> None:
    control(stripe.transport, sandbox_url, "stripe/settings", {"fee_vat": "0.20"})
    charge(stripe, sandbox_url)
    (found,) = transactions(stripe)
    assert [(part.kind, part.amount) for part in found.fees] == [("fee", Decimal("2.05")), ("tax", Decimal("0.41"))]
    assert found.fee == Decimal("2.46")


def test_a_month_to_the_cent_in_few_calls(stripe: Stripe, sandbox_url: str) -> None:
    """Every payout is what its transactions add up to."""
    made = control(stripe.transport, sandbox_url, "stripe/month", {"month": "2026-10", "charges": 1500, "seed": 3})
    stripe.transport.calls = 0
    raws = all_pages(lambda cursor: stripe.read_transactions(None, cursor))
    assert len({raw["id"] for raw in raws}) == len(raws) == made["balance_transactions"] > 1550
    assert stripe.transport.calls == -(-len(raws) // 100)
    payouts = [stripe.parse_payout(raw) for raw in all_pages(lambda cursor: stripe.read_payouts(None, cursor))]
    assert {payout.external_id for payout in payouts} == set(made["payouts"])
    kinds: Counter[TransactionKind] = Counter()
    for payout in payouts[-6:]:
        check_payout(payout)
        read = all_pages(lambda cursor, payout=payout: stripe.read_payout_transactions(payout.external_id, cursor))
        found = [stripe.parse_transaction(raw) for raw in read]
        parts = [document for document in found if document.kind is not TransactionKind.PAYOUT]
        assert sum(document.net for document in parts) == payout.amount
        assert {document.currency for document in found} == {payout.currency}
        (own,) = [document for document in found if document.kind is TransactionKind.PAYOUT]
        assert (own.net, own.payout_id, own.external_id) == (-payout.amount, payout.external_id, payout.transaction_id)
    kinds.update(stripe.parse_transaction(raw).kind for raw in raws)
    wanted = ("charge", "refund", "dispute", "dispute_reversal", "reserve", "adjustment", "fee", "payout")
    assert {kind.value for kind in kinds} == set(wanted)


def test_only_what_is_new(stripe: Stripe, sandbox_url: str) -> None:
    now = datetime.now(timezone.utc)
    for days in (3, 2, 1):
        charge(stripe, sandbox_url, order=str(days), created=(now - timedelta(days=days)).isoformat())
    page = stripe.read_transactions(now - timedelta(days=2, hours=1))
    assert [stripe.parse_transaction(raw).order_reference for raw in page.raws] == ["1", "2"]
    assert page.complete_until and abs(page.complete_until - now) < timedelta(seconds=5)


def test_a_payout_that_fails_brings_the_money_back(stripe: Stripe, sandbox_url: str) -> None:
    charge(stripe, sandbox_url)
    later = (datetime.now(timezone.utc) + timedelta(days=4)).isoformat()
    made = control(stripe.transport, sandbox_url, "stripe/payouts", {"currency": "EUR", "created": later})
    control(stripe.transport, sandbox_url, "stripe/payouts", {"payout": made["id"], "status": "failed"})
    (raw,) = stripe.read_payouts(None).raws
    payout = stripe.parse_payout(raw)
    assert (payout.status, payout.amount) == (PayoutStatus.FAILED, Decimal("117.95"))
    assert payout.composed and payout.ready and payout.failure
    moved = [document for document in transactions(stripe) if document.kind is TransactionKind.PAYOUT]
    assert sum(document.net for document in moved) == 0 and len(moved) == 2
    # And the next payout takes it along.
    again = control(stripe.transport, sandbox_url, "stripe/payouts", {"currency": "EUR", "created": later})
    parts = [stripe.parse_transaction(raw) for raw in stripe.read_payout_transactions(again["id"]).raws]
    assert sum(part.net for part in parts if part.source_id != again["id"]) == payout.amount


def test_a_dispute_from_its_beginning_to_its_end(stripe: Stripe, sandbox_url: str) -> None:
    made = charge(stripe, sandbox_url, payment_intent="pi_1")
    opened = control(stripe.transport, sandbox_url, "stripe/disputes", {"order": "1001"})
    (raw,) = stripe.read_disputes(None).raws
    assert "evidence" not in raw
    found = stripe.parse_dispute(raw)
    check_dispute(found)
    assert (found.status, found.amount) == (DisputeStatus.NEEDS_RESPONSE, Decimal("120.00"))
    assert found.references == (made["id"], "pi_1") and found.evidence_due_by
    control(stripe.transport, sandbox_url, "stripe/disputes", {"dispute": opened["id"], "status": "won"})
    found = stripe.parse_dispute(stripe.read_disputes(None).raws[0])
    back, taken, _paid = transactions(stripe)
    assert found.status is DisputeStatus.WON
    assert found.transaction_ids == (taken.external_id, back.external_id)
    assert (taken.kind, back.kind) == (TransactionKind.DISPUTE, TransactionKind.DISPUTE_REVERSAL)
    assert (taken.amount, taken.fee, back.net) == (Decimal("-120.00"), Decimal("20.00"), Decimal("120.00"))
    assert taken.references == back.references == (made["id"], "pi_1")


def test_a_refund_is_made_once(stripe: Stripe, sandbox_url: str) -> None:
    made = charge(stripe, sandbox_url)
    stripe.transport.calls = 0
    first = stripe.refund(made["id"], Decimal("20.00"), "EUR", "ecom-1", reason="requested_by_customer")
    assert first.ok and stripe.transport.calls == 2
    again = stripe.refund(made["payment_intent"], Decimal("20.00"), "EUR", "ecom-1")
    assert again == first
    assert stripe.refund(made["id"], Decimal("20.00"), "EUR", "ecom-2").external_id != first.external_id
    assert [document.amount for document in transactions(stripe)[:2]] == [Decimal("-20.00")] * 2
    refused = stripe.refund(made["id"], Decimal("100.00"), "EUR", "ecom-3")
    assert not refused.ok and not refused.retry and "greater than" in refused.message
    assert not stripe.refund(made["id"], Decimal("1.005"), "EUR", "ecom-4").ok


def test_a_refund_whose_answer_is_lost_is_found_again(stripe: Stripe, sandbox_url: str) -> None:
    made = charge(stripe, sandbox_url)
    fault = {"kind": "lost_answer", "method": "POST", "path": "/stripe/v1/refunds", "times": 1}
    control(stripe.transport, sandbox_url, "faults", fault)
    lost = stripe.refund(made["id"], Decimal("20.00"), "EUR", "ecom-1")
    assert not lost.ok and lost.in_doubt and lost.retry
    assert stripe.refund(made["id"], Decimal("20.00"), "EUR", "ecom-1").ok
    assert len(transactions(stripe)) == 2


def test_vat_that_is_charged_by_itself_says_so(stripe: Stripe, sandbox_url: str) -> None:
    control(stripe.transport, sandbox_url, "stripe/moves", {"type": "tax_fee", "amount": "-2.40", "currency": "EUR"})
    (fee,) = transactions(stripe)
    assert (fee.kind, fee.amount, fee.fee) == (TransactionKind.FEE, Decimal("-2.40"), Decimal(0))
    assert [(part.kind, part.amount) for part in fee.fees] == [("tax", Decimal("2.40"))]


def test_webhooks_end_to_end(stripe: Stripe, sandbox_url: str) -> None:
    def answer(request: Request, _handler: BaseHTTPRequestHandler) -> Answer:
        return Answer({})

    with serving(answer) as hooks:
        stripe.register_webhook(f"{hooks.url}/hook")
        registered = stripe.register_webhook(f"{hooks.url}/hook")
        assert stripe.webhook_works(f"{hooks.url}/hook") and not stripe.webhook_works(f"{hooks.url}/other")
        mine = Stripe(stripe.url, {"api_key": KEY, "webhook_secret": registered.secret}, stripe.transport)
        made = charge(stripe, sandbox_url)
        stripe.transport.request("GET", f"{sandbox_url}/sandbox/deliveries?wait=5")
        (delivery,) = hooks.requests
        now = datetime.now(timezone.utc)
        assert mine.verify_webhook(delivery.headers, delivery.body, now)
        assert not mine.verify_webhook(delivery.headers, delivery.body + b" ", now)
        assert not mine.verify_webhook(delivery.headers, delivery.body, now + timedelta(seconds=301))
        assert not stripe.verify_webhook(delivery.headers, delivery.body, now), "without a secret, never"
        hint = stripe.parse_webhook(delivery.headers, delivery.body)
        assert (hint.kind, hint.external_id, hint.topic) == ("transaction", made["id"], "charge.succeeded")
        assert hint.event_id.startswith("evt_")
        stripe.remove_webhook(f"{hooks.url}/hook")
        assert not stripe.webhook_works(f"{hooks.url}/hook")
        charge(stripe, sandbox_url)
        stripe.transport.request("GET", f"{sandbox_url}/sandbox/deliveries?wait=5")
        assert len(hooks.requests) == 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(b"<html>Maintenance</html>", headers={"Content-Type": "text/html"}), "bad_answer"),
        (Answer(b'{"object": "list", "data": [{"id"'), "bad_answer"),
        (Answer({"object": "list", "data": "none", "has_more": False}), "bad_answer"),
        (Answer({"object": "list", "data": [], "has_more": True}), "bad_answer"),
        (Answer([1, 2]), "bad_answer"),
        (Answer({"error": {"message": "Too many"}}, 429, {"Retry-After": "7"}), "rate_limited"),
        (Answer({"error": {"message": "Expired", "code": "api_key_expired"}}, 401), "bad_key"),
        (Answer({"error": {"message": "No", "type": "invalid_request_error"}}, 403), "missing_scopes"),
        (Answer(b"oops", 500), "shop_error"),
        (Answer({"error": "text"}, 400), "refused"),
    ],
)
def test_bad_answers(transport: Transport, answer: Answer, code: str) -> None:
    transport.retries = 0
    with serving(lambda request, handler: answer) as server:
        stripe = Stripe(server.url, {"api_key": KEY}, transport)
        for read in (stripe.read_transactions, stripe.read_payouts, stripe.read_disputes):
            with pytest.raises(PlatformError) as caught:
                read(None)
            assert caught.value.code == code
            assert caught.value.retry_after == (7 if code == "rate_limited" else None)
        refund = stripe.refund("ch_1", Decimal(1), "EUR", "key")
        assert not refund.ok and refund.code == code
        assert not stripe.test_connection().ok
