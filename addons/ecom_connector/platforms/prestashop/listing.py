"""Which orders changed: by their own date, and by the dates of what belongs to them.

Observed on 8.1.2: a refund slip and a payment that are added do not date the order anew, nor does a tracking number. A
state does; its history is looked at all the same, for modules that write to the database themselves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from ..base import Raw
from ..documents import Page
from ..errors import PlatformError
from ..transport import Response
from ..values import identifier, text
from ..words import _, said
from . import orders, times
from .client import PAGE_SIZE, PrestaClient
from .cursor import OrderCursor, unique
from .reference import Reference
from .xml import Record

# What belongs to an order and has a date of its own: (resource, its date, the order that it names, by which field).
_UNDATED = (
    ("order_slip", "date_upd", "id_order", "id"),
    ("order_histories", "date_add", "id_order", "id"),
    ("order_payments", "date_add", "order_reference", "reference"),
)
_MOST_AT_ONCE = 1000


def read(client: PrestaClient, reference: Reference, since: datetime | None, cursor: str) -> Page:
    """One page, oldest change first.

    :raises PlatformError: also when the listing cannot be followed
    """
    at = OrderCursor.read(cursor) if cursor else OrderCursor(since)
    if at.left is not None:
        return _rest(client, reference, at)
    zone = reference.zone
    query = at.query(zone)
    rows, response = client.listing(
        "orders",
        {**query["filters"], **of_shop(client)},
        sort="date_upd_ASC,id_ASC",
        limit=f"{query['offset']},{query['count']}",
    )
    now = clock(response)
    try:
        after = at.after_page(rows, zone, now)
    except ValueError as error:
        raise PlatformError(
            "bad_answer", _("The shop's list of orders cannot be followed: %(error)s", error=said(error))
        ) from error
    raws = orders.complete(client, reference, [dict(row) for row in at.fresh(rows)], now)
    if len(rows) >= query["count"]:
        return Page(tuple(raws), after.text(), after.watermark(done=False))
    if at.since is None:
        return Page(tuple(raws), "", after.watermark(done=False))
    after = replace(after, left=tuple(_undated(client, at.since, reference)))
    rest = _rest(client, reference, after)
    return replace(rest, raws=(*raws, *rest.raws))


def by_id(client: PrestaClient, reference: Reference, ids: Sequence[str]) -> list[Raw]:
    """The orders with these ids, those that exist."""
    found: list[Raw] = []
    wanted = unique(ids)
    for start in range(0, len(wanted), PAGE_SIZE):
        chunk = wanted[start : start + PAGE_SIZE]
        rows, response = client.listing("orders", {"id": f"[{'|'.join(chunk)}]", **of_shop(client)})
        found += orders.complete(client, reference, rows, clock(response))
    return found


def of_shop(client: PrestaClient) -> dict[str, str]:
    """The filter for orders of one shop among several: the context alone does not keep others' orders away."""
    if client.shop.isdecimal():
        return {"id_shop": f"[{client.shop}]"}
    group = client.shop.removeprefix("group:").strip()
    return {"id_shop_group": f"[{group}]"} if client.shop.startswith("group:") and group.isdecimal() else {}


def clock(response: Response) -> datetime | None:
    """The shop's clock when it was asked: PHP's own (``Access-Time``), else the web server's."""
    stamp = response.headers.get("Access-Time", "")
    if stamp.isdecimal():
        return datetime.fromtimestamp(int(stamp), timezone.utc)
    # The rows were picked between sending and answering.
    return response.date and response.date - timedelta(seconds=math.ceil(response.seconds))


def _rest(client: PrestaClient, reference: Reference, at: OrderCursor) -> Page:
    """A page of the orders that changed without being dated so."""
    left = at.left or ()
    more = left[PAGE_SIZE:]
    raws = by_id(client, reference, left[:PAGE_SIZE]) if left else []
    return Page(tuple(raws), replace(at, left=more).text() if more else "", at.watermark(done=not more))


def _undated(client: PrestaClient, since: datetime, reference: Reference) -> list[str]:
    """The ids of orders that got something since, and are not dated since: a call for each kind, and one for ids."""
    first = times.local_from(since, reference.zone)
    start = times.local_from(since - timedelta(seconds=1), reference.zone)
    named: dict[str, list[str]] = {}
    for resource, date, field, by in _UNDATED:
        rows = client.pages(
            resource, {date: f">[{start}]"}, display=("id", field), sort=f"{date}_ASC,id_ASC", count=_MOST_AT_ONCE
        )
        named.setdefault(by, []).extend(key for row in rows if (key := text(row.get(field))))
    older: Mapping[str, str] = {"date_upd": f"<[{first}]", **of_shop(client)}
    found: list[Record] = []
    for field, values in named.items():
        found += client.among("orders", values, field=field, display=("id", "date_upd"), filters=older)
    return unique(identifier(row.get("id")) for row in found)
