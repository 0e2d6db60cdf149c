"""What a case found: rows of figures, ratios held against their floors, notes."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Row:
    """One candidate: its figure in every round, and what else is worth knowing."""

    name: str
    seconds: list[float]
    units: int
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def median(self) -> float:
        """Seconds of the middle round."""
        return statistics.median(self.seconds)

    @property
    def rate(self) -> float:
        """Units in a second."""
        return self.units / self.median


@dataclass
class Floor:
    """A figure that has to be reached."""

    what: str
    value: float
    wanted: str
    met: bool

    def text(self) -> str:
        """One line."""
        return f"  {'met   ' if self.met else 'MISSED'}  {self.what}: {self.value:.2f} (floor: {self.wanted})"


@dataclass
class Case:
    """One table."""

    name: str
    title: str
    rows: list[Row] = field(default_factory=list)
    floors: list[Floor] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def at_least(self, what: str, value: float, floor: float) -> None:
        """Hold a figure against a lower bound."""
        self.floors.append(Floor(what, value, f"≥ {floor:g}", value >= floor))

    def at_most(self, what: str, value: float, ceiling: float) -> None:
        """Hold a figure against an upper bound that it may reach."""
        self.floors.append(Floor(what, value, f"≤ {ceiling:g}", value <= ceiling))

    def below(self, what: str, value: float, ceiling: float) -> None:
        """Hold a figure against an upper bound."""
        self.floors.append(Floor(what, value, f"< {ceiling:g}", value < ceiling))

    def none(self, what: str, count: float) -> None:
        """Hold a count against nothing at all."""
        self.floors.append(Floor(what, count, "0", not count))

    def text(self) -> str:
        """The table as people read it."""
        lines = [f"  {self.title}"]
        if self.rows:
            extra = list(dict.fromkeys(name for row in self.rows for name in row.more))
            head = ["candidate", "median s", "ms each", "a second", *extra]
            body = [
                [
                    row.name,
                    f"{row.median:.2f}",
                    f"{1000 * row.median / row.units:.1f}",
                    f"{row.rate:.1f}",
                    *(_shown(row.more.get(name, "")) for name in extra),
                ]
                for row in self.rows
            ]
            lines += _columns([head, *body])
        lines += [floor.text() for floor in self.floors]
        lines += [f"  {note}" for note in self.notes]
        return "\n".join([*lines, f"  ({self.seconds:.0f} s)"])

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "case": self.name,
            "title": self.title,
            "rows": [
                {"name": row.name, "seconds": row.seconds, "median": row.median, "units": row.units, **row.more}
                for row in self.rows
            ],
            "floors": [vars(floor) for floor in self.floors],
            "notes": self.notes,
            "seconds": self.seconds,
        }


def _shown(value: Any) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for first, *others in rows:
        figures = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        lines.append("  " + "  ".join([first.ljust(widths[0]), *figures]))
    return lines
