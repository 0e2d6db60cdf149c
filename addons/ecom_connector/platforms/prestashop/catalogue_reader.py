"""Reading a PrestaShop catalogue: a hundred products a call, and all that they refer to in sets.

A page costs a call for the products and one each for their combinations (by the five hundred), specific prices, and
those names of values, categories and tags that no page before had; attributes and features are read once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..catalogue import VARIANTS_KEY, WEIGHT_UNIT_KEY, CataloguePage, Raw
from ..documents import ProductDocument
from ..errors import PlatformError
from ..values import identifier, text
from . import catalogue_settings
from .answers import RIGHT_CODES
from .catalogue import (
    CATEGORIES_KEY,
    FEATURE_VALUES_KEY,
    FEATURES_KEY,
    OPTION_VALUES_KEY,
    OPTIONS_KEY,
    PRICES_KEY,
    TAGS_KEY,
    TAX_RATE_KEY,
    associated,
    associations,
    barcode_of,
)
from .catalogue_settings import SETTINGS_KEY, Settings, in_language
from .client import PAGE_SIZE, PrestaClient, sets

# Combinations and prices are small, and a product may have hundreds.
ROWS = 500


class CatalogueReader:
    """Reads products of one shop, and remembers what many share."""

    def __init__(self, client: PrestaClient) -> None:
        self.client = client
        self._settings: Settings | None = None
        self._known: dict[str, dict[str, Raw]] = {}
        self._rates: dict[str, str] = {}

    @property
    def settings(self) -> Settings:
        if self._settings is None:
            self._settings = catalogue_settings.read(self.client)
        return self._settings

    def page(self, cursor: str) -> CataloguePage:
        """Products by id, so that new ones come last; the cursor is the last id of the page before.

        There is no total to be had, and none is needed: a product that is deleted meanwhile shifts nothing.
        """
        found = self.client.page("products", {"id": f">[{cursor or 0}]"}, sort="id_ASC", count=PAGE_SIZE)
        more = len(found) == PAGE_SIZE
        return CataloguePage(tuple(self.complete(found)), identifier(found[-1].get("id")) if more else "")

    def some(self, ids: Iterable[str]) -> list[Raw]:
        return self.complete(self.plain(ids))

    def plain(self, ids: Iterable[str]) -> list[Raw]:
        """Products without what belongs to them, a hundred a call: they are long, and a shop is slow at them."""
        wanted = list(dict.fromkeys(key for key in ids if key.isdecimal()))
        return [
            row
            for start in range(0, len(wanted), PAGE_SIZE)
            for row in self.client.among("products", wanted[start : start + PAGE_SIZE])
        ]

    def complete(self, products: Sequence[Raw]) -> list[Raw]:
        """The same with their combinations and the names of all that they refer to."""
        if not products:
            return []
        combinations = self.combinations([identifier(row.get("id")) for row in products if _may_vary(row)])
        prices = self.special_prices([identifier(row.get("id")) for row in products])
        variants = [row for found in combinations.values() for row in found]
        values = self.rows("product_option_values", _all(variants, "product_option_values"))
        features = [row for product in products for row in associations(product, "product_features")]
        tables = {
            OPTION_VALUES_KEY: values,
            OPTIONS_KEY: self.whole("product_options") if values else {},
            FEATURES_KEY: self.whole("product_features") if features else {},
            FEATURE_VALUES_KEY: self.rows(
                "product_feature_values", [identifier(row.get("id_feature_value")) for row in features]
            ),
            CATEGORIES_KEY: self.rows("categories", _all(products, "categories"), ("id", "name", "id_parent")),
            TAGS_KEY: self.rows("tags", _all(products, "tags")),
        }
        return [self._raw(product, combinations, prices, tables) for product in products]

    def _raw(
        self,
        product: Raw,
        combinations: dict[str, list[Raw]],
        prices: dict[str, list[Raw]],
        tables: dict[str, dict[str, Raw]],
    ) -> Raw:
        """A product with the rows that it refers to, and no others: it may be kept by itself."""
        key = identifier(product.get("id"))
        variants = combinations.get(key, [])
        values = _all(variants, "product_option_values")
        features = associations(product, "product_features")
        wanted = {
            OPTION_VALUES_KEY: values,
            OPTIONS_KEY: [
                identifier(tables[OPTION_VALUES_KEY].get(value, {}).get("id_attribute_group")) for value in values
            ],
            FEATURES_KEY: [identifier(row.get("id")) for row in features],
            FEATURE_VALUES_KEY: [identifier(row.get("id_feature_value")) for row in features],
            CATEGORIES_KEY: associated(product, "categories"),
            TAGS_KEY: associated(product, "tags"),
        }
        own = prices.get(key, [])
        return {
            **product,
            VARIANTS_KEY: variants,
            PRICES_KEY: own,
            WEIGHT_UNIT_KEY: self.settings.weight_unit,
            SETTINGS_KEY: self.settings.raw(),
            TAX_RATE_KEY: self._rate(product) if any(_with_tax(row) for row in own) else "",
            **{name: {one: tables[name][one] for one in keys if one in tables[name]} for name, keys in wanted.items()},
        }

    def combinations(self, products: Sequence[str]) -> dict[str, list[Raw]]:
        """The combinations of these products, by product, in the order of their ids."""
        return self._by_product("combinations", products)

    def special_prices(self, products: Sequence[str]) -> dict[str, list[Raw]]:
        """Specific prices by product, without those of other shops; none where the key may not see them."""
        try:
            found = self._by_product("specific_prices", products)
        except PlatformError as error:
            if error.code not in RIGHT_CODES:
                raise
            return {}
        ours = ("", self.client.shop if self.client.shop else self.settings.shop or "1")
        return {key: [row for row in rows if identifier(row.get("id_shop")) in ours] for key, rows in found.items()}

    def _by_product(self, resource: str, products: Sequence[str]) -> dict[str, list[Raw]]:
        found: dict[str, list[Raw]] = {}
        for chunk in sets(products):
            filters = {"id_product": f"[{'|'.join(chunk)}]"}
            for row in self.client.pages(resource, filters, count=ROWS):
                found.setdefault(identifier(row.get("id_product")), []).append(row)
        return found

    def whole(self, resource: str) -> dict[str, Raw]:
        """All rows of a small resource by id, read once."""
        if resource not in self._known:
            rows = self.client.pages(resource, count=ROWS)
            self._known[resource] = {identifier(row.get("id")): row for row in rows}
        return self._known[resource]

    def forget(self, resource: str) -> None:
        self._known.pop(resource, None)

    def rows(self, resource: str, ids: Iterable[str], display: Any = "full") -> dict[str, Raw]:
        """Rows by id; those that were read before are not read again."""
        known = self._known.setdefault(resource, {})
        missing = [key for key in dict.fromkeys(ids) if key and key not in known]
        for row in self.client.among(resource, missing, display=display):
            known[identifier(row.get("id"))] = row
        return known

    def _rate(self, product: Raw) -> str:
        """The rate of the product's tax where the shop is at home, in percent; ``""`` where it cannot be told."""
        group = identifier(product.get("id_tax_rules_group"))
        if group and group not in self._rates:
            self._rates[group] = ""
            filters = {"id_tax_rules_group": f"[{group}]", "id_country": f"[{self.settings.country or 0}]"}
            try:
                taxes = [identifier(row.get("id_tax")) for row in self.client.page("tax_rules", filters)]
                rates = [text(row.get("rate")) for row in self.client.among("taxes", taxes)]
                self._rates[group] = rates[0] if len(rates) == 1 else ""
            except PlatformError as error:
                if error.code not in RIGHT_CODES:
                    raise
        return self._rates.get(group, "")

    # --- matching

    def by_skus(self, skus: Sequence[str]) -> list[ProductDocument]:
        """Products and combinations with these references, in two calls for some hundreds, and one for names.

        A reference with a sign of the webservice's filters cannot be asked for, and is absent.
        """
        display = ("id", "reference", "ean13", "upc", "isbn", "active", "name", "combinations[id]")
        products = self.client.among("products", skus, field="reference", display=display)
        variants = self.client.among("combinations", skus, field="reference")
        parents = {identifier(row.get("id")): row for row in products}
        missing = {identifier(row.get("id_product")) for row in variants} - parents.keys()
        for row in self.client.among("products", sorted(missing), display=display):
            parents[identifier(row.get("id"))] = row
        return [
            self._matched(identifier(row.get("id")), "", row, row)
            for row in products
            if not associated(row, "combinations")  # sold by its combinations alone
        ] + [
            self._matched(parent, identifier(row.get("id")), row, parents.get(parent, {}))
            for row in variants
            for parent in (identifier(row.get("id_product")),)
        ]

    def _matched(self, product_id: str, variant_id: str, row: Raw, product: Raw) -> ProductDocument:
        return ProductDocument(
            product_id=product_id,
            variant_id=variant_id,
            sku=text(row.get("reference")),
            name=in_language(product.get("name"), self.settings.language),
            barcode=barcode_of(row),
            active=text(product.get("active")) == "1",
        )


def _may_vary(product: Raw) -> bool:
    return bool(associations(product, "combinations")) or text(product.get("product_type")) == "combinations"


def _all(rows: Iterable[Raw], name: str) -> list[str]:
    return list(dict.fromkeys(key for row in rows for key in associated(row, name) if key))


def _with_tax(row: Raw) -> bool:
    """Whether it takes off an amount that includes tax."""
    return text(row.get("reduction_type")) == "amount" and text(row.get("reduction_tax")) != "0"
