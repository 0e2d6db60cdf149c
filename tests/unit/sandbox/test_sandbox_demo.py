"""The demonstration: catalogue, random orders, and the pages where a person orders."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

import pytest
from sandbox_support import ShopClient

from sandbox.catalogue import PRODUCTS, WAREHOUSES, ean13, skus
from sandbox.people import vat_number
from sandbox.woocommerce.random_orders import KINDS


def test_the_catalogue_is_consistent() -> None:
    items = [item for product in PRODUCTS for item in (product.variants or (product,))]
    assert len(set(skus())) == len(items)
    barcodes = [item.barcode for item in items]
    assert len(set(barcodes)) == len(barcodes)
    for barcode in barcodes:
        digits = [int(digit) for digit in barcode]
        assert len(digits) == 13
        assert sum(digit * (3 if index % 2 else 1) for index, digit in enumerate(digits)) % 10 == 0
    assert {rate for product in PRODUCTS for rate in [product.tax_rate]} == {
        Decimal("20"),
        Decimal("10"),
        Decimal("5.5"),
        Decimal("2.1"),
    }
    assert {product.tracking for product in PRODUCTS} == {"none", "lot", "serial"}
    assert all(set(item.stock) == set(WAREHOUSES) for item in items)
    assert ean13(1) == "2000000000015"


def test_the_shop_sells_the_catalogue(demo: ShopClient) -> None:
    products = {doc["sku"]: doc for doc in demo.get("products", sku=",".join(skus()), per_page=100)}
    assert set(products) == set(skus())
    for product in PRODUCTS:
        for item in product.variants or (product,):
            doc = products[item.sku]
            assert Decimal(doc["regular_price"]) == (item.price or product.price)
            assert (doc["stock_quantity"], doc["global_unique_id"]) == (sum(item.stock.values()), item.barcode)
            line = {"sku": item.sku, "quantity": 1}
            order = demo.post("orders", {"billing": {"country": "FR"}, "line_items": [line]})
            assert Decimal(order["total"]) == (item.price or product.price)
            assert Decimal(str(order["tax_lines"][0]["rate_percent"])) == product.tax_rate


def test_random_orders_are_the_same_for_a_seed(demo: ShopClient) -> None:
    options = {"count": 5, "lines": 3, "seed": 7}
    first = demo.control("orders/random?full=1", options)["orders"]
    demo.control("reset", {})
    second = demo.control("orders/random?full=1", options)["orders"]
    assert [order["total"] for order in first] == [order["total"] for order in second]
    assert [order["billing"]["email"] for order in first] == [order["billing"]["email"] for order in second]
    assert all(len(order["line_items"]) == 3 and order["status"] == "processing" for order in first)


@pytest.mark.parametrize("kind", list(KINDS))
def test_kinds_of_random_orders(demo: ShopClient, kind: str) -> None:
    order = demo.control("orders/random?full=1", {"kinds": [kind], "seed": 1})["orders"][0]
    meta = {entry["key"]: entry["value"] for entry in order["meta_data"]}
    method = order["shipping_lines"][0]["method_id"]
    fees = [Decimal(fee["total"]) for fee in order["fee_lines"]]
    expected = {
        "pickup": method == "mondialrelay" and bool(meta.get("_pickup_point_id")),
        "collect": method == "local_pickup",
        "gift": bool(meta.get("_gift_message")),
        "separate": order["shipping"]["last_name"] != ""
        and order["shipping"]["address_1"] != order["billing"]["address_1"],
        "company": bool(order["billing"]["company"]) and meta.get("vat_number", "").startswith("FR"),
        "note": bool(order["customer_note"]),
        "guest": order["customer_id"] == 0,
        "coupon": bool(order["coupon_lines"]) and Decimal(order["discount_total"]) > 0,
        "fee": fees == [Decimal("1.50")],
        "discount_fee": fees == [Decimal("-1.99")],
        "free_shipping": method == "free_shipping",
    }
    assert expected[kind]
    assert (order["customer_id"] == 0) == (kind == "guest")


def test_random_orders_take_known_customers(demo: ShopClient) -> None:
    demo.control("orders/random", {"count": 2, "kinds": []})
    found = demo.control("orders/random?full=1", {"count": 10, "kinds": [], "new_customers": False})["orders"]
    assert len({order["customer_id"] for order in found}) <= 2
    answer = demo.client.post("/sandbox/orders/random", json={"kinds": ["nonsense"]})
    assert (answer.status_code, "nonsense" in answer.json["error"]) == (400, True)


def test_vat_numbers_are_valid() -> None:
    number = vat_number(40483304)
    siren = int(number[4:])
    assert int(number[2:4]) == (12 + 3 * (siren % 97)) % 97
    total = sum(sum(divmod(int(digit) * (2 if index % 2 else 1), 10)) for index, digit in enumerate(number[4:]))
    assert total % 10 == 0


def place(demo: ShopClient, sku: str, **form: str) -> str:
    """Order a product on the shop's page; the path of the order's page."""
    key = demo.get("products", sku=sku)[0]["id"]
    assert demo.client.post("/shop/cart", data={"product": key, "then": "checkout"}).status_code == 303
    checkout = demo.client.get("/shop/checkout").get_data(as_text=True)
    fields = dict(re.findall(r'<input name="(\w+)" type="\w+" value="([^"]*)"', checkout))
    assert fields["email"].endswith("@example.com")
    answer = demo.client.post("/shop/checkout", data={**fields, "delivery": "home", "payment": "card", **form})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_person_orders_on_the_page(demo: ShopClient) -> None:
    sku = "MAI-MUG-BLEU"
    before = demo.get("products", sku=sku)[0]["stock_quantity"]
    path = place(demo, sku, coupon="BIENVENUE10", gift="Joyeux <anniversaire>", delivery="pickup", vat="FR83404833048")
    order = demo.get(f"orders/{path.rsplit('/', 1)[1]}")
    assert (order["status"], order["created_via"]) == ("processing", "checkout")
    assert (order["total"], order["discount_total"]) == ("15.15", "1.04")
    keys = Counter(entry["key"] for entry in order["meta_data"])
    assert keys == Counter(
        ["_pickup_point_id", "_pickup_point_name", "_gift_message", "_billing_vat_number", "vat_number"]
    )
    assert demo.get("products", sku=sku)[0]["stock_quantity"] == before - 1
    page = demo.client.get(path).get_data(as_text=True)
    assert "En préparation" in page
    assert "<anniversaire>" not in page
    live = demo.client.get("/shop/live.json").json
    assert f"n° {order['id']}" in live["recent"]
    assert f"{before - 1} en stock" in live[f"stock-{order['line_items'][0]['product_id']}"]


def test_the_page_shows_tracking_and_refunds(demo: ShopClient) -> None:
    path = place(demo, "ELE-CABLE-USBC")
    key = int(path.rsplit("/", 1)[1])
    parcel = {
        "tracking_provider": "",
        "custom_tracking_provider": "Colissimo",
        "custom_tracking_link": "https://example.com/track?id=6A123",
        "tracking_number": "6A123",
        "date_shipped": "1795516800",
        "tracking_id": "abc",
    }
    bad = {**parcel, "tracking_number": "X", "custom_tracking_link": "javascript:alert(1)"}
    demo.put(f"orders/{key}", {"meta_data": [{"key": "_wc_shipment_tracking_items", "value": [parcel, bad]}]})
    demo.post(f"orders/{key}/refunds", {"amount": "2.00", "api_refund": False, "reason": "geste"})
    live = demo.client.get(f"/shop/live.json?order={key}").json["order-live"]
    assert 'href="https://example.com/track?id=6A123"' in live
    assert "javascript:" not in live
    assert "2,00 €" in live
    english = demo.client.get(f"{path}?lang=en").get_data(as_text=True)
    assert "Parcel tracking" in english


def test_the_shopkeepers_buttons(demo: ShopClient) -> None:
    path = place(demo, "ELE-CABLE-USBC", payment="transfer")
    key = int(path.rsplit("/", 1)[1])
    stock = demo.get("products", sku="ELE-CABLE-USBC")[0]["stock_quantity"]

    def press(action: str) -> str:
        assert demo.client.post(f"{path}/{action}").status_code == 303
        return str(demo.get(f"orders/{key}")["status"])

    assert demo.get(f"orders/{key}")["status"] == "on-hold"
    assert press("pay") == "processing"
    assert press("complete") == "completed"
    assert press("refund") == "refunded"
    assert demo.get("products", sku="ELE-CABLE-USBC")[0]["stock_quantity"] == stock + 1
    other = place(demo, "ELE-CABLE-USBC")
    assert demo.client.post(f"{other}/cancel").status_code == 303
    assert demo.get(f"orders/{other.rsplit('/', 1)[1]}")["status"] == "cancelled"


def test_a_wrong_coupon_is_told_on_the_page(demo: ShopClient) -> None:
    key = demo.get("products", sku="MAI-MUG-BLEU")[0]["id"]
    demo.client.post("/shop/cart", data={"product": key})
    answer = demo.client.post("/shop/checkout", data={"coupon": "NONSENSE", "email": "a@example.com"})
    assert answer.status_code == 400
    assert "does not exist" in answer.get_data(as_text=True)
    assert demo.get("orders") == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_load_nothing_from_elsewhere(demo: ShopClient, language: str) -> None:
    for path in ("/", "/shop", "/shop/checkout", "/shop/order/9999"):
        page = demo.client.get(path, query_string={"lang": language}).get_data(as_text=True)
        assert f'<html lang="{language}">' in page
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
