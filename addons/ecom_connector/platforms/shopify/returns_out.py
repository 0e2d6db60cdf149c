"""Telling a Shopify shop what became of its returns: approved, declined, cancelled, closed.

Each return is looked at first, and brought on from where it is: a message that is repeated, or whose answer was lost,
finds it done. Approving and declining answer a request; an open return is cancelled or closed (schema 2026-10,
``ReturnStatus``). Nothing is put back on sale by any of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import PlatformError
from ..facts import CommandResult
from ..returns import ReturnCommand, ReturnState
from ..rounds import push_in_rounds
from ..words import _, said
from .answers import Raw
from .client import ShopifyClient
from .ids import gid
from .lists import look_up
from .operations import Batch
from .returns import state_of

PUSHED = frozenset({ReturnState.OPEN, ReturnState.DECLINED, ReturnState.CANCELLED, ReturnState.CLOSED})

_ANSWER = "{ return { id status } userErrors { field message } }"
LOOK = Batch("query", "return", {"id": "ID!"}, "{ id status }", cost=2)
APPROVE = Batch("mutation", "returnApproveRequest", {"input": "ReturnApproveRequestInput!"}, _ANSWER, cost=12)
DECLINE = Batch("mutation", "returnDeclineRequest", {"input": "ReturnDeclineRequestInput!"}, _ANSWER, cost=12)
CANCEL = Batch("mutation", "returnCancel", {"id": "ID!"}, _ANSWER, cost=12)
CLOSE = Batch("mutation", "returnClose", {"id": "ID!"}, _ANSWER, cost=12)

_LONGEST_NOTE = 500

_STEPS: Mapping[tuple[ReturnState, ReturnState], tuple[Batch, ...]] = {
    (ReturnState.REQUESTED, ReturnState.OPEN): (APPROVE,),
    (ReturnState.REQUESTED, ReturnState.CLOSED): (APPROVE, CLOSE),
    (ReturnState.REQUESTED, ReturnState.DECLINED): (DECLINE,),
    (ReturnState.REQUESTED, ReturnState.CANCELLED): (DECLINE,),
    (ReturnState.OPEN, ReturnState.CANCELLED): (CANCEL,),
    (ReturnState.OPEN, ReturnState.DECLINED): (CANCEL,),
    (ReturnState.OPEN, ReturnState.CLOSED): (CLOSE,),
    # There already, or further.
    (ReturnState.CLOSED, ReturnState.OPEN): (),
    (ReturnState.DECLINED, ReturnState.CANCELLED): (),
    (ReturnState.CANCELLED, ReturnState.DECLINED): (),
}


def push_returns(client: ShopifyClient, returns: Sequence[ReturnCommand]) -> list[CommandResult]:
    """A call to look at many returns, and one for each kind of step that some of them need."""
    return push_in_rounds(returns, lambda batch: _push_round(client, batch))


def _push_round(client: ShopifyClient, returns: Mapping[int, ReturnCommand]) -> dict[int, CommandResult]:
    results: dict[int, CommandResult] = {}
    found = look_up(client, LOOK, "Return", (command.return_id for command in returns.values()))
    steps: dict[int, tuple[Batch, ...]] = {}
    for index, command in returns.items():
        row = found.get(command.return_id)
        if row is None:
            message = _("The return is no longer on the shop.")
            results[index] = CommandResult(ok=False, code="not_found", message=message)
            continue
        state = _state(row)
        way = () if state == command.state else _STEPS.get((state, command.state))
        if way is None:
            message = _("The return is “%(state)s” on the shop and was left so.", state=state.value)
            results[index] = CommandResult(ok=False, code="conflict", message=message)
        else:
            steps[index] = way
    results |= _take(client, returns, steps)
    return results


def _take(
    client: ShopifyClient, returns: Mapping[int, ReturnCommand], steps: Mapping[int, tuple[Batch, ...]]
) -> dict[int, CommandResult]:
    """:raises PlatformError: only while nothing was written"""
    results = {index: CommandResult(ok=True, external_id=returns[index].return_id) for index in steps}
    written = False
    for batch in (APPROVE, DECLINE, CANCEL, CLOSE):
        wanted = [index for index, way in steps.items() if batch in way and results[index].ok]
        if not wanted:
            continue
        try:
            answers = client.run(batch, [_arguments(batch, returns[index]) for index in wanted])
        except PlatformError as error:
            if not written:
                raise
            answers = [error] * len(wanted)
        written = True
        for index, answer in zip(wanted, answers, strict=True):
            if isinstance(answer, PlatformError):
                results[index] = CommandResult.failed(answer)
    return results


def _arguments(batch: Batch, command: ReturnCommand) -> Raw:
    key = gid("Return", command.return_id)
    if batch in (CANCEL, CLOSE):
        return {"id": key}
    values: Raw = {"id": key, "notifyCustomer": command.notify_customer}
    if batch is DECLINE:
        values |= {"declineReason": "OTHER", "declineNote": command.note[:_LONGEST_NOTE] or None}
    return {"input": values}


def _state(row: Mapping[str, Any]) -> ReturnState:
    try:
        return state_of(row.get("status"))
    except ValueError as error:
        raise PlatformError("bad_answer", said(error)) from error
