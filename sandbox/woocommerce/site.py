"""The WooCommerce shop as the sandbox serves it: API, pages, and its part of the control API."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from werkzeug.wrappers import Request, Response

from ..control import answer, read_json, read_object
from ..copies import name_of, path_of
from . import (
    adopting,
    coupons,
    customers,
    importing,
    media,
    media_api,
    notes,
    order_view,
    orders,
    products,
    random_orders,
    refunds,
    seed,
    settings,
    tax_table,
    terms,
    twisted,
    volume,
    webhooks,
)
from .auth import Authenticator
from .errors import RestError
from .rest import Api
from .shop import Shop
from .storefront.pages import Storefront

if TYPE_CHECKING:
    from ..server import Sandbox
    from ..store import Doc

CHANGES = ("orders/random", "orders/twisted", "orders/change", "orders/import", "products/many", "settings")
MODULES = (orders, notes, refunds, products, terms, customers, coupons, tax_table, settings, webhooks)


class WooCommerceSite:
    """One WooCommerce shop of a sandbox.

    :param assume_https: treat plain http as https, so that Basic authentication is accepted.
    :param with_catalogue: start with the demonstration catalogue.
    :param copy: the document of the copy that it is; it is empty then until :meth:`adopt`.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        consumer_key: str = "ck_sandbox",
        consumer_secret: str = "cs_sandbox",
        assume_https: bool = False,
        with_catalogue: bool = True,
        copy: Doc | None = None,
        wp_user: str = "sandbox",
        wp_password: str = "sand boxs andb oxsa ndbo xsan",
    ) -> None:
        self._sandbox = sandbox
        self._with_catalogue = with_catalogue
        self._root = path_of(copy) if copy else ""
        self.name = name_of(copy) if copy else "woocommerce"
        self.shop = Shop(sandbox.store, sandbox.clock, lambda: f"{sandbox.base_url}{self._root}", self.name)
        if copy:
            self.shop.call_headers = copy.get("headers", {})
        self.authenticator = Authenticator(consumer_key, consumer_secret, assume_https)
        self._api = Api(self.shop, self.authenticator, [route for module in MODULES for route in module.ROUTES])
        self._library = media_api.Library(self.shop, wp_user, wp_password)
        self._storefront = Storefront(self.shop)
        if not copy and self.shop.peek("settings", 1) is None:
            self.reset()
        webhooks.dispatch(self.shop, sandbox.courier, list(self.shop.all("deliveries").values()))

    @classmethod
    def of_copy(cls, sandbox: Sandbox, doc: Doc) -> WooCommerceSite:
        """The shop that stands in for another one."""
        return cls(
            sandbox,
            f"ck_{doc['secret']}",
            f"cs_{doc['secret'][::-1]}",
            with_catalogue=False,
            copy=doc,
            wp_password=doc["secret"][:24],
        )

    def adopt(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Take in what is known of the shop that this one stands in for, and say how to connect."""
        keys = {"consumer_key": self.authenticator.key, "consumer_secret": self.authenticator.secret}
        keys |= {"wp_user": self._library.user, "wp_password": self._library.password}
        with self.shop.store.transaction():
            counted = adopting.adopt(self.shop, values)
        return {"url": self.shop.url, "page": f"{self.shop.url}/shop", "credentials": keys, **counted}

    def owns(self, path: str) -> bool:
        """The API, the shop's pages, and the products that links lead to; everything below a copy's address."""
        if self._root:
            return path == self._root or path.startswith(f"{self._root}/")
        return path in ("/", "/favicon.ico") or path.startswith(("/wp-json/", "/wp-content/", "/shop", "/product/"))

    def handle(self, request: Request) -> Response:
        """Answer a request; what it changed is told to the webhooks once it is kept."""
        if self._root:
            request = _below(request, self._root)
        with self.shop.store.transaction():
            if request.path.startswith(media.UPLOADS):
                response = media.serve(self.shop, request.path)
            elif request.path == media_api.ROOT or request.path.startswith(f"{media_api.ROOT}/"):
                response = self._library.handle(request)
            elif request.path.startswith("/wp-json/"):
                response = self._api.handle(request)
            else:
                response = self._storefront.handle(request)
            jobs = webhooks.enqueue(self.shop, self.shop.take_events())
        webhooks.dispatch(self.shop, self._sandbox.courier, jobs)
        return response

    def control(self, request: Request, action: str) -> Response | None:
        """Answer ``stock``, ``webhooks`` and :data:`CHANGES`.

        ``orders/change`` takes an order's ``id`` and what changes of it.
        """
        if request.method == "GET" and action == "settings":
            return answer(self.shop.settings)
        if request.method == "GET" and action == "stock":
            return answer(volume.shown_stock(self.shop))
        if request.method == "GET" and action == "webhooks":
            return answer([{**doc, "secret": "***"} for doc in self.shop.all("webhooks").values()])
        if request.method != "POST" or action not in CHANGES:
            return None
        try:
            with self.shop.store.transaction():
                result = self._change(request, action)
                jobs = webhooks.enqueue(self.shop, self.shop.take_events())
        except RestError as error:
            return answer(error.body(), error.status)
        webhooks.dispatch(self.shop, self._sandbox.courier, jobs)
        return answer(result)

    def _change(self, request: Request, action: str) -> Any:
        if action == "settings":
            values = dict(read_object(request))
            if "timezone" in values:
                ZoneInfo(values["timezone"])
            self.shop.change_settings(values)
            return self.shop.settings
        if action == "orders/random":
            docs = random_orders.create(self.shop, dict(read_object(request)))
            shown = [order_view.order(self.shop, doc) for doc in docs] if request.args.get("full") else None
            return {"count": len(docs), "ids": [doc["id"] for doc in docs], **({"orders": shown} if shown else {})}
        if action == "orders/change":
            values = dict(read_object(request))
            doc = order_view.find_order(self.shop, int(values.pop("id")), 400, to_change=True)
            orders.change_order(self.shop, doc, values)
            return order_view.order(self.shop, doc)
        if action == "products/many":
            return volume.add_products(self.shop, **read_object(request))
        if action == "orders/twisted":
            return {"ids": [twisted.place(self.shop, str(read_object(request)["case"]))["id"]]}
        documents = read_json(request)
        if isinstance(documents, dict):
            documents = documents.get("orders", [documents])
        ids = importing.import_orders(self.shop, documents, tell=request.args.get("tell") in ("1", "true"))
        return {"count": len(ids), "ids": ids}

    def reset(self) -> None:
        """A new shop, with the catalogue if it has one."""
        with self.shop.store.transaction():
            self.shop.forget()
            seed.bare(self.shop)
            if self._with_catalogue:
                seed.demonstration(self.shop)
            self.shop.take_events()


def _below(request: Request, root: str) -> Request:
    """The request as a shop in a folder sees it: its path begins at the folder. The body was read already."""
    environ = {
        **request.environ,
        "SCRIPT_NAME": root,
        "PATH_INFO": request.environ["PATH_INFO"].removeprefix(root),
        "wsgi.input": io.BytesIO(request.get_data()),
    }
    return Request(environ)
