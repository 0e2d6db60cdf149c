"""Which rule of VAT a sale falls under, told by who buys where and what the shop charged."""

import pytest

from decisions.taxation import ELSEWHERE, Sale, Treatment, scope, territory

EU = frozenset({"FR", "BE", "DE", "IT", "ES", "AT"})


def sale(country, zip_code="", *, to_company=False, home="FR"):
    return Sale(home, EU, territory(country, zip_code), to_company)


@pytest.mark.parametrize(
    ("country", "zip_code", "expected"),
    [
        ("FR", "75002", "FR"),
        ("FR", "20000", "FR"),  # Corsica
        ("FR", "97400", "RE"),
        ("RE", "97400", "RE"),
        ("FR", "97300", "GF"),
        ("FR", "97600", "YT"),
        ("FR", "97150", "MF"),
        ("FR", "97133", "BL"),
        ("FR", "97110", "GP"),
        ("FR", "98800", "NC"),
        ("MC", "98000", "FR"),
        ("FR", "98000", "FR"),  # Monaco, as the French post writes it
        ("ES", "35001", ELSEWHERE),
        ("ES", "28001", "ES"),
        ("GB", "bt1 5gs", "XI"),
        ("GB", "SW1A 1AA", "GB"),
        ("DE", "78266", ELSEWHERE),
        ("", "", ""),
    ],
)
def test_the_territory_of_a_place(country, zip_code, expected):
    assert territory(country, zip_code) == expected


@pytest.mark.parametrize(
    ("buyer", "taxed", "tax_country", "expected"),
    [
        (sale("FR"), True, "FR", (Treatment.DOMESTIC, "FR")),
        (sale("FR"), True, "", (Treatment.DOMESTIC, "FR")),
        (sale("FR"), False, "", (Treatment.DOMESTIC, "FR")),
        (sale("MC", "98000"), True, "MC", (Treatment.DOMESTIC, "FR")),
        (sale("BE"), True, "BE", (Treatment.EU_CONSUMER, "BE")),
        (sale("BE"), True, "", (Treatment.EU_CONSUMER, "BE")),
        # Below the threshold a shop charges its own country's VAT.
        (sale("BE"), True, "FR", (Treatment.DOMESTIC, "FR")),
        (sale("DE", to_company=True), False, "", (Treatment.EU_COMPANY, "")),
        (sale("DE", to_company=True), True, "DE", (Treatment.EU_CONSUMER, "DE")),
        (sale("DE"), False, "", (Treatment.EU_CONSUMER, "DE")),
        (sale("CH"), False, "", (Treatment.EXPORT, "")),
        (sale("CH", to_company=True), False, "", (Treatment.EXPORT, "")),
        (sale("ES", "35001", to_company=True), False, "", (Treatment.EXPORT, "")),
        (sale("US"), True, "US", (Treatment.FOREIGN, "US")),
        (sale("US"), True, "FR", (Treatment.DOMESTIC, "FR")),
        (sale("FR", "97400"), True, "FR", (Treatment.OVERSEAS, "RE")),
        (sale("RE"), True, "RE", (Treatment.OVERSEAS, "RE")),
        (sale("FR", "97300"), False, "", (Treatment.OVERSEAS, "GF")),
        (sale("GB", "BT1 5GS", to_company=True), False, "", (Treatment.EU_COMPANY, "")),
        # For a seller elsewhere, France's overseas territories are abroad like any other.
        (sale("RE", home="BE"), False, "", (Treatment.EXPORT, "")),
        (sale("FR", home="BE"), True, "FR", (Treatment.EU_CONSUMER, "FR")),
    ],
)
def test_the_rule_that_a_line_is_sold_under(buyer, taxed, tax_country, expected):
    assert buyer.treatment(taxed=taxed, tax_country=tax_country) == expected


def test_shipping_shares_the_fate_of_the_goods():
    line = {"goods": False, "accessory": True}
    assert scope(**line, order_has_goods=True) == "consu"
    assert scope(**line, order_has_goods=False) == "service"
    assert scope(goods=False, accessory=False, order_has_goods=True) == "service"
    assert scope(goods=True, accessory=False, order_has_goods=True) == "consu"
