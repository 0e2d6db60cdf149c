"""First imports: the shop puts all orders together in a file (a bulk operation), which is read window by window.

Nothing waits: while the shop is at work, a page without orders says when to ask again. The file has a line for each
order, followed by those of its lists' rows, which name it as ``__parentId``. Of it only a window is in memory, and
the cursor says at which byte the next order begins, so that a crash costs one window.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ..documents import Page
from ..errors import PlatformError
from ..transport import Response
from ..values import text, utc
from ..words import _, said
from . import order_fields as fields
from .answers import Raw
from .client import ShopifyClient
from .cursor import BulkCursor, ListCursor
from .ids import kind_of
from .operations import mutation, query

# Some two hundred orders, and the most that one order may take.
WINDOW = 1024 * 1024
_MOST = 16 * 1024 * 1024

# The shop needs seconds for hundreds of orders, and minutes for many thousands.
_FIRST_WAIT, _WAIT = 3.0, 10.0

_LISTS = {
    "LineItem": "lineItems",
    "ShippingLine": "shippingLines",
    "FulfillmentOrder": "fulfillmentOrders",
    "Return": "returns",
}
_UNFINISHED = frozenset({"CREATED", "RUNNING", "CANCELING"})
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")

START = mutation(
    """
mutation StartBulk($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: true) {
    bulkOperation { id status createdAt }
    userErrors { field message code }
  }
}
"""
)
STATUS = query(
    """
query BulkStatus($id: ID!) {
  bulkOperation(id: $id) { id status errorCode createdAt completedAt objectCount fileSize url }
}
""",
    cost=1,
)


def bulk_query(since: datetime | None) -> str:
    """The document that Shopify runs on its side; its lists have no sizes."""
    where = f'(query: "{ListCursor(since).filter}")' if since else ""
    return f"{{ orders{where} {{ edges {{ node {{ {fields.in_bulk(fields.order())} }} }} }} }}"


def start_bulk(client: ShopifyClient, since: datetime | None) -> Page | None:
    """The page that says to ask again, or ``None`` where the shop runs none (another one is at work, or the app may
    not). One that was started by a call whose answer was lost does no harm: its file expires."""
    try:
        payload = client.mutate(START, {"query": bulk_query(since)})
    except PlatformError as error:
        if error.retry or error.status != 200:
            raise
        return None
    found = payload.get("bulkOperation")
    operation = text(found.get("id")) if isinstance(found, dict) else ""
    return Page((), BulkCursor(operation, since).text(), None, _FIRST_WAIT) if operation else None


def read_bulk(client: ShopifyClient, at: BulkCursor) -> Page | None:
    """The next orders of the file, as far as bulk operations tell of them; ``None`` where it came to nothing.

    The watermark comes with the last of them: the moment that the shop began, since the file is in no order of time.
    """
    found = client.query(STATUS, {"id": at.operation}).get("bulkOperation")
    if not isinstance(found, dict):
        return None
    status, url = text(found.get("status")), text(found.get("url"))
    if status in _UNFINISHED:
        return Page((), at.text(), None, _WAIT)
    if status != "COMPLETED":
        return None
    try:
        began = utc(found.get("createdAt"), "createdAt")
    except ValueError as error:
        raise PlatformError("bad_answer", said(error), retry=True) from error
    if not url:
        return Page((), "", began)
    window = _read_window(client, url, at.position)
    orders = tuple(window.orders)
    if window.finished:
        return Page(orders, "", began)
    return Page(orders, replace(at, position=window.end).text())


@dataclass(frozen=True, slots=True)
class _Window:
    """Whole orders of a file, and where the next one begins."""

    orders: list[Raw]
    end: int
    finished: bool


def _read_window(client: ShopifyClient, url: str, position: int) -> _Window:
    size = WINDOW
    while True:
        body, total = read_bytes(client, url, position, size)
        finished = position + len(body) >= total
        orders, used = _whole_orders(body, finished=finished)
        if orders or finished:
            return _Window(orders, position + used, finished)
        if size >= _MOST:
            raise PlatformError("too_large", _("An order is larger than %(size)s MiB.", size=_MOST // 1024 // 1024))
        size *= 4


def read_bytes(client: ShopifyClient, url: str, position: int, size: int) -> tuple[bytes, int]:
    """``(a part of the file, the size of all of it)``."""
    # Compressed on the way, the file would be cut in other places.
    headers = {"Range": f"bytes={position}-{position + size - 1}", "Accept-Encoding": "identity"}
    response: Response = client.transport.request("GET", url, headers=headers, cost=0)
    where = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if response.status != 206 or not where:
        # A server that knows no ranges sends everything.
        return response.body[position : position + size], len(response.body)
    start, end, total = (int(number) for number in where.groups())
    if start != position or end - start + 1 != len(response.body):
        raise PlatformError("dropped", _("The shop's answer broke off."), retry=True)
    return response.body, total


def _whole_orders(body: bytes, *, finished: bool) -> tuple[list[Raw], int]:
    """The orders that are complete in a part of the file, and how many bytes they take: another one has begun after
    each, or the file ends."""
    orders: list[Raw] = []
    begins: list[int] = []
    for at, row in file_rows(body, finished):
        kind = kind_of(row.get("id"))
        if kind == "Order":
            orders.append({**row, **{name: {"nodes": []} for name in _LISTS.values()}})
            begins.append(at)
        elif orders and row.get("__parentId") == orders[-1].get("id") and kind in _LISTS:
            child = {key: value for key, value in row.items() if key != "__parentId"}
            orders[-1][_LISTS[kind]]["nodes"].append(child)
        else:
            raise PlatformError("bad_answer", _("The shop's file of orders cannot be followed."))
    if finished:
        return orders, len(body)
    return orders[:-1], begins[-1] if begins else 0


def file_rows(body: bytes, finished: bool) -> Iterator[tuple[int, Raw]]:
    at = 0
    while at < len(body):
        end = body.find(b"\n", at)
        if end < 0:
            if not finished:
                return
            end = len(body)
        if line := body[at:end].strip():
            yield at, _row(line)
        at = end + 1


def _row(line: bytes) -> Raw:
    try:
        found: Any = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise PlatformError("bad_answer", _("The shop's file of orders cannot be read."), retry=True)
    return found
