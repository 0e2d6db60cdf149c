"""Sales channels: what is made through the API is on none of them until it is put there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..errors import PlatformError
from ..values import text
from .answers import Raw
from .client import ShopifyClient, nodes
from .operations import Batch, query

PUBLICATIONS = "publications(first: 50, catalogType: APP)"
_CHANNELS = query(f"query SalesChannels {{ {PUBLICATIONS} {{ nodes {{ id name }} }} }}", cost=10)

PUBLISH = Batch(
    "mutation",
    "publishablePublish",
    {"id": "ID!", "input": "[PublicationInput!]!"},
    "{ publishable { resourcePublicationsCount { count } } userErrors { field message } }",
    cost=14,
    repeatable=True,
)


def chosen(publications: object, channels: Sequence[str]) -> tuple[str, ...]:
    """The ids of those publications that the merchant names, of all where none is named."""
    wanted = {name.casefold().strip() for name in channels if name.strip()}
    return tuple(
        text(row.get("id"))
        for row in nodes(publications)
        if not wanted or text(row.get("name")).casefold().strip() in wanted
    )


def rows(gids: Iterable[str], publications: Sequence[str]) -> list[Raw]:
    """What :data:`PUBLISH` takes, to have each of these on all of the publications."""
    there = [{"publicationId": key} for key in publications]
    return [{"id": gid, "input": there} for gid in gids]


def publish_collections(client: ShopifyClient, gids: Sequence[str], channels: Sequence[str]) -> None:
    """Have new collections seen by customers. One that cannot be is there all the same, and the merchant may show it.

    A call for the channels, and one for each 35 collections.
    """
    if not gids:
        return
    try:
        publications = chosen(client.query(_CHANNELS).get("publications"), channels)
        if publications:
            client.run(PUBLISH, rows(gids, publications))
    except PlatformError:
        return
