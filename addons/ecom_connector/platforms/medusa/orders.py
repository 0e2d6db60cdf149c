"""Reading orders: what changed since a moment, what was paid or refunded since, and some by their ids."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from ..documents import Page
from ..errors import PlatformError
from ..values import identifier, text, utc
from ..words import _, said
from .client import PAGE_SIZE, MedusaClient
from .mapper import ORDER_FIELDS, SHOP_KEY
from .returns import CLAIMS_KEY, EXCHANGES_KEY

Raw = dict[str, Any]

# A capture and a refund date the payment's collection and not the order (observed on Medusa 2.21.2).
_PAYMENTS = {
    "fields": "id,payment_collection.updated_at,payment_collection.order.id,payment_collection.order.updated_at",
    "order": "-payment_collection.updated_at",
}


@dataclass(frozen=True, slots=True)
class OrderCursor:
    """Where a listing goes on. Orders are followed by the moment of their last change: counted pages would shift.

    :param after: orders changed at or after this; ``None`` for all
    :param seen: ids already read of that very moment
    :param began: the shop's clock when the first page was asked for
    :param paid: how many of the payments changed since were looked at; -1 when that is done
    """

    after: datetime | None = None
    seen: tuple[str, ...] = ()
    began: datetime | None = None
    paid: int = -1

    def text(self) -> str:
        return json.dumps([_iso(self.after), self.seen, _iso(self.began), self.paid])

    @classmethod
    def read(cls, cursor: str) -> OrderCursor:
        after, seen, began, paid = json.loads(cursor)
        return cls(_time(after), tuple(seen), _time(began), paid)


def read_orders(client: MedusaClient, changed_since: datetime | None, cursor: str) -> Page:
    """One page. First, of what was read before, the orders of which only the payments changed: one call that finds
    them and one for each hundred; then those that changed themselves, a call for each hundred."""
    at = OrderCursor.read(cursor) if cursor else OrderCursor(changed_since, paid=0 if changed_since else -1)
    try:
        return _paid_page(client, at) if at.paid >= 0 else _changed_page(client, at)
    except ValueError as error:
        raise PlatformError(
            "bad_answer", _("The shop's list of orders cannot be followed: %(error)s", error=said(error))
        ) from error


def _changed_page(client: MedusaClient, at: OrderCursor) -> Page:
    params: dict[str, str | int | Sequence[str]] = {"fields": ORDER_FIELDS, "order": "updated_at"}
    if at.after is not None:
        params["updated_at[$gte]"] = _iso(at.after)
    if at.seen:
        params["id[$nin][]"] = at.seen
    listing = client.page("orders", "orders", params)
    times = [utc(row.get("updated_at"), "updated_at") for row in listing.rows]
    began = at.began or listing.asked_at or (times[-1] if times else None)
    if not times:
        return Page((), "", began)
    last = times[-1]
    ids = [identifier(row.get("id")) for row, time in zip(listing.rows, times, strict=True) if time == last]
    seen = (*at.seen, *ids) if last == at.after else tuple(ids)
    more = len(listing.rows) < listing.count
    after = replace(at, after=last, seen=seen, began=began)
    # Once the last page is read, so is everything up to when the listing began: payments are looked at from there on.
    watermark = began if began and not more else min(last, began or last)
    return Page(tuple(completed(client, listing.rows)), after.text() if more else "", watermark)


def _paid_page(client: MedusaClient, at: OrderCursor) -> Page:
    """Newest first, as far back as was read before; the orders' own listing follows."""
    assert at.after is not None
    params: dict[str, str | int | Sequence[str]] = {**_PAYMENTS, "offset": at.paid}
    listing = client.page("payments", "payments", params)
    ids: list[str] = []
    more = bool(listing.rows) and at.paid + len(listing.rows) < listing.count
    for row in listing.rows:
        collection = row.get("payment_collection")
        collection = collection if isinstance(collection, Mapping) else {}
        if utc(collection.get("updated_at"), "payment_collection.updated_at") < at.after:
            more = False
            break
        order = collection.get("order")
        # Those that changed themselves come with the orders' own listing.
        if isinstance(order, Mapping) and utc(order.get("updated_at"), "order.updated_at") < at.after:
            ids.append(identifier(order.get("id")))
    began = at.began or listing.asked_at
    after = replace(at, began=began, paid=at.paid + len(listing.rows) if more else -1)
    return Page(tuple(read_by_id(client, ids)), after.text(), None)


def read_by_id(client: MedusaClient, ids: Sequence[str]) -> list[Raw]:
    """The orders with these ids, a hundred a call."""
    return completed(client, list(client.by_ids("orders", "orders", ids, {"fields": ORDER_FIELDS})))


def completed(client: MedusaClient, orders: list[Raw]) -> list[Raw]:
    """With the shop's address, and with exchanges and claims where an order has lines that came later: two calls for
    a page that has such orders. Medusa tells an order's returns with it, but not these two, and of the reasons only
    their ids: one call more where there are some."""
    for order in orders:
        _put_in_order(order)
        order[SHOP_KEY] = client.base
    grown = {identifier(order.get("id")): order for order in orders if _has_grown(order)}
    for key, name in ((EXCHANGES_KEY, "exchanges"), (CLAIMS_KEY, "claims")):
        for row in _of_orders(client, name, list(grown)):
            owner = grown.get(identifier(row.get("order_id")))
            if owner is not None and not row.get("canceled_at"):
                _put_in_order(row)
                owner.setdefault(key, []).append(row)
    _name_reasons(client, orders)
    return orders


def _name_reasons(client: MedusaClient, orders: Sequence[Raw]) -> None:
    items = [
        item
        for order in orders
        for row in order.get("returns") or ()
        for item in row.get("items") or ()
        if item.get("reason_id")
    ]
    ids = [identifier(item["reason_id"]) for item in items]
    fields = {"fields": "id,value,label"}
    known = {row["id"]: row for row in client.by_ids("return-reasons", "return_reasons", ids, fields)} if ids else {}
    for item in items:
        item["reason"] = known.get(item["reason_id"]) or item.get("reason")


def _of_orders(client: MedusaClient, name: str, ids: list[str]) -> Iterator[Raw]:
    if ids:
        fields = "id,order_id,display_id,canceled_at,return_id,created_at,updated_at,metadata,*additional_items"
        more = ",type,refund_amount,*claim_items" if name == "claims" else ""
        yield from client.by_ids(name, name, ids, {"fields": fields + more, "limit": 10 * PAGE_SIZE}, name="order_id")


def _put_in_order(value: Any) -> None:
    """Medusa tells lines, payments and parcels in any order: in one of our own, equal orders look the same."""
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, list) and all(isinstance(row, Mapping) for row in inner):
            inner.sort(key=lambda row: text(row.get("id")))
        if isinstance(inner, dict | list):
            _put_in_order(inner)


def _has_grown(order: Raw) -> bool:
    """Whether a line is younger than the order: an edit, an exchange or a claim added it. Medusa makes both at once."""
    listed = order.get("items")
    rows = [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, list) else []
    times = [text(row.get("created_at")) for row in rows]
    return bool(times) and max(times)[:19] > min(text(order.get("created_at")), min(times))[:19]


def _iso(time: datetime | None) -> str:
    return time.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z") if time else ""


def _time(iso: str) -> datetime | None:
    return utc(iso, "cursor") if iso else None
