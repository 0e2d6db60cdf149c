"""How likely one claim explains one line. The scores are those of the table in the guide.

From ``SURE`` on, a match is made without a person where it is unique on both sides; then the amount agrees, and a
reference is spelt as it should be.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from .evidence import BankLine, Claim, Proposal, Standing

SURE = 50
WINDOW = timedelta(days=4)  # a week-end, and a day of grace
BEFORE = timedelta(days=1)  # an order of the evening, in a time zone further east
AMOUNT_ALONE = timedelta(days=45)


def of_payout(line: BankLine, claim: Claim, *, named: bool, labelled: bool) -> Proposal | None:
    """The gateway's id, then amount and date, then what the label says."""
    same, apart = line.amount == claim.amount, abs(line.day - claim.day)

    def proposal(score: int, reason: str) -> Proposal:
        return Proposal(score, reason, (claim,), line.amount - claim.amount, apart.days)

    if named:
        return proposal(100, "payout_named") if same else proposal(40, "payout_named_differs")
    if not same:
        return None
    if apart <= WINDOW and labelled:
        return proposal(80, "payout_labelled")
    if apart <= WINDOW and not (line.partner or line.account_holder):
        return proposal(SURE, "payout_dated")
    return proposal(20, "payout_far") if apart <= 5 * WINDOW else None


def of_order(line: BankLine, claim: Claim, *, named: bool, surely: bool, slip: bool, payer: str) -> Proposal | None:
    """The reference, then who pays: by the account that it comes from, by the partner on the line, by name.

    :param surely: the reference can be little else than one
    :param payer: ``account``, ``partner``, ``name``, ``alike`` or empty
    """
    rest = line.amount - claim.amount
    same = not rest

    def proposal(score: int, reason: str) -> Proposal:
        return Proposal(score, reason, (claim,), rest, (line.day - claim.day).days)

    if (line.amount > 0) != (claim.amount > 0):
        return None
    if claim.standing is Standing.PAID:
        return proposal(45, "paid") if named and (surely or same) else None
    if claim.standing is Standing.CANCELLED:
        if named and same:
            return proposal(100, "cancelled")
        if (named and surely) or (payer and same):
            return proposal(44, "cancelled_payer" if same else "cancelled")
        return None
    if named and same:
        return proposal(100, "named")
    if named and (surely or payer):
        return proposal(42 if payer else 40, "named_differs")
    if same:
        return _of_amount(line, claim, proposal, slip, payer)
    if slip and payer:
        return proposal(35, "slip_differs")
    return proposal(30, f"{payer}_differs") if payer in ("account", "partner", "name") else None


def _of_amount(
    line: BankLine, claim: Claim, proposal: Callable[[int, str], Proposal], slip: bool, payer: str
) -> Proposal | None:
    """The amount agrees, and the reference is not there or misspelt. Nobody pays for an order before it exists."""
    after = line.day >= claim.day - BEFORE
    if slip:
        return proposal(48 if payer else 46, "slip")
    if payer == "account" and after:
        return proposal(80, "account")
    if payer in ("partner", "name") and after:
        return proposal(SURE, payer)
    if payer:
        return proposal(45, "alike" if payer == "alike" else "before")
    return proposal(20, "amount") if after and line.day - claim.day <= AMOUNT_ALONE else None
