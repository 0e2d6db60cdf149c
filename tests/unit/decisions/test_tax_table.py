"""Which taxes a shop's table will need, before any order shows it."""

from decimal import Decimal

from decisions.tax_table import keys_of_rate, keys_without_tax
from decisions.taxation import NO_CODE, Sale, territory

EU = frozenset({"FR", "BE", "DE"})


def rules(rate, country, zips=(), home="FR"):
    keys = keys_of_rate("1", Decimal(rate), country, zips, home=home, eu=EU)
    assert [key.scope for key in keys] == ["consu", "service"] * (len(keys) // 2)
    return [(key.treatment, key.country) for key in keys if key.scope == "consu"]


def test_rates_are_sold_at_home_under_oss_or_abroad():
    assert rules("20", "FR") == [("domestic", "FR")]
    assert rules("20", "") == [("domestic", "FR")], "a rate of the whole world is ours"
    assert rules("21", "BE") == [("eu_consumer", "BE")]
    assert rules("8.1", "CH") == [("foreign", "CH")]
    assert rules("8.5", "RE") == [("overseas", "RE")]


def test_places_decide_where_a_rate_holds():
    assert rules("8.5", "FR", ("974", "97600")) == [("overseas", "RE"), ("overseas", "YT")]
    assert rules("2.1", "FR", ("75",)) == [("domestic", "FR")]
    assert rules("20", "FR", ("75", "69")) == [("domestic", "FR")], "the same rule once"


def test_no_rate_is_exempt_for_a_reason():
    assert rules("0", "FR") == [("domestic", "FR")]
    assert rules("0", "DE") == [("eu_company", "")]
    assert rules("0", "US") == [("export", "")]
    assert rules("0", "GF") == [("overseas", "GF")]
    untaxed = keys_without_tax(home="FR", eu=EU)
    assert {key.code for key in untaxed} == {NO_CODE}
    assert {key.treatment for key in untaxed} == {"eu_company", "export"}
    assert {key.treatment for key in keys_without_tax(home="CH", eu=EU)} == {"export"}


def test_an_order_asks_for_the_key_that_the_table_announced():
    sale = Sale("FR", EU, territory("BE", "1000"), to_company=False)
    treatment, country = sale.treatment(taxed=True, tax_country="BE")
    assert (treatment.value, country) in rules("21", "BE")
