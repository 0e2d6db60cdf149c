"""Reading Medusa's catalogue: a hundred products a call with all their variants, and two more calls for a page's
price lists and translations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..catalogue import (
    AttributeDocument,
    CataloguePage,
    CustomField,
    ImageDocument,
    ListingDocument,
    ListingKind,
    ListingState,
    OfferDocument,
    OptionDocument,
    PriceDocument,
    Raw,
    TermDocument,
    TextsDocument,
)
from ..values import decimal, identifier, reading_product, rows, text, utc_or_none
from ..words import _
from .client import MedusaClient
from .connection import default_currency, read_store
from .price_lists import list_prices
from .translations import read_translations

Row = Mapping[str, Any]

# What a reader keeps inside the raw product: the shop's currency, its price lists' prices, the texts in languages.
CURRENCY_KEY = "_currency"
LISTS_KEY = "_price_lists"
TEXTS_KEY = "_translations"

FIELDS = ",".join(
    (
        "id,title,subtitle,description,handle,status,external_id,thumbnail,is_giftcard,metadata,created_at,updated_at",
        "*images,*options,*options.values,*tags,collection.id,collection.title,categories.id,categories.name",
        "*variants,*variants.options,variants.options.option.title,*variants.prices",
    )
)
STATES = {
    ListingState.DRAFT: "draft",
    ListingState.ON: "published",
    # Neither has a state of its own: what is not published is not sold, and "rejected" is no draft that never was.
    ListingState.HIDDEN: "rejected",
    ListingState.OFF: "rejected",
}
_STATES = {"draft": ListingState.DRAFT, "proposed": ListingState.DRAFT, "published": ListingState.ON}
# Medusa counts weights in grams, by convention of its administration and its delivery plugins.
GRAMS = Decimal(1000)
# What Medusa's administration gives a product that has no options.
DEFAULT_OPTION, DEFAULT_VALUE, DEFAULT_VARIANT = "Default option", "Default option value", "Default variant"
_DEFAULTS = frozenset(name.casefold() for name in (DEFAULT_OPTION, "Default"))


def read(client: MedusaClient, cursor: str) -> CataloguePage:
    """The cursor is how many products were read; new ones come last."""
    offset = int(cursor or 0)
    params: dict[str, str | int] = {"fields": FIELDS, "order": "created_at", "offset": offset}
    listing = client.page("products", "products", params)
    after = offset + len(listing.rows)
    more = listing.rows and after < listing.count
    return CataloguePage(tuple(complete(client, listing.rows)), str(after) if more else "", listing.count)


def read_some(client: MedusaClient, ids: Sequence[str], currency: str = "") -> list[Raw]:
    """These products, by the hundred; ``currency`` where it is known already."""
    return complete(client, list(client.by_ids("products", "products", ids, {"fields": FIELDS})), currency)


def find(client: MedusaClient, keys: Sequence[str]) -> dict[str, Raw]:
    """By key the products that were made with it: Medusa has a field for other systems' ids."""
    found = complete(client, list(client.by_ids("products", "products", keys, {"fields": FIELDS}, name="external_id")))
    return {text(row.get("external_id")): row for row in reversed(found)}


def complete(client: MedusaClient, products: list[Raw], currency: str = "") -> list[Raw]:
    """With the shop's currency, and what its price lists and translations have of these."""
    if not products:
        return products
    currency = currency or default_currency(read_store(client)).lower()
    listed = list_prices(client)
    texts = read_translations(client, [identifier(row.get("id")) for row in products])
    for product in products:
        variants = {identifier(row.get("id")) for row in product.get("variants") or () if isinstance(row, Mapping)}
        product[CURRENCY_KEY] = currency
        product[LISTS_KEY] = [price for price in listed if price["variant_id"] in variants]
        product[TEXTS_KEY] = texts.get(identifier(product.get("id")), [])
    return products


def parse(raw: Raw) -> ListingDocument:
    """:raises ValueError: that names the product and the field"""
    product_id = identifier(raw.get("id"))
    with reading_product(product_id):
        return _parse(product_id, raw)


def _parse(product_id: str, raw: Raw) -> ListingDocument:
    attributes = tuple(_attributes(raw))
    variants = rows(raw, "variants")
    images = tuple(_images(rows(raw, "images")))
    kind = ListingKind.VARIABLE if attributes or len(variants) > 1 else ListingKind.SIMPLE
    collection = raw.get("collection")
    brands = (collection,) if isinstance(collection, Mapping) else ()
    return ListingDocument(
        product_id=product_id,
        kind=kind if variants else ListingKind.OTHER,
        state=_STATES.get(text(raw.get("status")), ListingState.OFF),
        name=text(raw.get("title")),
        slug=text(raw.get("handle")),
        description=text(raw.get("description")),
        summary=text(raw.get("subtitle")),
        categories=_terms(rows(raw, "categories"), "name"),
        tags=_terms(rows(raw, "tags"), "value"),
        brands=_terms(brands, "title"),
        attributes=attributes,
        images=images,
        translations=tuple(_texts(rows(raw, TEXTS_KEY))),
        custom=_custom(raw),
        offers=tuple(_offer(raw, row, f"variants[{index}]") for index, row in enumerate(variants)),
    )


def _attributes(raw: Raw) -> Iterable[AttributeDocument]:
    for index, row in enumerate(rows(raw, "options")):
        name = text(row.get("title"))
        if name and name.casefold() not in _DEFAULTS:
            values = sorted(rows(row, "values", f"options[{index}].values"), key=_rank)
            yield AttributeDocument(name, tuple(text(value.get("value")) for value in values), True)


def _rank(row: Row) -> tuple[float, str]:
    rank = row.get("rank")
    return (float(rank) if isinstance(rank, int | float) and not isinstance(rank, bool) else 0.0, text(row.get("id")))


def _offer(raw: Raw, row: Row, field: str) -> OfferDocument:
    variant_id = identifier(row.get("id"))
    if not variant_id:
        raise ValueError(_("%(field)s: absent", field=f"{field}.id"))
    options = []
    for value in rows(row, "options", f"{field}.options"):
        option = value.get("option")
        name = text(option.get("title")) if isinstance(option, Mapping) else ""
        if name and name.casefold() not in _DEFAULTS:
            options.append(OptionDocument(name, text(value.get("value"))))
    currency = text(raw.get(CURRENCY_KEY))
    own = [price for price in rows(row, "prices", f"{field}.prices") if _is_plain(price, currency)]
    listed = [price for price in rows(raw, LISTS_KEY) if price.get("variant_id") == variant_id]
    sale = next((price for price in listed if price.get("type") == "sale" and _same(price, currency)), None)
    weight = row.get("weight")
    thumbnail = text(row.get("thumbnail"))
    return OfferDocument(
        variant_id=variant_id,
        sku=text(row.get("sku")),
        barcode=text(row.get("barcode")) or text(row.get("ean")),
        options=tuple(options),
        price=next((_amount(price, field) for price in own if not price.get("min_quantity")), None),
        sale_price=_amount(sale, field) if sale else None,
        sale_from=utc_or_none(sale.get("starts_at"), "starts_at") if sale else None,
        sale_to=utc_or_none(sale.get("ends_at"), "ends_at") if sale else None,
        weight=None if weight is None else decimal(weight, f"{field}.weight") / GRAMS,
        image=ImageDocument("", thumbnail) if thumbnail else None,
        prices=(
            *(_price(price, "", field) for price in own if price.get("min_quantity")),
            *(
                _price(price, text(price.get("group")), field)
                for price in listed
                if price.get("group") and _same(price, currency)
            ),
        ),
        custom=_custom(row),
    )


def _is_plain(price: Row, currency: str) -> bool:
    """Whether it is asked of everybody: others have rules, such as a region."""
    return _same(price, currency) and not price.get("rules")


def _same(price: Row, currency: str) -> bool:
    return not currency or text(price.get("currency_code")) == currency


def _price(price: Row, group: str, field: str) -> PriceDocument:
    quantity = price.get("min_quantity")
    least = Decimal(1) if quantity is None else decimal(quantity, f"{field}.prices.min_quantity")
    return PriceDocument(_amount(price, field), least, group)


def _amount(price: Row, field: str) -> Decimal:
    return decimal(price.get("amount"), f"{field}.prices.amount")


def _images(listed: Sequence[Row]) -> Iterable[ImageDocument]:
    for row in sorted(listed, key=_rank):
        if address := text(row.get("url")):
            yield ImageDocument(identifier(row.get("id")), address)


def _terms(listed: Iterable[Row], name: str) -> tuple[TermDocument, ...]:
    found = (TermDocument(identifier(row.get("id")), text(row.get(name))) for row in listed)
    return tuple(term for term in found if term.external_id)


def _texts(listed: Iterable[Row]) -> Iterable[TextsDocument]:
    for row in listed:
        texts = row.get("translations")
        texts = texts if isinstance(texts, Mapping) else {}
        language = text(row.get("locale_code")).replace("-", "_")
        if language:
            yield TextsDocument(
                language, text(texts.get("title")), text(texts.get("description")), text(texts.get("subtitle"))
            )


def _custom(raw: Row) -> tuple[CustomField, ...]:
    """The metadata that say one thing; lists and the like are plugins' own."""
    metadata = raw.get("metadata")
    listed = metadata.items() if isinstance(metadata, Mapping) else ()
    return tuple(
        CustomField(name, text(value))
        for name, value in listed
        if isinstance(name, str) and name and _is_plain_value(value)
    )


def _is_plain_value(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)
