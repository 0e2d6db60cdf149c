"""The shop's month at its gateways and at the bank, for the accountant's pictures."""

from __future__ import annotations

from dev import demo_payments
from dev.client import Client
from dev.pictures.orders import SHOP, Places, wait_for
from dev.sandbox import SandboxServer


def tell(admin: Client, shop: SandboxServer, places: Places) -> None:
    """Let the gateways pay out and the bank show it, and find what the pictures are of."""
    demo_payments.tell(admin, shop.url, SHOP)
    explained = [("ecom_payout_id", "!=", False)]
    wait_for(lambda: admin.call("account.bank.statement.line", "search_count", explained))
    shown = [("state", "=", "banked"), ("gateway_id.kind", "=", "stripe")]
    (payout,) = wait_for(lambda: admin.call("ecom.payout", "search", shown, limit=1, order="arrival_date desc"))
    paid = [("payout_id", "=", payout), ("kind", "=", "charge"), ("order_id", "!=", False)]
    (row,) = admin.search_read("ecom.gateway.transaction", paid, "order_id", limit=1, order="id")
    places |= {"payout": payout, "paid": row["order_id"][0]}
