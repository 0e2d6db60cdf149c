"""Products of the simulated PrestaShop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .hooks import Hooks
from .shop import Shop

HOOKS: dict[str, Hooks] = {}
CONTROLS: dict[tuple[str, str], Callable[[Shop, Any], Any]] = {}


def seed(shop: Shop) -> None:
    """The demonstration catalogue."""
