"""A month made up: charges with fees, some captured in part, refunds, disputes, reserves, a payout each working day."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from ..store import Doc
from .amounts import digits
from .ledger import DAY, Ledger

REFUNDED, DISPUTED, PARTIAL = 0.05, 0.004, 0.03  # of the charges
MONEY = ("EUR", "USD", "GBP", "CHF")


def make(ledger: Ledger, values: Mapping[str, Any]) -> Doc:
    """Make up a month.

    :param values: ``month`` (``2026-10``), ``charges`` (how many) or ``orders`` (each with ``order``, ``amount``,
        ``currency``, ``created``, and ``id`` and ``payment_intent`` where a shop has told them), ``seed``,
        ``currencies``.
    """
    first = date.fromisoformat(f"{values['month']}-01")
    after = (first + timedelta(days=32)).replace(day=1)
    chance = random.Random(values.get("seed", 1))
    start, days = _midnight(first), (after - first).days
    orders = values.get("orders") or _orders(values, chance, start, days)
    due: dict[int, list[Doc]] = {}  # by day: the orders
    for order in orders:
        charged = ledger.moment(order.get("created")) if order.get("created") else start + chance.randrange(days * DAY)
        due.setdefault((charged - start) // DAY, []).append({**order, "_created": charged})
    made: list[Doc] = []
    later: dict[int, list[tuple[str, Doc]]] = {}
    payouts: list[Doc] = []
    with ledger.store.transaction():
        for day in range(days):
            midnight = start + day * DAY
            payouts += _pay_out(ledger, midnight, payouts)
            for order in sorted(due.get(day, []), key=lambda order: order["_created"]):
                if chance.random() < PARTIAL:
                    # Less was sent than ordered: what was authorised beyond it is let go.
                    order["authorized"] = str(Decimal(order["amount"]) + 10)
                charge = ledger.charge({**order, "created": _iso(order["_created"])})
                made.append(charge)
                for what, odds in (("refund", REFUNDED), ("dispute", DISPUTED)):
                    if chance.random() < odds:
                        later.setdefault(day + chance.randrange(1, 8), []).append((what, charge))
                        break
            for what, subject in later.pop(day, []):
                _happen(ledger, chance, what, subject, midnight + chance.randrange(DAY), later, day)
            _extras(ledger, day, midnight)
        payouts += _pay_out(ledger, start + days * DAY - 1, payouts)
    moves = ledger.all("balance_transactions")
    return {
        "charges": [
            {
                "id": charge["id"],
                "payment_intent": charge["payment_intent"],
                "order": charge["metadata"].get("order_id", ""),
                "amount": str(Decimal(charge["amount_captured"]).scaleb(-digits(charge["currency"]))),
                "currency": charge["currency"].upper(),
                "created": _iso(charge["created"]),
            }
            for charge in made
        ],
        "payouts": [payout["id"] for payout in payouts],
        "balance_transactions": len(moves),
    }


def _orders(values: Mapping[str, Any], chance: random.Random, start: int, days: int) -> list[Doc]:
    money = values.get("currencies") or MONEY
    return [
        {
            "order": str(1001 + number),
            "amount": str(Decimal(chance.randrange(500, 25_000)) / 100),
            "currency": money[0] if chance.random() < 0.8 else chance.choice(money),
            "created": _iso(start + chance.randrange(days * DAY)),
        }
        for number in range(int(values.get("charges", 200)))
    ]


def _happen(
    ledger: Ledger,
    chance: random.Random,
    what: str,
    subject: Doc,
    moment: int,
    later: dict[int, list[tuple[str, Doc]]],
    day: int,
) -> None:
    when = {"created": _iso(moment)}
    if what == "refund":
        captured = subject["amount_captured"]
        amount = captured if chance.random() < 0.6 else max(1, captured // 3)
        ledger.refund(ledger.find("charges", subject["id"]), amount, when)
    elif what == "dispute":
        dispute = ledger.dispute(ledger.find("charges", subject["id"]), when)
        later.setdefault(day + 6, []).append(("decide", dispute))
    else:
        ledger.close_dispute(ledger.find("disputes", subject["id"]), chance.choice(["won", "lost"]), when)


def _extras(ledger: Ledger, day: int, midnight: int) -> None:
    """What the gateway does by itself: a reserve held and released, a correction, a monthly fee."""
    moves = {
        4: ("reserve_hold", "-150.00"),
        11: ("adjustment", "-3.40"),
        18: ("reserve_release", "150.00"),
        25: ("stripe_fee", "-12.00"),
    }
    if day in moves:
        kind, amount = moves[day]
        ledger.adjust({"type": kind, "amount": amount, "currency": "EUR", "created": _iso(midnight + 3600)})


def _pay_out(ledger: Ledger, moment: int, before: list[Doc]) -> list[Doc]:
    """A payout of each currency; those of the days before arrive."""
    for payout in before:
        if payout["arrival_date"] <= moment and ledger.find("payouts", payout["id"])["status"] == "in_transit":
            ledger.set_payout(ledger.find("payouts", payout["id"]), "paid", {})
    if datetime.fromtimestamp(moment, timezone.utc).weekday() >= 5:
        return []
    made = [ledger.pay_out(money, moment) for money in ledger.settings["currencies"]]
    return [payout for payout in made if payout]


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=timezone.utc).timestamp())


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, timezone.utc).isoformat()
