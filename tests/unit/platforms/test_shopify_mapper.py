"""Shopify's orders as documents, to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from contract import check_order
from hypothesis import given
from hypothesis import strategies as st
from shopify_orders import Shop, bag, corpus, postal

from platforms.documents import LineKind, OrderDocument, OrderState, PaymentKind
from platforms.shopify import Shopify

D = Decimal


def parsed(raw: dict[str, Any]) -> OrderDocument:
    order = Shopify.parse_order(raw)
    check_order(order)
    return order


def adds_up(order: OrderDocument) -> None:
    """The law: lines are the total, and their taxes the order's, to the cent."""
    assert sum(line.gross for line in order.lines) == order.total
    assert sum(line.tax for line in order.lines) == order.total_tax
    assert sum(tax.amount for tax in order.taxes) == order.total_tax


# --- money


@pytest.mark.parametrize("included", [True, False])
def test_discounts_stay_exact(included: bool) -> None:
    shop = Shop(included)
    order = parsed(shop.order([shop.line("1999.00", off="33.33"), shop.line("999.99", 3, off="100.00")]))
    adds_up(order)
    first, second = order.lines
    due = [line.gross if included else line.net for line in order.lines]
    assert due == [D("1965.67"), D("2899.97")]
    listed = [line.list_net + line.list_tax if included else line.list_net for line in order.lines]
    assert listed == [D("1999.00"), D("2999.97")]
    assert (first.quantity, second.quantity) == (1, 3)


@given(
    included=st.booleans(),
    rate=st.sampled_from(["0", "2.1", "5.5", "10", "20"]),
    rows=st.lists(
        st.tuples(st.decimals("0.01", "9999.99", places=2), st.integers(1, 9), st.decimals("0", "0.99", places=2)),
        min_size=1,
        max_size=5,
    ),
    shipping=st.decimals("0", "20", places=2),
)
def test_any_order_adds_up(included: bool, rate: str, rows: list[Any], shipping: Decimal) -> None:
    shop = Shop(included, Decimal(rate))
    lines = [
        shop.line(str(price), quantity, off=str((price * quantity * share).quantize(D("0.01"))))
        for price, quantity, share in rows
    ]
    adds_up(parsed(shop.order(lines, shipping=[shop.shipping(str(shipping))])))


def test_three_hundred_lines_come_through() -> None:
    shop = Shop()
    order = parsed(shop.order([shop.line("9.99", off="1.11") for _index in range(300)]))
    adds_up(order)
    assert len(order.lines) == 300


def test_several_taxes_of_a_line_are_kept_apart() -> None:
    shop = Shop(included=False, rate=D(5), title="GST")
    line = shop.line("100.00")
    line["taxLines"].append({"title": "QST", "ratePercentage": 9.975, "priceSet": bag("9.98")})
    order = parsed(shop.order([line]))
    adds_up(order)
    assert {(tax.code, tax.rate, tax.amount) for tax in order.taxes} == {
        ("GST 5%", D("5.0"), D("5.0")),
        ("QST 9.975%", D("9.975"), D("9.98")),
    }


def test_a_country_is_read_from_the_taxs_name() -> None:
    assert [tax.country for tax in parsed(Shop().order([Shop().line("1.20")])).taxes] == ["FR"]
    assert [tax.country for tax in parsed(Shop().order([Shop(title="VAT").line("1.20")])).taxes] == [""]


def test_tax_that_a_marketplace_keeps_is_no_money_of_ours() -> None:
    shop = Shop(included=False)
    line = shop.line("100.00")
    line["taxLines"][0]["channelLiable"] = True
    order = parsed(shop.order([line]))
    assert (order.total, order.total_tax, order.taxes) == (D(100), D(0), ())
    assert order.lines[0].collected_tax == D(20)
    assert sum(payment.amount for payment in order.payments) == D(100)


def test_the_currency_is_the_one_that_was_charged() -> None:
    shop = Shop()
    raw = shop.order([shop.line("110.00")], currency="USD")
    order = parsed(raw)
    assert (order.currency, order.total) == ("USD", D("110.0"))
    assert raw["totalPriceSet"]["shopMoney"] == {"amount": "100.0", "currencyCode": "EUR"}, "the shop's own is kept"


def test_tips_duties_and_fees_are_lines() -> None:
    shop = Shop()
    line = shop.line("100.00")
    line["duties"] = [{"id": shop.gid("Duty"), "price": bag("7.50"), "taxLines": []}]
    order = parsed(shop.order([line], tip="5.00"))
    adds_up(order)
    fees = {row.code: row.net for row in order.lines if row.kind is LineKind.FEE}
    assert fees == {"duty": D("7.5"), "tip": D("5.0")}


def test_duties_that_prices_include_are_not_counted_twice() -> None:
    shop = Shop()
    raw = shop.order([shop.line("100.00")], dutiesIncluded=True)
    raw["lineItems"]["nodes"][0]["duties"] = [{"id": shop.gid("Duty"), "price": bag("7.50"), "taxLines": []}]
    adds_up(parsed(raw))


def test_a_tip_that_is_a_line_already_is_not_added() -> None:
    shop = Shop()
    tip = shop.line("5.00", name="Tip", product=None, variant=None, taxLines=[])
    raw = shop.order([shop.line("10.00"), tip])
    raw["totalTipReceivedSet"] = bag("5.00")
    order = parsed(raw)
    adds_up(order)
    assert len(order.lines) == 2


def test_coupons_are_told_by_code() -> None:
    shop = Shop()
    lines = [shop.line("120.00", off="12.00", code="TEN"), shop.line("60.00", off="6.00", code="TEN")]
    (coupon,) = parsed(shop.order(lines)).coupons
    assert (coupon.code, coupon.discount, coupon.discount_tax) == ("TEN", D("15.00"), D("3.00"))


# --- payments


def test_gift_cards_are_means_of_payment() -> None:
    shop = Shop()
    payments = [shop.payment("30.00", "gift_card"), shop.payment("70.00")]
    order = parsed(shop.order([shop.line("100.00")], transactions=payments))
    assert [(payment.kind, payment.amount) for payment in order.payments] == [
        (PaymentKind.GIFT_CARD, D("30.0")),
        (PaymentKind.MONEY, D("70.0")),
    ]
    assert order.payments[1].transaction == payments[1]["id"].rsplit("/", 1)[1]
    assert order.paid_at is not None


def test_an_authorisation_is_a_promise_until_it_is_captured() -> None:
    shop = Shop()
    reserved = shop.payment("100.00", kind="AUTHORIZATION")
    raw = shop.order([shop.line("100.00")], transactions=[reserved], displayFinancialStatus="AUTHORIZED")
    order = parsed(raw)
    assert order.paid_at is None and order.state is OrderState.CONFIRMED
    captured = shop.payment("100.00", kind="CAPTURE", parentTransaction={"id": reserved["id"]})
    order = parsed({**raw, "transactions": [reserved, captured], "displayFinancialStatus": "PAID"})
    assert order.paid_at is not None and len(order.payments) == 1


def test_failed_and_voided_tries_are_no_payments() -> None:
    shop = Shop()
    tries = [
        shop.payment("100.00", status="FAILURE"),
        reserved := shop.payment("100.00", kind="AUTHORIZATION"),
        shop.payment("100.00", kind="VOID", parentTransaction={"id": reserved["id"]}),
        shop.payment("100.00", "paypal"),
    ]
    order = parsed(shop.order([shop.line("100.00")], transactions=tries))
    assert [payment.method for payment in order.payments] == ["paypal"]


def test_change_given_back_is_no_payment() -> None:
    shop = Shop()
    tries = [shop.payment("20.00", "cash"), shop.payment("8.00", "cash", kind="CHANGE")]
    assert [row.amount for row in parsed(shop.order([shop.line("12.00")], transactions=tries)).payments] == [D("12.0")]


# --- states


@pytest.mark.parametrize(
    ("money", "goods", "state"),
    [
        ("PAID", "UNFULFILLED", OrderState.CONFIRMED),
        ("PAID", "FULFILLMENT_NOT_REQUIRED", OrderState.CONFIRMED),
        ("PAID", "PARTIALLY_FULFILLED", OrderState.CONFIRMED),
        ("PAID", "FULFILLED", OrderState.COMPLETED),
        ("PENDING", "FULFILLED", OrderState.COMPLETED),
        ("AUTHORIZED", "UNFULFILLED", OrderState.CONFIRMED),
        ("PENDING", "UNFULFILLED", OrderState.PENDING),
        ("EXPIRED", "UNFULFILLED", OrderState.PENDING),
        ("VOIDED", "UNFULFILLED", OrderState.PENDING),
        ("PARTIALLY_PAID", "ON_HOLD", OrderState.PENDING),
        ("PARTIALLY_REFUNDED", "UNFULFILLED", OrderState.CONFIRMED),
        ("REFUNDED", "FULFILLED", OrderState.REFUNDED),
        ("A_NEW_ONE", "A_NEW_ONE", OrderState.PENDING),
    ],
)
def test_states(money: str, goods: str, state: OrderState) -> None:
    shop = Shop()
    raw = shop.order([shop.line("1.20")], displayFinancialStatus=money, displayFulfillmentStatus=goods)
    order = parsed(raw)
    assert order.state is state and order.vendor_state == f"{money}/{goods}"
    assert Shopify.state_label(order.vendor_state)


def test_cancelled_and_cash_on_delivery() -> None:
    shop = Shop()
    raw = shop.order([shop.line("1.20")], displayFinancialStatus="PENDING", transactions=[])
    assert parsed({**raw, "cancelledAt": "2026-11-29T10:00:00Z"}).state is OrderState.CANCELLED
    assert parsed({**raw, "paymentGatewayNames": ["Bank Deposit"]}).state is OrderState.PENDING
    assert parsed({**raw, "paymentGatewayNames": ["Cash on Delivery (COD)"]}).state is OrderState.CONFIRMED


def test_a_company_on_terms_is_served_before_it_pays() -> None:
    shop = Shop()
    company = {
        "company": {"id": shop.gid("Company"), "name": "Babbage SARL"},
        "location": {"id": shop.gid("CompanyLocation"), "taxSettings": {"taxRegistrationId": "FR 40 303 265 045"}},
    }
    order = parsed(
        shop.order(
            [shop.line("1.20")],
            displayFinancialStatus="PENDING",
            transactions=[],
            purchasingEntity=company,
            poNumber="PO-77",
        )
    )
    assert order.state is OrderState.CONFIRMED and order.reference == "PO-77"
    assert (order.billing.company, order.billing.vat) == ("Babbage SARL", "FR40303265045")
    assert [payment.paid_at for payment in order.payments] == [None]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, ""),
        ({"test": True}, "test order"),
        ({"risk": {"recommendation": "CANCEL"}}, "high risk"),
        ({"risk": {"recommendation": "INVESTIGATE"}}, "look into it"),
        (
            {
                "fulfillmentOrders": {
                    "nodes": [
                        {
                            "status": "ON_HOLD",
                            "fulfillmentHolds": [{"displayReason": "Address incorrect", "reasonNotes": "no number"}],
                        }
                    ]
                }
            },
            "Address incorrect: no number",
        ),
        (
            {"fulfillmentOrders": {"nodes": [{"status": "SCHEDULED", "fulfillAt": "2026-12-24T00:00:00Z"}]}},
            "2026-12-24",
        ),
    ],
)
def test_holds_say_why(values: dict[str, Any], words: str) -> None:
    hold = parsed(Shop().order([Shop().line("1.20")], **values)).hold
    assert (words in hold) if words else not hold


def test_what_is_shipped_is_held_by_nobody() -> None:
    raw = Shop().order([Shop().line("1.20")], test=True, displayFulfillmentStatus="FULFILLED")
    assert not parsed(raw).hold


# --- refunds and edits


@pytest.mark.parametrize("included", [True, False])
def test_refunds_have_their_lines(included: bool) -> None:
    shop = Shop(included)
    line, shipping = shop.line("12.00", 2), shop.shipping("6.00")
    refund = shop.refund("18.00", [(line, 1, "12.00", "2.00" if included else "2.40")], note="too small")
    refund["refundShippingLines"]["nodes"] = [
        {
            "shippingLine": {"id": shipping["id"]},
            "subtotalAmountSet": bag("6.00"),
            "taxAmountSet": bag("1.00" if included else "1.20"),
        }
    ]
    order = parsed(shop.order([line], shipping=[shipping], refunds=[refund]))
    adds_up(order)
    (found,) = order.refunds
    assert (found.amount, found.reason) == (D("18.0"), "too small")
    goods, carriage = found.lines
    assert (goods.line_id, goods.quantity) == (order.lines[0].external_id, 1)
    assert (goods.net, goods.tax) == ((D("10.0"), D("2.0")) if included else (D("12.0"), D("2.4")))
    assert carriage.line_id == order.lines[1].external_id and carriage.quantity == 0
    assert order.refunds_complete


def test_an_amount_only_refund_has_no_lines() -> None:
    shop = Shop()
    (refund,) = parsed(shop.order([shop.line("12.00")], refunds=[shop.refund("3.00")])).refunds
    assert (refund.amount, refund.lines) == (D("3.0"), ())


def test_what_an_edit_took_out_is_out_of_an_order_that_waits_for_money() -> None:
    shop = Shop()
    kept, gone, less = shop.line("12.00"), shop.line("6.00"), shop.line("24.00", 3, off="6.00")
    edits = [
        shop.refund("0.00", [(gone, 1, "6.00", "1.00")], "CANCEL"),
        shop.refund("0.00", [(less, 1, "22.00", "3.67")], "NO_RESTOCK"),
    ]
    raw = shop.order([kept, gone, less], refunds=edits, transactions=[], displayFinancialStatus="PENDING")
    order = parsed(raw)
    adds_up(order)
    assert order.total == D("56.00") and order.refunds == ()
    assert [line.quantity for line in order.lines] == [1, 2]
    assert [payment.amount for payment in order.payments] == [D("56.00")]


def test_what_an_edit_took_out_of_a_paid_order_is_owed_until_it_is_given_back() -> None:
    shop = Shop()
    kept, gone = shop.line("12.00"), shop.line("6.00")
    edit = shop.refund("0.00", [(gone, 1, "6.00", "1.00")], "CANCEL")
    raw = shop.order([kept, gone], refunds=[edit])
    order = parsed(raw)
    adds_up(order)
    assert order.total == D("12.0") and len(order.lines) == 1 and order.refunds == ()
    assert [payment.amount for payment in order.payments] == [D("12.0")]
    order = parsed({**raw, "refunds": [edit, shop.refund("6.00")]})
    assert [(refund.amount, refund.lines) for refund in order.refunds] == [(D("6.0"), ())]


def test_a_refund_whose_money_is_on_its_way_is_no_edit() -> None:
    shop = Shop()
    line = shop.line("12.00", 2)
    refund = shop.refund("0.00", [(line, 1, "12.00", "2.00")], "CANCEL")
    refund["transactions"] = {"nodes": [{"id": shop.gid("OrderTransaction"), "status": "PENDING"}]}
    order = parsed(shop.order([line], refunds=[refund]))
    assert order.lines[0].quantity == 2 and len(order.refunds) == 1


def test_what_an_edit_swapped_for_the_same_price_is_out() -> None:
    shop = Shop()
    gone, added = shop.line("6.00"), shop.line("6.00")
    edit = shop.refund("0.00", [(gone, 1, "6.00", "1.00")], "CANCEL")
    raw = shop.order([gone, added], refunds=[edit], transactions=[shop.payment("6.00")])
    order = parsed(raw)
    adds_up(order)
    assert order.total == D("6.0") and len(order.lines) == 1 and order.paid_at


# --- people


def test_an_unknown_customer_comes_with_both_addresses() -> None:
    order = parsed(Shop().order([Shop().line("1.20")]))
    assert order.billing.name == "Ada Lovelace" and order.shipping.name == "Charles Babbage"
    assert (order.billing.zip, order.billing.city, order.billing.country) == ("75002", "Paris", "FR")
    assert order.customer.email == order.billing.email == "ada@example.org"
    assert order.customer.external_id.isdecimal() and order.customer.language == "fr-FR"


def test_what_was_typed_in_with_the_cart_is_found() -> None:
    attributes = [
        {"key": "Numéro de TVA", "value": "FR 40 303265045"},
        {"key": "SIRET", "value": "303 265 045 00011"},
        {"key": "Message cadeau", "value": "Joyeux Noël"},
    ]
    order = parsed(Shop().order([Shop().line("1.20")], customAttributes=attributes))
    assert order.customer.vat == "FR40303265045" and order.gift_message == "Joyeux Noël"
    assert order.customer.registration.replace(" ", "") == "30326504500011"


def test_a_point_relais_is_found() -> None:
    relay = {
        "status": "OPEN",
        "fulfillmentHolds": [],
        "deliveryMethod": {
            "methodType": "PICKUP_POINT",
            "presentedName": "Mondial Relay",
            "sourceReference": "FR-12345",
        },
        "destination": {
            "firstName": "Ada",
            "lastName": "Lovelace",
            "company": "Tabac du Port",
            "address1": "3 quai Ouest",
            "zip": "29200",
            "city": "Brest",
            "countryCode": "FR",
        },
    }
    point = parsed(Shop().order([Shop().line("1.20")], fulfillmentOrders={"nodes": [relay]})).pickup_point
    assert point and (point.id, point.name, point.carrier) == ("FR-12345", "Tabac du Port", "Mondial Relay")
    assert (point.address.city, point.address.name) == ("Brest", "")


def test_a_deleted_product_leaves_its_line() -> None:
    line = Shop().line("1.20", product=None, variant=None, sku=None)
    (found,) = parsed(Shop().order([line])).lines
    assert (found.product_id, found.variant_id, found.sku, found.name) == ("", "", "", "Mug - Blue")


def test_personalisation_is_an_option() -> None:
    attributes = [{"key": "Engraving", "value": "A.L."}, {"key": "_internal", "value": "7"}]
    (line,) = parsed(Shop().order([Shop().line("1.20", customAttributes=attributes)])).lines
    assert line.options == (("Variant", "Blue"), ("Engraving", "A.L."))


def test_addresses_of_other_countries() -> None:
    abroad = postal("Ada", "1 Main St", "K1A 0B1", "Ottawa", "CA") | {"provinceCode": "ON"}
    order = parsed(Shop().order([Shop().line("1.20")], shippingAddress=abroad, billingAddress=None))
    assert (order.billing.country, order.billing.state) == ("CA", "ON"), "the one address serves for both"


def test_the_corpus_is_sound() -> None:
    for raw in corpus():
        adds_up(parsed(raw))
