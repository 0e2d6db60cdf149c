"""Collections, found by their titles, else made. Tags, vendors and options have no ids: they go by their names.

Only collections that are filled by hand can be told a product; one that fills itself by rules stays the merchant's.
Collections have no tree: one bears the name of its category, or the whole path where another category is called so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..catalogue import TermDocument
from ..errors import PlatformError
from ..values import text
from ..words import _
from .client import ShopifyClient
from .ids import plain
from .operations import Batch, query
from .publishing_channels import publish_collections

_NAMED = ("tag", "brand", "attribute")
_PAGE = 250
_SEPARATOR = " / "

# The rules of a collection moved to ``sources``, where what fills it by hand is listed too; both versions know both.
_COLLECTIONS = query(
    """
query Collections($first: Int!, $after: String) {
  collections(first: $first, after: $after, sortKey: ID) {
    nodes { id title ruleSet { appliedDisjunctively } }
    pageInfo { hasNextPage endCursor }
  }
}
""",
    cost=25,
)
_CREATE = Batch(
    "mutation",
    "collectionCreate",
    {"collection": "CollectionCreateInput!"},
    "{ collection { id title } userErrors { field message } }",
)


def read_terms(client: ShopifyClient, kind: str) -> list[TermDocument]:
    """All collections, 250 a call; what goes by its name has no list."""
    if kind != "category":
        return []
    return [TermDocument(key, title) for key, title, _manual in _collections(client)]


def resolve_terms(
    client: ShopifyClient, kind: str, terms: Sequence[TermDocument], channels: Sequence[str] = ()
) -> list[TermDocument]:
    """The shop's own for each, in order; a category that a self-filling collection stands for has no id.

    A call for each 250 collections that the shop has, and two for each 35 that it lacks, which customers see on the
    sales channels named in ``channels``.

    :raises PlatformError: for a kind that the shop does not have, and when it cannot be asked
    """
    if kind in _NAMED:
        return [TermDocument(term.name, term.name, term.path) for term in terms]
    if kind != "category":
        raise PlatformError("unsupported", _("This shop has no %(kind)s.", kind=kind))
    if not terms:
        return []
    known: dict[str, str] = {}
    for key, title, manual in _collections(client):
        known.setdefault(folded(title), key if manual else "")
    same = Counter(folded(term.name) for term in {(*term.path, term.name): term for term in terms}.values())
    titles = {term: _title(term, known, same[folded(term.name)]) for term in terms}
    new: list[str] = []
    missing = list(dict.fromkeys(title for title in titles.values() if folded(title) not in known))
    for title, outcome in zip(
        missing, client.run(_CREATE, [{"collection": {"title": t}} for t in missing]), strict=True
    ):
        if isinstance(outcome, PlatformError):
            if outcome.retry:
                raise outcome
        elif isinstance(made := outcome.get("collection"), dict):
            known[folded(title)] = plain(made.get("id"))
            new.append(text(made.get("id")))
    publish_collections(client, new, channels)
    return [TermDocument(known.get(folded(titles[term]), ""), term.name, term.path) for term in terms]


def folded(title: str) -> str:
    return " ".join(title.casefold().split())


def _title(term: TermDocument, known: dict[str, str], same: int) -> str:
    whole = _SEPARATOR.join((*term.path, term.name))
    return whole if same > 1 or folded(whole) in known else term.name


def _collections(client: ShopifyClient) -> list[tuple[str, str, bool]]:
    """``(id, title, whether it is filled by hand)``, oldest first."""
    rows = client.pages(_COLLECTIONS, {"first": _PAGE}, lambda data: data.get("collections"))
    return [(plain(row.get("id")), text(row.get("title")), row.get("ruleSet") is None) for row in rows]
