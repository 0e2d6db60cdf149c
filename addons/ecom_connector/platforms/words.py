"""Sentences that platforms say to people: in English here, in the reader's language where they are shown.

A platform knows no language. It marks its sentences with :func:`_`, as Odoo's own code does, so that they are extracted
for translation; whoever stores or shows one translates it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


class Words(str):
    """A sentence in English that knows what it was made of: ``source``, the values in it, and the module it is from."""

    source: str
    values: dict[str, Any]
    module: str

    def __new__(cls, source: str, values: dict[str, Any], module: str) -> Words:
        words = super().__new__(cls, source % values if values else source)
        words.source, words.values, words.module = source, values, module
        return words

    def with_values(self, change: Callable[[str], str]) -> Words:
        """The same sentence with its texts changed, those of sentences inside it too."""
        values = {name: change(value) if isinstance(value, str) else value for name, value in self.values.items()}
        return Words(self.source, values, self.module)


def _(source: str, /, **values: Any) -> Words:
    """Mark a sentence for translation. Values may be sentences themselves."""
    return Words(source, values, sys._getframe(1).f_globals["__name__"])


def said(error: Exception) -> str:
    """What an error says, as :class:`Words` where it was raised with them (``str`` would lose them)."""
    return error.args[0] if error.args and isinstance(error.args[0], str) else str(error)
