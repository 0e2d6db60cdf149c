"""PrestaShop's figures as documents: what cannot be seen from outside is tried on its own."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest
from contract import check_order
from hypothesis import given
from hypothesis import strategies as st
from presta_orders import open_shop, orders

from platforms.documents import OrderState
from platforms.prestashop import PrestaShop, times
from platforms.prestashop.amounts import spread
from sandbox.prestashop.goods import add_product
from sandbox.prestashop.seed import add, both

CENT = Decimal("0.01")
AMOUNTS = st.decimals(0, 2000, places=2)


@given(total=AMOUNTS, weights=st.lists(AMOUNTS, min_size=1, max_size=12))
def test_a_discount_is_spread_to_the_cent(total: Decimal, weights: list[Decimal]) -> None:
    """33.33 on 1999.00 is what others lose a cent of."""
    shares = spread(total, weights, CENT)
    assert sum(shares) == total and len(shares) == len(weights)
    whole = sum(weights)
    if whole:
        for share, weight in zip(shares, weights, strict=True):
            assert abs(share - total * weight / whole) < CENT * 2
    assert spread(Decimal("33.33"), [Decimal("1999.00")], CENT) == [Decimal("33.33")]


def raw(**values: Any) -> dict[str, Any]:
    """An order of one mug at 10.00 without tax, as the platform completes it."""
    line = {"id": "1", "product_id": "5", "product_quantity": "1", "product_name": "Mug", "_taxes": ["1"]}
    line |= {"total_price_tax_excl": "10.000000", "total_price_tax_incl": "12.000000"}
    return {
        "id": "9",
        "date_add": "2026-11-24 11:42:57",
        "date_upd": "2026-11-24 11:42:57",
        "reference": "ABCDEFGHI",
        "total_paid_tax_incl": "12.000000",
        "total_paid_tax_excl": "10.000000",
        "_zone": "Europe/Paris",
        "_currency": "EUR",
        "_state": {"paid": "1"},
        "_taxes": {"1": {"rate": "20.000", "name": {"1": "TVA FR 20%"}, "_country": "FR"}},
        "_details": [line],
        **values,
    }


def test_companies_guests_and_identification_numbers() -> None:
    company = {"company": "Atelier", "vat_number": "fr 12 345678901", "dni": "345678901", "_country": "FR"}
    order = PrestaShop.parse_order(raw(_billing=company, _customer={"id": "3", "is_guest": "1", "email": "a@b.fr"}))
    assert order.customer.external_id == "" and order.customer.email == "a@b.fr"
    assert (order.customer.vat, order.customer.registration) == ("FR12345678901", "345678901")
    person = PrestaShop.parse_order(raw(_billing={"dni": "12345678Z"}, _customer={"id": "3", "siret": "123 456"}))
    assert person.customer.external_id == "3" and person.customer.registration == "123456"


def test_a_currency_without_cents() -> None:
    line = {**raw()["_details"][0], "total_price_tax_excl": "1000.400000", "total_price_tax_incl": "1200.480000"}
    figures = {"total_paid_tax_incl": "1200.000000", "total_paid_tax_excl": "1000.000000"}
    order = PrestaShop.parse_order(raw(_currency="JPY", _details=[line], **figures))
    assert order.lines[0].net == 1000 and order.lines[0].tax == 200 and order.total == 1200


def test_a_tax_that_nobody_names_goes_by_its_rate() -> None:
    line = {**raw()["_details"][0], "_taxes": []}
    assert [tax.code for tax in PrestaShop.parse_order(raw(_details=[line])).taxes] == ["1"]
    (tax,) = PrestaShop.parse_order(raw(_details=[line], _taxes={})).taxes
    assert (tax.code, tax.rate) == ("rate:20", Decimal(20))


def test_two_taxes_on_a_line_add_up() -> None:
    taxes = {key: {"rate": rate} for key, rate in (("7", "5.000"), ("8", "9.975"))}
    line = {**raw()["_details"][0], "_taxes": ["7", "8"], "total_price_tax_incl": "11.500000"}
    order = PrestaShop.parse_order(raw(_details=[line], _taxes=taxes, total_paid_tax_incl="11.500000"))
    check_order(order)
    assert [(tax.code, tax.amount) for tax in order.taxes] == [("7", Decimal("0.50")), ("8", Decimal("1.00"))]


def test_money_that_is_paid_in_part() -> None:
    paid = {"amount": "5.000000", "payment_method": "Carte cadeau", "date_add": "2026-11-24 12:00:00"}
    order = PrestaShop.parse_order(raw(_payments=[{**paid, "_currency": "EUR"}], module="bankwire", payment="Virement"))
    first, rest = order.payments
    assert (first.method, first.amount, rest.method, rest.amount) == ("Carte cadeau", 5, "bankwire", 7)
    assert first.paid_at == datetime(2026, 11, 24, 11, 0, tzinfo=timezone.utc) and rest.paid_at is None
    assert order.paid_at is None
    (free,) = PrestaShop.parse_order(raw(_details=[], total_paid_tax_incl="0", total_paid_tax_excl="0")).payments
    assert free.amount == 0


@pytest.mark.parametrize("broken", [{"_zone": "Mars"}, {"date_upd": "soon"}, {"_currency": ""}, {"_details": [{}]}])
def test_what_cannot_be_read_says_what_and_where(broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="order 9: "):
        PrestaShop.parse_order(raw(**broken))


def test_absurd_figures_are_refused() -> None:
    line = {**raw()["_details"][0], "total_price_tax_excl": "9e99999", "unit_price_tax_excl": "9e999999"}
    with pytest.raises(ValueError, match="order 9: "):
        PrestaShop.parse_order(raw(_details=[{**line, "product_quantity": "9e999999"}]))


def test_reductions_and_ecotax_as_the_shop_computes_them() -> None:
    with open_shop() as shop:
        own = {"id_tax_rules_group": "1", "price": "100", "quantity": 10}
        fan = add_product(shop.site.shop, name=both("Ventilateur", "Fan"), reference="FAN", ecotax="2.5", **own)
        given = {"id_product": str(fan["id"]), "reduction": "0.2", "reduction_type": "percentage", "price": "-1"}
        add(shop.site.shop, "specific_prices", None, from_quantity="1", id_product_attribute="0", **given)
        lines = [{"sku": "FAN", "quantity": 2}, *({"sku": "MUG", "quantity": 1} for _ in range(300))]
        shop.control("POST", "orders", lines=lines, discount="33.33")
        platform = shop.again()
        (order,) = orders(platform)
        check_order(order)
        fan_line = order.lines[0]
        # 80.00 and 2.50 of ecotax, twice; listed at 102.50; less its part of the discount.
        assert fan_line.list_net == Decimal("205.00") and Decimal("160.00") < fan_line.net < Decimal("165.00")
        assert len(order.lines) == 302 and order.state is OrderState.CONFIRMED
        assert order.total == sum(line.gross for line in order.lines)
        assert sum(line.list_net - line.net for line in order.lines[1:301]) > 0
        assert platform.transport.calls <= 20


def test_the_hour_that_happens_twice() -> None:
    zone = times.zone_of("Europe/Paris")
    local = "2026-10-25 02:30:00"
    first, second = (times.utc(local, "x", zone, fold) for fold in (0, 1))
    assert (second - first).total_seconds() == 3600
    assert times.fold_of(local, zone, first) == 0 and times.fold_of(local, zone, second) == 1
    assert times.local_from(first, zone) == "2026-10-25 01:30:00", "what follows has earlier local times"
    assert times.local_from(datetime(2026, 7, 1, 10, tzinfo=timezone.utc), zone) == "2026-07-01 12:00:00"
    # Half past two does not happen on the day that clocks go forward.
    assert times.fold_of("2026-03-29 02:30:00", zone, datetime(2027, 1, 1, tzinfo=timezone.utc)) == 0
    for none in ("", "0000-00-00 00:00:00", "0000-00-00", None):
        assert times.utc_or_none(none, "x", zone) is None
