"""The Shopify shop as the sandbox serves it: API, pages, and its part of the control API."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from ..control import answer, read_json, read_object
from ..copies import name_of, path_of
from . import adopting, controls, seed, webhooks
from .api import Api
from .auth import App
from .resolving import Context, Refused
from .routes import ROUTES
from .shop import Shop

if TYPE_CHECKING:
    from ..server import Sandbox
    from ..store import Doc

ENDPOINT = re.compile(r"/admin/api/([^/]+)/graphql\.json")
ADMIN = ("/admin/api/", "/admin/oauth/")
PREFIX = "/lumiere"


class ShopifySite:
    """One Shopify shop of a sandbox: below ``/lumiere``, its API at the root as well; or at a copy's address.

    :param token: an access token that does not expire.
    :param with_catalogue: start with the demonstration catalogue.
    :param copy: the document of the copy that it is; it is empty then until it adopts.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        token: str = "shpat_sandbox",
        client_id: str = "sandbox-client",
        secret: str = "shpss_sandbox",
        with_catalogue: bool = True,
        copy: Doc | None = None,
    ) -> None:
        self._sandbox = sandbox
        self._with_catalogue = with_catalogue
        self._root = path_of(copy) if copy else PREFIX
        self.name = name_of(copy) if copy else "shopify"
        self.shop = Shop(sandbox.store, sandbox.clock, lambda: f"{sandbox.base_url}{self._root}", self.name)
        if copy:
            self.shop.call_headers = copy.get("headers", {})
        self.app = App(self.shop, token, client_id, secret)
        self.api = Api(self.shop, self.app)
        self.shop.flush = self._flush
        if not copy and self.shop.peek("settings", 1) is None:
            self.reset()
        self._dispatch(list(self.shop.all("deliveries").values()))

    @classmethod
    def of_copy(cls, sandbox: Sandbox, doc: Doc) -> ShopifySite:
        """The shop that stands in for another one."""
        secret = f"shpss_{doc['secret'][::-1][:32]}"
        return cls(
            sandbox, f"shpat_{doc['secret'][:32]}", f"client-{doc['id']}", secret, with_catalogue=False, copy=doc
        )

    def adopt(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Take in what is known of the shop that this one stands in for, and say how to connect."""
        keys = {"access_token": self.app.token, "client_secret": self.app.secret}
        with self.shop.store.transaction():
            counted = adopting.adopt(self.shop, values)
        return {"url": self.shop.url, "page": f"{self.shop.url}/shop", "credentials": keys, **counted}

    def owns(self, path: str) -> bool:
        """Everything below the shop's address, and its API."""
        if self._root == PREFIX and path.startswith(ADMIN):
            return True
        return path == self._root or path.startswith(f"{self._root}/")

    def handle(self, request: Request) -> Response:
        """Answer a request; what it changed is told to the webhooks once it is kept."""
        path = request.path.removeprefix(self._root)
        with self.shop.store.transaction():
            response = self._respond(request, path)
            jobs = webhooks.enqueue(self.shop, self.shop.take_events())
        self._dispatch(jobs)
        return response

    def _flush(self) -> None:
        with self.shop.store.transaction():
            jobs = webhooks.enqueue(self.shop, self.shop.take_events())
        self._dispatch(jobs)

    def _dispatch(self, jobs: list[Doc]) -> None:
        webhooks.dispatch(self.shop, self._sandbox.courier, self.app.secret, jobs)

    def _respond(self, request: Request, path: str) -> Response:
        found = ENDPOINT.fullmatch(path)
        if found:
            return self.api.handle(request, found[1])
        if path == "/admin/oauth/access_token" and request.method == "POST":
            form = request.form if request.form else read_json(request)
            body, status = self.app.grant(form)
            return Response(json.dumps(body), status, mimetype="application/json")
        for prefix, handler in ROUTES.items():
            if path.startswith(prefix):
                return handler(self.shop, request, path.removeprefix(prefix))
        if path in ("", "/"):
            return redirect(f"{self.shop.url}/shop")
        return Response("Not Found\n", 404)

    def control(self, request: Request, action: str) -> Response | None:
        """Answer ``shopify/<action>``: :mod:`controls`, and ``app``, ``tokens``, ``graphql``, ``compliance``."""
        if not action.startswith("shopify/") or request.args.get("shop", "shopify") != self.name:
            return None
        action = action.removeprefix("shopify/")
        if request.method == "GET":
            found = controls.read(self.shop, action)
            return None if found is None else answer(found)
        if request.method != "POST":
            return None
        try:
            with self.shop.store.transaction():
                with self.shop.attempt():
                    result = self._change(action, dict(read_object(request)))
                jobs = webhooks.enqueue(self.shop, self.shop.take_events())
        except Refused as error:
            return answer({"error": error.error}, 422)
        self._dispatch(jobs)
        return None if result is None else answer(result)

    def _change(self, action: str, values: Doc) -> Any:
        if action == "app":
            return self.app.change(values)
        if action == "tokens":
            return self.app.pair()
        if action == "compliance":
            return {"id": webhooks.comply(self.shop, str(values["topic"]), values)["id"]}
        if action == "graphql":
            ctx = Context(self.shop, frozenset(self.app.scopes.split(",")))
            return self.api.run(ctx, values["query"], values.get("variables") or {}, free=True)
        return controls.change(self.shop, action, values)

    def reset(self) -> None:
        """A new shop, with the catalogue if it has one."""
        with self.shop.store.transaction():
            self.shop.forget()
            seed.bare(self.shop)
            if self._with_catalogue:
                seed.demonstration(self.shop)
            self.shop.take_events()
