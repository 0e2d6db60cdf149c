"""Over HTTP against the simulated PrestaShop: orders in, to the cent and with few calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from contract import check_order, check_taxes
from presta_orders import Shop, open_shop, orders, raws

from platforms.base import REFUNDS_KEY
from platforms.documents import LineKind, OrderState
from sandbox.prestashop import random_orders

ZERO = Decimal(0)


@pytest.fixture
def shop() -> Iterator[Shop]:
    with open_shop() as found:
        yield found


def test_an_order_comes_in_whole(shop: Shop) -> None:
    key = shop.control(
        "POST", "orders", lines=[{"sku": "MUG", "quantity": 2}, {"sku": "BOOK"}], note="Sonner deux fois", wrapped=True,
        gift_message="Joyeux Noël", coupons=["BIENVENUE10"],
    )["id"]  # fmt: skip
    (order,) = orders(shop.platform)
    check_order(order)
    assert order.external_id == key and order.state is OrderState.CONFIRMED and order.vendor_state == "payment"
    assert shop.platform.state_label(order.vendor_state) == "Payment accepted"
    # 24.00 + 9.99 less 10 %, wrapping 2.00, shipping 4.90.
    assert order.total == Decimal("37.49") == sum(line.gross for line in order.lines)
    assert order.total_tax == sum(line.tax for line in order.lines)
    mug, book, shipping, wrapping = order.lines
    assert (mug.list_net, mug.net) == (Decimal("20.00"), Decimal("18.00"))
    assert (book.list_net, book.gross) == (Decimal("9.47"), Decimal("8.99"))
    assert (shipping.kind, shipping.name, shipping.code) == (LineKind.SHIPPING, "Colissimo", "2")
    assert (wrapping.kind, wrapping.name, wrapping.gross) == (LineKind.FEE, "Emballage cadeau", Decimal("2.00"))
    assert {tax.code: tax.rate for tax in order.taxes} == {"1": Decimal(20), "3": Decimal("5.5")}
    assert [coupon.code for coupon in order.coupons] == ["BIENVENUE10"]
    assert (order.note, order.gift_message) == ("Sonner deux fois", "Joyeux Noël")
    assert (order.billing.name, order.billing.country, order.customer.language) == ("Marie Durand", "FR", "fr")
    (payment,) = order.payments
    assert payment.method == "stripe_official" and payment.amount == order.total and payment.paid_at
    assert "passwd" not in str(raws(shop.platform)), "no secrets in what is stored"


@pytest.mark.parametrize("round_type", [1, 2, 3])
def test_random_orders_add_up_to_the_cent(shop: Shop, round_type: int) -> None:
    """Where the shop rounds pieces or lines, lines meet the total; where it rounds the total, within a cent a line."""
    shop.site.shop.change_settings({"round_type": round_type})
    with shop.site.shop.store.transaction():
        random_orders.create(shop.site.shop, {"count": 60, "seed": 7})
    found = orders(shop.platform)
    assert len(found) == 60
    for order in found:
        check_order(order)
        missing = order.total - sum((line.gross for line in order.lines), ZERO)
        tax = order.total_tax - sum((line.tax for line in order.lines), ZERO)
        allowed = Decimal("0.01") * len(order.lines) if round_type == 3 else ZERO
        assert abs(missing) <= allowed and abs(tax) <= allowed, order
        assert all(line.net >= 0 for line in order.lines)


def test_a_thousand_orders_in_a_hundred_and_some_calls(shop: Shop) -> None:
    """Eleven for each hundred and a constant number: a connector that asks for each order's parts takes thousands."""
    with shop.site.shop.store.transaction():
        made = random_orders.create(shop.site.shop, {"count": 1000, "seed": 1, "lines": 2})
    for start in range(0, 1000, 50):
        for doc in made[start : start + 50]:
            shop.site.shop.change("orders", doc["id"], date_upd=shop.site.shop.now())
        shop.tick(1)
    platform = shop.again()
    found = raws(platform)
    assert len({raw["id"] for raw in found}) == len(found) == 1000
    calls = platform.transport.calls
    print(f"PrestaShop: {calls} calls for 1,000 orders")
    assert calls <= 11 * 11 + 10
    # The next poll, when nothing has changed.
    shop.tick(600)
    platform = shop.again()
    assert raws(platform, shop.now() - timedelta(minutes=5)) == []
    assert platform.transport.calls <= 5


def test_orders_of_one_second_are_neither_lost_nor_repeated(shop: Shop) -> None:
    with shop.site.shop.store.transaction():
        made = random_orders.create(shop.site.shop, {"count": 230, "seed": 3, "lines": 1, "kinds": []})
    for doc in made:
        shop.site.shop.change("orders", doc["id"], date_upd="2026-11-20 10:00:00")
    found = raws(shop.platform, datetime(2026, 11, 1, tzinfo=timezone.utc))
    assert len({raw["id"] for raw in found}) == len(found) == 230


def test_orders_that_change_while_they_are_read_hide_no_others(shop: Shop) -> None:
    with shop.site.shop.store.transaction():
        made = random_orders.create(shop.site.shop, {"count": 150, "seed": 3, "lines": 1, "kinds": []})
    for number, doc in enumerate(made):
        shop.site.shop.change("orders", doc["id"], date_upd=f"2026-11-20 10:{number // 60:02}:{number % 60:02}")
    page = shop.platform.read_orders(datetime(2026, 11, 1, tzinfo=timezone.utc))
    for doc in made[:60]:
        shop.site.shop.change("orders", doc["id"], date_upd=shop.site.shop.now())
    seen = {raw["id"] for raw in page.raws}
    while page.next:
        page = shop.platform.read_orders(None, page.next)
        seen |= {raw["id"] for raw in page.raws}
    assert {str(doc["id"]) for doc in made} <= seen


def test_what_the_order_is_not_dated_for_is_seen_all_the_same(shop: Shop) -> None:
    """A slip by its own date (observed on 8.1.2: the order's stays), and a payment written down beside it."""
    refunded = shop.control("POST", "orders", lines=[{"sku": "MUG", "quantity": 2}])["id"]
    waiting = shop.control("POST", "orders", lines=[{"sku": "TEA"}], paid=False)["id"]
    shop.control("POST", "orders", lines=[{"sku": "TEA"}])
    shop.tick(3600)
    since = shop.now() - timedelta(minutes=10)
    assert raws(shop.platform, since) == []
    shop.control("POST", f"orders/{refunded}/refund", lines=[{"sku": "MUG", "quantity": 1}], shipping="4.90")
    shop.control("POST", f"orders/{waiting}/late_payment", amount="9.85")
    platform = shop.again()
    found = {order.external_id: order for order in orders(platform, since)}
    assert set(found) == {refunded, waiting}
    (refund,) = found[refunded].refunds
    assert found[refunded].refunds_complete and refund.amount == Decimal("16.90")
    assert [(line.line_id, line.quantity, line.net + line.tax) for line in refund.lines] == [
        (found[refunded].lines[0].external_id, 1, Decimal("12.00")),
        ("shipping", 0, Decimal("4.90")),
    ]
    assert found[refunded].updated_at == refund.created_at
    assert found[waiting].paid_at and found[waiting].state is OrderState.PENDING
    page = platform.read_orders(since)
    assert page.watermark and page.watermark > since + timedelta(minutes=9), "an empty listing moves on too"


def test_orders_by_id(shop: Shop) -> None:
    ids = [shop.control("POST", "orders", lines=[{"sku": "MUG"}])["id"] for _ in range(3)]
    found = shop.platform.read_orders_by_id([*ids[:2], ids[0], "99999", "x", ""])
    assert sorted(raw["id"] for raw in found) == sorted(ids[:2])
    assert all(REFUNDS_KEY in raw for raw in found)


def test_a_split_cart_shares_reference_and_payment(shop: Shop) -> None:
    first = shop.control("POST", "orders", lines=[{"sku": "MUG"}], reference="SPLITCART")["id"]
    shop.control("POST", "orders", lines=[{"sku": "TEA"}], reference="SPLITCART")
    one, two = orders(shop.platform)
    assert one.external_id == first and one.number == two.number == "SPLITCART"
    for order in (one, two):
        check_order(order)
        assert order.paid_at and sum(payment.amount for payment in order.payments) == order.total


def test_another_currency_keeps_its_own_figures(shop: Shop) -> None:
    shop.control("POST", "orders", lines=[{"sku": "MUG", "quantity": 3}], currency="2")
    (order,) = orders(shop.platform)
    assert order.currency == "CHF" and order.lines[0].net == Decimal("28.50")
    assert order.total == sum(line.gross for line in order.lines) == sum(one.amount for one in order.payments)


def test_gifts_and_free_shipping_are_taken_off_their_own_lines(shop: Shop) -> None:
    with shop.site.shop.store.transaction():
        random_orders.create(shop.site.shop, {"kinds": ["gift", "free_shipping"], "lines": 2, "quantity": 1, "seed": 5})
    (order,) = orders(shop.platform)
    check_order(order)
    gift, other, shipping = order.lines
    assert gift.gross == 0 < gift.list_net and shipping.gross == 0 < shipping.list_net
    assert other.net == other.list_net and order.total == other.gross


def test_states_by_their_flags(shop: Shop) -> None:
    """Merchants make states of their own: flags say what they mean, whatever they are called."""
    from sandbox.prestashop.seed import add, both

    own = {}
    for name, flags in (
        ("À vérifier", {}),
        ("Au montage", {"delivery": "1", "paid": "1"}),
        ("Parti", {"shipped": "1"}),
    ):
        own[name] = str(add(shop.site.shop, "order_states", None, name=both(name, name), **flags)["id"])
    wanted = {
        own["À vérifier"]: OrderState.PENDING,
        own["Au montage"]: OrderState.CONFIRMED,
        own["Parti"]: OrderState.COMPLETED,
        "1": OrderState.PENDING,
        "3": OrderState.CONFIRMED,
        "5": OrderState.COMPLETED,
        "6": OrderState.CANCELLED,
        "7": OrderState.REFUNDED,
        "8": OrderState.CANCELLED,
        "12": OrderState.PENDING,
        "13": OrderState.CONFIRMED,
    }
    for state in wanted:
        key = shop.control("POST", "orders", lines=[{"sku": "MUG"}], paid=False)["id"]
        shop.control("POST", f"orders/{key}/state", state=state)
    found = {raw["current_state"]: shop.platform.parse_order(raw) for raw in raws(shop.platform)}
    assert {key: order.state for key, order in found.items()} == wanted
    assert shop.platform.state_label(found[own["Au montage"]].vendor_state) == "Au montage"


def test_times_are_the_shops_own(shop: Shop) -> None:
    """In summer two hours, in winter one; the hour that clocks repeat is read twice rather than missed."""
    for now, local in (("2026-07-01T10:00:00", "2026-07-01 12:00:00"), ("2026-12-01T10:00:00", "2026-12-01 11:00:00")):
        moment = datetime.fromisoformat(now).replace(tzinfo=timezone.utc)
        shop.sandbox.clock.set(moment)
        key = shop.control("POST", "orders", lines=[{"sku": "MUG"}])["id"]
        raw = next(one for one in raws(shop.again(), moment - timedelta(minutes=1)) if one["id"] == key)
        assert raw["date_add"][:16] == local[:16]
        assert abs(shop.platform.parse_order(raw).created_at - moment) < timedelta(seconds=2)
    # Clocks go back at 01:00 UTC on 25 October 2026.
    before = datetime(2026, 10, 25, 0, 50, tzinfo=timezone.utc)
    after = datetime(2026, 10, 25, 1, 10, tzinfo=timezone.utc)
    shop.sandbox.clock.set(after)
    key = shop.control("POST", "orders", lines=[{"sku": "MUG"}])["id"]
    raw = next(one for one in raws(shop.again(), before) if one["id"] == key)
    assert raw["date_upd"].startswith("2026-10-25 02:10")
    assert shop.platform.order_version(raw)[1] >= before, "not older than what was known before clocks went back"


def test_one_shop_of_several(shop: Shop) -> None:
    shop.site.shop.change_settings({"shops": [1, 2]})
    mine = shop.control("POST", "orders", lines=[{"sku": "MUG"}])["id"]
    other = shop.control("POST", "orders", lines=[{"sku": "MUG"}])["id"]
    shop.site.shop.change("orders", other, id_shop="2")
    assert [order.external_id for order in orders(shop.again(shop="1"))] == [mine]
    (raw,) = shop.again(shop="2").read_orders_by_id([mine, other])
    assert raw["id"] == other
    assert shop.platform.parse_order(raw).customer.external_id, "who registered in the first shop, and buys in this one"


def test_the_tax_table_names_rates_as_orders_do(shop: Shop) -> None:
    taxes = shop.platform.read_taxes()
    check_taxes(taxes)
    assert [(tax.code, tax.rate, tax.country, tax.product_class) for tax in taxes][:2] == [
        ("1", Decimal(20), "FR", "1"),
        ("2", Decimal(10), "FR", "2"),
    ]
    assert [tax.kind for tax in taxes][:2] == ["", "FR Taux réduit (10%)"], "the usual one has no name"
    shop.control("POST", "orders", lines=[{"sku": "TEA"}])
    (order,) = orders(shop.platform)
    assert {(tax.code, tax.country) for tax in order.taxes} <= {(tax.code, tax.country) for tax in taxes}


@pytest.mark.parametrize(
    ("label", "countries", "country"),
    [
        ("TVA FR 20%", ("FR", "DE"), "FR"),
        ("USt. AT 20%", ("AT", "FR"), "AT"),
        ("VAT UK 20%", ("GB", "FR"), "GB"),
        ("MwSt 19%", ("DE",), "DE"),
        ("TVA 20% HT", ("FR", "MC"), ""),
        ("ÁFA 27%", ("HU",), "HU"),
        ("TVA FR 19.6%", (), "FR"),
    ],
)
def test_whose_tax_it_is(shop: Shop, label: str, countries: tuple[str, ...], country: str) -> None:
    from sandbox.prestashop.seed import add, both

    key = str(add(shop.site.shop, "taxes", None, name=both(label, label), rate="20", active="1")["id"])
    ids = {doc["iso_code"]: one for one, doc in shop.site.shop.all("countries").items()}
    for code in countries:
        place = ids.get(code) or add(shop.site.shop, "countries", None, iso_code=code, name=both(code, code))["id"]
        add(shop.site.shop, "tax_rules", None, id_tax=key, id_country=str(place), id_tax_rules_group="1")
    assert shop.platform.reference.taxes[key]["_country"] == country
