"""Medusa 2 as a platform: the admin REST API of a shop, with a secret API key."""

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
    WebhookState,
    register,
)
from ..catalogue import CataloguePage, ListingDocument, TermDocument
from ..documents import (
    CustomerChange,
    CustomerProfile,
    OrderDocument,
    OrderEdit,
    OrderState,
    Page,
    ProductDocument,
    RefundDocument,
    ShipmentDocument,
    WebhookHint,
)
from ..errors import PlatformError
from ..publishing import LISTING_FIELDS, OFFER_FIELDS, ListingChange, ListingResult, MediaFile, MediaResult
from ..returns import NewReturn, ReturnCommand
from ..stock import StockChange, StockLocation, StockPage, StockResult
from ..transport import Transport
from ..values import identifier, text
from ..words import _
from . import (
    catalogue,
    connection,
    customers,
    mapper,
    media,
    orders,
    publishing,
    refunds,
    state_changes,
    stock,
    taxes,
    webhooks,
)
from . import terms as term_lists
from .client import BATCH_SIZE, PAGE_SIZE, MedusaClient
from .edits import KINDS as EDITABLE
from .edits import push_edits
from .returns_made import make_returns
from .returns_out import PUSHED as RETURNS_PUSHED
from .returns_out import push_returns
from .shipments import ShipmentWriter
from .states import MANUAL_PROVIDER
from .states import STATE_LABELS as VENDOR_LABELS


@register
class Medusa(Platform):
    code: ClassVar[str] = "medusa"
    name: ClassVar[str] = "Medusa"
    capabilities: ClassVar[Capabilities] = Capabilities(
        page_size=PAGE_SIZE,
        batch_size=BATCH_SIZE,
        webhooks=True,
        partial_shipment=True,
        push_states=state_changes.STATES,
        returns=True,
        push_returns=RETURNS_PUSHED,
        makes_returns=True,
        makes_exchanges=True,
        ships_exchanges=True,
        reads_customers=True,
        push_customers=True,
        reads_catalogue=True,
        # No classes of taxes, and no switch for what is not shipped: both hang on profiles and rules of the shop. What
        # is sold is a variant of a product that is on or off as a whole.
        publishes=frozenset(LISTING_FIELDS) - {"tax_class", "ships"}
        | frozenset(f"offer.{name}" for name in OFFER_FIELDS if name != "active"),
        uploads_media=True,
        pushes_stock=True,
        stock_locations=True,
        stock_compare=True,
        pending_takes_stock=True,
        custom_fields=True,
        tax_table=True,
        edits=EDITABLE,
        awaited_payments=frozenset({MANUAL_PROVIDER}),
        # No limit of its own: one process of Node.js answers some twenty in a second.
        calls_per_second=10.0,
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField(
            "secret_key",
            _("Secret API key"),
            _("Medusa Admin > Settings > Secret API Keys > Create. Begins with sk_ and is shown once."),
        ),
    )

    state_labels: ClassVar[Mapping[str, str]] = VENDOR_LABELS

    def __init__(self, url: str, credentials: Mapping[str, str], transport: Transport) -> None:
        super().__init__(url, credentials, transport)
        self.client = MedusaClient(url, credentials.get("secret_key", "").strip(), transport)

    # --- the connection

    def test_connection(self) -> ConnectionReport:
        try:
            return connection.test(self.client)
        except PlatformError as error:
            return ConnectionReport("shop_error", (), error.message)

    def read_facts(self) -> ShopFacts:
        return connection.read_facts(self.client)

    def read_taxes(self) -> list[ShopTax]:
        return taxes.read_taxes(self.client)

    # --- orders in

    def read_orders(self, changed_since: datetime | None, cursor: str = "") -> Page:
        """As the contract says; see :func:`orders.read_orders` for how many calls it takes."""
        return orders.read_orders(self.client, changed_since, cursor)

    def read_orders_by_id(self, ids: Sequence[str]) -> list[Raw]:
        return orders.read_by_id(self.client, ids)

    def read_refunds(self, orders: Sequence[OrderDocument]) -> dict[str, list[Raw]]:
        """They are all in the orders."""
        return {}

    @classmethod
    def parse_refund(cls, raw: Raw) -> RefundDocument:
        return refunds.parse_refund(raw)

    @classmethod
    def parse_order(cls, raw: Raw) -> OrderDocument:
        return mapper.parse_order(raw)

    @classmethod
    def order_version(cls, raw: Raw) -> tuple[str, datetime]:
        return mapper.order_version(raw)

    @classmethod
    def custom_field(cls, raw: Raw, name: str) -> str:
        return mapper.metadata_field(raw, name)

    # --- events out

    def push_shipments(self, shipments: Sequence[ShipmentDocument]) -> list[CommandResult]:
        """As the contract says; see :class:`ShipmentWriter` for how many calls it takes."""
        return ShipmentWriter(self.client).push(shipments)

    def push_states(
        self, states: Sequence[tuple[str, OrderState]], names: Mapping[OrderState, str] | None = None
    ) -> list[CommandResult]:
        return state_changes.push_states(self.client, states)

    def push_edits(self, edits: Sequence[OrderEdit]) -> list[CommandResult]:
        return push_edits(self.client, edits)

    def push_returns(self, returns: Sequence[ReturnCommand]) -> list[CommandResult]:
        return push_returns(self.client, returns) if returns else []

    def make_returns(self, returns: Sequence[NewReturn]) -> list[CommandResult]:
        return make_returns(self.client, returns) if returns else []

    # --- customers

    def read_customers(self, ids: Sequence[str]) -> list[Raw]:
        return customers.read(self.client, ids)

    @classmethod
    def parse_customer(cls, raw: Raw) -> CustomerProfile:
        return customers.parse(raw)

    def push_customers(self, changes: Sequence[CustomerChange]) -> list[CommandResult]:
        return customers.push(self.client, changes)

    # --- the catalogue

    def read_products(self, skus: Sequence[str]) -> list[ProductDocument]:
        """Everything that is sold is a variant, of a product without options too."""
        wanted = [sku for sku in skus if sku.strip()]
        fields = "id,sku,barcode,title,product.id,product.title,product.status"
        found = self.client.by_ids("product-variants", "variants", wanted, {"fields": fields}, name="sku")
        documents = []
        for row in found:
            product = row.get("product")
            product = product if isinstance(product, Mapping) else {}
            documents.append(
                ProductDocument(
                    product_id=identifier(product.get("id")),
                    variant_id=identifier(row.get("id")),
                    sku=text(row.get("sku")),
                    name=text(product.get("title")) or text(row.get("title")),
                    barcode=text(row.get("barcode")),
                    active=product.get("status") == "published",
                )
            )
        return documents

    def read_catalogue(self, cursor: str = "") -> CataloguePage:
        return catalogue.read(self.client, cursor)

    @classmethod
    def parse_listing(cls, raw: Raw) -> ListingDocument:
        return catalogue.parse(raw)

    def read_listings(self, ids: Sequence[str]) -> list[Raw]:
        return catalogue.read_some(self.client, ids)

    def push_listings(self, changes: Sequence[ListingChange]) -> list[ListingResult]:
        """As the contract says; see :class:`publishing.ListingWriter` for how many calls it takes."""
        if not any(change.fields or change.offers or not change.document.product_id for change in changes):
            return [ListingResult(change.document.product_id) for change in changes]
        return publishing.ListingWriter(self.client).push(changes)

    def find_listings(self, keys: Sequence[str], since: datetime) -> dict[str, Raw]:
        return catalogue.find(self.client, keys)

    def push_media(self, files: Sequence[MediaFile]) -> list[MediaResult]:
        """Up to twenty files a call."""
        return media.push(self.client, files)

    def read_terms(self, kind: str) -> list[TermDocument]:
        return term_lists.read_terms(self.client, kind)

    def resolve_terms(self, kind: str, terms: Sequence[TermDocument]) -> list[TermDocument]:
        return term_lists.resolve(self.client, kind, terms)

    # --- stock

    def push_stock(self, changes: Sequence[StockChange]) -> list[StockResult]:
        """Two calls for up to 150 variants, and one for each product that is from now on sold at zero, or not."""
        return stock.StockWriter(self.client).push(changes) if changes else []

    def read_stock(self, cursor: str = "") -> StockPage:
        return stock.read(self.client, cursor)

    def read_locations(self) -> list[StockLocation]:
        return stock.read_locations(self.client)

    # --- webhooks

    @classmethod
    def verify_webhook(cls, secret: str, headers: Mapping[str, str], body: bytes) -> bool:
        return webhooks.verify(secret, headers, body)

    @classmethod
    def parse_webhook(cls, headers: Mapping[str, str], body: bytes) -> WebhookHint:
        return webhooks.parse(headers, body)

    def read_webhooks(self, address: str) -> list[WebhookState]:
        return webhooks.read(self.client, address)

    def register_webhooks(self, address: str, secret: str) -> list[WebhookState]:
        return webhooks.register(self.client, address, secret)

    def remove_webhooks(self, address: str) -> None:
        webhooks.remove(self.client, address)
