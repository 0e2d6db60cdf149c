"""Categories, tags, brands, attributes and their terms: ``/products/categories`` and the like."""

from __future__ import annotations

import html
import re
from typing import Any

from .errors import RestError, trashing_not_supported
from .params import BOOLEAN, INTEGER, OBJECT, STRING, enum, list_args
from .rest import Answer, Call, Handler, Route, batch, created, editable, links, page
from .shop import Shop
from .text import slugify

Doc = dict[str, Any]
LIST_ARGS = {
    **list_args("id", "include", "name", "slug", "term_group", "description", "count", order="asc", by="name"),
    "hide_empty": BOOLEAN,
    "parent": INTEGER,
    "product": INTEGER,
    "slug": STRING,
}
TERM_ARGS = {
    "name": STRING,
    "slug": STRING,
    "parent": INTEGER,
    "description": STRING,
    "display": enum("default", "products", "subcategories", "both"),
    "image": OBJECT,
    "menu_order": INTEGER,
}
ATTRIBUTE_ARGS = {
    "name": STRING,
    "slug": STRING,
    "type": STRING,
    "order_by": enum("menu_order", "name", "name_num", "id"),
    "has_archives": BOOLEAN,
}
LONGEST_SLUG = 28  # source: ``wc_create_attribute``
RESERVED = ("type", "year", "name", "order", "category", "tag", "term", "theme", "search", "page", "post", "more")
INVALID_TERM = RestError("woocommerce_rest_term_invalid", "Resource does not exist.", 404)


def kept_name(name: str) -> str:
    """A term's name as WordPress keeps and shows it, its signs escaped (source: the filters of ``pre_term_name``)."""
    return html.escape(" ".join(re.sub(r"<[^>]*>", "", html.unescape(name)).split()), quote=False)


def term_by_name(shop: Shop, attribute: Doc, name: str) -> Doc:
    """The term of an attribute by name or slug, made when there is none."""
    for term in shop.all("terms").values():
        if term["attribute_id"] == attribute["id"] and (kept_name(name) == term["name"] or name == term["slug"]):
            return term
    return _new_term(shop, "terms", {"name": name, "attribute_id": attribute["id"]})


def _new_term(shop: Shop, kind: str, values: Doc) -> Doc:
    doc = {
        "id": shop.next_id("term"),
        "name": kept_name(values["name"]),
        "slug": values.get("slug") or slugify(html.unescape(values["name"])),
        "parent": values.get("parent") or 0,
        "description": values.get("description") or "",
        "display": values.get("display") or "default",
        "image": values.get("image"),
        "menu_order": values.get("menu_order") or 0,
        "attribute_id": values.get("attribute_id", 0),
    }
    shop.put(kind, doc)
    return doc


def _count(shop: Shop, kind: str, key: int) -> int:
    products = (doc for doc in shop.all("products").values() if doc["status"] == "publish")
    if kind == "terms":
        return sum(any(key in entry.get("terms", ()) for entry in doc["attributes"]) for doc in products)
    return sum(key in doc.get(kind, ()) for doc in products)


def _view(shop: Shop, kind: str, path: str, doc: Doc) -> Doc:
    body = {key: doc[key] for key in ("id", "name", "slug")}
    if kind in ("categories", "brands"):
        body.update({key: doc[key] for key in ("parent", "description", "display", "image", "menu_order")})
    elif kind == "terms":
        body.update(description=doc["description"], menu_order=doc["menu_order"])
    else:
        body["description"] = doc["description"]
    body["count"] = _count(shop, kind, doc["id"])
    body["_links"] = links(shop, path, doc["id"])
    return body


def _routes(kind: str, pattern: str) -> list[Route]:
    """The routes of one kind of terms; ``terms`` hang below an attribute."""
    nested = kind == "terms"

    def path(call: Call) -> str:
        if nested and call.shop.peek("attributes", call.ids[0]) is None:
            raise RestError("woocommerce_rest_taxonomy_invalid", "Resource does not exist.", 404)
        return pattern.replace("<id>", str(call.ids[0])) if nested else pattern

    def find(call: Call) -> Doc:
        path(call)
        doc = call.shop.load(kind, call.ids[-1])
        if doc is None or (nested and doc["attribute_id"] != call.ids[0]):
            raise INVALID_TERM
        return doc

    def show(call: Call, doc: Doc) -> Doc:
        return _view(call.shop, kind, path(call), doc)

    def listed(call: Call) -> Answer:
        args = call.read(LIST_ARGS)
        path(call)
        docs = [doc for doc in call.shop.all(kind).values() if not nested or doc["attribute_id"] == call.ids[0]]
        if args.get("search"):
            docs = [doc for doc in docs if args["search"].casefold() in doc["name"].casefold()]
        for name in ("slug", "parent"):
            if args.get(name) is not None:
                docs = [doc for doc in docs if doc[name] == args[name]]
        if args.get("include"):
            docs = [doc for doc in docs if doc["id"] in args["include"]]
        by = args["orderby"] if args["orderby"] in ("id", "slug") else "name"
        docs.sort(key=lambda doc: doc[by], reverse=args["order"] == "desc")
        return page(call, args, docs, lambda doc: show(call, doc))

    def get(call: Call) -> Answer:
        return Answer(show(call, find(call)))

    def create(call: Call) -> Answer:
        values = call.read(TERM_ARGS, "name")
        parent = values.get("parent") or 0
        attribute_id = call.ids[0] if nested else 0
        path(call)
        for doc in call.shop.all(kind).values():
            same_place = doc["parent"] == parent and doc["attribute_id"] == attribute_id
            if same_place and doc["name"].casefold() == kept_name(values["name"]).casefold():
                raise RestError(
                    "term_exists",
                    "A term with the name provided already exists with this parent.",
                    400,
                    {"status": 400, "resource_id": doc["id"]},
                )
        doc = _new_term(call.shop, kind, {**values, "attribute_id": attribute_id})
        return created(call.shop, show(call, doc), f"{path(call)}/{doc['id']}")

    def update(call: Call) -> Answer:
        doc = find(call)
        values = {key: value for key, value in call.read(TERM_ARGS).items() if value is not None}
        doc.update(values | ({"name": kept_name(values["name"])} if "name" in values else {}))
        call.shop.put(kind, doc)
        return Answer(show(call, doc))

    def delete(call: Call) -> Answer:
        doc = find(call)
        if not call.forced:
            raise trashing_not_supported("resource")
        body = show(call, doc)
        call.shop.remove(kind, doc["id"])
        return Answer(body)

    return _collection(pattern, listed, create, get, update, delete)


def _collection(
    pattern: str, listed: Handler, create: Handler, get: Handler, update: Handler, delete: Handler
) -> list[Route]:
    def many(call: Call) -> Answer:
        return batch(call, create, update, delete)

    return [
        Route(pattern, {"GET": listed, "POST": create}),
        Route(f"{pattern}/batch", {"POST": many, "PUT": many, "PATCH": many}),
        Route(f"{pattern}/<id>", editable(get, update, delete)),
    ]


def _show_attribute(shop: Shop, doc: Doc) -> Doc:
    return {**doc, "_links": links(shop, "products/attributes", doc["id"])}


def _attribute(call: Call) -> Doc:
    doc = call.shop.load("attributes", call.ids[-1])
    if doc is None:
        raise RestError("woocommerce_rest_taxonomy_invalid", "Resource does not exist.", 404)
    return doc


def list_attributes(call: Call) -> Answer:
    """``GET /products/attributes``: all of them, without paging headers."""
    return Answer([_show_attribute(call.shop, doc) for doc in call.shop.all("attributes").values()])


def create_attribute(call: Call) -> Answer:
    """``POST /products/attributes``; slugs carry the prefix ``pa_``."""
    shop = call.shop
    values = call.read(ATTRIBUTE_ARGS, "name")
    slug = "pa_" + (values.get("slug") or slugify(values["name"])).removeprefix("pa_")
    if len(slug.removeprefix("pa_")) >= LONGEST_SLUG:
        raise RestError(
            "woocommerce_rest_cannot_create",
            f'Slug "{slug.removeprefix("pa_")}" is too long (28 characters max). Shorten it, please.',
            400,
        )
    if slug.removeprefix("pa_") in RESERVED:
        raise RestError(
            "woocommerce_rest_cannot_create",
            f'Slug "{slug.removeprefix("pa_")}" is not allowed because it is a reserved term. Change it, please.',
            400,
        )
    if any(doc["slug"] == slug for doc in shop.all("attributes").values()):
        raise RestError(
            "woocommerce_rest_cannot_create",
            f'Slug "{slug.removeprefix("pa_")}" is already in use. Change it, please.',
            400,
        )
    doc = {
        "id": shop.next_id("attribute"),
        "name": values["name"],
        "slug": slug,
        "type": values.get("type") or "select",
        "order_by": values.get("order_by") or "menu_order",
        "has_archives": bool(values.get("has_archives")),
    }
    shop.put("attributes", doc)
    return created(shop, _show_attribute(shop, doc), f"products/attributes/{doc['id']}")


def get_attribute(call: Call) -> Answer:
    """``GET /products/attributes/<id>``."""
    return Answer(_show_attribute(call.shop, _attribute(call)))


def update_attribute(call: Call) -> Answer:
    """``PUT /products/attributes/<id>``."""
    doc = _attribute(call)
    doc.update({key: value for key, value in call.read(ATTRIBUTE_ARGS).items() if value is not None})
    call.shop.put("attributes", doc)
    return Answer(_show_attribute(call.shop, doc))


def delete_attribute(call: Call) -> Answer:
    """``DELETE /products/attributes/<id>``, that needs ``force``."""
    doc = _attribute(call)
    if not call.forced:
        raise trashing_not_supported("resource")
    call.shop.remove("attributes", doc["id"])
    return Answer(_show_attribute(call.shop, doc))


ROUTES = [
    *_routes("categories", "products/categories"),
    *_routes("tags", "products/tags"),
    *_routes("brands", "products/brands"),
    *_collection(
        "products/attributes", list_attributes, create_attribute, get_attribute, update_attribute, delete_attribute
    ),
    *_routes("terms", "products/attributes/<id>/terms"),
]
