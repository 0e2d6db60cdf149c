"""Orders of another WooCommerce, taken in as the documents that its API gave.

They keep ids, dates, amounts and refunds (``_refunds``), so that a client reads back exactly what was recorded. Line
amounts, that the API rounds, are recovered from the price of a piece where it tells more.
"""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

from . import dates
from .money import dec, money, plain, round6
from .orders import BILLING_FIELDS, SHIPPING_FIELDS
from .shop import Shop

Doc = dict[str, Any]
AMOUNTS = ("discount_total", "discount_tax", "shipping_total", "shipping_tax", "cart_tax", "total", "total_tax")
AS_GIVEN = (
    "id",
    "parent_id",
    "status",
    "currency",
    "version",
    "prices_include_tax",
    "customer_id",
    "order_key",
    "payment_method",
    "payment_method_title",
    "transaction_id",
    "created_via",
    "customer_note",
    "meta_data",
    "tax_lines",
    "shipping_lines",
    "fee_lines",
    *AMOUNTS,
)
SNAPSHOT = ("sku", "global_unique_id", "image", "parent_name")


def import_orders(shop: Shop, documents: list[Doc], tell: bool = False) -> list[int]:
    """Keep raw order documents; one with a known id replaces it.

    :param tell: whether to send ``order.created`` and ``order.updated``.
    :return: the ids.
    """
    for document in documents:
        _import(shop, document)
        if tell:
            shop.emit("order.created", document["id"])
            shop.emit("order.updated", document["id"])
    return [document["id"] for document in documents]


def _import(shop: Shop, raw: Doc) -> None:
    raw = copy.deepcopy(raw)
    order = {name: raw[name] for name in AS_GIVEN if name in raw}
    order["created"], order["modified"] = _stamp(raw, "date_created", shop), _stamp(raw, "date_modified", shop)
    order["completed"], order["paid"] = _stamp(raw, "date_completed", shop), _stamp(raw, "date_paid", shop)
    order["billing"] = {name: raw["billing"].get(name, "") for name in BILLING_FIELDS}
    order["shipping"] = {name: raw["shipping"].get(name, "") for name in SHIPPING_FIELDS}
    order["line_items"] = [_line(shop, line) for line in raw["line_items"]]
    order["coupon_lines"] = [
        {**line, "meta_data": [_bare_meta(meta) for meta in line["meta_data"]]} for line in raw["coupon_lines"]
    ]
    refunds = raw.get("_refunds") or []
    known = {summary["id"]: summary for summary in raw["refunds"]}
    order["refunds"] = [refund["id"] for refund in refunds]
    order["stock_reduced"] = any(
        meta["key"] == "_reduced_stock" for line in order["line_items"] for meta in line["meta_data"]
    )
    order["sales_recorded"] = raw["status"] in ("processing", "completed", "on-hold")
    for refund in refunds:
        tax = known.get(refund["id"], {}).get("total_tax", "0")
        shop.put("refunds", _refund(shop, refund, raw["id"], tax))
        shop.reserve_id("post", refund["id"])
    shop.put("orders", order)
    shop.reserve_id("post", raw["id"])
    for group in ("line_items", "tax_lines", "shipping_lines", "fee_lines", "coupon_lines"):
        for line in raw[group]:
            shop.reserve_id("item", line["id"])


def _stamp(raw: Doc, name: str, shop: Shop) -> str | None:
    if raw.get(f"{name}_gmt"):
        return str(raw[f"{name}_gmt"])
    return dates.to_gmt(raw[name], shop.zone) if raw.get(name) else None


def _bare_meta(meta: Doc) -> Doc:
    return {"id": meta["id"], "key": meta["key"], "value": meta["value"]}


def _line(shop: Shop, raw: Doc) -> Doc:
    line = {name: value for name, value in raw.items() if name not in (*SNAPSHOT, "price")}
    line["tax_status"] = "taxable"
    line["meta_data"] = [_bare_meta(meta) for meta in raw["meta_data"]]
    line["snapshot"] = {name: raw.get(name) for name in SNAPSHOT}
    if raw.get("quantity") and raw.get("price") is not None:
        exact = round6(Decimal(str(raw["price"])) * raw["quantity"])
        if money(exact, shop.decimals) == raw["total"]:
            line["total"] = plain(exact)
    return line


def _refund(shop: Shop, raw: Doc, order_id: int, total_tax: str) -> Doc:
    names = ("id", "reason", "refunded_by", "refunded_payment", "meta_data", "shipping_lines", "tax_lines", "fee_lines")
    refund = {name: raw[name] for name in names}
    refund.update(parent_id=order_id, amount=plain(dec(raw["amount"])), total_tax=total_tax)
    refund["created"] = refund["modified"] = _stamp(raw, "date_created", shop)
    refund["line_items"] = [_line(shop, line) for line in raw["line_items"]]
    return refund
