"""What a bank's label may refer to. Banks cut, fold, space out and upper-case what the payer typed."""

from __future__ import annotations

import re
import unicodedata

LEAST = 4
"""Shorter references are found behind a word such as “commande” only: “57” alone is in too many labels."""
MOST_JOINED = 4
CUES = frozenset(
    "no n nr num numero ref reference cmd cde com commande order facture fact fac fa invoice inv".split()  # noqa: SIM905
)
_DATE = re.compile(r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})(?!\d)")
_CUED = re.compile(r"^([a-z]+)(\d+)$")


def plain(text: str) -> str:
    """Lower case, without accents."""
    folded = unicodedata.normalize("NFKD", text.lower().replace("°", " ").replace("#", " no "))
    return "".join(char for char in folded if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    """The words and numbers of a text, as they follow each other; dates are left out."""
    found: list[str] = []
    for word in re.findall(r"[a-z0-9]+", _DATE.sub(" ", plain(text))):
        cued = _CUED.match(word)
        found += cued.groups() if cued and cued[1] in CUES else [word]
    return found


def squeezed(text: str) -> str:
    """A reference as it is compared: letters and digits alone."""
    return re.sub(r"[^a-z0-9]", "", plain(text.replace("#", "")))


def mentions(text: str) -> dict[str, bool]:
    """``{reference that the label may have: whether it can be little else}``.

    A word by itself, and up to four neighbours joined (``S 00042``, ``INV/2026/00012``). A short number, and
    one without a letter or a word such as “facture” before it, may be anything.
    """
    found: dict[str, bool] = {}
    all_words = words(text)
    for start in range(len(all_words)):
        cued = start > 0 and all_words[start - 1] in CUES
        joined = ""
        for count, word in enumerate(all_words[start : start + MOST_JOINED], 1):
            joined += word
            digits = any(char.isdigit() for char in joined)
            if (count > 1 and not digits) or (len(joined) < LEAST and not (cued and joined.isdigit())):
                continue
            sure = cued or len(joined) >= (8 if joined.isalpha() else 6) or not (joined.isdigit() or joined.isalpha())
            found[joined] = found.get(joined, False) or sure
    return found
