"""Validation of request arguments as WordPress does it (``rest_validate_value_from_schema``), with its words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import dates
from .errors import InvalidParams


@dataclass(frozen=True)
class Arg:
    """What an argument may be.

    :param type: ``integer``, ``number``, ``string``, ``boolean``, ``array``, ``object`` or ``mixed``.
    """

    type: str = "mixed"
    enum: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    items: Arg | None = None
    properties: Mapping[str, Arg] = field(default_factory=dict)
    default: Any = None
    date: bool = False


INTEGER = Arg("integer")
STRING = Arg("string")
BOOLEAN = Arg("boolean")
OBJECT = Arg("object")
ARRAY = Arg("array")
MIXED = Arg("mixed")
DATE = Arg("string", date=True)
IDS = Arg("array", items=INTEGER)
STRINGS = Arg("array", items=STRING)
META_DATA = Arg("array", items=Arg("object", properties={"id": INTEGER, "key": STRING, "value": MIXED}))


def enum(*values: str, default: Any = None) -> Arg:
    """A string out of a few."""
    return Arg("string", enum=values, default=default)


def list_args(*orderby: str, order: str = "desc", by: str = "date") -> dict[str, Arg]:
    """The arguments that every list takes."""
    return {
        "context": enum("view", "edit", default="view"),
        "page": Arg("integer", minimum=1, default=1),
        "per_page": Arg("integer", minimum=1, maximum=100, default=10),
        "search": STRING,
        "after": DATE,
        "before": DATE,
        "modified_after": DATE,
        "modified_before": DATE,
        "dates_are_gmt": Arg("boolean", default=False),
        "exclude": IDS,
        "include": IDS,
        "offset": INTEGER,
        "order": enum("asc", "desc", default=order),
        "orderby": enum(*orderby, default=by),
    }


class _Wrong(Exception):
    def __init__(self, code: str, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.detail = {"code": code, "message": message, "data": data}


def validate(values: Mapping[str, Any], args: Mapping[str, Arg]) -> dict[str, Any]:
    """The values of known arguments, converted, with defaults; ``null`` passes any check (source: WP_REST_Request).

    :raise InvalidParams: for what does not fit.
    """
    found: dict[str, Any] = {}
    wrong: dict[str, dict[str, Any]] = {}
    for name, arg in args.items():
        if name not in values:
            if arg.default is not None:
                found[name] = arg.default
            continue
        value = values[name]
        if value is None:
            found[name] = None
            continue
        try:
            found[name] = _check(value, arg, name)
        except _Wrong as error:
            wrong[name] = error.detail
    if wrong:
        raise InvalidParams(wrong)
    return found


def _check(value: Any, arg: Arg, name: str) -> Any:
    converted = _CHECKS[arg.type](value, arg, name)
    if arg.enum and converted not in arg.enum:
        listed = ", ".join(arg.enum[:-1]) + (f"{',' if len(arg.enum) > 2 else ''} and {arg.enum[-1]}")
        raise _Wrong("rest_not_in_enum", f"{name} is not one of {listed}.")
    if arg.date and converted:
        try:
            dates.parse(converted, "UTC")
        except ValueError as error:
            raise _Wrong("rest_invalid_date", "Invalid date.") from error
    return converted


def _wrong_type(name: str, kind: str) -> _Wrong:
    return _Wrong("rest_invalid_type", f"{name} is not of type {kind}.", {"param": name})


def _number(value: Any, name: str, kind: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise _wrong_type(name, kind)
    try:
        found = float(value)
    except ValueError as error:
        raise _wrong_type(name, kind) from error
    if not math.isfinite(found):
        raise _wrong_type(name, kind)
    return found


def _integer(value: Any, arg: Arg, name: str) -> int:
    found = _number(value, name, "integer")
    if found != int(found):
        raise _wrong_type(name, "integer")
    low, high = arg.minimum, arg.maximum
    if low is not None and high is not None and not low <= found <= high:
        raise _Wrong("rest_out_of_bounds", f"{name} must be between {low} (inclusive) and {high} (inclusive)")
    if low is not None and found < low:
        raise _Wrong("rest_out_of_bounds", f"{name} must be greater than or equal to {low}")
    return int(value) if not isinstance(value, str) else int(found)


def _any_number(value: Any, arg: Arg, name: str) -> Any:
    _number(value, name, "number")
    return value


def _string(value: Any, arg: Arg, name: str) -> str:
    if not isinstance(value, str):
        raise _wrong_type(name, "string")
    return value


def _boolean(value: Any, arg: Arg, name: str) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "1", "false", "0", ""):
        return value.lower() in ("true", "1")
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    raise _wrong_type(name, "boolean")


def _array(value: Any, arg: Arg, name: str) -> list[Any]:
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        value = [part for part in str(value).replace(",", " ").split() if part]
    if not isinstance(value, list):
        raise _wrong_type(name, "array")
    if arg.items is None:
        return value
    return [_check(item, arg.items, f"{name}[{index}]") for index, item in enumerate(value)]


def _object(value: Any, arg: Arg, name: str) -> dict[str, Any]:
    if value in ([], ""):
        return {}
    if not isinstance(value, dict):
        raise _wrong_type(name, "object")
    checked = dict(value)
    for key, rule in arg.properties.items():
        if checked.get(key) is not None:
            checked[key] = _check(checked[key], rule, f"{name}[{key}]")
    return checked


_CHECKS: dict[str, Any] = {
    "integer": _integer,
    "number": _any_number,
    "string": _string,
    "boolean": _boolean,
    "array": _array,
    "object": _object,
    "mixed": lambda value, arg, name: value,
}
