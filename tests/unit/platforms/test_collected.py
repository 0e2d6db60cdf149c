"""An order of a marketplace that collects the tax: what is left is the seller's."""

from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal

from platforms.collected import set_aside
from platforms.documents import (
    AddressDocument,
    CustomerDocument,
    LineDocument,
    LineKind,
    OrderDocument,
    OrderState,
    PaymentDocument,
    RefundDocument,
    RefundLineDocument,
    TaxAmount,
    TaxSummary,
)

D = Decimal
TIME = datetime(2026, 11, 2, tzinfo=timezone.utc)


def line(external_id, net, *taxes):
    return LineDocument(
        external_id=external_id,
        kind=LineKind.PRODUCT,
        name="Mug",
        quantity=D(1),
        net=D(net),
        list_net=D(net),
        list_tax=sum((D(amount) for _code, amount in taxes), D(0)),
        taxes=tuple(TaxAmount(code, D(amount)) for code, amount in taxes),
    )


def order(lines, summaries, total, total_tax, **changes):
    document = OrderDocument(
        external_id="1",
        number="1",
        state=OrderState.CONFIRMED,
        vendor_state="paid",
        currency="EUR",
        created_at=TIME,
        updated_at=TIME,
        prices_include_tax=True,
        customer=CustomerDocument(),
        billing=AddressDocument(),
        shipping=AddressDocument(),
        lines=lines,
        taxes=tuple(TaxSummary(code, code, D(20), D(amount)) for code, amount in summaries),
        total=D(total),
        total_tax=D(total_tax),
        payments=(PaymentDocument("market", "Market", D(total), TIME),),
    )
    return replace(document, **changes)


def test_an_order_all_of_whose_tax_is_collected_is_worth_its_net():
    found = set_aside(order((line("a", "10", ("vat", "2.00")),), [("vat", "2.01")], "12.01", "2.01"), {"vat"})
    assert (found.total, found.total_tax, found.taxes) == (D(10), D(0), ())
    assert (found.lines[0].tax, found.lines[0].collected_tax, found.lines[0].list_tax) == (D(0), D(2), D(0))
    assert found.payments[0].amount == D(10)


def test_taxes_of_ours_stay_and_their_lines_too():
    lines = (line("a", "10", ("vat", "2.00"), ("eco", "0.50")), line("b", "5", ("eco", "0.25")))
    found = set_aside(order(lines, [("vat", "2.00"), ("eco", "0.75")], "17.75", "2.75"), {"vat"})
    assert (found.total, found.total_tax) == (D("15.75"), D("0.75"))
    assert [line.collected_tax for line in found.lines] == [D(2), None]
    assert found.lines[0].list_tax == D("0.50")


def test_a_refund_gives_back_what_is_ours():
    refund = RefundDocument("r", D("12"), lines=(RefundLineDocument("a", D(1), D(10), D(2)),))
    document = order((line("a", "10", ("vat", "2.00")),), [("vat", "2.00")], "12", "2", refunds=(refund,))
    (found,) = set_aside(document, {"vat"}).refunds
    assert (found.amount, found.lines[0].tax) == (D(10), D(0))


def test_nothing_changes_where_nothing_is_collected():
    document = order((line("a", "10", ("vat", "2.00")),), [("vat", "2.00")], "12", "2")
    assert set_aside(document, {"other"}) is document
