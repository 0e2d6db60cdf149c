"""A file read with its mapping: rows to keep, and what is wrong with the others, by line and column."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ..documents import ZERO, TransactionKind
from ..shared import Raw, _, said
from ..values import currency
from .mapping import FileMapping
from .numbers import amount, moment
from .tables import read_table


@dataclass(frozen=True)
class FileProblem:
    """What is wrong with a cell, and what to do. ``column`` is ``""`` where it is about the whole row."""

    line: int
    column: str
    message: str
    remedy: str


@dataclass(frozen=True)
class FileResult:
    """``raws`` are for ``parse_transaction``, ``lines`` say where each is; a row with a problem is not among them."""

    raws: tuple[Raw, ...]
    lines: tuple[int, ...]
    problems: tuple[FileProblem, ...]


class _Wrong(ValueError):
    def __init__(self, column: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.column, self.remedy = column, remedy


def read_file(data: bytes, mapping: FileMapping) -> FileResult:
    """:raises ValueError: when the file is none that can be read, or lacks a column of the mapping"""
    table = read_table(
        data,
        delimiter=mapping.delimiter,
        encoding=mapping.encoding,
        header_line=mapping.header_line,
        sheet=mapping.sheet,
    )
    absent = [name for name in mapping.columns.values() if name not in table.headings]
    if absent:
        raise ValueError(
            _(
                "The file has no column %(missing)s. It has: %(found)s.",
                missing=", ".join(absent),
                found=", ".join(table.headings),
            )
        )
    raws: list[Raw] = []
    lines: list[int] = []
    problems: list[FileProblem] = []
    seen: Counter[str] = Counter()
    for line, row in table.rows:
        try:
            raw = _row(row, mapping)
        except _Wrong as error:
            problems.append(FileProblem(line, error.column, said(error), error.remedy))
            continue
        raw["key"] = _key(raw, seen)
        raws.append(raw)
        lines.append(line)
    return FileResult(tuple(raws), tuple(lines), tuple(problems))


def _key(raw: Raw, seen: Counter[str]) -> str:
    """What tells a movement from all others: the same file twice has the same ones, the same line twice are two.

    A processor's own id is not enough: many give a refund the id of its charge.
    """
    told = [raw[name] for name in ("kind", "date", "amount", "currency")] if raw["id"] else raw
    print_ = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    key = f"{raw['id']}-{print_[:8]}" if raw["id"] else print_[:24]
    seen[key] += 1
    return key if seen[key] == 1 else f"{key}-{seen[key]}"


def _row(row: Mapping[str, Any], mapping: FileMapping) -> Raw:
    gross, fee, net = _amounts(row, mapping)
    money = _cell(row, mapping, "currency")
    try:
        money = currency(money or mapping.currency, "currency")
    except ValueError as error:
        remedy = _("Write its code of three letters, such as EUR.")
        raise _Wrong(mapping.columns.get("currency", ""), said(error), remedy) from None
    word = _cell(row, mapping, "kind")
    folded = {text.casefold(): kind for text, kind in mapping.kinds.items()}
    kind = folded.get(word.casefold(), "")
    if not kind:
        kind = (TransactionKind.CHARGE if gross >= 0 else TransactionKind.REFUND).value
    if kind == TransactionKind.FEE.value and not gross:
        # A row of a fee alone, printed in the column of fees.
        gross, fee = -fee, ZERO
    return {
        "id": _cell(row, mapping, "id"),
        "date": _moment(row, mapping, "date").isoformat(),
        "available_on": _moment(row, mapping, "available_on").date().isoformat()
        if _cell(row, mapping, "available_on")
        else "",
        "amount": str(gross),
        "fee": str(fee),
        "net": str(net),
        "currency": money,
        "kind": kind,
        "word": word,
        **{name: _cell(row, mapping, name) for name in ("reference", "order", "description", "payout")},
    }


def _amounts(row: Mapping[str, Any], mapping: FileMapping) -> tuple[Decimal, Decimal, Decimal]:
    """Gross, fee and net; what the file does not say follows from the others."""
    found = {name: _amount(row, mapping, name) for name in ("amount", "debit", "credit", "fee", "net")}
    gross, fee, net = found["amount"], found["fee"] or ZERO, found["net"]
    if gross is None and (found["credit"] is not None or found["debit"] is not None):
        gross = (found["credit"] or ZERO) - abs(found["debit"] or ZERO)
    if mapping.fees_negative:
        fee = -fee
    if gross is None:
        assert net is not None  # the mapping has one of them
        return net + fee, fee, net
    if net is None:
        return gross, fee, gross - fee
    if "fee" not in mapping.columns:
        return gross, gross - net, net
    if gross - fee != net:
        raise _Wrong(
            mapping.columns["net"],
            _("%(net)s is not %(gross)s less the fee of %(fee)s", net=net, gross=gross, fee=fee),
            _("Correct one of the three, or say that fees are printed as negative amounts."),
        )
    return gross, fee, net


def _amount(row: Mapping[str, Any], mapping: FileMapping, name: str) -> Decimal | None:
    column = mapping.columns.get(name)
    if column is None:
        return None
    try:
        return amount(row.get(column), mapping.decimal_mark)
    except ValueError as error:
        raise _Wrong(column, said(error), _("Correct the cell, or choose the other decimal mark.")) from None


def _moment(row: Mapping[str, Any], mapping: FileMapping, name: str) -> datetime:
    column = mapping.columns[name]
    try:
        return moment(row.get(column), mapping.date_formats, mapping.timezone)
    except ValueError as error:
        raise _Wrong(column, said(error), _("Correct the cell, or choose how dates are written.")) from None


def _cell(row: Mapping[str, Any], mapping: FileMapping, name: str) -> str:
    """A cell as text; a spreadsheet's 1001.0 is the number 1001."""
    value = row.get(mapping.columns.get(name, ""))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return "" if value is None else str(value).strip()
