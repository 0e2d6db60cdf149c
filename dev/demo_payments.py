"""Payments of the demonstration: a month at Stripe and PayPal and at the bank, most of it matched by itself."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any

from dev import sandbox
from dev.client import Client
from dev.demo_shops import SHOPS

KEYS = {
    "stripe": {"api_key": "sk_test_sandbox"},
    "paypal": {"client_id": "paypal_sandbox", "client_secret": "paypal_secret"},
}
GATEWAYS = {"stripe": ("Stripe", "stripe"), "paypal": ("PayPal", "ppcp-gateway"), "bank_transfer": ("Virement", "bacs")}
"""By kind: its name, and what the shop calls the means of payment."""
PLACED = (("ppcp-gateway", 19), ("ppcp-gateway", 12), ("ppcp-gateway", 6), ("bacs", 5), ("bacs", 4))
"""Orders paid by other means than those of the last weeks, and how many days ago."""
GOODS = ("ELE-CABLE-USBC", "VET-ECHARPE", "LIV-MAGAZINE")
PAID_OUT = (24, 14, 7, 2)
"""How many days ago a gateway paid out."""
SINCE = timedelta(days=40)
PATIENCE = 20.0
"""Seconds that the orders may take from the shop to Odoo."""


def prepare(admin: Client, sandbox_url: str) -> None:
    """Connect the gateways of a new demonstration and let a month happen there, once; later, say where they are now."""
    if not admin.call("ir.model", "search_count", [("model", "=", "ecom.gateway")]):
        return
    known = admin.search_read("ecom.gateway", [("kind", "in", list(KEYS))], "kind")
    for row in known:
        admin.call("ecom.gateway", "write", [row["id"]], {"url": f"{sandbox_url}/{row['kind']}"})
    if not known:
        tell(admin, sandbox_url)


def tell(admin: Client, sandbox_url: str, shop: str = SHOPS[0].name) -> dict[str, int]:
    """The orders of a shop as its gateways and the bank know them; the gateways by kind."""
    (channel,) = admin.call("ecom.channel", "search", [("name", "=", shop)])
    _keep_the_bank(admin)
    _place(admin, sandbox_url, channel)
    orders = orders_of(admin, channel)
    gateways = {kind: set_up(admin, sandbox_url, channel, kind) for kind in GATEWAYS}
    sent = _at_stripe(sandbox_url, orders["stripe"]) + _at_paypal(sandbox_url, orders["ppcp-gateway"])
    _at_the_bank(admin, sent, orders["bacs"], list(gateways.values()))
    for kind in KEYS:
        admin.call("ecom.gateway", "action_connect", [gateways[kind]])
    return gateways


# --- what happens at the shop


def _place(admin: Client, sandbox_url: str, channel: int) -> None:
    wanted = {"lines": 2, "kinds": [], "new_customers": True, "skus": GOODS}
    numbers = []
    for method, days in PLACED:
        sandbox.call(sandbox_url, "/sandbox/clock", {"offset": -timedelta(days=days).total_seconds()})
        waits = {"status": "on-hold"} if method == "bacs" else {}
        placed = {**wanted, "payment_method": method, "seed": 100 + days, **waits}
        numbers += [str(number) for number in sandbox.call(sandbox_url, "/sandbox/orders/random", placed)["ids"]]
    sandbox.call(sandbox_url, "/sandbox/clock", {"offset": 0})
    settled = [("channel_id", "=", channel), ("external_id", "in", numbers), ("state", "=", "settled")]
    deadline = time.monotonic() + PATIENCE
    while admin.call("ecom.order", "search_count", settled) < len(numbers) and time.monotonic() < deadline:
        time.sleep(0.1)


def orders_of(admin: Client, channel: int) -> dict[str, list[dict[str, Any]]]:
    """By means of payment, the oldest first; what has not become a sales order yet is left out."""
    domain = [("channel_id", "=", channel), ("state", "=", "settled"), ("sale_order_id", "!=", False)]
    names = ("number", "customer_name", "amount_total", "currency_code", "ordered_at", "paid_at", "payments")
    found: dict[str, list[dict[str, Any]]] = {code: [] for _name, code in GATEWAYS.values()}
    for row in admin.search_read("ecom.order", domain, *names, order="ordered_at"):
        for payment in row["payments"] or ():
            if payment["method"] in found:
                found[payment["method"]].append({**row, "transaction": payment["transaction"]})
    return found


# --- what is set up


def _keep_the_bank(admin: Client) -> None:
    """Give the administrator Odoo's own right to the bank's statements, which nobody has by birth."""
    right = [("module", "=", "account"), ("name", "=", "group_account_basic")]
    (row,) = admin.search_read("ir.model.data", right, "res_id")
    admin.call("res.users", "write", [admin.uid], {"group_ids": [(4, row["res_id"])]})


def set_up(admin: Client, sandbox_url: str, channel: int, kind: str) -> int:
    name, code = GATEWAYS[kind]
    mappings = admin.call("ecom.payment.mapping", "search", [("channel_id", "=", channel), ("code", "=", code)])
    values = {
        "kind": kind,
        "name": name,
        "journal_code": name[:4].upper(),
        "channel_ids": [(6, 0, [channel])],
        "mapping_ids": [(6, 0, mappings)],
    }
    wizard = admin.call("ecom.gateway.setup", "create", values)
    admin.call("ecom.gateway.setup", "action_set_up", [wizard])
    gateway = int(admin.call("ecom.gateway.setup", "read", [wizard], ["gateway_id"])[0]["gateway_id"][0])
    since = datetime.now(timezone.utc) - SINCE
    admin.call("ecom.gateway", "write", [gateway], {"import_from": f"{since:%Y-%m-%d %H:%M:%S}"})
    if kind in KEYS:
        admin.call("ecom.gateway", "write", [gateway], {"url": f"{sandbox_url}/{kind}"})
    for key, value in KEYS.get(kind, {}).items():
        rows = admin.call("ecom.gateway.credential", "search", [("gateway_id", "=", gateway), ("key", "=", key)])
        admin.call("ecom.gateway.credential", "write", rows, {"value": value})
    return gateway


# --- what happens at the gateways and at the bank


def _at_stripe(sandbox_url: str, orders: list[dict[str, Any]]) -> list[tuple[str, str, float, datetime]]:
    """All but the newest order are collected; one is paid back in part, one disputed, and a stranger pays.

    :return: the payouts: gateway, id, amount, when the bank shows it
    """

    def ask(control: str, values: Any) -> Any:
        return sandbox.call(sandbox_url, f"/sandbox/stripe/{control}", values)

    charges = ask("charges", [charge_of(order, "payment_intent") for order in orders[:-1]])
    if len(charges) > 2:
        ask("refunds", {"charge": charges[0]["id"], "amount": "5.00", "created": _ago(20)})
        ask("disputes", {"charge": charges[1]["id"], "created": _ago(9)})
    ask("charges", {"amount": "45.00", "currency": "EUR", "created": _ago(18)})
    ask("moves", {"type": "stripe_fee", "amount": "-2.00", "currency": "EUR", "created": _ago(12)})
    sent = []
    for days in PAID_OUT:
        payout = ask("payouts", {"currency": "EUR", "created": _ago(days)})
        if payout:
            ask("payouts", {"payout": payout["id"], "status": "paid" if days > 2 else "in_transit"})
            arrives = datetime.fromtimestamp(payout["arrival_date"], timezone.utc)
            sent.append(("STRIPE", payout["id"], payout["amount"] / 100, arrives))
    return sent


def _at_paypal(sandbox_url: str, orders: list[dict[str, Any]]) -> list[tuple[str, str, float, datetime]]:
    def ask(control: str, values: Any) -> Any:
        return sandbox.call(sandbox_url, f"/sandbox/paypal/{control}", values)

    ask("captures", [charge_of(order, "id") for order in orders])
    sent = []
    for days in PAID_OUT[1:]:
        payout = ask("payouts", {"currency": "EUR", "created": _ago(days)})
        if payout:
            amount = -float(payout["transaction_amount"]["value"])
            sent.append(("PAYPAL", payout["transaction_id"], amount, datetime.fromisoformat(_ago(days))))
    return sent


def charge_of(order: dict[str, Any], name: str) -> dict[str, Any]:
    """A payment as the gateway has it; ``name`` is what it calls the id that the shop knows."""
    return {
        name: order["transaction"],
        "order": order["number"],
        "amount": f"{order['amount_total']:.2f}",
        "currency": order["currency_code"],
        "created": f"{order['paid_at'].replace(' ', 'T')}+00:00",
    }


def _at_the_bank(
    admin: Client,
    sent: list[tuple[str, str, float, datetime]],
    awaited: list[dict[str, Any]],
    gateways: list[int],
) -> None:
    """Payouts that are clear, one whose amount differs, transfers of customers, one with a slip, and a stranger's."""
    own = [row["journal_id"][0] for row in admin.search_read("ecom.gateway", [("id", "in", gateways)], "journal_id")]
    (journal,) = admin.call("account.journal", "search", [("type", "=", "bank"), ("id", "not in", own)], limit=1)
    now = datetime.now(timezone.utc)
    lines = [
        (f"VIR SEPA {label} {name if position % 2 else ''}", amount, day)
        for position, (label, name, amount, day) in enumerate(sent)
        if day < now - timedelta(days=1)
    ]
    if len(lines) > 2:
        label, amount, day = lines[1]
        lines[1] = (label, round(amount - 0.50, 2), day)  # the bank took its share
    for position, order in enumerate(awaited):
        number = order["number"] if not position else f"{order['number'][:-1]}X"
        lines.append((f"VIR {order['customer_name']} CMD {number}", order["amount_total"], now - timedelta(days=2)))
    lines.append(("VIR RECU SANS MOTIF", 61.17, now - timedelta(days=3)))
    admin.call(
        "account.bank.statement.line",
        "create",
        [
            {"journal_id": journal, "payment_ref": " ".join(label.split()), "amount": amount, "date": f"{day:%Y-%m-%d}"}
            for label, amount, day in lines
        ],
    )


def _ago(days: int) -> str:
    return (datetime.now(timezone.utc) - timedelta(days=days)).isoformat()
