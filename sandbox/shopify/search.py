"""The search language of ``query:`` arguments: ``updated_at:>='2026-11-01' status:open OR -tag:b2b``.

What a list can be searched by is a table of :class:`Field`; a field that the list has not is ignored with a warning,
as the vendor's API does, for that is how a misspelt filter shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from ..store import Doc

TOKEN = re.compile(r"""\s*(\(|\)|(?:[^\s()"':]|:(?!\s))+(?:"[^"]*"|'[^']*')?|"[^"]*"|'[^']*')""")
INVALID = "Invalid search field for this query."
Test = Callable[[Doc], bool]


@dataclass(frozen=True)
class Field:
    """What a list can be searched by.

    :param kind: ``time``, ``number``, ``text`` or ``flag``.
    """

    kind: str
    get: Callable[[Doc], Any]


def compiled(query: str, fields: Mapping[str, Field], words: Callable[[Doc], str], warnings: list[Doc]) -> Test:
    """The test that a query stands for.

    :param words: the text that a bare word is looked for in.
    :param warnings: takes what was ignored.
    """
    tokens = TOKEN.findall(query)
    return _Parser(tokens, fields, words, warnings).either()


class _Parser:
    def __init__(
        self, tokens: list[str], fields: Mapping[str, Field], words: Callable[[Doc], str], warnings: list[Doc]
    ) -> None:
        self.tokens = tokens
        self.fields = fields
        self.words = words
        self.warnings = warnings

    def either(self) -> Test:
        tests = [self.both()]
        while self.tokens and self.tokens[0] == "OR":
            self.tokens.pop(0)
            tests.append(self.both())
        return tests[0] if len(tests) == 1 else lambda doc: any(test(doc) for test in tests)

    def both(self) -> Test:
        tests: list[Test] = []
        while self.tokens and self.tokens[0] not in ("OR", ")"):
            token = self.tokens.pop(0)
            if token == "AND":
                continue
            negated = token == "NOT" or (token.startswith("-") and len(token) > 1)
            if token == "NOT":
                token = self.tokens.pop(0) if self.tokens else ""
            elif negated:
                token = token[1:]
            if token == "(":
                test = self.either()
                if self.tokens:
                    self.tokens.pop(0)
            else:
                test = self.term(token)
            tests.append(_not(test) if negated else test)
        return lambda doc: all(test(doc) for test in tests)

    def term(self, token: str) -> Test:
        name, colon, value = token.partition(":")
        if not colon or token[0] in "\"'":
            word = token.strip("\"'").lower().rstrip("*")
            return lambda doc: word in self.words(doc).lower()
        field = self.fields.get(name)
        if field is None:
            self.warnings.append({"field": name, "message": INVALID, "code": "invalid_field"})
            return lambda doc: True
        return _compare(field, value)


def _not(test: Test) -> Test:
    return lambda doc: not test(doc)


def _compare(field: Field, value: str) -> Test:
    found = re.match(r"(>=|<=|>|<)?(.*)", value, re.DOTALL)
    operator, wanted = (found[1], found[2].strip("\"'")) if found else (None, value)
    if wanted == "*" and not operator:
        return lambda doc: field.get(doc) not in (None, "", [])
    choices = [wanted] if operator or field.kind == "time" else wanted.split(",")
    tests = [_single(field, operator, choice.strip().strip("\"'")) for choice in choices]
    return tests[0] if len(tests) == 1 else lambda doc: any(test(doc) for test in tests)


def _single(field: Field, operator: str | None, wanted: str) -> Test:
    value: Any = wanted
    try:
        if field.kind == "time":
            value = _stamp(wanted)
        elif field.kind == "number":
            value = Decimal(wanted.rpartition("/")[2])
    except (ValueError, InvalidOperation):
        return lambda doc: False
    get = field.get
    if field.kind == "flag":
        return lambda doc: bool(get(doc)) == (wanted.lower() == "true")
    if field.kind == "text":
        return _text(get, wanted.lower())
    if operator == ">=":
        return lambda doc: get(doc) is not None and get(doc) >= value
    if operator == "<=":
        return lambda doc: get(doc) is not None and get(doc) <= value
    if operator == ">":
        return lambda doc: get(doc) is not None and get(doc) > value
    if operator == "<":
        return lambda doc: get(doc) is not None and get(doc) < value
    return lambda doc: value in get(doc) if isinstance(get(doc), (list, tuple, set)) else get(doc) == value


def _text(get: Callable[[Doc], Any], wanted: str) -> Test:
    prefix = wanted.endswith("*")
    wanted = wanted.rstrip("*")

    def fits(one: Any) -> bool:
        shown = str(one or "").lower()
        return shown.startswith(wanted) if prefix else shown == wanted

    def test(doc: Doc) -> bool:
        value = get(doc)
        return any(fits(one) for one in value) if isinstance(value, (list, tuple, set)) else fits(value)

    return test


def _stamp(value: str) -> str:
    moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S") + "Z"
