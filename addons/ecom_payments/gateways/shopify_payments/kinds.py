"""Shopify's words for what moves the balance. Source: the vendor's schema 2026-10."""

from __future__ import annotations

from collections.abc import Mapping

from ..documents import DisputeStatus, PayoutStatus, TransactionKind

_BY_TYPE: Mapping[str, TransactionKind] = {
    "CHARGE": TransactionKind.CHARGE,
    "REFUND": TransactionKind.REFUND,
    "REFUND_FAILURE": TransactionKind.REFUND,
    "DISPUTE_WITHDRAWAL": TransactionKind.DISPUTE,
    "DISPUTE_REVERSAL": TransactionKind.DISPUTE_REVERSAL,
    "CHARGEBACK_HOLD": TransactionKind.RESERVE,
    "CHARGEBACK_HOLD_RELEASE": TransactionKind.RESERVE,
    "RESERVED_FUNDS": TransactionKind.RESERVE,
    "RESERVED_FUNDS_REVERSAL": TransactionKind.RESERVE,
    "RESERVED_FUNDS_WITHDRAWAL": TransactionKind.RESERVE,
    "RISK_WITHDRAWAL": TransactionKind.RESERVE,
    "RISK_REVERSAL": TransactionKind.RESERVE,
    "TRANSFER": TransactionKind.PAYOUT,
    "TRANSFER_CANCEL": TransactionKind.PAYOUT,
    "TRANSFER_FAILURE": TransactionKind.PAYOUT,
    "TRANSFER_REFUND": TransactionKind.PAYOUT,
    "BALANCE_TRANSFER_INBOUND": TransactionKind.TRANSFER,
    "BALANCE_TRANSFER_OUTBOUND": TransactionKind.TRANSFER,
    "STRIPE_FEE": TransactionKind.FEE,
    "APPLICATION_FEE_REFUND": TransactionKind.FEE,
    "CHARGEBACK_FEE": TransactionKind.FEE,
    "CHARGEBACK_FEE_REFUND": TransactionKind.FEE,
    "ACH_BANK_FAILURE_DEBIT_FEE": TransactionKind.FEE,
    "ACH_BANK_FAILURE_DEBIT_REVERSAL_FEE": TransactionKind.FEE,
    "REFERRAL_FEE": TransactionKind.FEE,
    "REFERRAL_FEE_TAX": TransactionKind.FEE,
    "BILLING_DEBIT": TransactionKind.FEE,
    "BILLING_DEBIT_REVERSAL": TransactionKind.FEE,
    "SHIPPING_LABEL": TransactionKind.FEE,
    "SHIPPING_LABEL_ADJUSTMENT": TransactionKind.FEE,
    "SHIPPING_LABEL_ADJUSTMENT_BASE": TransactionKind.FEE,
    "SHIPPING_LABEL_ADJUSTMENT_SURCHARGE": TransactionKind.FEE,
}
# Credits, debits and adjustments of Shopify's own programmes, of which it makes new ones every year.
_CORRECTIONS = ("ADJUSTMENT", "_CREDIT", "_CREDIT_REVERSAL", "_DEBIT", "_DEBIT_REVERSAL")

PAYOUT_STATUS: Mapping[str, PayoutStatus] = {
    "SCHEDULED": PayoutStatus.PENDING,
    "IN_TRANSIT": PayoutStatus.IN_TRANSIT,
    "PAID": PayoutStatus.PAID,
    "FAILED": PayoutStatus.FAILED,
    "CANCELED": PayoutStatus.CANCELLED,
}

_DISPUTE_STATUS: Mapping[str, DisputeStatus] = {
    "NEEDS_RESPONSE": DisputeStatus.NEEDS_RESPONSE,
    "UNDER_REVIEW": DisputeStatus.UNDER_REVIEW,
    "WON": DisputeStatus.WON,
    "LOST": DisputeStatus.LOST,
    # The merchant gave in.
    "ACCEPTED": DisputeStatus.LOST,
    "CHARGE_REFUNDED": DisputeStatus.CLOSED,
    "PREVENTED": DisputeStatus.CLOSED,
}


def kind_of(vendor_type: str) -> TransactionKind:
    """The kind of a movement; one that nobody has heard of is to be identified by a person."""
    known = _BY_TYPE.get(vendor_type)
    if known is None and vendor_type.endswith(_CORRECTIONS):
        known = TransactionKind.ADJUSTMENT
    return known or TransactionKind.UNKNOWN


def dispute_status(vendor_status: str, vendor_type: str) -> DisputeStatus:
    """An inquiry takes no money, whatever its state, until it is over."""
    found = _DISPUTE_STATUS.get(vendor_status, DisputeStatus.UNDER_REVIEW)
    open_ = found in (DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW)
    return DisputeStatus.INQUIRY if vendor_type == "INQUIRY" and open_ else found
