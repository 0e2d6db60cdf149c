"""Customer service on real servers: what a person changes of an order in Odoo, the shop shows; and who decides."""

from __future__ import annotations

from typing import Any

import shop
from dev.browser import Browser
from dev.client import Client
from dev.sandbox import SandboxServer
from dev.server import OdooServer
from platforms.woocommerce.client import WooClient

SIZES = [{"name": "Size", "options": ["S", "M"], "variation": True, "visible": True}]
PLACE = {
    "first_name": "Marie",
    "last_name": "Durand",
    "address_1": "1 rue de la Paix",
    "city": "Paris",
    "postcode": "75002",
    "country": "FR",
    "phone": "06 12 34 56 78",
}


def order_shirts(keeper: WooClient, admin: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    """An order of two shirts in S and one mug, on the shop and confirmed in Odoo, whose shirts have variants."""
    attribute = admin.call("product.attribute", "create", {"name": "Size"})
    values = [admin.call("product.attribute.value", "create", {"name": n, "attribute_id": attribute}) for n in "SM"]
    line = {"attribute_id": attribute, "value_ids": [(6, 0, values)]}
    template = {"name": "Shirt", "is_storable": True, "attribute_line_ids": [(0, 0, line)]}
    shirt = admin.call("product.template", "create", template)
    variants = admin.search_read("product.product", [("product_tmpl_id", "=", shirt)], "display_name", order="id")
    for variant, size in zip(variants, "SM", strict=True):
        admin.call("product.product", "write", [variant["id"]], {"default_code": f"SHIRT-{size}"})
    there = keeper.post("products", {"name": "Shirt", "type": "variable", "attributes": SIZES})
    small, _medium = (
        keeper.post(
            f"products/{there['id']}/variations",
            {"sku": f"SHIRT-{size}", "regular_price": "24.00", "attributes": [{"name": "Size", "option": size}]},
        )
        for size in "SM"
    )
    cup = keeper.post("products", {"name": "Cup", "sku": "CUP", "regular_price": "12.00"})
    raw = keeper.post(
        "orders",
        {
            "status": "processing",
            "set_paid": True,
            "payment_method": "stripe",
            "billing": PLACE | {"email": "marie@example.com"},
            "shipping": PLACE,
            "line_items": [
                {"product_id": there["id"], "variation_id": small["id"], "quantity": 2},
                {"product_id": cup["id"], "quantity": 1},
            ],
        },
    )
    found, _ = shop.wait_for(lambda: shop.order(admin, str(raw["id"])))
    return raw, found


def change_line(admin: Client, order: int, sku: str, **values: Any) -> None:
    """Change one line with the wizard, as a person does."""
    wizard = admin.call("ecom.order.edit", "create", {"order_id": order}, context={"default_order_id": order})
    lines = admin.search_read(
        "ecom.order.edit.line", [("wizard_id", "=", wizard), ("ordered_product_id.default_code", "=", sku)], "quantity"
    )
    admin.call("ecom.order.edit.line", "write", [lines[0]["id"]], values)
    admin.call("ecom.order.edit", "action_apply", [wizard])


def mugs(admin: Client, sale: int) -> float:
    domain = [("order_id", "=", sale), ("product_id.default_code", "=", "CUP")]
    return sum(row["product_uom_qty"] for row in admin.search_read("sale.order.line", domain, "product_uom_qty"))


def test_what_service_changes_is_shown_on_the_shop(admin: Client, sandbox: SandboxServer) -> None:
    shop.connect(admin, sandbox)
    keeper = shop.shopkeeper(sandbox)
    raw, found = order_shirts(keeper, admin)
    order, sale = found["id"], found["sale_order_id"][0]

    (medium,) = admin.call("product.product", "search", [("default_code", "=", "SHIRT-M")])
    change_line(admin, order, "SHIRT-S", product_id=medium, quantity=1)
    change_line(admin, order, "CUP", quantity=0)
    wizard = admin.call(
        "ecom.order.address",
        "create",
        {"street": "8 quai de Rive Neuve", "city": "Marseille", "zip": "13007"},
        context={"default_order_id": order},
    )
    admin.call("ecom.order.address", "action_apply", [wizard])

    def shown() -> dict[str, Any] | None:
        now = keeper.get(f"orders/{raw['id']}")
        lines = [(row["sku"], row["quantity"]) for row in now["line_items"]]
        return now if lines == [("SHIRT-M", 1)] and now["shipping"]["city"] == "Marseille" else None

    now, _ = shop.wait_for(shown)
    assert now["line_items"][0]["id"] == raw["line_items"][0]["id"], "the line stays the same line"
    assert now["billing"]["city"] == "Paris"

    def quiet() -> bool:
        """Our own change came back, and nothing more is to be said or done."""
        unsent = [("order_id", "=", order), ("state", "!=", "done")]
        (row,) = admin.call("ecom.order", "read", [order], ["state", "amount_total"])
        return not admin.call("ecom.command", "search_count", unsent) and (
            row["state"] == "settled" and f"{row['amount_total']:.2f}" == now["total"]
        )

    shop.wait_for(quiet)
    (ours,) = admin.call("sale.order", "read", [sale], ["amount_total", "picking_ids"])
    assert f"{ours['amount_total']:.2f}" == now["total"]
    open_moves = [("picking_id", "in", ours["picking_ids"]), ("state", "!=", "cancel"), ("product_uom_qty", ">", 0)]
    moves = admin.search_read("stock.move", open_moves, "product_id", "product_uom_qty")
    assert [(row["product_id"][0], row["product_uom_qty"]) for row in moves] == [(medium, 1)]
    codes = [row["code"] for row in admin.search_read("ecom.issue", [("order_id", "=", order)], "code")]
    assert codes == ["refund_owed"]

    # Both sides change the shirt before they hear of each other.
    channel = admin.search_read("ecom.channel", [], "id")[0]["id"]
    admin.call("ecom.channel", "action_pause", [channel])
    line = {"id": now["line_items"][0]["id"], "quantity": 5, "total": "120.00", "subtotal": "120.00"}
    keeper.put(f"orders/{raw['id']}", {"line_items": [line]})
    (small,) = admin.call("product.product", "search", [("default_code", "=", "SHIRT-S")])
    change_line(admin, order, "SHIRT-M", product_id=small)
    admin.call("ecom.channel", "action_connect", [channel])
    conflict = [("order_id", "=", order), ("code", "=", "edit_conflict"), ("state", "=", "open")]
    (issue,), _ = shop.wait_for(lambda: admin.search_read("ecom.issue", conflict, "comparison"))
    assert "SHIRT-S" in issue["comparison"] and "5 ×" in issue["comparison"]
    admin.call("ecom.issue", "action_take_shops", [issue["id"]])
    domain = [("order_id", "=", sale), ("product_uom_qty", ">", 0), ("product_id.default_code", "!=", False)]
    lines = admin.search_read("sale.order.line", domain, "product_id", "product_uom_qty")
    assert (medium, 5) in [(row["product_id"][0], row["product_uom_qty"]) for row in lines]


def test_a_person_finds_an_order_by_telephone_and_changes_its_address(
    odoo: OdooServer, sandbox: SandboxServer, browser: Browser
) -> None:
    admin = odoo.client()
    shop.connect(admin, sandbox)
    keeper = shop.shopkeeper(sandbox)
    raw, found = order_shirts(keeper, admin)
    shop.place(sandbox, 3)

    browser.log_in(odoo.url, path="/odoo/shop-orders")
    browser.wait_for_element(".o_searchview_input")
    browser.evaluate(
        "(() => {const box = document.querySelector('.o_searchview_input'); box.focus(); box.value = '06.12.34.56.78';"
        " box.dispatchEvent(new InputEvent('input', {bubbles: true}));})()"
    )
    browser.wait_for_element(".o_searchview_autocomplete")
    browser.evaluate(
        "document.querySelector('.o_searchview_input')"
        ".dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}))"
    )
    browser.wait_for("document.querySelectorAll('.o_data_row').length === 1")
    assert str(raw["number"]) in browser.text(".o_data_row")
    browser.click(".o_data_row td[name=number]")
    browser.click("button[name=action_change_address]")
    browser.wait_for_element(".modal div[name=street] input")
    for name, text in (("street", "8 quai de Rive Neuve"), ("zip", "13007"), ("city", "Marseille")):
        browser.fill(f".modal div[name={name}] input", text)
    browser.click(".modal button[name=action_apply]")
    shop.wait_for(lambda: keeper.get(f"orders/{raw['id']}")["shipping"]["city"] == "Marseille")
    browser.wait_for("document.querySelector('.modal') === null")
    assert "Marseille" in str(
        admin.call("sale.order", "read", [found["sale_order_id"][0]], ["partner_shipping_id"])
    ) or admin.search_read("res.partner", [("city", "=", "Marseille")], "street")
    assert browser.console == []
