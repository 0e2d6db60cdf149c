"""The saved mapping of a processor's files: which column says what, and how numbers and dates are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..documents import TransactionKind
from ..shared import _

# What a column may say. ``amount`` is the gross amount; ``debit`` and ``credit`` are where it is in two columns.
FIELDS: Mapping[str, str] = {
    "date": _("Date"),
    "amount": _("Gross amount"),
    "debit": _("Debit"),
    "credit": _("Credit"),
    "fee": _("Fee"),
    "net": _("Net amount"),
    "currency": _("Currency"),
    "kind": _("Kind"),
    "id": _("Transaction"),
    "reference": _("Payment reference"),
    "order": _("Order"),
    "description": _("Description"),
    "payout": _("Payout"),
    "available_on": _("Available on"),
}
_KINDS = frozenset(kind.value for kind in TransactionKind)


@dataclass(frozen=True)
class FileMapping:
    """How to read a file.

    ``date_formats`` are those of ``strptime``; without any, ISO 8601 and day first, as in France. ``kinds`` says what
    the words in the column of kinds mean; where none fits, what comes in is a charge and what goes out a refund.
    """

    columns: Mapping[str, str]  # by field: the column's heading
    decimal_mark: str = ","
    date_formats: tuple[str, ...] = ()
    timezone: str = "Europe/Paris"
    currency: str = ""  # where no column says it
    kinds: Mapping[str, str] = field(default_factory=dict)
    fees_negative: bool = False  # fees are printed as money that goes out
    delimiter: str = ""  # "" for what the file seems to have
    encoding: str = ""  # "" for UTF-8, else Windows-1252
    header_line: int = 1
    sheet: str = ""  # "" for the first one

    def __post_init__(self) -> None:
        """:raises ValueError: when it cannot be used, and why"""
        unknown = set(self.columns) - set(FIELDS)
        if unknown:
            raise ValueError(_("%(fields)s: no such field", fields=", ".join(sorted(unknown))))
        if "date" not in self.columns:
            raise ValueError(_("The mapping names no column for the date."))
        if not {"amount", "debit", "credit", "net"} & set(self.columns):
            raise ValueError(_("The mapping names no column for an amount."))
        if "currency" not in self.columns and not self.currency:
            raise ValueError(_("The mapping names neither a column for the currency nor a currency."))
        if self.decimal_mark not in (",", "."):
            raise ValueError(_("The decimal mark is a comma or a point."))
        wrong = {kind for kind in self.kinds.values() if kind not in _KINDS}
        if wrong:
            raise ValueError(_("%(kinds)s: no such kind", kinds=", ".join(sorted(wrong))))
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(_("%(zone)s: no such time zone", zone=self.timezone)) from None
        if self.header_line < 1:
            raise ValueError(_("The headings are in line 1 or below."))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> FileMapping:
        """:raises ValueError: when it is no mapping"""
        known = {entry.name for entry in fields(cls)}
        unknown = set(values) - known
        if unknown:
            raise ValueError(_("%(fields)s: no such setting", fields=", ".join(sorted(unknown))))
        if not isinstance(values.get("columns"), Mapping):
            raise ValueError(_("The mapping names no columns."))
        made = dict(values)
        made["date_formats"] = tuple(values.get("date_formats") or ())
        return cls(**made)

    def to_dict(self) -> dict[str, Any]:
        """As JSON can keep it."""
        made: dict[str, Any] = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        made |= {"columns": dict(self.columns), "kinds": dict(self.kinds), "date_formats": list(self.date_formats)}
        return made
