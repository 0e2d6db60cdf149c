"""What gateways' answers are translated to: transactions, payouts, disputes, and hints of webhooks.

Frozen dataclasses. Money is ``Decimal`` as the gateway printed it, seen from the merchant: what comes in is positive,
what goes out negative. Times are aware UTC datetimes; ids are strings; an absent text is ``""``, an absent time
``None``. Documents are never stored: they are parsed again from the raw payload whenever they are needed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

ZERO = Decimal(0)


class TransactionKind(str, Enum):
    """What moved the balance that the gateway keeps for the merchant."""

    CHARGE = "charge"  # a customer paid
    REFUND = "refund"  # paid back to a customer; positive where it failed and the money came back
    FEE = "fee"  # what the gateway takes apart from a charge; positive where it gives some back
    DISPUTE = "dispute"  # taken away because a customer disputes a charge
    DISPUTE_REVERSAL = "dispute_reversal"  # given back because the dispute was won
    ADJUSTMENT = "adjustment"  # a correction by the gateway
    RESERVE = "reserve"  # held back (negative) or released (positive)
    PAYOUT = "payout"  # paid to the bank; positive where it failed or was cancelled
    TRANSFER = "transfer"  # between accounts at the gateway, or topped up from the bank
    CONVERSION = "conversion"  # one side of a change of money, the other side has the same ``group_id``
    UNKNOWN = "unknown"  # a kind that this version does not know: to be identified by a person, never dropped


class PayoutStatus(str, Enum):
    PENDING = "pending"  # announced, may still be cancelled
    IN_TRANSIT = "in_transit"  # on its way to the bank
    PAID = "paid"
    FAILED = "failed"  # the bank sent it back: a transaction of kind ``payout`` brings the money back
    CANCELLED = "cancelled"


class DisputeStatus(str, Enum):
    INQUIRY = "inquiry"  # a question of the bank, no money was taken (yet)
    NEEDS_RESPONSE = "needs_response"  # evidence is due
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"  # over without a decision: an inquiry that came to nothing, or withdrawn


@dataclass(frozen=True, slots=True)
class TransactionDocument:
    """One movement of the gateway's balance. Law: ``net == amount - fee``, in ``currency``.

    ``fee`` is what the gateway kept of it: positive where it costs the merchant. ``reference`` is the id by which
    shops know the payment (of a refund or a dispute: of the charge it belongs to); ``references`` are all ids that a
    shop may have for it, the most usual first. ``source_id`` is the thing that moved the balance (charge, refund,
    dispute, payout); ``charge_id`` the charge behind it.
    """

    external_id: str
    kind: TransactionKind
    amount: Decimal
    fee: Decimal
    net: Decimal
    currency: str  # of the balance, ISO 4217 in capitals
    occurred_at: datetime
    available_on: date | None = None  # when it may be paid out
    reference: str = ""
    references: tuple[str, ...] = ()
    source_id: str = ""
    charge_id: str = ""
    order_reference: str = ""  # the shop's number or id of the order, where the shop passed one on
    description: str = ""
    payout_id: str = ""  # "" where the gateway does not say: see ``read_payout_transactions``
    group_id: str = ""  # what ties the two sides of a conversion together
    # What the fee is made of, where the gateway says: they add up to ``fee``, of a fee by itself to ``-amount``.
    fees: tuple[FeeDocument, ...] = ()
    customer_amount: Decimal | None = None  # what the customer paid or got, where that was in another currency
    customer_currency: str = ""
    vendor_kind: str = ""  # the gateway's own word or code for what it is
    settled: bool = True  # ``False`` while the gateway may still take it back: not to be booked yet
    raw: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def currencies(self) -> frozenset[str]:
        return frozenset(filter(None, (self.currency, self.customer_currency)))


@dataclass(frozen=True, slots=True)
class FeeDocument:
    """A part of a fee. ``kind`` is ``fee``, ``tax`` (VAT on it) or ``application`` (a third party's share)."""

    kind: str
    amount: Decimal
    description: str = ""


@dataclass(frozen=True, slots=True)
class PayoutDocument:
    """Money sent to the merchant's bank; ``amount`` is positive (negative where the gateway collects from the bank).

    Where ``composed``, ``read_payout_transactions`` says what it is made of, and their nets add up to ``amount``; but
    only once it is ``ready``, for the gateway may still be putting it together.
    """

    external_id: str
    amount: Decimal
    currency: str
    arrival_date: date | None
    status: PayoutStatus
    created_at: datetime
    statement_label: str = ""  # what the bank's statement is expected to say
    composed: bool = True
    ready: bool = True
    trace_id: str = ""  # the banks' own id of the transfer
    failure: str = ""  # why it failed, in the gateway's words
    transaction_id: str = ""  # the balance transaction of kind ``payout`` that took it out
    raw: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def currencies(self) -> frozenset[str]:
        return frozenset({self.currency})


@dataclass(frozen=True, slots=True)
class DisputeDocument:
    """A customer who wants the money back through the bank or the gateway. ``amount`` is positive."""

    external_id: str
    charge_id: str
    amount: Decimal
    currency: str
    status: DisputeStatus
    opened_at: datetime
    reason: str = ""  # the gateway's code
    reference: str = ""
    references: tuple[str, ...] = ()
    evidence_due_by: datetime | None = None
    refundable: bool = False  # a refund would still settle it
    transaction_ids: tuple[str, ...] = ()  # balance transactions that took or gave money
    vendor_status: str = ""
    raw: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def currencies(self) -> frozenset[str]:
        return frozenset({self.currency})


@dataclass(frozen=True, slots=True)
class Page:
    """One page of raw answers and where to go on, in no order to rely on.

    ``complete_until`` is up to where the gateway shows everything by now: once the listing was read to its end, the
    next one begins there, less the capabilities' ``overlap``. It is the same on all pages of a listing.
    """

    raws: tuple[dict[str, Any], ...] = ()
    next: str = ""  # opaque to the caller; "" on the last page
    complete_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class GatewayHint:
    """What a verified webhook tells: something of this kind changed, go and read it.

    ``kind`` is ``transaction``, ``payout``, ``dispute``, or ``""`` for what nobody handles. ``event_id`` is the same
    for every delivery of the same event.
    """

    kind: str
    external_id: str
    event_id: str
    topic: str = ""


@dataclass(frozen=True, slots=True)
class WebhookRegistration:
    """A webhook made at the gateway. ``secret`` has to be kept as a credential under ``secret_key``."""

    external_id: str
    secret_key: str = ""
    secret: str = ""
