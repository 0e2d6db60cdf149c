"""What has to be known of a shop before products are told to it: one call for all of it, of what is needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import PlatformError
from ..publishing import ListingChange
from ..values import text
from .catalogue_mapper import LISTING_KEY, NAMESPACE
from .client import ShopifyClient, nodes
from .operations import mutation, query
from .publishing_channels import PUBLICATIONS, chosen
from .publishing_input import SHOWN_STATES
from .publishing_metafields import MetafieldTypes

_SETUP = query(
    """
query PublishingSetup($definitions: Boolean!, $variants: Boolean!, $channels: Boolean!, $languages: Boolean!,
    $prices: Boolean!) {
  products: metafieldDefinitions(ownerType: PRODUCT, first: 250) @include(if: $definitions) {
    nodes { namespace key type { name } }
  }
  variants: metafieldDefinitions(ownerType: PRODUCTVARIANT, first: 150) @include(if: $variants) {
    nodes { namespace key type { name } }
  }
  {PUBLICATIONS} @include(if: $channels) { nodes { id name } }
  shopLocales @include(if: $languages) { locale primary }
  shop @include(if: $prices) { currencyCode }
  priceLists(first: 50) @include(if: $prices) { nodes { id name currency catalog { title } } }
}
""".replace("{PUBLICATIONS}", PUBLICATIONS),
    cost=120,
)
_DEFINE = mutation(
    """
mutation DefineListingKey($definition: MetafieldDefinitionInput!) {
  metafieldDefinitionCreate(definition: $definition) { createdDefinition { id } userErrors { field message code } }
}
""",
    repeatable=True,
)
# Values of the type "id" are unique in a shop, and products are found by them (shopify.dev, "Custom IDs").
_KEY_DEFINITION = {
    "name": "Odoo listing",
    "namespace": NAMESPACE,
    "key": LISTING_KEY,
    "type": "id",
    "ownerType": "PRODUCT",
    "capabilities": {"uniqueValues": {"enabled": True}},
}


@dataclass(frozen=True, slots=True)
class PriceList:
    """A price list: ``names`` are those that a merchant may call it by, in small letters."""

    gid: str
    currency: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Setup:
    product_types: MetafieldTypes = field(default_factory=dict)
    variant_types: MetafieldTypes = field(default_factory=dict)
    publications: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()  # the languages beside the shop's own
    price_lists: tuple[PriceList, ...] = ()
    currency: str = ""  # the shop's own


def learn(client: ShopifyClient, changes: Iterable[ListingChange], channels: Sequence[str]) -> Setup:
    """:param channels: the names of the sales channels that products are shown on, all of them when empty"""
    changes = list(changes)
    making = any(not change.document.product_id for change in changes)
    offers = [offer for change in changes for offer in change.offers]
    asked = {
        "definitions": making or any("custom" in change.fields for change in changes),
        "variants": any("custom" in offer.fields for offer in offers),
        "channels": any("state" in change.fields and change.document.state in SHOWN_STATES for change in changes),
        "languages": any("translations" in change.fields and change.document.translations for change in changes),
        "prices": any("prices" in offer.fields for offer in offers),
    }
    if not any(asked.values()):
        return Setup()
    data = client.query(_SETUP, asked)
    setup = Setup(
        _types(data.get("products")),
        _types(data.get("variants")),
        chosen(data.get("publications"), channels),
        tuple(text(row.get("locale")) for row in data.get("shopLocales") or () if not row.get("primary")),
        tuple(map(_price_list, nodes(data.get("priceLists")))),
        text((data.get("shop") or {}).get("currencyCode")),
    )
    if making and (NAMESPACE, LISTING_KEY) not in setup.product_types:
        try:
            client.mutate(_DEFINE, {"definition": _KEY_DEFINITION})
        except PlatformError as error:
            if error.code != "TAKEN":  # another lane was quicker
                raise
    return setup


def _types(connection: Any) -> dict[tuple[str, str], str]:
    return {
        (text(row.get("namespace")), text(row.get("key"))): text(_name(row.get("type"))) for row in nodes(connection)
    }


def _name(kind: Any) -> Any:
    return kind.get("name") if isinstance(kind, Mapping) else ""


def _price_list(row: Mapping[str, Any]) -> PriceList:
    catalog = row.get("catalog")
    names = [row.get("name"), catalog.get("title") if isinstance(catalog, Mapping) else ""]
    gid = text(row.get("id"))
    known = {text(name).casefold() for name in names if text(name)} | {gid.casefold(), gid.rpartition("/")[2]}
    return PriceList(gid, text(row.get("currency")), frozenset(known))
