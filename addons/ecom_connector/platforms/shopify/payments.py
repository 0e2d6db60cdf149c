"""What pays a Shopify order: its transactions, those of gift cards and of the money that is only promised. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ..documents import ZERO, PaymentDocument, PaymentKind
from ..values import rows, text, utc_or_none
from .amounts import money
from .ids import plain

GIFT_CARD = "gift_card"
_TAKEN = frozenset({"SALE", "CAPTURE"})
_RESERVED = frozenset({"AUTHORIZATION", "EMV_AUTHORIZATION"})


def payments(raw: Mapping[str, Any], total: Decimal) -> tuple[PaymentDocument, ...]:
    """The means that pay ``total``, to the cent: money that came, then money that is reserved or promised.

    What was paid too much (cash that is given change for, an order that an edit made cheaper) is no payment of the
    order. The reference of a payment is the id of its transaction, which Shopify's payouts name.
    """
    found = rows(raw, "transactions")
    taken, promised = [], []
    spent: dict[str, Decimal] = {}  # of authorisations, by what was captured or given up
    for index, row in enumerate(found):
        kind, status = text(row.get("kind")), text(row.get("status"))
        parent = row.get("parentTransaction")
        if status == "SUCCESS" and kind in ("CAPTURE", "VOID") and isinstance(parent, Mapping):
            amount = money(row, "amountSet", f"transactions[{index}]")
            key = text(parent.get("id"))
            spent[key] = spent.get(key, ZERO) + (amount if kind == "CAPTURE" else Decimal("Infinity"))
    for index, row in enumerate(found):
        field = f"transactions[{index}]"
        kind, status = text(row.get("kind")), text(row.get("status"))
        if kind in _TAKEN and status == "SUCCESS":
            payment = _payment(row, field)
            paid_at = utc_or_none(row.get("processedAt") or row.get("createdAt"), f"{field}.processedAt")
            taken.append(replace(payment, paid_at=paid_at))
        elif (kind in _RESERVED and status == "SUCCESS") or (kind in _TAKEN and status == "PENDING"):
            payment = _payment(row, field)
            promised.append(replace(payment, amount=payment.amount - spent.get(text(row.get("id")), ZERO)))
    return _up_to(total, [*taken, *(payment for payment in promised if payment.amount > 0)], raw)


def gateways(raw: Mapping[str, Any]) -> frozenset[str]:
    """The names of the means of payment, in lower case."""
    names = raw.get("paymentGatewayNames")
    found = [text(name) for name in names] if isinstance(names, list) else []
    found += [text(row.get(key)) for row in rows(raw, "transactions") for key in ("gateway", "formattedGateway")]
    return frozenset(name.casefold() for name in found if name)


def _payment(row: Mapping[str, Any], field: str) -> PaymentDocument:
    gateway = text(row.get("gateway"))
    return PaymentDocument(
        method=gateway,
        title=text(row.get("formattedGateway")) or gateway,
        amount=money(row, "amountSet", field),
        transaction=plain(row.get("id")),
        kind=PaymentKind.GIFT_CARD if gateway == GIFT_CARD else PaymentKind.MONEY,
    )


def _up_to(total: Decimal, found: Sequence[PaymentDocument], raw: Mapping[str, Any]) -> tuple[PaymentDocument, ...]:
    kept: list[PaymentDocument] = []
    left = total
    for payment in found:
        amount = min(payment.amount, left)
        if amount > 0 or (not total and not kept):
            kept.append(replace(payment, amount=amount))
            left -= amount
    if left > 0 and not raw.get("cancelledAt"):
        # Payment terms, a payment link that was sent: nothing was tried yet.
        names = raw.get("paymentGatewayNames")
        method = text(names[-1]) if isinstance(names, list) and names else ""
        kept.append(PaymentDocument(method=method, title=method, amount=left))
    elif left and kept:
        kept[-1] = replace(kept[-1], amount=kept[-1].amount + left)
    return tuple(kept)
