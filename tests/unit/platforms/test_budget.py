"""The rate budget, on a clock that only moves when someone sleeps."""

from __future__ import annotations

import pytest

from platforms.budget import LONGEST_WAIT, RateBudget, shared_budget
from platforms.errors import PlatformError


class Clock:
    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def budget(rate: float, burst: float) -> tuple[RateBudget, Clock]:
    clock = Clock()
    return RateBudget(rate, burst, clock=lambda: clock.now, sleep=clock.sleep), clock


def test_a_burst_is_free_then_the_rate_applies() -> None:
    found, clock = budget(10, 5)
    for _ in range(5):
        found.acquire()
    assert clock.slept == []
    for _ in range(20):
        found.acquire()
    assert clock.now == pytest.approx(2.0)


def test_a_long_wait_is_handed_back() -> None:
    found, clock = budget(0.1, 1)
    found.acquire()
    with pytest.raises(PlatformError) as caught:
        found.acquire()
    assert caught.value.retry_after == pytest.approx(10) and caught.value.code == "rate_limited"
    assert clock.slept == []
    clock.now += 10
    found.acquire()
    assert max(clock.slept, default=0) <= LONGEST_WAIT


def test_lanes_do_not_starve_each_other() -> None:
    found, _ = budget(10, 10)
    stock, orders = found.lane("stock", 0.1), found.lane("orders", 0.5)
    assert found.lane("stock", 0.1) is stock
    stock.acquire()
    for _ in range(2):
        stock.acquire()  # one a second, waited for
    for _ in range(5):
        orders.acquire()
    assert stock.rate + orders.rate <= found.rate


def test_a_lane_that_moves_takes_what_is_left_along() -> None:
    here, clock = budget(10, 5)
    for _ in range(7):
        here.acquire()
    there = RateBudget(10, 5, clock=lambda: clock.now, sleep=clock.sleep)
    there.start_with(here.left())
    moved = clock.now
    there.acquire()
    assert clock.now - moved == pytest.approx(0.1), "there is no fresh burst"
    there.start_with(100)
    assert there.left() == 5


def test_the_same_channel_shares_one_budget() -> None:
    assert shared_budget("db/1", 5, 10) is shared_budget("db/1", 5, 10)
    assert shared_budget("db/1", 5, 10) is not shared_budget("db/2", 5, 10)
    assert shared_budget("db/1", 6, 10).rate == 6


def test_a_budget_that_allows_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="allows nothing"):
        RateBudget(0, 1)


def test_calls_that_differ_in_cost_take_what_they_cost() -> None:
    found, _clock = budget(100, 1000)
    found.acquire(900.0)
    assert found.left() == 100
    with pytest.raises(PlatformError) as caught:
        found.acquire(500.0)
    assert caught.value.retry_after == pytest.approx(4.0) and found.left() == 100, "nothing was taken"


def test_what_a_call_took_in_the_end_is_settled() -> None:
    found, _clock = budget(100, 1000)
    found.acquire(800.0)
    found.settle(-700.0)
    assert found.left() == 900
    found.settle(-700.0)
    assert found.left() == 1000, "never more than the burst"


def test_a_call_beyond_the_burst_leaves_a_debt() -> None:
    found, _clock = budget(100, 200)
    found.acquire(600.0)
    assert found.left() == -400
    with pytest.raises(PlatformError):
        found.acquire(1.0)
