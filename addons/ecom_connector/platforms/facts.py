"""What a platform declares and what it answers: credentials, capabilities, and the results of calls.

What differs between vendors is declared here as a capability, so that no caller ever asks which vendor it talks to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from .documents import EditKind, OrderState
from .errors import PlatformError
from .returns import ReturnState
from .words import _

Raw = dict[str, Any]

# Where a caller keeps the refunds that it fetched, inside the raw order that it stores.
REFUNDS_KEY = "_refunds"


# What the shared states are called.
STATE_LABELS: Mapping[OrderState, str] = {
    OrderState.DRAFT: _("Draft"),
    OrderState.PENDING: _("Pending payment"),
    OrderState.CONFIRMED: _("To prepare"),
    OrderState.PREPARING: _("In preparation"),
    OrderState.COMPLETED: _("Completed"),
    OrderState.DELIVERED: _("Delivered"),
    OrderState.READY: _("Ready for collection"),
    OrderState.COLLECTED: _("Collected"),
    OrderState.CANCELLED: _("Cancelled"),
    OrderState.REFUNDED: _("Refunded"),
}


@dataclass(frozen=True, slots=True)
class CredentialField:
    """One thing that the merchant types in to connect: a row of ``ecom.credential``."""

    key: str
    label: str
    help: str = ""
    secret: bool = True
    required: bool = True


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can do, and in which sizes."""

    page_size: int = 100  # orders read in one call
    batch_size: int = 100  # records written in one call
    webhooks: bool = False  # the shop can call us
    webhook_is_document: bool = False  # a webhook's body is the authoritative order; else it only names what to fetch
    accepts_hooks: bool = False  # a person can make the shop call us, in a format of ours: nothing to register or watch
    public_address: bool = False  # the shop refuses to call private addresses
    partial_shipment: bool = False  # the shop keeps shipments by line and quantity
    notifies_customer: bool = False  # the shop can e-mail the customer about a shipment
    customer_notes: bool = True  # where it does: it passes on any text, and not only news of shipments
    push_states: frozenset[OrderState] = frozenset()  # states that can be set on the shop
    uses_api: bool = False  # the shop calls ``ecom.api`` and is never called: what it has to know waits to be fetched
    reads_customers: bool = False  # the shop's accounts can be read by id, and webhooks tell of their changes
    push_customers: bool = False  # accounts can be changed on the shop
    reads_catalogue: bool = False  # all products can be read, with their variants
    publishes: frozenset[str] = frozenset()  # what of products can be written: ``LISTING_FIELDS``, ``offer.`` + others
    pushes_stock: bool = False  # the shop can be told how many are to sell, and asked how many it shows
    stock_locations: bool = False  # it counts by location
    pending_takes_stock: bool = False  # an order that is not paid yet is taken off what the shop sells
    stock_compare: bool = False  # it refuses a quantity when it does not show what we think that it shows
    max_media_bytes: int = 20 * 1024 * 1024  # of one picture or document
    uploads_media: bool = False  # pictures and files can be sent; else the shop fetches them from an address
    media_of_product: bool = False  # a file is sent to a product that is there (``MediaFile.product_id``), for it alone
    price_digits: int | None = None  # decimals of prices without tax; ``None`` for those of the currency
    custom_fields: bool = False  # merchants and plugins add fields of their own to orders
    edits: frozenset[EditKind] = frozenset()  # what of a placed order can be changed on the shop
    refunds: bool = False  # money can be paid back through the shop, or noted there
    returns: bool = False  # customers ask for returns on the shop, which tells them with their orders
    push_returns: frozenset[ReturnState] = frozenset()  # what of a return that is there can be told to the shop
    makes_returns: bool = False  # a return that began here can be made there
    makes_exchanges: bool = False  # with what goes out instead, as far as it is a variant of the shop
    ships_exchanges: bool = False  # it can be told that this left, without making it a line of the order
    balance: bool = False  # the shop collects money by itself and pays it out: its balance there can be read
    custom_states: bool = False  # merchants name states of their own making, such as "being prepared"
    collects_taxes: bool = False  # orders may have taxes that the marketplace collects and pays (``collected_tax``)
    tax_table: bool = False  # the shop keeps a table of its tax rates that can be read
    awaited_payments: frozenset[str] = frozenset()  # payment methods whose money comes days later: transfer, cheque
    calls_per_second: float = 5.0  # the rate budget that the channel's lanes share; points, where calls differ in cost
    burst: float = 0.0  # how much of it may be used at once; 0 for what two seconds bring


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """The answer of a connection test.

    ``code`` is one of ``CONNECTION_CODES``; ``details`` are plain facts, as (name, value); ``message`` is what the
    shop or the network said, in its own words, free of secrets.
    """

    code: str
    details: tuple[tuple[str, str], ...] = ()
    message: str = ""

    @property
    def ok(self) -> bool:
        return self.code == "ok"


CONNECTION_CODES = (
    "ok",
    "bad_key",  # the shop refuses the key
    "read_only_key",  # the key may read but not write
    "missing_scopes",  # the key lacks permissions that the flows need: the report's ``message`` names them
    "clock",  # our clock and the shop's are too far apart for its signature check
    "not_found",  # no API at this address
    "not_a_shop",  # something answers, but not this kind of shop
    "tls",  # the certificate is not trusted
    "unreachable",  # no answer, or the name does not resolve
    "timeout",
    "shop_error",  # the shop itself fails (5xx)
    "rate_limited",
    "insecure",  # the credentials would travel unprotected
    "moved",  # the address redirects: the report's ``message`` says where
    "blocked",  # a firewall or security plugin in front of the shop refuses us
    "neutralized",  # this copy of the database may not call the outside world
)


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """What the set-up needs to know of a shop."""

    name: str = ""
    currency: str = ""
    timezone: str = ""
    prices_include_tax: bool | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class ShopTax:
    """A tax rate that the shop knows. ``code`` is the one that its orders name it by; ``rate`` in percent.

    ``kind`` is what the shop calls the products that the rate is for, ``""`` for the usual ones. ``country`` is ISO
    3166-1 alpha-2, ``""`` for a rate of the whole world; ``zips`` are the postal codes or their beginnings, where it
    only holds in some places. ``product_class`` is what a product is given to be taxed at it (``tax_class``).
    """

    code: str
    label: str
    rate: Decimal
    country: str = ""
    kind: str = ""
    product_class: str = ""
    zips: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BalancePage:
    """One page of what moved the balance of a shop that collects money, of its payouts or of disputes, as it says it.

    ``next`` is ``""`` on the last page; ``asked_at`` is not later, by the shop's clock, than when it was read.
    """

    raws: tuple[Raw, ...]
    next: str = ""
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WebhookState:
    """A webhook of ours as the shop holds it."""

    external_id: str
    topic: str
    active: bool
    address: str


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What became of one command sent to the shop. All but ``ok`` and ``external_id`` as in :class:`PlatformError`.

    A result that is ``ok`` may have a ``message`` too: what the shop's state left undone, in words. ``raw`` is the
    order as the shop shows it after an edit, where the platform learns that.
    """

    ok: bool
    external_id: str = ""
    message: str = ""
    retry: bool = False
    in_doubt: bool = False
    code: str = ""
    retry_after: float | None = None
    raw: Raw | None = None

    @classmethod
    def failed(cls, error: PlatformError) -> CommandResult:
        return cls(
            ok=False,
            message=error.message,
            retry=error.retry,
            in_doubt=error.in_doubt,
            code=error.code,
            retry_after=error.retry_after,
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what a shop sent: the field's path, a code for programs, what is wrong and the way out."""

    field: str
    code: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ApiFacts:
    """What a shop's data are held against: the known currencies with their decimals, countries, and the time (UTC)."""

    currencies: Mapping[str, int]
    countries: frozenset[str]
    now: datetime
