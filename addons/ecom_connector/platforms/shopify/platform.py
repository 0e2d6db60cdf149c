"""Shopify as a platform: the GraphQL Admin API of one shop."""

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
    EditKind,
    OrderDocument,
    OrderEdit,
    OrderState,
    Page,
    PrivacyRequest,
    ProductDocument,
    RefundCommand,
    RefundDocument,
    ShipmentDocument,
    WebhookHint,
)
from ..errors import PlatformError
from ..facts import BalancePage
from ..publishing import LISTING_FIELDS, OFFER_FIELDS, ListingChange, ListingResult, MediaFile, MediaResult
from ..returns import NewReturn, ReturnCommand
from ..stock import StockChange, StockLocation, StockPage, StockResult
from ..transport import Transport
from ..words import _
from . import (
    balance,
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
    webhooks,
)
from .client import ShopifyClient
from .edits import push_edits
from .ids import is_plain
from .refunds_out import push_refunds
from .returns_made import make_returns
from .returns_out import PUSHED as RETURNS_PUSHED
from .returns_out import push_returns
from .shipments import push_shipments
from .state_changes import push_states
from .states import STATE_LABELS as VENDOR_LABELS


@register
class Shopify(Platform):
    code: ClassVar[str] = "shopify"
    name: ClassVar[str] = "Shopify"
    capabilities: ClassVar[Capabilities] = Capabilities(
        page_size=orders.PAGE_SIZE,
        batch_size=50,
        webhooks=True,
        # Deliveries overtake each other, and have the words of the older API.
        webhook_is_document=False,
        public_address=True,
        partial_shipment=True,
        notifies_customer=True,
        customer_notes=False,
        push_states=state_changes.PUSHED,
        refunds=True,
        returns=True,
        push_returns=RETURNS_PUSHED,
        makes_returns=True,
        makes_exchanges=True,
        balance=True,
        reads_customers=True,
        push_customers=True,
        custom_fields=True,
        edits=frozenset({EditKind.ADDRESS, EditKind.QUANTITY, EditKind.NOTE}),
        collects_taxes=True,
        # Shopify's own manual payments, as its orders name them in English and French.
        awaited_payments=frozenset({"Bank Deposit", "Money Order", "Virement bancaire", "Mandat", "manual"}),
        reads_catalogue=True,
        # There are no summaries, tax classes and dates of a promotion; a variant is sold as long as its product is.
        publishes=frozenset(LISTING_FIELDS) - {"summary", "tax_class"}
        | frozenset(f"offer.{name}" for name in OFFER_FIELDS if name not in ("active", "sale_from", "sale_to")),
        pushes_stock=True,
        stock_locations=True,
        stock_compare=True,
        pending_takes_stock=True,
        uploads_media=True,
        # Points a second of the smallest plans, and as many as may be used at once (shopify.dev, "rate limits").
        calls_per_second=100.0,
        burst=2000.0,
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField(
            "client_id",
            _("Client ID"),
            _("Dev Dashboard > your app > Settings. Leave it empty for an older app with an access token of its own."),
            secret=False,
            required=False,
        ),
        CredentialField(
            "client_secret",
            _("Client secret"),
            _("Beside the client ID; for older apps it is called API secret key. Shopify signs its webhooks with it."),
        ),
        CredentialField(
            "access_token",
            _("Access token"),
            _("Only for apps made in the shop's administration before 2026. Begins with shpat_."),
            required=False,
        ),
        CredentialField(
            "refresh_token",
            _("Refresh token"),
            _("Only for public apps, whose tokens last an hour. Begins with shprt_."),
            required=False,
        ),
        CredentialField(
            "sales_channels",
            _("Sales channels"),
            _(
                "Where new products are shown, by their names and with commas between them, such as Online Store, "
                "Point of Sale. Empty: on all of them."
            ),
            secret=False,
            required=False,
        ),
    )
    webhook_secret_key: ClassVar[str] = "client_secret"
    state_labels: ClassVar[Mapping[str, str]] = VENDOR_LABELS

    def __init__(self, url: str, credentials: Mapping[str, str], transport: Transport) -> None:
        super().__init__(url, credentials, transport)
        self.client = ShopifyClient(url, credentials, transport)
        self.sales_channels = credentials.get("sales_channels", "").split(",")

    # --- the connection

    def test_connection(self) -> ConnectionReport:
        try:
            return connection.test(self.client)
        except PlatformError as error:
            return ConnectionReport("shop_error", (), error.message)

    def read_facts(self) -> ShopFacts:
        return connection.read_facts(self.client)

    def read_taxes(self) -> list[ShopTax]:
        raise PlatformError("unsupported", _("Shopify shows no tax table; its orders say how they were taxed."))

    # --- orders in

    def read_orders(self, changed_since: datetime | None, cursor: str = "") -> Page:
        """A call for 25 orders, and a few for those that are longer than a page or refunded.

        First imports have the shop put a file together, and read it in windows of some hundred orders.
        """
        return orders.read_orders(self.client, changed_since, cursor)

    def read_orders_by_id(self, ids: Sequence[str]) -> list[Raw]:
        return orders.read_by_id(self.client, [key for key in dict.fromkeys(ids) if is_plain(key)])

    def read_refunds(self, orders: Sequence[OrderDocument]) -> dict[str, list[Raw]]:
        """Nothing: refunds come whole with their orders."""
        return {}

    @classmethod
    def parse_refund(cls, raw: Raw) -> RefundDocument:
        return refunds.parse_refund(raw, included=raw.get("taxesIncluded") is True)

    @classmethod
    def parse_order(cls, raw: Raw) -> OrderDocument:
        return mapper.parse_order(raw)

    @classmethod
    def order_version(cls, raw: Raw) -> tuple[str, datetime]:
        return mapper.order_version(raw)

    @classmethod
    def custom_field(cls, raw: Raw, name: str) -> str:
        return mapper.custom_field(raw, name)

    # --- money that the shop collects by itself

    def read_balance(self, listing: str, since: datetime | None, cursor: str = "", payout_id: str = "") -> BalancePage:
        """A call for a hundred rows, and one more for the payments that transactions stand for."""
        if listing == "transactions":
            return balance.read_transactions(self.client, since, cursor, payout_id)
        read = balance.read_payouts if listing == "payouts" else balance.read_disputes
        return read(self.client, since, cursor)

    # --- events out

    def push_shipments(self, shipments: Sequence[ShipmentDocument]) -> list[CommandResult]:
        """As the contract says; how many calls it takes is said in ``shipments``."""
        return push_shipments(self.client, shipments) if shipments else []

    def push_states(
        self, states: Sequence[tuple[str, OrderState]], names: Mapping[OrderState, str] | None = None
    ) -> list[CommandResult]:
        """Cancelled, and in preparation; see ``state_changes`` for how many calls it takes."""
        return push_states(self.client, states) if states else []

    def push_edits(self, edits: Sequence[OrderEdit]) -> list[CommandResult]:
        return push_edits(self.client, edits) if edits else []

    def push_refunds(self, refunds: Sequence[RefundCommand]) -> list[CommandResult]:
        return push_refunds(self.client, refunds) if refunds else []

    def push_returns(self, returns: Sequence[ReturnCommand]) -> list[CommandResult]:
        return push_returns(self.client, returns) if returns else []

    def make_returns(self, returns: Sequence[NewReturn]) -> list[CommandResult]:
        return make_returns(self.client, returns) if returns else []

    # --- customers

    def read_customers(self, ids: Sequence[str]) -> list[Raw]:
        return customers.read(self.client, ids)

    def push_customers(self, changes: Sequence[CustomerChange]) -> list[CommandResult]:
        return customers.push(self.client, changes) if changes else []

    @classmethod
    def parse_customer(cls, raw: Raw) -> CustomerProfile:
        return customers.parse(raw)

    # --- the catalogue

    def read_catalogue(self, cursor: str = "") -> CataloguePage:
        return catalogue.read(self.client, cursor)

    @classmethod
    def parse_listing(cls, raw: Raw) -> ListingDocument:
        return catalogue.parse(raw)

    def read_products(self, skus: Sequence[str]) -> list[ProductDocument]:
        return catalogue.read_products(self.client, skus) if skus else []

    def read_listings(self, ids: Sequence[str]) -> list[Raw]:
        return catalogue.read_some(self.client, ids) if ids else []

    def push_listings(self, changes: Sequence[ListingChange]) -> list[ListingResult]:
        """As the contract says; see :class:`publishing.ListingWriter` for how many calls it takes."""
        return publishing.push(self.client, changes, self.sales_channels) if changes else []

    def read_terms(self, kind: str) -> list[TermDocument]:
        return catalogue.read_terms(self.client, kind)

    def resolve_terms(self, kind: str, terms: Sequence[TermDocument]) -> list[TermDocument]:
        return publishing.resolve_terms(self.client, kind, terms, self.sales_channels) if terms else []

    def find_listings(self, keys: Sequence[str], since: datetime) -> dict[str, Raw]:
        return publishing.find(self.client, keys, since) if keys else {}

    def push_media(self, files: Sequence[MediaFile]) -> list[MediaResult]:
        return media.push(self.client, files) if files else []

    # --- stock

    def push_stock(self, changes: Sequence[StockChange]) -> list[StockResult]:
        return stock.push(self.client, changes) if changes else []

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

    @classmethod
    def parse_privacy_request(cls, body: bytes) -> PrivacyRequest:
        return webhooks.parse_privacy_request(body)

    def read_webhooks(self, address: str) -> list[WebhookState]:
        return webhooks.read(self.client, address)

    def register_webhooks(self, address: str, secret: str) -> list[WebhookState]:
        """Without the secret, which is the app's own."""
        return webhooks.register(self.client, address)

    def remove_webhooks(self, address: str) -> None:
        webhooks.remove(self.client, address)
