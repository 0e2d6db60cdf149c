"""When to try again."""

from __future__ import annotations

FIRST_SECONDS = 30
LONGEST_SECONDS = 6 * 3600
MAX_ATTEMPTS = 12


def delay(attempt: int, jitter: float, retry_after: float | None = None) -> float:
    """Seconds to wait after the ``attempt``-th failure (from 1).

    Doubles from 30 s up to 6 h, spread by ±20 % with ``jitter`` in 0…1 so that failures do not come back in step;
    never less than what the shop asked for.
    """
    seconds = min(FIRST_SECONDS * 2 ** (max(attempt, 1) - 1), LONGEST_SECONDS) * (0.8 + 0.4 * jitter)
    return max(seconds, retry_after or 0)
