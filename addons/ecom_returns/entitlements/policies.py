"""Which of the merchant's own terms hold for a return; a withdrawal in time is nobody's to refuse or to charge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked. ``value`` is what was paid for it, taxes included, in the company's currency; ``days`` since the
    last parcel arrived."""

    channel: int
    categories: frozenset[int]  # of its products, with those above them
    reasons: frozenset[int]
    value: Decimal
    days: int


@dataclass(frozen=True, slots=True)
class Policy:
    """One of the merchant's terms, and whom it is for; what is empty says nothing."""

    id: int
    channels: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()
    reasons: frozenset[int] = frozenset()
    value_from: Decimal = ZERO
    value_to: Decimal = ZERO  # 0: without limit
    days_to: int = 0  # 0: without limit
    allowed: bool = True
    approves: bool = False
    keeps: bool = False
    customer_pays: bool = True
    fee_percent: Decimal = ZERO

    def fits(self, case: Case) -> bool:
        """Whether the case is one of those that the policy is for; all of its reasons have to be."""
        return (
            (not self.channels or case.channel in self.channels)
            and (not self.categories or bool(self.categories & case.categories))
            and (not self.reasons or (bool(case.reasons) and case.reasons <= self.reasons))
            and self.value_from <= case.value
            and (not self.value_to or case.value <= self.value_to)
            and (not self.days_to or case.days <= self.days_to)
        )


def decide(policies: Iterable[Policy], case: Case) -> Policy | None:
    """The first policy that fits; without one a person decides."""
    return next((policy for policy in policies if policy.fits(case)), None)
