"""PrestaShop as a platform: the webservice of a shop, 1.7, 8 or 9."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from ..base import (
    Capabilities,
    CommandResult,
    ConnectionReport,
    CredentialField,
    Platform,
    Raw,
    ShopFacts,
    ShopTax,
    register,
)
from ..catalogue import CataloguePage, ListingDocument, TermDocument
from ..documents import (
    CustomerChange,
    CustomerProfile,
    OrderDocument,
    OrderState,
    Page,
    ProductDocument,
    RefundDocument,
    ShipmentDocument,
)
from ..publishing import ListingChange, ListingResult, MediaFile, MediaResult
from ..stock import StockChange, StockPage, StockResult
from ..transport import Transport
from ..words import _
from . import catalogue, publishing, stock, terms
from .catalogue_reader import CatalogueReader
from .client import PAGE_SIZE, PrestaClient
from .images import MediaWriter


@register
class PrestaShop(Platform):
    code: ClassVar[str] = "prestashop"
    name: ClassVar[str] = "PrestaShop"
    capabilities: ClassVar[Capabilities] = Capabilities(
        page_size=PAGE_SIZE,
        # A call takes as many records as one likes; this many products, a shop on a shared host saves in time.
        batch_size=50,
        reads_catalogue=True,
        publishes=publishing.PUBLISHES,
        pushes_stock=True,
        uploads_media=True,
        media_of_product=True,
        price_digits=6,
        # No limit of its own; shared hosts begin to refuse at about this.
        calls_per_second=10.0,
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField(
            "key",
            _("Webservice key"),
            _("PrestaShop > Advanced Parameters > Webservice > Add new key. Enable the webservice on the same page."),
        ),
        CredentialField(
            "shop",
            _("Shop id (multistore)"),
            _("Only for several shops in one PrestaShop: the number of this shop in Advanced Parameters > Multistore."),
            secret=False,
            required=False,
        ),
    )
    state_labels: ClassVar[Mapping[str, str]] = {}

    def __init__(self, url: str, credentials: Mapping[str, str], transport: Transport) -> None:
        super().__init__(url, credentials, transport)
        self.client = PrestaClient(url, credentials.get("key", ""), transport, credentials.get("shop", ""))
        self.catalogue = CatalogueReader(self.client)
        self.stock = stock.StockWriter(self.client)

    # --- the connection

    def test_connection(self) -> ConnectionReport:
        raise NotImplementedError

    def read_facts(self) -> ShopFacts:
        raise NotImplementedError

    def read_taxes(self) -> list[ShopTax]:
        raise NotImplementedError

    # --- orders in

    def read_orders(self, changed_since: datetime | None, cursor: str = "") -> Page:
        raise NotImplementedError

    def read_orders_by_id(self, ids: Sequence[str]) -> list[Raw]:
        raise NotImplementedError

    def read_refunds(self, orders: Sequence[OrderDocument]) -> dict[str, list[Raw]]:
        raise NotImplementedError

    @classmethod
    def parse_refund(cls, raw: Raw) -> RefundDocument:
        raise NotImplementedError

    @classmethod
    def parse_order(cls, raw: Raw) -> OrderDocument:
        raise NotImplementedError

    @classmethod
    def order_version(cls, raw: Raw) -> tuple[str, datetime]:
        raise NotImplementedError

    # --- events out

    def push_shipments(self, shipments: Sequence[ShipmentDocument]) -> list[CommandResult]:
        raise NotImplementedError

    def push_states(
        self, states: Sequence[tuple[str, OrderState]], names: Mapping[OrderState, str] | None = None
    ) -> list[CommandResult]:
        raise NotImplementedError

    # --- customers

    @classmethod
    def parse_customer(cls, raw: Raw) -> CustomerProfile:
        raise NotImplementedError

    def push_customers(self, changes: Sequence[CustomerChange]) -> list[CommandResult]:
        raise NotImplementedError

    # --- the catalogue

    def read_catalogue(self, cursor: str = "") -> CataloguePage:
        """As the contract says, in some eight calls for a hundred products; see :mod:`catalogue_reader`."""
        return self.catalogue.page(cursor)

    @classmethod
    def parse_listing(cls, raw: Raw) -> ListingDocument:
        return catalogue.parse(raw)

    def read_products(self, skus: Sequence[str]) -> list[ProductDocument]:
        return self.catalogue.by_skus(skus) if skus else []

    def read_listings(self, ids: Sequence[str]) -> list[Raw]:
        return self.catalogue.some(ids) if ids else []

    def push_listings(self, changes: Sequence[ListingChange]) -> list[ListingResult]:
        """As the contract says; see :class:`publishing.ListingWriter` for how many calls it takes."""
        if not any(change.fields or change.offers or not change.document.product_id for change in changes):
            return [ListingResult(change.document.product_id) for change in changes]
        return publishing.ListingWriter(self.catalogue).push(changes)

    def find_listings(self, keys: Sequence[str], since: datetime) -> dict[str, Raw]:
        return publishing.find(self.catalogue, keys) if keys else {}

    def read_terms(self, kind: str) -> list[TermDocument]:
        return terms.read(self.catalogue, kind)

    def resolve_terms(self, kind: str, terms_: Sequence[TermDocument]) -> list[TermDocument]:
        return terms.resolve(self.catalogue, kind, terms_)

    def push_media(self, files: Sequence[MediaFile]) -> list[MediaResult]:
        """As the contract says, to products that are there; see :class:`images.MediaWriter`."""
        return MediaWriter(self.catalogue).push(files) if files else []

    # --- stock

    def push_stock(self, changes: Sequence[StockChange]) -> list[StockResult]:
        """As the contract says; see :class:`stock.StockWriter`, which remembers the rows it met."""
        return self.stock.push(changes) if changes else []

    def read_stock(self, cursor: str = "") -> StockPage:
        return stock.read(self.client, cursor)
