"""A shop without a package of its own: it calls Odoo, and what it has to know waits until it asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from ..base import (
    STATE_LABELS,
    ApiFacts,
    ApiPlatform,
    Capabilities,
    CommandResult,
    ConnectionReport,
    CredentialField,
    Problem,
    Raw,
    ShopFacts,
    ShopTax,
    register,
)
from ..documents import (
    CustomerProfile,
    NoteDocument,
    OrderDocument,
    OrderState,
    Page,
    ProductDocument,
    RefundDocument,
    ShipmentDocument,
)
from ..errors import PlatformError
from ..publishing import LISTING_FIELDS, OFFER_FIELDS
from ..words import _
from . import check, mapper, payments


@register
class ExternalShop(ApiPlatform):
    code: ClassVar[str] = "external"
    name: ClassVar[str] = _("Any shop (XML-RPC)")
    capabilities: ClassVar[Capabilities] = Capabilities(
        uses_api=True,
        publishes=frozenset(LISTING_FIELDS) | frozenset(f"offer.{name}" for name in OFFER_FIELDS),
        collects_taxes=True,
        notifies_customer=True,
        # The list that the shop fetches can say anything.
        push_states=frozenset(
            {
                OrderState.CONFIRMED,
                OrderState.PREPARING,
                OrderState.COMPLETED,
                OrderState.DELIVERED,
                OrderState.READY,
                OrderState.COLLECTED,
                OrderState.CANCELLED,
            }
        ),
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = ()
    state_labels: ClassVar[Mapping[str, str]] = {state.value: label for state, label in STATE_LABELS.items()}

    # --- the connection

    def test_connection(self) -> ConnectionReport:
        """There is nothing to call: the shop's own ``ping`` tests the connection."""
        return ConnectionReport("ok")

    def read_facts(self) -> ShopFacts:
        raise _not_asked()

    def read_taxes(self) -> list[ShopTax]:
        raise _not_asked()

    # --- orders in

    @classmethod
    def check_order(cls, raw: Any, facts: ApiFacts) -> list[Problem]:
        return check.check_order(raw, facts)

    @classmethod
    def check_customer(cls, raw: Any, facts: ApiFacts) -> list[Problem]:
        return check.check_customer(raw, facts)

    @classmethod
    def parse_customer(cls, raw: Raw) -> CustomerProfile:
        return mapper.parse_customer(raw)

    @classmethod
    def cancelled(cls, raw: Raw) -> Raw:
        return mapper.cancelled(raw)

    @classmethod
    def check_payment(cls, raw: Any, facts: ApiFacts) -> list[Problem]:
        return check.check_payment(raw, facts)

    @classmethod
    def with_payment(cls, raw: Raw, payment: Raw) -> Raw:
        return payments.with_payment(raw, payment)

    @classmethod
    def keep_payments(cls, raw: Raw, known: Raw) -> Raw:
        return payments.keep_payments(raw, known)

    def read_orders(self, changed_since: datetime | None, cursor: str = "") -> Page:
        raise _not_asked()

    def read_orders_by_id(self, ids: Sequence[str]) -> list[Raw]:
        if ids:
            raise _not_asked()
        return []

    def read_refunds(self, orders: Sequence[OrderDocument]) -> dict[str, list[Raw]]:
        """An order tells its refunds in full."""
        return {}

    @classmethod
    def parse_refund(cls, raw: Raw) -> RefundDocument:
        return mapper.parse_refund(raw)

    @classmethod
    def parse_order(cls, raw: Raw) -> OrderDocument:
        return mapper.parse_order(raw)

    @classmethod
    def order_version(cls, raw: Raw) -> tuple[str, datetime]:
        return mapper.order_version(raw)

    # --- events out: they are kept, and the shop fetches them

    def push_shipments(self, shipments: Sequence[ShipmentDocument]) -> list[CommandResult]:
        return [CommandResult(ok=True) for _shipment in shipments]

    def push_states(
        self, states: Sequence[tuple[str, OrderState]], names: Mapping[OrderState, str] | None = None
    ) -> list[CommandResult]:
        return [CommandResult(ok=True) for _state in states]

    def push_notes(self, notes: Sequence[NoteDocument]) -> list[CommandResult]:
        return [CommandResult(ok=True) for _note in notes]

    # --- the catalogue

    def read_products(self, skus: Sequence[str]) -> list[ProductDocument]:
        if skus:
            raise _not_asked()
        return []


def _not_asked() -> PlatformError:
    return PlatformError("not_asked", _("This shop calls Odoo itself; it cannot be asked."))
