"""Several changes of one thing, told one after the other; changes of different things, together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from .errors import PlatformError
from .facts import CommandResult


class OfAnOrder(Protocol):
    """A change that names its order."""

    @property
    def order_id(self) -> str: ...


Change = TypeVar("Change", bound=OfAnOrder)


def push_in_rounds(
    edits: Sequence[Change], push: Callable[[Mapping[int, Change]], dict[int, CommandResult]]
) -> list[CommandResult]:
    """One result for each, in order.

    :param push: tells edits of different orders, by their place; raises only while nothing of its round was written
    :raises PlatformError: only while nothing was written
    """
    results: dict[int, CommandResult] = {}
    waiting = list(range(len(edits)))
    while waiting:
        batch: dict[str, int] = {}
        for index in waiting:
            batch.setdefault(edits[index].order_id, index)
        try:
            results |= push({index: edits[index] for index in batch.values()})
        except PlatformError as error:
            if not results:
                raise
            results |= {index: CommandResult.failed(error) for index in batch.values()}
        waiting = [index for index in waiting if index not in results]
    return [results[index] for index in range(len(edits))]
