"""A shop that speaks over the API passes the platform contract."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from contract import PlatformContract, check_order
from external_orders import external_order

from platforms.documents import LineKind, OrderState, PaymentKind
from platforms.external import ExternalShop


class TestExternalContract(PlatformContract):
    platform = ExternalShop
    credentials: ClassVar[Mapping[str, str]] = {}

    @pytest.fixture
    def raw_orders(self) -> list[dict[str, Any]]:
        return [
            external_order(1),
            external_order(
                2, customer=..., taxes=..., lines=[{"id": "1", "sku": "A", "name": "A", "net": 1}], payments=[]
            ),
            external_order(
                3,
                state="refunded",
                refunds=[
                    {
                        "id": "R1",
                        "amount": "28.80",
                        "created_at": "2026-11-03T10:00:00Z",
                        "lines": [{"line_id": "1", "quantity": 2, "net": "20", "tax": "4"}],
                    }
                ],
                coupons=[{"code": "MERCI", "discount": "1.00"}],
                pickup_point={"id": "066974", "name": "TABAC DU PORT", "carrier": "Mondial Relay"},
                shipping={"name": "Paul", "city": "Lyon", "country": "FR"},
            ),
        ]


def test_an_order_is_read_as_it_was_sent() -> None:
    order = ExternalShop.parse_order(external_order(shipping={"company": "Atelier", "city": "Lyon", "country": "FR"}))
    check_order(order)
    assert (order.external_id, order.number, order.state) == ("A-1", "1001", OrderState.CONFIRMED)
    assert order.updated_at == order.created_at == datetime(2026, 11, 2, 10, tzinfo=timezone.utc)
    assert order.paid_at == datetime(2026, 11, 2, 10, 0, 5, tzinfo=timezone.utc)
    assert (order.customer.external_id, order.customer.phone) == ("C-7", "06 12 34 56 78")
    assert (order.billing.city, order.shipping.company) == ("Paris", "Atelier")
    mug, delivery = order.lines
    assert (mug.kind, mug.quantity, mug.net, mug.list_net, mug.tax) == (
        LineKind.PRODUCT,
        Decimal(2),
        Decimal(20),
        Decimal(20),
        Decimal(4),
    )
    assert mug.options == (("Couleur", "bleu"),)
    assert (delivery.kind, delivery.quantity, delivery.code) == (LineKind.SHIPPING, Decimal(1), "colissimo")
    (tax,) = order.taxes
    assert (tax.rate, tax.amount, tax.country) == (Decimal(20), Decimal("4.80"), "FR")
    assert order.payments[0].kind is PaymentKind.MONEY and order.refunds_complete


def test_cents_stay_exact_whether_sent_as_text_or_as_a_number() -> None:
    as_text = ExternalShop.parse_order(external_order(total="28.80"))
    as_number = ExternalShop.parse_order(external_order(total=28.8))
    assert as_text.total == as_number.total == Decimal("28.8")


def test_a_cancelled_order_is_younger_than_the_version_that_may_be_sent_again() -> None:
    raw = external_order()
    cancelled = ExternalShop.cancelled(raw)
    assert ExternalShop.parse_order(cancelled).state is OrderState.CANCELLED
    assert ExternalShop.order_version(cancelled) > ExternalShop.order_version(raw)
    assert raw["state"] == "confirmed"


def test_a_customer_is_read() -> None:
    profile = ExternalShop.parse_customer(
        {"external_ref": "C-1", "email": "a@example.com", "address": {"company": "Atelier", "country": "FR"}}
    )
    assert (profile.customer.external_id, profile.customer.email, profile.address.company) == (
        "C-1",
        "a@example.com",
        "Atelier",
    )
    with pytest.raises(ValueError, match="external_ref"):
        ExternalShop.parse_customer({"name": "Nobody"})
