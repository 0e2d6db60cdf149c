"""The state of a PrestaShop: its records by resource, numbers and settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ..clock import Clock
from ..kept import KeptShop
from ..store import Doc, Store

DEFAULT_SETTINGS: Doc = {
    "version": "8.1.2",
    "title": "Maison Lumière",
    "timezone": "Europe/Paris",
    "webservice": True,  # whether the webservice is switched on
    "authorization": True,  # whether PHP gets to see the Authorization header
    "permissions": None,  # {resource: ["GET", "PUT", ...]}; None allows everything
    "round_type": 2,  # 1 each piece, 2 each line, 3 the total
    "languages": 2,
    "shops": [1],
    "hook_url": "",  # where a module of the merchant's tells changes of orders
    "hook_secret": "",
    "blocked": [],  # methods that a firewall in front of the shop does not let by
    "forbidden": "",  # words that it takes for an attack, wherever they stand in a body
    "warnings": [],  # resources with a module's hook that PHP warns of, once a record is saved
}


class Shop(KeptShop):
    """Records of one shop, kept as ``prestashop.<resource>``: texts by field, as the webservice prints them.

    :param url: says the address of the shop, without a slash at the end.
    :param prefix: what tells its documents from those of other shops in the store.
    """

    DEFAULT_SETTINGS = DEFAULT_SETTINGS

    def __init__(self, store: Store, clock: Clock, url: Callable[[], str], prefix: str = "prestashop") -> None:
        super().__init__(store, clock, url, prefix)
        self._changed: dict[int, None] = {}
        self.args: Mapping[str, str] = {}  # of the request that is being answered
        self._indexes: dict[tuple[str, str], dict[str, dict[int, None]]] = {}

    # --- records

    def put(self, resource: str, doc: Doc) -> None:
        """Keep a record under its ``id``, as it is: no side effects."""
        if resource == "orders":
            self._changed[doc["id"]] = None
        old = self.peek(resource, doc["id"])
        for (name, field), index in self._indexes.items():
            if name == resource:
                if old is not None:
                    index.get(str(old.get(field, "")), {}).pop(doc["id"], None)
                index.setdefault(str(doc.get(field, "")), {})[doc["id"]] = None
        self.store.put(f"{self.prefix}.{resource}", doc["id"], doc)

    def change(self, resource: str, key: int | str, **values: Any) -> Doc:
        """Change some fields of a record, as they are: no side effects.

        :raise KeyError: when there is none.
        """
        doc = self.load(resource, key)
        if doc is None:
            raise KeyError(f"{resource}/{key}")
        doc.update(values)
        self.put(resource, doc)
        return doc

    def remove(self, resource: str, key: int) -> None:
        """Forget a record."""
        old = self.peek(resource, key)
        if old is not None:
            for (name, field), index in self._indexes.items():
                if name == resource:
                    index.get(str(old.get(field, "")), {}).pop(key, None)
        self.store.remove(f"{self.prefix}.{resource}", key)

    def where(self, resource: str, field: str, value: int | str) -> list[Doc]:
        """The live records whose field has this value, oldest first, to read only; by an index."""
        index = self._indexes.get((resource, field))
        if index is None:
            index = self._indexes[resource, field] = {}
            for key, doc in self.all(resource).items():
                index.setdefault(str(doc.get(field, "")), {})[key] = None
        docs = self.all(resource)
        return [docs[key] for key in index.get(str(value), ())]

    def next_id(self, resource: str) -> int:
        """The next number of a resource."""
        return self.store.next(f"{self.prefix}.{resource}")

    def take_changed(self) -> list[int]:
        """The orders that changed since the last time."""
        changed, self._changed = self._changed, {}
        return list(changed)

    def forget(self) -> None:
        """Compute anew what is kept ready, after the store was changed behind the shop's back."""
        self._indexes = {}

    # --- settings

    def change_settings(self, values: Doc) -> None:
        """Change some settings; as :meth:`new_settings`."""
        settings = self.new_settings(values)
        if "timezone" in values:
            ZoneInfo(values["timezone"])
            self.configure("PS_TIMEZONE", values["timezone"])
        if "round_type" in values:
            self.configure("PS_ROUND_TYPE", str(values["round_type"]))
        self.put("settings", settings)

    def configuration(self, name: str) -> str:
        """A value of the shop's configuration, ``""`` for none."""
        return next((str(doc["value"]) for doc in self.where("configurations", "name", name)), "")

    def configure(self, name: str, value: str) -> None:
        """Set a value of the shop's configuration."""
        found = next(iter(self.where("configurations", "name", name)), None)
        now = self.now()
        blank = {"id_shop_group": "", "id_shop": "", "date_add": now}
        doc = dict(found) if found else {"id": self.next_id("configurations"), "name": name, **blank}
        self.put("configurations", {**doc, "value": value, "date_upd": now})

    @property
    def languages(self) -> list[str]:
        """The ids of the shop's languages, the main one first."""
        return [str(key) for key in self.all("languages")]

    # --- time

    def now(self) -> str:
        """The shop's local time, as its documents keep it."""
        return self.local(self.clock.now())

    def local(self, moment: datetime) -> str:
        """An aware moment as the shop writes it: local time without a zone."""
        return moment.astimezone(ZoneInfo(self.settings["timezone"])).strftime("%Y-%m-%d %H:%M:%S")

    def ago(self, seconds: float) -> str:
        """The local time some seconds ago."""
        return self.local(self.clock.now() - timedelta(seconds=seconds))
