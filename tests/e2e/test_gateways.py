"""Gateways where it hurts: news delivered often and in disorder, and the server killed while payouts come in."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

import shop
from dev import demo_payments, postgres
from dev.client import Client
from dev.databases import Databases
from dev.sandbox import SandboxServer
from dev.server import OdooServer
from dev.warm import Warm

PAYOUTS, CHARGES, KILLS = 3, 5, 2  # what is killed three times running, Odoo tries later
SLOW = 0.15
"""Seconds that Stripe takes for an answer while the server is killed."""


def paid(admin: Client, sandbox: SandboxServer, channel: int, **counts: int) -> dict[str, list[dict[str, Any]]]:
    """So many orders paid by each of these means, as Odoo has them."""
    for method, count in counts.items():
        shop.place(sandbox, count, kinds=[], lines=1, payment_method=method.replace("_", "-"))

    def all_here() -> Any:
        found = demo_payments.orders_of(admin, channel)
        return sum(map(len, found.values())) == sum(counts.values()) and found

    return shop.wait_for(all_here)[0]  # type: ignore[no-any-return]


def gateway(admin: Client, sandbox: SandboxServer, channel: int, kind: str) -> int:
    """A gateway that has looked for the first time, and is called from now on."""
    found = demo_payments.set_up(admin, sandbox.url, channel, kind)
    admin.call("ecom.gateway", "action_connect", [found])

    def rests() -> bool:
        (row,) = admin.call("ecom.gateway", "read", [found], ["webhook_active", "looked_at"])
        waiting = admin.call("ir.cron.trigger", "search_count", [("cron_id.ecom_gateway_id", "=", found)])
        return bool(row["webhook_active"] and row["looked_at"] and not waiting)

    shop.wait_for(rests)
    return found


def transactions(admin: Client, found: int) -> list[tuple[str, str, str]]:
    """What a gateway told: kind, state, and the order's number."""
    rows = admin.search_read("ecom.gateway.transaction", [("gateway_id", "=", found)], "kind", "state", "order_id")
    return sorted((row["kind"], row["state"], row["order_id"] and row["order_id"][1]) for row in rows)


def news(admin: Client, found: int) -> list[tuple[str, str]]:
    """What it announced, in the order of arrival."""
    rows = admin.search_read("ecom.gateway.event", [("gateway_id", "=", found)], "topic", "state", order="id")
    return [(row["topic"], row["state"]) for row in rows]


def by_stripe(body: bytes, secret: str) -> dict[str, str]:
    """The headers with which Stripe delivers a body."""
    moment = int(time.time())
    signature = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Content-Type": "application/json", "Stripe-Signature": f"t={moment},v1={signature}"}


def test_what_gateways_announce_is_matched_at_once_and_once(admin: Client, sandbox: SandboxServer) -> None:
    channel = shop.connect(admin, sandbox)
    orders = paid(admin, sandbox, channel, stripe=1, ppcp_gateway=1)
    (by_card,), (by_paypal,) = orders["stripe"], orders["ppcp-gateway"]
    sandbox.call("/sandbox/paypal/settings", {"delay_hours": 0})
    stripe, paypal = (gateway(admin, sandbox, channel, kind) for kind in demo_payments.KEYS)
    # The charge is told after its refund, and PayPal delivers twice.
    sandbox.call("/sandbox/faults", {"kind": "delay", "webhook": "charge.succeeded", "seconds": 1.5})
    sandbox.call("/sandbox/faults", {"kind": "duplicate", "webhook": "PAYMENT.CAPTURE.COMPLETED"})
    charge = sandbox.call("/sandbox/stripe/charges", demo_payments.charge_of(by_card, "payment_intent"))
    sandbox.call("/sandbox/stripe/refunds", {"charge": charge["id"], "amount": "5.00"})
    sandbox.call("/sandbox/paypal/captures", demo_payments.charge_of(by_paypal, "id"))
    told = [(kind, "matched", by_card["number"]) for kind in ("charge", "refund")]
    shop.wait_for(lambda: transactions(admin, stripe) == told)
    shop.wait_for(lambda: transactions(admin, paypal) == [("charge", "matched", by_paypal["number"])])
    announced = [("charge.refunded", "done"), ("charge.succeeded", "done")]
    shop.wait_for(lambda: news(admin, stripe) == announced)
    shop.wait_for(lambda: news(admin, paypal) == [("PAYMENT.CAPTURE.COMPLETED", "done")])
    shop.wait_for(lambda: not sandbox.call("/sandbox/deliveries")["pending"])

    # The same event twice more, and what nobody at the gateway signed.
    (row,) = admin.search_read("ecom.gateway.event", [("topic", "=", "charge.succeeded")], "event_id")
    body = json.dumps({"id": row["event_id"], "type": "charge.succeeded", "data": {"object": charge}}).encode()
    url, secret = calls_at(admin, stripe)
    assert [shop.post(url, body, by_stripe(body, secret)) for _again in range(2)] == [200, 200]
    body = body.replace(row["event_id"].encode(), b"evt_forged")
    assert shop.post(url, body, by_stripe(body, "whsec_guessed")) == 401
    assert shop.post(f"{url}x", body, by_stripe(body, secret)) == 404
    forged = {f"PAYPAL-{name}": "forged" for name in ("AUTH-ALGO", "TRANSMISSION-ID", "TRANSMISSION-SIG")}
    forged |= {"PAYPAL-CERT-URL": "https://api.paypal.com/cert", "PAYPAL-TRANSMISSION-TIME": "2026-01-01T00:00:00Z"}
    assert shop.post(calls_at(admin, paypal)[0], body, {"Content-Type": "application/json", **forged}) == 401

    assert news(admin, stripe) == announced, "nothing of it was kept"
    assert len(news(admin, paypal)) == 1
    assert transactions(admin, stripe) == told
    booked = admin.search_read("account.payment", [("ecom_order_id", "!=", False)], "payment_type", "amount")
    amounts = sorted((payment["payment_type"], payment["amount"]) for payment in booked)
    totals = sorted(("inbound", order["amount_total"]) for order in (by_card, by_paypal))
    assert amounts == [*totals, ("outbound", 5.0)]


def calls_at(admin: Client, found: int) -> tuple[str, str]:
    """The address that a gateway calls, and the secret that it signs with, if any."""
    (row,) = admin.call("ecom.gateway", "read", [found], ["webhook_token"])
    keys = [("gateway_id", "=", found), ("key", "=", "webhook_secret")]
    secrets = admin.search_read("ecom.gateway.credential", keys, "value")
    return f"{admin.url}/ecom/gateway/{row['webhook_token']}", secrets[0]["value"] if secrets else ""


# --- killed while payouts come in


def stripe_s(sandbox: SandboxServer, orders: list[dict[str, Any]]) -> int:
    """Payouts with a refund, a dispute and a stranger's charge, and charges that are not paid out; how many moves."""
    sandbox.call("/sandbox/stripe/settings", {"days_until_available": 0})

    def ask(control: str, values: Any) -> Any:
        return sandbox.call(f"/sandbox/stripe/{control}", values)

    moves = 0
    for start in range(0, len(orders), CHARGES):
        charges = [demo_payments.charge_of(order, "payment_intent") for order in orders[start : start + CHARGES]]
        made = ask("charges", charges)
        moves += len(made)
        if start // CHARGES == 1:
            ask("refunds", {"charge": made[0]["id"], "amount": "5.00"})
            ask("disputes", {"charge": made[1]["id"]})
            ask("charges", {"amount": "45.00", "currency": "EUR"})
            moves += 3
        if start // CHARGES < PAYOUTS:
            payout = ask("payouts", {"currency": "EUR"})
            ask("payouts", {"payout": payout["id"], "status": "paid"})
            moves += 1
    return moves


def books(admin: Client) -> dict[str, Any]:
    """What came of it: the gateway's transactions and payouts, each account's balance, and the issues."""
    rows = admin.search_read(
        "ecom.gateway.transaction", [], "external_id", "kind", "state", "order_id", "payout_id", "payment_key"
    )
    payouts = admin.search_read("ecom.payout", [], "external_id", "state", "amount", "transaction_count")
    posted = [("parent_state", "=", "posted")]
    groups = admin.call("account.move.line", "formatted_read_group", posted, ["account_id"], ["balance:sum", "__count"])
    return {
        "transactions": sorted((row.pop("external_id"), row.pop("id") and str(row)) for row in rows),
        "payouts": sorted((row.pop("external_id"), row.pop("id") and str(row)) for row in payouts),
        "accounts": {row["account_id"][1]: (round(row["balance:sum"], 2), row["__count"]) for row in groups},
        "payments": admin.call("account.payment", "search_count", [("state", "!=", "canceled")]),
        "issues": admin.call("ecom.issue", "search_count", [("code", "=", "payment_unknown")]),
    }


def all_booked(admin: Client, found: int) -> bool:
    payouts = [("gateway_id", "=", found), ("state", "=", "posted")]
    done = admin.call("ecom.payout", "search_count", payouts) == PAYOUTS
    open_rows = [("gateway_id", "=", found), ("state", "=", "open"), ("payout_id", "=", False)]
    waiting = admin.call("ir.cron.trigger", "search_count", [("cron_id.ecom_gateway_id", "=", found)])
    return bool(done and not waiting and not admin.call("ecom.gateway.transaction", "search_count", open_rows))


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.prove) for seed in range(2, 8))])
def test_the_server_is_killed_while_payouts_come_in(
    start_odoo: Callable[..., OdooServer],
    database: str,
    databases: Databases,
    connection: postgres.Connection,
    warm: Warm,
    sandbox: SandboxServer,
    seed: int,
) -> None:
    """The books are those of a copy that was left in peace."""
    dice = random.Random(seed)
    odoo = start_odoo()
    admin = odoo.client()
    channel = shop.connect(admin, sandbox)
    orders = paid(admin, sandbox, channel, stripe=(PAYOUTS + 1) * CHARGES)["stripe"]
    moves = stripe_s(sandbox, orders)
    found = demo_payments.set_up(admin, sandbox.url, channel, "stripe")
    odoo.kill()
    in_peace = databases.copy(database, f"{database}_peace")
    try:
        with OdooServer(in_peace, connection=connection, warm=warm) as other:
            quiet = other.client()
            quiet.call("ecom.gateway", "action_connect", [found])
            shop.wait_for(lambda: all_booked(quiet, found), every=0.2)
            wanted = books(quiet)
    finally:
        databases.drop(in_peace)
    assert len(wanted["transactions"]) == moves
    sandbox.call("/sandbox/faults", {"kind": "slow", "seconds": SLOW, "path": "/stripe/v1/*"})
    odoo.start()
    admin.call("ecom.gateway", "action_connect", [found])
    for _kill in range(KILLS):
        sandbox.call("/sandbox/calls", method="DELETE")
        shop.wait_for(lambda: sandbox.call("/sandbox/calls?path=/stripe/v1/*")["count"])
        time.sleep(dice.uniform(0, 1.0))
        assert not all_booked(admin, found), "the server is killed on the way"
        odoo.kill()
        odoo.start()
        admin.call("ecom.gateway", "action_look_now", [found])  # else its turn comes within a minute
    shop.wait_for(lambda: all_booked(admin, found), every=0.2)
    assert books(admin) == wanted
    (row,) = admin.call("ecom.gateway", "read", [found], ["clearing_account_id"])
    explained = admin.search_read("ecom.clearing.line", [("gateway_id", "=", found)], "amount", "cause")
    assert {line["cause"] for line in explained} == {"payout"}
    left = sum(order["amount_total"] for order in orders[PAYOUTS * CHARGES :])
    balance = wanted["accounts"][row["clearing_account_id"][1]][0]
    assert round(sum(line["amount"] for line in explained), 2) == balance == round(left, 2)
