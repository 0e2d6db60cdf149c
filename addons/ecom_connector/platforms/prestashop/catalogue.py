"""A PrestaShop product with its combinations as a document; pure.

What the webservice spreads over a dozen resources lies in one raw product, as :mod:`catalogue_reader` put it together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from ..catalogue import (
    VARIANTS_KEY,
    AttributeDocument,
    ImageDocument,
    ListingDocument,
    ListingKind,
    ListingState,
    OfferDocument,
    OptionDocument,
    Raw,
    TermDocument,
    TextsDocument,
)
from ..values import identifier, reading_product, rows, text
from .catalogue_settings import SETTINGS_KEY, Settings, in_language
from .prices import bounded, for_offer, round_six, sale_of, tariffs_of

# Names of what a product refers to by ids, inside the raw product: rows by id.
CATEGORIES_KEY = "_categories"
TAGS_KEY = "_tags"
FEATURES_KEY = "_features"
FEATURE_VALUES_KEY = "_feature_values"
OPTIONS_KEY = "_options"
OPTION_VALUES_KEY = "_option_values"
PRICES_KEY = "_specific_prices"
TAX_RATE_KEY = "_tax_rate"

# A feature and an attribute of combinations are two things to PrestaShop, with ids of their own.
FEATURE_PREFIX = "feature:"


def parse(raw: Raw) -> ListingDocument:
    """:raises ValueError: that names the product and the field"""
    product_id = identifier(raw.get("id"))
    with reading_product(product_id):
        return _Reading(product_id, raw).document()


class _Reading:
    """One product being read."""

    def __init__(self, product_id: str, raw: Raw) -> None:
        self.product_id = product_id
        self.raw = raw
        self.settings = Settings.of(raw.get(SETTINGS_KEY))
        self.combinations = rows(raw, VARIANTS_KEY)
        self.prices = rows(raw, PRICES_KEY)
        rate = text(raw.get(TAX_RATE_KEY))
        self.rate = bounded(rate, "tax rate") if rate else None
        self.price = _amount(raw, "price", "")
        self.weight = _amount(raw, "weight", "") or Decimal(0)
        self.images = [
            ImageDocument(key, image_address(self.settings.url, key)) for key in associated(raw, "images") if key
        ]

    def document(self) -> ListingDocument:
        raw = self.raw
        variable = bool(self.combinations) or text(raw.get("product_type")) == "combinations"
        offers = tuple(self._variant(row) for row in self.combinations) if variable else (self._simple(),)
        return ListingDocument(
            product_id=self.product_id,
            kind=ListingKind.VARIABLE if variable else ListingKind.SIMPLE,
            state=state_of(raw),
            name=self._said(raw.get("name")),
            sku=text(raw.get("reference")),
            slug=self._said(raw.get("link_rewrite")),
            url=f"{self.settings.url}/index.php?controller=product&id_product={quote(self.product_id)}",
            description=self._said(raw.get("description")),
            summary=self._said(raw.get("description_short")),
            tax_class=identifier(raw.get("id_tax_rules_group")),
            ships=text(raw.get("is_virtual")) != "1",
            categories=self._categories(),
            tags=self._tags(),
            brands=self._brands(),
            attributes=(*self._options(), *self._features()),
            images=tuple(sorted(self.images, key=lambda image: image.external_id != self._cover())),
            translations=self._translations(),
            offers=offers,
        )

    def _said(self, value: Any) -> str:
        return in_language(value, self.settings.language)

    def _named(self, table: str, key: str, name: str = "name") -> str:
        """What a row of one of the raw product's tables is called."""
        found = self.raw.get(table)
        row = found.get(key) if isinstance(found, Mapping) else None
        return self._said(row.get(name)) if isinstance(row, Mapping) else ""

    def _row(self, table: str, key: str) -> Mapping[str, Any]:
        found = self.raw.get(table)
        row = found.get(key) if isinstance(found, Mapping) else None
        return row if isinstance(row, Mapping) else {}

    # --- what is sold

    def _simple(self) -> OfferDocument:
        active = text(self.raw.get("active")) == "1"
        special = for_offer(self.prices, "")
        return self._offer("", self.raw, self.price, self.weight, (), None, active, special)

    def _variant(self, row: Mapping[str, Any]) -> OfferDocument:
        """Its price and weight are what it adds to those of the product, or takes away."""
        key = identifier(row.get("id"))
        field = f"combination {key}: "
        impact = _amount(row, "price", field) or Decimal(0)
        price = None if self.price is None else self.price + impact
        weight = self.weight + (_amount(row, "weight", field) or 0)
        own = associated(row, "images")
        image = next((image for image in self.images if image.external_id in own), None)
        special = for_offer(self.prices, key, impact)
        return self._offer(key, row, price, weight, tuple(self._chosen(row)), image, True, special)

    def _offer(
        self,
        variant_id: str,
        row: Mapping[str, Any],
        price: Decimal | None,
        weight: Decimal,
        options: Sequence[OptionDocument],
        image: ImageDocument | None,
        active: bool,
        special: Sequence[Mapping[str, Any]],
    ) -> OfferDocument:
        field = f"combination {variant_id}" if variant_id else "price"
        price = None if price is None else round_six(price)
        sale_price, start, end = sale_of(special, price, self.rate, self.settings.timezone, field)
        return OfferDocument(
            variant_id=variant_id,
            sku=text(row.get("reference")),
            barcode=barcode_of(row),
            options=tuple(options),
            price=price,
            sale_price=sale_price,
            sale_from=start,
            sale_to=end,
            weight=round_six(weight * self.settings.kilograms) if weight else None,
            image=image,
            active=active,
            complete=bool(options) or not variant_id,
            prices=tariffs_of(special, price, self.rate, self.settings.groups, field),
        )

    def _chosen(self, row: Mapping[str, Any]) -> Iterator[OptionDocument]:
        for key in associated(row, "product_option_values"):
            option = identifier(self._row(OPTION_VALUES_KEY, key).get("id_attribute_group"))
            name, value = self._named(OPTIONS_KEY, option), self._named(OPTION_VALUES_KEY, key)
            if name and value:
                yield OptionDocument(name, value, option)

    # --- what it is filed under

    def _options(self) -> Iterator[AttributeDocument]:
        """The attributes that combinations differ by, with the values that any has, as the shop orders them."""
        values: dict[str, dict[str, None]] = {}
        keys = {key for row in self.combinations for key in associated(row, "product_option_values")}
        for key in sorted(keys, key=lambda key: (_place(self._row(OPTION_VALUES_KEY, key)), _number(key))):
            option = identifier(self._row(OPTION_VALUES_KEY, key).get("id_attribute_group"))
            values.setdefault(option, {})[self._named(OPTION_VALUES_KEY, key)] = None
        for option in sorted(values, key=lambda key: (_place(self._row(OPTIONS_KEY, key)), _number(key))):
            if name := self._named(OPTIONS_KEY, option):
                yield AttributeDocument(name, tuple(value for value in values[option] if value), True, option)

    def _features(self) -> Iterator[AttributeDocument]:
        values: dict[str, dict[str, None]] = {}
        for row in associations(self.raw, "product_features"):
            value = self._named(FEATURE_VALUES_KEY, identifier(row.get("id_feature_value")), "value")
            values.setdefault(identifier(row.get("id")), {})[value] = None
        for key, told in values.items():
            if name := self._named(FEATURES_KEY, key):
                yield AttributeDocument(name, tuple(value for value in told if value), False, FEATURE_PREFIX + key)

    def _categories(self) -> tuple[TermDocument, ...]:
        """Without the home page, which the shop has as a category above the others."""
        above = (self.settings.home, self.settings.root)
        keys = (key for key in associated(self.raw, "categories") if key and key not in above)
        return tuple(TermDocument(key, self._named(CATEGORIES_KEY, key)) for key in keys)

    def _tags(self) -> tuple[TermDocument, ...]:
        """A tag is in one language; those in the shop's own count."""
        found = []
        for key in associated(self.raw, "tags"):
            row = self._row(TAGS_KEY, key)
            if text(row.get("name")) and identifier(row.get("id_lang")) in ("", self.settings.language):
                found.append(TermDocument(key, text(row.get("name"))))
        return tuple(found)

    def _brands(self) -> tuple[TermDocument, ...]:
        key = identifier(self.raw.get("id_manufacturer"))
        return (TermDocument(key, text(self.raw.get("manufacturer_name"))),) if key else ()

    # --- pictures and texts

    def _cover(self) -> str:
        return identifier(self.raw.get("id_default_image"))

    def _translations(self) -> tuple[TextsDocument, ...]:
        found = []
        for key, code in self.settings.languages.items():
            name, description, summary = (
                text(value.get(key)) if isinstance(value, Mapping) else ""
                for value in (self.raw.get(field) for field in ("name", "description", "description_short"))
            )
            if name:
                found.append(TextsDocument(code, name, description, summary))
        return tuple(found)


def state_of(raw: Mapping[str, Any]) -> ListingState:
    """``state`` 0 is what a page of the back office made and nobody saved; the shop never shows it."""
    if text(raw.get("state")) == "0":
        return ListingState.DRAFT
    if text(raw.get("active")) != "1":
        return ListingState.OFF
    return ListingState.HIDDEN if text(raw.get("visibility")) == "none" else ListingState.ON


def barcode_of(row: Mapping[str, Any]) -> str:
    return next((found for name in ("ean13", "upc", "isbn") if (found := text(row.get(name))) not in ("", "0")), "")


def associations(row: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = row.get("associations")
    return rows(found, name, f"associations/{name}") if isinstance(found, Mapping) else []


def associated(row: Mapping[str, Any], name: str) -> list[str]:
    """The ids of what is associated, in the shop's order."""
    return [identifier(found.get("id")) for found in associations(row, name)]


def image_address(shop: str, key: str) -> str:
    """Where anybody sees a picture in full: its id, figure by figure (source: ``Image::getImgFolderStatic``)."""
    return f"{shop}/img/p/{'/'.join(quote(key))}/{quote(key)}.jpg"


def _amount(row: Mapping[str, Any], name: str, field: str) -> Decimal | None:
    value = row.get(name)
    return None if value is None or value == "" else bounded(value, f"{field}{name}")


def _place(row: Mapping[str, Any]) -> int:
    return _number(text(row.get("position")))


def _number(key: str) -> int:
    return int(key) if key.isascii() and key.isdecimal() and len(key) < 19 else 0
