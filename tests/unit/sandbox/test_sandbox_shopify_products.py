"""The simulated Shopify punishes a careless client as the vendor does: what a list leaves out is gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from shopify_support import ShopifyClient, open_shopify

SHOWN = """
query($id: ID!) { product(id: $id) {
  title handle status descriptionHtml tags vendor hasOnlyDefaultVariant
  options { name values }
  variants(first: 250) { nodes { id sku price compareAtPrice selectedOptions { name value }
    inventoryItem { tracked requiresShipping measurement { weight { unit value } } } } }
  media(first: 9) { nodes { id alt status } } collections(first: 9) { nodes { title } }
  metafields(first: 9) { nodes { namespace key value type } }
  resourcePublicationsCount { count }
} }
"""
SET = """
mutation($input: ProductSetInput!, $identifier: ProductSetIdentifiers) {
  productSet(input: $input, identifier: $identifier) { product { id } userErrors { code field message } }
}
"""
UPDATE = """
mutation($product: ProductUpdateInput!) {
  productUpdate(product: $product) { product { id } userErrors { field message } }
}
"""
SIZES = [{"name": "Taille", "values": [{"name": "S"}, {"name": "M"}]}]


@pytest.fixture
def shop() -> Iterator[ShopifyClient]:
    with open_shopify(with_catalogue=False) as found:
        yield found


def variant(size: str, **values: Any) -> dict[str, Any]:
    return {"optionValues": [{"optionName": "Taille", "name": size}], "price": "10.00", **values}


def make(shop: ShopifyClient, **values: Any) -> str:
    body = {"title": "Chemise", "productOptions": SIZES, "variants": [variant("S"), variant("M")], **values}
    return str(shop.do("productSet", SET, {"input": body})["product"]["id"])


def shown(shop: ShopifyClient, gid: str) -> dict[str, Any]:
    found: dict[str, Any] = shop.ask(SHOWN, {"id": gid})["product"]
    return found


def errors(shop: ShopifyClient, name: str, text: str, **variables: Any) -> list[tuple[str, list[str]]]:
    """``(code, path)`` of what is refused."""
    rows = shop.ask(text, variables)[name]["userErrors"]
    return [(row.get("code"), row["field"]) for row in rows]


def test_a_product_is_made_whole(shop: ShopifyClient) -> None:
    item = {"sku": "S", "measurement": {"weight": {"value": 0.25, "unit": "KILOGRAMS"}}}
    found = shown(shop, make(shop, variants=[variant("S", inventoryItem=item), variant("M", compareAtPrice="12")]))
    assert (found["handle"], found["status"], found["hasOnlyDefaultVariant"]) == ("chemise", "ACTIVE", False)
    small, medium = found["variants"]["nodes"]
    assert (small["sku"], small["inventoryItem"]["measurement"]["weight"]["value"]) == ("S", 0.25)
    assert (medium["price"], medium["compareAtPrice"]) == ("10.00", "12.00")
    assert found["options"] == [{"name": "Taille", "values": ["S", "M"]}]
    assert found["resourcePublicationsCount"]["count"] == 0, "what the API makes is on no channel"
    assert not small["inventoryItem"]["tracked"]


def test_what_a_list_leaves_out_is_gone_and_what_is_not_said_stays(shop: ShopifyClient) -> None:
    metafields = [{"namespace": "custom", "key": key, "type": "single_line_text_field", "value": "x"} for key in "ab"]
    gid = make(shop, metafields=metafields, tags=["b", "a"], descriptionHtml="<p>x</p>")
    small, _medium = shown(shop, gid)["variants"]["nodes"]
    shop.do("productSet", SET, {"identifier": {"id": gid}, "input": {"title": "Autre"}})
    kept = shown(shop, gid)
    assert len(kept["variants"]["nodes"]) == 2 and len(kept["metafields"]["nodes"]) == 2
    assert (kept["tags"], kept["descriptionHtml"]) == (["a", "b"], "<p>x</p>")
    cut = {
        "productOptions": [{"name": "Taille", "values": [{"name": "S"}]}],
        "variants": [variant("S")],
        "metafields": metafields[:1],
    }
    shop.do("productSet", SET, {"identifier": {"id": gid}, "input": cut})
    left = shown(shop, gid)
    assert [row["id"] for row in left["variants"]["nodes"]] == [small["id"]], "known by its options"
    assert [row["key"] for row in left["metafields"]["nodes"]] == ["a"]


def test_product_update_leaves_alone_what_is_not_said(shop: ShopifyClient) -> None:
    gid = make(shop, metafields=[{"namespace": "custom", "key": "a", "type": "single_line_text_field", "value": "x"}])
    more = [{"namespace": "custom", "key": "b", "type": "single_line_text_field", "value": "y"}]
    shop.do("productUpdate", UPDATE, {"product": {"id": gid, "metafields": more, "handle": "neuf"}})
    found = shown(shop, gid)
    assert [row["key"] for row in found["metafields"]["nodes"]] == ["a", "b"] and found["handle"] == "neuf"


@pytest.mark.parametrize(
    ("values", "code", "path"),
    [
        ({"productOptions": None}, "PRODUCT_OPTIONS_INPUT_MISSING", ["input", "productOptions"]),
        ({"variants": None}, "VARIANTS_INPUT_MISSING", ["input", "variants"]),
        ({"variants": [variant("XL")]}, "OPTION_VALUE_DOES_NOT_EXIST", ["input", "variants", "0", "optionValues"]),
        ({"variants": [variant("S"), variant("S")]}, "INVALID_VARIANT", ["input", "variants", "1"]),
        ({"handle": "taken"}, "HANDLE_NOT_UNIQUE", ["input", "handle"]),
        ({"files": [{"id": "gid://shopify/MediaImage/9"}]}, "NOT_FOUND", ["input", "files", "0", "id"]),
        ({"variants": [variant("S", id="gid://shopify/ProductVariant/9")]}, "PRODUCT_VARIANT_DOES_NOT_EXIST", None),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    shop: ShopifyClient, values: dict[str, Any], code: str, path: list[str] | None
) -> None:
    make(shop, handle="taken")
    body = {"title": "Chemise", "productOptions": SIZES, "variants": [variant("S")], **values}
    ((found, where),) = errors(shop, "productSet", SET, input={key: row for key, row in body.items() if row})
    assert found == code and (path is None or where == path)
    assert shop.ask("{ productsCount { count } }")["productsCount"]["count"] == 1


def test_values_of_the_type_id_are_unique(shop: ShopifyClient) -> None:
    define = """
    mutation($definition: MetafieldDefinitionInput!) {
      metafieldDefinitionCreate(definition: $definition) { createdDefinition { id } userErrors { code field message } }
    }"""
    definition = {"name": "Key", "namespace": "odoo", "key": "listing", "type": "id", "ownerType": "PRODUCT"}
    shop.do("metafieldDefinitionCreate", define, {"definition": definition})
    assert errors(shop, "metafieldDefinitionCreate", define, definition=definition) == [
        ("TAKEN", ["definition", "key"])
    ]
    key = {"namespace": "odoo", "key": "listing", "type": "id", "value": "7"}
    gid = make(shop, metafields=[key])
    body = {"title": "Double", "metafields": [key]}
    found = errors(shop, "productSet", SET, input=body)
    assert found == [("CAPABILITY_VIOLATION", ["input", "metafields", "0", "value"])]
    text = "query($i: ProductIdentifierInput!) { productByIdentifier(identifier: $i) { id } }"
    custom = {"namespace": "odoo", "key": "listing", "value": "7"}
    assert shop.ask(text, {"i": {"customId": custom}})["productByIdentifier"]["id"] == gid
    assert shop.ask(text, {"i": {"customId": {**custom, "value": "8"}}})["productByIdentifier"] is None


def test_new_variants_push_the_default_one_out_unless_it_is_kept(shop: ShopifyClient) -> None:
    options = """
    mutation($id: ID!, $options: [OptionCreateInput!]!) {
      productOptionsCreate(productId: $id, options: $options) { product { id } userErrors { code field message } }
    }"""
    create = """
    mutation($id: ID!, $variants: [ProductVariantsBulkInput!]!, $strategy: ProductVariantsBulkCreateStrategy) {
      productVariantsBulkCreate(productId: $id, variants: $variants, strategy: $strategy) {
        productVariants { id } userErrors { code field message }
      }
    }"""
    gid = str(shop.do("productSet", SET, {"input": {"title": "Seul"}})["product"]["id"])
    title = [{"optionName": "Title", "name": "Deuxième"}]
    shop.do("productVariantsBulkCreate", create, {"id": gid, "variants": [{"optionValues": title}]})
    assert len(shown(shop, gid)["variants"]["nodes"]) == 1, "the standalone variant was deleted"
    shop.do("productOptionsCreate", options, {"id": gid, "options": [{"name": "Taille", "values": [{"name": "S"}]}]})
    one = shown(shop, gid)["variants"]["nodes"][0]
    assert one["selectedOptions"] == [{"name": "Taille", "value": "S"}]
    values = {"id": gid, "variants": [variant("M")], "strategy": "PRESERVE_STANDALONE_VARIANT"}
    shop.do("productVariantsBulkCreate", create, values)
    assert [row["id"] == one["id"] for row in shown(shop, gid)["variants"]["nodes"]] == [True, False]
    assert errors(shop, "productVariantsBulkCreate", create, **values) == [
        ("VARIANT_ALREADY_EXISTS_CHANGE_OPTION_VALUE", ["variants", "0"])
    ]


def test_variants_are_changed_all_or_none_unless_a_part_will_do(shop: ShopifyClient) -> None:
    update = """
    mutation($id: ID!, $variants: [ProductVariantsBulkInput!]!, $part: Boolean) {
      productVariantsBulkUpdate(productId: $id, variants: $variants, allowPartialUpdates: $part) {
        productVariants { id } userErrors { code field message }
      }
    }"""
    gid = make(shop)
    small, medium = (row["id"] for row in shown(shop, gid)["variants"]["nodes"])
    rows = [{"id": small, "price": "-1"}, {"id": medium, "price": "11"}]
    wrong = [("NEGATIVE_PRICE_VALUE", ["variants", "0", "price"])]
    assert errors(shop, "productVariantsBulkUpdate", update, id=gid, variants=rows, part=False) == wrong
    assert [row["price"] for row in shown(shop, gid)["variants"]["nodes"]] == ["10.00", "10.00"]
    assert errors(shop, "productVariantsBulkUpdate", update, id=gid, variants=rows, part=True) == wrong
    assert [row["price"] for row in shown(shop, gid)["variants"]["nodes"]] == ["10.00", "11.00"]


def test_figures_are_compared_need_a_key_and_are_taken_all_or_none(shop: ShopifyClient) -> None:
    text = """
    mutation($input: InventorySetQuantitiesInput!, $key: String!) {
      inventorySetQuantities(input: $input) @idempotent(key: $key) {
        inventoryAdjustmentGroup { id } userErrors { code field message }
      }
    }"""
    shop.control("products", {"sku": "MUG", "name": "Mug", "price": "9.00", "quantity": 3})
    item = shop.ask("{ inventoryItems(first: 1) { nodes { id } } }")["inventoryItems"]["nodes"][0]["id"]
    paris, lyon = (
        row["id"] for row in shop.ask("{ locations(first: 9, sortKey: ID) { nodes { id } } }")["locations"]["nodes"]
    )

    def told(key: str, *rows: dict[str, Any]) -> list[str]:
        quantities = [{"inventoryItemId": item, "locationId": paris, **row} for row in rows]
        body = {"name": "available", "reason": "correction", "quantities": quantities}
        return [code for code, _path in errors(shop, "inventorySetQuantities", text, input=body, key=key)]

    assert told("1", {"quantity": 5, "changeFromQuantity": 3}) == []
    assert told("1", {"quantity": 5, "changeFromQuantity": 3}) == [], "the same call counts once"
    assert told("1", {"quantity": 6, "changeFromQuantity": 5}) == ["IDEMPOTENCY_KEY_PARAMETER_MISMATCH"]
    assert told("2", {"quantity": 9, "changeFromQuantity": 3}) == ["CHANGE_FROM_QUANTITY_STALE"]
    assert told("3", {"quantity": 9}) == ["COMPARE_QUANTITY_REQUIRED"]
    both = ({"quantity": 8, "changeFromQuantity": 5}, {"quantity": 1, "changeFromQuantity": None, "locationId": lyon})
    assert told("4", *both) == ["INVALID_LOCATION"]
    assert shop.control("stock", method="GET") == {"MUG": 5}
    bare = text.replace(" @idempotent(key: $key)", "").replace(", $key: String!", "")
    assert shop.send(bare, {"input": {"name": "available", "reason": "correction", "quantities": []}}).json["errors"]


def test_a_translation_of_an_older_text_is_known_for_it(shop: ShopifyClient) -> None:
    content = """
    query($ids: [ID!]!) { translatableResourcesByIds(first: 9, resourceIds: $ids) {
      nodes { translatableContent { key digest } } } }"""
    register = """
    mutation($id: ID!, $rows: [TranslationInput!]!) {
      translationsRegister(resourceId: $id, translations: $rows) { userErrors { code field message } }
    }"""
    gid = make(shop)
    found = shop.ask(content, {"ids": [gid]})["translatableResourcesByIds"]["nodes"][0]["translatableContent"]
    digest = next(row["digest"] for row in found if row["key"] == "title")
    row = {"locale": "en", "key": "title", "value": "Shirt", "translatableContentDigest": digest}
    assert errors(shop, "translationsRegister", register, id=gid, rows=[row]) == []
    shop.do("productUpdate", UPDATE, {"product": {"id": gid, "title": "Chemise neuve"}})
    for change, code in (({}, "INVALID_TRANSLATABLE_CONTENT"), ({"locale": "de"}, "INVALID_LOCALE_FOR_SHOP")):
        ((told, _path),) = errors(shop, "translationsRegister", register, id=gid, rows=[{**row, **change}])
        assert told == code
