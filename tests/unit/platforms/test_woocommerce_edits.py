"""Changing placed orders over the sandbox: what is sent, what the shop makes of it, and what is left alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from platforms.documents import AddressDocument, LineEdit, OrderEdit, OrderState
from platforms.transport import Transport
from platforms.values import digest
from platforms.woocommerce import WooCommerce
from platforms.woocommerce import edits as woo_edits
from platforms.woocommerce.mapper import parse_order

PLACE = AddressDocument(
    name="Marie Anne Durand", street="8 quai de Rive Neuve", city="Marseille", zip="13007", country="FR", phone="0600"
)


def shirts(shop: WooCommerce, **values: Any) -> dict[str, Any]:
    """An order of 3 shirts in S at 9.99, taxes included, and of one mug; ``shirts`` has its ids."""
    client = shop.client
    client.put("settings/tax/woocommerce_prices_include_tax", {"value": "yes"})
    client.post("taxes", {"country": "FR", "rate": "20.0000", "name": "TVA 20"})
    sizes = [{"name": "Size", "options": ["S", "M"], "variation": True, "visible": True}]
    shirt = client.post("products", {"name": "Shirt", "type": "variable", "attributes": sizes})
    small, medium = (
        client.post(
            f"products/{shirt['id']}/variations",
            {
                "sku": f"SHIRT-{size}",
                "regular_price": "9.99",
                "attributes": [{"name": "Size", "option": size}],
                "manage_stock": True,
                "stock_quantity": 10,
            },
        )
        for size in ("S", "M")
    )
    mug = client.post("products", {"name": "Mug", "sku": "CUP", "regular_price": "12.00"})
    address = {"first_name": "Marie", "last_name": "Durand", "address_1": "1 rue", "city": "Paris", "country": "FR"}
    body = {
        "status": "processing",
        "set_paid": True,
        "billing": address | {"email": "marie@example.com"},
        "shipping": address,
        "line_items": [
            {"product_id": shirt["id"], "variation_id": small["id"], "quantity": 3},
            {"product_id": mug["id"], "quantity": 1},
        ],
        **values,
    }
    order: dict[str, Any] = client.post("orders", body)
    order["shirts"] = (shirt["id"], small["id"], medium["id"])
    return order


def edit(order: dict[str, Any], *lines: LineEdit, **values: Any) -> OrderEdit:
    return OrderEdit(order_id=str(order["id"]), key="edit:1:1", lines=lines, **values)


def line(order: dict[str, Any], index: int, quantity: str, net: str, tax: str, **values: str) -> LineEdit:
    amounts = Decimal(quantity), Decimal(net), Decimal(net), Decimal(tax)
    return LineEdit(str(order["line_items"][index]["id"]), *amounts, **values)


def now(shop: WooCommerce, order: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = shop.client.get(f"orders/{order['id']}")
    return found


def test_an_address(platform: WooCommerce) -> None:
    order = shirts(platform)
    (result,) = platform.push_edits([edit(order, shipping=PLACE)])
    assert result.ok and result.raw
    shown = now(platform, order)
    assert parse_order(shown).shipping.place == PLACE.place == parse_order(result.raw).shipping.place
    assert (shown["shipping"]["first_name"], shown["shipping"]["last_name"]) == ("Marie", "Anne Durand")
    assert shown["billing"]["city"] == "Paris" and shown["total"] == order["total"]


def test_less_of_a_line_at_the_shops_own_cents(platform: WooCommerce) -> None:
    order = shirts(platform)
    assert order["line_items"][0]["total"] == "24.98"  # 3 × 9.99 with 20 % inside
    (result,) = platform.push_edits([edit(order, line(order, 0, "1", "8.33", "1.66"))])
    assert result.ok
    document = parse_order(now(platform, order))
    assert (document.lines[0].quantity, document.lines[0].gross) == (1, Decimal("9.99"))
    assert document.total == Decimal("21.99")


def test_a_line_taken_out(platform: WooCommerce) -> None:
    order = shirts(platform)
    (result,) = platform.push_edits([edit(order, line(order, 0, "0", "0", "0"))])
    assert result.ok
    shown = now(platform, order)
    assert [row["sku"] for row in shown["line_items"]] == ["CUP"]
    assert shown["total"] == "12.00"


@pytest.mark.parametrize("by_sku", [False, True])
def test_another_variant_at_the_same_price(platform: WooCommerce, by_sku: bool) -> None:
    order = shirts(platform)
    shirt, _small, medium = order["shirts"]
    named = {"sku": "SHIRT-M"} if by_sku else {"product_id": str(shirt), "variant_id": str(medium)}
    (result,) = platform.push_edits([edit(order, line(order, 0, "3", "24.98", "4.99", **named))])
    assert result.ok
    shown = now(platform, order)
    row = shown["line_items"][0]
    assert (row["id"], row["sku"], row["variation_id"]) == (order["line_items"][0]["id"], "SHIRT-M", medium)
    assert (row["quantity"], row["total"], shown["total"]) == (3, "24.98", order["total"])
    options = [meta["value"] for meta in row["meta_data"] if not meta["key"].startswith("_")]
    assert options == ["M"]


def test_what_is_as_wanted_is_not_written_again(platform: WooCommerce) -> None:
    order = shirts(platform)
    wanted = edit(order, line(order, 0, "1", "8.33", "1.66"), line(order, 1, "0", "0", "0"), shipping=PLACE)
    (first,) = platform.push_edits([wanted])
    modified = now(platform, order)["date_modified_gmt"]
    platform.transport.calls = 0
    (second,) = platform.push_edits([wanted])
    assert first.ok and second.ok and second.raw
    assert platform.transport.calls == 1, "looked, and wrote nothing"
    assert now(platform, order)["date_modified_gmt"] == modified


def test_a_remark_for_the_shopkeeper_is_written_once_and_not_mailed(platform: WooCommerce) -> None:
    order = shirts(platform)
    for _ in range(2):
        (result,) = platform.push_edits([edit(order, note="Odoo: 6,00 € to refund & more")])
        assert result.ok
    notes = platform.client.get(f"orders/{order['id']}/notes", {"type": "any"})
    assert [note["customer_note"] for note in notes if "to refund" in note["note"]] == [False]


def test_what_the_shop_regards_as_done_is_left_alone(platform: WooCommerce) -> None:
    order = shirts(platform)
    platform.push_states([(str(order["id"]), OrderState.COMPLETED)])
    (result,) = platform.push_edits([edit(order, line(order, 0, "1", "8.33", "1.66"))])
    assert (result.ok, result.code) == (False, "conflict")
    assert now(platform, order)["line_items"][0]["quantity"] == 3


def test_what_changed_on_the_shop_meanwhile_is_not_overwritten(platform: WooCommerce) -> None:
    """Also within the second in which we read the order, which the shop's dates cannot tell apart."""
    order = shirts(platform)
    seen = digest(now(platform, order))
    platform.client.put(f"orders/{order['id']}", {"customer_note": "Sonnez deux fois"})
    (result,) = platform.push_edits([edit(order, shipping=PLACE, seen=seen)])
    assert (result.ok, result.code, result.retry) == (False, "changed", True)
    assert result.raw and result.raw["customer_note"] == "Sonnez deux fois"
    assert now(platform, order)["shipping"]["city"] == "Paris"
    (result,) = platform.push_edits([edit(order, shipping=PLACE, seen=digest(result.raw))])
    assert result.ok and now(platform, order)["shipping"]["city"] == PLACE.city


def test_many_orders_cost_two_calls_and_edits_of_one_follow_each_other(platform: WooCommerce) -> None:
    order = shirts(platform)
    others = [platform.client.post("orders", {"status": "processing"}) for _ in range(5)]
    platform.transport.calls = 0
    results = platform.push_edits([edit(other, shipping=PLACE) for other in others])
    assert all(result.ok for result in results) and platform.transport.calls == 2
    first, second = edit(order, line(order, 0, "2", "16.65", "3.33")), edit(order, line(order, 0, "1", "8.33", "1.66"))
    assert [result.ok for result in platform.push_edits([first, second])] == [True, True]
    assert now(platform, order)["line_items"][0]["quantity"] == 1
    (gone,) = platform.push_edits([OrderEdit("999999", "k", shipping=PLACE)])
    assert (gone.ok, gone.code) == (False, "not_found")


def test_amounts_without_tax_or_with_stacked_taxes_are_sent_as_they_are(platform: WooCommerce) -> None:
    order = shirts(platform)
    document = parse_order(order)
    wanted = line(order, 0, "1", "8.33", "1.66")
    assert woo_edits.amounts(document, document.lines[0], wanted) == ("8.325000", "8.325000")
    off = line(order, 0, "1", "8.00", "1.66")  # what does not fit the rate is not made to fit
    assert woo_edits.amounts(document, document.lines[0], off) == ("8.00", "8.00")


def test_nothing_to_tell_costs_nothing(transport: Transport) -> None:
    shop = WooCommerce("http://127.0.0.1:9", {"consumer_key": "ck_1", "consumer_secret": "cs_1"}, transport)
    assert shop.push_edits([]) == []
    assert transport.calls == 0
