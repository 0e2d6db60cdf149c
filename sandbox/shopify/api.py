"""The GraphQL endpoint: who asks, what it costs, and the answer in the vendor's shape."""

from __future__ import annotations

import json
from typing import Any

from graphql import (
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    execute,
    get_operation_ast,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values
from werkzeug.wrappers import Request, Response

from ..store import Doc
from . import resolvers  # noqa: F401 - the resolvers register themselves
from .auth import App
from .cost import Bucket, Estimate
from .resolving import Context, Denied
from .schema import schema
from .shop import Shop

UNKNOWN_TOKEN = {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}
CACHE: dict[str, tuple[Any, list[GraphQLError]]] = {}


class Api:
    """Answers ``/admin/api/<version>/graphql.json``."""

    def __init__(self, shop: Shop, app: App) -> None:
        self.shop = shop
        self.app = app
        self.bucket = Bucket()

    def handle(self, request: Request, version: str) -> Response:
        """Answer a request."""
        served = self.version(version)
        if served is None:
            return _json({"errors": "Not Found"}, 404)
        headers = {"X-Shopify-API-Version": served}
        token = self.app.who(request.headers.get("X-Shopify-Access-Token", ""))
        if token is None:
            return _json(UNKNOWN_TOKEN, 401, headers)
        if request.method != "POST":
            return _json({"errors": "Method Not Allowed"}, 405, headers)
        try:
            body = json.loads(request.get_data())
            text, values = str(body["query"]), body.get("variables") or {}
            name = body.get("operationName")
        except (ValueError, KeyError, TypeError, AttributeError):
            return _json({"errors": {"query": "Required parameter missing or invalid"}}, 400, headers)
        ctx = Context(self.shop, frozenset(token["scopes"].split(",")), served, token=token)
        return _json(self.run(ctx, text, values, name), 200, headers)

    def version(self, wanted: str) -> str | None:
        """The version that answers: a retired one is answered by the oldest; ``None`` for what is no version."""
        known: list[str] = self.shop.settings["versions"]
        if wanted in known or wanted == "unstable":
            return wanted
        if len(wanted) != 7 or not wanted.replace("-", "").isdigit() or wanted > known[-1]:
            return None
        return known[0]

    def run(self, ctx: Context, text: str, values: Doc, name: str | None = None, free: bool = False) -> Doc:
        """Execute an operation; ``free`` takes nothing from the bucket."""
        built = schema()
        try:
            document, errors = _read(built, text)
        except GraphQLError as error:
            return {"errors": [_error(error)]}
        operation = get_operation_ast(document, name)
        if errors or operation is None:
            return {"errors": [_error(error) for error in errors] or [{"message": "No operation found"}]}
        coerced = get_variable_values(built, operation.variable_definitions or (), values)
        if isinstance(coerced, list):
            return {"errors": [{**_error(error), "extensions": {"code": "INVALID_VARIABLE"}} for error in coerced]}
        settings = self.shop.settings
        fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        wanted = Estimate(built, ctx, fragments, coerced).of(operation)
        cost: Doc = {"requestedQueryCost": wanted, "actualQueryCost": None}
        if wanted > settings["max_cost"] and not free:
            return {"errors": [_too_dear(wanted, settings["max_cost"])]}
        now = self.shop.clock.timestamp()
        if not free:
            status = self.bucket.status(settings, now, wanted)
            if status is None:
                cost["throttleStatus"] = self.bucket.status(settings, now)
                throttled = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": LIMITS}}
                return {"errors": [throttled], "extensions": {"cost": cost}}
        answer = self._execute(built, document, ctx, values, name)
        cost["actualQueryCost"] = min(ctx.spent, wanted) if wanted else ctx.spent
        if not free:
            cost["throttleStatus"] = self.bucket.status(settings, now, cost["actualQueryCost"] - wanted)
        answer["extensions"] = {"cost": cost, **({"search": ctx.warnings} if ctx.warnings else {})}
        return answer

    @staticmethod
    def _execute(built: GraphQLSchema, document: Any, ctx: Context, values: Doc, name: str | None) -> Doc:
        result: Any = execute(built, document, context_value=ctx, variable_values=values, operation_name=name)
        answer: Doc = {"data": result.data}
        if result.errors:
            answer["errors"] = [_error(error) for error in result.errors]
        return answer


LIMITS = "https://shopify.dev/api/usage/rate-limits"


def _read(built: GraphQLSchema, text: str) -> tuple[Any, list[GraphQLError]]:
    """The parsed and validated document; clients send the same few again and again."""
    if text not in CACHE:
        document = parse(text)
        if len(CACHE) > 500:
            CACHE.clear()
        CACHE[text] = (document, validate(built, document))
    return CACHE[text]


def _too_dear(cost: int, most: int) -> Doc:
    return {
        "message": f"Query cost is {cost}, which exceeds the single query max cost limit ({most}).\n\n"
        f"See {LIMITS} for more information on how the cost of a query is calculated.",
        "extensions": {"code": "MAX_COST_EXCEEDED", "cost": cost, "maxCost": most, "documentation": LIMITS},
    }


def _error(error: GraphQLError) -> Doc:
    found: Doc = {"message": error.message}
    if error.locations:
        found["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        found["path"] = error.path
    if isinstance(error.original_error, Denied):
        found["extensions"] = error.original_error.extensions
    elif error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        words = f"{type(error.original_error).__name__}: {error.original_error}"
        found["extensions"] = {"code": "INTERNAL_SERVER_ERROR", "sandbox": words}
    elif error.extensions:
        found["extensions"] = error.extensions
    return found


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(body), status, headers, mimetype="application/json")
