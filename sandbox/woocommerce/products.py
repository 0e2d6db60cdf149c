"""Products and their variations: ``/products``, ``/products/<id>/variations``, ``/variations``."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from . import product_fields, product_view
from .errors import RestError, invalid_id, trashing_not_supported
from .listing import arrange, select
from .money import dec
from .params import BOOLEAN, IDS, STRING, enum, list_args
from .rest import Answer, Call, Route, batch, created, editable, page
from .shop import Shop
from .text import slugify

Doc = dict[str, Any]
ORDERBY = ("date", "id", "include", "title", "slug", "modified", "popularity", "rating", "price", "menu_order")
LIST_ARGS = {
    **list_args(*ORDERBY),
    "slug": STRING,
    "status": enum("any", "future", "trash", "draft", "pending", "private", "publish", default="any"),
    "type": enum("simple", "grouped", "external", "variable"),
    "sku": STRING,
    "search_sku": STRING,
    "featured": BOOLEAN,
    "category": STRING,
    "tag": STRING,
    "brand": STRING,
    "tax_class": STRING,
    "on_sale": BOOLEAN,
    "stock_status": enum("instock", "outofstock", "onbackorder"),
    "parent": IDS,
    "min_price": STRING,
    "max_price": STRING,
    "global_unique_id": STRING,
}
SORTS: dict[str, Callable[[Doc], Any]] = {
    "price": lambda doc: (dec(doc["regular_price"]), doc["id"]),
    "popularity": lambda doc: (doc["total_sales"], doc["id"]),
    "menu_order": lambda doc: (doc["menu_order"], doc["id"]),
}


def _filter(shop: Shop, docs: list[Doc], args: Doc) -> list[Doc]:
    status = args["status"]
    docs = [doc for doc in docs if (doc["status"] != "trash" if status == "any" else doc["status"] == status)]
    if args.get("sku"):
        skus = {sku.strip() for sku in args["sku"].split(",")}
        docs = [doc for doc in docs if doc["sku"] in skus]
    if args.get("parent"):
        parents = set(args["parent"])
        docs = [doc for doc in docs if doc["parent_id"] in parents]
    for name in ("slug", "type", "featured", "global_unique_id"):
        if args.get(name) not in (None, ""):
            docs = [doc for doc in docs if doc[name] == args[name]]
    if args.get("search"):
        words = args["search"].casefold()
        docs = [doc for doc in docs if words in doc["name"].casefold() or words in doc["description"].casefold()]
    if args.get("search_sku"):
        docs = [doc for doc in docs if args["search_sku"].casefold() in doc["sku"].casefold()]
    for name, kind in (("category", "categories"), ("tag", "tags"), ("brand", "brands")):
        if args.get(name):
            wanted = {int(key) for key in args[name].split(",") if key.strip().isdigit()}
            docs = [doc for doc in docs if wanted & set(doc.get(kind, ()))]
    if args.get("stock_status"):
        docs = [doc for doc in docs if product_view.product(shop, doc)["stock_status"] == args["stock_status"]]
    if args.get("on_sale") is not None:
        docs = [doc for doc in docs if product_view.product(shop, doc)["on_sale"] == args["on_sale"]]
    return docs


def list_products(call: Call) -> Answer:
    """``GET /products``; with ``sku`` it finds variations too (observed on WooCommerce 10.9.1)."""
    shop, args = call.shop, call.read(LIST_ARGS)
    docs = [doc for doc in shop.all("products").values() if args.get("sku") or doc["type"] != "variation"]
    docs = arrange(_filter(shop, select(shop, docs, args), args), args, SORTS)
    return page(call, args, docs, lambda doc: product_view.product(shop, doc))


def _product(call: Call, status: int = 404, to_change: bool = False) -> Doc:
    doc = (call.shop.load if to_change else call.shop.peek)("products", call.ids[-1])
    if doc is None:
        raise invalid_id("product", status)
    return doc


def get_product(call: Call) -> Answer:
    """``GET /products/<id>``."""
    return Answer(product_view.product(call.shop, _product(call)))


def create_product(call: Call) -> Answer:
    """``POST /products``."""
    shop = call.shop
    doc = new_product(shop, call.read(product_fields.PRODUCT_ARGS))
    return created(shop, product_view.product(shop, doc, written=True), f"products/{doc['id']}")


def new_product(shop: Shop, values: Doc, key: int | None = None) -> Doc:
    """Create a product from validated values and keep it, under an id of its own or the next.

    :raise RestError: 400, for a SKU or barcode in use.
    """
    now = shop.now()
    doc = {**copy.deepcopy(product_fields.NEW), "id": key or 0, "name": "", "type": "simple"}
    doc.update(created=now, modified=now)
    _write_product(shop, doc, values)
    doc["id"] = key or shop.next_id("post")
    doc["slug"] = values.get("slug") or _free_slug(shop, slugify(doc["name"]) or str(doc["id"]))
    doc["categories"] = doc["categories"] or [15]
    shop.put("products", doc)
    shop.emit("product.created", doc["id"])
    return doc


def _write_product(shop: Shop, doc: Doc, values: Doc) -> None:
    product_fields.write(shop, doc, values)
    if values.get("attributes") is not None:
        doc["attributes"] = product_fields.product_attributes(shop, values["attributes"])
    if values.get("default_attributes") is not None:
        doc["default_attributes"] = values["default_attributes"]
    for kind in ("categories", "tags", "brands"):
        if values.get(kind) is not None:
            doc[kind] = [entry["id"] for entry in values[kind] if shop.peek(kind, entry.get("id") or 0)]


def _free_slug(shop: Shop, slug: str) -> str:
    taken = {doc["slug"] for doc in shop.all("products").values()}
    number, free = 2, slug
    while free in taken:
        free, number = f"{slug}-{number}", number + 1
    return free


def update_product(call: Call) -> Answer:
    """``PUT /products/<id>``; any write bumps the date and tells ``product.updated``."""
    shop = call.shop
    doc = _product(call, 400, to_change=True)
    if doc["type"] == "variation":
        raise RestError(
            "woocommerce_rest_invalid_product_id",
            "To manipulate product variations you should use the /products/&lt;product_id&gt;/variations/&lt;id&gt; "
            "endpoint.",
            404,
        )
    values = call.read(product_fields.PRODUCT_ARGS)
    _write_product(shop, doc, values)
    if values.get("slug"):
        doc["slug"] = values["slug"]
    doc["modified"] = shop.now()
    shop.put("products", doc)
    shop.emit("product.updated", doc["id"])
    return Answer(product_view.product(shop, doc, written=True))


def delete_product(call: Call) -> Answer:
    """``DELETE /products/<id>``: to the bin, or away for good with ``force``, variations too."""
    shop = call.shop
    doc = _product(call, 404, to_change=True)
    body = product_view.product(shop, doc)
    if call.forced:
        for kid in shop.variations(doc["id"]):
            shop.remove("products", kid["id"])
        shop.remove("products", doc["id"])
        shop.emit("product.deleted", doc["id"])
    else:
        if doc["status"] == "trash":
            raise RestError("woocommerce_rest_already_trashed", "The product has already been deleted.", 410)
        doc.update(status="trash", modified=shop.now())
        shop.put("products", doc)
        shop.emit("product.deleted", doc["id"])
    return Answer(body)


def _parent(call: Call) -> Doc:
    doc = call.shop.peek("products", call.ids[0])
    if doc is None or doc["type"] == "variation":
        raise RestError("woocommerce_rest_product_invalid_id", "Invalid product ID.", 404)
    return doc


def _variation(call: Call, to_change: bool = False) -> Doc:
    doc = (call.shop.load if to_change else call.shop.peek)("products", call.ids[1])
    if doc is None or doc["type"] != "variation" or doc["parent_id"] != call.ids[0]:
        raise invalid_id("product_variation", 404)
    return doc


def list_variations(call: Call) -> Answer:
    """``GET /products/<id>/variations``, newest first."""
    shop, args = call.shop, call.read(LIST_ARGS)
    parent = _parent(call)
    docs = _filter(shop, select(shop, shop.variations(parent["id"]), args), args)
    return page(call, args, arrange(docs, args, SORTS), lambda doc: product_view.variation(shop, doc))


def list_all_variations(call: Call) -> Answer:
    """``GET /variations``, of all products."""
    shop, args = call.shop, call.read(LIST_ARGS)
    docs = [doc for doc in shop.all("products").values() if doc["type"] == "variation"]
    docs = arrange(_filter(shop, select(shop, docs, args), args), args, SORTS)
    return page(call, args, docs, lambda doc: product_view.variation(shop, doc, nested=False))


def get_variation(call: Call) -> Answer:
    """``GET /products/<id>/variations/<id>``."""
    _parent(call)
    return Answer(product_view.variation(call.shop, _variation(call)))


def create_variation(call: Call) -> Answer:
    """``POST /products/<id>/variations``; the parent's date is bumped too."""
    shop, parent = call.shop, _parent(call)
    doc = new_variation(shop, parent, call.read(product_fields.VARIATION_ARGS))
    # The Location of variations repeats the route's pattern (observed on WooCommerce 10.9.1).
    path = rf"products/(?P<product_id>[\d]+)/variations/{doc['id']}"
    return created(shop, product_view.variation(shop, doc, written=True), path)


def new_variation(shop: Shop, parent: Doc, values: Doc, key: int | None = None) -> Doc:
    """Create a variation from validated values and keep it, under an id of its own or the next.

    :raise RestError: 400, for a SKU or barcode in use.
    """
    now = shop.now()
    doc = {**copy.deepcopy(product_fields.NEW), "id": key or 0, "name": parent["name"], "type": "variation"}
    doc.update(created=now, modified=now, parent_id=parent["id"], tax_class="parent", reviews_allowed=False)
    product_fields.write(shop, doc, values)
    doc["attributes"] = product_fields.variation_attributes(shop, parent, values.get("attributes") or [])
    doc["id"] = key or shop.next_id("post")
    doc["slug"] = "-".join((parent["slug"], *(slug for _, slug in product_view.option_slugs(shop, doc))))
    shop.put("products", doc)
    touch(shop, parent["id"])
    shop.emit("product.created", doc["id"])
    return doc


def update_variation(call: Call) -> Answer:
    """``PUT /products/<id>/variations/<id>``; the parent's date is bumped too, without an event of its own."""
    shop, parent = call.shop, _parent(call)
    doc = _variation(call, to_change=True)
    values = call.read(product_fields.VARIATION_ARGS)
    product_fields.write(shop, doc, values)
    if values.get("attributes") is not None:
        doc["attributes"] = product_fields.variation_attributes(shop, parent, values["attributes"])
    doc["modified"] = shop.now()
    shop.put("products", doc)
    touch(shop, parent["id"])
    shop.emit("product.updated", doc["id"])
    return Answer(product_view.variation(shop, doc, written=True))


def delete_variation(call: Call) -> Answer:
    """``DELETE /products/<id>/variations/<id>``, that needs ``force``."""
    shop, doc = call.shop, _variation(call)
    if not call.forced:
        raise trashing_not_supported("product_variation")
    body = product_view.variation(shop, doc)
    shop.remove("products", doc["id"])
    touch(shop, doc["parent_id"])
    shop.emit("product.deleted", doc["id"])
    return Answer(body)


def touch(shop: Shop, product_id: int) -> None:
    """Bump a product's modification date."""
    doc = shop.load("products", product_id)
    if doc is not None:
        doc["modified"] = shop.now()
        shop.put("products", doc)


def change_stock(shop: Shop, product_id: int, by: int) -> tuple[int, int] | None:
    """Change a managed stock, as a sale does; it may fall below 0.

    The keeper's date is bumped and told; for a variation, the parent's date too, and for a stock kept by the parent
    both are told (observed on WooCommerce 10.9.1).

    :return: the quantities before and after, or ``None`` when the stock is not managed.
    """
    doc = shop.peek("products", product_id)
    keeper = product_view.stock_keeper(shop, doc) if doc is not None else None
    if doc is None or keeper is None:
        return None
    before = int(keeper["stock_quantity"] or 0)
    changed = copy.deepcopy(keeper)
    changed["stock_quantity"] = before + by
    changed["stock_status"] = product_fields.stock_status(changed)
    changed["modified"] = shop.now()
    shop.put("products", changed)
    shop.emit("product.updated", changed["id"])
    if doc["type"] == "variation":
        if keeper is doc:
            touch(shop, doc["parent_id"])
        else:
            touch(shop, doc["id"])
            shop.emit("product.updated", doc["id"])
    return before, before + by


def count_sale(shop: Shop, product_id: int, quantity: int) -> None:
    """Add to a product's ``total_sales``."""
    doc = shop.load("products", product_id)
    if doc is not None:
        doc["total_sales"] = max(0, doc["total_sales"] + quantity)
        shop.put("products", doc)


def batch_products(call: Call) -> Answer:
    """``POST /products/batch``."""
    return batch(call, create_product, update_product, delete_product)


def batch_variations(call: Call) -> Answer:
    """``POST /products/<id>/variations/batch``."""
    _parent(call)
    return batch(call, create_variation, update_variation, delete_variation)


ROUTES = [
    Route("products", {"GET": list_products, "POST": create_product}),
    Route("products/batch", {"POST": batch_products, "PUT": batch_products, "PATCH": batch_products}),
    Route("products/<id>", editable(get_product, update_product, delete_product)),
    Route("products/<id>/variations", {"GET": list_variations, "POST": create_variation}),
    Route(
        "products/<id>/variations/batch",
        {"POST": batch_variations, "PUT": batch_variations, "PATCH": batch_variations},
    ),
    Route("products/<id>/variations/<id>", editable(get_variation, update_variation, delete_variation)),
    Route("variations", {"GET": list_all_variations}),
]
