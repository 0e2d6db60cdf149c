"""The PrestaShop as the sandbox serves it: webservice, page, and its part of the control API."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from ..control import answer, read_object
from ..copies import name_of, path_of
from . import (
    adopting,
    categories,
    combinations,
    customers,
    goods,
    images,
    order_controls,
    order_states,
    orders,
    pages,
    prices,
    products,
    seed,
    stock,
    telling,
)
from .hooks import Hooks
from .shop import Shop
from .webservice import Webservice

if TYPE_CHECKING:
    from ..server import Sandbox
    from ..store import Doc

ROOT = "/prestashop"
# What subjects add to the webservice: their resources' hooks, and resources that are no records.
MODULES = (products, combinations, stock, categories, prices, images, goods, orders, order_states, customers)


class PrestaShopSite:
    """One PrestaShop of a sandbox, in a folder of the server.

    :param with_catalogue: start with the demonstration catalogue.
    :param copy: the document of the copy that it is.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        key: str = "SANDBOXSANDBOXSANDBOXSANDBOX0000",
        with_catalogue: bool = True,
        copy: Doc | None = None,
    ) -> None:
        self._sandbox = sandbox
        self._with_catalogue = with_catalogue
        self._root = path_of(copy) if copy else ROOT
        self.name = name_of(copy) if copy else "prestashop"
        self.shop = Shop(sandbox.store, sandbox.clock, lambda: f"{sandbox.base_url}{self._root}", self.name)
        if copy:
            self.shop.call_headers = copy.get("headers", {})
        self.webservice = Webservice(self.shop, key)
        for module in MODULES:
            self.webservice.hooks.update(getattr(module, "HOOKS", {}))
            for name, special in getattr(module, "SPECIAL", {}).items():
                self.webservice.special[name] = partial(special, self.shop)
        if self.shop.peek("settings", 1) is None:
            self.reset()

    @classmethod
    def of_copy(cls, sandbox: Sandbox, doc: Doc) -> PrestaShopSite:
        """The shop that stands in for another one."""
        return cls(sandbox, doc["secret"][:32].upper(), with_catalogue=False, copy=doc)

    def adopt(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Take in what is known of the shop that this one stands in for, and say how to connect."""
        with self.shop.store.transaction():
            counted = adopting.adopt(self.shop, values)
            self.shop.take_changed()
        keys = {"key": self.webservice.key}
        return {"url": self.shop.url, "page": f"{self.shop.url}/", "credentials": keys, **counted}

    @property
    def hooks(self) -> dict[str, Hooks]:
        """What resources do beside keeping their records."""
        return self.webservice.hooks

    def owns(self, path: str) -> bool:
        """Everything below the shop's folder."""
        return path == self._root or path.startswith(f"{self._root}/")

    def handle(self, request: Request) -> Response:
        """Answer a request; what it changed is told once it is kept."""
        path = request.path.removeprefix(self._root)
        with self.shop.store.transaction():
            response = self._answer(request, path)
        telling.tell(self.shop, self._sandbox.courier, self.shop.take_changed())
        return response

    def _answer(self, request: Request, path: str) -> Response:
        if path == "/api" or path.startswith("/api/"):
            return self.webservice.handle(request, path.removeprefix("/api"))
        if path.startswith("/img/p/") and (picture := images.page(self.shop, path)):
            return picture
        return pages.handle(self.shop, request, path)

    def control(self, request: Request, action: str) -> Response | None:
        """Answer ``<name>/...``, and what only this shop has."""
        mine, _, what = action.partition("/")
        if mine != self.name:
            if request.args.get("shop") != self.name:
                return None
            what = action
        with self.shop.store.transaction():
            response = self._control(request, what)
        telling.tell(self.shop, self._sandbox.courier, self.shop.take_changed())
        return response

    def _control(self, request: Request, what: str) -> Response | None:
        if what == "settings":
            if request.method == "POST":
                self.shop.change_settings(dict(read_object(request)))
            return answer(self.shop.settings)
        body = dict(read_object(request)) if request.method == "POST" else {}
        result: Any = order_controls.answer(self.shop, request.method, what.split("/"), body)
        if result is not None:
            return answer(result)
        for module in MODULES:
            handler = getattr(module, "CONTROLS", {}).get((request.method, what))
            if handler is not None:
                result = handler(self.shop, body)
                return answer(result)
        return None

    def reset(self) -> None:
        """A new shop, with the catalogue if it has one."""
        with self.shop.store.transaction():
            self.shop.forget()
            seed.bare(self.shop)
            if self._with_catalogue:
                for module in MODULES:
                    getattr(module, "seed", lambda shop: None)(self.shop)
