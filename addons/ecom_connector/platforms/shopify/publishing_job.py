"""A product on its way to Shopify, and what may keep it from getting there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..base import Raw
from ..publishing import ListingChange, OfferChange, Refusal
from ..words import _


@dataclass(slots=True)
class Job:
    """A change on its way. ``shown`` is the product before it, where that matters; ``product`` after it."""

    change: ListingChange
    gid: str
    shown: Raw | None = None
    product: Raw | None = None
    rows: dict[str, Raw] = field(default_factory=dict)  # told variants as the shop shows them, by their ids
    variants: dict[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    offers: dict[str, Refusal] = field(default_factory=dict)
    cleared: bool = False  # metafields were taken away
    made: Sequence[OfferChange] = ()  # variants that the product is made with
    left: Sequence[OfferChange] = ()  # variants that are still to be made or changed

    @property
    def new(self) -> bool:
        return not self.change.document.product_id

    def refuse(self, found: Refusal) -> None:
        self.refusal = self.refusal or found


def there_already() -> Refusal:
    message = _("The product was made before; it is looked for.")
    return Refusal("exists", message, retry=True, in_doubt=True)


def unknown_field(name: str) -> Refusal:
    message = _("Shopify has no field “%(name)s”: metafields are called by namespace and key, custom.care.", name=name)
    return Refusal("unknown_field", message, field="custom")


def gone(product_id: str) -> Refusal:
    return Refusal("not_found", _("The shop no longer has this product: %(id)s.", id=product_id))
