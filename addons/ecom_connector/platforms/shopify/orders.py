"""Shopify's orders, read whole: in pages of a composed query, by id, and the rest of those too long for a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from ..documents import ZERO, Page
from ..errors import PlatformError
from ..words import _, said
from . import order_fields as fields
from .amounts import money
from .answers import Raw
from .bulk import read_bulk, start_bulk
from .client import ShopifyClient, next_page, nodes
from .cursor import BulkCursor, ListCursor, read_cursor
from .ids import gid, plain
from .lists import read_rest, rest_of
from .mapper import URL_KEY
from .operations import Batch, query
from .returns import complete_returns

PAGE_SIZE = 25

# A first import goes back further than this, and is the shop's to put together.
_BULK_AFTER = timedelta(days=30)

# Parts that a shop may not have at all: B2B, returns.
_SPARE = frozenset({"purchasingEntity", "returns"})

_FIELDS = fields.paged(fields.order("(first: 8)", "(first: 1)", "(first: 2)"))

ORDERS = query(
    f"""
query Orders($first: Int!, $after: String, $filter: String) {{
  orders(first: $first, after: $after, query: $filter, sortKey: UPDATED_AT) {{
    nodes {{ {_FIELDS} }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}
""",
    cost=400,
)
ORDERS_BY_ID = query(
    f"query OrdersById($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Order {{ {_FIELDS} }} }} }}",
    cost=400,
)


REST = {
    "lineItems": rest_of("order", "lineItems", fields.LINE, 250, 150),
    "shippingLines": rest_of("order", "shippingLines", fields.SHIPPING_LINE, 50, 90),
    "fulfillmentOrders": rest_of("order", "fulfillmentOrders", fields.FULFILLMENT_ORDER, 50, 60),
    "returns": rest_of("order", "returns", fields.RETURN, 50, 15),
}
DUTIES = rest_of("order", "lineItems", fields.DUTIES, 250, 100)
REFUNDS = Batch("query", "refund", {"id": "ID!"}, f"{{ {fields.REFUND} }}", cost=100)
REST_OF_REFUND = rest_of("refund", "refundLineItems", fields.REFUND_LINE, 250, 85)


def read_orders(client: ShopifyClient, changed_since: datetime | None, cursor: str) -> Page:
    """One page, in a call, and a few more for orders that are longer than a page or refunded."""
    if not cursor:
        long_ago = changed_since is None or changed_since < datetime.now(timezone.utc) - _BULK_AFTER
        if long_ago and (page := start_bulk(client, changed_since)):
            return page
        return _read_page(client, ListCursor(changed_since))
    at = read_cursor(cursor)
    if isinstance(at, ListCursor):
        return _read_page(client, at)
    return _read_bulk_page(client, at)


def _read_page(client: ShopifyClient, at: ListCursor) -> Page:
    size = at.size or PAGE_SIZE
    while True:
        try:
            data = client.query(ORDERS, {"first": size, "after": at.after or None, "filter": at.filter}, spare=_SPARE)
            break
        except PlatformError as error:
            if error.code != "max_cost_exceeded" or size == 1:
                raise
            size = max(1, size // 2)
    listed = data.get("orders")
    found = nodes(listed)
    asked_at = client.asked_at
    try:
        after = at.after_page(found, next_page(listed), size, asked_at)
    except ValueError as error:
        raise PlatformError(
            "bad_answer", _("The shop's list of orders cannot be followed: %(error)s", error=said(error))
        ) from error
    more = bool(next_page(listed) and found)
    return Page(tuple(complete(client, found)), after.text() if more else "", after.watermark)


def _read_bulk_page(client: ShopifyClient, at: BulkCursor) -> Page:
    page = read_bulk(client, at)
    if page is None:
        # The shop gave up on it, or no longer has it: page by page then.
        return _read_page(client, ListCursor(at.since))
    return Page(tuple(complete(client, list(page.raws))), page.next, page.watermark, page.wait)


def read_by_id(client: ShopifyClient, ids: Sequence[str]) -> list[Raw]:
    """In ``ceil(n / 25)`` calls, and a few more as for pages; those that are gone are absent."""
    found: list[Raw] = []
    waiting, size = [gid("Order", key) for key in ids], PAGE_SIZE
    while waiting:
        try:
            rows = client.query(ORDERS_BY_ID, {"ids": waiting[:size]}, spare=_SPARE).get("nodes")
        except PlatformError as error:
            if error.code != "max_cost_exceeded" or size == 1:
                raise
            size //= 2
            continue
        found += [row for row in (rows if isinstance(rows, list) else ()) if _is_one(row)]
        waiting = waiting[size:]
    return complete(client, found)


def complete(client: ShopifyClient, orders: Sequence[Raw]) -> list[Raw]:
    """The orders with all rows of their lists, refunds and returns with lines, and their page in the administration.

    However many orders are longer than a page, refunded or returned: their rests share calls.
    """
    for name, rest in REST.items():
        read_rest(client, rest, orders, name)
    _complete_duties(client, [order for order in orders if _has_duties(order)])
    refunds = [row for order in orders for row in order.get("refunds") or () if _is_one(row)]
    _complete_refunds(client, refunds)
    complete_returns(client, orders)
    for order in orders:
        order[URL_KEY] = f"{client.base}/admin/orders/{plain(order.get('id'))}"
    return list(orders)


def _is_one(row: Any) -> bool:
    return isinstance(row, dict) and bool(row.get("id"))


def _has_duties(order: Raw) -> bool:
    try:
        return bool(money(order, "originalTotalDutiesSet", "", ZERO))
    except ValueError:
        return False


def _complete_duties(client: ShopifyClient, orders: Sequence[Raw]) -> None:
    waiting: list[tuple[Raw, str | None]] = [(order, None) for order in orders]
    while waiting:
        results = client.run(DUTIES, [{"id": order["id"], "after": after} for order, after in waiting])
        unread: list[tuple[Raw, str | None]] = []
        for (order, _after), result in zip(waiting, results, strict=True):
            if isinstance(result, PlatformError):
                raise result
            duties = {row.get("id"): row.get("duties") for row in nodes(result.get("lineItems"))}
            for line in nodes(order.get("lineItems")):
                line.update({"duties": duties[line.get("id")]} if line.get("id") in duties else {})
            if after := next_page(result.get("lineItems")):
                unread.append((order, after))
        waiting = unread


def _complete_refunds(client: ShopifyClient, refunds: Sequence[Raw]) -> None:
    for row, result in zip(refunds, client.run(REFUNDS, [{"id": row["id"]} for row in refunds]), strict=True):
        if isinstance(result, PlatformError):
            raise result
        row.update(result)
        row["refundShippingLines"] = {"nodes": nodes(row.get("refundShippingLines"))}
    read_rest(client, REST_OF_REFUND, refunds, "refundLineItems")
