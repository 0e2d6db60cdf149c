"""What PayPal's event codes mean (developer.paypal.com/docs/transaction-search/transaction-event-codes)."""

from __future__ import annotations

from collections.abc import Mapping

from ..documents import DisputeStatus, PayoutStatus, TransactionKind

_BY_CODE: Mapping[str, TransactionKind] = {
    "T1101": TransactionKind.PAYOUT,  # a withdrawal that the bank sent back
    "T1104": TransactionKind.TRANSFER,
    "T1105": TransactionKind.RESERVE,
    "T1106": TransactionKind.DISPUTE,  # PayPal took a payment back: a claim or a chargeback was lost
    "T1107": TransactionKind.REFUND,
    "T1108": TransactionKind.FEE,
    "T1109": TransactionKind.FEE,
    "T1110": TransactionKind.DISPUTE,  # held while a dispute lasts
    "T1111": TransactionKind.DISPUTE_REVERSAL,
    "T1113": TransactionKind.REFUND,
    "T1114": TransactionKind.UNKNOWN,
    "T1115": TransactionKind.UNKNOWN,
    "T1116": TransactionKind.RESERVE,
    "T1118": TransactionKind.REFUND,
    "T1201": TransactionKind.DISPUTE,
    "T1202": TransactionKind.DISPUTE_REVERSAL,
    "T1205": TransactionKind.DISPUTE_REVERSAL,
    "T1207": TransactionKind.DISPUTE,
    "T1208": TransactionKind.DISPUTE_REVERSAL,
}

# The group says enough for accounts, as PayPal writes itself.
_BY_GROUP: Mapping[str, TransactionKind] = {
    "T00": TransactionKind.CHARGE,
    "T01": TransactionKind.FEE,
    "T02": TransactionKind.CONVERSION,
    "T03": TransactionKind.TRANSFER,  # topped up from the bank
    "T04": TransactionKind.PAYOUT,  # withdrawn to the bank
    "T06": TransactionKind.TRANSFER,
    "T07": TransactionKind.TRANSFER,
    "T08": TransactionKind.ADJUSTMENT,
    "T09": TransactionKind.ADJUSTMENT,
    "T11": TransactionKind.ADJUSTMENT,
    "T12": TransactionKind.ADJUSTMENT,
    "T14": TransactionKind.ADJUSTMENT,
    "T15": TransactionKind.RESERVE,
    "T17": TransactionKind.PAYOUT,
    "T19": TransactionKind.ADJUSTMENT,
    "T20": TransactionKind.TRANSFER,
    "T21": TransactionKind.RESERVE,
    "T22": TransactionKind.TRANSFER,
    "T30": TransactionKind.CHARGE,
}

# Success, pending, denied, and reversed: the last had its money move, and another transaction moves it back.
SETTLED: Mapping[str, bool] = {"S": True, "V": True, "P": False, "D": False}

PAYOUT_STATUS: Mapping[str, PayoutStatus] = {
    "S": PayoutStatus.PAID,
    "P": PayoutStatus.PENDING,
    "D": PayoutStatus.FAILED,
    "V": PayoutStatus.FAILED,
}

OUTCOMES: Mapping[str, DisputeStatus] = {
    "RESOLVED_BUYER_FAVOUR": DisputeStatus.LOST,
    "ACCEPTED": DisputeStatus.LOST,  # by the merchant
    "RESOLVED_SELLER_FAVOUR": DisputeStatus.WON,
    "RESOLVED_WITH_PAYOUT": DisputeStatus.WON,  # PayPal paid the customer out of its own pocket
}


def kind_of(code: str, incoming: bool) -> TransactionKind:
    """What an event code means; money that the merchant paid to somebody is no charge, and nobody knows what it is."""
    kind = _BY_CODE.get(code) or _BY_GROUP.get(code[:3], TransactionKind.UNKNOWN)
    return TransactionKind.UNKNOWN if kind is TransactionKind.CHARGE and not incoming else kind


def dispute_status(status: str, stage: str, outcome: str) -> DisputeStatus:
    if status == "RESOLVED":
        return OUTCOMES.get(outcome, DisputeStatus.CLOSED)
    if status == "WAITING_FOR_SELLER_RESPONSE":
        return DisputeStatus.NEEDS_RESPONSE
    return DisputeStatus.INQUIRY if stage == "INQUIRY" else DisputeStatus.UNDER_REVIEW
