"""How much a payment resembles an order. What is found is shown to a person, who decides: it is never booked by itself.

Points add up, and only their order matters. An order is proposed where the payment's text names it, or where the amount
agrees and something else does too, be it only the day.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

NUMBER, AMOUNT, EMAIL, NAME, SAME_DAY, NEAR = 60, 30, 25, 15, 10, 5
SAME, WINDOW = timedelta(days=1), timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment as the gateway tells it; ``text`` is whatever it says in words, ``moment`` naive UTC."""

    amount: Decimal
    currency: str
    moment: datetime
    text: str = ""


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order that may be it; ``amounts`` are its total and what each means of payment was to bring."""

    numbers: tuple[str, ...]
    amounts: tuple[Decimal, ...]
    currency: str
    moment: datetime
    email: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    score: int
    number: str = ""  # the number that the text names
    amount: bool = False
    email: bool = False
    name: bool = False
    days: int = 0  # apart


def likeness(paid: Paid, order: Ordered) -> Likeness | None:
    """What they have in common, ``None`` where that is not worth a look."""
    words = tokens(paid.text)
    number = next((number for number in order.numbers if number and token(number) in words), "")
    amount = paid.currency == order.currency and abs(paid.amount) in order.amounts
    apart = abs(paid.moment - order.moment)
    if not number and not (amount and apart <= WINDOW):
        return None
    email = bool(order.email) and order.email.strip().lower() in paid.text.lower()
    names = tokens(order.name)
    name = bool(names) and names <= words
    score = (
        (NUMBER if number else 0)
        + (AMOUNT if amount else 0)
        + (EMAIL if email else 0)
        + (NAME if name else 0)
        + (SAME_DAY if apart <= SAME else NEAR if apart <= WINDOW else 0)
    )
    return Likeness(score, number, amount, email, name, apart.days)


@lru_cache(maxsize=10_000)
def tokens(text: str) -> frozenset[str]:
    """The words of a text: folded, without accents and punctuation; ``CMD-1001`` is one word, and so are its parts.

    Remembered, for each payment is compared with each order.
    """
    pieces = re.findall(r"[^\s,;:()\[\]\"]+", text)
    found = {token(piece) for piece in pieces}
    for piece in pieces:
        found |= {token(part) for part in re.split(r"[\W_]+", piece)}
    return frozenset(found - {""})


def token(text: str) -> str:
    """A word as it is compared: lower case, letters and digits only."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain.lower() if char.isalnum())
