"""Lists of the webservice: which records, in which order, from where, and which of their fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from ..store import Doc
from .errors import WsError, quoted
from .fields import Resource

_FILTER = re.compile(r"filter\[(\w+)\]$")
_VALUE = re.compile(r"^(.*?)\[(.*)\](.*)$", re.DOTALL)
_SORT = re.compile(r"(\w+)_(ASC|DESC)$", re.IGNORECASE)
_DATES = ("date_add", "date_upd")

Test = Callable[[Doc], bool]


def filters(resource: Resource, args: Mapping[str, str]) -> list[tuple[str, str]]:
    """``(field, value)`` of every filter.

    :raise WsError: 400 for a field that does not exist, dates without ``date=1`` among them (observed on 8.1.2).
    """
    found = []
    for key, value in args.items():
        match = _FILTER.match(key)
        if match:
            name = match.group(1)
            if not _allowed(resource, name, args):
                message = f"This filter does not exist. The full list is: {quoted(resource.filterable)}"
                raise WsError(400, (32, message))
            found.append((name, value))
    return found


def test(field: str, value: str) -> Test:
    """What a filter's value means: ``[a|b]``, ``[a,b]``, ``[x]``, ``[x]%``, ``%[x]%``, ``>[x]``, ``<[x]``, ``![x]``."""
    match = _VALUE.match(value)
    if match is None:
        return lambda doc: _same(doc.get(field, ""), value)
    before, inner, after = match.groups()
    if "%" in (before, after):
        wanted = inner.casefold()

        def like(doc: Doc) -> bool:
            said = _text(doc.get(field, "")).casefold()
            if before and after:
                return wanted in said
            return said.endswith(wanted) if before else said.startswith(wanted)

        return like
    if before in ("<", ">"):
        sign = 1 if before == ">" else -1
        return lambda doc: _compare(doc.get(field, ""), inner) == sign
    options = inner.split("|")
    if before == "!":
        return lambda doc: not any(_same(doc.get(field, ""), one) for one in options)
    interval = re.match(r"^([\d.:\-\s]+),([\d.:\-\s]+)$", inner)
    if interval and len(options) == 1:
        low, high = interval.groups()
        return lambda doc: _compare(doc.get(field, ""), low) >= 0 and _compare(doc.get(field, ""), high) <= 0
    wanted_set = {one.casefold() for one in options}
    return lambda doc: _text(doc.get(field, "")).casefold() in wanted_set


def ids_of(found: list[tuple[str, str]]) -> list[int] | None:
    """The ids that a filter on ``id`` names one by one, to look them up rather than search."""
    for name, value in found:
        match = _VALUE.match(value)
        if name == "id" and (match is None or (match.group(1) == match.group(3) == "" and "," not in match.group(2))):
            parts = (match.group(2) if match else value).split("|")
            return [int(part) for part in parts if part.isdecimal()]
    return None


def sorted_by(resource: Resource, docs: list[Doc], args: Mapping[str, str]) -> list[Doc]:
    """The records in the order wanted.

    :raise WsError: 400 for a field that cannot be sorted by.
    """
    wanted = args.get("sort", "").strip("[]")
    for part in reversed([one for one in wanted.split(",") if one]):
        match = _SORT.match(part)
        name = match.group(1) if match else part
        if not _allowed(resource, name, args):
            listed = ", ".join(resource.filterable)
            message = f"Unable to filter by this field. However, these are available: {listed}"
            raise WsError(400, (38, message))
        docs = sorted(docs, key=lambda doc: _key(doc.get(name, "")), reverse=bool(match and match.group(2) == "DESC"))
    return docs


def cut(docs: list[Doc], limit: str) -> list[Doc]:
    """``limit=count`` or ``limit=offset,count``; what is no number is an empty list (observed on 8.1.2)."""
    if not limit:
        return docs
    parts = limit.split(",")
    try:
        offset, count = (0, int(parts[0])) if len(parts) == 1 else (int(parts[0]), int(parts[1]))
    except ValueError:
        return []
    return docs[offset : offset + count]


def display(resource: Resource, args: Mapping[str, str]) -> tuple[str, list[str] | None]:
    """``("named", None)``, ``("full", None)`` or ``("some", names)``.

    :raise WsError: 400 for a field that does not exist.
    """
    wanted = args.get("display", "")
    if wanted in ("", "minimum"):
        return "named", None
    if wanted == "full":
        return "full", None
    names = [name.split("[")[0] for name in re.split(r",(?![^\[]*\])", wanted.removeprefix("[").removesuffix("]"))]
    for name in names:
        if name not in ("id", "associations", *resource.associations) and name not in resource.fields:
            listed = ", ".join(["id", *resource.fields])
            message = f'Unable to display this field "{name}". However, these are available: {listed}'
            raise WsError(400, (35, message))
    return "some", names


def _allowed(resource: Resource, name: str, args: Mapping[str, str]) -> bool:
    return name in resource.filterable or (args.get("date") == "1" and name in _DATES and name in resource.fields)


def _text(value: Any) -> str:
    """With languages, whichever says it."""
    return " ".join(value.values()) if isinstance(value, dict) else str(value)


def _same(value: Any, wanted: str) -> bool:
    if isinstance(value, dict):
        return any(_same(one, wanted) for one in value.values())
    return str(value).casefold() == wanted.casefold() or (
        _number(value) is not None and _number(value) == _number(wanted)
    )


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _compare(value: Any, other: str) -> int:
    left, right = _number(value), _number(other)
    if left is not None and right is not None:
        return (left > right) - (left < right)
    said = str(value)
    return (said > other) - (said < other)


def _key(value: Any) -> tuple[int, Decimal, str]:
    number = _number(value)
    return (0, number, "") if number is not None else (1, Decimal(0), _text(value))
