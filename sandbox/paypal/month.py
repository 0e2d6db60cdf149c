"""A month made up: captures with fees, refunds, disputes, holds, a conversion, and a withdrawal each working day."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from ..store import Doc
from .ledger import Ledger

REFUNDED, DISPUTED = 0.05, 0.005  # of the captures
MONEY = ("EUR", "USD", "GBP", "CHF")


def make(ledger: Ledger, values: Mapping[str, Any]) -> Doc:
    """Make up a month.

    :param values: ``month`` (``2026-10``), ``charges`` (how many) or ``orders`` (each with ``order``, ``amount``,
        ``currency``, ``created``, and ``id`` where a shop has told it), ``seed``, ``currencies``.
    """
    first = date.fromisoformat(f"{values['month']}-01")
    start = datetime(first.year, first.month, 1, tzinfo=timezone.utc)
    days = ((first + timedelta(days=32)).replace(day=1) - first).days
    chance = random.Random(values.get("seed", 1))
    money = tuple(values.get("currencies") or MONEY)
    orders = [dict(order) for order in values.get("orders") or _orders(values, chance, start, days, money)]
    for order in orders:
        order["_at"] = ledger.moment(
            order.get("created") or _iso(start + timedelta(seconds=chance.randrange(days * 86_400)))
        )
    orders.sort(key=lambda order: order["_at"])
    made: list[Doc] = []
    withdrawn: list[str] = []
    later: dict[int, list[tuple[str, Doc]]] = {}
    with ledger.store.transaction():
        for day in range(days):
            midnight = start + timedelta(days=day)
            while orders and orders[0]["_at"] < midnight + timedelta(days=1):
                order = orders.pop(0)
                capture = ledger.capture({**order, "created": _iso(order["_at"])})
                made.append({"order": order["order"], **capture, "created": _iso(order["_at"])})
                for what, odds in (("refund", REFUNDED), ("dispute", DISPUTED)):
                    if chance.random() < odds:
                        later.setdefault(day + chance.randrange(1, 8), []).append((what, capture))
                        break
            for what, subject in later.pop(day, []):
                moment = {"created": _iso(midnight + timedelta(seconds=chance.randrange(80_000)))}
                _happen(ledger, chance, what, subject, moment, later, day)
            _extras(ledger, day, midnight)
            if midnight.weekday() < 5:
                evening = {"created": _iso(midnight + timedelta(hours=23, minutes=59))}
                moves = [ledger.withdraw({"currency": code, **evening}) for code in money]
                withdrawn += [move["transaction_id"] for move in moves if move]
    return {
        "charges": [
            {
                "id": capture["id"],
                "order": capture["order"],
                "amount": capture["amount"]["value"],
                "currency": capture["amount"]["currency_code"],
                "created": capture["created"],
            }
            for capture in made
        ],
        "payouts": withdrawn,
        "transactions": len(ledger.all("transactions")),
    }


def _orders(
    values: Mapping[str, Any], chance: random.Random, start: datetime, days: int, money: tuple[str, ...]
) -> list[Doc]:
    return [
        {
            "order": str(5001 + number),
            "amount": str(Decimal(chance.randrange(500, 25_000)) / 100),
            "currency": money[0] if chance.random() < 0.8 else chance.choice(money),
            "created": _iso(start + timedelta(seconds=chance.randrange(days * 86_400))),
        }
        for number in range(int(values.get("charges", 200)))
    ]


def _happen(
    ledger: Ledger,
    chance: random.Random,
    what: str,
    subject: Doc,
    moment: Mapping[str, str],
    later: dict[int, list[tuple[str, Doc]]],
    day: int,
) -> None:
    if what == "refund":
        capture = ledger.all("captures")[subject["_number"]]
        part = None if chance.random() < 0.6 else Decimal("1.00")
        ledger.refund(capture, part, moment)
    elif what == "dispute":
        dispute = ledger.dispute(subject, moment)
        later.setdefault(day + 6, []).append(("decide", dispute))
    else:
        ledger.close_dispute(subject, chance.choice(["won", "lost"]), moment)


def _extras(ledger: Ledger, day: int, midnight: datetime) -> None:
    """What PayPal does by itself: a hold and its release, a correction, a monthly fee; and a change of money."""
    moment = {"created": _iso(midnight + timedelta(hours=1))}
    moves = {4: ("T2103", "-80.00"), 11: ("T1200", "-2.10"), 18: ("T2104", "80.00"), 25: ("T0101", "-25.00")}
    if day in moves:
        ledger.adjust({"code": moves[day][0], "amount": moves[day][1], "currency": "EUR", **moment})
    if day == 20:
        ledger.convert({"amount": "5.00", "currency": "USD", "to": "EUR", "rate": "0.92", **moment})


def _iso(moment: datetime) -> str:
    return moment.isoformat()
