"""Values between a field of Odoo and a field of a shop: what can mean two things is refused with a reason."""

from datetime import date
from decimal import Decimal

import pytest

from decisions.field_values import BadValue, Converter, Options, Problem, fill, from_shop, placeholders, to_shop


class Html(str):
    """As Odoo's HTML fields give it."""

    def __html__(self):
        return self


@pytest.mark.parametrize(
    ("converter", "value", "options", "told"),
    [
        (Converter.TEXT, Html("<p>Soft &amp; warm</p><p>Wool</p>"), {}, "Soft & warm\nWool"),
        (Converter.TEXT, "Salt & <Pepper>", {}, "Salt & <Pepper>"),
        (Converter.TEXT, 2.5, {}, "2.5"),
        (Converter.TEXT, 100, {}, "100"),
        (Converter.TEXT, ["red", "blue"], {}, "red, blue"),
        (Converter.HTML, "<b>Soft</b>", {}, "<b>Soft</b>"),
        (Converter.HTML, "A < B\nC\n\nD", {}, "<p>A &lt; B<br/>C</p><p>D</p>"),
        (Converter.NUMBER, 0.1 + 0.2, {}, "0.30"),
        (Converter.NUMBER, 0.125, {"factor": Decimal(1000), "decimals": 0, "unit": "g"}, "125 g"),
        (Converter.NUMBER, 2.675, {}, "2.68"),  # as the person reads it, not as the computer stores it
        (Converter.NUMBER, -0.001, {}, "0.00"),
        (Converter.NUMBER, 0, {}, "0.00"),
        (Converter.YES_NO, True, {"yes": "oui", "no": "non"}, "oui"),
        (Converter.YES_NO, False, {"yes": "oui", "no": "non"}, "non"),
        (Converter.LIST, ["Red", "", "Deep, blue"], {"separator": "|"}, "Red|Deep, blue"),
        (Converter.DATE, date(2026, 12, 1), {"date_format": "day_first"}, "01/12/2026"),
        (Converter.NUMBER, None, {}, ""),
        (Converter.DATE, None, {}, ""),
    ],
)
def test_what_the_shop_is_told(converter, value, options, told):
    assert to_shop(converter, value, Options(**options)) == told


@pytest.mark.parametrize(
    ("converter", "value", "options", "taken"),
    [
        (Converter.TEXT, " wool ", {}, "wool"),
        (Converter.TEXT, Html("<p>Soft &amp; warm</p>"), {}, "Soft & warm"),
        (Converter.NUMBER, "13.5", {}, Decimal("13.5")),
        (Converter.NUMBER, "125 g", {"factor": Decimal(1000), "unit": "g"}, Decimal("0.125")),
        (Converter.NUMBER, Decimal("2"), {"factor": Decimal(10)}, Decimal("0.2")),
        (Converter.YES_NO, "OUI", {"yes": "oui", "no": "non"}, True),
        (Converter.YES_NO, "", {}, False),
        (Converter.LIST, "red,blue , green", {}, ["red", "blue", "green"]),
        (Converter.LIST, ("red", "blue"), {}, ["red", "blue"]),
        (Converter.LIST, "red blue", {"separator": " "}, ["red", "blue"]),
        (Converter.DATE, "01/12/2026", {"date_format": "day_first"}, date(2026, 12, 1)),
        (Converter.DATE, "  ", {}, None),
        (Converter.LIST, "", {}, []),
    ],
)
def test_what_a_word_of_the_shop_is_in_odoo(converter, value, options, taken):
    assert from_shop(converter, value, Options(**options)) == taken


@pytest.mark.parametrize(
    ("converter", "value", "because"),
    [
        (Converter.NUMBER, "13,5", Problem.COMMA),
        (Converter.NUMBER, "1.350,00", Problem.COMMA),
        (Converter.NUMBER, "13.5 cm", Problem.NO_NUMBER),
        (Converter.NUMBER, "1e5", Problem.NO_NUMBER),
        (Converter.NUMBER, "NaN", Problem.NO_NUMBER),
        (Converter.YES_NO, "maybe", Problem.NOT_YES_NO),
        (Converter.DATE, "31/12/2026", Problem.NO_DATE),
    ],
)
def test_what_could_mean_something_else_is_refused_with_the_reason(converter, value, because):
    with pytest.raises(BadValue) as refused:
        from_shop(converter, value)
    assert (refused.value.problem, refused.value.value) == (because, value)


@pytest.mark.parametrize("value", ["soon", 3])
def test_a_value_that_is_no_date_is_not_told_as_one(value):
    with pytest.raises(BadValue) as refused:
        to_shop(Converter.DATE, value)
    assert refused.value.wanted == ("2026-12-31",)


@pytest.mark.parametrize(
    ("converter", "value"),
    [
        (Converter.NUMBER, 13.25),
        (Converter.YES_NO, True),
        (Converter.LIST, ["red", "blue"]),
        (Converter.DATE, date(2026, 2, 3)),
        (Converter.TEXT, "wool"),
    ],
)
def test_what_was_told_comes_back_as_it_was(converter, value):
    assert from_shop(converter, to_shop(converter, value)) == value


def test_a_template_is_filled_with_what_its_names_stand_for():
    assert placeholders("{name} – {categ_id.name} {name}") == ["name", "categ_id.name"]
    assert fill("{name} – {weight} kg", {"name": "Soap", "weight": 0.50}) == "Soap – 0.5 kg"
    assert fill("<b>{name}</b>", {"name": "Salt & <Pepper>"}, html=True) == "<b>Salt &amp; &lt;Pepper&gt;</b>"
    assert fill("Made of {material}", {"material": None}) == ""
    assert fill("Always the same", {}) == "Always the same"


@pytest.mark.parametrize("template", ["{name", "name}", "{}", "{{name}}"])
def test_a_template_with_a_brace_too_many_is_refused(template):
    with pytest.raises(BadValue, match=r"brace|between"):
        placeholders(template)
