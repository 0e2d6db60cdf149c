"""CSV and XLSX files as tables: headings, and rows with the number of their line."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from ..shared import _

MAX_BYTES = 64 * 1024 * 1024  # unpacked; a processor's month is a few
_ZIP = b"PK\x03\x04"
_DELIMITERS = ";,\t|"


@dataclass(frozen=True)
class Table:
    """Rows as (line, cells by heading). A cell of a spreadsheet may be a number or a date."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, Any]], ...]


def read_table(data: bytes, *, delimiter: str = "", encoding: str = "", header_line: int = 1, sheet: str = "") -> Table:
    """:raises ValueError: when the file cannot be read, or has no headings in that line"""
    if len(data) > MAX_BYTES:
        raise ValueError(_("The file is too large."))
    lines = _sheet(data, sheet) if data.startswith(_ZIP) else _csv(data, delimiter, encoding, header_line)
    headings: tuple[str, ...] = ()
    rows: list[tuple[int, dict[str, Any]]] = []
    for number, cells in lines:
        if number < header_line:
            continue
        if not headings:
            headings = tuple(_text(cell) for cell in cells)
            if number != header_line or not any(headings):
                break
            twice = {name for name in headings if name and headings.count(name) > 1}
            if twice:
                raise ValueError(_("Two columns are called %(name)s.", name=sorted(twice)[0]))
            continue
        row = {name: cell for name, cell in zip(headings, cells, strict=False) if name}
        if any(_text(cell) for cell in row.values()):
            rows.append((number, row))
    if not any(headings):
        raise ValueError(_("Line %(line)s has no headings.", line=header_line))
    return Table(tuple(filter(None, headings)), tuple(rows))


def _csv(data: bytes, delimiter: str, encoding: str, header_line: int) -> Iterator[tuple[int, list[Any]]]:
    content = _decoded(data, encoding)
    headings = next(islice(content.split("\n"), header_line - 1, None), "")
    mark = delimiter or max(_DELIMITERS, key=headings.count)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=mark)
    try:
        while True:
            # A cell may go over several lines: the row is where it begins.
            line = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return
            yield line, list(cells)
    except csv.Error as error:
        raise ValueError(_("Line %(line)s cannot be read: %(error)s", line=reader.line_num, error=error)) from None


def _decoded(data: bytes, encoding: str) -> str:
    if not encoding and data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    for name in [encoding] if encoding else ["utf-8-sig", "cp1252"]:
        try:
            content = data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\0" not in content:
            return content
    raise ValueError(_("The file is no text in a known encoding, and no XLSX file."))


def _sheet(data: bytes, name: str) -> Iterator[tuple[int, list[Any]]]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):
        unpacked = 0  # the library says that it is none
    if unpacked > MAX_BYTES:
        raise ValueError(_("The file is too large."))
    lines: list[Any] | None = None
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = (book[name] if name in book.sheetnames else None) if name else book.worksheets[0]
        lines = list(sheet.iter_rows(values_only=True)) if sheet else None
    except Exception:  # the library raises whatever a damaged part makes it raise
        raise ValueError(_("The file is no XLSX file that can be read.")) from None
    if lines is None:
        raise ValueError(_("The file has no sheet %(name)s.", name=name))
    for number, cells in enumerate(lines, 1):
        yield number, list(cells)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell).strip()
