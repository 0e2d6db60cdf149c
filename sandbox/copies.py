"""Shops that stand in for a merchant's own: ``POST /sandbox/adopt`` makes one, or finds the one made before.

The caller says which platform it plays and what it knows of the shop (products, taxes, orders, the highest ids), and
learns the address and the keys to connect with. Each has an address of its own below ``/copies/``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from .store import Doc

if TYPE_CHECKING:
    from .server import Sandbox, Site

KIND = "copies"


class CopySite(Protocol):
    """A site that can take in what is known of a shop."""

    def adopt(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Take it in; whatever is there already stays, so that it can be repeated. Returns what was counted."""


Player = Callable[["Sandbox", Doc], "Site"]


class Copies:
    """The shops of a sandbox that stand in for others.

    :param players: by platform, what makes a site of a copy's document (``id``, ``key``, ``secret`` ...).
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.players: dict[str, Player] = {}
        self._sandbox = sandbox

    def register(self, platform: str, player: Player) -> None:
        """Make a platform playable, and open the copies of former runs."""
        self.players[platform] = player
        for doc in self._sandbox.store.all(KIND).values():
            if doc["platform"] == platform:
                self._sandbox.sites.append(player(self._sandbox, doc))

    def adopt(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Stand in for a shop.

        :param values: ``shop`` (what the caller knows it by), ``platform``, ``headers`` (what its webhooks have to
            carry to find the caller), and what :meth:`CopySite.adopt` takes.
        :return: ``url`` and ``credentials`` to connect with, ``page`` for people, and what was taken in.
        :raise ValueError: for a platform that nothing here plays, with those that are.
        """
        key, platform = str(values["shop"]), str(values["platform"])
        if platform not in self.players:
            raise ValueError(f"the sandbox plays {', '.join(sorted(self.players)) or 'no shop'}, not {platform}")
        site = self._site(key, platform, values.get("headers"))
        counted = site.adopt(values)  # type: ignore[attr-defined]
        return {"shop": site.name, **counted}

    def _site(self, key: str, platform: str, headers: Mapping[str, str] | None) -> Site:
        store = self._sandbox.store
        with store.transaction():
            doc = next((doc for doc in store.all(KIND).values() if doc["key"] == key), None)
            if doc is None:
                doc = {"id": store.next(KIND), "key": key, "platform": platform, "secret": secrets.token_hex(20)}
                doc["headers"] = {str(name): str(value) for name, value in (headers or {}).items()}
                store.put(KIND, doc["id"], doc)
                self._sandbox.sites.append(self.players[platform](self._sandbox, doc))
        return next(site for site in self._sandbox.sites if site.name == name_of(doc))

    def forget(self) -> None:
        """Close all copies; their documents are the store's to forget."""
        self._sandbox.sites = [site for site in self._sandbox.sites if not site.name.startswith("copy-")]


def name_of(doc: Doc) -> str:
    """The name of a copy's site."""
    return f"copy-{doc['id']}"


def path_of(doc: Doc) -> str:
    """Where a copy is served, without a slash at the end."""
    return f"/copies/{doc['id']}"
