"""WooCommerce's categories, tags, brands and shared attributes: found by their names, else made."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from ..catalogue import TermDocument
from ..errors import PlatformError
from ..values import identifier, text
from ..words import _
from .client import BATCH_SIZE, WooClient, item_error

_PATHS = {"category": "products/categories", "tag": "products/tags", "brand": "products/brands"}
_ATTRIBUTES = "products/attributes"

# WooCommerce refuses an attribute's slug of 28 bytes, later of 29, for a taxonomy's name has 32 with "pa_" before it
# (source: ``wc_create_attribute``, ``invalid_product_attribute_slug_too_long``).
_LONGEST_SLUG = 27

# WordPress' own query variables and WooCommerce's (source: ``wc_check_if_attribute_name_is_reserved``).
_RESERVED = frozenset(
    re.findall(
        r"\S+",
        """
        attachment attachment_id author author_name calendar cat category category-and category-in category-not-in
        category-name comments-per-page comments-popup cpage day debug error exact feed fields hour link-category m
        minute monthnum more name nav-menu nopaging offset order orderby p page page-id paged pagename pb perm post
        post-type posts posts-per-archive-page posts-per-page preview robots s search second sentence showposts static
        subpost subpost-id tag tag-and tag-id tag-in tag-not-in tag-slug-and tag-slug-in tagportfolio taxonomy tb term
        terms theme type w withcomments withoutcomments year
        """,
    )
)

Place = tuple[str, ...]


def resolve(client: WooClient, kind: str, terms: Sequence[TermDocument]) -> list[TermDocument]:
    """The shop's own for each, in order; one that the shop will not make has no id.

    A call for each hundred that the shop has, and one for each hundred that it lacks, of one level of the tree at a
    time. Brands came with WooCommerce 9.6 (``products/brands``): an older shop has none, and they have no ids.

    :raises PlatformError: for a kind that the shop does not have, and when it cannot be asked
    """
    if not terms:
        return []
    if kind == "attribute":
        ids = _attributes(client, [_place(term) for term in terms], {_place(term): term.name for term in terms})
    elif kind in _PATHS:
        try:
            ids = _tree(client, _PATHS[kind], terms)
        except PlatformError as error:
            if kind != "brand" or error.code != "rest_no_route":
                raise
            ids = {}
    else:
        raise PlatformError("unsupported", _("This shop has no %(kind)s.", kind=kind))
    return [TermDocument(ids.get(_place(term), ""), term.name, term.path) for term in terms]


def read_terms(client: WooClient, kind: str) -> list[TermDocument]:
    """Every category, tag or brand with the names above it, a hundred a call.

    :raises PlatformError: when the shop cannot be asked
    """
    rows = {identifier(row.get("id")): row for row in client.pages(_PATHS[kind], {"orderby": "id", "order": "asc"})}
    return [TermDocument(key, place[-1], place[:-1]) for key in rows if (place := _names_of(key, rows))]


def _tree(client: WooClient, path: str, terms: Sequence[TermDocument]) -> dict[Place, str]:
    """Ids by place, of all that is there and of what was made: the topmost first, so that each has its parent."""
    rows = {identifier(row.get("id")): row for row in client.pages(path, {"orderby": "id", "order": "asc"})}
    ids: dict[Place, str] = {}
    for key in rows:
        ids.setdefault(_place_of(key, rows), key)
    names: dict[Place, str] = {}
    for term in terms:
        whole = (*term.path, term.name)
        for length in range(1, len(whole) + 1):
            names.setdefault(_plain(whole[:length]), whole[length - 1])
    for length in range(1, max(map(len, names), default=0) + 1):
        # A term whose parent was refused is not made elsewhere.
        level = [
            place for place in names if len(place) == length and place not in ids and (length == 1 or place[:-1] in ids)
        ]
        items = [{"name": names[place]} | ({"parent": int(ids[place[:-1]])} if length > 1 else {}) for place in level]
        ids |= _make(client, path, level, items)
    return ids


def _place_of(key: str, rows: Mapping[str, Mapping[str, Any]]) -> Place:
    return _plain(_names_of(key, rows))


def _names_of(key: str, rows: Mapping[str, Mapping[str, Any]]) -> Place:
    """Names from the top; a parent that is gone, or a circle, ends the way up."""
    names: list[str] = []
    seen: set[str] = set()
    while key in rows and key not in seen:
        seen.add(key)
        names.append(text(rows[key].get("name")))
        key = identifier(rows[key].get("parent"))
    return tuple(reversed(names))


def _attributes(client: WooClient, places: Sequence[Place], names: Mapping[Place, str]) -> dict[Place, str]:
    """All attributes come in one answer (observed on WooCommerce 10.9.1)."""
    found = client.get(_ATTRIBUTES)
    rows = [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []
    ids: dict[Place, str] = {}
    for row in rows:
        ids.setdefault(_plain((text(row.get("name")),)), identifier(row.get("id")))
    taken = {text(row.get("slug")).removeprefix("pa_") for row in rows}
    missing = [place for place in dict.fromkeys(places) if place not in ids]
    items = [{"name": names[place], "slug": attribute_slug(names[place], taken)} for place in missing]
    return ids | _make(client, _ATTRIBUTES, missing, items)


def attribute_slug(name: str, taken: set[str]) -> str:
    """A slug of its own, which is added to ``taken``: short enough, of letters that need no escaping.

    Words that WordPress keeps for itself, such as "type" or "year", are refused (source:
    ``wc_check_if_attribute_name_is_reserved``), hence the suffix.
    """
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    plain = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    slug = plain[:_LONGEST_SLUG].strip("-")
    if not slug or slug != plain or slug in taken or slug in _RESERVED:
        digest = hashlib.sha256(name.casefold().encode()).hexdigest()[:6]
        slug = f"{slug[: _LONGEST_SLUG - 7].strip('-') or 'attribute'}-{digest}"
    taken.add(slug)
    return slug


def _make(client: WooClient, path: str, places: Sequence[Place], items: Sequence[dict[str, Any]]) -> dict[Place, str]:
    """Ids of what was made, or was there after all. Repeating it does no harm: a name exists once in a place."""
    ids: dict[Place, str] = {}
    for start in range(0, len(items), BATCH_SIZE):
        chunk = items[start : start + BATCH_SIZE]
        answer = client.post(f"{path}/batch", {"create": list(chunk)}, idempotent=True)
        rows = answer.get("create") if isinstance(answer, Mapping) else None
        if not isinstance(rows, list) or len(rows) != len(chunk):
            raise PlatformError("bad_answer", _("The shop did not say what it made."), retry=True)
        for place, row in zip(places[start:], rows, strict=False):
            if not isinstance(row, Mapping):
                continue
            error = item_error(row)
            if error is not None and error.retry:
                raise error
            if key := identifier(row.get("id")) if error is None else _existing(row):
                ids[place] = key
    return ids


def _existing(row: Mapping[str, Any]) -> str:
    """The term that has the name already, which the refusal names (source: ``WC_REST_Terms_Controller``)."""
    error = row.get("error")
    data = error.get("data") if isinstance(error, Mapping) and error.get("code") == "term_exists" else None
    return identifier(data.get("resource_id")) if isinstance(data, Mapping) else ""


def _place(term: TermDocument) -> Place:
    return _plain((*term.path, term.name))


def _plain(names: Sequence[str]) -> Place:
    return tuple(map(plain_name, names))


def plain_name(name: str) -> str:
    """A name as it is held against others: WordPress keeps "&" as "&amp;", and knows no case in names."""
    return " ".join(html.unescape(name).casefold().split())
