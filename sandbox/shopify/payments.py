"""Shopify Payments' books: what moves the balance, what is paid out, what customers dispute.

Charges and refunds are not kept here: they are read off the transactions of the orders, so the two cannot disagree.
Everything is in the shop's currency, as its payouts are.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from ..store import Doc
from . import gid
from .money import amount, currency_of, scaled, text
from .placing import GATEWAY
from .resolving import Refused
from .shop import Shop

RATE, FIXED = Decimal("0.015"), Decimal("0.25")  # the fee of a charge
DISPUTE_FEE = Decimal("15.00")
ANSWER = timedelta(days=9)  # until when evidence is due
_TYPES = {"SALE": "CHARGE", "CAPTURE": "CHARGE", "REFUND": "REFUND"}


def moves(shop: Shop) -> list[Doc]:
    """All that moved the balance, the oldest first; kept ready until something moves it again."""
    versions = tuple(shop.versions.get(kind, 0) for kind in ("balance_moves", "payouts"))
    found: list[Doc] = shop.ready("orders", ("moves", versions), lambda: _moves(shop))
    return found


def _moves(shop: Shop) -> list[Doc]:
    paid = {number: doc for doc in shop.all("payouts").values() for number in doc["members"]}
    made = [_of_order(order, row) for order in shop.all("orders").values() for row in order["transactions"]]
    made += [dict(doc) for doc in shop.all("balance_moves").values()]
    for doc in (found := [doc for doc in made if doc]):
        doc["payout"] = paid.get(doc["id"])
    return sorted(found, key=place)


def place(move: Doc) -> tuple[str, int]:
    return move["transactionDate"], move["id"]


def _of_order(order: Doc, row: Doc) -> Doc:
    if row["gateway"] != GATEWAY or row["status"] != "SUCCESS" or row["kind"] not in _TYPES:
        return {}
    currency, kind = currency_of(row["amountSet"]), _TYPES[row["kind"]]
    number = amount(row["amountSet"])
    fee = number * RATE + FIXED if kind == "CHARGE" else Decimal(0)
    return {
        "id": row["id"],
        "type": kind,
        "sourceType": kind,
        "amount": text(number if kind == "CHARGE" else -number, currency),
        "fee": text(fee, currency),
        "transactionDate": row["processedAt"],
        "sourceId": row["id"],
        "sourceOrderTransactionId": row["id"],
        "orderId": order["id"],
        "orderName": order["name"],
    }


def net(move: Doc) -> Decimal:
    return amount(move["amount"]) - amount(move["fee"])


def move(shop: Shop, type: str, value: str, created: str | None = None, fee: str = "0.00", **known: Any) -> Doc:
    """Whatever else moves the balance: ``RESERVED_FUNDS``, ``ADJUSTMENT``, ``STRIPE_FEE`` …; ``value`` as in -12.00."""
    return shop.put(
        "balance_moves",
        {
            "id": shop.next_id("transaction"), "type": type, "sourceType": known.pop("source", "ADJUSTMENT"),
            "amount": text(Decimal(value), shop.currency), "fee": text(Decimal(fee), shop.currency),
            "transactionDate": _moment(shop, created), **known,
        },
    )  # fmt: skip


def pay_out(shop: Shop, created: str | None = None, payout: str = "", status: str = "") -> Doc:
    """Pay out all that moved the balance up to ``created``; or have ``payout`` go on to a ``status``.

    :raise Refused: where there is nothing.
    """
    if payout:
        return _go_on(shop, int(payout), status)
    moment = _moment(shop, created)
    members = [one for one in moves(shop) if not one["payout"] and one["transactionDate"] <= moment]
    value = sum((net(one) for one in members), Decimal(0))
    if not value:
        raise Refused("The balance is empty")
    number = shop.next_id("payout")
    sent = move(shop, "TRANSFER", str(-value), moment, source="TRANSFER", sourceId=number)
    return shop.put(
        "payouts",
        {
            "id": number, "issuedAt": moment, "status": "IN_TRANSIT",
            "transactionType": "DEPOSIT" if value > 0 else "WITHDRAWAL", "net": text(value, shop.currency),
            "members": [*(one["id"] for one in members), sent["id"]], "externalTraceId": f"SP{number}",
        },
    )  # fmt: skip


def _go_on(shop: Shop, number: int, status: str) -> Doc:
    doc = shop.load("payouts", number)
    if doc is None or status not in ("PAID", "FAILED", "CANCELED"):
        raise Refused("No such payout, or no such status")
    if status != "PAID" and doc["status"] not in ("FAILED", "CANCELED"):
        kind = "TRANSFER_FAILURE" if status == "FAILED" else "TRANSFER_CANCEL"
        move(shop, kind, str(amount(doc["net"])), source="TRANSFER", sourceId=number)
    doc["status"] = status
    return shop.put("payouts", doc)


def dispute(shop: Shop, order: str = "", reason: str = "FRAUDULENT", created: str | None = None,
            dispute: str = "", status: str = "") -> Doc:  # fmt: skip
    """The customer of an order disputes its payment; or ``dispute`` is decided: WON or LOST.

    :raise Refused: for an order that was not paid through Shopify Payments.
    """
    if dispute:
        return _decide(shop, int(dispute), status)
    found = shop.peek("orders", gid.number(order, "Order") if str(order).startswith("gid:") else int(order))
    charge = next((one for one in moves(shop) if found and one.get("orderId") == found["id"]), None)
    if found is None or charge is None:
        raise Refused("The order was not paid through Shopify Payments")
    moment = _moment(shop, created)
    taken = scaled(charge["amount"], -1, 1)
    move(
        shop, "DISPUTE_WITHDRAWAL", str(amount(taken)), moment, str(DISPUTE_FEE), source="DISPUTE",
        orderId=found["id"], orderName=found["name"], sourceOrderTransactionId=charge["id"],
    )  # fmt: skip
    due = datetime.fromisoformat(moment.replace("Z", "+00:00")) + ANSWER
    return shop.put(
        "disputes",
        {
            "id": shop.next_id("dispute"), "orderId": found["id"], "amount": charge["amount"], "type": "CHARGEBACK",
            "status": "NEEDS_RESPONSE", "reason": reason, "initiatedAt": moment, "chargeId": charge["id"],
            "evidenceDueBy": f"{due.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}", "finalizedOn": None,
        },
    )  # fmt: skip


def _decide(shop: Shop, number: int, status: str) -> Doc:
    doc = shop.load("disputes", number)
    if doc is None or status not in ("WON", "LOST"):
        raise Refused("No such dispute, or no such status")
    if status == "WON" and doc["status"] != "WON":
        order = shop.peek("orders", doc["orderId"]) or {}
        move(
            shop, "DISPUTE_REVERSAL", str(amount(doc["amount"])), None, str(-DISPUTE_FEE), source="DISPUTE",
            orderId=doc["orderId"], orderName=order.get("name", ""), sourceOrderTransactionId=doc["chargeId"],
        )  # fmt: skip
    doc |= {"status": status, "finalizedOn": shop.now()}
    return shop.put("disputes", doc)


def _moment(shop: Shop, value: str | None) -> str:
    if not value:
        return shop.now()
    found = datetime.fromisoformat(value.replace("Z", "+00:00"))
    aware = found if found.tzinfo else found.replace(tzinfo=timezone.utc)
    return f"{aware.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def balance(shop: Shop) -> str:
    """What Shopify holds for the merchant now."""
    return text(sum((net(one) for one in moves(shop)), Decimal(0)), shop.currency)


def order_of(shop: Shop, move: Doc) -> Doc | None:
    return shop.peek("orders", move["orderId"]) if move.get("orderId") else None


# What the control API offers, below ``/sandbox/shopify/balance/``.
CONTROLS: dict[str, Callable[..., Doc]] = {
    "balance/moves": move,
    "balance/payouts": pay_out,
    "balance/disputes": dispute,
}
