"""What each bank line may be, the likeliest first, and which of it needs no person.

Everything is looked up in indexes that are built once, so that the work grows with lines plus claims, not with their
product.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from . import likelihood
from .evidence import BankLine, Claim, Key, Proposal, Standing
from .gathering import Gathered, of_payer, of_references
from .labels import mentions, squeezed, words
from .likelihood import SURE
from .likeness import Slips, like_name, same_name

MOST = 8
"""Proposals that are shown for a line."""
LONG = 8
"""References of so many characters are found in a label wherever they begin, for banks run words together."""


class Claims:
    """The money that is expected, by whatever a line may say of it."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self.all = list(claims)
        self.by_amount: dict[tuple[str, object], list[Claim]] = defaultdict(list)
        self.by_name: dict[str, list[Claim]] = defaultdict(list)
        self.by_partner: dict[int, list[Claim]] = defaultdict(list)
        self.by_payer_word: dict[str, list[Claim]] = defaultdict(list)
        self._long: dict[str, set[str]] = defaultdict(set)
        open_names: list[str] = []
        for claim in self.all:
            for name in claim.names:
                self.by_name[name].append(claim)
                if len(name) >= LONG and not name.isdigit():
                    self._long[name[:LONG]].add(name)
            if claim.standing is Standing.PAID:
                continue
            self.by_amount[claim.currency, claim.amount].append(claim)
            if claim.partner:
                self.by_partner[claim.partner].append(claim)
            for payer in claim.payers:
                if len(payer) > 1:
                    self.by_payer_word[max(payer, key=lambda word: (len(word), word))].append(claim)
            if claim.standing is Standing.OPEN:
                open_names += claim.names
        self.slips = Slips(open_names)
        self.gathered = Gathered(claim for claim in self.all if claim.standing is Standing.OPEN)

    def long_names(self, text: str) -> set[str]:
        """The long references that are somewhere in a squeezed text."""
        return {
            name
            for place in range(len(text) - LONG + 1)
            for name in self._long.get(text[place : place + LONG], ())
            if text.startswith(name, place)
        }


def rank(lines: Iterable[BankLine], claims: Claims) -> dict[int, list[Proposal]]:
    """``{line: proposals}``, the likeliest first."""
    return {line.key: _of_line(line, claims) for line in lines}


def _of_line(line: BankLine, claims: Claims) -> list[Proposal]:
    text, said = squeezed(line.text), words(line.text)
    references = mentions(line.text)
    references |= dict.fromkeys(claims.long_names(text), True)
    by_reference = {
        reference: [claim for claim in claims.by_name[reference] if claim.currency == line.currency]
        for reference in references
        if reference in claims.by_name
    }
    named: dict[Key, bool] = {}
    for reference, found in by_reference.items():
        for claim in found:
            named[claim.key] = named.get(claim.key, False) or references[reference]
    slips = {name for word in references if word not in claims.by_name for name in claims.slips.of(word)}
    same = claims.by_amount[line.currency, line.amount]
    holders = claims.by_partner[line.account_holder] if line.account_holder else []
    partners = claims.by_partner[line.partner] if line.partner else []
    payers = [claim for word in said for claim in claims.by_payer_word.get(word, ())]
    candidates = {
        claim.key: claim
        for group in (*by_reference.values(), same, holders, partners, payers)
        for claim in group
        if claim.currency == line.currency
    }
    proposals, paid_by = [], {}
    for claim in candidates.values():
        if claim.key[0] == "payout":
            labelled = bool(claim.label) and claim.label in text
            proposal = likelihood.of_payout(line, claim, named=claim.key in named, labelled=labelled)
        else:
            paid_by[claim.key] = payer = _payer(line, claim, said)
            proposal = likelihood.of_order(
                line,
                claim,
                named=claim.key in named,
                surely=named.get(claim.key, False),
                slip=not slips.isdisjoint(claim.names),
                payer=payer,
            )
        if proposal:
            proposals.append(proposal)
    proposals += of_references(line, by_reference)
    proposals += of_payer(line, [claim for claim in candidates.values() if paid_by.get(claim.key) in _CERTAIN])
    proposals += claims.gathered.of(line)
    proposals = _in_doubt_of_references(proposals, {key for key, surely in named.items() if surely})
    return sorted(_best_of_each(proposals), key=lambda one: (-one.score, abs(one.rest), abs(one.days), one.keys))[:MOST]


_CERTAIN = ("account", "partner", "name")


def _payer(line: BankLine, claim: Claim, said: list[str]) -> str:
    """How a line says who pays this claim; empty where it does not."""
    if claim.partner and claim.partner == line.account_holder:
        return "account"
    if claim.partner and claim.partner == line.partner:
        return "partner"
    if any(same_name(payer, said) for payer in claim.payers):
        return "alike" if line.account_holder else "name"  # somebody else's account: perhaps somebody of the same name
    if any(like_name(payer, said) for payer in claim.payers):
        return "alike"
    return ""


def _in_doubt_of_references(proposals: list[Proposal], named: set[Key]) -> list[Proposal]:
    """Where the label has a reference, or one that is misspelt, nothing else is sure."""
    if not named and not any(proposal.reason == "slip" for proposal in proposals):
        return proposals
    return [
        proposal if named.issuperset(proposal.keys) else replace(proposal, score=min(proposal.score, SURE - 1))
        for proposal in proposals
    ]


def _best_of_each(proposals: list[Proposal]) -> list[Proposal]:
    """The likeliest reason for the same claims."""
    best: dict[frozenset[Key], Proposal] = {}
    for proposal in proposals:
        keys = frozenset(proposal.keys)
        if keys not in best or best[keys].score < proposal.score:
            best[keys] = proposal
    return list(best.values())


def sure(proposals: Mapping[int, list[Proposal]]) -> dict[int, Proposal]:
    """``{line: proposal}`` where the best is sure, better than the next, and no other line wants it as much."""
    best: dict[int, Proposal] = {}
    wanted: dict[Key, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for line, rows in proposals.items():
        if not rows or rows[0].score < SURE:
            continue
        top = [row for row in rows if row.score == rows[0].score]
        for key in {key for row in top for key in row.keys}:
            wanted[key][rows[0].score] += 1
        if len(top) == 1:
            best[line] = top[0]
    return {
        line: proposal
        for line, proposal in best.items()
        if all(max(wanted[key]) == proposal.score and wanted[key][proposal.score] == 1 for key in proposal.keys)
    }
