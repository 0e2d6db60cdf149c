"""A change of a product on its way to the shop, with what the shop has of it and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..catalogue import ListingKind, Raw
from ..publishing import ListingChange, Refusal


@dataclass(slots=True)
class Job:
    """A change on its way. ``product`` is what the shop has, or what a new product was made with."""

    change: ListingChange
    product_id: str
    product: Raw | None = None
    combinations: list[Raw] = field(default_factory=list)
    refusal: Refusal | None = None
    variants: dict[str, str] = field(default_factory=dict)
    offers: dict[str, Refusal] = field(default_factory=dict)
    wrote: bool = False

    @property
    def new(self) -> bool:
        return not self.change.document.product_id

    @property
    def idle(self) -> bool:
        return not (self.change.fields or self.change.offers or self.new)

    @property
    def variable(self) -> bool:
        return self.change.document.kind == ListingKind.VARIABLE

    @property
    def open(self) -> bool:
        return self.refusal is None and not self.idle
