"""The catalogue's part of the story: a shop's catalogue that waits for a person, and products published from Odoo."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from dev.client import Client
from dev.pictures import drawings
from dev.pictures.shopkeeper import ask
from dev.sandbox import SandboxServer
from dev.say import Problem

COLOURS = {"Noir": "#2f2f35", "Blanc": "#d9d2c5", "Bleu marine": "#24365c"}
"""Values of the demonstration's attribute, in French, and how they are drawn."""
WORDS = {
    "en_US": {
        "unlabelled": "Scented candle, amber",
        "lamp": "Paper lamp",
        "sweater": "Winter sweater",
        "size": "Size",
        "vase": "Stoneware vase",
        "jug": "Enamelled jug",
        "jug_text": "Holds 1.5 l, dishwasher safe.",
        "jug_side": "The same jug in blue",
        "scarf": "Linen scarf",
        "scarf_title": "Linen scarf, woven in Lyon",
        "scarf_summary": "Light, soft, 70 × 180 cm.",
        "scarf_text": "<p>Pure linen from Normandy, woven in Lyon. Hand wash, iron while damp.</p>",
        "textile": "Scarves",
        "table": "Tableware",
        "shopkeeper": "Enamelled jug – last ones!",
        "prices": "Shop prices",
        "promotions": "Promotions",
        "own_field": "Shop reference",
    },
    "fr_FR": {
        "unlabelled": "Bougie parfumée ambre",
        "lamp": "Lampe en papier",
        "sweater": "Pull d’hiver",
        "size": "Taille",
        "vase": "Vase en grès",
        "jug": "Pichet émaillé",
        "jug_text": "Contient 1,5 l, passe au lave-vaisselle.",
        "jug_side": "Le même pichet en bleu",
        "scarf": "Écharpe en lin",
        "scarf_title": "Écharpe en lin, tissée à Lyon",
        "scarf_summary": "Légère, douce, 70 × 180 cm.",
        "scarf_text": "<p>Pur lin de Normandie, tissé à Lyon. Lavage à la main, repassage humide.</p>",
        "textile": "Écharpes",
        "table": "Arts de la table",
        "shopkeeper": "Pichet émaillé – derniers exemplaires !",
        "prices": "Tarif des boutiques",
        "promotions": "Promotions",
        "own_field": "Référence boutique",
    },
}


def tell(people: dict[str, Client], shop: SandboxServer, places: dict[str, Any], language: str) -> None:
    """A catalogue to decide about; a scarf on sale, a jug that somebody changes on the shop, a vase to publish."""
    admin, manager, words = people["admin"], people["manager"], WORDS[language]
    _fill_the_shop(shop, words)
    mine = {"lang": language}
    batch = manager.call("ecom.channel", "action_import_catalogue", [places["channel"]], context=mine)["res_id"]
    _wait_for(lambda: _is(manager, "ecom.catalogue.import", batch, state="ready"))
    places["catalogue"] = batch

    _price(admin, places, words)
    scarf, jug, vase = _make_products(admin, words)
    _promote(admin, places, jug)
    places |= {"product": jug, "new_product": vase}
    wizard = {"product_ids": [(6, 0, [scarf, jug])], "channel_ids": [(6, 0, [places["channel"]])], "state": "on"}
    manager.call("ecom.listing.publish", "action_publish", [manager.call("ecom.listing.publish", "create", wizard)])
    listings = manager.search_read("ecom.listing", [("product_tmpl_id", "in", [scarf, jug])], "product_tmpl_id")
    by_product = {row["product_tmpl_id"][0]: row["id"] for row in listings}
    places |= {"listing": by_product[scarf], "changed_listing": by_product[jug]}
    texts = {"title": words["scarf_title"], "summary": words["scarf_summary"], "description": words["scarf_text"]}
    manager.call("ecom.listing", "write", [by_product[scarf]], texts)
    _wait_for(lambda: all(_told(manager, listing) for listing in by_product.values()))

    places["mapping"] = _map_the_sku(admin, manager, words)
    external_id = manager.call("ecom.listing", "read", [by_product[jug]], ["external_id"])[0]["external_id"]
    _wait_for(lambda: _quiet(shop))
    ask(shop, "PUT", f"products/{external_id}", {"name": words["shopkeeper"], "regular_price": "35.00"})
    _wait_for(lambda: _is(manager, "ecom.listing", by_product[jug], has_differences=True))


def _fill_the_shop(shop: SandboxServer, words: dict[str, str]) -> None:
    """What only the shop sells: one thing has no SKU, one is new, one comes in sizes."""
    ask(shop, "POST", "products", {"name": words["unlabelled"], "regular_price": "19.00"})
    ask(shop, "POST", "products", {"name": words["lamp"], "sku": "MAI-LAMPE-P", "regular_price": "45.00"})
    letters = ["S", "M", "L"]
    sizes = {"name": words["size"], "variation": True, "visible": True, "options": letters}
    sweater = ask(shop, "POST", "products", {"name": words["sweater"], "type": "variable", "attributes": [sizes]})
    for size in letters:
        ask(
            shop,
            "POST",
            f"products/{sweater['id']}/variations",
            {
                "sku": f"VET-PULL-{size}",
                "regular_price": "79.00",
                "attributes": [{"name": words["size"], "option": size}],
            },
        )


def _price(admin: Client, places: dict[str, Any], words: dict[str, str]) -> None:
    """The shop's price list, and one of promotions."""
    lists = admin.call("product.pricelist", "create", [{"name": words["prices"]}, {"name": words["promotions"]}])
    values = {"price_list_id": lists[0], "promotion_list_id": lists[1]}
    admin.call("ecom.channel", "write", [places["channel"]], values)
    places["promotions"] = lists[1]


def _promote(admin: Client, places: dict[str, Any], product: int) -> None:
    """A fifth less, since yesterday and for ten days."""
    today = datetime.now(timezone.utc)
    rule = {
        "pricelist_id": places["promotions"],
        "applied_on": "1_product",
        "product_tmpl_id": product,
        "compute_price": "percentage",
        "percent_price": 20,
        "date_start": f"{today - timedelta(days=1):%Y-%m-%d} 00:00:00",
        "date_end": f"{today + timedelta(days=10):%Y-%m-%d} 22:59:59",
    }
    admin.call("product.pricelist.item", "create", rule)


def _make_products(admin: Client, words: dict[str, str]) -> list[int]:
    """A scarf in two colours, a jug with two pictures, in promotion, and a vase that is on no shop yet."""
    tax = admin.search_read(
        "account.tax",
        [("type_tax_use", "=", "sale"), ("amount", "=", 20), ("price_include", "=", True), ("tax_scope", "=", "consu")],
        limit=1,
    )
    textile, table = admin.call("product.category", "create", [{"name": words["textile"]}, {"name": words["table"]}])
    colours = admin.search_read(
        "product.attribute.value",
        [("name", "in", list(COLOURS)[:2]), ("attribute_id.name", "=", "Couleur")],
        "name",
        "attribute_id",
        context={"lang": "fr_FR"},
    )
    common = {"is_storable": True, "taxes_id": [(6, 0, [tax[0]["id"]])]}
    chosen = [
        (0, 0, {"attribute_id": colours[0]["attribute_id"][0], "value_ids": [(6, 0, [c["id"] for c in colours])]})
    ]
    scarf, jug, vase = admin.call(
        "product.template",
        "create",
        [
            common
            | {"name": words["scarf"], "list_price": 59, "weight": 0.18, "categ_id": textile}
            | {"attribute_line_ids": chosen, "image_1920": drawings.scarf(COLOURS["Noir"])},
            common
            | {"name": words["jug"], "list_price": 32, "weight": 0.9, "default_code": "MAI-PICHET"}
            | {"description_sale": words["jug_text"], "categ_id": table, "image_1920": drawings.jug("#d9d2c5")},
            common | {"name": words["vase"], "list_price": 38, "default_code": "MAI-VASE", "categ_id": table},
        ],
    )
    variants = admin.search_read("product.product", [("product_tmpl_id", "=", scarf)], order="id")
    for number, variant in enumerate(variants, 1):
        admin.call("product.product", "write", [variant["id"]], {"default_code": f"VET-ECHARPE-{number}"})
    image = {"product_tmpl_id": jug, "alt": words["jug_side"], "image_1920": drawings.jug("#2c5d9b")}
    admin.call("ecom.product.image", "create", image)
    return [scarf, jug, vase]


def _map_the_sku(admin: Client, manager: Client, words: dict[str, str]) -> int:
    """On the second shop, which Odoo does not keep up, SKUs live in a field of the merchant's own."""
    (model,) = admin.call("ir.model", "search", [("model", "=", "product.product")])
    field = {"model_id": model, "name": "x_shop_reference", "field_description": words["own_field"], "ttype": "char"}
    admin.call("ir.model.fields", "create", field)
    for number, product in enumerate(admin.call("product.product", "search", [], limit=10), 1001):
        admin.call("product.product", "write", [product], {"x_shop_reference": f"AZ-{number}"})
    (second,) = admin.call("ecom.channel", "search", [("sequence", "=", 15)])
    mapping = {
        "channel_id": second,
        "target": "offer.sku",
        "source": "field",
        "source_field": "x_shop_reference",
        "direction": "to_shop",
    }
    return int(manager.call("ecom.field.mapping", "create", mapping))


# --- helpers


def _told(client: Client, listing: int) -> bool:
    """Whether the shop has it, and nothing of it is on its way."""
    row = client.call("ecom.listing", "read", [listing], ["external_id", "waiting"])[0]
    return bool(row["external_id"] and not row["waiting"])


def _quiet(shop: SandboxServer) -> bool:
    """Whether the shop has announced all that happened so far."""
    return not shop.call("/sandbox/deliveries?wait=5", method="GET")["pending"]


def _is(client: Client, model: str, record: int, **values: Any) -> bool:
    row = client.call(model, "read", [record], list(values))[0]
    return all(row[name] == value for name, value in values.items())


def _wait_for(look: Callable[[], bool], patience: float = 120.0) -> None:
    deadline = time.monotonic() + patience
    while not look():
        if time.monotonic() > deadline:
            raise Problem("The catalogue for the pictures did not become ready in time. See .run/logs.")
        time.sleep(0.2)
