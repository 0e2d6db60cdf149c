"""When a message is tried again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decisions import backoff

attempts = st.integers(1, 200)
jitters = st.floats(0, 1)


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 30), (2, 60), (3, 120), (10, 15360), (11, 21600), (99, 21600)])
def test_waits_double_from_half_a_minute_to_six_hours(attempt: int, seconds: int) -> None:
    assert backoff.delay(attempt, 0.5) == pytest.approx(seconds)


@given(attempts, jitters)
def test_jitter_spreads_by_a_fifth(attempt: int, jitter: float) -> None:
    middle = backoff.delay(attempt, 0.5)
    assert middle * 0.8 - 1e-6 <= backoff.delay(attempt, jitter) <= middle * 1.2 + 1e-6


@given(attempts, jitters)
def test_waits_never_shrink(attempt: int, jitter: float) -> None:
    assert backoff.delay(attempt + 1, jitter) >= backoff.delay(attempt, jitter)


@given(attempts, jitters, st.floats(0, 1_000_000))
def test_the_shop_is_never_asked_sooner_than_it_wants(attempt: int, jitter: float, retry_after: float) -> None:
    wanted = backoff.delay(attempt, jitter, retry_after)
    assert wanted >= retry_after
    assert wanted >= backoff.delay(attempt, jitter)


def test_attempts_that_were_never_made_wait_as_the_first() -> None:
    assert backoff.delay(0, 0.5) == backoff.delay(-3, 0.5) == backoff.delay(1, 0.5)


def test_half_a_day_passes_before_giving_up() -> None:
    assert sum(backoff.delay(attempt, 0.0) for attempt in range(1, backoff.MAX_ATTEMPTS)) > 11 * 3600
