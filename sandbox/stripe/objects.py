"""Stripe's objects of API version 2026-10-28.endive, with all that the schemas require."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ..store import Doc

CATEGORIES = {
    "payment": "charge",
    "stripe_fee": "fee",
    "payout_failure": "payout_reversal",
    "payout_cancel": "payout_reversal",
}


def shown(doc: Doc) -> Doc:
    """An object without what is the sandbox's own."""
    return {key: value for key, value in doc.items() if not key.startswith("_")}


def seconds(value: Any) -> int:
    """Seconds since 1970.

    :raise ValueError: when it has no time zone.
    """
    moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError(f"{value} needs a time zone")
    return int(moment.astimezone(timezone.utc).timestamp())


def fee_detail(kind: str, amount: int, money: str, description: str) -> Doc:
    return {"amount": amount, "application": None, "currency": money, "description": description, "type": kind}


def transaction(
    id: str,
    vendor_type: str,
    settled: tuple[int, str],
    source: str | None,
    created: int,
    available_on: int,
    category: str,
    fees: list[Doc],
    rate: str | None,
    description: str | None,
) -> Doc:
    fee = sum(part["amount"] for part in fees)
    return {
        "id": id,
        "object": "balance_transaction",
        "amount": settled[0],
        "available_on": available_on,
        "balance_type": "payments",
        "created": created,
        "currency": settled[1],
        "description": description,
        "exchange_rate": float(rate) if rate else None,
        "fee": fee,
        "fee_details": fees,
        "net": settled[0] - fee,
        "reporting_category": CATEGORIES.get(category, category),
        "source": source,
        "status": "pending",
        "type": vendor_type,
        "_payout": "",
    }


def charge(id: str, amount: int, money: str, created: int, *, payment_intent: str, metadata: Mapping[str, str]) -> Doc:
    nobody = {"city": None, "country": "FR", "line1": None, "line2": None, "postal_code": None, "state": None}
    return {
        "id": id,
        "object": "charge",
        "amount": amount,
        "amount_captured": amount,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": {
            "address": nobody,
            "email": "marie@example.com",
            "name": "Marie Durand",
            "phone": None,
            "tax_id": None,
        },
        "captured": True,
        "created": created,
        "currency": money,
        "customer": None,
        "description": None,
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": dict(metadata),
        "on_behalf_of": None,
        "paid": True,
        "payment_intent": payment_intent,
        "payment_method": None,
        "receipt_email": None,
        "refunded": False,
        "review": None,
        "source": None,
        "source_transfer": None,
        "status": "succeeded",
        "transfer": None,
    }


def refund(id: str, charge: Doc, amount: int, created: int, metadata: Mapping[str, Any]) -> Doc:
    return {
        "id": id,
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "customer": None,
        "failure_balance_transaction": None,
        "metadata": dict(metadata),
        "payment_intent": charge["payment_intent"],
        "payment_method": None,
        "pending_reason": None,
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def dispute(id: str, charge: Doc, created: int, reason: str) -> Doc:
    return {
        "id": id,
        "object": "dispute",
        "amount": charge["amount_captured"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": _EVIDENCE,
        "evidence_details": {
            "due_by": created + 9 * 86_400,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "needs_response",
    }


def payout(id: str, amount: int, money: str, created: int, *, automatic: bool) -> Doc:
    return {
        "id": id,
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": (created + 2 * 86_400) // 86_400 * 86_400,
        "automatic": automatic,
        "balance_transaction": None,
        "created": created,
        "currency": money,
        "description": "STRIPE PAYOUT",
        "destination": "ba_1Sandbox",
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "completed" if automatic else "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit",
        "trace_id": {"status": "pending", "value": None},
        "type": "bank_account",
    }


_EVIDENCE_FIELDS = (
    "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal "
    "customer_communication customer_email_address customer_name customer_purchase_ip customer_signature "
    "duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id product_description receipt "
    "refund_policy refund_policy_disclosure refund_refusal_explanation service_date service_documentation "
    "shipping_address shipping_carrier shipping_date shipping_documentation shipping_tracking_number "
    "uncategorized_file uncategorized_text"
)
_EVIDENCE: Doc = {**dict.fromkeys(_EVIDENCE_FIELDS.split()), "enhanced_evidence": {}}
