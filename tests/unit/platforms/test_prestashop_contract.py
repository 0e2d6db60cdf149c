"""PrestaShop passes the platform contract over recorded orders of a real 8.1.2."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import presta_recordings as recorded
import pytest
from contract import PlatformContract

from platforms.base import ShopTax
from platforms.documents import OrderState
from platforms.prestashop import PrestaShop

KEY = {"key": "K" * 32}


class TestPrestaShopContract(PlatformContract):
    platform = PrestaShop
    credentials = KEY

    @pytest.fixture
    def raw_orders(self, contracts: Path) -> list[dict[str, Any]]:
        return recorded.raw_orders(contracts)

    @pytest.fixture
    def shop_taxes(self) -> list[ShopTax]:
        return [ShopTax("1", "TVA FR 20%", Decimal(20), "FR", "FR Taux standard (20%)", "1")]


def test_a_real_order_is_understood(contracts: Path) -> None:
    raw = next(one for one in reversed(recorded.raw_orders(contracts)) if one["id"] == "6")
    order = PrestaShop.parse_order(raw)
    assert order.number == "BDGWTHWBQ" and order.currency == "EUR"
    assert order.state is OrderState.COMPLETED and order.vendor_state == "Shipped"
    assert order.created_at.isoformat() == "2026-11-24T10:45:08+00:00"
    line, shipping = order.lines
    assert (line.product_id, line.variant_id, line.sku) == ("20", "40", "E2E-1-1")
    assert (line.net, line.tax, line.quantity) == (Decimal("24.69"), Decimal("4.94"), 2)
    assert [(tax.code, tax.rate, tax.amount, tax.country) for tax in order.taxes] == [
        ("1", Decimal("20.000"), Decimal("4.94"), "FR")
    ]
    assert shipping.net == 0 and order.total == line.gross == Decimal("29.63")
    assert order.total_tax == Decimal("4.94")
    (payment,) = order.payments
    assert payment.method == "ps_wirepayment" and payment.paid_at == order.created_at
    (refund,) = order.refunds
    assert refund.amount == Decimal("14.81") and order.refunds_complete
    (returned,) = refund.lines
    assert (returned.line_id, returned.quantity, returned.net, returned.tax) == (
        line.external_id,
        1,
        Decimal("12.35"),
        Decimal("2.46"),
    )


def test_the_demonstration_data_do_not_add_up_and_nothing_is_invented(contracts: Path) -> None:
    """Its total of 61.80 fits nothing that it prints; the sum with tax, 68.20, fits its lines."""
    order = PrestaShop.parse_order(recorded.raw_orders(contracts)[0])
    assert order.state is OrderState.CANCELLED
    assert order.total == sum(line.gross for line in order.lines) == Decimal("68.20")
    assert order.total_tax == sum(line.tax for line in order.lines) == Decimal("1.40")
    (payment,) = order.payments
    assert payment.paid_at is None and payment.method == "ps_checkpayment"
