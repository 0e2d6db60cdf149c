"""What a payment gateway is: the contract that each package implements, and the registry of those installed.

A gateway knows HTTP (or files) and its vendor's words and returns documents; it knows nothing of Odoo. Reading returns
raw answers for the caller to keep, and ``parse_*``, which are pure, make documents of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar, Protocol

from .documents import (
    DisputeDocument,
    GatewayHint,
    Page,
    PayoutDocument,
    TransactionDocument,
    WebhookRegistration,
)
from .shared import (
    BalancePage,
    CommandResult,
    ConnectionReport,
    CredentialField,
    PlatformError,
    Raw,
    Transport,
    _,
    text,
)


@dataclass(frozen=True, slots=True)
class GatewayCapabilities:
    """What a gateway can do. What differs between gateways is here, so that nobody asks which one it talks to."""

    of_shop: bool = False  # a part of a shop that collects money by itself: called through its channel, without keys
    transactions: bool = False  # the movements of its balance can be read
    payouts: bool = False  # what it pays to the bank can be read
    composition: bool = False  # it says which transactions a payout is made of; else it pays out of a running balance
    disputes: bool = False
    refunds: bool = False  # money can be paid back through it
    webhooks: bool = False  # it can call us, with hints
    files: bool = False  # its transactions are read from files: see ``file``
    bank: bool = False  # the customer's money reaches the bank as a line of its own, order by order (bank transfer)
    collected: bool = False  # somebody else hands the money over in sums (carrier, bank's deposit slip)
    prepaid: bool = False  # no money moves: what was paid before is used up (gift card)
    awaited: bool = False  # the money comes days after the order: nothing is captured when it is placed
    page_size: int = 100
    overlap: timedelta = timedelta(hours=1)  # a listing begins so much before the end of the one before
    payout_overlap: timedelta = timedelta(days=10)  # the same for payouts: they change for so long after their creation
    dispute_overlap: timedelta = timedelta(days=120)
    delay: timedelta = timedelta(0)  # how late a transaction may appear in listings
    history: timedelta | None = None  # how far back listings reach; ``None`` without limit
    calls_per_second: float = 5.0


class Shop(Protocol):
    """The part of a platform that a gateway of a shop needs."""

    def read_balance(
        self, listing: str, since: datetime | None, cursor: str = "", payout_id: str = ""
    ) -> BalancePage: ...


class Gateway(ABC):
    """One account at a gateway. What speaks HTTP raises :class:`PlatformError` and nothing else.

    :param url: the address of the API; ``""`` for the vendor's own
    """

    code: ClassVar[str]
    name: ClassVar[str]
    capabilities: ClassVar[GatewayCapabilities] = GatewayCapabilities()
    credential_fields: ClassVar[tuple[CredentialField, ...]] = ()
    default_url: ClassVar[str] = ""

    def __init__(self, url: str, credentials: Mapping[str, str], transport: Transport) -> None:
        self.url = (url or self.default_url).rstrip("/")
        self.credentials = credentials
        self.transport = transport
        self.shop: Shop | None = None  # of gateways with ``of_shop``: set by whoever builds them

    def _shop(self) -> Shop:
        if self.shop is None:
            raise PlatformError("unreachable", _("It belongs to no shop."), retry=True)
        return self.shop

    @abstractmethod
    def test_connection(self) -> ConnectionReport:
        """Say in a code of ``CONNECTION_CODES`` whether the account can be worked with. Never raises.

        ``details`` has at least ``mode`` (``live`` or ``test``) and, where the gateway says, ``account``, ``currency``.
        """

    # --- reading

    def read_transactions(self, since: datetime | None, cursor: str = "") -> Page:
        """One page of raw transactions that happened at or after ``since`` (aware UTC).

        ``cursor`` is ``""`` or the ``next`` of the page before, with the same ``since``. Some that are older may come
        along.
        """
        raise _unsupported()

    def read_payouts(self, since: datetime | None, cursor: str = "") -> Page:
        """One page of raw payouts created at or after ``since``."""
        raise _unsupported()

    def read_payout_transactions(self, payout_id: str, cursor: str = "") -> Page:
        """One page of the raw transactions that a payout is made of, for gateways with ``composition``.

        The payout's own transaction (kind ``payout``, the same id in ``source_id``) may be among them: the nets of the
        others add up to its amount.
        """
        raise _unsupported()

    def read_disputes(self, since: datetime | None, cursor: str = "") -> Page:
        """One page of raw disputes opened (or changed, where the gateway can say) at or after ``since``."""
        raise _unsupported()

    @classmethod
    def raw_id(cls, raw: Raw) -> str:
        """What to call a raw answer that cannot be parsed; ``""`` when it says nothing."""
        return text(raw.get("id"))

    @classmethod
    def parse_transaction(cls, raw: Raw) -> TransactionDocument:
        """Pure. Raises ``ValueError`` that names the field."""
        raise ValueError(_("this gateway has no transactions"))

    @classmethod
    def parse_payout(cls, raw: Raw) -> PayoutDocument:
        """Pure. Raises ``ValueError`` that names the field."""
        raise ValueError(_("this gateway has no payouts"))

    @classmethod
    def parse_dispute(cls, raw: Raw) -> DisputeDocument:
        """Pure. Raises ``ValueError`` that names the field."""
        raise ValueError(_("this gateway has no disputes"))

    # --- writing

    def refund(
        self, charge_id: str, amount: Decimal, currency: str, key: str, *, reason: str = "", note: str = ""
    ) -> CommandResult:
        """Pay ``amount`` (positive) of a charge back; the same ``key`` never pays twice. Never raises.

        ``charge_id`` is any of the transaction's ``references``. ``external_id`` of the result is the refund's. One
        whose answer was lost is ``in_doubt``: sent again with the same key it says what became of it.
        """
        return CommandResult(ok=False, code="unsupported", message=_("Money cannot be paid back through this gateway."))

    # --- webhooks

    def verify_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
        """Whether a delivery is the gateway's own, from the raw body; ``False`` without a secret.

        Some vendors have to be asked, and then it raises :class:`PlatformError` when they cannot be.
        """
        return False

    @classmethod
    def parse_webhook(cls, headers: Mapping[str, str], body: bytes) -> GatewayHint:
        """What a verified delivery is about. Pure; raises ``ValueError`` when it is no event."""
        raise ValueError(_("this gateway sends no webhooks"))

    def register_webhook(self, address: str) -> WebhookRegistration:
        """Have the gateway call ``address``, in place of one made before for it."""
        raise _unsupported()

    def webhook_works(self, address: str) -> bool:
        """Whether the gateway calls ``address`` by now, of all that it is to tell."""
        raise _unsupported()

    def remove_webhook(self, address: str) -> None:  # noqa: B027 - nothing to remove without webhooks
        """Remove the webhooks that point to ``address``."""


def _unsupported() -> PlatformError:
    return PlatformError("unsupported", _("The gateway does not offer this."))


_GATEWAYS: dict[str, type[Gateway]] = {}


def register(gateway: type[Gateway]) -> type[Gateway]:
    """Class decorator: make a gateway known to this process under its ``code``."""
    _GATEWAYS[gateway.code] = gateway
    return gateway


def gateway_class(code: str) -> type[Gateway]:
    """The registered gateway; raises ``KeyError`` for an unknown code."""
    return _GATEWAYS[code]


def gateway_codes() -> list[tuple[str, str]]:
    """``(code, name)`` of every registered gateway, by name."""
    return sorted(((code, cls.name) for code, cls in _GATEWAYS.items()), key=lambda pair: pair[1])


__all__ = [
    "CommandResult",
    "ConnectionReport",
    "CredentialField",
    "Gateway",
    "GatewayCapabilities",
    "PlatformError",
    "gateway_class",
    "gateway_codes",
    "register",
]
