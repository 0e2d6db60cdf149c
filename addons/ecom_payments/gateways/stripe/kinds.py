"""What Stripe's types of balance transactions mean (docs.stripe.com/reports/balance-transaction-types)."""

from __future__ import annotations

from collections.abc import Mapping

from ..documents import DisputeStatus, PayoutStatus, TransactionKind

_BY_TYPE: Mapping[str, TransactionKind] = {
    "charge": TransactionKind.CHARGE,
    "payment": TransactionKind.CHARGE,
    "refund": TransactionKind.REFUND,
    "payment_refund": TransactionKind.REFUND,
    "refund_failure": TransactionKind.REFUND,
    # A direct debit or transfer that came in and then bounced.
    "payment_failure_refund": TransactionKind.REFUND,
    "payment_reversal": TransactionKind.REFUND,
    "stripe_fee": TransactionKind.FEE,
    "stripe_fx_fee": TransactionKind.FEE,
    "tax_fee": TransactionKind.FEE,
    "application_fee": TransactionKind.FEE,
    "application_fee_refund": TransactionKind.FEE,
    "adjustment": TransactionKind.ADJUSTMENT,
    "contribution": TransactionKind.ADJUSTMENT,
    "climate_order_purchase": TransactionKind.ADJUSTMENT,
    "climate_order_refund": TransactionKind.ADJUSTMENT,
    "reserve_transaction": TransactionKind.RESERVE,
    "reserved_funds": TransactionKind.RESERVE,
    "reserve_hold": TransactionKind.RESERVE,
    "reserve_release": TransactionKind.RESERVE,
    "payment_network_reserve_hold": TransactionKind.RESERVE,
    "payment_network_reserve_release": TransactionKind.RESERVE,
    "payout_minimum_balance_hold": TransactionKind.RESERVE,
    "payout_minimum_balance_release": TransactionKind.RESERVE,
    "payout": TransactionKind.PAYOUT,
    "payout_cancel": TransactionKind.PAYOUT,
    "payout_failure": TransactionKind.PAYOUT,
    "topup": TransactionKind.TRANSFER,
    "topup_reversal": TransactionKind.TRANSFER,
    "transfer": TransactionKind.TRANSFER,
    "transfer_cancel": TransactionKind.TRANSFER,
    "transfer_failure": TransactionKind.TRANSFER,
    "transfer_refund": TransactionKind.TRANSFER,
    "connect_collection_transfer": TransactionKind.TRANSFER,
}

# Money that a dispute takes or gives back is an "adjustment" whose reporting category tells it apart.
_BY_CATEGORY: Mapping[str, TransactionKind] = {
    "dispute": TransactionKind.DISPUTE,
    "dispute_reversal": TransactionKind.DISPUTE_REVERSAL,
}

PAYOUT_STATUS: Mapping[str, PayoutStatus] = {
    "pending": PayoutStatus.PENDING,
    "in_transit": PayoutStatus.IN_TRANSIT,
    "paid": PayoutStatus.PAID,
    "failed": PayoutStatus.FAILED,
    "canceled": PayoutStatus.CANCELLED,
}

DISPUTE_STATUS: Mapping[str, DisputeStatus] = {
    "warning_needs_response": DisputeStatus.INQUIRY,
    "warning_under_review": DisputeStatus.INQUIRY,
    "warning_closed": DisputeStatus.CLOSED,
    "prevented": DisputeStatus.CLOSED,
    "needs_response": DisputeStatus.NEEDS_RESPONSE,
    "appeal_needs_response": DisputeStatus.NEEDS_RESPONSE,
    "under_review": DisputeStatus.UNDER_REVIEW,
    "appeal_under_review": DisputeStatus.UNDER_REVIEW,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
}

FEE_KINDS: Mapping[str, str] = {"tax": "tax", "application_fee": "application"}


def kind_of(vendor_type: str, category: str) -> TransactionKind:
    if vendor_type == "adjustment" and category in _BY_CATEGORY:
        return _BY_CATEGORY[category]
    return _BY_TYPE.get(vendor_type, TransactionKind.UNKNOWN)
