"""Every kind of order that the sandbox's shop can sell, through its own money engine: each adds up to the cent."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from shopify_sales import do, goods, listed, sound

from platforms.documents import LineKind, OrderDocument, OrderState, PaymentKind
from platforms.shopify import Shopify

D = Decimal


def fees(order: OrderDocument) -> dict[str, Decimal]:
    return {line.code: line.gross for line in order.lines if line.kind is LineKind.FEE}


def off(order: OrderDocument) -> Decimal:
    """What was taken off in all, as the customer saw it."""
    if order.prices_include_tax:
        return sum((line.list_net + line.list_tax - line.gross for line in order.lines), D(0))
    return sum((line.list_net - line.net for line in order.lines), D(0))


def cents(order: OrderDocument) -> bool:
    return order.currency != "JPY" or order.total == order.total.to_integral()


# What is special about each, beside that it adds up.
KINDS: dict[str, Callable[[OrderDocument], object]] = {
    "33.33 off 1999.00": lambda order: off(order) == D("33.33"),
    "automatic": lambda order: any(line.list_net > line.net for line in order.lines),
    "b2b": lambda order: order.billing.company and order.reference,
    "belgium": lambda order: order.shipping.country == "BE",
    "code": lambda order: order.coupons and order.coupons[0].code,
    "custom": lambda order: any(not line.product_id for line in order.lines if line.kind is LineKind.PRODUCT),
    "digital": lambda order: order.state is OrderState.CONFIRMED,
    "duties": lambda order: fees(order)["duty"] > 0,
    "exempt": lambda order: order.total_tax == 0,
    "fixed": lambda order: any(line.list_net > line.net for line in order.lines),
    "foreign": lambda order: order.currency == "USD",
    "free_shipping": lambda order: all(line.net == 0 for line in order.lines if line.kind is LineKind.SHIPPING),
    "gift": lambda order: order.gift_message or order.note,
    "gift_card": lambda order: PaymentKind.GIFT_CARD in {payment.kind for payment in order.payments},
    "gift_card_sold": lambda order: any(line.code == "gift_card" for line in order.lines),
    "guest": lambda order: not order.customer.external_id and order.customer.email,
    "held": lambda order: order.hold,
    "local": lambda order: order.pickup_point,
    "note": lambda order: order.note,
    "partial": lambda order: order.state is OrderState.PENDING,
    "pending": lambda order: order.state is OrderState.PENDING,
    "pickup": lambda order: order.pickup_point,
    "authorized": lambda order: order.state is OrderState.CONFIRMED and not order.paid_at,
    "refunded": lambda order: order.refunds and order.refunds[0].lines,
    "risky": lambda order: "fraud" in order.hold,
    "separate": lambda order: order.billing.place != order.shipping.place,
    "company": lambda order: order.billing.company,
    "taxes": lambda order: len(order.taxes) > 1,
    "test": lambda order: "test" in order.hold,
    "tip": lambda order: fees(order)["tip"] == D("2.50"),
    "yen": lambda order: order.currency == "JPY" and cents(order),
}


@pytest.mark.parametrize("included", [True, False])
def test_every_kind_adds_up(shopify: Shopify, included: bool) -> None:
    do(shopify, "shopify/settings", {"taxes_included": included})
    for sku, price in (("MUG", "12.00"), ("PEN", "999.99"), ("TENT", "1999.00")):
        goods(shopify, sku, price)
    ids = {}
    for number, kind in enumerate(KINDS):
        made = do(shopify, "shopify/orders/random", {"kinds": [kind], "seed": number, "lines": 3})
        ids[str(made["ids"][0])] = kind
    wrong = []
    for raw in shopify.read_orders_by_id(list(ids)):
        order = sound(shopify.parse_order(raw))
        kind = ids.pop(order.external_id)
        if not KINDS[kind](order):
            wrong.append((kind, order))
    assert not wrong and not ids


def test_all_kinds_at_once(shopify: Shopify) -> None:
    for sku, price in (("MUG", "12.00"), ("PEN", "999.99")):
        goods(shopify, sku, price)
    kinds = ["code", "automatic", "tip", "company", "gift_card", "foreign", "separate"]
    do(shopify, "shopify/orders/random", {"count": 20, "kinds": kinds, "seed": 7, "lines": 5})
    assert len(listed(shopify)) == 20
