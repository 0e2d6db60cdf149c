"""The tax table: ``/taxes`` and ``/taxes/classes``."""

from __future__ import annotations

from typing import Any

from .errors import RestError, trashing_not_supported
from .money import dec, money
from .params import BOOLEAN, INTEGER, STRING, STRINGS, list_args
from .rest import Answer, Call, Route, batch, created, editable, links, page
from .shop import STANDARD_CLASSES, Shop
from .text import slugify

Doc = dict[str, Any]
TAX_ARGS = {
    "country": STRING,
    "state": STRING,
    "postcode": STRING,
    "city": STRING,
    "postcodes": STRINGS,
    "cities": STRINGS,
    "rate": STRING,
    "name": STRING,
    "priority": INTEGER,
    "compound": BOOLEAN,
    "shipping": BOOLEAN,
    "order": INTEGER,
    "class": STRING,
}
LIST_ARGS = {**list_args("id", "order", "priority", order="asc", by="order"), "class": STRING}


def view(shop: Shop, doc: Doc) -> Doc:
    """A tax rate as the API shows it."""
    return {**doc, "_links": links(shop, "taxes", doc["id"])}


def list_taxes(call: Call) -> Answer:
    """``GET /taxes``."""
    shop, args = call.shop, call.read(LIST_ARGS)
    docs = [doc for doc in shop.all("taxes").values() if args.get("class") in (None, doc["class"])]
    docs.sort(key=lambda doc: (doc.get(args["orderby"], 0), doc["id"]), reverse=args["order"] == "desc")
    return page(call, args, docs, lambda doc: view(shop, doc))


def create_tax(call: Call) -> Answer:
    """``POST /taxes``; rates have four decimals (observed on WooCommerce 10.9.1)."""
    doc = add_tax(call.shop, call.read(TAX_ARGS))
    return created(call.shop, view(call.shop, doc), f"taxes/{doc['id']}")


def add_tax(shop: Shop, values: Doc, key: int | None = None) -> Doc:
    """Create a tax rate from validated values, under an id of its own or the next."""
    doc = {
        "id": key or shop.next_id("tax"),
        "country": "",
        "state": "",
        "postcode": "",
        "city": "",
        "rate": "0.0000",
        "name": "",
        "priority": 1,
        "compound": False,
        "shipping": True,
        "order": len(shop.all("taxes")) if shop.all("taxes") else 0,
        "class": "standard",
        "postcodes": [],
        "cities": [],
    }
    _write(shop, doc, values)
    shop.put("taxes", doc)
    return doc


def _write(shop: Shop, doc: Doc, values: Doc) -> None:
    doc.update({key: value for key, value in values.items() if value is not None})
    doc["rate"] = money(dec(doc["rate"]), 4)
    doc["class"] = doc["class"] or "standard"
    if doc["class"] not in shop.tax_classes:
        doc["class"] = "standard"
    doc["country"], doc["state"] = doc["country"].upper(), doc["state"].upper()
    for single, many in (("postcode", "postcodes"), ("city", "cities")):
        if values.get(single):
            doc[many] = [part.strip() for part in values[single].split(";")]
        doc[single] = doc[many][-1] if doc[many] else ""


def _tax(call: Call) -> Doc:
    doc = call.shop.load("taxes", call.ids[0])
    if doc is None:
        raise RestError("woocommerce_rest_invalid_id", "Invalid resource ID.", 404)
    return doc


def get_tax(call: Call) -> Answer:
    """``GET /taxes/<id>``."""
    return Answer(view(call.shop, _tax(call)))


def update_tax(call: Call) -> Answer:
    """``PUT /taxes/<id>``."""
    doc = _tax(call)
    _write(call.shop, doc, call.read(TAX_ARGS))
    call.shop.put("taxes", doc)
    return Answer(view(call.shop, doc))


def delete_tax(call: Call) -> Answer:
    """``DELETE /taxes/<id>``, that needs ``force``."""
    doc = _tax(call)
    if not call.forced:
        raise trashing_not_supported("resource")
    call.shop.remove("taxes", doc["id"])
    return Answer(view(call.shop, doc))


def _show_class(shop: Shop, slug: str) -> Doc:
    collection = f"{shop.url}/wp-json/wc/v3/taxes/classes"
    return {"slug": slug, "name": shop.tax_classes[slug], "_links": {"collection": [{"href": collection}]}}


def list_classes(call: Call) -> Answer:
    """``GET /taxes/classes``."""
    return Answer([_show_class(call.shop, slug) for slug in call.shop.tax_classes])


def create_class(call: Call) -> Answer:
    """``POST /taxes/classes``."""
    values = call.read({"name": STRING}, "name")
    slug = add_class(call.shop, values["name"])
    return Answer(_show_class(call.shop, slug), 201)


def add_class(shop: Shop, name: str) -> str:
    """Create a tax class.

    :raise RestError: 400, when there is one of that name.
    """
    slug = slugify(name)
    if slug in shop.tax_classes:
        raise RestError("woocommerce_rest_tax_class_exists", "Cannot create existing resource.", 400)
    shop.put("tax_classes", {"id": shop.next_id("tax_class"), "slug": slug, "name": name})
    return slug


def delete_class(call: Call) -> Answer:
    """``DELETE /taxes/classes/<slug>``, that needs ``force``."""
    slug = str(call.ids[0])
    if not call.forced:
        raise trashing_not_supported("resource")
    own = next((doc for doc in call.shop.all("tax_classes").values() if doc["slug"] == slug), None)
    if own is None or slug in STANDARD_CLASSES:
        raise RestError("woocommerce_rest_tax_class_invalid_slug", "Invalid slug.", 404)
    body = _show_class(call.shop, slug)
    call.shop.remove("tax_classes", own["id"])
    return Answer(body)


def batch_taxes(call: Call) -> Answer:
    """``POST /taxes/batch``."""
    return batch(call, create_tax, update_tax, delete_tax)


ROUTES = [
    Route("taxes", {"GET": list_taxes, "POST": create_tax}),
    Route("taxes/batch", {"POST": batch_taxes, "PUT": batch_taxes, "PATCH": batch_taxes}),
    Route("taxes/classes", {"GET": list_classes, "POST": create_class}),
    Route("taxes/classes/<slug>", {"DELETE": delete_class}),
    Route("taxes/<id>", editable(get_tax, update_tax, delete_tax)),
]
