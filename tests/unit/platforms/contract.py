"""What every platform must pass: subclass :class:`PlatformContract`, name the class, give it recorded payloads."""

from __future__ import annotations

import copy
import socket
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platforms.base import CONNECTION_CODES, Platform, PlatformError, ShopTax, platform_class, platform_codes
from platforms.catalogue import ListingDocument, ListingKind, ListingState, OfferDocument, TermDocument
from platforms.documents import OrderDocument, OrderState, ParcelDocument, ShipmentDocument
from platforms.publishing import LISTING_FIELDS, OFFER_FIELDS, ListingChange
from platforms.returns import (
    AT_FAULT,
    CHANGED_MIND,
    LATE,
    SIZE,
    NewReturn,
    ReturnCommand,
    ReturnLineDocument,
    ReturnState,
)
from platforms.transport import Transport

Delivery = tuple[Mapping[str, str], bytes]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


class PlatformContract:
    """Subclasses give the attributes, the fixture ``raw_orders`` and, for platforms with webhooks, ``deliveries``.

    ``raw_orders`` (``list[dict[str, Any]]``) are recorded raw orders, as many and as odd as there are.
    """

    platform: ClassVar[type[Platform]]
    credentials: ClassVar[Mapping[str, str]]
    webhook_secret: ClassVar[str] = ""

    @pytest.fixture
    def deliveries(self) -> list[Delivery]:
        """Recorded signed webhook deliveries, headers and raw body."""
        return []

    @pytest.fixture
    def shop_taxes(self) -> list[ShopTax]:
        """What becomes of a recorded tax table, for platforms with ``tax_table``."""
        return []

    @pytest.fixture
    def unreachable(self) -> Platform:
        """The platform of a shop where nothing listens."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        transport = Transport(timeout=(1, 1), retries=0, secrets=self.credentials.values())
        return self.platform(url, self.credentials, transport)

    # --- what it declares

    def test_is_registered_under_its_code(self) -> None:
        assert platform_class(self.platform.code) is self.platform
        assert (self.platform.code, self.platform.name) in platform_codes()

    def test_declares_credentials_and_sizes(self) -> None:
        keys = [field.key for field in self.platform.credential_fields]
        can = self.platform.capabilities
        assert bool(keys) != can.uses_api and len(set(keys)) == len(keys), "a shop that calls us gives us no key"
        assert all(field.label for field in self.platform.credential_fields)
        assert can.page_size > 0 and can.batch_size > 0 and can.calls_per_second > 0
        known = {*LISTING_FIELDS, *(f"offer.{name}" for name in OFFER_FIELDS)}
        assert can.publishes <= known, "what can be published goes by the documents' names"
        assert OrderState.REFUNDED not in can.push_states  # money is given back by a refund, never by a state
        assert can.returns or not can.push_returns, "what became of a return is told where it began"
        assert ReturnState.REQUESTED not in can.push_returns, "customers ask, we answer"

    # --- orders

    def test_orders_parse_into_sound_documents(self, raw_orders: list[dict[str, Any]]) -> None:
        assert raw_orders
        for raw in raw_orders:
            before = copy.deepcopy(raw)
            order = self.platform.parse_order(raw)
            assert raw == before, "parsing is pure"
            assert self.platform.parse_order(raw) == order
            assert self.platform.order_version(raw) == (order.external_id, order.updated_at)
            check_order(order)

    def test_returns_come_with_their_orders(self, raw_orders: list[dict[str, Any]]) -> None:
        found = [one for raw in raw_orders for one in self.platform.parse_order(raw).returns]
        assert bool(found) is self.platform.capabilities.returns

    def test_what_is_no_order_is_refused_by_name(self) -> None:
        for raw in ({}, {"id": None}, {"code": "gone", "message": "deleted"}):
            with pytest.raises(ValueError, match="id"):
                self.platform.parse_order(raw)
            with pytest.raises(ValueError, match="id"):
                self.platform.order_version(raw)

    @settings(deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_malformed_orders_raise_value_error_only(self, raw_orders: list[dict[str, Any]], data: Any) -> None:
        raw = copy.deepcopy(data.draw(st.sampled_from(raw_orders)))
        where: Any = raw
        while True:
            keys = list(where) if isinstance(where, dict) else list(range(len(where)))
            key = data.draw(st.sampled_from(keys))
            inner = where[key]
            if isinstance(inner, dict | list) and inner and data.draw(st.booleans()):
                where = inner
                continue
            where[key] = data.draw(JSON)
            break
        try:
            order = self.platform.parse_order(raw)
        except ValueError:
            return
        assert isinstance(order, OrderDocument)

    # --- webhooks

    def test_deliveries_are_verified_on_the_raw_body(self, deliveries: list[Delivery]) -> None:
        if not self.platform.capabilities.webhooks:
            pytest.skip("this platform has no webhooks")
        assert deliveries
        for headers, body in deliveries:
            lower = {name.lower(): value for name, value in headers.items()}
            assert self.platform.verify_webhook(self.webhook_secret, headers, body)
            assert self.platform.verify_webhook(self.webhook_secret, lower, body), "header names ignore case"
            assert not self.platform.verify_webhook(self.webhook_secret, headers, body + b" ")
            assert not self.platform.verify_webhook(self.webhook_secret + "x", headers, body)
            assert not self.platform.verify_webhook(self.webhook_secret, {}, body)
            assert not self.platform.verify_webhook("", headers, body), "no secret, no entry"
            assert not self.platform.is_ping(headers, body)

    def test_deliveries_have_an_id_of_their_own(self, deliveries: list[Delivery]) -> None:
        seen: dict[str, bytes] = {}
        for headers, body in deliveries:
            hint = self.platform.parse_webhook(headers, body)
            assert hint == self.platform.parse_webhook(headers, body)
            assert 0 < len(hint.event_id) <= 128
            assert hint.kind in ("order", "product", "customer", "privacy", "")
            assert seen.setdefault(hint.event_id, body) == body, "two deliveries share an id"
            assert hint.external_id or hint.deleted

    def test_nonsense_bodies_do_not_break_parsing(self) -> None:
        for body in (b"", b"null", b"[]", b"{", b"\xff\xfe", b'{"id": null}'):
            assert not self.platform.verify_webhook("secret", {}, body)
            assert self.platform.parse_webhook({}, body).external_id == ""

    # --- when nothing answers

    def test_an_unreachable_shop_is_said_so(self, unreachable: Platform) -> None:
        report = unreachable.test_connection()
        if self.platform.capabilities.uses_api:
            assert report.ok and unreachable.transport.calls == 0, "a shop that calls us is never called"
            return
        assert report.code == "unreachable" and report.code in CONNECTION_CODES and not report.ok

    def test_every_call_raises_platform_error(self, unreachable: Platform) -> None:
        if self.platform.capabilities.uses_api:
            pytest.skip("this shop calls us and is never called")
        shipment = ShipmentDocument("1", "key", (("1", Decimal(1)),), (ParcelDocument("N1"),))
        state = next(iter(unreachable.capabilities.push_states), OrderState.COMPLETED)
        calls: list[Callable[[], object]] = [
            lambda: unreachable.read_orders(None),
            lambda: unreachable.read_orders_by_id(["1"]),
            lambda: unreachable.push_shipments([shipment]),
            lambda: unreachable.push_states([("1", state)]),
            lambda: unreachable.read_products(["A"]),
            lambda: unreachable.read_facts(),
        ]
        if unreachable.capabilities.push_returns:
            told = next(iter(unreachable.capabilities.push_returns))
            calls.append(lambda: unreachable.push_returns([ReturnCommand("1", "1", "key", told)]))
        if unreachable.capabilities.makes_returns:
            back = (ReturnLineDocument("1", Decimal(1)),)
            calls.append(lambda: unreachable.make_returns([NewReturn("1", "key", "RET/1", back)]))
        if unreachable.capabilities.tax_table:
            calls.append(lambda: unreachable.read_taxes())
        if unreachable.capabilities.publishes:
            document = ListingDocument("", ListingKind.SIMPLE, ListingState.ON, "Mug", offers=(OfferDocument(""),))
            change = ListingChange("key", document, frozenset({"state", "name"}))
            calls += [
                lambda: unreachable.push_listings([change]),
                lambda: unreachable.read_listings(["1"]),
                lambda: unreachable.find_listings(["key"], datetime.now(timezone.utc)),
                lambda: unreachable.resolve_terms("category", [TermDocument("", "Tea")]),
            ]
        if unreachable.capabilities.webhooks:
            calls.append(lambda: unreachable.register_webhooks("https://odoo.example/hook", "secret"))
        for call in calls:
            with pytest.raises(PlatformError) as caught:
                call()
            assert caught.value.retry and not caught.value.in_doubt
            for secret in self.credentials.values():
                assert secret not in repr(caught.value)

    def test_a_shop_that_calls_us_is_not_asked(self, unreachable: Platform) -> None:
        if not self.platform.capabilities.uses_api:
            pytest.skip("this shop is called")
        for ask in (
            lambda: unreachable.read_orders(None),
            lambda: unreachable.read_orders_by_id(["1"]),
            lambda: unreachable.read_products(["A"]),
            unreachable.read_taxes,
            unreachable.read_facts,
        ):
            # An empty answer would mean that the shop has nothing, and cancel every open order.
            with pytest.raises(PlatformError) as caught:
                ask()
            assert not caught.value.retry
        assert unreachable.transport.calls == 0

    def test_a_tax_table_is_declared(self, shop_taxes: list[ShopTax]) -> None:
        assert bool(shop_taxes) is self.platform.capabilities.tax_table
        check_taxes(shop_taxes)

    def test_nothing_to_do_costs_no_call(self, unreachable: Platform) -> None:
        assert unreachable.read_orders_by_id([]) == []
        assert unreachable.read_refunds([]) == {}
        assert unreachable.push_shipments([]) == []
        assert unreachable.push_states([]) == []
        assert unreachable.push_returns([]) == []
        assert unreachable.read_products([]) == []
        assert unreachable.read_listings([]) == []
        assert unreachable.push_listings([]) == []
        assert unreachable.push_media([]) == []
        told = ListingDocument("1", ListingKind.SIMPLE, ListingState.ON, "Mug", offers=(OfferDocument(""),))
        if not unreachable.capabilities.uses_api:
            results = unreachable.push_listings([ListingChange("key", told, frozenset())] * 2)
            assert len(results) == 2 and all(result.raw is None for result in results)
            assert unreachable.find_listings([], datetime.now(timezone.utc)) == {}
            assert unreachable.resolve_terms("category", []) == []
        assert unreachable.transport.calls == 0


def check_taxes(taxes: list[ShopTax]) -> None:
    """What the set-up assistant relies on in any tax table."""
    codes = [tax.code for tax in taxes]
    assert all(codes) and len(set(codes)) == len(codes)
    for tax in taxes:
        assert isinstance(tax.rate, Decimal) and tax.rate.is_finite()
        assert tax.country == tax.country.upper() and len(tax.country) in (0, 2)


def check_order(order: OrderDocument) -> None:
    """What callers rely on in any document."""
    assert order.external_id and order.number and len(order.currency) == 3
    for time in (order.created_at, order.updated_at, order.paid_at, *(refund.created_at for refund in order.refunds)):
        assert time is None or (time.tzinfo is timezone.utc and time.utcoffset() == timedelta(0))
    codes = [tax.code for tax in order.taxes]
    assert len(set(codes)) == len(codes)
    ids = [line.external_id for line in order.lines]
    assert all(ids) and len(set(ids)) == len(ids)
    for line in order.lines:
        assert {tax.code for tax in line.taxes} <= set(codes)
        used = [tax.code for tax in line.taxes]
        assert len(set(used)) == len(used)
        for figure in (line.quantity, line.net, line.list_net, line.tax):
            assert isinstance(figure, Decimal) and figure.is_finite()
    if order.payments:
        assert sum(payment.amount for payment in order.payments) == order.total
    for refund in order.refunds:
        assert refund.amount >= 0
    assert order.refunds_complete or order.refunds
    keys = [found.external_id for found in order.returns]
    assert all(keys) and len(set(keys)) == len(keys)
    for found in order.returns:
        assert found.number and (found.created_at is None or found.created_at.tzinfo is timezone.utc)
        for row in found.lines:
            assert isinstance(row.quantity, Decimal) and row.quantity.is_finite()
            assert row.reason in {"", CHANGED_MIND, SIZE, LATE, *AT_FAULT}
