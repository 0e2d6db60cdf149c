"""WooCommerce as a platform: REST v3 of a WordPress shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

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
    NoteDocument,
    OrderDocument,
    OrderEdit,
    OrderState,
    Page,
    ProductDocument,
    RefundCommand,
    RefundDocument,
    ShipmentDocument,
    WebhookHint,
)
from ..errors import PlatformError
from ..publishing import LISTING_FIELDS, OFFER_FIELDS, ListingChange, ListingResult, MediaFile, MediaResult
from ..stock import StockChange, StockPage, StockResult
from ..transport import Transport
from ..values import identifier, text
from ..words import _, said
from . import catalogue, connection, customers, mapper, pickup, publishing, stock, taxes, webhooks
from .attribute_values import AttributeValues
from .batch import Update, update_orders
from .client import BATCH_SIZE, PAGE_SIZE, WooClient, id_chunks
from .cursor import OrderCursor, unique
from .edits import push_edits
from .media import MediaLibrary
from .refunds_out import push_refunds
from .shipments import ShipmentPlan, customer_note, plan_order, shipment_id, was_noted, was_written
from .state_changes import STATUSES, push_states
from .states import STATE_LABELS as VENDOR_LABELS
from .terms import read_terms, resolve


@register
class WooCommerce(Platform):
    code: ClassVar[str] = "woocommerce"
    name: ClassVar[str] = "WooCommerce"
    capabilities: ClassVar[Capabilities] = Capabilities(
        page_size=PAGE_SIZE,
        batch_size=BATCH_SIZE,
        webhooks=True,
        # A body is the order as it was when the delivery left, and deliveries overtake each other.
        webhook_is_document=False,
        # WordPress calls neither private addresses nor ports other than 80, 443 and 8080, and says nothing.
        public_address=True,
        notifies_customer=True,
        push_states=frozenset(STATUSES),
        reads_customers=True,
        push_customers=True,
        reads_catalogue=True,
        # One language and one price for all, but for plugins.
        publishes=frozenset(LISTING_FIELDS) - {"translations"}
        | frozenset(f"offer.{name}" for name in OFFER_FIELDS if name != "prices"),
        pushes_stock=True,
        uploads_media=True,
        custom_fields=True,
        custom_states=True,
        tax_table=True,
        edits=frozenset(EditKind),
        refunds=True,
        awaited_payments=frozenset({"bacs", "cheque"}),
        # No limit of its own; shared hosts begin to refuse at about this.
        calls_per_second=10.0,
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField(
            "consumer_key",
            _("Consumer key"),
            _("WooCommerce > Settings > Advanced > REST API > Add key, with read/write permission. Begins with ck_."),
        ),
        CredentialField("consumer_secret", _("Consumer secret"), _("Shown once, beside the key. Begins with cs_.")),
        CredentialField(
            "wp_user",
            _("WordPress user"),
            _(
                "To upload pictures and documents: the name of a user who may upload files. Without, the shop fetches "
                "them from Odoo."
            ),
            required=False,
        ),
        CredentialField(
            "wp_password",
            _("Application password"),
            _("WordPress > Users > Profile > Application Passwords. Not the user's own password."),
            required=False,
        ),
    )

    state_labels: ClassVar[Mapping[str, str]] = VENDOR_LABELS

    def __init__(self, url: str, credentials: Mapping[str, str], transport: Transport) -> None:
        super().__init__(url, credentials, transport)
        self.client = WooClient(
            url, credentials.get("consumer_key", ""), credentials.get("consumer_secret", ""), transport
        )
        self.attribute_values = AttributeValues(self.client)
        self._weight_unit: str | None = None
        self.media = MediaLibrary(url, credentials.get("wp_user", ""), credentials.get("wp_password", ""), transport)

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
        """As the contract says, in ``ceil(n / 100)`` calls for n orders."""
        at = OrderCursor.read(cursor) if cursor else OrderCursor(changed_since)
        listing = self.client.page("orders", at.params())
        fresh = [row for row in listing.rows if identifier(row.get("id")) not in at.seen]
        try:
            after = at.after_page(listing.rows, listing.asked_at)
        except ValueError as error:
            raise PlatformError(
                "bad_answer", _("The shop's list of orders cannot be followed: %(error)s", error=said(error))
            ) from error
        more = at.number < listing.pages and listing.rows
        return Page(tuple(fresh), after.text() if more else "", after.watermark)

    def read_orders_by_id(self, ids: Sequence[str]) -> list[Raw]:
        return [
            row
            # Without an id, "include" would mean every order.
            for chunk in id_chunks([key for key in unique(ids) if key.isdecimal()])
            for row in self.client.page("orders", {"include": ",".join(chunk), "orderby": "id", "order": "asc"}).rows
        ]

    def read_refunds(self, orders: Sequence[OrderDocument]) -> dict[str, list[Raw]]:
        """Through the shop-wide list, 100 refunds a call; older shops have none and are asked order by order."""
        refunded = [order for order in orders if order.refunds and not order.refunds_complete]
        owners = {refund.external_id: order.external_id for order in refunded for refund in order.refunds}
        found: dict[str, list[Raw]] = {order.external_id: [] for order in refunded}
        try:
            for chunk in id_chunks(list(owners)):
                params = {"include": ",".join(chunk), "orderby": "id", "order": "asc"}
                for row in self.client.page("refunds", params).rows:
                    owner = owners.get(identifier(row.get("id")))
                    if owner:
                        found[owner].append(row)
        except PlatformError as error:
            if error.code != "rest_no_route":
                raise
            for order in refunded:
                found[order.external_id] = list(self.client.pages(f"orders/{order.external_id}/refunds"))
        return found

    @classmethod
    def parse_refund(cls, raw: Raw) -> RefundDocument:
        return mapper.parse_refund(raw)

    @classmethod
    def parse_order(cls, raw: Raw) -> OrderDocument:
        return mapper.parse_order(raw)

    @classmethod
    def order_version(cls, raw: Raw) -> tuple[str, datetime]:
        return mapper.order_version(raw)

    @classmethod
    def custom_field(cls, raw: Raw, name: str) -> str:
        return pickup.custom_field(raw, name)

    # --- events out

    def push_shipments(self, shipments: Sequence[ShipmentDocument]) -> list[CommandResult]:
        """Two calls for up to 100 orders, then one for each note; a repeated one looks at the notes."""
        of_order: dict[str, list[ShipmentDocument]] = {}
        for shipment in shipments:
            of_order.setdefault(shipment.order_id, []).append(shipment)
        plans: dict[str, ShipmentPlan] = {}

        def plan(order: Mapping[str, Any]) -> Update | None:
            order_id = identifier(order.get("id"))
            plans[order_id] = plan_order(order, of_order[order_id])
            return plans[order_id].update

        errors = update_orders(self.client, list(of_order), "id,status,meta_data", plan)
        results: list[CommandResult] = []
        for shipment in shipments:
            error = errors[shipment.order_id]
            results.append(CommandResult.failed(error) if error else self._note(shipment, plans[shipment.order_id]))
        return results

    def _note(self, shipment: ShipmentDocument, plan: ShipmentPlan) -> CommandResult:
        """Write the numbers in an order note, once: a shipment told before may have been noted, or cut off before.

        A note to the customer is e-mailed. An order that becomes completed is e-mailed by the shop anyway, with what
        the tracking plugins know: the note is then for the shopkeeper's eyes, so that one e-mail goes out.
        """
        if shipment.notify_customer:
            path = f"orders/{shipment.order_id}/notes"
            to_customer = shipment.known or not shipment.complete
            try:
                told_before = shipment.key in plan.told_before
                if not (told_before and was_noted(shipment, list(self.client.pages(path, {"type": "any"})))):
                    self.client.post(path, {"note": customer_note(shipment), "customer_note": to_customer})
            except PlatformError as error:
                return CommandResult.failed(error)
        return CommandResult(ok=True, external_id=shipment_id(shipment), message=plan.message)

    def push_states(
        self, states: Sequence[tuple[str, OrderState]], names: Mapping[OrderState, str] | None = None
    ) -> list[CommandResult]:
        return push_states(self.client, states, names or {})

    def push_notes(self, notes: Sequence[NoteDocument]) -> list[CommandResult]:
        """Two calls a note: WooCommerce e-mails a note to the customer the moment that it is written."""
        results = []
        for note in notes:
            path = f"orders/{note.order_id}/notes"
            try:
                if not was_written(note.text, list(self.client.pages(path, {"type": "customer"}))):
                    self.client.post(path, {"note": note.text, "customer_note": True})
            except PlatformError as error:
                results.append(CommandResult.failed(error))
            else:
                results.append(CommandResult(ok=True, external_id=note.order_id))
        return results

    def push_edits(self, edits: Sequence[OrderEdit]) -> list[CommandResult]:
        """Two calls for up to 100 orders, then two for each note."""
        return push_edits(self.client, edits)

    def push_refunds(self, refunds: Sequence[RefundCommand]) -> list[CommandResult]:
        """Two calls to look, one where no order has a refund yet, then one for each refund."""
        return push_refunds(self.client, refunds)

    # --- customers

    def read_customers(self, ids: Sequence[str]) -> list[Raw]:
        return customers.read(self.client, [key for key in unique(ids) if key.isdecimal()])

    @classmethod
    def parse_customer(cls, raw: Raw) -> CustomerProfile:
        return customers.parse(raw)

    def push_customers(self, changes: Sequence[CustomerChange]) -> list[CommandResult]:
        return customers.push(self.client, changes)

    # --- the catalogue

    def read_catalogue(self, cursor: str = "") -> CataloguePage:
        return catalogue.read(self.client, cursor)

    @classmethod
    def parse_listing(cls, raw: Raw) -> ListingDocument:
        return catalogue.parse(raw)

    @property
    def weight_unit(self) -> str:
        """The unit of the shop's weights, asked for once."""
        if self._weight_unit is None:
            self._weight_unit = catalogue.weight_unit(self.client)
        return self._weight_unit

    def read_listings(self, ids: Sequence[str]) -> list[Raw]:
        return catalogue.read_some(self.client, ids, self.weight_unit) if ids else []

    def push_listings(self, changes: Sequence[ListingChange]) -> list[ListingResult]:
        """As the contract says; see :class:`publishing.ListingWriter` for how many calls it takes."""
        if not any(change.fields or change.offers or not change.document.product_id for change in changes):
            return [ListingResult(change.document.product_id) for change in changes]
        return publishing.ListingWriter(self.client, self.weight_unit, self.attribute_values).push(changes)

    def find_listings(self, keys: Sequence[str], since: datetime) -> dict[str, Raw]:
        return publishing.find(self.client, keys, since, self.weight_unit) if keys else {}

    def read_terms(self, kind: str) -> list[TermDocument]:
        return read_terms(self.client, kind)

    def resolve_terms(self, kind: str, terms: Sequence[TermDocument]) -> list[TermDocument]:
        return resolve(self.client, kind, terms)

    def read_products(self, skus: Sequence[str]) -> list[ProductDocument]:
        """Variations come along with products (observed on WooCommerce 10.9.1). A SKU with a comma cannot be asked
        for, since commas separate them, and is absent."""
        askable = [sku for sku in unique(skus) if "," not in sku and sku.strip()]
        return [
            ProductDocument(
                product_id=identifier(row.get("parent_id")) if variation else identifier(row.get("id")),
                variant_id=identifier(row.get("id")) if variation else "",
                sku=text(row.get("sku")),
                name=text(row.get("name")),
                barcode=text(row.get("global_unique_id")),
                active=row.get("status") in ("publish", "private"),
            )
            for chunk in id_chunks(askable)
            for row in self.client.pages("products", {"sku": ",".join(chunk)})
            # A product with variations, or a group, is not sold itself.
            if row.get("type") not in ("variable", "grouped")
            for variation in (row.get("type") == "variation",)
        ]

    def can_upload(self) -> bool:
        return self.media.usable

    def push_media(self, files: Sequence[MediaFile]) -> list[MediaResult]:
        """In the shop's media library: a call for each hundred files, then one for each that is not there."""
        return self.media.push(files)

    # --- stock

    def push_stock(self, changes: Sequence[StockChange]) -> list[StockResult]:
        """As the contract says; see :class:`stock.StockWriter`."""
        return stock.StockWriter(self.client).push(changes) if changes else []

    def read_stock(self, cursor: str = "") -> StockPage:
        return stock.read(self.client, cursor)

    # --- webhooks

    @classmethod
    def verify_webhook(cls, secret: str, headers: Mapping[str, str], body: bytes) -> bool:
        return webhooks.verify(secret, headers, body)

    @classmethod
    def parse_webhook(cls, headers: Mapping[str, str], body: bytes) -> WebhookHint:
        return webhooks.parse(headers, body)

    @classmethod
    def is_ping(cls, headers: Mapping[str, str], body: bytes) -> bool:
        return webhooks.is_ping(headers, body)

    def read_webhooks(self, address: str) -> list[WebhookState]:
        return webhooks.read(self.client, address)

    def register_webhooks(self, address: str, secret: str) -> list[WebhookState]:
        return webhooks.register(self.client, address, secret)

    def remove_webhooks(self, address: str) -> None:
        webhooks.remove(self.client, address)
