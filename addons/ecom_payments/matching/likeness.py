"""What differs by one slip of the pen, and names that are the same person's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

LEAST_FOR_A_SLIP = 5
"""In shorter references one character makes too many others."""


def one_slip(one: str, other: str) -> bool:
    """Whether one character is wrong, missing, too many, or changed places with its neighbour."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) > len(other):
        one, other = other, one
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    if one[start + 1 :] == other[start + 1 :]:
        return True
    return one[start : start + 2] == other[start : start + 2][::-1] and one[start + 2 :] == other[start + 2 :]


def _shortened(word: str) -> Iterator[str]:
    """The word, and the word without each of its characters: what two words that differ by one slip share."""
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


class Slips:
    """Finds, among many references, those that differ from one by a slip, without comparing it to each."""

    def __init__(self, references: Iterable[str]) -> None:
        self._by_form: dict[str, set[str]] = defaultdict(set)
        for reference in set(references):
            if len(reference) >= LEAST_FOR_A_SLIP:
                for form in _shortened(reference):
                    self._by_form[form].add(reference)

    def of(self, word: str) -> set[str]:
        if len(word) < LEAST_FOR_A_SLIP:
            return set()
        near = {reference for form in _shortened(word) for reference in self._by_form.get(form, ())}
        return {reference for reference in near if one_slip(word, reference)}


def same_name(name: Collection[str], said: Collection[str]) -> bool:
    """Whether a name, two words at least, is in what the label says, in whatever order."""
    return len(name) > 1 and set(name) <= set(said)


def like_name(name: Collection[str], said: Collection[str]) -> bool:
    """The same, with a slip in a word, or with the family name cut off by the bank."""
    if len(name) < 2:
        return False
    return all(
        any(
            word == other
            or (
                len(word) >= LEAST_FOR_A_SLIP and (one_slip(word, other) or (len(other) > 3 and word.startswith(other)))
            )
            for other in said
        )
        for word in name
    )
