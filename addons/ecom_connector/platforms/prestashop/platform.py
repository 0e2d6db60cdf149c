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
    EditKind,
    NoteDocument,
    OrderDocument,
    OrderEdit,
    OrderState,
    Page,
    ProductDocument,
    RefundDocument,
    ShipmentDocument,
    WebhookHint,
)
from ..publishing import ListingChange, ListingResult, MediaFile, MediaResult
from ..stock import StockChange, StockPage, StockResult
from ..transport import Transport
from ..words import _
from . import catalogue, connection, customers, edits, hook, listing, mapper, notes, publishing, stock, taxes, terms
from .catalogue_reader import CatalogueReader
from .client import PAGE_SIZE, PrestaClient
from .cursor import unique
from .images import MediaWriter
from .payments import AWAITED
from .reference import Reference
from .shipments import push as push_shipments
from .slips import parse_refund
from .state_changes import SETTINGS, StateWriter
from .states import STATE_LABELS as VENDOR_LABELS


@register
class PrestaShop(Platform):
    code: ClassVar[str] = "prestashop"
    name: ClassVar[str] = "PrestaShop"
    capabilities: ClassVar[Capabilities] = Capabilities(
        page_size=PAGE_SIZE,
        # A call takes as many records as one likes; this many products, a shop on a shared host saves in time.
        batch_size=50,
        notifies_customer=True,
        push_states=frozenset(SETTINGS),
        reads_customers=True,
        push_customers=True,
        reads_catalogue=True,
        publishes=publishing.PUBLISHES,
        pushes_stock=True,
        stock_compare=True,
        pending_takes_stock=True,
        uploads_media=True,
        media_of_product=True,
        price_digits=6,
        accepts_hooks=True,
        custom_states=True,
        tax_table=True,
        edits=frozenset({EditKind.ADDRESS, EditKind.NOTE}),
        awaited_payments=AWAITED,
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
        CredentialField(
            "hook_secret",
            _("Hook secret"),
            _("Only where the shop was made to tell changes at once: what it signs them with. See the guide."),
            required=False,
        ),
    )
    webhook_secret_key: ClassVar[str] = "hook_secret"
    state_labels: ClassVar[Mapping[str, str]] = VENDOR_LABELS

    def __init__(self, url: str, credentials: Mapping[str, str], transport: Transport) -> None:
        super().__init__(url, credentials, transport)
        self.client = PrestaClient(url, credentials.get("key", ""), transport, credentials.get("shop", ""))
        self.reference = Reference(self.client)
        self.catalogue = CatalogueReader(self.client)

    # --- the connection

    def test_connection(self) -> ConnectionReport:
        return connection.test(self.client, self.reference)

    def read_facts(self) -> ShopFacts:
        return connection.read_facts(self.client, self.reference)

    def read_taxes(self) -> list[ShopTax]:
        return taxes.read_taxes(self.client, self.reference)

    # --- orders in

    def read_orders(self, changed_since: datetime | None, cursor: str = "") -> Page:
        """Ten calls for a hundred orders; three more for each listing, and one for each kind of reference data."""
        return listing.read(self.client, self.reference, changed_since, cursor)

    def read_orders_by_id(self, ids: Sequence[str]) -> list[Raw]:
        return listing.by_id(self.client, self.reference, ids)

    def read_refunds(self, orders: Sequence[OrderDocument]) -> dict[str, list[Raw]]:
        """Nothing: orders come with their slips."""
        return {}

    @classmethod
    def parse_refund(cls, raw: Raw) -> RefundDocument:
        return parse_refund(raw)

    @classmethod
    def parse_order(cls, raw: Raw) -> OrderDocument:
        return mapper.parse_order(raw)

    @classmethod
    def order_version(cls, raw: Raw) -> tuple[str, datetime]:
        return mapper.order_version(raw)

    # --- events out

    def push_shipments(self, shipments: Sequence[ShipmentDocument]) -> list[CommandResult]:
        return push_shipments(self.client, self.reference, shipments)

    def push_states(
        self, states: Sequence[tuple[str, OrderState]], names: Mapping[OrderState, str] | None = None
    ) -> list[CommandResult]:
        """As the contract says; the shop e-mails the customer where the state says so."""
        return StateWriter(self.client, self.reference).push(states, names or {}) if states else []

    def push_notes(self, notes_: Sequence[NoteDocument]) -> list[CommandResult]:
        return notes.push(self.client, notes_) if notes_ else []

    def push_edits(self, edits_: Sequence[OrderEdit]) -> list[CommandResult]:
        return edits.push(self.client, self.reference, edits_) if edits_ else []

    # --- customers

    def read_customers(self, ids: Sequence[str]) -> list[Raw]:
        return customers.read(self.client, self.reference, unique(ids))

    @classmethod
    def parse_customer(cls, raw: Raw) -> CustomerProfile:
        return customers.parse(raw)

    def push_customers(self, changes: Sequence[CustomerChange]) -> list[CommandResult]:
        return customers.push(self.client, self.reference, changes) if changes else []

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
        """As the contract says; see :class:`stock.StockWriter`."""
        return stock.StockWriter(self.client).push(changes) if changes else []

    def read_stock(self, cursor: str = "") -> StockPage:
        return stock.read(self.client, cursor)

    # --- what a shop may be made to tell

    @classmethod
    def verify_webhook(cls, secret: str, headers: Mapping[str, str], body: bytes) -> bool:
        return hook.verify(secret, headers, body)

    @classmethod
    def parse_webhook(cls, headers: Mapping[str, str], body: bytes) -> WebhookHint:
        return hook.parse(body)
