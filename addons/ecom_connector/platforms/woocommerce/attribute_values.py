"""The order in which a shop shows the values of an attribute that its products share: S, M, L, and not L, M, S."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..errors import PlatformError
from ..publishing import ListingChange
from ..values import identifier, text
from .client import BATCH_SIZE, WooClient
from .terms import plain_name


@dataclass(slots=True)
class _Values:
    names: set[str]
    last: int


class AttributeValues:
    """Makes the values that a shop lacks, in order, before the products that have them.

    WooCommerce makes a value itself when a product is saved with it, without a place, and shows those by their names
    (source: ``menu_order`` of ``WC_REST_Product_Attribute_Terms_Controller``). New values come after those that are
    there, whose order is the shopkeeper's. A call for each hundred values of an attribute, once, and one for each
    hundred new ones.
    """

    def __init__(self, client: WooClient) -> None:
        self.client = client
        self._known: dict[str, _Values] = {}

    def make(self, changes: Iterable[ListingChange]) -> None:
        """:raises PlatformError: when it is worth to try again; what the shop will not hear of is left to it"""
        wanted: dict[str, list[Sequence[str]]] = {}
        for change in changes:
            for attribute in change.document.attributes if "attributes" in change.fields else ():
                if attribute.external_id.isdecimal():
                    wanted.setdefault(attribute.external_id, []).append(attribute.values)
        for key, lists in wanted.items():
            try:
                self._make(key, lists)
            except PlatformError as error:
                if error.retry:
                    raise

    def _make(self, key: str, lists: Iterable[Sequence[str]]) -> None:
        path = f"products/attributes/{key}/terms"
        if key not in self._known:
            rows = list(self.client.pages(path, {"orderby": "id", "order": "asc"}))
            self._known[key] = _Values(
                {plain_name(text(row.get("name"))) for row in rows}, max(map(_order, rows), default=0)
            )
        values = self._known[key]
        # The longest list knows most of the order.
        missing: dict[str, str] = {}
        for names in sorted(lists, key=len, reverse=True):
            for name in names:
                if plain_name(name) not in values.names:
                    missing.setdefault(plain_name(name), name)
        items = [{"name": name, "menu_order": values.last + place} for place, name in enumerate(missing.values(), 1)]
        for start in range(0, len(items), BATCH_SIZE):
            # A name exists once, so that repeating it does no harm.
            self.client.post(f"{path}/batch", {"create": items[start : start + BATCH_SIZE]}, idempotent=True)
        values.names |= set(missing)
        values.last += len(missing)


def _order(row: Mapping[str, object]) -> int:
    order = identifier(row.get("menu_order"))
    return int(order) if order.isdecimal() else 0
