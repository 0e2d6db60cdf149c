"""What all simulated shops keep alike: documents by kind, numbers, settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from .clock import Clock
from .store import Doc, Store


class KeptShop:
    """The documents and settings of one shop.

    :param url: says the address of the shop, without a slash at the end.
    :param prefix: what tells its documents from those of other shops in the store.
    """

    DEFAULT_SETTINGS: ClassVar[Doc]

    def __init__(self, store: Store, clock: Clock, url: Callable[[], str], prefix: str) -> None:
        self.store = store
        self.clock = clock
        self._url = url
        self.prefix = prefix
        self.call_headers: dict[str, str] = {}  # what every webhook carries besides its own

    @property
    def url(self) -> str:
        """The shop's address."""
        return self._url()

    def all(self, kind: str) -> dict[int, Doc]:
        """The live documents of a kind, to read only."""
        return self.store.all(f"{self.prefix}.{kind}")

    def peek(self, kind: str, key: int | str) -> Doc | None:
        """A live document, to read only."""
        return self.all(kind).get(int(key or 0))

    def load(self, kind: str, key: int | str) -> Doc | None:
        """A copy of a document, to change and put back."""
        return self.store.load(f"{self.prefix}.{kind}", int(key or 0))

    def reserve_id(self, sequence: str, number: int) -> None:
        """Make a sequence go on after a number."""
        self.store.reserve(f"{self.prefix}.{sequence}", number)

    @property
    def settings(self) -> Doc:
        """The shop's settings, to read only."""
        return {"id": 1, **self.DEFAULT_SETTINGS, **(self.peek("settings", 1) or {})}

    def new_settings(self, values: Doc) -> Doc:
        """The settings with some changed, to be kept.

        :raise ValueError: for a setting that does not exist.
        """
        known = self.DEFAULT_SETTINGS
        unknown = set(values) - set(known)
        if unknown:
            raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}; known: {', '.join(known)}")
        return {**self.settings, **values}
