"""The demo's content: what ``make run`` puts in a fresh database and connects to the sandbox shops."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dev import demo_payments, demo_returns
from dev.client import Client
from dev.demo_shops import connect_all

DATABASE = "ecom_demo"
LANGUAGES = ("en_US", "fr_FR")


def prepare(odoo_url: str, sandbox_url: str) -> Client:
    """Get a running demo ready for a person and return the administrator's client.

    Called at every start of ``make run``: whatever it creates must be looked for first. ``sandbox_url`` is empty when
    the checkout has no sandbox.
    """
    admin = Client(odoo_url, DATABASE)
    admin.call("ir.config_parameter", "set_param", "web.base.url", odoo_url)
    admin.call("ir.config_parameter", "set_param", "web.base.url.freeze", "True")
    offer_languages(admin)
    if sandbox_url:
        stock_catalogue(admin)
        connect_all(admin, sandbox_url)
        training_carrier(admin, sandbox_url)
        demo_returns.prepare(admin, sandbox_url)
        demo_payments.prepare(admin, sandbox_url)
    return admin


def offer_languages(admin: Client) -> None:
    """Let everybody choose English or French: a database that once began in French alone shows nothing else, and
    says nothing of it to a user whose language is English."""
    missing = admin.call("res.lang", "search", [("code", "in", LANGUAGES), ("active", "=", False)])
    if missing:
        wizard = admin.call("base.language.install", "create", {"lang_ids": [(6, 0, missing)]})
        admin.call("base.language.install", "lang_install", [wizard])


# --- the carrier


def training_carrier(admin: Client, sandbox_url: str, name: str = "Transporteur d'essai") -> int | None:
    """A carrier that sells labels of the sandbox, at its present address; None where the addon is not installed."""
    field = [("model", "=", "delivery.carrier"), ("name", "=", "ecom_sandbox_url")]
    if not admin.call("ir.model.fields", "search_count", field):
        return None
    found = admin.call("delivery.carrier", "search", [("delivery_type", "=", "ecom_sandbox")])
    if found:
        admin.call("delivery.carrier", "write", found, {"ecom_sandbox_url": sandbox_url})
        return int(found[0])
    [product] = admin.call("product.product", "create", [{"name": name, "type": "service"}])
    values = {"name": name, "delivery_type": "ecom_sandbox", "ecom_sandbox_url": sandbox_url, "product_id": product}
    return int(admin.call("delivery.carrier", "create", [values])[0])


# --- the catalogue


def stock_catalogue(admin: Client) -> None:
    """Create the products of the sandbox's catalogue and put their opening stock on the shelves, once."""
    from sandbox.catalogue import PRODUCTS, WAREHOUSES

    known = {row["default_code"] for row in admin.search_read("product.product", [], "default_code")}
    new = [p for p in PRODUCTS if not {p.sku, *(variant.sku for variant in p.variants)} & known]
    if not new:
        return
    taxes = _taxes(admin)
    values = _attribute_values(admin)
    templates = admin.call("product.template", "create", [_template(product, taxes, values) for product in new])
    for product, template in zip(new, templates, strict=True):
        admin.call("product.template", "write", [template], {"name": product.name.fr}, context={"lang": "fr_FR"})
        if product.variants:
            _code_variants(admin, product, template)
    _count_stock(admin, new, _locations(admin, WAREHOUSES))


def _template(product: Any, taxes: dict[float, int], values: dict[tuple[str, str], tuple[int, int]]) -> dict[str, Any]:
    lines: dict[int, list[int]] = {}
    for variant in product.variants:
        for attribute, value in variant.values.items():
            attribute_id, value_id = values[attribute, value]
            ids = lines.setdefault(attribute_id, [])
            if value_id not in ids:
                ids.append(value_id)
    return {
        "name": product.name.en,
        "description_sale": False,
        "default_code": False if product.variants else product.sku,
        "barcode": product.barcode or False,
        "list_price": float(product.price),
        "weight": float(product.weight),
        "is_storable": True,
        "tracking": product.tracking,
        "use_expiration_date": bool(product.expiry_days),
        "expiration_time": product.expiry_days or 0,
        "taxes_id": [(6, 0, [taxes[float(product.tax_rate)]])],
        "invoice_policy": "order",
        "attribute_line_ids": [
            (0, 0, {"attribute_id": attribute, "value_ids": [(6, 0, ids)]}) for attribute, ids in lines.items()
        ],
    }


def _taxes(admin: Client) -> dict[float, int]:
    """The sales tax on goods, included in the price, of each French rate."""
    domain = [("type_tax_use", "=", "sale"), ("tax_scope", "=", "consu"), ("price_include", "=", True)]
    return {row["amount"]: row["id"] for row in admin.search_read("account.tax", domain, "amount", order="id desc")}


def _attribute_values(admin: Client) -> dict[tuple[str, str], tuple[int, int]]:
    """``{(attribute code, French value): (attribute id, value id)}``, created where they are missing."""
    from sandbox.catalogue import ATTRIBUTES

    found = {}
    for code, attribute in ATTRIBUTES.items():
        [attribute_id] = admin.call("product.attribute", "create", [{"name": attribute.name.en}])
        admin.call("product.attribute", "write", [attribute_id], {"name": attribute.name.fr}, context={"lang": "fr_FR"})
        names = [{"name": value.en, "attribute_id": attribute_id} for value in attribute.values]
        ids = admin.call("product.attribute.value", "create", names)
        for value, value_id in zip(attribute.values, ids, strict=True):
            french = {"lang": "fr_FR"}
            admin.call("product.attribute.value", "write", [value_id], {"name": value.fr}, context=french)
            found[code, value.fr] = (attribute_id, value_id)
    return found


def _code_variants(admin: Client, product: Any, template: int) -> None:
    """Give each variant its SKU and barcode."""
    wanted = {frozenset(variant.values.values()): variant for variant in product.variants}
    variants = admin.search_read(
        "product.product",
        [("product_tmpl_id", "=", template)],
        "product_template_attribute_value_ids",
        context={"lang": "fr_FR"},
    )
    chosen = {id_ for row in variants for id_ in row["product_template_attribute_value_ids"]}
    names = {
        row["id"]: row["name"]
        for row in admin.call(
            "product.template.attribute.value", "read", list(chosen), ["name"], context={"lang": "fr_FR"}
        )
    }
    for row in variants:
        variant = wanted[frozenset(names[id_] for id_ in row["product_template_attribute_value_ids"])]
        codes = {"default_code": variant.sku, "barcode": variant.barcode}
        admin.call("product.product", "write", [row["id"]], codes)


def _locations(admin: Client, warehouses: dict[str, str]) -> dict[str, int]:
    rows = admin.search_read("stock.warehouse", [("code", "in", list(warehouses))], "code", "lot_stock_id")
    return {row["code"]: row["lot_stock_id"][0] for row in rows}


def _count_stock(admin: Client, products: list[Any], locations: dict[str, int]) -> None:
    """Opening stock by an inventory count, with lots and serials where the product is tracked."""
    ids = {
        row["default_code"]: row["id"]
        for row in admin.search_read("product.product", [("default_code", "!=", False)], "default_code")
    }
    quants = []
    for product in products:
        for item in product.variants or (product,):
            for warehouse, quantity in item.stock.items():
                for lot, share in _lots(admin, product, ids[item.sku], f"{item.sku}-{warehouse}", quantity):
                    quants.append(
                        {
                            "product_id": ids[item.sku],
                            "location_id": locations[warehouse],
                            "lot_id": lot,
                            "inventory_quantity": share,
                        }
                    )
    counted = admin.call("stock.quant", "create", quants, context={"inventory_mode": True})
    admin.call("stock.quant", "action_apply_inventory", counted)


def _lots(admin: Client, product: Any, product_id: int, name: str, quantity: int) -> list[tuple[int | bool, int]]:
    """How a quantity is spread: ``(lot or serial, quantity)``. Goods that expire come in two lots of unlike age."""
    if product.tracking == "none" or not quantity:
        return [(False, quantity)]
    if product.tracking == "serial":
        values = [{"name": f"{name}-{n:03d}", "product_id": product_id} for n in range(1, quantity + 1)]
        return [(lot, 1) for lot in admin.call("stock.lot", "create", values)]
    near = max(1, quantity // 3)
    values = [{"name": f"{name}-A", "product_id": product_id}, {"name": f"{name}-B", "product_id": product_id}]
    if product.expiry_days:
        for value, share in zip(values, (3, 1), strict=True):
            expiry = date.today() + timedelta(days=product.expiry_days // share)
            value["expiration_date"] = f"{expiry} 00:00:00"
    first, second = admin.call("stock.lot", "create", values)
    return [(first, near), (second, quantity - near)]
