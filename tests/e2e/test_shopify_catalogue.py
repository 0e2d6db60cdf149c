"""A product with variants, pictures, a promotion and trade prices on Shopify, through Odoo's own lanes.

What is particular about Shopify: a picture is worked on after it was taken, and stock is refused for what is not kept
at a location yet.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from dev.client import Client
from platforms.catalogue import ListingDocument
from shops.shopify import ShopifyShop
from test_stories import Story


@pytest.fixture
def story(admin: Client) -> Iterator[Story]:
    shop = ShopifyShop()
    try:
        yield Story(shop, admin)
    finally:
        shop.close()


def picture(red: int) -> str:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + bytes((red, 0, 0)) * 8) * 8
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
    content = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return base64.b64encode(content).decode()


def shirt(admin: Client) -> tuple[int, int]:
    """A shirt in two sizes: ``(template, line of its attribute)``."""
    (attribute,) = admin.call("product.attribute", "create", [{"name": "Taille", "create_variant": "always"}])
    values = admin.call(
        "product.attribute.value", "create", [{"name": name, "attribute_id": attribute} for name in ("S", "M")]
    )
    (category,) = admin.call("product.category", "create", [{"name": "Chemises"}])
    values_of_template = {
        "name": "Chemise",
        "categ_id": category,
        "list_price": 30.0,
        "is_storable": True,
        "image_1920": picture(200),
        "attribute_line_ids": [[0, 0, {"attribute_id": attribute, "value_ids": [[6, 0, values]]}]],
    }
    (template,) = admin.call("product.template", "create", [values_of_template])
    (line,) = admin.search_read("product.template.attribute.line", [("product_tmpl_id", "=", template)], "attribute_id")
    return int(template), int(line["id"])


def name_variants(admin: Client, template: int) -> dict[str, int]:
    """``{SKU: variant}``, the SKUs made of the sizes."""
    rows = admin.search_read(
        "product.product", [("product_tmpl_id", "=", template)], "display_name", "default_code", order="id"
    )
    found = {}
    for row in rows:
        sku = row["default_code"] or f"CHEMISE-{row['display_name'].rpartition('(')[2].rstrip(')')}"
        admin.call("product.product", "write", [row["id"]], {"default_code": sku})
        found[sku] = row["id"]
    return found


def test_a_product_with_variants_pictures_and_trade_prices(story: Story) -> None:
    admin, shop = story.admin, story.shop
    shop.sandbox.call("/sandbox/shopify/settings", {"media_seconds": 2})
    pros = shop.sandbox.call(
        "/sandbox/shopify/price-lists", {"name": "Pros", "currency": "EUR", "catalog": "Professionnels"}
    )
    story.begin(stock_push=True)
    template, line = shirt(admin)
    variants = name_variants(admin, template)
    (trade,) = admin.call("product.pricelist", "create", [{"name": "Trade", "company_id": False}])
    fixed = {"pricelist_id": trade, "compute_price": "percentage", "percent_price": 20}
    admin.call("product.pricelist.item", "create", [fixed])
    tariff = {"channel_id": story.channel, "code": "professionnels", "pricelist_id": trade}
    admin.call("ecom.tariff", "create", [tariff])
    values = {"product_ids": [[6, 0, [template]]], "channel_ids": [[6, 0, [story.channel]]], "state": "on"}
    wizard = admin.call("ecom.listing.publish", "create", values)
    admin.call("ecom.listing.publish", "action_publish", [wizard])

    def listing() -> ListingDocument | None:
        found = shop.listing("CHEMISE-S")
        return found if found and found.images and found.images[0].url else None

    made = story.until(listing, seconds=60)
    assert (made.name, [found.name for found in made.categories]) == ("Chemise", ["Chemises"])
    assert [(offer.sku, offer.options[0].value) for offer in made.offers] == [("CHEMISE-S", "S"), ("CHEMISE-M", "M")]
    price = made.offers[0].price
    assert price

    def trade_prices() -> list[dict[str, Any]]:
        text = (
            "{ priceLists(first: 9) { nodes { id fixedPricesCount prices(first: 9) { nodes { price { amount } } } } } }"
        )
        answer = shop.sandbox.call("/sandbox/shopify/graphql", {"query": text})
        (found,) = [row for row in answer["data"]["priceLists"]["nodes"] if row["id"].endswith(str(pros["id"]))]
        return list(found["prices"]["nodes"])

    story.until(lambda: len(trade_prices()) == 2)
    assert {Decimal(row["price"]["amount"]) for row in trade_prices()} == {price * 8 / 10}

    # Neither of them was counted, or kept anywhere.
    for sku, quantity in (("CHEMISE-S", 4), ("CHEMISE-M", 7)):
        story.count(variants[sku], quantity)
    story.until(lambda: (shop.stock("CHEMISE-S"), shop.stock("CHEMISE-M")) == (4, 7))

    # A size more, a promotion and another picture: what was there stays what it was.
    attribute = admin.call("product.template.attribute.line", "read", [line], ["attribute_id"])[0]["attribute_id"][0]
    (large,) = admin.call("product.attribute.value", "create", [{"name": "L", "attribute_id": attribute}])
    admin.call("product.template.attribute.line", "write", [line], {"value_ids": [[4, large]]})
    name_variants(admin, template)
    (promotion,) = admin.call("product.pricelist", "create", [{"name": "Soldes", "company_id": False}])
    rule = {"pricelist_id": promotion, "compute_price": "percentage", "percent_price": 50}
    admin.call("product.pricelist.item", "create", [rule])
    admin.call("ecom.channel", "write", [story.channel], {"promotion_list_id": promotion})
    admin.call("product.template", "write", [template], {"image_1920": picture(100)})

    def changed() -> bool:
        now = listing()
        return bool(
            now
            and [offer.sku for offer in now.offers] == ["CHEMISE-S", "CHEMISE-M", "CHEMISE-L"]
            and {offer.sale_price for offer in now.offers} == {price / 2}
            and [image.external_id for image in now.images] != [image.external_id for image in made.images]
        )

    story.until(changed, seconds=60)
    now = listing()
    assert now and [offer.variant_id for offer in now.offers[:2]] == [offer.variant_id for offer in made.offers]
    assert len(now.images) == 1, "the picture that Odoo no longer shows is gone"
    waiting = [("channel_id", "=", story.channel), ("waiting", "=", True)]
    story.until(lambda: not admin.call("ecom.listing", "search_count", waiting))
    found = admin.search_read("ecom.listing", [("channel_id", "=", story.channel)], "differs", "refusal")
    assert found == [{"id": found[0]["id"], "differs": False, "refusal": False}], "no echo is taken for a change"
    problems = [
        ("channel_id", "=", story.channel),
        ("code", "in", ("listing_refused", "media_refused", "stock_refused")),
    ]
    assert not admin.search_read("ecom.issue", problems, "message")
