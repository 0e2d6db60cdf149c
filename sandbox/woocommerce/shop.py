"""The state of a WooCommerce shop: its documents, numbers, settings and the events that webhooks tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..clock import Clock
from ..kept import KeptShop
from ..store import Doc, Store
from .money import dec
from .taxes import Location, Rate
from .totals import TaxRules

DEFAULT_SETTINGS: Doc = {
    "currency": "EUR",
    "decimals": 2,
    "prices_include_tax": True,
    "round_at_subtotal": False,
    "timezone": "Europe/Paris",
    "base_country": "FR",
    "tax_based_on": "shipping",
    "shipping_tax_class": "inherit",
    "calc_taxes": True,
    "weight_unit": "kg",
    "title": "Maison Lumière",
    "order_statuses": {},  # {slug: name} of statuses that plugins registered
}
STANDARD_CLASSES = {"standard": "Standard", "reduced-rate": "Reduced rate", "zero-rate": "Zero rate"}
SEQUENCE_STARTS = {"post": 10, "term": 16, "user": 2}


class Shop(KeptShop):
    """Documents of one shop; kinds are ``orders``, ``refunds``, ``products`` (with variations) and so on.

    Products, variations, orders, refunds and coupons draw their ids from one sequence, as WordPress posts do.
    """

    DEFAULT_SETTINGS = DEFAULT_SETTINGS

    def __init__(self, store: Store, clock: Clock, url: Callable[[], str], prefix: str = "woocommerce") -> None:
        super().__init__(store, clock, url, prefix)
        self._events: list[tuple[str, int]] = []
        self._rules: TaxRules | None = None
        self._variations: dict[int, dict[int, None]] | None = None

    def put(self, kind: str, doc: Doc) -> None:
        """Keep a document under its ``id``."""
        self.store.put(f"{self.prefix}.{kind}", doc["id"], doc)
        if kind == "products" and doc["type"] == "variation" and self._variations is not None:
            self._variations.setdefault(doc["parent_id"], {})[doc["id"]] = None
        if kind in ("taxes", "tax_classes", "settings"):
            self._rules = None

    def remove(self, kind: str, key: int) -> None:
        """Forget a document."""
        self.store.remove(f"{self.prefix}.{kind}", key)
        if kind == "products":
            self._variations = None
        if kind in ("taxes", "tax_classes", "settings"):
            self._rules = None

    def next_id(self, sequence: str) -> int:
        """The next number of a sequence: ``post``, ``term``, ``user``, ``item``, ``item_meta`` ..."""
        return self.store.next(f"{self.prefix}.{sequence}", SEQUENCE_STARTS.get(sequence, 1))

    def change_settings(self, values: Doc) -> None:
        """Change some settings; as :meth:`new_settings`."""
        self.put("settings", self.new_settings(values))

    @property
    def zone(self) -> str:
        """The shop's time zone."""
        return str(self.settings["timezone"])

    @property
    def decimals(self) -> int:
        """How many decimals prices have."""
        return int(self.settings["decimals"])

    def now(self) -> str:
        """The GMT time in whole seconds, as documents keep it."""
        return self.clock.stamp()

    @property
    def tax_classes(self) -> dict[str, str]:
        """Names of tax classes by slug, in the shop's order."""
        own = {doc["slug"]: doc["name"] for doc in self.all("tax_classes").values()}
        return {**STANDARD_CLASSES, **own}

    @property
    def rules(self) -> TaxRules:
        """What totals are computed with."""
        if self._rules is None:
            settings = self.settings
            self._rules = TaxRules(
                rates=[Rate.from_doc(doc) for doc in self.all("taxes").values()],
                enabled=settings["calc_taxes"],
                prices_include_tax=settings["prices_include_tax"],
                round_at_subtotal=settings["round_at_subtotal"],
                decimals=settings["decimals"],
                based_on=settings["tax_based_on"],
                shipping_tax_class=settings["shipping_tax_class"],
                classes=[slug for slug in self.tax_classes if slug != "standard"],
                base=Location(settings["base_country"]),
            )
        return self._rules

    def forget(self) -> None:
        """Compute anew what is kept ready, after the store was changed behind the shop's back."""
        self._rules = None
        self._variations = None

    def variations(self, parent_id: int) -> list[Doc]:
        """The variations of a product, oldest first, to read only."""
        docs = self.all("products")
        if self._variations is None:
            self._variations = {}
            for doc in docs.values():
                if doc["type"] == "variation":
                    self._variations.setdefault(doc["parent_id"], {})[doc["id"]] = None
        return [docs[key] for key in self._variations.get(parent_id, ())]

    def emit(self, topic: str, resource_id: int) -> None:
        """Note an event, such as ``order.updated``, to be told once the change is kept."""
        if (topic, resource_id) not in self._events:
            self._events.append((topic, resource_id))

    def take_events(self) -> list[tuple[str, int]]:
        """The events since the last time."""
        events, self._events = self._events, []
        return events

    def by_sku(self, sku: str) -> Doc | None:
        """The product or variation with this SKU."""
        if not sku:
            return None
        return next(
            (doc for doc in self.all("products").values() if doc["sku"] == sku and doc["status"] != "trash"), None
        )

    def new_meta(self, posted: Any, sequence: str) -> list[Doc]:
        """Meta entries with ids for posted ``[{"key", "value"}]``."""
        return merge_meta([], posted, lambda: self.next_id(sequence))

    def price(self, product: Doc) -> str:
        """What a product costs now: its sale price while it is on sale."""
        return str(product["sale_price"] if self.on_sale(product) else product["regular_price"])

    def on_sale(self, product: Doc) -> bool:
        """Whether the sale price applies now."""
        if product["sale_price"] == "" or dec(product["sale_price"]) >= dec(product["regular_price"]):
            return False
        now = self.now()
        return (product["date_on_sale_from"] or "") <= now and now <= (product["date_on_sale_to"] or "9999")


def merge_meta(existing: list[Doc], posted: Any, new_id: Callable[[], int]) -> list[Doc]:
    """Meta entries after a write: matched by id, else by key; a ``null`` value deletes (source: ``WC_Data``)."""
    result = [dict(entry) for entry in existing]
    for entry in posted or []:
        known = next((meta for meta in result if entry.get("id") and meta["id"] == entry["id"]), None)
        if known is None and not entry.get("id"):
            known = next((meta for meta in result if meta["key"] == entry.get("key")), None)
        if known is not None:
            if entry.get("value") is None:
                result.remove(known)
            else:
                known["value"] = entry["value"]
                known["key"] = entry.get("key", known["key"])
        elif entry.get("key") and entry.get("value") is not None:
            result.append({"id": new_id(), "key": entry["key"], "value": entry["value"]})
    return result
