"""The canonical documents: what every platform is translated to, and nothing more.

Frozen dataclasses. Money is ``Decimal`` in the order's currency, exactly as the shop printed it; times are aware
UTC datetimes; ids are strings; an absent text is ``""``, an absent time or number ``None``. Documents are never
stored: they are parsed again from the raw payload whenever they are needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from .returns import ReturnDocument

ZERO = Decimal(0)


class LineKind(str, Enum):
    PRODUCT = "product"
    SHIPPING = "shipping"
    FEE = "fee"


class OrderState(str, Enum):
    """Where the order stands on the shop, in the words that all platforms share."""

    DRAFT = "draft"  # a basket or a checkout that was never finished: not an order yet
    PENDING = "pending"  # placed, its payment is awaited (transfer, cheque, unfinished card payment)
    CONFIRMED = "confirmed"  # to be prepared
    PREPARING = "preparing"  # told to shops that can show it; read back, it is CONFIRMED
    COMPLETED = "completed"  # the shop regards it as shipped
    DELIVERED = "delivered"  # told to shops that can show it; read back, it is COMPLETED or CONFIRMED
    READY = "ready"  # told to shops that can show it: waits in the warehouse; read back, it is CONFIRMED
    COLLECTED = "collected"  # told to shops that can show it: the customer fetched it; read back, it is CONFIRMED
    CANCELLED = "cancelled"  # cancelled, failed, or in the shop's bin
    REFUNDED = "refunded"  # refunded in full


class PaymentKind(str, Enum):
    MONEY = "money"
    GIFT_CARD = "gift_card"  # a means of payment, not a discount: VAT was or is due on the goods


@dataclass(frozen=True, slots=True)
class AddressDocument:
    """A postal address. ``country`` is ISO 3166-1 alpha-2, ``state`` the shop's code or name of the subdivision."""

    name: str = ""
    company: str = ""
    street: str = ""
    street2: str = ""
    city: str = ""
    zip: str = ""
    state: str = ""
    country: str = ""
    email: str = ""
    phone: str = ""
    vat: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.company or self.street or self.city or self.zip)

    @property
    def place(self) -> tuple[str, ...]:
        """What makes two addresses the same place and recipient: compared without case or spacing."""
        parts = (self.name, self.company, self.street, self.street2, self.city, self.zip, self.state, self.country)
        return tuple(" ".join(part.casefold().split()) for part in parts)


@dataclass(frozen=True, slots=True)
class CustomerDocument:
    """Who bought. ``external_id`` is ``""`` for a guest."""

    external_id: str = ""
    email: str = ""
    name: str = ""
    phone: str = ""
    vat: str = ""
    registration: str = ""  # the company's number in its country's register: SIREN or SIRET in France
    language: str = ""


@dataclass(frozen=True, slots=True)
class CustomerProfile:
    """A customer's account as the shop keeps it, apart from any order. ``address`` is the one for invoices."""

    customer: CustomerDocument
    address: AddressDocument
    shipping: AddressDocument = AddressDocument()
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CustomerChange:
    """What changed about a customer in Odoo, told to the shop: nothing but the changed fields.

    ``values`` may have ``name``, ``email`` and ``phone`` as texts, and under ``billing`` and ``shipping`` the changed
    ones of ``street``, ``street2``, ``city``, ``zip``, ``state`` (code) and ``country`` (ISO 3166-1 alpha-2).
    """

    external_id: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TaxAmount:
    """One tax on one line. ``code`` names it in ``OrderDocument.taxes``; ``amount`` in the order's currency."""

    code: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class TaxSummary:
    """One tax of the order. ``rate`` in percent; ``amount`` is the shop's own total for it."""

    code: str
    label: str
    rate: Decimal
    amount: Decimal
    country: str = ""
    compound: bool = False


@dataclass(frozen=True, slots=True)
class LineDocument:
    """One line. ``net`` excludes tax and is what is due after discounts; ``list_net`` is before discounts.

    ``Σ tax.amount`` is the line's tax as the shop printed it.
    """

    external_id: str
    kind: LineKind
    name: str
    quantity: Decimal
    net: Decimal
    list_net: Decimal
    taxes: tuple[TaxAmount, ...] = ()
    list_tax: Decimal = ZERO  # the tax on ``list_net``, where the shop says it
    product_id: str = ""  # external id of the product
    variant_id: str = ""  # external id of the variant, "" for a product without variants
    sku: str = ""
    barcode: str = ""
    options: tuple[tuple[str, str], ...] = ()  # what the customer chose, as (label, value)
    code: str = ""  # shipping: the shop's method; fee: its kind
    # Tax that the marketplace collects and pays as the deemed supplier: no money of ours, so in no other figure of
    # the order. ``None`` where the tax is ours to declare.
    collected_tax: Decimal | None = None

    @property
    def tax(self) -> Decimal:
        return sum((tax.amount for tax in self.taxes), ZERO)

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class CouponDocument:
    """A coupon that the customer used; ``discount`` excludes tax and is already inside the lines' ``net``."""

    code: str
    discount: Decimal
    discount_tax: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class PaymentDocument:
    """A means of payment. ``paid_at`` is ``None`` while the money is only promised."""

    method: str
    title: str
    amount: Decimal
    paid_at: datetime | None = None
    transaction: str = ""
    kind: PaymentKind = PaymentKind.MONEY


@dataclass(frozen=True, slots=True)
class RefundLineDocument:
    """What a refund gives back of one order line, in positive figures. ``line_id`` is the order line's external id."""

    line_id: str
    quantity: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class RefundDocument:
    """A refund on the shop; ``amount`` is positive and includes tax. Amount-only refunds have no lines."""

    external_id: str
    amount: Decimal
    reason: str = ""
    created_at: datetime | None = None
    lines: tuple[RefundLineDocument, ...] = ()
    key: str = ""  # ours (``RefundCommand.key``), where we made it and the shop kept that
    return_id: str = ""  # of the shop's return that it is for, where the shop says so


@dataclass(frozen=True, slots=True)
class RefundCommand:
    """Money that the shop is to pay back. ``amount`` includes tax and is what is paid, whatever the lines say.

    ``lines`` are for the shop's books, positive; none where only a part of them goes this way. Nothing is put back on
    sale by it. ``pays`` is whether the shop's gateway moves the money; else the shop only notes it.
    """

    order_id: str
    key: str  # ours, the same at every attempt: the platform finds a refund that was made before by it
    amount: Decimal
    reason: str = ""
    lines: tuple[RefundLineDocument, ...] = ()
    pays: bool = True
    return_id: str = ""  # of the shop's return that it is for: named where the shop has a way of saying so


@dataclass(frozen=True, slots=True)
class PickupPoint:
    """A point relais or a shop where the parcel waits for the customer.

    ``id`` is the carrier's own, which its label needs; ``carrier`` the network, or else the shop's delivery method.
    ``address`` is where the point is, without a recipient; empty where the shop only knows its id.
    """

    id: str
    name: str = ""
    carrier: str = ""
    address: AddressDocument = AddressDocument()


@dataclass(frozen=True, slots=True)
class OrderDocument:
    """An order as the shop holds it. ``total`` includes tax and is what the customer owes before refunds."""

    external_id: str
    number: str
    state: OrderState
    vendor_state: str
    currency: str
    created_at: datetime
    updated_at: datetime
    prices_include_tax: bool
    customer: CustomerDocument
    billing: AddressDocument
    shipping: AddressDocument
    lines: tuple[LineDocument, ...]
    taxes: tuple[TaxSummary, ...]
    total: Decimal
    total_tax: Decimal
    payments: tuple[PaymentDocument, ...] = ()
    coupons: tuple[CouponDocument, ...] = ()
    refunds: tuple[RefundDocument, ...] = ()
    refunds_complete: bool = True  # False: only amounts are known, the lines must be fetched
    returns: tuple[ReturnDocument, ...] = ()
    note: str = ""
    gift_message: str = ""
    pickup_point: PickupPoint | None = None
    hold: str = ""  # why the shop does not want it prepared yet, in its words: a risk of fraud, a hold of its own
    reference: str = ""  # the customer's own, such as the number of a company's purchase order
    url: str = ""

    @property
    def paid_at(self) -> datetime | None:
        """When the last of the money arrived, ``None`` while some is still awaited."""
        times = [payment.paid_at for payment in self.payments]
        return max((time for time in times if time), default=None) if times and all(times) else None


@dataclass(frozen=True, slots=True)
class ProductDocument:
    """A sellable thing of the shop's catalogue, as far as matching needs it: a product or one of its variants."""

    product_id: str
    variant_id: str
    sku: str
    name: str
    barcode: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class ParcelDocument:
    """A parcel of a shipment, told to the shop. ``url`` is the carrier's tracking page."""

    tracking_number: str
    carrier: str = ""
    url: str = ""
    shipped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LotDocument:
    """Goods of one lot, or one serial, that left for a line of the order."""

    line_id: str
    name: str
    quantity: Decimal
    serial: bool = False  # the name stands for one piece
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class ExchangedDocument:
    """What left in exchange for a return, by external id of the variants: its lines are known to the shop alone."""

    return_id: str
    variants: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class ShipmentDocument:
    """What left the warehouse: quantities by external order line id, and the parcels they are in."""

    order_id: str
    key: str  # ours, the same at every attempt: the platform finds a shipment told before by it
    quantities: tuple[tuple[str, Decimal], ...]
    parcels: tuple[ParcelDocument, ...] = ()
    lots: tuple[LotDocument, ...] = ()  # of those goods that are tracked
    complete: bool = True  # nothing of the order is left to ship
    notify_customer: bool = False
    known: bool = False  # the shop was told of this shipment before, then without some of its numbers
    corrects: bool = False  # the customer was told other numbers before: the message says so
    message: str = ""  # what the shop tells the customer, in their language; "" for a plain default
    exchange: ExchangedDocument | None = None  # in place of ``quantities``, where the platform ``ships_exchanges``


class EditKind(str, Enum):
    """What of an order can be changed on a shop after it was placed."""

    ADDRESS = "address"  # where it is delivered
    QUANTITY = "quantity"  # less or more of a line, or the line taken out
    VARIANT = "variant"  # another variant in a line's place
    NOTE = "note"  # a remark that only the shopkeeper sees


@dataclass(frozen=True, slots=True)
class LineEdit:
    """What a line shall be from now on. ``net`` and ``list_net`` as in :class:`LineDocument`, for ``quantity``.

    ``quantity`` zero takes the line out. The product is named only where it changes; ``sku`` stands in for ids that
    we do not know.
    """

    line_id: str
    quantity: Decimal
    net: Decimal
    list_net: Decimal
    tax: Decimal = ZERO  # what we expect on ``net``
    product_id: str = ""
    variant_id: str = ""
    sku: str = ""

    @property
    def swaps(self) -> bool:
        return bool(self.product_id or self.variant_id or self.sku)


@dataclass(frozen=True, slots=True)
class OrderEdit:
    """What changed of an order, told to the shop. What is not named stays as it is there."""

    order_id: str
    key: str  # ours, the same at every attempt
    lines: tuple[LineEdit, ...] = ()
    shipping: AddressDocument | None = None
    note: str = ""
    seen: str = ""  # the digest of the newest raw order that we know: one that differs by now is not overwritten


@dataclass(frozen=True, slots=True)
class NoteDocument:
    """A plain text about an order that the shop passes on to the customer, once; ``key`` is ours, for its log."""

    order_id: str
    key: str
    text: str


class PrivacyKind(str, Enum):
    """What the law lets a customer ask, passed on by the shop."""

    DATA = "data_request"  # what is known of them
    CUSTOMER = "customer_redact"  # to be forgotten
    SHOP = "shop_redact"  # all of the shop's customers: it no longer uses us


@dataclass(frozen=True, slots=True)
class PrivacyRequest:
    """A request of :class:`PrivacyKind`. Ids are the shop's own; orders are those that it names."""

    kind: PrivacyKind
    customer_id: str = ""
    email: str = ""
    order_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WebhookHint:
    """What a webhook tells: something of this kind changed.

    ``event_id`` is the same for the same delivery and differs between deliveries, up to 128 characters.
    ``external_id`` is ``""`` where the shop does not say which one (it was deleted before the delivery).
    """

    kind: str  # "order", "product", "customer", "privacy", "ping", or "" for what nobody handles
    external_id: str
    event_id: str
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing, oldest change first: raw payloads, and where to go on.

    ``watermark`` is up to where everything was read once this page is kept: the next listing starts there (less an
    overlap for slow commits), or this one again if it is cut off. ``None`` when the listing was empty. It never runs
    past the time when the listing began, so that what changed between two pages is read again.
    """

    raws: tuple[dict[str, object], ...] = field(default=())
    next: str = ""  # opaque to the caller; "" on the last page
    watermark: datetime | None = None
    wait: float = 0.0  # seconds after which to ask again with ``next``: the shop is still putting the page together
