"""What a platform is: the contract that each vendor's package implements, and the registry of those installed.

A platform knows HTTP and its vendor's words and returns documents; it knows nothing of Odoo. What it declares and what
it answers is in :mod:`facts`.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from .catalogue import CataloguePage, ListingDocument, TermDocument
from .documents import (
    CustomerChange,
    CustomerProfile,
    NoteDocument,
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
from .errors import PlatformError
from .facts import (
    CONNECTION_CODES,
    REFUNDS_KEY,
    STATE_LABELS,
    ApiFacts,
    BalancePage,
    Capabilities,
    CommandResult,
    ConnectionReport,
    CredentialField,
    Problem,
    Raw,
    ShopFacts,
    ShopTax,
    WebhookState,
)
from .publishing import ListingChange, ListingResult, MediaFile, MediaResult, Refusal
from .returns import NewReturn, ReturnCommand
from .stock import StockChange, StockLocation, StockPage, StockResult
from .transport import Transport
from .words import _


class Platform(ABC):
    """A connection to one shop. Every method that speaks HTTP raises :class:`PlatformError` and nothing else."""

    code: ClassVar[str]
    name: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    credential_fields: ClassVar[tuple[CredentialField, ...]]
    state_labels: ClassVar[Mapping[str, str]]  # what the vendor's states are called, by ``vendor_state``
    webhook_secret_key: ClassVar[str] = ""  # the credential that signs webhooks, where the vendor chooses it

    def __init__(self, url: str, credentials: Mapping[str, str], transport: Transport) -> None:
        self.url = url.rstrip("/")
        self.credentials = credentials
        self.transport = transport

    # --- the connection

    @abstractmethod
    def test_connection(self) -> ConnectionReport:
        """Say in a code whether the shop can be worked with. Never raises."""

    @abstractmethod
    def read_facts(self) -> ShopFacts: ...

    @abstractmethod
    def read_taxes(self) -> list[ShopTax]:
        """The shop's tax table, for platforms with ``tax_table``; each code once."""

    # --- orders in

    @abstractmethod
    def read_orders(self, changed_since: datetime | None, cursor: str = "") -> Page:
        """One page of raw orders changed at or after ``changed_since`` (aware UTC), oldest change first."""

    @abstractmethod
    def read_orders_by_id(self, ids: Sequence[str]) -> list[Raw]:
        """The raw orders with these ids, in at most ceil(n / page_size) calls.

        Absent are the ids that the shop no longer has, or has in its bin.
        """

    @abstractmethod
    def read_refunds(self, orders: Sequence[OrderDocument]) -> dict[str, list[Raw]]:
        """Raw refunds by order id, of orders whose document says ``refunds_complete=False``, in set-based calls.

        Kept in the raw order under :data:`REFUNDS_KEY`, they are read by :meth:`parse_order`, which then says
        ``refunds_complete=True``.
        """

    @classmethod
    @abstractmethod
    def parse_refund(cls, raw: Raw) -> RefundDocument:
        """Pure. Raises ``ValueError`` that names the field."""

    @classmethod
    @abstractmethod
    def parse_order(cls, raw: Raw) -> OrderDocument:
        """Pure. Raises ``ValueError`` that names the field when the payload is no order."""

    @classmethod
    @abstractmethod
    def order_version(cls, raw: Raw) -> tuple[str, datetime]:
        """``(external id, time of the last change)`` of a raw order, cheaply and without parsing the rest."""

    @classmethod
    def state_label(cls, vendor_state: str) -> str:
        """What a document's ``vendor_state`` is called; one that the merchant made up is read as it is written."""
        return cls.state_labels.get(vendor_state) or re.sub(r"[-_]+", " ", vendor_state).strip().capitalize()

    @classmethod
    @abstractmethod
    def parse_customer(cls, raw: Raw) -> CustomerProfile:
        """Pure. Raises ``ValueError`` that names the field."""

    @classmethod
    def custom_field(cls, raw: Raw, name: str) -> str:
        """What the merchant's own field ``name`` of a raw order says, ``""`` when it has none; pure."""
        return ""

    # --- money that the shop collects by itself

    def read_balance(self, listing: str, since: datetime | None, cursor: str = "", payout_id: str = "") -> BalancePage:
        """One page of a listing of platforms with ``balance``: ``transactions``, ``payouts`` or ``disputes``.

        What began at or after ``since``; or, with ``payout_id``, the transactions that this payout is made of.
        """
        raise PlatformError("unsupported", _("The shop does not pay out by itself."))

    # --- events out

    @abstractmethod
    def push_shipments(self, shipments: Sequence[ShipmentDocument]) -> list[CommandResult]:
        """Tell the shop what left; safe to repeat with the same ``key``. One result for each, in order.

        Raises only while nothing was written; from then on failures are in the results.
        """

    @abstractmethod
    def push_states(
        self, states: Sequence[tuple[str, OrderState]], names: Mapping[OrderState, str] | None = None
    ) -> list[CommandResult]:
        """Set the state of orders, ``(external id, state)``; one already there is left alone.

        ``names`` are the merchant's own words for states, on platforms with ``custom_states``.

        One result for each, in order. Raises only while nothing was written.
        """

    def push_notes(self, notes: Sequence[NoteDocument]) -> list[CommandResult]:
        """Have the shop write to customers; a note that is there already is not written again.

        For platforms with ``notifies_customer`` and ``customer_notes``. One result for each, in order. Raises only
        while nothing was written.
        """
        return [CommandResult(ok=False, code="unsupported", message=_("The shop writes no notes.")) for _note in notes]

    def push_edits(self, edits: Sequence[OrderEdit]) -> list[CommandResult]:
        """Change placed orders, as far as ``capabilities.edits`` says; what is as wanted already is left alone.

        Only orders that the shop regards as still to be shipped are changed; others fail with the code "conflict".
        One that is not on the shop as it was ``seen`` is left alone too: it fails with the code "changed", to be tried
        again, and its result has the order in ``raw``. The time of a change would not do: shops date it to the second.

        One result for each, in order. Raises only while nothing was written.
        """
        message = _("Orders cannot be changed on this shop.")
        return [CommandResult(ok=False, code="unsupported", message=message) for _edit in edits]

    def push_refunds(self, refunds: Sequence[RefundCommand]) -> list[CommandResult]:
        """Pay money back, for platforms with ``refunds``; one made before with the same ``key`` is not made again.

        The result's ``external_id`` is the shop's id of the refund. One whose answer was lost is ``in_doubt``. What the
        shop or its gateway refuses for good is never to be tried again. One result for each, in order. Raises only
        while nothing was written.
        """
        message = _("Money cannot be paid back through this shop.")
        return [CommandResult(ok=False, code="unsupported", message=message) for _refund in refunds]

    def push_returns(self, returns: Sequence[ReturnCommand]) -> list[CommandResult]:
        """Say what became of returns that are on the shop, as far as ``capabilities.push_returns`` says.

        One that is there already, or further, is left alone; one that went another way on the shop fails with the code
        "conflict". One result for each, in order. Raises only while nothing was written.
        """
        message = _("The shop knows nothing of returns.")
        return [CommandResult(ok=False, code="unsupported", message=message) for _return in returns]

    def make_returns(self, returns: Sequence[NewReturn]) -> list[CommandResult]:
        """Make returns that began here, for platforms with ``makes_returns``: agreed, and awaited.

        The result's ``external_id`` is the shop's id; one made before with the same ``key`` is not made again, and
        its document tells the key. One result for each, in order. Raises only while nothing was written.
        """
        message = _("The shop knows nothing of returns.")
        return [CommandResult(ok=False, code="unsupported", message=message) for _return in returns]

    # --- customers

    def read_customers(self, ids: Sequence[str]) -> list[Raw]:
        """The raw accounts with these ids, for platforms with ``reads_customers``; those that are gone are absent."""
        return []

    def push_customers(self, changes: Sequence[CustomerChange]) -> list[CommandResult]:
        """Change accounts, for platforms with ``push_customers``; safe to repeat. One result for each, in order.

        Raises only while nothing was written.
        """
        return [
            CommandResult(ok=False, code="unsupported", message=_("Customers cannot be changed on this shop."))
            for _change in changes
        ]

    # --- the catalogue

    def read_catalogue(self, cursor: str = "") -> CataloguePage:
        """One page of raw products with their variants, for platforms with ``reads_catalogue``.

        Begin with an empty cursor and go on with the one returned. A product that is deleted meanwhile may hide
        another one: who has read fewer than ``total`` begins anew.
        """
        raise PlatformError("unsupported", _("This shop does not show its catalogue."))

    @classmethod
    def parse_listing(cls, raw: Raw) -> ListingDocument:
        """Pure. Raises ``ValueError`` that names the product and the field."""
        raise ValueError(_("this platform shows no catalogue"))

    @abstractmethod
    def read_products(self, skus: Sequence[str]) -> list[ProductDocument]:
        """Products and variants with these SKUs, in at most ceil(n / page_size) calls."""

    def read_listings(self, ids: Sequence[str]) -> list[Raw]:
        """The raw products with these ids and their variants, for platforms with ``reads_catalogue``.

        In at most ceil(n / page_size) calls for products, and as many for variants as reading the catalogue takes.
        """
        return []

    def push_listings(self, changes: Sequence[ListingChange]) -> list[ListingResult]:
        """Create and change products with what is sold under them, as far as ``capabilities.publishes`` says.

        In at most ceil(n / batch_size) calls for products, and the fewest that the vendor allows for variants. One
        result for each, in order. Raises only while nothing was written. Nothing that the shop has is removed but
        what a field that is sent says. One whose creation may have been done already is looked up with
        :meth:`find_listings` first, by whoever calls.
        """
        refusal = Refusal("unsupported", _("Products cannot be changed on this shop."))
        return [ListingResult(refusal=refusal) for _change in changes]

    def read_terms(self, kind: str) -> list[TermDocument]:
        """All that the shop has of a ``kind`` with a tree, for platforms with ``reads_catalogue``, by the page."""
        return []

    def resolve_terms(self, kind: str, terms: Sequence[TermDocument]) -> list[TermDocument]:
        """The shop's own for each of these, in order, found by name and place in the tree, else made.

        ``kind`` is ``category``, ``tag``, ``brand`` or ``attribute`` (one that products share). The trees are read by
        the page, and what is missing is made in batches, parents first. Safe to repeat.
        """
        raise PlatformError("unsupported", _("This shop has no %(kind)s.", kind=kind))

    def find_listings(self, keys: Sequence[str], since: datetime) -> dict[str, Raw]:
        """Raw products with their variants, created with these keys at or after ``since`` (aware UTC), by key."""
        return {}

    def can_upload(self) -> bool:
        """Whether this channel's credentials allow :meth:`push_media`; without a call.

        Where not, a picture reaches the shop by an address that the shop fetches it from.
        """
        return self.capabilities.uploads_media

    def push_media(self, files: Sequence[MediaFile]) -> list[MediaResult]:
        """Hand files over to the shop, for platforms with ``uploads_media``; the id is then an image's ``external_id``.

        Safe to repeat: one that the shop has under its ``key`` is not sent again. One result for each, in order.
        Raises only while nothing was written.
        """
        refusal = Refusal("unsupported", _("Files cannot be sent to this shop."))
        return [MediaResult(refusal=refusal) for _file in files]

    # --- stock

    def push_stock(self, changes: Sequence[StockChange]) -> list[StockResult]:
        """Tell the shop how many are to sell, for platforms with ``pushes_stock``; safe to repeat.

        In at most ceil(n / batch_size) calls for products, and the fewest that the vendor allows for variants. One
        result for each, in order. Raises only while nothing was written.
        """
        refusal = Refusal("unsupported", _("This shop cannot be told of stock."))
        return [StockResult(refusal=refusal) for _change in changes]

    def read_locations(self) -> list[StockLocation]:
        """Where the shop counts, for platforms with ``stock_locations``."""
        return []

    def read_stock(self, cursor: str = "") -> StockPage:
        """One page of what the shop shows, for platforms with ``pushes_stock``; begin with an empty cursor."""
        raise PlatformError("unsupported", _("This shop does not show its stock."))

    # --- webhooks

    @classmethod
    def verify_webhook(cls, secret: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Check the signature on the raw body in constant time; ``False`` with no secret."""
        return False

    @classmethod
    def parse_webhook(cls, headers: Mapping[str, str], body: bytes) -> WebhookHint:
        """What a verified delivery is about."""
        return WebhookHint("", "", "")

    @classmethod
    def parse_privacy_request(cls, body: bytes) -> PrivacyRequest:
        """What the body of a verified delivery of the kind ``privacy`` asks: the headers are gone by then.

        Pure. Raises ``ValueError`` that names the field.
        """
        raise ValueError(_("this platform passes on no such requests"))

    @classmethod
    def is_ping(cls, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether this is the vendor's unsigned test of the address, answered but not stored."""
        return False

    def read_webhooks(self, address: str) -> list[WebhookState]:
        """The webhooks that point to ``address``."""
        return []

    def register_webhooks(self, address: str, secret: str) -> list[WebhookState]:
        """Create what is missing, re-enable what the shop switched off, remove doubles; idempotent."""
        return []

    def remove_webhooks(self, address: str) -> None:  # noqa: B027 - nothing to remove without webhooks
        """Remove the webhooks that point to ``address``."""


__all__ = [
    "CONNECTION_CODES",
    "REFUNDS_KEY",
    "STATE_LABELS",
    "ApiFacts",
    "Capabilities",
    "CommandResult",
    "ConnectionReport",
    "CredentialField",
    "Platform",
    "PlatformError",
    "Problem",
    "Raw",
    "ShopFacts",
    "ShopTax",
    "WebhookState",
    "platform_class",
    "platform_codes",
    "register",
]

_PLATFORMS: dict[str, type[Platform]] = {}


class ApiPlatform(Platform):
    """A shop that calls Odoo (``uses_api``): what it sends through ``ecom.api`` is checked before it is kept."""

    @classmethod
    @abstractmethod
    def check_order(cls, raw: Any, facts: ApiFacts) -> list[Problem]:
        """What is wrong with a raw order; empty when :meth:`parse_order` can read it. Pure, never raises."""

    @classmethod
    @abstractmethod
    def check_customer(cls, raw: Any, facts: ApiFacts) -> list[Problem]:
        """What is wrong with a raw customer; empty when :meth:`parse_customer` can read it. Pure, never raises."""

    @classmethod
    @abstractmethod
    def cancelled(cls, raw: Raw) -> Raw:
        """The raw order as it is once it is cancelled: a younger version, or the same where it is cancelled."""

    @classmethod
    @abstractmethod
    def check_payment(cls, raw: Any, facts: ApiFacts) -> list[Problem]:
        """What is wrong with a payment that is registered by itself. Pure, never raises."""

    @classmethod
    @abstractmethod
    def with_payment(cls, raw: Raw, payment: Raw) -> Raw:
        """The raw order with a received payment: ``method``, ``amount``, ``paid_at``, ``transaction``, ``title``."""

    @classmethod
    @abstractmethod
    def keep_payments(cls, raw: Raw, known: Raw) -> Raw:
        """A newer raw order with the payments that were registered for the known one."""


def register(platform: type[Platform]) -> type[Platform]:
    """Class decorator: make a platform known to this process under its ``code``."""
    _PLATFORMS[platform.code] = platform
    return platform


def platform_class(code: str) -> type[Platform]:
    """The registered platform; raises ``KeyError`` for an unknown code."""
    return _PLATFORMS[code]


def platform_codes() -> list[tuple[str, str]]:
    """``(code, name)`` of every registered platform, by name."""
    return sorted(((code, cls.name) for code, cls in _PLATFORMS.items()), key=lambda pair: pair[1])
