"""Stripe's objects read as documents. Pure; raises ``ValueError`` that names the field."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..documents import (
    ZERO,
    DisputeDocument,
    DisputeStatus,
    FeeDocument,
    PayoutDocument,
    PayoutStatus,
    TransactionDocument,
    TransactionKind,
)
from ..shared import Raw, rows, text
from ..values import currency, epoch, epoch_or_none, mapping, mapping_or_empty, required
from .kinds import DISPUTE_STATUS, FEE_KINDS, PAYOUT_STATUS, kind_of
from .money import from_minor

# Where shops' modules put the order's number, the number that people read first.
_ORDER_KEYS = ("order_number", "order_reference", "order_id", "order", "id_order")

# What is kept of the thing behind a transaction: the rest is the customer's name, address and card.
_KEPT = frozenset(
    (
        *("id", "object", "amount", "currency", "charge", "payment_intent", "metadata", "reason", "status", "created"),
        *("amount_captured", "automatic", "statement_descriptor", "failure_reason", "balance_transaction"),
    )
)


def slim(raw: Raw) -> Raw:
    """A balance transaction as it is worth keeping."""
    source = raw.get("source")
    if not isinstance(source, dict):
        return raw
    return {**raw, "source": {key: value for key, value in source.items() if key in _KEPT}}


def parse_transaction(raw: Raw) -> TransactionDocument:
    money = currency(mapping(raw, "transaction").get("currency"), "currency")
    amount, fee, net = (from_minor(raw.get(name), money, name) for name in ("amount", "fee", "net"))
    if amount - fee != net:
        raise ValueError(f"net: {net} is not {amount} - {fee}")
    kind = kind_of(text(raw.get("type")), text(raw.get("reporting_category")))
    source = mapping_or_empty(raw.get("source"))
    source_id = text(source.get("id")) or text(raw.get("source"))
    charge_id = source_id if kind is TransactionKind.CHARGE else _id(source.get("charge"))
    references = _references(charge_id, source)
    customer_amount, customer_currency = _customer_money(source, amount, money)
    return TransactionDocument(
        external_id=required(text(raw.get("id")), "id"),
        kind=kind,
        amount=amount,
        fee=fee,
        net=net,
        currency=money,
        occurred_at=epoch(raw.get("created"), "created"),
        available_on=epoch(raw.get("available_on"), "available_on").date(),
        reference=references[0] if references else "",
        references=references,
        source_id=source_id,
        charge_id=charge_id,
        order_reference=_order_reference(source),
        description=text(raw.get("description")),
        payout_id=source_id if kind is TransactionKind.PAYOUT else "",
        fees=_fees(raw, money, fee) or _tax_alone(raw, amount),
        customer_amount=customer_amount,
        customer_currency=customer_currency,
        vendor_kind=text(raw.get("type")),
        raw=raw,
    )


def parse_payout(raw: Raw) -> PayoutDocument:
    money = currency(mapping(raw, "payout").get("currency"), "currency")
    automatic = raw.get("automatic") is True
    return PayoutDocument(
        external_id=required(text(raw.get("id")), "id"),
        amount=from_minor(raw.get("amount"), money, "amount"),
        currency=money,
        arrival_date=epoch(raw.get("arrival_date"), "arrival_date").date(),
        # One that is not known never says that the money came.
        status=PAYOUT_STATUS.get(text(raw.get("status")), PayoutStatus.PENDING),
        created_at=epoch(raw.get("created"), "created"),
        statement_label=text(raw.get("statement_descriptor")) or "STRIPE",
        composed=automatic,
        ready=text(raw.get("reconciliation_status")) != "in_progress",
        trace_id=text(mapping_or_empty(raw.get("trace_id")).get("value")),
        failure=text(raw.get("failure_message")) or text(raw.get("failure_code")),
        transaction_id=_id(raw.get("balance_transaction")),
        raw=raw,
    )


def parse_dispute(raw: Raw) -> DisputeDocument:
    money = currency(mapping(raw, "dispute").get("currency"), "currency")
    charge_id = required(_id(raw.get("charge")), "charge")
    references = _references(charge_id, raw)
    vendor_status = text(raw.get("status"))
    return DisputeDocument(
        external_id=required(text(raw.get("id")), "id"),
        charge_id=charge_id,
        amount=from_minor(raw.get("amount"), money, "amount"),
        currency=money,
        status=DISPUTE_STATUS.get(vendor_status, DisputeStatus.UNDER_REVIEW),
        opened_at=epoch(raw.get("created"), "created"),
        reason=text(raw.get("reason")),
        reference=references[0],
        references=references,
        evidence_due_by=epoch_or_none(
            mapping_or_empty(raw.get("evidence_details")).get("due_by"), "evidence_details.due_by"
        ),
        refundable=raw.get("is_charge_refundable") is True,
        transaction_ids=tuple(text(row.get("id")) for row in rows(raw, "balance_transactions")),
        vendor_status=vendor_status,
        raw=raw,
    )


def slim_dispute(raw: Raw) -> Raw:
    """A dispute without the evidence, which is about the customer."""
    return {key: value for key, value in raw.items() if key not in ("evidence", "payment_method_details")}


def _id(value: Any) -> str:
    """The id of something that is expanded or not."""
    return text(value.get("id")) if isinstance(value, Mapping) else text(value)


def _references(charge_id: str, source: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(found for found in (charge_id, _id(source.get("payment_intent"))) if found)


def _order_reference(source: Mapping[str, Any]) -> str:
    metadata = mapping_or_empty(source.get("metadata"))
    return next((found for key in _ORDER_KEYS if (found := text(metadata.get(key)))), "")


def _customer_money(source: Mapping[str, Any], amount: Decimal, money: str) -> tuple[Decimal | None, str]:
    """What the customer saw, with the transaction's sign, where it is in another currency than the balance."""
    if not source.get("currency"):
        return None, ""
    theirs = currency(source.get("currency"), "source.currency")
    if theirs == money:
        return None, ""
    # Of a charge that was captured in part, ``amount`` is what was authorised.
    field = "amount_captured" if source.get("amount_captured") is not None else "amount"
    found = abs(from_minor(source.get(field), theirs, f"source.{field}"))
    return (-found if amount < 0 else found), theirs


def _tax_alone(raw: Raw, amount: Decimal) -> tuple[FeeDocument, ...]:
    """VAT on fees that is charged by itself."""
    if text(raw.get("type")) != "tax_fee":
        return ()
    return (FeeDocument("tax", -amount, text(raw.get("description"))),)


def _fees(raw: Raw, money: str, fee: Decimal) -> tuple[FeeDocument, ...]:
    found = tuple(
        FeeDocument(
            FEE_KINDS.get(text(row.get("type")), "fee"),
            from_minor(row.get("amount"), money, "fee_details.amount"),
            text(row.get("description")),
        )
        for row in rows(raw, "fee_details")
    )
    # Parts that do not make up the whole explain nothing.
    return found if sum((part.amount for part in found), ZERO) == fee else ()
