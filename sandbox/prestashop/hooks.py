"""What resources do beside keeping their records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..store import Doc
from .shop import Shop


@dataclass
class Hooks:
    """What a resource does. Every hook may read and write others through the shop.

    :ivar check: refuses a record by :class:`WsError`, before it is kept; ``old`` is ``None`` for a new one
    :ivar written: after it is kept, with what it was before
    :ivar associated: after that, with the associations that were sent
    :ivar removed: after it is gone
    :ivar shown: a record with what is computed when it is printed
    :ivar create: takes the place of keeping a new record, and returns it as it is kept
    """

    check: Callable[[Shop, Doc, Doc | None], None] | None = None
    written: Callable[[Shop, Doc, Doc | None], None] | None = None
    associated: Callable[[Shop, Doc, Doc], None] | None = None
    removed: Callable[[Shop, Doc], None] | None = None
    shown: Callable[[Shop, Doc], Doc] | None = None
    create: Callable[[Shop, Doc], Doc] | None = None
