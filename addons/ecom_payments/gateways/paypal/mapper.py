"""PayPal's answers read as documents. Pure; raises ``ValueError`` that names the field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..documents import ZERO, DisputeDocument, PayoutDocument, PayoutStatus, TransactionDocument, TransactionKind
from ..shared import Raw, _, rows, text, utc, utc_or_none
from ..values import mapping, mapping_or_empty, required
from .kinds import PAYOUT_STATUS, SETTLED, dispute_status, kind_of
from .money import amount_of

# Of these the customer is the author or the subject.
_PERSONAL = frozenset({"transaction_note", "transaction_subject", "paypal_account_id"})
_DISPUTE_KEPT = frozenset(
    (
        *("dispute_id", "create_time", "update_time", "reason", "status", "dispute_amount", "dispute_outcome"),
        *("dispute_life_cycle_stage", "dispute_channel", "seller_response_due_date", "money_movements"),
    )
)
_DISPUTED_KEPT = frozenset({"seller_transaction_id", "invoice_number", "custom", "gross_amount", "create_time"})


def slim(raw: Raw) -> Raw:
    """A transaction as it is worth keeping."""
    info = raw.get("transaction_info")
    if not isinstance(info, dict):
        return raw
    return {"transaction_info": {key: value for key, value in info.items() if key not in _PERSONAL}}


def slim_dispute(raw: Raw) -> Raw:
    """A dispute without the customer, the messages and the evidence."""
    disputed = [
        {key: value for key, value in row.items() if key in _DISPUTED_KEPT}
        for row in raw.get("disputed_transactions") or []
        if isinstance(row, dict)
    ]
    return {**{key: value for key, value in raw.items() if key in _DISPUTE_KEPT}, "disputed_transactions": disputed}


def is_payout(raw: Raw) -> bool:
    """Whether a transaction is a withdrawal, and not one coming back."""
    code = text(mapping_or_empty(raw.get("transaction_info")).get("transaction_event_code"))
    return code != "T1101" and kind_of(code, False) is TransactionKind.PAYOUT


def parse_transaction(raw: Raw) -> TransactionDocument:
    info = mapping(mapping(raw, "transaction").get("transaction_info"), "transaction_info")
    amount, money = amount_of(info.get("transaction_amount"), "transaction_amount")
    fee = ZERO
    if info.get("fee_amount") is not None:
        taken, fee_money = amount_of(info["fee_amount"], "fee_amount")
        if fee_money != money:
            raise ValueError(_("fee_amount: is in %(currency)s, not in %(other)s", currency=fee_money, other=money))
        fee = -taken
    code = required(text(info.get("transaction_event_code")), "transaction_event_code")
    id = required(text(info.get("transaction_id")), "transaction_id")
    kind = kind_of(code, amount >= 0)
    related, related_type = text(info.get("paypal_reference_id")), text(info.get("paypal_reference_id_type"))
    charge_id = id if kind is TransactionKind.CHARGE else related if related_type in ("TXN", "") else ""
    # A charge is related to the order that it was captured of.
    references = tuple(found for found in (charge_id, related if related_type == "ODR" else "") if found)
    return TransactionDocument(
        # PayPal says that its ids are not unique in the reports.
        external_id=f"{id}-{code}",
        kind=kind,
        amount=amount,
        fee=fee,
        net=amount - fee,
        currency=money,
        occurred_at=utc(_zoned(info.get("transaction_initiation_date")), "transaction_initiation_date"),
        reference=references[0] if references else "",
        references=references,
        source_id=id,
        charge_id=charge_id,
        order_reference=_order_reference(info),
        payout_id=id if kind is TransactionKind.PAYOUT and code != "T1101" else related if code == "T1101" else "",
        group_id=related if kind is TransactionKind.CONVERSION else "",
        vendor_kind=code,
        settled=SETTLED.get(text(info.get("transaction_status")), False),
        raw=raw,
    )


def parse_payout(raw: Raw) -> PayoutDocument:
    found = parse_transaction(raw)
    status = text(raw["transaction_info"].get("transaction_status"))
    return PayoutDocument(
        external_id=found.source_id,
        amount=-found.amount,
        currency=found.currency,
        arrival_date=None,
        status=PAYOUT_STATUS.get(status, PayoutStatus.PENDING),
        created_at=found.occurred_at,
        statement_label="PAYPAL",
        composed=False,
        trace_id=text(raw["transaction_info"].get("bank_reference_id")),
        transaction_id=found.external_id,
        raw=raw,
    )


def parse_dispute(raw: Raw) -> DisputeDocument:
    amount, money = amount_of(mapping(raw, "dispute").get("dispute_amount"), "dispute_amount")
    disputed = rows(raw, "disputed_transactions")
    charge_id = required(
        text(disputed[0].get("seller_transaction_id")) if disputed else "",
        "disputed_transactions.seller_transaction_id",
    )
    status, stage = text(raw.get("status")), text(raw.get("dispute_life_cycle_stage"))
    outcome = text(mapping_or_empty(raw.get("dispute_outcome")).get("outcome_code"))
    return DisputeDocument(
        external_id=required(text(raw.get("dispute_id")), "dispute_id"),
        charge_id=charge_id,
        amount=amount,
        currency=money,
        status=dispute_status(status, stage, outcome),
        opened_at=utc(_zoned(raw.get("create_time")), "create_time"),
        reason=text(raw.get("reason")),
        reference=charge_id,
        references=(charge_id,),
        evidence_due_by=utc_or_none(_zoned(raw.get("seller_response_due_date")), "seller_response_due_date"),
        refundable=status != "RESOLVED",
        vendor_status=outcome if status == "RESOLVED" and outcome else status,
        raw=raw,
    )


def _zoned(value: Any) -> Any:
    """PayPal writes ``+0000`` where Python 3.10 wants ``+00:00``."""
    if isinstance(value, str) and len(value) > 5 and value[-5] in "+-" and value[-4:].isdigit():
        return f"{value[:-2]}:{value[-2:]}"
    return value


def _order_reference(info: Mapping[str, Any]) -> str:
    """The invoice number that the shop gave, else what it put into the custom field, some of them as JSON."""
    if found := text(info.get("invoice_id")):
        return found
    custom = text(info.get("custom_field"))
    if custom.startswith("{"):
        try:
            custom = text(mapping_or_empty(json.loads(custom)).get("order_id"))
        except (ValueError, RecursionError):
            return custom
    return custom
