"""Shopify Payments, called through the shop: what the sandbox shop's orders, refunds and disputes move and pay out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from gateway_support import all_pages, check_dispute, check_payout, control, transactions

from gateways.documents import DisputeStatus, PayoutStatus, TransactionKind
from gateways.shopify_payments import ShopifyPayments
from gateways.shopify_payments.kinds import PAYOUT_STATUS, dispute_status, kind_of
from gateways.shopify_payments.mapper import parse_transaction
from platforms.errors import PlatformError
from platforms.shopify.platform import Shopify
from platforms.transport import Transport
from sandbox.server import Sandbox, Server
from sandbox.shopify.site import ShopifySite

KEYS = {"access_token": "shpat_sandbox", "client_secret": "shpss_sandbox"}


@pytest.fixture(scope="module")
def shop_url() -> Iterator[str]:
    sandbox = Sandbox()
    sandbox.sites.append(ShopifySite(sandbox))
    with Server(sandbox) as server:
        yield server.url


@pytest.fixture
def url(shop_url: str, transport: Transport) -> str:
    transport.request("POST", f"{shop_url}/sandbox/reset", idempotent=True)
    return shop_url


@pytest.fixture
def payments(url: str, transport: Transport) -> ShopifyPayments:
    gateway = ShopifyPayments("", {}, transport)
    gateway.shop = Shopify(url, KEYS, transport)
    return gateway


def buy(payments: ShopifyPayments, url: str, quantity: int = 1) -> str:
    return str(
        control(payments.transport, url, "shopify/orders", {"lines": [{"sku": "TSHIRT-S", "quantity": quantity}]})["id"]
    )


def sku(payments: ShopifyPayments, url: str) -> None:
    control(
        payments.transport, url, "shopify/products", {"sku": "TSHIRT-S", "name": "T", "price": "20", "quantity": 500}
    )


def moved(payments: ShopifyPayments, url: str, **values: Any) -> Any:
    return control(payments.transport, url, "shopify/balance/moves", values)


@pytest.fixture(autouse=True)
def goods(payments: ShopifyPayments, url: str) -> None:
    sku(payments, url)


def test_it_is_connected_through_the_shop(payments: ShopifyPayments, url: str) -> None:
    assert payments.test_connection().ok
    control(payments.transport, url, "shopify/app", {"scopes": "read_orders,read_shopify_payments_payouts"})
    report = payments.test_connection()
    assert report.code == "missing_scopes" and "read_shopify_payments" in report.message


def test_a_charge_and_its_refund_are_those_of_the_order(payments: ShopifyPayments, url: str) -> None:
    order = buy(payments, url)
    control(payments.transport, url, f"shopify/orders/{order}/refund", {"amount": "5.00"})
    payments.transport.calls = 0
    charge, refund = transactions(payments)
    assert payments.transport.calls == 2, "the page, and what customers saw of it"
    raw = Shopify(url, KEYS, payments.transport).read_orders_by_id([order])[0]
    (paid,) = Shopify.parse_order(raw).payments
    assert charge.kind is TransactionKind.CHARGE and refund.kind is TransactionKind.REFUND
    assert charge.reference == paid.transaction, "the id by which the shop's order knows it"
    assert charge.amount == Decimal(raw["totalPriceSet"]["shopMoney"]["amount"])
    assert charge.fee == round(charge.amount * Decimal("0.015") + Decimal("0.25"), 2)
    assert (refund.amount, refund.charge_id) == (Decimal("-5.00"), charge.reference)
    assert charge.order_reference == refund.order_reference == order


def test_a_payout_is_what_its_transactions_add_up_to(payments: ShopifyPayments, url: str) -> None:
    for _time in range(3):
        order = buy(payments, url)
    control(payments.transport, url, f"shopify/orders/{order}/refund", {"amount": "5.00"})
    moved(payments, url, type="RESERVED_FUNDS", value="-7.00")
    moved(payments, url, type="STRIPE_FEE", value="-1.50")
    made = control(payments.transport, url, "shopify/balance/payouts", {})
    buy(payments, url)
    (payout,) = [payments.parse_payout(raw) for raw in all_pages(lambda cursor: payments.read_payouts(None, cursor))]
    check_payout(payout)
    assert payout.external_id == str(made["id"]) and payout.status is PayoutStatus.IN_TRANSIT and payout.ready
    raws = all_pages(lambda cursor: payments.read_payout_transactions(payout.external_id, cursor))
    parts = [payments.parse_transaction(raw) for raw in raws]
    kinds = [part.kind for part in parts]
    assert kinds.count(TransactionKind.PAYOUT) == 1 and {part.payout_id for part in parts} == {payout.external_id}
    assert {TransactionKind.RESERVE, TransactionKind.FEE} <= set(kinds)
    nets = [part.net for part in parts if part.kind is not TransactionKind.PAYOUT]
    assert sum(nets) == payout.amount and len(nets) == 6
    control(payments.transport, url, "shopify/balance/payouts", {"payout": made["id"], "status": "PAID"})
    (raw,) = payments.read_payouts(None).raws
    assert payments.parse_payout(raw).status is PayoutStatus.PAID


def test_a_listing_begins_where_it_is_told_to(payments: ShopifyPayments, url: str) -> None:
    moved(payments, url, type="ADJUSTMENT", value="-1.00", created="2026-10-01T10:00:00Z")
    moved(payments, url, type="ADJUSTMENT", value="-2.00", created="2026-10-02T10:00:00Z")
    since = datetime(2026, 10, 2, tzinfo=timezone.utc)
    assert [row.amount for row in transactions(payments, since)] == [Decimal("-2.00")]
    page = payments.read_transactions(since)
    assert page.complete_until and abs(page.complete_until - datetime.now(timezone.utc)) < timedelta(minutes=1)


def test_pages_that_change_while_they_are_read_lose_nothing(payments: ShopifyPayments, url: str) -> None:
    for number in range(150):
        moved(payments, url, type="ADJUSTMENT", value=f"-{number + 1}.00", created="2026-10-01T10:00:00Z")
    first = payments.read_transactions(None)
    assert len(first.raws) == 100 and first.next
    moved(payments, url, type="ADJUSTMENT", value="-999.00", created="2026-09-30T10:00:00Z")
    second = payments.read_transactions(None, first.next)
    assert first.complete_until == second.complete_until, "so the next listing begins before the change"
    ids = {raw["id"] for raw in (*first.raws, *second.raws)}
    assert len(ids) == 150 and not second.next


def test_a_dispute(payments: ShopifyPayments, url: str) -> None:
    order = buy(payments, url)
    made = control(payments.transport, url, "shopify/balance/disputes", {"order": order})
    (dispute,) = [payments.parse_dispute(raw) for raw in payments.read_disputes(None).raws]
    check_dispute(dispute)
    charge, taken = transactions(payments)
    assert (dispute.charge_id, dispute.amount) == (charge.reference, charge.amount)
    assert dispute.status is DisputeStatus.NEEDS_RESPONSE and dispute.reason == "fraudulent" and dispute.evidence_due_by
    assert (taken.kind, taken.amount, taken.fee) == (TransactionKind.DISPUTE, -charge.amount, Decimal("15.00"))
    assert taken.charge_id == charge.reference
    control(payments.transport, url, "shopify/balance/disputes", {"dispute": made["id"], "status": "WON"})
    (dispute,) = [payments.parse_dispute(raw) for raw in payments.read_disputes(None).raws]
    assert dispute.status is DisputeStatus.WON
    back = transactions(payments)[-1]
    assert back.kind is TransactionKind.DISPUTE_REVERSAL and back.net == charge.amount + 15


def test_a_shop_without_it_says_so() -> None:
    class Without:
        def read_balance(self, *_args: Any) -> Any:
            raise PlatformError("unsupported", "This shop does not use Shopify Payments.")

    gateway = ShopifyPayments("", {}, Transport())
    gateway.shop = Without()
    report = gateway.test_connection()
    assert not report.ok and "Shopify Payments" in report.message


def test_every_type_of_the_vendor_is_known_or_to_be_identified(contracts: Any) -> None:
    import gzip
    import json

    with gzip.open(contracts / "shopify" / "admin_2026-10.json.gz") as file:
        types = {row["name"]: row for row in json.load(file)["data"]["__schema"]["types"]}
    kinds = [row["name"] for row in types["ShopifyPaymentsTransactionType"]["enumValues"]]
    unknown = {name for name in kinds if kind_of(name) is TransactionKind.UNKNOWN}
    assert unknown == {
        *("ADVANCE", "ADVANCE_FUNDING", "CUSTOMS_DUTY", "IMPORT_TAX", "IMPORT_TAX_REFUND", "LENDING_CAPITAL_REFUND"),
        *("LENDING_CAPITAL_REFUND_REVERSAL", "LENDING_CAPITAL_REMITTANCE", "LENDING_CAPITAL_REMITTANCE_REVERSAL"),
        *("LENDING_CREDIT_REFUND", "LENDING_CREDIT_REFUND_REVERSAL", "LENDING_CREDIT_REMITTANCE"),
        *("LENDING_CREDIT_REMITTANCE_REVERSAL", "SHIPPING_RETURN_TO_ORIGIN_ADJUSTMENT"),
    } - {"SHIPPING_RETURN_TO_ORIGIN_ADJUSTMENT"}
    assert set(PAYOUT_STATUS) == {row["name"] for row in types["ShopifyPaymentsPayoutStatus"]["enumValues"]}
    for row in types["DisputeStatus"]["enumValues"]:
        assert dispute_status(row["name"], "CHARGEBACK") is not DisputeStatus.INQUIRY


def test_what_a_customer_paid_in_another_currency_is_kept() -> None:
    def money(amount: str, code: str = "EUR") -> dict[str, str]:
        return {"amount": amount, "currencyCode": code}

    raw = {
        "id": "gid://shopify/ShopifyPaymentsBalanceTransaction/1",
        "type": "REFUND",
        "transactionDate": "2026-10-01T10:00:00Z",
        "amount": money("-9.20"),
        "fee": money("0.0"),
        "net": money("-9.20"),
        "sourceOrderTransactionId": "12",
        "associatedOrder": None,
        "associatedPayout": {"id": None},
        "payment": {
            "amountSet": {"presentmentMoney": money("10.0", "USD")},
            "parentTransaction": {"id": "gid://x/Y/7"},
        },
    }
    found = parse_transaction(raw)
    assert (found.customer_amount, found.customer_currency) == (Decimal("-10.0"), "USD")
    assert (found.reference, found.source_id, found.payout_id) == ("7", "12", "")
