"""One line for several claims: a customer's transfer for two orders, a carrier's or a bank's sum of many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import accumulate, combinations

from .evidence import BankLine, Claim, Proposal, Standing

ZERO = Decimal(0)
FEW = 8
"""Of so many open orders of a customer, each choice is tried."""
MOST_OF_A_SUM = 2


def _together(score: int, reason: str, line: BankLine, claims: Iterable[Claim]) -> Proposal:
    chosen = tuple(claims)
    return Proposal(score, reason, chosen, line.amount - sum((claim.amount for claim in chosen), ZERO))


def _open_orders(line: BankLine, claims: Iterable[Claim]) -> list[Claim]:
    """What may be paid together, the oldest first."""
    chosen = {
        claim.key: claim
        for claim in claims
        if claim.standing is Standing.OPEN and claim.key[0] != "payout" and (claim.amount > 0) == (line.amount > 0)
    }
    return sorted(chosen.values(), key=lambda claim: (claim.day, claim.key))


def of_references(line: BankLine, by_reference: Mapping[str, list[Claim]]) -> list[Proposal]:
    """The label has several references, each of one open order only."""
    each = [_open_orders(line, found) for found in by_reference.values()]
    named = _open_orders(line, (found[0] for found in each if len(found) == 1))
    if len(named) < 2:
        return []
    together = _together(100, "several_named", line, named)
    return [together if not together.rest else _together(43, "several_named_differs", line, named)]


def of_payer(line: BankLine, claims: Iterable[Claim]) -> list[Proposal]:
    """Several open orders of whoever pays add up to the line: all of them, else some."""
    by_partner: dict[int, list[Claim]] = defaultdict(list)
    for claim in _open_orders(line, claims):
        by_partner[claim.partner].append(claim)
    found = []
    for orders in by_partner.values():
        if len(orders) > 1 and sum((claim.amount for claim in orders), ZERO) == line.amount:
            found.append(_together(49, "several_payer", line, orders))
        elif 2 < len(orders) <= FEW:
            fitting = [
                chosen
                for count in range(2, len(orders))
                for chosen in combinations(orders, count)
                if sum((claim.amount for claim in chosen), ZERO) == line.amount
            ]
            found += [_together(39, "several_payer", line, chosen) for chosen in fitting[:MOST_OF_A_SUM]]
    return found


class Gathered:
    """What carriers and banks hand over in sums: consecutive orders of one of them that add up to a line."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        groups: dict[tuple[str, str], list[Claim]] = defaultdict(list)
        for claim in claims:
            if claim.gathered_by and claim.amount > 0:
                groups[claim.gathered_by, claim.currency].append(claim)
        self._groups = []
        for (_who, currency), members in groups.items():
            members.sort(key=lambda claim: (claim.day, claim.key))
            sums = list(accumulate((claim.amount for claim in members), initial=ZERO))
            self._groups.append((currency, members, sums, {total: place for place, total in enumerate(sums)}))

    def of(self, line: BankLine) -> list[Proposal]:
        """The latest such orders come first; none that is younger than the line."""
        found = []
        for currency, members, sums, places in self._groups:
            if currency != line.currency or line.amount <= 0:
                continue
            for start in reversed(range(len(members))):
                end = places.get(sums[start] + line.amount, 0)
                if end > start + 1 and members[end - 1].day <= line.day:
                    found.append(_together(41, "gathered", line, members[start:end]))
        return found[:MOST_OF_A_SUM]
