"""What is known of a bank line and of the money that is expected, and what may explain a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

Key = tuple[str, int]
"""What a claim is, and its id: ``("order", 12)``, ``("payment", 7)``, ``("payout", 3)``."""


class Standing(Enum):
    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Claim:
    """Money that is expected at the bank, positive where it comes in.

    :ivar names: references that a label may have, squeezed
    :ivar label: what its sender makes the bank print, squeezed (payouts)
    :ivar partner: the customer, 0 where there is none
    :ivar payers: the names that it may be paid under, each as its words
    :ivar gathered_by: who hands it over in sums (a carrier, the bank for cheques), empty where nobody does
    """

    key: Key
    amount: Decimal
    currency: str
    day: date
    names: frozenset[str] = frozenset()
    label: str = ""
    partner: int = 0
    payers: tuple[frozenset[str], ...] = ()
    standing: Standing = Standing.OPEN
    gathered_by: str = ""


@dataclass(frozen=True, slots=True)
class BankLine:
    """A line of the bank that nothing explains yet.

    :ivar partner: the partner that stands on the line, 0 where there is none
    :ivar account_holder: the partner whose account the money comes from, as earlier payments showed
    """

    key: int
    amount: Decimal
    currency: str
    day: date
    text: str
    partner: int = 0
    account_holder: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a line may be: one claim or several, why, and how much is left (negative: lacking)."""

    score: int
    reason: str
    claims: tuple[Claim, ...]
    rest: Decimal = Decimal(0)
    days: int = 0

    @property
    def keys(self) -> tuple[Key, ...]:
        return tuple(claim.key for claim in self.claims)
