"""A product with variants, pictures and a promotion on a PrestaShop, through Odoo's own lanes.

What is particular about PrestaShop: a picture can only be sent once its product is there, a variant's price is what it
adds to the product's, and stock has a sum that nobody may write.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterator
from decimal import Decimal

import pytest

from dev.client import Client
from platforms.catalogue import ListingDocument
from shops.prestashop import PrestaShopShop
from test_stories import Story


@pytest.fixture
def story(admin: Client) -> Iterator[Story]:
    shop = PrestaShopShop()
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
    return base64.b64encode(
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    ).decode()


def shirt(admin: Client) -> tuple[int, dict[str, int]]:
    """A shirt in two sizes: ``(template, {SKU: variant})``."""
    (attribute,) = admin.call("product.attribute", "create", [{"name": "Taille", "create_variant": "always"}])
    values = admin.call(
        "product.attribute.value", "create", [{"name": name, "attribute_id": attribute} for name in ("S", "XL")]
    )
    line = {"attribute_id": attribute, "value_ids": [[6, 0, values]]}
    (template,) = admin.call(
        "product.template",
        "create",
        [
            {
                "name": "Chemise <lin>",
                "list_price": 30.0,
                "is_storable": True,
                "image_1920": picture(200),
                "attribute_line_ids": [[0, 0, line]],
            }
        ],
    )
    variants = admin.search_read("product.product", [("product_tmpl_id", "=", template)], "id", order="id")
    found = {}
    for row, sku in zip(variants, ("CHEMISE-S", "CHEMISE-XL"), strict=True):
        admin.call("product.product", "write", [row["id"]], {"default_code": sku})
        found[sku] = row["id"]
    extra = [("product_tmpl_id", "=", template), ("product_attribute_value_id", "=", values[1])]
    (dearer,) = admin.search_read("product.template.attribute.value", extra, "id")
    admin.call("product.template.attribute.value", "write", [dearer["id"]], {"price_extra": 6.0})
    return int(template), found


def test_a_product_with_variants_and_pictures(story: Story) -> None:
    admin, shop = story.admin, story.shop
    story.begin(stock_push=True)
    template, variants = shirt(admin)
    wizard = admin.call(
        "ecom.listing.publish",
        "create",
        {"product_ids": [[6, 0, [template]]], "channel_ids": [[6, 0, [story.channel]]], "state": "on"},
    )
    admin.call("ecom.listing.publish", "action_publish", [wizard])

    def listing() -> ListingDocument | None:
        found = shop.listing("CHEMISE-S")
        return found if found and found.images else None

    made = story.until(listing, seconds=60)
    assert made.name == "Chemise ‹lin›" and len(made.images) == 1
    small, large = made.offers
    assert [offer.options[0].value for offer in made.offers] == ["S", "XL"]
    assert small.price and large.price and small.price == large.price * 30 / 36
    for sku, quantity in (("CHEMISE-S", 4), ("CHEMISE-XL", 7)):
        story.count(variants[sku], quantity)
    story.until(lambda: (shop.stock("CHEMISE-S"), shop.stock("CHEMISE-XL")) == (4, 7))

    # A promotion is struck through on the shop; another picture takes the place of the first.
    (promotion,) = admin.call("product.pricelist", "create", [{"name": "Soldes", "company_id": False}])
    rule = {"pricelist_id": promotion, "compute_price": "percentage", "percent_price": 50}
    admin.call("product.pricelist.item", "create", [rule])
    admin.call("ecom.channel", "write", [story.channel], {"promotion_list_id": promotion})
    admin.call("product.template", "write", [template], {"image_1920": picture(100)})

    def changed() -> bool:
        now = listing()
        if now is None or [image.external_id for image in now.images] == [image.external_id for image in made.images]:
            return False
        halves = [offer.sale_price is not None and offer.sale_price * 2 == offer.price for offer in now.offers]
        return len(now.images) == 1 and all(halves)

    story.until(changed, seconds=60)

    # What is sold of it comes in at the promotion's price, and is not for sale any more.
    order_id = shop.place([("CHEMISE-XL", 2)])
    sale = story.sale(order_id)
    (line,) = admin.search_read(
        "sale.order.line", [("order_id", "=", sale), ("product_id", "=", variants["CHEMISE-XL"])], "price_total"
    )
    product_line = next(line for line in shop.order(order_id).lines if line.sku == "CHEMISE-XL")
    assert Decimal(str(line["price_total"])) == product_line.gross
    story.until(lambda: shop.stock("CHEMISE-XL") == 5)
    waiting = [("waiting", "=", True)]
    story.until(lambda: not admin.call("ecom.listing", "search_count", waiting))
    assert not admin.search_read("ecom.issue", [("state", "=", "open")], "message")
