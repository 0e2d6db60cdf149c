"""Reading a WooCommerce catalogue: a hundred products a call, their variations by the hundred too."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..catalogue import (
    VARIANTS_KEY,
    WEIGHT_UNIT_KEY,
    AttributeDocument,
    CataloguePage,
    CustomField,
    ImageDocument,
    ListingDocument,
    ListingKind,
    ListingState,
    OfferDocument,
    OptionDocument,
    Raw,
    TermDocument,
)
from ..errors import PlatformError
from ..values import decimal, identifier, reading_product, rows, text, utc_or_none
from ..words import _
from .client import WooClient, id_chunks

_KINDS = {"simple": ListingKind.SIMPLE, "variable": ListingKind.VARIABLE}
KILOGRAMS = {
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "lbs": Decimal("0.45359237"),
    "oz": Decimal("0.028349523125"),
}


def read(client: WooClient, cursor: str) -> CataloguePage:
    """One page: a call for up to 100 products, and ceil(n / 100) calls for their n variations.

    Products are counted by id, so that new ones come last; one that is deleted meanwhile shifts the pages, which
    ``total`` gives away. The cursor is ``<page>/<unit of weights>``.
    """
    number, _slash, unit = cursor.partition("/")
    unit = unit or weight_unit(client)
    page = int(number or 1)
    listing = client.page("products", {"page": page, "orderby": "id", "order": "asc"})
    parents = [identifier(row.get("id")) for row in listing.rows if row.get("type") == "variable"]
    variants = read_variations(client, parents)
    raws = [
        row | {VARIANTS_KEY: variants.get(identifier(row.get("id")), []), WEIGHT_UNIT_KEY: unit} for row in listing.rows
    ]
    more = listing.rows and page < listing.pages
    return CataloguePage(tuple(raws), f"{page + 1}/{unit}" if more else "", listing.total)


def read_some(client: WooClient, ids: Sequence[str], unit: str) -> list[Raw]:
    """These products with their variations, in as many calls as reading a catalogue of them takes."""
    raws = [
        row
        # Without an id, "include" would mean every product.
        for chunk in id_chunks(list(dict.fromkeys(key for key in ids if key.isdecimal())))
        for row in client.page("products", {"include": ",".join(chunk), "orderby": "id", "order": "asc"}).rows
    ]
    variants = read_variations(client, [identifier(row.get("id")) for row in raws if row.get("type") == "variable"])
    return [row | {VARIANTS_KEY: variants.get(identifier(row.get("id")), []), WEIGHT_UNIT_KEY: unit} for row in raws]


def weight_unit(client: WooClient) -> str:
    try:
        setting = client.get("settings/products/woocommerce_weight_unit")
    except PlatformError as error:
        if error.retry:
            raise
        return "kg"  # the key may not read settings
    unit = text(setting.get("value")) if isinstance(setting, Mapping) else ""
    return unit if unit in KILOGRAMS else "kg"


def read_variations(client: WooClient, parents: Sequence[str]) -> dict[str, list[Raw]]:
    """The variations of these products, by product.

    Since 10.3 there is a list of all variations, which can be narrowed to some parents (source:
    ``WC_REST_Variations_Controller``); older shops are asked product by product.
    """
    found: dict[str, list[Raw]] = {parent: [] for parent in parents}
    try:
        for chunk in id_chunks(parents):
            params = {"parent": ",".join(chunk), "orderby": "id", "order": "asc", "status": "any"}
            _sort_in(found, client.pages("variations", params))
    except PlatformError as error:
        if error.code != "rest_no_route":
            raise
        for parent in parents:
            path = f"products/{parent}/variations"
            found[parent] = list(client.pages(path, {"orderby": "id", "order": "asc", "status": "any"}))
    return found


def _sort_in(found: dict[str, list[Raw]], variations: Iterable[Raw]) -> None:
    for row in variations:
        parent = identifier(row.get("parent_id"))
        if parent not in found:
            raise PlatformError("bad_answer", _("The shop answered with variations of other products."))
        found[parent].append(row)


def parse(raw: Raw) -> ListingDocument:
    """:raises ValueError: that names the product and the field"""
    product_id = identifier(raw.get("id"))
    with reading_product(product_id):
        return _parse(product_id, raw)


def _parse(product_id: str, raw: Raw) -> ListingDocument:
    kind = _KINDS.get(text(raw.get("type")), ListingKind.OTHER)
    attributes = tuple(_attribute(row) for row in rows(raw, "attributes") if text(row.get("name")))
    factor = KILOGRAMS[raw.get(WEIGHT_UNIT_KEY, "kg")]
    ships = not raw.get("virtual")
    offers: tuple[OfferDocument, ...] = ()
    if kind == ListingKind.SIMPLE:
        offers = (_offer("", raw, factor, ()),)
    elif kind == ListingKind.VARIABLE:
        variants = rows(raw, VARIANTS_KEY)
        varying = tuple(attribute for attribute in attributes if attribute.varies)
        offers = tuple(_offer(identifier(row.get("id")), row, factor, varying) for row in variants)
        ships = not variants or not all(row.get("virtual") for row in variants)
    return ListingDocument(
        product_id=product_id,
        kind=kind,
        state=_state(raw),
        name=text(raw.get("name")),
        sku=text(raw.get("sku")),
        slug=text(raw.get("slug")),
        url=text(raw.get("permalink")),
        description=text(raw.get("description")),
        summary=text(raw.get("short_description")),
        tax_class=text(raw.get("tax_class")),
        ships=ships,
        categories=_terms(raw, "categories"),
        tags=_terms(raw, "tags"),
        brands=_terms(raw, "brands"),
        attributes=attributes,
        images=tuple(image for row in rows(raw, "images") if (image := _image(row))),
        custom=_custom(raw),
        offers=offers,
    )


def _state(raw: Raw) -> ListingState:
    """A private product is a paused one; one in the bin, to come or to be checked is not on sale yet, or no more."""
    if raw.get("status") == "private":
        return ListingState.OFF
    if raw.get("status") != "publish":
        return ListingState.DRAFT
    return ListingState.HIDDEN if raw.get("catalog_visibility") == "hidden" else ListingState.ON


def _attribute(row: Mapping[str, Any]) -> AttributeDocument:
    options = row.get("options")
    return AttributeDocument(
        name=text(row.get("name")),
        values=tuple(_term_name(option) for option in options) if isinstance(options, list) else (),
        varies=bool(row.get("variation")),
        external_id=identifier(row.get("id")),
    )


def _custom(raw: Raw | Mapping[str, Any]) -> tuple[CustomField, ...]:
    """The fields of the shopkeeper and of plugins that say one thing; lists and the like are the plugins' own."""
    found = {
        text(row.get("key")): text(row.get("value"))
        for row in rows(raw, "meta_data")
        if isinstance(row.get("value"), str | int | float) and text(row.get("key"))
    }
    return tuple(CustomField(name, value) for name, value in found.items())


def _offer(
    variant_id: str, row: Mapping[str, Any], factor: Decimal, varying: Sequence[AttributeDocument]
) -> OfferDocument:
    """``varying`` are the attributes that a variant has to fix; one left out or empty stands for any value."""
    options = {
        text(option.get("name")): OptionDocument(
            text(option.get("name")), _term_name(option.get("option")), identifier(option.get("id"))
        )
        for option in (rows(row, "attributes") if variant_id else ())
        if text(option.get("option"))
    }
    prefix = f"variation {variant_id}: " if variant_id else ""
    weight = _amount(row, "weight", prefix)
    image = row.get("image")
    return OfferDocument(
        variant_id=variant_id,
        sku=text(row.get("sku")),
        barcode=text(row.get("global_unique_id")),
        options=tuple(options[attribute.name] for attribute in varying if attribute.name in options),
        price=_amount(row, "regular_price", prefix),
        sale_price=_amount(row, "sale_price", prefix),
        sale_from=_time(row, "date_on_sale_from_gmt"),
        sale_to=_time(row, "date_on_sale_to_gmt"),
        weight=weight * factor if weight is not None else None,
        image=_image(image) if isinstance(image, Mapping) else None,
        custom=_custom(row),
        # A variation that the shopkeeper disabled is private; a product's own state says it of what has no variations.
        active=row.get("status") == "publish" if variant_id else row.get("status") in ("publish", "private"),
        complete=all(attribute.name in options for attribute in varying),
    )


def _amount(row: Mapping[str, Any], name: str, prefix: str) -> Decimal | None:
    """``None`` for the many ways of saying none."""
    value = row.get(name)
    return None if value is None or value == "" else decimal(value, f"{prefix}{name}")


def _time(row: Mapping[str, Any], name: str) -> datetime | None:
    return utc_or_none(row.get(name), name)


def _image(row: Mapping[str, Any]) -> ImageDocument | None:
    address = text(row.get("src"))
    return ImageDocument(identifier(row.get("id")), address, text(row.get("alt"))) if address else None


def _term_name(value: Any) -> str:
    """WordPress keeps the names of terms with their signs escaped, "&" as "&amp;" (source: ``pre_term_name``)."""
    return html.unescape(text(value))


def _terms(raw: Raw, key: str) -> tuple[TermDocument, ...]:
    found = (TermDocument(identifier(row.get("id")), _term_name(row.get("name"))) for row in rows(raw, key))
    return tuple(term for term in found if term.external_id)
