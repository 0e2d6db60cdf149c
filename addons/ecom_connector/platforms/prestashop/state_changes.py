"""Setting the state of PrestaShop's orders, where nobody at the shop decided otherwise.

A state is set by adding a row to the order's history. The same one twice is taken and shown twice (observed on 8.1.2),
so orders are looked at first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..base import STATE_LABELS, CommandResult
from ..documents import OrderState
from ..errors import PlatformError
from ..values import identifier, text
from ..words import _
from .client import PrestaClient
from .publishing_calls import Raw, Writer
from .reference import Reference
from .states import STATE_LABELS as VENDOR_LABELS
from .states import left_alone, order_state, vendor_state
from .xml import Record

# By what the shop's settings know a state as.
SETTINGS = {
    OrderState.CONFIRMED: "PS_OS_PAYMENT",
    OrderState.PREPARING: "PS_OS_PREPARATION",
    OrderState.COMPLETED: "PS_OS_SHIPPING",
    OrderState.DELIVERED: "PS_OS_DELIVERED",
    OrderState.CANCELLED: "PS_OS_CANCELED",
}
# Where an order may go from where it is; all else was decided at the shop and stays.
_MAY_FOLLOW = {
    OrderState.CONFIRMED: frozenset({OrderState.PENDING}),
    OrderState.PREPARING: frozenset({OrderState.PENDING, OrderState.CONFIRMED}),
    OrderState.READY: frozenset({OrderState.PENDING, OrderState.CONFIRMED}),
    OrderState.COMPLETED: frozenset({OrderState.PENDING, OrderState.CONFIRMED}),
    OrderState.COLLECTED: frozenset({OrderState.PENDING, OrderState.CONFIRMED, OrderState.COMPLETED}),
    OrderState.DELIVERED: frozenset({OrderState.CONFIRMED, OrderState.COMPLETED}),
    OrderState.CANCELLED: frozenset({OrderState.PENDING, OrderState.CONFIRMED}),
}
_BEFORE_SHIPPING = frozenset({OrderState.PREPARING, OrderState.READY})
# What is so already, by what a state means; where several mean the same, only the very state counts.
_SAME = frozenset({OrderState.CONFIRMED, OrderState.COMPLETED, OrderState.CANCELLED})


class StateWriter:
    """Sets states of one shop's orders: two calls, and one for each ten orders."""

    def __init__(self, client: PrestaClient, reference: Reference) -> None:
        self.client = client
        self.reference = reference

    def push(
        self, states: Sequence[tuple[str, OrderState]], names: Mapping[OrderState, str], *, notify: bool = True
    ) -> list[CommandResult]:
        """Of several states of one order the last counts.

        :param notify: whether the shop e-mails the customer, for states that send one
        :raises PlatformError: only while nothing was written
        """
        wanted = {order_id: state for order_id, state in states if order_id.isdecimal()}
        orders = self.read(list(wanted))
        known = self.reference.states if orders else {}
        targets = {state: self.target(state, names) for state in set(wanted.values())} if known else {}
        results: dict[str, CommandResult] = {}
        histories: list[Raw] = []
        for order_id, state in wanted.items():
            if order_id not in orders:
                results[order_id] = gone()
                continue
            target, order = targets[state], orders[order_id]
            if not target:
                results[order_id] = _unknown(state, names)
            elif problem := self.conflict(order, state, target):
                results[order_id] = problem
            elif self.is_so(order, state, target):
                results[order_id] = CommandResult(ok=True, external_id=order_id)
            else:
                histories.append({"id_order": order_id, "id_order_state": target})
        results |= self.add(histories, notify=notify)
        return [results.get(order_id) or gone() for order_id, _state in states]

    def read(self, ids: Sequence[str]) -> dict[str, Record]:
        """Orders as far as states need them."""
        rows = self.client.among("orders", ids, display=("id", "current_state", "id_carrier", "reference"))
        return {identifier(row.get("id")): row for row in rows}

    def target(self, state: OrderState, names: Mapping[OrderState, str]) -> str:
        """The id of the shop's state: the merchant's choice by number or name in any language, else the usual one."""
        name = names.get(state, "").strip()
        if not name:
            return self.reference.settings.get(SETTINGS.get(state, ""), "")
        if name in self.reference.states:
            return name
        for key, row in self.reference.states.items():
            said = row.get("name")
            texts = said.values() if isinstance(said, Mapping) else (said,)
            if text(row.get("deleted")) != "1" and name.casefold() in (text(one).casefold() for one in texts):
                return key
        return ""

    def now(self, order: Record) -> OrderState:
        """What the order's state means."""
        return order_state(self._flags(order), order)

    def label(self, order: Record) -> str:
        """What the order's state is called."""
        known = vendor_state(self._flags(order), order)
        return VENDOR_LABELS.get(known, known)

    def is_so(self, order: Record, state: OrderState, target: str) -> bool:
        current = identifier(order.get("current_state"))
        return current == target or (state in _SAME and self.now(order) == state)

    def conflict(self, order: Record, state: OrderState, target: str) -> CommandResult | None:
        """Why an order is left as it is.

        The usual state "in preparation" says that the order is paid, and books a payment that may never come.
        """
        now = self.now(order)
        books = text(self.reference.states.get(target, {}).get("paid")) == "1"
        unpaid = now is OrderState.PENDING and state in _BEFORE_SHIPPING and books
        if self.is_so(order, state, target) or (now in _MAY_FOLLOW[state] and not unpaid):
            return None
        return CommandResult(ok=False, code="conflict", message=left_alone(self.label(order)))

    def add(self, histories: Sequence[Raw], *, notify: bool) -> dict[str, CommandResult]:
        """Add rows to histories, one for each order; what became of them by order.

        After a failure the orders themselves tell which of them were set.
        """

        def find(numbers: Sequence[int]) -> dict[int, Raw]:
            now = self.read([histories[number]["id_order"] for number in numbers])
            return {
                number: now[order_id]
                for number in numbers
                if (order_id := histories[number]["id_order"]) in now
                and identifier(now[order_id].get("current_state")) == histories[number]["id_order_state"]
            }

        writer = Writer(self.client, {"sendemail": "1"} if notify else None)
        outcomes = writer.create("order_histories", histories, find)
        return {
            history["id_order"]: CommandResult.failed(outcome)
            if isinstance(outcome, PlatformError)
            else CommandResult(ok=True, external_id=history["id_order"])
            for history, outcome in zip(histories, outcomes, strict=True)
        }

    def _flags(self, order: Record) -> Record:
        row = self.reference.states.get(identifier(order.get("current_state")), {})
        names = {"_name": self.reference.said(row.get("name")), "_template": self.reference.said(row.get("template"))}
        return {**row, **names}


def gone() -> CommandResult:
    return CommandResult(ok=False, code="not_found", message=_("The order is no longer on the shop."))


def _unknown(state: OrderState, names: Mapping[OrderState, str]) -> CommandResult:
    if name := names.get(state):
        message = _("The shop has no state called “%(name)s”.", name=name)
    else:
        message = _("This state cannot be set on the shop: %(state)s.", state=STATE_LABELS[state])
    return CommandResult(ok=False, code="unsupported", message=message)
