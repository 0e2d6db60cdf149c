"""Strict checks of what a shop sends: every problem names the field and the way out. Pure, and never raises.

Nothing is refused for figures that do not add up to the total: that is settled in Odoo, by tolerance or by a person.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from ..base import ApiFacts, Problem
from ..documents import ZERO
from ..values import decimal
from .schema import CUSTOMER, ORDER, REGISTERED_PAYMENT, Field, Fields

_DECIMALS = 6
_LARGEST = Decimal(10) ** 12
_MAX_PROBLEMS = 20  # of one item: a client that sends something else entirely needs no hundred of them
_EARLIEST = datetime(2000, 1, 1, tzinfo=timezone.utc)
_AHEAD = timedelta(days=1)  # a shop's clock may be wrong; a version of next year would shut out all that follow
_EXAMPLE = "2026-11-02T10:00:00Z"


@dataclass
class _Report:
    facts: ApiFacts
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: str, code: str, message: str, remedy: str) -> None:
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(Problem(path, code, message, remedy))


def check_order(raw: Any, facts: ApiFacts) -> list[Problem]:
    """What is wrong with an order; empty when :func:`mapper.parse_order` can read it."""
    report = _Report(facts)
    _check_object(raw, "", ORDER, report)
    if not report.problems:
        _check_lines(raw, report)
        _check_money(raw, report)
        _check_addressee(raw["billing"], "billing", report)
        for key in ("taxes", "refunds"):
            name = "id" if key == "refunds" else "code"
            _check_unique((row[name] for row in raw.get(key, ())), key, name, report)
    return report.problems


def check_customer(raw: Any, facts: ApiFacts) -> list[Problem]:
    """What is wrong with a customer; empty when :func:`mapper.parse_customer` can read it."""
    report = _Report(facts)
    _check_object(raw, "", CUSTOMER, report)
    if not report.problems and not raw.get("name"):
        _check_addressee(raw.get("address", {}), "address", report)
    return report.problems


def check_payment(raw: Any, facts: ApiFacts) -> list[Problem]:
    """What is wrong with a payment that is registered for an order by itself."""
    report = _Report(facts)
    _check_object(raw, "", REGISTERED_PAYMENT, report)
    if not report.problems and not decimal(raw["amount"], "amount"):
        report.add("amount", "bad_value", "The amount is 0.", "Register what was received.")
    return report.problems


# --- one value


def _check_object(value: Any, path: str, fields: Fields, report: _Report) -> None:
    if not isinstance(value, Mapping):
        report.add(path, "wrong_type", f"This is {_named(value)}, not an object.", "Send an object with named fields.")
        return
    prefix = f"{path}." if path else ""
    for name in value:
        if name not in fields:
            close = difflib.get_close_matches(str(name), fields, n=1)
            remedy = f"Did you mean “{close[0]}”?" if close else "Leave it out; docs/api.md lists the fields."
            report.add(f"{prefix}{str(name)[:64]}", "unknown_field", "There is no such field.", remedy)
    for name, expected in fields.items():
        if name not in value:
            if expected.required:
                report.add(f"{prefix}{name}", "missing", "The field is required.", f"Send {_wanted(expected)}.")
        elif value[name] is None:
            report.add(f"{prefix}{name}", "wrong_type", "The value is null.", "Leave the field out instead.")
        else:
            _CHECKS[expected.kind](value[name], f"{prefix}{name}", expected, report)


def _check_list(value: Any, path: str, expected: Field, report: _Report) -> None:
    if not isinstance(value, list):
        report.add(path, "wrong_type", f"This is {_named(value)}, not a list.", "Send a list of objects.")
    elif len(value) > expected.limit:
        report.add(path, "too_many", f"{len(value)} rows, at most {expected.limit} are taken.", "Send fewer.")
    elif len(value) < expected.least:
        report.add(path, "missing", "The list is empty.", "Send at least one.")
    else:
        for index, row in enumerate(value):
            _check_object(row, f"{path}[{index}]", expected.fields, report)


def _check_inner(value: Any, path: str, expected: Field, report: _Report) -> None:
    _check_object(value, path, expected.fields, report)


def _check_text(value: Any, path: str, expected: Field, report: _Report) -> bool:
    if not isinstance(value, str):
        report.add(path, "wrong_type", f"This is {_named(value)}, not a text.", f"Send {_wanted(expected)}.")
    elif len(value) > expected.limit:
        report.add(
            path,
            "too_long",
            f"{len(value)} characters, at most {expected.limit} are taken.",
            f"Shorten it to {expected.limit} characters.",
        )
    elif any((sign < " " and sign not in "\t\r\n") or "\ud800" <= sign <= "\udfff" for sign in value):
        report.add(path, "bad_value", "The text has characters that cannot be kept.", "Remove control characters.")
    else:
        return True
    return False


def _check_id(value: Any, path: str, expected: Field, report: _Report) -> None:
    if not _check_text(value, path, expected, report):
        return
    if not value or value != value.strip() or "\n" in value:
        report.add(
            path, "bad_value", "The text is empty or has blanks around it.", "Send it trimmed, or leave the field out."
        )


def _check_choice(value: Any, path: str, expected: Field, report: _Report) -> None:
    if _check_text(value, path, expected, report) and value not in expected.choices:
        report.add(path, "bad_value", f"“{value}” is not known.", f"Send {_wanted(expected)}.")


def _check_amount(value: Any, path: str, expected: Field, report: _Report) -> None:
    wanted = _wanted(expected)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        report.add(path, "wrong_type", f"This is {_named(value)}, not a number.", f"Send {wanted}.")
        return
    try:
        if isinstance(value, str) and (len(value) > 32 or value != value.strip() or "_" in value):
            raise ValueError
        number = decimal(value, path)
    except ValueError:
        report.add(path, "bad_value", f"{_shown(value)} is no number.", f"Send {wanted}.")
        return
    exponent = number.normalize().as_tuple().exponent
    if abs(number) >= _LARGEST:
        report.add(path, "bad_value", f"{_shown(value)} is too large.", "Check the unit.")
    elif isinstance(exponent, int) and -exponent > _DECIMALS:
        report.add(
            path,
            "bad_value",
            f"{_shown(value)} has more than {_DECIMALS} decimals.",
            "Round it, and send it as text so that it stays exact.",
        )
    elif expected.kind != "amount" and number < 0:
        report.add(
            path, "negative", f"{_shown(value)} is negative.", "Send what was sold; refunds have a list of their own."
        )


def _check_flag(value: Any, path: str, expected: Field, report: _Report) -> None:
    if not isinstance(value, bool):
        report.add(path, "wrong_type", f"This is {_named(value)}, not true or false.", f"Send {_wanted(expected)}.")


def _check_moment(value: Any, path: str, expected: Field, report: _Report) -> None:
    if not _check_text(value, path, expected, report):
        return
    try:
        moment = datetime.fromisoformat(value[:-1] + "+00:00" if value.endswith("Z") else value)
        if moment.tzinfo is None:
            report.add(path, "bad_date", "The moment has no time zone.", f"Add Z or an offset: {_EXAMPLE}.")
            return
        moment = moment.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        report.add(path, "bad_date", f"{_shown(value)} is no date and time.", f"Send ISO 8601: {_EXAMPLE}.")
        return
    if moment < _EARLIEST:
        report.add(path, "bad_date", "The moment lies before the year 2000.", "Check the date.")
    elif moment > report.facts.now + _AHEAD:
        report.add(path, "bad_date", "The moment lies in the future.", "Check the shop's clock and time zone.")


def _check_currency(value: Any, path: str, expected: Field, report: _Report) -> None:
    if _check_text(value, path, expected, report) and value not in report.facts.currencies:
        report.add(path, "unknown_currency", f"Odoo knows no currency “{value[:16]}”.", f"Send {_wanted(expected)}.")


def _check_country(value: Any, path: str, expected: Field, report: _Report) -> None:
    if _check_text(value, path, expected, report) and value not in report.facts.countries:
        report.add(path, "unknown_country", f"There is no country “{value[:16]}”.", f"Send {_wanted(expected)}.")


_CHECKS: dict[str, Callable[[Any, str, Field, _Report], object]] = {
    "id": _check_id,
    "text": _check_text,
    "amount": _check_amount,
    "quantity": _check_amount,
    "rate": _check_amount,
    "flag": _check_flag,
    "moment": _check_moment,
    "currency": _check_currency,
    "country": _check_country,
    "choice": _check_choice,
    "object": _check_inner,
    "list": _check_list,
}


# --- values that depend on each other


def _check_lines(raw: Mapping[str, Any], report: _Report) -> None:
    _check_unique((line["id"] for line in raw["lines"]), "lines", "id", report)
    known = {tax["code"] for tax in raw.get("taxes", ())}
    ids = {line["id"] for line in raw["lines"]}
    for index, line in enumerate(raw["lines"]):
        path = f"lines[{index}]"
        if line.get("kind", "product") == "product":
            if "quantity" not in line or not decimal(line["quantity"], path):
                report.add(
                    f"{path}.quantity", "missing", "A product needs a quantity above 0.", "Say how many were sold."
                )
            if not any(line.get(name) for name in ("sku", "barcode", "product_ref")):
                report.add(
                    f"{path}.sku", "missing", "Nothing says which product it is.", "Send sku, barcode or product_ref."
                )
        _check_unique((tax["code"] for tax in line.get("taxes", ())), f"{path}.taxes", "code", report)
        for position, tax in enumerate(line.get("taxes", ())):
            if tax["code"] not in known:
                report.add(
                    f"{path}.taxes[{position}].code",
                    "bad_value",
                    f"The order's taxes have no code “{tax['code']}”.",
                    "List it under taxes, with its rate.",
                )
    for index, refund in enumerate(raw.get("refunds", ())):
        for position, line in enumerate(refund.get("lines", ())):
            if line["line_id"] not in ids:
                report.add(
                    f"refunds[{index}].lines[{position}].line_id",
                    "bad_value",
                    f"The order has no line “{line['line_id']}”.",
                    "Name a line of the same order.",
                )


def _check_money(raw: Mapping[str, Any], report: _Report) -> None:
    decimals = max(report.facts.currencies[raw["currency"]], 2)
    total = decimal(raw["total"], "total")
    for name in ("total", "total_tax"):
        exponent = decimal(raw[name], name).normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > decimals:
            report.add(
                name,
                "bad_value",
                f"{_shown(raw[name])} has more decimals than {raw['currency']} ({decimals}).",
                "Send the total as the customer was shown it.",
            )
    payments = raw.get("payments", ())
    paid = sum((decimal(payment["amount"], "payments") for payment in payments), ZERO)
    if payments and paid != total:
        report.add(
            "payments",
            "does_not_add_up",
            f"The payments add up to {paid}, the total is {total}.",
            "List what is still to be paid as a payment without paid_at.",
        )


def _check_addressee(address: Mapping[str, Any], path: str, report: _Report) -> None:
    if not any(address.get(name, "").strip() for name in ("name", "company")):
        report.add(f"{path}.name", "missing", "Nobody is named.", "Send name or company.")


def _check_unique(values: Iterable[str], path: str, name: str, report: _Report) -> None:
    for value, count in Counter(values).items():
        if count > 1:
            report.add(path, "duplicate", f"The {name} “{value}” is used {count} times.", f"Give each its own {name}.")


# --- in words


def _wanted(expected: Field) -> str:
    if expected.kind == "choice":
        return "one of " + ", ".join(expected.choices)
    return {
        "id": f"a text of at most {expected.limit} characters",
        "text": f"a text of at most {expected.limit} characters",
        "amount": "an amount as text, such as “19.90”",
        "quantity": "a number that is not negative, such as “2”",
        "rate": "the rate in percent, such as “20”",
        "flag": "true or false",
        "moment": f"a moment such as {_EXAMPLE}",
        "currency": "an ISO 4217 code in capitals, such as EUR",
        "country": "an ISO 3166-1 code of two capitals, such as FR",
        "object": "an object",
        "list": "a list",
    }[expected.kind]


def _named(value: Any) -> str:
    if value is None:
        return "null"
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a text",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), f"a value of type {type(value).__name__}")


def _shown(value: Any) -> str:
    """Enough of a wrong value to recognise it."""
    return repr(value)[:32]
