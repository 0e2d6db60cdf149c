"""Returns of a shop, as documents, what a shop is told of them, and those that it is to make of ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum


class ReturnState(str, Enum):
    """Where a return stands on the shop, in the words that all platforms share."""

    REQUESTED = "requested"  # the customer asks, and nobody has answered
    OPEN = "open"  # agreed: the goods are on their way, or here
    CLOSED = "closed"  # the shop has nothing left to do with it
    DECLINED = "declined"
    CANCELLED = "cancelled"


# Why something comes back, in the words of ``ecom.return.reason``; what fits none of them is told by its label alone.
CHANGED_MIND, SIZE, NOT_AS_DESCRIBED = "changed_mind", "size", "not_as_described"
WRONG_ITEM, DEFECTIVE, DAMAGED, LATE = "wrong_item", "defective", "damaged", "late"

# What is said of goods that are not what was agreed: the customer need not have changed their mind.
AT_FAULT = frozenset({NOT_AS_DESCRIBED, WRONG_ITEM, DEFECTIVE, DAMAGED})


@dataclass(frozen=True, slots=True)
class ReturnLineDocument:
    """Some of a line that comes back. ``line_id`` is the order line's external id, ``""`` where the shop names none."""

    line_id: str
    quantity: Decimal
    reason: str = ""  # one of the words above, or ""
    label: str = ""  # the shop's own words for it
    note: str = ""  # what the customer wrote


@dataclass(frozen=True, slots=True)
class ExchangeLineDocument:
    """What the customer is to get instead, as far as the shop has not sent it itself."""

    quantity: Decimal
    sku: str = ""
    product_id: str = ""
    variant_id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class ReturnDocument:
    """A return as the shop holds it, told with its order."""

    external_id: str
    number: str
    state: ReturnState
    lines: tuple[ReturnLineDocument, ...]
    created_at: datetime | None = None
    exchanges: tuple[ExchangeLineDocument, ...] = ()
    keeps: bool = False  # nothing is sent back
    answer: str = ""  # why the shop declined it
    tracking: str = ""  # the number of the parcel that comes back
    key: str = ""  # ours, where it was made by us (``NewReturn``)


@dataclass(frozen=True, slots=True)
class ReturnCommand:
    """What became of a return, told to the shop where it began.

    ``lines`` are what came back, by external order line id, where the return is closed.
    """

    order_id: str
    return_id: str
    key: str  # ours, the same at every attempt; the shop is looked at first, so that it is told once
    state: ReturnState
    note: str = ""  # why it was declined, for the customer
    lines: tuple[tuple[str, Decimal], ...] = ()
    notify_customer: bool = False


@dataclass(frozen=True, slots=True)
class NewReturn:
    """A return that began here and is agreed, to be made on the shop.

    ``exchanges`` are what goes out instead, each a variant of the shop; only platforms with ``makes_exchanges`` are
    given any.
    """

    order_id: str
    key: str  # ours, the same at every attempt; the shop is looked at first, so that it is made once
    number: str  # what it is called here
    lines: tuple[ReturnLineDocument, ...]
    exchanges: tuple[ExchangeLineDocument, ...] = ()
    notify_customer: bool = False
