"""The cost that capturing stock changes adds to a user's write."""

from __future__ import annotations

from dev.bench.bed import Bed
from dev.bench.table import Case


def measure(_bed: Bed, _size: int | None, _rounds: int) -> Case:
    """Nothing to measure before there is something that captures."""
    return Case("B5", "comes with the stock addon")
