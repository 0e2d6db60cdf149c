"""The state of a Shopify shop: its documents, numbers, settings and the events that webhooks tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..clock import Clock
from ..kept import KeptShop
from ..store import Doc, Store

DEFAULT_SETTINGS: Doc = {
    "name": "Maison Lumière",
    "domain": "maison-lumiere.myshopify.com",
    "email": "boutique@example.com",
    "currency": "EUR",
    "timezone": "Europe/Paris",
    "country": "FR",
    "taxes_included": True,
    "tax_shipping": True,
    "weight_unit": "KILOGRAMS",
    "order_prefix": "#",
    "plan": "Basic",
    "presentment_currencies": {"USD": "1.10", "GBP": "0.86", "CHF": "0.95", "JPY": "162.5"},
    "rates": {"FR": 20.0, "BE": 21.0, "DE": 19.0, "ES": 21.0, "IT": 22.0},
    "versions": ["2026-01", "2026-04", "2026-07", "2026-10"],
    "bucket": 2000.0,
    "restore_rate": 100.0,
    "max_cost": 1000,
    "token_seconds": 86_400,
    "webhook_retry_seconds": 0.2,
    "webhook_attempts": 8,
    "bulk_seconds": 0.0,
    "bulk_at_once": 5,
    "bulk_error": "",  # such as TIMEOUT: operations fail half-way
    "job_seconds": 0.0,
    "media_seconds": 0.0,
    "locales": ["fr", "en"],
}
# Shopify's ids are beyond 32 bits; each kind counts in a range of its own, so that mixed-up ids are found out.
STARTS = {
    "order": 5_800_000_000_001,
    "product": 8_100_000_000_001,
    "variant": 44_500_000_000_001,
    "item": 46_600_000_000_001,
    "customer": 7_200_000_000_001,
    "location": 91_000_000_001,
    "line": 14_300_000_000_001,
    "fulfillment_order": 6_700_000_000_001,
    "fulfillment": 5_200_000_000_001,
    "number": 1001,
}
SEARCHED_BY = {"variants": ("products",)}  # what is found by what another kind has
OTHER_START = 900_000_000_001


class Shop(KeptShop):
    """Documents of one shop; kinds are ``orders``, ``products``, ``variants``, ``items`` (of stock) and so on."""

    DEFAULT_SETTINGS = DEFAULT_SETTINGS

    def __init__(self, store: Store, clock: Clock, url: Callable[[], str], prefix: str = "shopify") -> None:
        super().__init__(store, clock, url, prefix)
        self.versions: dict[str, int] = {}  # how often each kind was changed, for what is kept ready
        self.flush: Callable[[], None] = lambda: None  # tells the events of what went on beside a request
        self.jobs: list[Doc] = []  # deliveries to make besides those of events
        self._events: list[tuple[str, Doc]] = []
        self._before: list[tuple[str, int, Doc | None]] | None = None
        self._ready: dict[Any, tuple[int, Any]] = {}

    def put(self, kind: str, doc: Doc) -> Doc:
        """Keep a document under its ``id``."""
        self._remember(kind, doc["id"])
        self.store.put(f"{self.prefix}.{kind}", doc["id"], doc)
        self._changed(kind)
        return doc

    def remove(self, kind: str, key: int) -> None:
        """Forget a document."""
        self._remember(kind, key)
        self.store.remove(f"{self.prefix}.{kind}", key)
        self._changed(kind)

    def _changed(self, kind: str) -> None:
        for one in (kind, *SEARCHED_BY.get(kind, ())):
            self.versions[one] = self.versions.get(one, 0) + 1

    def _remember(self, kind: str, key: int) -> None:
        if self._before is not None:
            self._before.append((kind, key, self.peek(kind, key)))

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What is refused half-way is as if it had not been begun: documents and events are what they were."""
        outer, self._before, events = self._before, [], list(self._events)
        try:
            yield
        except BaseException:
            changed, self._before, self._events = self._before, None, events
            for kind, key, doc in reversed(changed):
                if doc is None:
                    self.remove(kind, key)
                else:
                    self.put(kind, doc)
            raise
        else:
            if outer is not None:
                outer += self._before
        finally:
            self._before = outer

    def next_id(self, sequence: str) -> int:
        """The next number of a sequence."""
        return self.store.next(f"{self.prefix}.{sequence}", STARTS.get(sequence, OTHER_START))

    def ready(self, kind: str, key: Any, make: Callable[[], Any]) -> Any:
        """What was made of the documents of a kind, made anew after a change."""
        version = self.versions.get(kind, 0)
        found = self._ready.get((kind, key))
        if found is None or found[0] != version:
            if len(self._ready) > 200:
                self._ready.clear()
            found = self._ready[kind, key] = (version, make())
        return found[1]

    def change_settings(self, values: Doc) -> None:
        """Change some settings; as :meth:`new_settings`."""
        self.put("settings", self.new_settings(values))

    @property
    def currency(self) -> str:
        """The shop's currency."""
        return str(self.settings["currency"])

    def now(self) -> str:
        """The UTC time as the API writes it: whole seconds, ``Z``."""
        return f"{self.clock.stamp()}Z"

    def emit(self, topic: str, doc: Doc) -> None:
        """Note an event such as ``orders/updated`` with what it is about, to be told once the change is kept."""
        self._events = [event for event in self._events if event[0] != topic or event[1]["id"] != doc["id"]]
        self._events.append((topic, doc))

    def take_events(self) -> list[tuple[str, Doc]]:
        """The events since the last time."""
        events, self._events = self._events, []
        return events

    def forget(self) -> None:
        """Compute anew what is kept ready, after the store was changed behind the shop's back."""
        self._ready.clear()
        self._events.clear()
