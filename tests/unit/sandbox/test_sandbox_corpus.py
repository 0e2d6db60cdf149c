"""Totals and imports against 500 orders whose amounts a real WooCommerce 10.9.1 computed."""

from __future__ import annotations

import copy
import gzip
import json
from collections import defaultdict
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from sandbox_support import WOOCOMMERCE, ShopClient, needs_recordings

from sandbox.woocommerce import discounts, totals
from sandbox.woocommerce.money import dec, money, number, plain, round_to
from sandbox.woocommerce.taxes import Rate

pytestmark = needs_recordings
Doc = dict[str, Any]


@cache
def corpus() -> list[Doc]:
    """All orders."""
    with gzip.open(WOOCOMMERCE / "orders_corpus.jsonl.gz", "rt") as lines:
        return [json.loads(line) for line in lines]


@cache
def tax_table() -> list[Rate]:
    """The rates of that shop, as its orders show them; those never seen on a delivery do not tax it."""
    found: dict[int, Doc] = {}
    shipping: set[int] = set()
    for order in corpus():
        for line in order["tax_lines"]:
            country, _, rest = line["rate_code"].partition("-")
            state = "NY" if rest.startswith("NY-") else ""
            rate = Decimal(str(line["rate_percent"]))
            found.setdefault(line["rate_id"], {"rate": rate, "name": line["label"], "country": country, "state": state})
        for line in order["line_items"]:
            for tax in line["taxes"]:
                found[tax["id"]]["tax_class"] = line["tax_class"]
        shipping |= {tax["id"] for line in order["shipping_lines"] for tax in line["taxes"]}
    return [Rate(id=key, shipping=key in shipping, **values) for key, values in found.items()]


def rules_of(order: Doc) -> totals.TaxRules:
    return totals.TaxRules(
        rates=tax_table(),
        prices_include_tax=order["_shop"]["prices_include_tax"] == "yes",
        round_at_subtotal=order["_shop"]["round_at_subtotal"] == "yes",
    )


@cache
def catalogue_prices() -> dict[int, Decimal]:
    """What each product cost in that shop, from the orders without coupons."""
    prices: dict[int, set[Decimal]] = defaultdict(set)
    for order in corpus():
        rules = rules_of(order)
        for line in order["line_items"] if not order["coupon_lines"] else ():
            price = Decimal(str(line["price"]))
            if rules.prices_include_tax:
                rates = rules.find(rules.base, line["tax_class"])
                price *= 1 + sum((rate.rate for rate in rates), Decimal(0)) / 100
            prices[line["product_id"]].add(round_to(price, 3).normalize())
    assert all(len(found) == 1 for found in prices.values())
    return {key: found.pop() for key, found in prices.items()}


def unit_price(line: Doc, rules: totals.TaxRules) -> Decimal:
    """The price of a product that was only sold with a coupon, from the rounded subtotal."""
    price = dec(line["subtotal"]) / line["quantity"]
    if rules.prices_include_tax:
        price *= 1 + sum((rate.rate for rate in rules.find(rules.base, line["tax_class"])), Decimal(0)) / 100
    return round_to(price, 2)


def computed(order: Doc) -> Doc:
    """The order again, from its products, quantities, coupons, fees and deliveries."""
    found, rules = copy.deepcopy(order), rules_of(order)
    for line in found["line_items"]:
        line["tax_status"] = "taxable"
        quantity = Decimal(line["quantity"])
        price = catalogue_prices().get(line["product_id"])
        if price is None:
            price = unit_price(line, rules)
        amount = rules.price_excluding_tax(price, quantity, line["tax_class"], taxable=True)
        line["subtotal"] = line["total"] = plain(amount)
    found["tax_lines"] = []
    ids = iter(range(1, 100))
    totals.calculate(found, rules, lambda: next(ids))
    if found["coupon_lines"]:
        coupons = [
            discounts.Coupon(line["code"], line["discount_type"], Decimal(str(line["nominal_amount"])))
            for line in found["coupon_lines"]
        ]
        amounts = discounts.apply(found, coupons, rules, totals.tax_location(found, rules))
        totals.calculate(found, rules, lambda: next(ids))
        for line in found["coupon_lines"]:
            line["discount"], line["discount_tax"] = amounts[line["code"]]
    return found


def figures(order: Doc) -> Doc:
    """Every amount of an order, as the API writes it."""

    def taxes(line: Doc) -> list[Any]:
        return [
            (tax["id"], money(tax["total"], 2), money(tax["subtotal"], 2) if tax["subtotal"] else "")
            for tax in line["taxes"]
        ]

    names = ("discount_total", "discount_tax", "shipping_total", "shipping_tax", "cart_tax", "total", "total_tax")
    amounts = ("subtotal", "subtotal_tax", "total", "total_tax")
    return {
        **{name: money(order[name], 2) for name in names},
        **{
            group: [([money(line[name], 2) for name in amounts if name in line], taxes(line)) for line in order[group]]
            for group in ("line_items", "shipping_lines", "fee_lines")
        },
        "tax_lines": [
            (line["rate_code"], line["label"], money(line["tax_total"], 2), money(line["shipping_tax_total"], 2))
            for line in order["tax_lines"]
        ],
        "coupon_lines": [
            (line["code"], dec(line["discount"]), dec(line["discount_tax"])) for line in order["coupon_lines"]
        ],
    }


def test_the_sandbox_computes_what_woocommerce_computed() -> None:
    """Every amount of the 500 orders: lines, taxes, coupons, fees of both signs, delivery, totals."""
    for order in corpus():
        found = computed(order)
        assert figures(found) == figures(order), order["id"]
        prices = [float(line["total"]) / line["quantity"] for line in found["line_items"]]
        assert prices == pytest.approx([line["price"] for line in order["line_items"]], abs=1e-9), order["id"]


def test_imported_orders_are_served_as_they_were_recorded(shop: ShopClient) -> None:
    """Ids, dates, amounts and refunds of the corpus come back unchanged, through the list."""
    raw = {order["id"]: order for order in corpus()}
    answer = shop.control("orders/import", list(raw.values()))
    assert answer["count"] == len(raw)
    served = [order for page in range(1, 7) for order in shop.get("orders", per_page=100, page=page, orderby="id")]
    assert [order["id"] for order in served] == sorted(raw, reverse=True)
    for order in served:
        wanted = {key: value for key, value in raw[order["id"]].items() if not key.startswith("_")}
        payment, theirs = order.pop("payment_url"), wanted.pop("payment_url")
        order.pop("_links")
        assert order == wanted
        assert payment.split("/checkout")[1] == theirs.split("/checkout")[1]
        assert [type(line["price"]) for line in order["line_items"]] == [
            type(number(line["price"])) for line in wanted["line_items"]
        ]


def test_refunds_of_imported_orders(shop: ShopClient) -> None:
    raw = next(order for order in corpus() if order.get("_refunds"))
    shop.control("orders/import", [raw])
    served = shop.get(f"orders/{raw['id']}/refunds")
    for refund in served:
        refund.pop("_links")
    assert served == raw["_refunds"]
    assert shop.get("refunds")[0]["parent_id"] == raw["id"]


def test_ids_go_on_after_an_import(shop: ShopClient) -> None:
    shop.control("orders/import", corpus()[:5])
    newest = max(order["id"] for order in corpus()[:5])
    assert shop.post("orders", {})["id"] > newest
