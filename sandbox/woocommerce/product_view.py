"""Products and variations as the API shows them."""

from __future__ import annotations

from typing import Any

from . import dates, media, text
from .money import dec, money
from .rest import ROOT, links
from .shop import Shop

Doc = dict[str, Any]


def parent_of(shop: Shop, doc: Doc) -> Doc | None:
    """The product that a variation belongs to."""
    return shop.peek("products", doc["parent_id"]) if doc["type"] == "variation" else None


def stock_keeper(shop: Shop, doc: Doc) -> Doc | None:
    """The document that holds the stock: the product itself, the parent of a variation, or none."""
    if doc["manage_stock"]:
        return doc
    parent = parent_of(shop, doc)
    return parent if parent is not None and parent["manage_stock"] else None


def options(shop: Shop, doc: Doc) -> list[Doc]:
    """The attributes of a variation, with the names of options."""
    found = []
    for entry in doc["attributes"]:
        if entry["id"]:
            attribute, term = shop.all("attributes")[entry["id"]], shop.all("terms")[entry["term"]]
            found.append(
                {"id": entry["id"], "name": attribute["name"], "slug": attribute["slug"], "option": term["name"]}
            )
        else:
            found.append({"id": 0, "name": entry["name"], "slug": entry["name"], "option": entry["option"]})
    return found


def option_slugs(shop: Shop, doc: Doc) -> list[tuple[str, str]]:
    """The attributes of a variation as (``pa_size``, ``m``)."""
    return [
        (option["slug"], shop.all("terms")[entry["term"]]["slug"] if entry["id"] else option["option"])
        for entry, option in zip(doc["attributes"], options(shop, doc), strict=True)
    ]


def full_name(shop: Shop, doc: Doc) -> str:
    """The name in an order line: ``T-shirt - M, Blue`` for a variation."""
    parent = parent_of(shop, doc)
    if parent is None:
        return str(doc["name"])
    detail = ", ".join(option["option"] for option in options(shop, doc))
    return f"{parent['name']} - {detail}" if detail else str(parent["name"])


def tax_class(shop: Shop, doc: Doc) -> str:
    """The tax class that counts; a variation's may be its parent's."""
    parent = parent_of(shop, doc)
    return str(parent["tax_class"] if parent is not None and doc["tax_class"] == "parent" else doc["tax_class"])


def _permalink(shop: Shop, doc: Doc) -> str:
    parent = parent_of(shop, doc)
    if parent is None:
        return f"{shop.url}/product/{doc['slug']}/"
    query = "&".join(f"attribute_{name}={slug}" for name, slug in option_slugs(shop, doc))
    return f"{shop.url}/product/{parent['slug']}/" + (f"?{query}" if query else "")


def _shared(shop: Shop, doc: Doc) -> Doc:
    keeper = stock_keeper(shop, doc)
    status = keeper["stock_status"] if keeper is not None else doc["stock_status"]
    return {
        **dates.both("date_created", doc["created"], shop.zone),
        **dates.both("date_modified", doc["modified"], shop.zone),
        "description": doc["description"],
        "permalink": _permalink(shop, doc),
        "sku": doc["sku"],
        "global_unique_id": doc["global_unique_id"],
        "price": shop.price(doc),
        "regular_price": doc["regular_price"],
        "sale_price": doc["sale_price"],
        **dates.both("date_on_sale_from", doc["date_on_sale_from"], shop.zone),
        **dates.both("date_on_sale_to", doc["date_on_sale_to"], shop.zone),
        "on_sale": shop.on_sale(doc),
        "status": doc["status"],
        "purchasable": doc["status"] == "publish" and shop.price(doc) != "",
        "virtual": doc["virtual"],
        "downloadable": doc["downloadable"],
        "downloads": [],
        "download_limit": -1,
        "download_expiry": -1,
        "tax_status": doc["tax_status"],
        "tax_class": doc["tax_class"],
        "manage_stock": doc["manage_stock"] or ("parent" if keeper is not None else False),
        "stock_quantity": keeper["stock_quantity"] if keeper is not None else None,
        "stock_status": status,
        "backorders": doc["backorders"],
        "backorders_allowed": doc["backorders"] != "no",
        "backordered": status == "onbackorder",
        "low_stock_amount": doc["low_stock_amount"],
        "weight": doc["weight"],
        "dimensions": doc["dimensions"],
        "shipping_class": doc["shipping_class"],
        "shipping_class_id": 0,
        "menu_order": doc["menu_order"],
        "meta_data": doc["meta_data"],
        "parent_id": doc["parent_id"],
    }


def variation(shop: Shop, doc: Doc, written: bool = False, nested: bool = True) -> Doc:
    """A variation as the variation routes show it.

    Right after a write ``tax_class`` is ``parent``, later ``""``; the global list links to product 0 (both observed
    on WooCommerce 10.9.1).
    """
    fields = _shared(shop, doc)
    shown = options(shop, doc)
    path = f"products/{doc['parent_id']}/variations" if nested else "variations"
    found_links = links(shop, path, doc["id"], f"products/{doc['parent_id'] if nested else 0}")
    if not nested:
        found_links["self"] = [{"href": f"{shop.url}{ROOT}{path}/{doc['id']}"}]
    return {
        "id": doc["id"],
        "type": "variation",
        **fields,
        "tax_class": "parent" if written and doc["tax_class"] == "parent" else tax_class(shop, doc),
        "image": media.picture(shop, doc["image"]),
        "gallery_image_ids": [],
        "attributes": shown,
        "name": ", ".join(option["option"] for option in shown),
        "_links": found_links,
    }


def product(shop: Shop, doc: Doc, written: bool = False) -> Doc:
    """A product (or a variation, as ``products?sku=`` and webhooks show it).

    A variation has no categories here, and its ``total_sales`` is a string (observed on WooCommerce 10.9.1).
    """
    fields = _shared(shop, doc)
    kids = shop.variations(doc["id"]) if doc["type"] == "variable" else []
    prices = sorted((shop.price(kid) for kid in kids if shop.price(kid) != ""), key=dec)
    if doc["type"] == "variable":
        fields["price"] = prices[0] if prices else ""
        fields["purchasable"] = bool(prices) and doc["status"] == "publish"
        if not doc["manage_stock"]:
            in_stock = any(_shared(shop, kid)["stock_status"] == "instock" for kid in kids)
            fields["stock_status"] = "instock" if in_stock else "outofstock"
        fields["on_sale"] = any(shop.on_sale(kid) for kid in kids)
    parent = parent_of(shop, doc)
    fields["tax_class"] = tax_class(shop, doc)
    body = {
        "id": doc["id"],
        "name": full_name(shop, doc),
        "slug": doc["slug"],
        **fields,
        "type": doc["type"],
        "featured": doc["featured"],
        "catalog_visibility": doc["catalog_visibility"],
        "short_description": doc["short_description"],
        "total_sales": doc["total_sales"] if parent is None else "0",
        "external_url": doc["external_url"],
        "button_text": doc["button_text"],
        "sold_individually": doc["sold_individually"],
        "shipping_required": not doc["virtual"],
        "shipping_taxable": doc["tax_status"] in ("taxable", "shipping") and not doc["virtual"],
        "reviews_allowed": doc["reviews_allowed"],
        "average_rating": "0" if written else "0.00",
        "rating_count": 0,
        "upsell_ids": doc["upsell_ids"],
        "cross_sell_ids": doc["cross_sell_ids"],
        "purchase_note": doc["purchase_note"],
        "categories": _terms(shop, "categories", doc["categories"]),
        "brands": _terms(shop, "brands", doc.get("brands", [])),
        "tags": _terms(shop, "tags", doc["tags"]),
        "images": [media.picture(shop, image) for image in doc["images"]],
        "attributes": options(shop, doc) if parent is not None else _attributes(shop, doc),
        "default_attributes": doc["default_attributes"],
        "variations": [kid["id"] for kid in kids],
        "grouped_products": [],
        "price_html": _price_html(shop, doc, prices),
        "related_ids": [],
        "has_options": doc["type"] == "variable",
        "post_password": "",
        "_links": links(shop, "products", doc["id"], f"products/{doc['parent_id']}" if doc["parent_id"] else None),
    }
    if written:
        body["permalink_template"] = f"{shop.url}/product/%pagename%/"
        body["generated_slug"] = text.slugify(doc["name"], encoded=False)
    return body


def _terms(shop: Shop, kind: str, ids: list[int]) -> list[Doc]:
    terms = (shop.peek(kind, key) for key in ids)
    return [{"id": term["id"], "name": term["name"], "slug": term["slug"]} for term in terms if term is not None]


def _attributes(shop: Shop, doc: Doc) -> list[Doc]:
    found = []
    for entry in doc["attributes"]:
        if entry["id"]:
            attribute = shop.all("attributes")[entry["id"]]
            name, slug = attribute["name"], attribute["slug"]
            terms = [shop.all("terms")[key] for key in entry["terms"]]
            shown = [term["name"] for term in sorted(terms, key=lambda term: (term["menu_order"], term["name"]))]
        else:
            name = slug = entry["name"]
            shown = entry["options"]
        flags = {key: entry[key] for key in ("position", "visible", "variation")}
        found.append({"id": entry["id"], "name": name, "slug": slug, **flags, "options": shown})
    return found


def _price_html(shop: Shop, doc: Doc, prices: list[str]) -> str:
    currency, decimals = shop.settings["currency"], shop.decimals
    if doc["type"] == "variable":
        if not prices:
            return ""
        low, high = money(prices[0], decimals), money(prices[-1], decimals)
        return text.amount_html(low, currency) if low == high else text.range_html(low, high, currency)
    if shop.price(doc) == "":
        return ""
    if shop.on_sale(doc):
        return text.sale_html(money(doc["regular_price"], decimals), money(doc["sale_price"], decimals), currency)
    return text.amount_html(money(doc["regular_price"], decimals), currency)
