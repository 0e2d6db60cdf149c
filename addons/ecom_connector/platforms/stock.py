"""Stock: what a shop is told of it, what it answers, and what it shows. Whole pieces, as shops count them."""

from __future__ import annotations

from dataclasses import dataclass

from .publishing import Refusal


@dataclass(frozen=True, slots=True)
class StockChange:
    """How many of an offer are to be shown.

    ``location`` is the shop's own, on platforms with ``stock_locations``. ``keep_selling`` says whether it is sold on
    at zero; ``None`` where the shop was told before. ``seen`` is what the shop was last known to show, for platforms
    with ``stock_compare``. ``of_product`` is the sum over all offers of the product, for shops that count the product
    and not its variants.
    """

    key: str
    product_id: str
    variant_id: str
    quantity: int
    keep_selling: bool | None = None
    location: str = ""
    seen: int | None = None
    of_product: int | None = None


@dataclass(frozen=True, slots=True)
class StockResult:
    """What became of one :class:`StockChange`; ``shown`` is what the shop shows now, where it says so.

    Where the shop showed something else than ``seen``, nothing is written: the refusal's code is "changed".
    """

    shown: int | None = None
    refusal: Refusal | None = None

    @property
    def ok(self) -> bool:
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class StockState:
    """What a shop shows of an offer; ``quantity`` is ``None`` where the shop does not count it."""

    product_id: str
    variant_id: str
    quantity: int | None
    location: str = ""
    of_product: bool = False  # counted for all variants of the product together


@dataclass(frozen=True, slots=True)
class StockLocation:
    """A place that the shop counts separately; ``code`` is its external id."""

    code: str
    name: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class StockPage:
    """Some of what a shop shows; ``next`` is ``""`` on the last page."""

    states: tuple[StockState, ...]
    next: str = ""
