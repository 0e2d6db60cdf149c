"""The REST server: routes, authentication, bodies in and answers out, as WordPress does them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request, Response

from . import auth
from .errors import RestError, missing_params
from .params import Arg, validate
from .shop import Shop

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

ROOT = "/wp-json/wc/v3/"
BATCH_LIMIT = 100


@dataclass
class Answer:
    """What a handler answers."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Call:
    """A request to the API, read and authenticated."""

    shop: Shop
    method: str
    path: str
    ids: tuple[Any, ...]
    query: dict[str, Any]
    body: dict[str, Any]

    def read(self, args: Mapping[str, Arg], *required: str) -> dict[str, Any]:
        """The arguments from query and body, validated.

        :raise RestError: 400, when they do not fit.
        """
        values = {**self.query, **self.body}
        missing = [name for name in required if values.get(name) is None]
        if missing:
            raise missing_params(*missing)
        return validate(values, args)

    def with_body(self, body: dict[str, Any], *ids: Any) -> Call:
        """The same call with another body and ids, for one item of a batch."""
        return Call(self.shop, self.method, self.path, ids, {}, body)

    @property
    def forced(self) -> bool:
        """Whether ``force`` is set, as deletions want it."""
        value = self.body.get("force", self.query.get("force"))
        return value is True or str(value).lower() in ("true", "1")


Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    """A path below the API's root, with its handlers by method.

    :param pattern: such as ``orders/<id>/notes``; ``<id>`` is a number, ``<slug>`` a word.
    """

    pattern: str
    handlers: Mapping[str, Handler]

    @property
    def regex(self) -> re.Pattern[str]:
        """The pattern as a regular expression."""
        return re.compile(self.pattern.replace("<id>", r"(\d+)").replace("<slug>", r"([\w-]+)") + "$")

    @property
    def allow(self) -> str:
        """The ``Allow`` header of the route."""
        return ", ".join(self.handlers)


def editable(get: Handler, put: Handler, delete: Handler | None = None) -> dict[str, Handler]:
    """The handlers of one document: GET, POST, PUT, PATCH and perhaps DELETE."""
    handlers = {"GET": get, "POST": put, "PUT": put, "PATCH": put}
    return handlers if delete is None else {**handlers, "DELETE": delete}


class ApiResponse(Response):
    """A response whose ``Location`` is sent as it is: WordPress does not escape it (observed on WooCommerce 10.9.1)."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        headers = super().get_wsgi_headers(environ)
        if "Location" in self.headers:
            headers["Location"] = self.headers["Location"]
        return headers


class Api:
    """Answers requests below ``/wp-json/``."""

    def __init__(self, shop: Shop, authenticator: auth.Authenticator, routes: Sequence[Route]) -> None:
        self.shop = shop
        self.authenticator = authenticator
        self._routes = [(route.regex, route) for route in routes]

    def handle(self, request: Request) -> Response:
        """Answer a request; nothing here raises."""
        allow = None
        try:
            authentic = self.authenticator.check(request)
            route, ids = self._find(request)
            call = self._read(request, ids)
            batch = route.pattern.endswith("batch")
            if not authentic:
                raise auth.cannot(request.method, route.pattern.endswith((">", "current")), batch)
            allow = route.allow
            handler = route.handlers["GET" if request.method == "HEAD" else request.method]
            with self.shop.store.transaction():
                answer = handler(call)
        except RestError as error:
            answer = Answer(error.body(), error.status)
        fields = request.args.get("_fields")
        body = pick(answer.body, fields) if fields and answer.status < 400 else answer.body
        response = ApiResponse(encode(body), answer.status, content_type="application/json; charset=UTF-8")
        response.headers["Link"] = f'<{self.shop.url}/wp-json/>; rel="https://api.w.org/"'
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Access-Control-Expose-Headers"] = "X-WP-Total, X-WP-TotalPages, Link"
        response.headers["Cache-Control"] = "no-cache, must-revalidate, max-age=0, no-store, private"
        if allow is not None:
            response.headers["Allow"] = allow
        response.headers.update(answer.headers)
        return response

    def _find(self, request: Request) -> tuple[Route, tuple[Any, ...]]:
        method = "GET" if request.method == "HEAD" else request.method
        path = request.path.removeprefix(ROOT).strip("/")
        if request.path.startswith(ROOT):
            for regex, route in self._routes:
                match = regex.match(path)
                if match and method in route.handlers:
                    return route, tuple(int(part) if part.isdigit() else part for part in match.groups())
        raise RestError("rest_no_route", "No route was found matching the URL and request method.", 404)

    def _read(self, request: Request, ids: tuple[Any, ...]) -> Call:
        query: dict[str, Any] = {}
        for name, value in request.args.items(multi=True):
            if (listed := re.fullmatch(r"(\w+)\[\d*\]", name)) is not None:
                query.setdefault(listed.group(1), []).append(value)
            else:
                query[name] = value
        body: dict[str, Any] = {}
        raw = request.get_data()
        if raw and request.mimetype == "application/json":
            try:
                parsed = json.loads(raw)
            except ValueError as error:
                data = {"status": 400, "json_error_code": 4, "json_error_message": "Syntax error"}
                raise RestError("rest_invalid_json", "Invalid JSON body passed.", 400, data) from error
            body = parsed if isinstance(parsed, dict) else {}
        elif request.mimetype == "application/x-www-form-urlencoded":
            body = dict(request.form)
        return Call(self.shop, request.method, request.path, ids, query, body)


def encode(body: Any) -> str:
    """JSON as PHP writes it: ASCII, with slashes escaped (observed on WooCommerce 10.9.1)."""
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/")


def pick(body: Any, fields: str) -> Any:
    """Only the fields named, ``a.b`` for nested ones, in the document's order."""
    tree: dict[str, Any] = {}
    for name in fields.split(","):
        node = tree
        for part in name.strip().split("."):
            node = node.setdefault(part, {})

    def prune(value: Any, wanted: dict[str, Any]) -> Any:
        if not wanted or not isinstance(value, dict):
            return value
        return {key: prune(item, wanted[key]) for key, item in value.items() if key in wanted}

    return [prune(item, tree) for item in body] if isinstance(body, list) else prune(body, tree)


def links(shop: Shop, path: str, key: Any, up: str | None = None, allow: str = "GET, POST, PUT, PATCH, DELETE") -> Any:
    """The ``_links`` of a document of a collection."""
    collection = f"{shop.url}{ROOT}{path}"
    found: dict[str, Any] = {
        "self": [{"href": f"{collection}/{key}", "targetHints": {"allow": allow.split(", ")}}],
        "collection": [{"href": collection}],
    }
    if up is not None:
        found["up"] = [{"href": f"{shop.url}{ROOT}{up}"}]
    return found


def created(shop: Shop, body: Any, path: str) -> Answer:
    """A 201 with its ``Location``."""
    return Answer(body, 201, {"Location": f"{shop.url}{ROOT}{path}"})


def page(call: Call, args: Mapping[str, Any], docs: Sequence[Any], view: Callable[[Any], Any]) -> Answer:
    """One page of a list, with the paging headers.

    Past the end of a list of orders X-WP-Total is 0, and the ``Link`` header repeats the request's own parameters,
    OAuth ones too, so that following it replays the nonce (both observed on WooCommerce 10.9.1).
    """
    number, size = args["page"], args["per_page"]
    start = args["offset"] if args.get("offset") else (number - 1) * size
    found = [view(doc) for doc in docs[start : start + size]]
    orders = call.path == f"{ROOT}orders"
    total = len(docs) if found or not orders else 0
    pages = -(-total // size)
    headers = {"X-WP-Total": str(total), "X-WP-TotalPages": str(pages)}
    shown = []
    if number > 1:
        shown.append((min(number - 1, pages), "prev"))
    if pages > number:
        shown.append((number + 1, "next"))
    if shown:
        extra: dict[str, Any] = {}
        if orders:
            extra = {} if "status" in call.query else {"status[0]": "any"}
            extra |= {"dp": args["dp"], "context": args["context"]} if found else {}
        targets = (urlencode(_flat({**call.query, "page": target}) | extra) for target, _ in shown)
        headers["Link"] = ", ".join(
            f'<{call.shop.url}{call.path}?{query}>; rel="{rel}"' for query, (_, rel) in zip(targets, shown, strict=True)
        )
    return Answer(found, 200, headers)


def _flat(query: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in query.items():
        if isinstance(value, list):
            flat.update({f"{name}[{index}]": item for index, item in enumerate(value)})
        else:
            flat[name] = value
    return flat


def batch(call: Call, create: Handler, update: Handler, delete: Handler) -> Answer:
    """A batch: at most 100 items, and one error for each item that fails, in a 200 (observed on WooCommerce 10.9.1)."""
    groups = {name: call.body.get(name) or [] for name in ("create", "update", "delete")}
    if sum(len(group) for group in groups.values()) > BATCH_LIMIT:
        raise RestError(
            "woocommerce_rest_request_entity_too_large",
            f"Unable to accept more than {BATCH_LIMIT} items for this request.",
            413,
        )
    answer: dict[str, list[Any]] = {}
    for name, group in groups.items():
        for item in group:
            values = {"id": item, "force": True} if name == "delete" and not isinstance(item, dict) else dict(item)
            key = values.get("id", 0) if name != "create" else 0
            ids = (*call.ids, key) if name != "create" else call.ids
            handler = {"create": create, "update": update, "delete": delete}[name]
            try:
                body = handler(call.with_body(values, *ids)).body
            except RestError as error:
                body = {"id": key, "error": error.body()}
            answer.setdefault(name, []).append(body)
    return Answer(answer)
