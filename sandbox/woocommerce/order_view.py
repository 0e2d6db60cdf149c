"""Orders and refunds as the API shows them."""

from __future__ import annotations

from typing import Any

from . import dates, product_view
from .errors import RestError
from .money import dec, money, number, plain
from .rest import ROOT, links
from .shop import Shop
from .text import symbol

Doc = dict[str, Any]
NEEDS_PAYMENT = ("pending", "failed")
EDITABLE = ("pending", "on-hold", "auto-draft")


def order(shop: Shop, doc: Doc, decimals: int | None = None) -> Doc:
    """An order; amounts are strings with ``dp`` decimals, but the price of a line is a number."""
    dp = shop.decimals if decimals is None else decimals
    zone = shop.zone
    created = dates.both("date_created", doc["created"], zone)
    modified = dates.both("date_modified", doc["modified"], zone)
    completed = dates.both("date_completed", doc["completed"], zone)
    paid = dates.both("date_paid", doc["paid"], zone)
    amounts = ("discount_total", "discount_tax", "shipping_total", "shipping_tax", "cart_tax", "total", "total_tax")
    found_links = links(shop, "orders", doc["id"])
    templates = f"{shop.url}{ROOT}orders/{doc['id']}/actions/email_templates"
    found_links["email_templates"] = [{"embeddable": True, "href": templates}]
    if doc["customer_id"]:
        found_links["customer"] = [{"href": f"{shop.url}{ROOT}customers/{doc['customer_id']}"}]
    return {
        "id": doc["id"],
        "parent_id": doc["parent_id"],
        "status": doc["status"],
        "currency": doc["currency"],
        "version": doc["version"],
        "prices_include_tax": doc["prices_include_tax"],
        "date_created": created["date_created"],
        "date_modified": modified["date_modified"],
        **{name: money(doc[name], dp) for name in amounts},
        "customer_id": doc["customer_id"],
        "order_key": doc["order_key"],
        "billing": doc["billing"],
        "shipping": doc["shipping"],
        "payment_method": doc["payment_method"],
        "payment_method_title": doc["payment_method_title"],
        "transaction_id": doc["transaction_id"],
        "customer_ip_address": "",
        "customer_user_agent": "",
        "created_via": doc["created_via"],
        "customer_note": doc["customer_note"],
        "date_completed": completed["date_completed"],
        "date_paid": paid["date_paid"],
        "cart_hash": "",
        "number": str(doc["id"]),
        "meta_data": doc["meta_data"],
        "line_items": [line_item(shop, line, dp) for line in doc["line_items"]],
        "tax_lines": [_tax_line(line, dp) for line in doc["tax_lines"]],
        "shipping_lines": [_amount_line(line, dp) for line in doc["shipping_lines"]],
        "fee_lines": [_amount_line(line, dp) for line in doc["fee_lines"]],
        "coupon_lines": [_coupon_line(line) for line in doc["coupon_lines"]],
        "refunds": [_refund_summary(refund, dp) for refund in refunds_of(shop, doc)],
        "payment_url": (f"{shop.url}/checkout/order-pay/{doc['id']}/?pay_for_order=true&key={doc['order_key']}"),
        "is_editable": doc["status"] in EDITABLE,
        "needs_payment": doc["status"] in NEEDS_PAYMENT and dec(doc["total"]) > 0,
        "needs_processing": needs_processing(shop, doc),
        "date_created_gmt": created["date_created_gmt"],
        "date_modified_gmt": modified["date_modified_gmt"],
        "date_completed_gmt": completed["date_completed_gmt"],
        "date_paid_gmt": paid["date_paid_gmt"],
        "currency_symbol": symbol(doc["currency"]),
        "_links": found_links,
    }


def needs_processing(shop: Shop, doc: Doc) -> bool:
    """Whether anything of the order has to be handled: a line that is not both virtual and downloadable."""
    for line in doc["line_items"]:
        product = shop.peek("products", line["variation_id"] or line["product_id"])
        if product is None:
            if "snapshot" in line:
                return True
        elif not (product["virtual"] and product["downloadable"]):
            return True
    return False


def line_item(shop: Shop, line: Doc, dp: int) -> Doc:
    """A product line; SKU, barcode and image are those of the product today."""
    product = shop.peek("products", line["variation_id"] or line["product_id"])
    if product is not None:
        parent = product_view.parent_of(shop, product)
        image = product["images"][0] if product["images"] else None
        details = {
            "sku": product["sku"],
            "global_unique_id": product["global_unique_id"],
            "image": {"id": image["id"], "src": image["src"]}
            if image
            else {"id": 0 if parent is not None else "", "src": ""},
            "parent_name": parent["name"] if parent is not None else None,
        }
    else:
        details = line.get("snapshot") or {
            "sku": None,
            "global_unique_id": "",
            "image": {"id": "", "src": ""},
            "parent_name": None,
        }
    quantity = line["quantity"]
    return {
        "id": line["id"],
        "name": line["name"],
        "product_id": line["product_id"],
        "variation_id": line["variation_id"],
        "quantity": quantity,
        "tax_class": line["tax_class"],
        "subtotal": money(line["subtotal"], dp),
        "subtotal_tax": money(line["subtotal_tax"], dp),
        "total": money(line["total"], dp),
        "total_tax": money(line["total_tax"], dp),
        "taxes": [_tax(tax, dp) for tax in line["taxes"]],
        "meta_data": [_item_meta(shop, meta) for meta in line["meta_data"]],
        "sku": details["sku"],
        "global_unique_id": details["global_unique_id"],
        "price": number(float(line["total"]) / quantity) if quantity else 0,
        "image": details["image"],
        "parent_name": details["parent_name"],
    }


def _item_meta(shop: Shop, meta: Doc) -> Doc:
    """A line's meta; of a shared attribute with its name and the term's."""
    shown_key, shown_value = meta["key"], meta["value"]
    attribute = next((doc for doc in shop.all("attributes").values() if doc["slug"] == meta["key"]), None)
    if attribute is not None:
        shown_key = attribute["name"]
        for term in shop.all("terms").values():
            if term["attribute_id"] == attribute["id"] and term["slug"] == meta["value"]:
                shown_value = term["name"]
    return {**meta, "display_key": shown_key, "display_value": shown_value}


def _tax(tax: Doc, dp: int) -> Doc:
    subtotal = money(tax["subtotal"], dp) if tax["subtotal"] != "" else ""
    return {"id": tax["id"], "total": money(tax["total"], dp), "subtotal": subtotal}


def _tax_line(line: Doc, dp: int) -> Doc:
    return {
        "id": line["id"],
        "rate_code": line["rate_code"],
        "rate_id": line["rate_id"],
        "label": line["label"],
        "compound": line["compound"],
        "tax_total": money(line["tax_total"], dp),
        "shipping_tax_total": money(line["shipping_tax_total"], dp),
        "rate_percent": number(line["rate_percent"]),
        "meta_data": line["meta_data"],
    }


def _amount_line(line: Doc, dp: int) -> Doc:
    amounts = {name: money(line[name], dp) for name in ("total", "total_tax")}
    return {**line, **amounts, "taxes": [_tax(tax, dp) for tax in line["taxes"]]}


def _coupon_line(line: Doc) -> Doc:
    """A coupon; its amounts are not rounded (observed on WooCommerce 10.9.1)."""
    shown = {
        **line,
        "meta_data": [
            {**meta, "display_key": meta["key"], "display_value": meta["value"]} for meta in line["meta_data"]
        ],
    }
    return {**shown, "discount": plain(dec(line["discount"])), "discount_tax": plain(dec(line["discount_tax"]))}


def refunds_of(shop: Shop, doc: Doc) -> list[Doc]:
    """The refunds of an order: newest first, those of one second by id (observed on WooCommerce 10.9.1)."""
    found = [refund for key in doc["refunds"] if (refund := shop.peek("refunds", key)) is not None]
    return sorted(sorted(found, key=lambda refund: refund["id"]), key=lambda refund: refund["created"], reverse=True)


def _refund_summary(refund: Doc, dp: int) -> Doc:
    """Totals are negative, even nothing: ``"-0.00"`` (observed on WooCommerce 10.9.1)."""
    return {
        "id": refund["id"],
        "reason": refund["reason"],
        "total": f"-{money(refund['amount'], dp)}",
        "total_tax": money(refund["total_tax"], dp),
    }


def refund(shop: Shop, doc: Doc, with_parent: bool = False, dp: int | None = None) -> Doc:
    """A refund; the global list also says which order it is of."""
    decimals = shop.decimals if dp is None else dp
    path = f"orders/{doc['parent_id']}/refunds"
    return {
        "id": doc["id"],
        **({"parent_id": doc["parent_id"]} if with_parent else {}),
        **dates.both("date_created", doc["created"], shop.zone),
        "amount": money(doc["amount"], decimals),
        "reason": doc["reason"],
        "refunded_by": doc["refunded_by"],
        "refunded_payment": doc["refunded_payment"],
        "meta_data": doc["meta_data"],
        "line_items": [line_item(shop, line, decimals) for line in doc["line_items"]],
        "shipping_lines": [_amount_line(line, decimals) for line in doc["shipping_lines"]],
        "tax_lines": [_tax_line(line, decimals) for line in doc["tax_lines"]],
        "fee_lines": [_amount_line(line, decimals) for line in doc["fee_lines"]],
        "_links": links(shop, path, doc["id"], f"orders/{doc['parent_id']}", allow="GET, DELETE"),
    }


def find_order(shop: Shop, key: int, status: int = 404, to_change: bool = False) -> Doc:
    """An order document.

    :raise RestError: ``woocommerce_rest_shop_order_invalid_id``, when there is none.
    """
    doc = (shop.load if to_change else shop.peek)("orders", key)
    if doc is None:
        raise RestError("woocommerce_rest_shop_order_invalid_id", "Invalid ID.", status)
    return doc
