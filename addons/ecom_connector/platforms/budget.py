"""How often a shop may be called: a leaky bucket per channel, shared out between its lanes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from .errors import PlatformError
from .words import _

# The longest that a call waits for its turn: a lane must not sleep on a worker, the rest is the caller's to plan.
LONGEST_WAIT = 1.0


class BudgetUsedUp(PlatformError):
    """We wait by ourselves, so as not to be told to: nothing failed, and the shop knows nothing of it."""


class Budget(Protocol):
    """What a transport asks before each call."""

    def acquire(self, cost: float = 1.0) -> None:
        """Take one call, waiting at most a second; raises ``PlatformError('rate_limited')`` beyond that."""

    def settle(self, difference: float) -> None:
        """Take so much more, or give it back, now that it is known what a call took."""


class RateBudget:
    """``calls_per_second`` in the long run, up to ``burst`` at once.

    Threads of one process share it. A lane runs in one process at a time, and takes what is left of its budget along
    when it moves (:meth:`left`, :meth:`start_with`); who keeps it in between is the caller's affair. What is no lane
    has a budget of its own in each process.

    :raises ValueError: on a rate or burst that allows nothing
    """

    def __init__(
        self,
        calls_per_second: float,
        burst: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if calls_per_second <= 0 or burst < 1:
            raise ValueError(f"a budget of {calls_per_second} calls a second and a burst of {burst} allows nothing")
        self.rate = calls_per_second
        self.burst = burst
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._tokens = float(burst)
        self._read_at = clock()
        self._lanes: dict[str, RateBudget] = {}

    def lane(self, name: str, share: float) -> RateBudget:
        """The budget of one lane: ``share`` (0 < share <= 1) of this one, the same object for the same name."""
        with self._lock:
            if name not in self._lanes:
                self._lanes[name] = RateBudget(
                    self.rate * share, max(1.0, self.burst * share), clock=self._clock, sleep=self._sleep
                )
            return self._lanes[name]

    def left(self) -> float:
        """How many calls are free now; below zero where calls were taken that had to wait for their turn."""
        with self._lock:
            self._refill()
            return self._tokens

    def start_with(self, tokens: float) -> None:
        """Go on with what another process left; more than the burst is the burst."""
        with self._lock:
            self._tokens, self._read_at = min(self.burst, tokens), self._clock()

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(self.burst, self._tokens + (now - self._read_at) * self.rate)
        self._read_at = now

    def settle(self, difference: float) -> None:
        with self._lock:
            self._refill()
            self._tokens = min(self.burst, self._tokens - difference)

    def acquire(self, cost: float = 1.0) -> None:
        """Take one call, waiting at most a second. ``cost`` is what it takes where calls are not all alike.

        One that takes more than the burst is let go when the budget is full, and leaves a debt.

        :raises BudgetUsedUp: with ``retry_after`` in seconds when its turn is further away
        """
        with self._lock:
            self._refill()
            wait = (min(cost, self.burst) - self._tokens) / self.rate
            if wait > LONGEST_WAIT:
                raise BudgetUsedUp(
                    "rate_limited",
                    _("The call budget is used up for %(seconds)s s.", seconds=f"{wait:.0f}"),
                    retry=True,
                    retry_after=wait,
                )
            # Debt is recorded before the wait, so that the next caller queues behind this one.
            self._tokens -= cost
        if wait > 0:
            self._sleep(wait)


_budgets: dict[str, RateBudget] = {}
_budgets_lock = threading.Lock()


def shared_budget(key: str, calls_per_second: float, burst: float) -> RateBudget:
    """The process-wide budget of ``key`` (a database and channel); made anew when its figures change."""
    with _budgets_lock:
        budget = _budgets.get(key)
        if budget is None or (budget.rate, budget.burst) != (calls_per_second, burst):
            budget = _budgets[key] = RateBudget(calls_per_second, burst)
        return budget
