"""Orders as a WooCommerce shop prints them: paid, tax included at 20 %, each of a customer of its own."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
RATE = Decimal(20)
SHIPPING = (Decimal("4.00"), Decimal("0.80"))


def skus(count: int) -> list[str]:
    """The SKUs of the measured catalogue."""
    return [f"BENCH-{number:05d}" for number in range(count)]


def price(sku: str) -> Decimal:
    """What a piece costs, tax included."""
    return Decimal(500 + int(sku[-5:]) * 37 % 9000) / 100


def orders(count: int, stock: Sequence[str], *, first: int = 1, lines: int = 3, seed: int = 1) -> list[dict[str, Any]]:
    """Raw orders with ids from ``first`` on, of different SKUs out of ``stock``."""
    dice = random.Random(seed)
    start = datetime.now(timezone.utc) - timedelta(hours=2)
    return [_order(first + index, dice.sample(stock, lines), dice, start) for index in range(count)]


def _order(number: int, chosen: Sequence[str], dice: random.Random, start: datetime) -> dict[str, Any]:
    rows = [_line(number, index, sku, dice.choice((1, 1, 2, 3))) for index, sku in enumerate(chosen)]
    net = sum((Decimal(row["total"]) for row in rows), SHIPPING[0])
    tax = sum((Decimal(row["total_tax"]) for row in rows), SHIPPING[1])
    moment = (start + timedelta(seconds=number % 3600)).strftime("%Y-%m-%dT%H:%M:%S")
    shipping_taxes = [{"id": 1, "total": str(SHIPPING[1]), "subtotal": ""}]
    return {
        "id": number,
        "parent_id": 0,
        "number": str(number),
        "order_key": f"wc_order_{number}",
        "status": "processing",
        "currency": "EUR",
        "version": "10.9.1",
        "prices_include_tax": True,
        "date_created_gmt": moment,
        "date_modified_gmt": moment,
        "date_paid_gmt": moment,
        "date_completed_gmt": None,
        "discount_total": "0.00",
        "discount_tax": "0.00",
        "shipping_total": str(SHIPPING[0]),
        "shipping_tax": str(SHIPPING[1]),
        "cart_tax": f"{tax - SHIPPING[1]:.2f}",
        "total": f"{net + tax:.2f}",
        "total_tax": f"{tax:.2f}",
        "customer_id": number,
        "billing": _address(number) | {"email": f"client{number}@example.com", "phone": f"06{number % 10**8:08d}"},
        "shipping": _address(number),
        "payment_method": "stripe",
        "payment_method_title": "Carte bancaire",
        "transaction_id": f"ch_{number}",
        "created_via": "checkout",
        "customer_note": "",
        "meta_data": [],
        "line_items": rows,
        "shipping_lines": [
            {
                "id": number * 10 + 9,
                "method_title": "Colissimo",
                "method_id": "flat_rate",
                "total": str(SHIPPING[0]),
                "total_tax": str(SHIPPING[1]),
                "taxes": shipping_taxes,
                "meta_data": [],
            }
        ],
        "fee_lines": [],
        "coupon_lines": [],
        "tax_lines": [
            {
                "id": number * 10 + 8,
                "rate_code": "FR-TVA-1",
                "rate_id": 1,
                "label": "TVA",
                "compound": False,
                "tax_total": f"{tax - SHIPPING[1]:.2f}",
                "shipping_tax_total": str(SHIPPING[1]),
                "rate_percent": 20,
                "meta_data": [],
            }
        ],
        "refunds": [],
    }


def _line(number: int, index: int, sku: str, quantity: int) -> dict[str, Any]:
    gross = price(sku) * quantity
    tax = (gross - gross * 100 / (100 + RATE)).quantize(CENT, ROUND_HALF_UP)
    net = f"{gross - tax:.2f}"
    return {
        "id": number * 10 + index,
        "name": f"Article {sku}",
        "product_id": 100_000 + int(sku[-5:]),
        "variation_id": 0,
        "quantity": quantity,
        "tax_class": "",
        "subtotal": net,
        "subtotal_tax": str(tax),
        "total": net,
        "total_tax": str(tax),
        "taxes": [{"id": 1, "total": str(tax), "subtotal": str(tax)}],
        "meta_data": [],
        "sku": sku,
        "price": float((gross - tax) / quantity),
    }


def _address(number: int) -> dict[str, str]:
    return {
        "first_name": f"Client{number}",
        "last_name": "Durand",
        "company": "",
        "address_1": f"{number % 200 + 1} rue de la Paix",
        "address_2": "",
        "city": "Paris",
        "state": "",
        "postcode": f"750{number % 20 + 1:02d}",
        "country": "FR",
    }
