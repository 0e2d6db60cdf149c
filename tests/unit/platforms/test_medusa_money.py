"""Medusa's amounts, which it never rounds, in whole cents that add up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from platforms.documents import OrderState
from platforms.medusa import Medusa
from platforms.medusa.amounts import Due, in_cents, share

CENT = Decimal("0.01")
CENTS = st.integers(1, 500_000).map(lambda number: Decimal(number) / 100)
RATES = st.sampled_from(["0", "2.1", "5.5", "10", "20", "21", "19", "8.1"]).map(Decimal)


def exact(figure: Decimal | int | str) -> dict[str, Any]:
    return {"value": str(figure), "precision": 20}


def item(number: int, price: Decimal, quantity: int, rate: Decimal, inclusive: bool, off: Decimal) -> dict[str, Any]:
    return {
        "id": f"ordli_{number:03}",
        "product_title": f"Article {number}",
        "raw_unit_price": exact(price),
        "unit_price": float(price),
        "quantity": quantity,
        "is_tax_inclusive": inclusive,
        "created_at": "2026-11-29T10:00:00.000Z",
        "tax_lines": [{"tax_rate_id": f"txr_{rate}", "raw_rate": exact(rate), "description": "TVA"}],
        "adjustments": [{"code": "CODE", "raw_amount": exact(off), "is_tax_inclusive": inclusive}] if off else [],
    }


def order(items: list[dict[str, Any]], **values: Any) -> dict[str, Any]:
    times = {"created_at": "2026-11-29T10:00:00.000Z", "updated_at": "2026-11-29T10:00:00.000Z"}
    return {"id": "order_1", "display_id": 1, "currency_code": "eur", "items": items, **times, **values}


@given(
    lines=st.lists(st.tuples(CENTS, st.integers(1, 40), RATES, st.integers(0, 90)), min_size=1, max_size=12),
    inclusive=st.booleans(),
    currency=st.sampled_from(["eur", "jpy", "tnd"]),
)
def test_whatever_the_prices_all_agrees_to_the_cent(
    lines: list[tuple[Decimal, int, Decimal, int]], inclusive: bool, currency: str
) -> None:
    items = [
        item(number, price, quantity, rate, inclusive, price * quantity * percent / 100)
        for number, (price, quantity, rate, percent) in enumerate(lines)
    ]
    document = Medusa.parse_order(order(items, currency_code=currency))
    step = {"eur": CENT, "jpy": Decimal(1), "tnd": Decimal("0.001")}[currency]
    figures = [document.total, document.total_tax]
    for line in document.lines:
        figures += [line.net, line.tax, line.list_net]
    assert all(figure % step == 0 for figure in figures)
    assert sum(line.gross for line in document.lines) == document.total
    assert sum(line.tax for line in document.lines) == document.total_tax
    assert sum(tax.amount for tax in document.taxes) == document.total_tax
    for line, (price, quantity, rate, percent) in zip(document.lines, lines, strict=True):
        asked = price * quantity * (100 - percent) / 100
        due = asked if inclusive else asked * (1 + rate / 100)
        # A line that is rounded for itself is half a unit off at most; what is shared out may add one.
        assert abs(line.gross - due) <= 2 * step


@given(prices=st.lists(CENTS, min_size=1, max_size=12), inclusive=st.booleans(), rate=RATES)
def test_prices_asked_in_cents_stay_what_they_are(prices: list[Decimal], inclusive: bool, rate: Decimal) -> None:
    items = [item(number, price, 1, rate, inclusive, Decimal(0)) for number, price in enumerate(prices)]
    document = Medusa.parse_order(order(items))
    found = [line.gross if inclusive else line.net for line in document.lines]
    assert found == prices


@given(figures=st.lists(st.decimals(-1000, 1000, places=6), max_size=20), off=st.integers(-3, 3))
def test_shares_sum_up(figures: list[Decimal], off: int) -> None:
    total = (sum(figures, Decimal(0)) / CENT).to_integral_value() * CENT + off * CENT
    shares = share(figures, total, CENT)
    assert sum(shares, Decimal(0)) == (total if figures else 0)


def test_nothing_is_nothing() -> None:
    assert in_cents([], CENT) == ([], 0, 0)
    free = Due(Decimal(0), Decimal(0), (), True)
    lines, total, tax = in_cents([free], CENT)
    assert (lines[0].net, total, tax) == (0, 0, 0)


def payment(provider: str, amount: str, captured: str | None = None, **values: Any) -> dict[str, Any]:
    return {
        "id": f"pay_{provider}",
        "provider_id": provider,
        "raw_amount": exact(amount),
        "captured_at": captured,
        "created_at": "2026-11-29T10:00:00.000Z",
        **values,
    }


def paid(*payments: dict[str, Any], **values: Any) -> Any:
    mug = item(1, Decimal("33.33"), 3, Decimal(20), False, Decimal(0))
    collection = {"updated_at": "2026-11-29T11:00:00.000Z", "created_at": "", "payments": list(payments)}
    return Medusa.parse_order(order([mug], payment_collections=[collection], **values))


def test_a_payment_of_less_than_a_cent_more_is_the_total() -> None:
    when = "2026-11-29T11:00:00.000Z"
    data = {"id": "pi_3N"}
    document = paid(payment("pp_stripe_stripe", "119.988", when, data=data), payment_status="captured")
    assert document.total == Decimal("119.99")
    (one,) = document.payments
    assert (one.amount, one.title, one.transaction) == (Decimal("119.99"), "Stripe", "pi_3N")
    assert (document.state, document.updated_at.hour) == (OrderState.CONFIRMED, 11)


def test_money_that_nobody_stands_behind_is_awaited() -> None:
    by_hand = paid(payment("pp_system_default", "119.988"), payment_status="authorized")
    by_card = paid(payment("pp_stripe_stripe", "119.988"), payment_status="authorized")
    assert (by_hand.state, by_card.state) == (OrderState.PENDING, OrderState.CONFIRMED)
    assert by_hand.paid_at is None and by_card.paid_at is None


def test_what_is_not_promised_yet_is_awaited_too() -> None:
    void = payment("pp_stripe_stripe", "119.988", canceled_at="2026-11-29T11:00:00.000Z")
    document = paid(
        void,
        payment("pp_paypal_paypal", "100", created_at="2026-11-29T10:30:00.000Z"),
        payment_status="partially_authorized",
    )
    assert [(one.title, one.amount) for one in document.payments] == [
        ("Paypal", Decimal("100")),
        ("Paypal", Decimal("19.99")),
    ]


def test_states_of_a_day() -> None:
    def state(**values: str) -> OrderState:
        return paid(payment("pp_stripe_stripe", "119.988"), **values).state

    assert state(status="draft") == OrderState.DRAFT
    assert state(status="canceled", payment_status="refunded") == OrderState.CANCELLED
    assert state(status="pending", payment_status="refunded") == OrderState.REFUNDED
    assert state(payment_status="captured", fulfillment_status="partially_shipped") == OrderState.CONFIRMED
    assert state(payment_status="captured", fulfillment_status="fulfilled") == OrderState.CONFIRMED
    assert state(payment_status="captured", fulfillment_status="delivered") == OrderState.COMPLETED
    assert state(status="archived", payment_status="captured") == OrderState.COMPLETED
    assert state(payment_status="not_paid") == state(payment_status="requires_action") == OrderState.PENDING
    for name in ("partially_fulfilled", "captured", "requires_action"):
        assert Medusa.state_label(name) != name, "it has a name for people"
