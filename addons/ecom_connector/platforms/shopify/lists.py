"""Many owners in calls that they share: what the shop has of them, and the rests of their lists that are longer than a
page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..errors import PlatformError
from ..values import text
from ..words import _
from .answers import Raw
from .client import ShopifyClient, next_page, nodes
from .ids import gid, is_plain
from .operations import Batch


def look_up(client: ShopifyClient, batch: Batch, kind: str, keys: Iterable[str]) -> dict[str, Raw]:
    """``{id: what the shop has of it}``, by plain ids; what is not on the shop is left out.

    :param kind: what they are ids of, such as ``Order``
    :raises PlatformError: where one of them cannot be read; nothing was written yet
    """
    ids = [key for key in dict.fromkeys(keys) if is_plain(key)]
    found: dict[str, Raw] = {}
    for key, row in zip(ids, client.run(batch, [{"id": gid(kind, key)} for key in ids]), strict=True):
        if isinstance(row, PlatformError):
            raise row
        if row.get("id"):
            found[key] = row
    return found


def rest_of(field: str, name: str, selection: str, size: int, cost: float) -> Batch:
    """The query for what comes after the first page of the list ``name`` of an ``order``, ``refund`` …."""
    listed = f"{name}(first: {size}, after: $after#) {{ nodes {{ {selection} }} pageInfo {{ hasNextPage endCursor }} }}"
    return Batch("query", field, {"id": "ID!"}, f"{{ id {listed} }}", cost=cost, inner={"after": "String"})


def read_rest(client: ShopifyClient, batch: Batch, owners: Sequence[Raw], name: str) -> None:
    """Make the list ``name`` of each owner whole, as ``{"nodes": [...]}``."""
    waiting = [(owner, after) for owner in owners if (after := next_page(owner.get(name)))]
    while waiting:
        results = client.run(batch, [{"id": owner["id"], "after": after} for owner, after in waiting])
        unfinished = []
        for (owner, _after), result in zip(waiting, results, strict=True):
            if isinstance(result, PlatformError):
                raise result
            rest = result.get(name)
            if not isinstance(rest, dict):
                # Deleted between two calls: what is known of it by now is not the whole of it.
                label = text(owner.get("name")) or text(owner.get("id"))
                message = _("%(name)s changed while it was read.", name=label)
                raise PlatformError("bad_answer", message, retry=True)
            owner[name] = {"nodes": [*nodes(owner.get(name)), *nodes(rest)]}
            if after := next_page(rest):
                unfinished.append((owner, after))
        waiting = unfinished
    for owner in owners:
        owner[name] = {"nodes": nodes(owner.get(name))}
