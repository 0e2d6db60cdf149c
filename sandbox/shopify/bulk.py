"""Bulk operations: a query over everything, or a mutation for each line of an upload, answered as JSON lines.

A child of a nested connection is a line of its own with ``__parentId``. Without ``groupObjects`` the lines come in any
order: here all parents first, then all children. The address of the result takes HTTP ``Range``.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

from graphql import GraphQLError, OperationDefinitionNode, execute, get_operation_ast, parse, validate
from werkzeug.wrappers import Request, Response

from ..store import Doc
from . import bulk_shape, gid
from .listing import Listing
from .resolving import PART, Context, Refused, answers, mutation, plain, query
from .routes import ROUTES
from .schema import schema
from .search import Field
from .shop import Shop

plain("BulkOperation", "bulk")
WEEK = 7 * 86_400
LISTING = Listing(
    "bulk",
    {
        "status": Field("text", lambda doc: doc["status"]),
        "operation_type": Field("text", lambda doc: doc["type"]),
    },
)


@mutation("bulkOperationRunQuery")
def _run_query(source: Any, ctx: Context, args: Doc) -> Doc:
    """What fits into one part is there at once; the rest is gone through beside."""
    _check_room(ctx, "QUERY")
    text = args["query"]
    operation = _parsed(text, "query")
    bulk_shape.check(schema(), operation)
    run = _Run(ctx, text, operation, bool(args.get("groupObjects")))
    doc = _start(ctx.shop, "QUERY", text)
    if run.part():
        threading.Thread(target=run.rest, args=(doc,), daemon=True).start()
        return {"bulkOperation": doc}
    return {"bulkOperation": _finish(ctx.shop, doc, *run.result())}


class _Run:
    """A query on its way through everything."""

    def __init__(self, ctx: Context, text: str, operation: OperationDefinitionNode, grouped: bool) -> None:
        self.ctx = _context(ctx, everything=True)
        self.document = parse(text)
        self.operation = operation
        self.grouped = grouped
        self.lines: list[tuple[bool, Doc]] = []

    def part(self) -> bool:
        """Go through one part; whether there are more.

        :raise Refused: for a query that fails.
        """
        found: Any = execute(schema(), self.document, context_value=self.ctx)
        if found.errors:
            raise Refused(found.errors[0].message, ["query"], "INVALID")
        self.lines += bulk_shape.lines(schema(), self.operation, found.data)
        self.ctx.start += PART
        self.ctx.kept.clear()
        return any(len(rows) > self.ctx.start for rows in self.ctx.pinned.values())

    def rest(self, doc: Doc) -> None:
        """Go through all other parts; the shop answers others in between."""
        shop = self.ctx.shop
        more = True
        while more:
            time.sleep(0.01)  # whoever waits for the shop comes first
            with shop.store.transaction():
                more = self.part() and not (shop.peek("bulk", doc["id"]) or {"cancelled": True})["cancelled"]
        with shop.store.transaction():
            now = shop.load("bulk", doc["id"])
            if now is not None and not now["cancelled"]:
                _finish(shop, now, *self.result())
        shop.flush()

    def result(self) -> tuple[list[Doc], int]:
        """The lines in their order, and how many are roots."""
        rows = self.lines if self.grouped else sorted(self.lines, key=lambda row: row[0])
        return [line for _, line in rows], sum(not child for child, _ in rows)


@mutation("bulkOperationRunMutation")
def _run_mutation(source: Any, ctx: Context, args: Doc) -> Doc:
    _check_room(ctx, "MUTATION")
    text, path = args["mutation"], args["stagedUploadPath"]
    _parsed(text, "mutation")
    upload = next((doc for doc in ctx.shop.all("uploads").values() if doc["key"] == path), None)
    if upload is None:
        raise Refused("The JSONL file could not be found. Try uploading the file again.", None, "NO_SUCH_FILE")
    rows = [row for row in str(upload["body"]).splitlines() if row.strip()]
    lines = list(_mutated(ctx, text, rows))
    return {"bulkOperation": _finish(ctx.shop, _start(ctx.shop, "MUTATION", text), lines, len(lines))}


def _mutated(ctx: Context, text: str, rows: Iterable[str]) -> Iterator[Doc]:
    document = parse(text)
    for number, row in enumerate(rows):
        try:
            values = json.loads(row)
        except ValueError:
            yield {"errors": [{"message": "Invalid JSON"}], "__lineNumber": number}
            continue
        found: Any = execute(schema(), document, context_value=_context(ctx), variable_values=values)
        errors = [{"message": error.message, "path": error.path} for error in found.errors or ()]
        yield {"data": found.data, **({"errors": errors} if errors else {}), "__lineNumber": number}


def _context(ctx: Context, everything: bool = False) -> Context:
    return Context(ctx.shop, ctx.scopes, ctx.version, ctx.token, everything=everything)


def _parsed(text: str, kind: str) -> OperationDefinitionNode:
    try:
        document = parse(text)
    except GraphQLError as error:
        raise Refused(f"Invalid bulk {kind}: {error.message}", [kind], "INVALID") from error
    errors = validate(schema(), document)
    if errors:
        raise Refused(f"Invalid bulk {kind}: {errors[0].message}", [kind], "INVALID")
    operation = get_operation_ast(document)
    operation = operation and bulk_shape.inlined(operation, document)
    if operation is None or operation.operation.value != kind:
        raise Refused(f"Invalid bulk {kind}: the operation must be a {kind}.", [kind], "INVALID")
    return operation


def _check_room(ctx: Context, kind: str) -> None:
    settings = ctx.shop.settings
    most = int(settings["bulk_at_once"]) if ctx.version >= "2026-01" else 1
    running = [
        doc for doc in ctx.shop.all("bulk").values() if doc["type"] == kind and _status(ctx.shop, doc) == "RUNNING"
    ]
    if len(running) >= most:
        which = running[0]["id"] if running else "the shop takes none now"
        words = f"A bulk {kind.lower()} operation for this app and shop is already in progress: {which}."
        raise Refused(words, None, "OPERATION_IN_PROGRESS")


def _start(shop: Shop, kind: str, text: str) -> Doc:
    doc: Doc = {
        "id": shop.next_id("bulk"),
        "type": kind,
        "query": text,
        "status": "CREATED",
        "createdAt": shop.now(),
        "errorCode": None,
        "count": 0,
        "roots": 0,
        "size": 0,
        "cancelled": False,
        "told": False,
        "until": None,
    }
    return shop.put("bulk", doc)


def _finish(shop: Shop, doc: Doc, lines: list[Doc], roots: int) -> Doc:
    """Keep the result; it shows once ``bulk_seconds`` have passed. Answers what the start of the operation shows."""
    fails = str(shop.settings["bulk_error"])
    if fails:
        lines = lines[: len(lines) // 2]
    body = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
    now = shop.clock.timestamp()
    shop.put("bulk_results", {"id": doc["id"], "body": body, "at": now})
    ended = {**doc, "count": len(lines), "roots": roots, "size": len(body.encode()), "errorCode": fails or None}
    shop.put("bulk", ended | {"until": now + float(shop.settings["bulk_seconds"])})
    settle(shop)
    return {**doc, "fresh": True}


def _status(shop: Shop, doc: Doc) -> str:
    if doc["cancelled"]:
        return "CANCELED"
    if doc["until"] is None or shop.clock.timestamp() < doc["until"]:
        return "RUNNING"
    return "FAILED" if doc["errorCode"] else "COMPLETED"


def settle(shop: Shop) -> None:
    """Note which operations have ended, and tell of them."""
    for doc in list(shop.all("bulk").values()):
        if not doc["told"] and (status := _status(shop, doc)) != "RUNNING":
            ended = {**doc, "told": True, "status": status, "completedAt": shop.now()}
            shop.put("bulk", ended)
            shop.emit("bulk_operations/finish", ended)


@mutation("bulkOperationCancel")
def _cancel(source: Any, ctx: Context, args: Doc) -> Doc:
    doc = ctx.shop.load("bulk", gid.number(args["id"], "BulkOperation"))
    if doc is None:
        raise Refused("Bulk operation does not exist", ["id"])
    if _status(ctx.shop, doc) != "RUNNING":
        words = f"A bulk operation cannot be canceled when it is {_status(ctx.shop, doc).lower()}"
        raise Refused(words, ["id"])
    ctx.shop.put("bulk", {**doc, "cancelled": True})
    settle(ctx.shop)
    return {"bulkOperation": {**doc, "status": "CANCELING", "fresh": True}}


@query("bulkOperation")
def _bulk_operation(source: Any, ctx: Context, args: Doc) -> Any:
    settle(ctx.shop)
    return ctx.shop.peek("bulk", gid.number(args["id"], "BulkOperation"))


@query("bulkOperations")
def _bulk_operations(source: Any, ctx: Context, args: Doc) -> Any:
    settle(ctx.shop)
    return LISTING.find(ctx, args)


@query("currentBulkOperation")
def _current(source: Any, ctx: Context, args: Doc) -> Any:
    settle(ctx.shop)
    kind = args.get("type") or "QUERY"
    return next((doc for doc in reversed(ctx.shop.all("bulk").values()) if doc["type"] == kind), None)


@answers("BulkOperation", "status")
def _shown_status(doc: Doc, ctx: Context, args: Doc) -> str:
    settle(ctx.shop)
    return str(doc["status"]) if doc.get("fresh") else _status(ctx.shop, doc)


def _over(doc: Doc, ctx: Context) -> bool:
    return not doc.get("fresh") and _status(ctx.shop, doc) != "RUNNING"


@answers("BulkOperation", "url")
def _url(doc: Doc, ctx: Context, args: Doc) -> str | None:
    """There is none where nothing was found."""
    done = _over(doc, ctx) and _status(ctx.shop, doc) == "COMPLETED" and doc["count"]
    return f"{ctx.shop.url}/bulk/{doc['id']}.jsonl" if done else None


@answers("BulkOperation", "partialDataUrl")
def _partial(doc: Doc, ctx: Context, args: Doc) -> str | None:
    failed = _over(doc, ctx) and _status(ctx.shop, doc) == "FAILED" and doc["count"]
    return f"{ctx.shop.url}/bulk/{doc['id']}.jsonl" if failed else None


@answers("BulkOperation", "objectCount")
def _count(doc: Doc, ctx: Context, args: Doc) -> str:
    return str(doc["count"] if _over(doc, ctx) else 0)


@answers("BulkOperation", "rootObjectCount")
def _roots(doc: Doc, ctx: Context, args: Doc) -> str:
    return str(doc["roots"] if _over(doc, ctx) else 0)


@answers("BulkOperation", "fileSize")
def _size(doc: Doc, ctx: Context, args: Doc) -> str | None:
    return str(doc["size"]) if _over(doc, ctx) and doc["count"] else None


@answers("BulkOperation", "completedAt")
def _completed(doc: Doc, ctx: Context, args: Doc) -> Any:
    return (ctx.shop.peek("bulk", doc["id"]) or doc).get("completedAt") if _over(doc, ctx) else None


@answers("BulkOperation", "errorCode")
def _error(doc: Doc, ctx: Context, args: Doc) -> Any:
    return doc["errorCode"] if _over(doc, ctx) else None


def download(shop: Shop, request: Request, rest: str) -> Response:
    """The result of an operation, whole or a range of it; kept for a week."""
    digits = rest.partition(".")[0]
    doc = shop.peek("bulk_results", int(digits) if digits.isdigit() else 0)
    if doc is None or shop.clock.timestamp() > doc["at"] + WEEK:
        return Response("Not Found\n", 404)
    body = doc["body"].encode()
    response = Response(body, mimetype="application/jsonl")
    response.set_etag(digits)
    return response.make_conditional(request, accept_ranges=True, complete_length=len(body))


ROUTES["/bulk/"] = download
