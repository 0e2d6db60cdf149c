"""Shopify's balance read as documents. Pure; raises ``ValueError`` that names the field."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..documents import ZERO, DisputeDocument, PayoutDocument, PayoutStatus, TransactionDocument, TransactionKind
from ..shared import Raw, decimal, rows, text, utc, utc_or_none
from ..values import currency, mapping, mapping_or_empty, required
from .kinds import PAYOUT_STATUS, dispute_status, kind_of

_TAKEN = ("SALE", "CAPTURE")


def parse_transaction(raw: Raw) -> TransactionDocument:
    amount, money = _money(mapping(raw, "transaction"), "amount")
    fee, net = _money(raw, "fee")[0], _money(raw, "net")[0]
    if amount - fee != net:
        raise ValueError(f"net: {net} is not {amount} - {fee}")
    vendor_kind = text(raw.get("type"))
    kind = kind_of(vendor_kind)
    if kind is TransactionKind.FEE:
        # A fee alone is printed as an amount or as a fee.
        amount, fee = net, ZERO
    payment = mapping_or_empty(raw.get("payment"))
    source_id = plain(raw.get("sourceOrderTransactionId"))
    charge_id = source_id if kind is TransactionKind.CHARGE else plain(_parent(payment)) or source_id
    customer_amount, customer_currency = _customer_money(payment, amount, money)
    id = required(plain(raw.get("id")), "id")
    return TransactionDocument(
        external_id=id,
        kind=kind,
        amount=amount,
        fee=fee,
        net=net,
        currency=money,
        occurred_at=utc(raw.get("transactionDate"), "transactionDate"),
        reference=charge_id,
        references=(charge_id,) if charge_id else (),
        source_id=source_id,
        charge_id=charge_id,
        order_reference=plain(mapping_or_empty(raw.get("associatedOrder")).get("id")),
        description=text(raw.get("adjustmentReason")),
        payout_id=plain(mapping_or_empty(raw.get("associatedPayout")).get("id")),
        customer_amount=customer_amount,
        customer_currency=customer_currency,
        vendor_kind=vendor_kind,
        raw=raw,
    )


def parse_payout(raw: Raw) -> PayoutDocument:
    net, money = _money(mapping(raw, "payout"), "net")
    issued = utc(raw.get("issuedAt"), "issuedAt")
    collected = text(raw.get("transactionType")) == "WITHDRAWAL"
    status = PAYOUT_STATUS.get(text(raw.get("status")), PayoutStatus.PENDING)
    return PayoutDocument(
        external_id=required(plain(raw.get("id")), "id"),
        amount=-abs(net) if collected else net,
        currency=money,
        arrival_date=issued.date(),
        # One that is not known never says that the money came.
        status=status,
        created_at=issued,
        statement_label=text(raw.get("label")) or "SHOPIFY",
        # Until it is on its way, transactions may still join it.
        ready=status is not PayoutStatus.PENDING,
        trace_id=text(raw.get("externalTraceId")),
        raw=raw,
    )


def parse_dispute(raw: Raw) -> DisputeDocument:
    amount, money = _money(mapping(raw, "dispute"), "amount")
    order = mapping_or_empty(raw.get("order"))
    taken = [row for row in rows(order, "transactions") if row.get("kind") in _TAKEN and row.get("status") == "SUCCESS"]
    charges = tuple(plain(row.get("id")) for row in taken)
    charge_id = required(charges[0] if charges else "", "order.transactions")
    status = text(raw.get("status"))
    return DisputeDocument(
        external_id=required(plain(raw.get("id")), "id"),
        charge_id=charge_id,
        amount=abs(amount),
        currency=money,
        status=dispute_status(status, text(raw.get("type"))),
        opened_at=utc(raw.get("initiatedAt"), "initiatedAt"),
        reason=text(mapping_or_empty(raw.get("reasonDetails")).get("reason")).lower(),
        reference=charge_id,
        references=charges,
        evidence_due_by=utc_or_none(raw.get("evidenceDueBy"), "evidenceDueBy"),
        vendor_status=status,
        raw=raw,
    )


def plain(global_id: Any) -> str:
    """The number at the end of a global id, ``""`` for none."""
    return text(str(global_id) if isinstance(global_id, int) else global_id).rpartition("/")[2].partition("?")[0]


def _money(raw: Mapping[str, Any], field: str) -> tuple[Decimal, str]:
    found = mapping(raw.get(field), field)
    return decimal(found.get("amount"), f"{field}.amount"), currency(found.get("currencyCode"), f"{field}.currencyCode")


def _parent(payment: Mapping[str, Any]) -> Any:
    return mapping_or_empty(payment.get("parentTransaction")).get("id")


def _customer_money(payment: Mapping[str, Any], amount: Decimal, money: str) -> tuple[Decimal | None, str]:
    """What the customer saw, with the movement's sign, where it is in another currency than the balance."""
    bag = mapping_or_empty(payment.get("amountSet"))
    if not bag:
        return None, ""
    found, theirs = _money(bag, "presentmentMoney")
    if theirs == money:
        return None, ""
    return (-abs(found) if amount < 0 else abs(found)), theirs
