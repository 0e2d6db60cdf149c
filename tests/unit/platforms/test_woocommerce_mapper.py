"""The quirks of WooCommerce's orders, one by one."""

from __future__ import annotations

import copy
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest
from contract import check_order

from platforms.documents import LineKind, OrderState, PaymentKind
from platforms.woocommerce.mapper import parse_order, parse_refund


def order(**changes: Any) -> dict[str, Any]:
    """A small order of the shape that WooCommerce 10.9.1 answers."""
    found: dict[str, Any] = {
        "id": 14,
        "number": "2026-14",
        "status": "processing",
        "currency": "EUR",
        "prices_include_tax": False,
        "date_created_gmt": "2026-11-24T10:28:06",
        "date_modified_gmt": "2026-11-24T10:28:07",
        "date_paid_gmt": "2026-11-24T10:28:07",
        "total": "24.00",
        "total_tax": "4.00",
        "customer_id": 0,
        "billing": {"first_name": "Marie", "last_name": "Durand", "city": "Paris", "country": "fr", "email": "m@x.fr"},
        "shipping": {"first_name": "", "last_name": "", "address_1": "", "city": "", "country": ""},
        "payment_method": "stripe",
        "payment_method_title": "Carte",
        "transaction_id": "pi_1",
        "meta_data": [],
        "line_items": [
            {
                "id": 1,
                "name": 'Mug ♥ é "q" <b>',
                "product_id": 10,
                "variation_id": 0,
                "quantity": 2,
                "subtotal": "20.00",
                "subtotal_tax": "4.00",
                "total": "20.00",
                "total_tax": "4.00",
                "taxes": [{"id": 1, "total": "4.00", "subtotal": "4.00"}],
                "meta_data": [],
                "sku": "MUG-1",
                "global_unique_id": "3760123450012",
                "price": 10,
            }
        ],
        "tax_lines": [
            {
                "rate_code": "FR-TVA 20-1",
                "rate_id": 1,
                "label": "TVA 20",
                "compound": False,
                "tax_total": "4.00",
                "shipping_tax_total": "0.00",
                "rate_percent": 20,
            }
        ],
        "shipping_lines": [],
        "fee_lines": [],
        "coupon_lines": [],
        "refunds": [],
    }
    found.update(copy.deepcopy(changes))
    return found


def line(**changes: Any) -> dict[str, Any]:
    return {**order()["line_items"][0], **changes}


def meta(**values: Any) -> list[dict[str, Any]]:
    return [{"id": index, "key": key, "value": value} for index, (key, value) in enumerate(values.items(), 1)]


def test_a_guest_s_order() -> None:
    found = parse_order(order())
    check_order(found)
    assert (found.external_id, found.number, found.currency) == ("14", "2026-14", "EUR")
    assert found.created_at == datetime(2026, 11, 24, 10, 28, 6, tzinfo=timezone.utc)
    assert (found.customer.external_id, found.customer.email, found.customer.name) == ("", "m@x.fr", "Marie Durand")
    assert found.billing.country == "FR" and not found.shipping
    (mug,) = found.lines
    assert mug.name == 'Mug ♥ é "q" <b>'  # as the shop wrote it
    assert (mug.product_id, mug.variant_id, mug.sku, mug.barcode) == ("10", "", "MUG-1", "3760123450012")
    (payment,) = found.payments
    assert (payment.method, payment.transaction, payment.amount) == ("stripe", "pi_1", Decimal("24.00"))
    assert found.paid_at == found.updated_at


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("pending", OrderState.PENDING),
        ("on-hold", OrderState.PENDING),
        ("processing", OrderState.CONFIRMED),
        ("completed", OrderState.COMPLETED),
        ("cancelled", OrderState.CANCELLED),
        ("failed", OrderState.CANCELLED),
        ("trash", OrderState.CANCELLED),
        ("refunded", OrderState.REFUNDED),
        ("checkout-draft", OrderState.DRAFT),
        ("auto-draft", OrderState.DRAFT),
        ("wc-completed", OrderState.COMPLETED),
        ("awaiting-pickup", OrderState.CONFIRMED),
    ],
)
def test_states(status: str, state: OrderState) -> None:
    found = parse_order(order(status=status))
    assert found.state is state
    assert found.vendor_state == status.removeprefix("wc-")


def test_a_plugin_s_status_waits_for_the_money() -> None:
    found = parse_order(order(status="awaiting-shipment", date_paid_gmt=None))
    assert found.state is OrderState.PENDING and found.paid_at is None


def test_cash_on_delivery_in_preparation_is_not_paid() -> None:
    found = parse_order(order(payment_method="cod", date_paid_gmt=None))
    assert found.state is OrderState.CONFIRMED and found.paid_at is None
    assert found.payments[0].amount == Decimal("24.00")


def test_line_tax_is_the_printed_total_not_its_parts() -> None:
    taxes = [{"id": 1, "total": "5.00", "subtotal": "5.00"}, {"id": 2, "total": "", "subtotal": ""}]
    found = parse_order(order(line_items=[line(total="24.98", total_tax="4.99", taxes=taxes)]))
    assert [(tax.code, tax.amount) for tax in found.lines[0].taxes] == [("1", Decimal("4.99"))]


def test_a_zero_rate_is_not_no_tax() -> None:
    zero = line(total_tax="0.00", taxes=[{"id": 3, "total": "0.00", "subtotal": "0.00"}])
    none = line(id=2, total_tax="0.00", taxes=[])
    found = parse_order(order(line_items=[zero, none]))
    assert [len(item.taxes) for item in found.lines] == [1, 0]
    assert found.lines[0].taxes[0].code == "3"
    assert {tax.code: tax.rate for tax in found.taxes} == {"1": 20, "3": 0}


def test_older_shops_print_no_rate() -> None:
    old = {key: value for key, value in order()["tax_lines"][0].items() if key != "rate_percent"}
    assert parse_order(order(tax_lines=[old])).taxes[0].rate == 20
    assert parse_order(order(tax_lines=[{**old, "rate_percent": None}])).taxes[0].rate == 20
    assert parse_order(order(tax_lines=[{**old, "rate_percent": "5.5"}])).taxes[0].rate == Decimal("5.5")


def test_a_tax_that_no_rate_explains_gets_one() -> None:
    found = parse_order(order(line_items=[line(taxes=[])], tax_lines=[]))
    (tax,) = found.taxes
    assert (tax.code, tax.rate, tax.amount) == ("derived:20", Decimal(20), Decimal("4.00"))
    assert found.lines[0].tax == Decimal("4.00")
    removed = parse_order(order(tax_lines=[]))  # the rate was deleted from the shop's table
    assert [(tax.code, tax.rate) for tax in removed.taxes] == [("1", Decimal(20))]


@pytest.mark.parametrize(
    ("rate_code", "country"),
    [("FR-TVA 20-1", "FR"), ("US-NY-NY SALES TAX-1", "US"), ("TVA-1", ""), ("EU-1", ""), ("", "")],
)
def test_countries_of_rates(rate_code: str, country: str) -> None:
    raw = order()
    raw["tax_lines"][0]["rate_code"] = rate_code
    assert parse_order(raw).taxes[0].country == country


def test_shipping_fees_and_coupons() -> None:
    found = parse_order(
        order(
            total="29.28",
            shipping_lines=[
                {
                    "id": 3,
                    "method_title": "Colissimo",
                    "method_id": "flat_rate",
                    "total": "4.90",
                    "total_tax": "0.98",
                    "taxes": [{"id": 1, "total": "0.98", "subtotal": ""}],
                }
            ],
            fee_lines=[{"id": 4, "name": "Remise", "total": "-0.50", "total_tax": "-0.10", "taxes": []}],
            coupon_lines=[{"id": 5, "code": "noel", "discount": "2.00", "discount_tax": "0.40"}],
        )
    )
    check_order(found)
    assert [(item.kind, item.code) for item in found.lines] == [
        (LineKind.PRODUCT, ""),
        (LineKind.SHIPPING, "flat_rate"),
        (LineKind.FEE, ""),
    ]
    assert found.lines[2].tax == Decimal("-0.10") and found.lines[2].taxes[0].code == "derived:20"
    assert [(coupon.code, coupon.discount) for coupon in found.coupons] == [("noel", Decimal("2.00"))]


def test_a_deleted_product_leaves_nulls() -> None:
    found = parse_order(order(line_items=[line(product_id=0, sku=None, global_unique_id="", price=None)]))
    assert (found.lines[0].product_id, found.lines[0].sku) == ("", "")


def test_what_the_customer_chose() -> None:
    rows = [
        {"id": 19, "key": "pa_size", "value": "s", "display_key": "Size", "display_value": "S"},
        {"id": 38, "key": "_reduced_stock", "value": "1", "display_key": "_reduced_stock", "display_value": "1"},
        {"id": 39, "key": "engraving", "value": {"text": "x"}, "display_key": "engraving", "display_value": {}},
    ]
    found = parse_order(order(line_items=[line(variation_id=12, meta_data=rows)]))
    assert found.lines[0].variant_id == "12"
    assert found.lines[0].options == (("Size", "S"),)


@pytest.mark.parametrize(
    "key", ["_billing_vat_number", "vat_number", "_vat_number", "billing_vat", "_billing_eu_vat_number", "VAT Number"]
)
def test_vat_numbers(key: str) -> None:
    found = parse_order(order(meta_data=[{"id": 1, "key": key, "value": "fr 12.345678901"}]))
    assert found.customer.vat == found.billing.vat == "FR12345678901"


def test_flags_are_no_vat_numbers() -> None:
    assert parse_order(order(meta_data=meta(is_vat_exempt="yes", vat_number="valid"))).customer.vat == ""


def test_gift_messages_notes_and_languages() -> None:
    found = parse_order(
        order(meta_data=meta(_gift_message="Joyeux ♥", wpml_language="fr"), customer_note="Sonner deux fois")
    )
    assert (found.gift_message, found.note, found.customer.language) == ("Joyeux ♥", "Sonner deux fois", "fr")


@pytest.mark.parametrize(
    "cards",
    [
        {"pw_gift_card_lines": [{"id": 9, "card_number": "AAAA-BBBB-1234", "amount": "10.00"}]},
        {"gift_cards": [{"id": 9, "code": "AAAABBBB1234", "amount": 10}]},
        {"meta_data": meta(_ywgc_applied_gift_cards={"AAAA-1234": "10"})},
    ],
)
@pytest.mark.parametrize("total", ["14.00", "24.00"])
def test_gift_cards_pay(cards: dict[str, Any], total: str) -> None:
    """Whether the plugin lowers the order's total to the rest or not, the order is worth its lines."""
    found = parse_order(order(total=total, **cards))
    check_order(found)
    assert found.total == Decimal("24.00")
    card, money = found.payments
    assert (card.kind, card.amount, card.transaction) == (PaymentKind.GIFT_CARD, Decimal("10"), "1234")
    assert (money.kind, money.amount) == (PaymentKind.MONEY, Decimal("14.00"))


def test_a_gift_card_that_pays_all() -> None:
    raw = order(total="0.00", payment_method="", pw_gift_card_lines=[{"card_number": "1234", "amount": "24.00"}])
    found = parse_order(raw)
    assert found.total == Decimal("24.00") and len(found.payments) == 1 and found.paid_at


def test_refunds_in_an_order_are_amounts_only() -> None:
    refunds = [{"id": 15, "reason": "Cassé", "total": "-14.40", "total_tax": "0.00"}]
    found = parse_order(order(refunds=refunds))
    assert not found.refunds_complete
    assert (found.refunds[0].amount, found.refunds[0].reason) == (Decimal("14.40"), "Cassé")


def test_refunds_of_shipping_give_money_only() -> None:
    row = {
        "id": 7,
        "total": "-4.90",
        "total_tax": "-0.98",
        "meta_data": [{"id": 1, "key": "_refunded_item_id", "value": "3"}],
    }
    refund = parse_refund({"id": 18, "amount": "5.88", "shipping_lines": [row], "line_items": []})
    (found,) = refund.lines
    assert (found.line_id, found.quantity, found.net, found.tax) == ("3", Decimal(0), Decimal("4.90"), Decimal("0.98"))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"total": ""}, "order 14: total"),
        ({"currency": None}, "order 14: currency"),
        ({"line_items": [line(total="abc")]}, r"order 14: line_items\[0\].total"),
        ({"line_items": [line(quantity=None)]}, r"order 14: line_items\[0\].quantity"),
        ({"line_items": "none"}, "order 14: line_items"),
        ({"date_paid_gmt": "yesterday"}, "order 14: date_paid_gmt"),
        ({"date_modified_gmt": "0000-00-00 00:00:00"}, "order 14: date_modified_gmt"),
        ({"refunds": [{"id": 1, "total": "x"}]}, "order 14: refund 1: amount"),
    ],
)
def test_errors_name_the_field(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=f"^{named}"):
        parse_order(order(**changes))
