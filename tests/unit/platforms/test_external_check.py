"""What the API refuses, and how it says so."""

from __future__ import annotations

import copy
from datetime import datetime, timezone
from typing import Any

import pytest
from external_orders import external_order
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platforms.base import ApiFacts, Problem
from platforms.external import ExternalShop
from platforms.external.schema import MAX_LINES, ORDER

FACTS = ApiFacts(
    currencies={"EUR": 2, "JPY": 0, "TND": 3},
    countries=frozenset({"FR", "DE"}),
    now=datetime(2026, 11, 24, tzinfo=timezone.utc),
)
ROOT = external_order()


def problems(**changes: Any) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in ExternalShop.check_order(external_order(**changes), FACTS)]


def line(index: int = 0, **changes: Any) -> list[dict[str, Any]]:
    lines = copy.deepcopy(ROOT["lines"])
    lines[index] = {name: value for name, value in (lines[index] | changes).items() if value is not ...}
    return lines


def test_a_sound_order_has_no_problem() -> None:
    assert problems() == []
    assert problems(customer=..., payments=..., note="Sonnez\ndeux fois") == []
    assert problems(total=28.8, total_tax=4.8) == []
    assert problems(payments=[{"method": "transfer", "amount": "28.80"}], state="pending") == []


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"external_ref": ...}, "external_ref", "missing"),
        ({"external_ref": 17}, "external_ref", "wrong_type"),
        ({"external_ref": " A"}, "external_ref", "bad_value"),
        ({"external_ref": ""}, "external_ref", "bad_value"),
        ({"external_ref": "A" * 65}, "external_ref", "too_long"),
        ({"total": ...}, "total", "missing"),
        ({"total_tax": ...}, "total_tax", "missing"),
        ({"total": "twenty"}, "total", "bad_value"),
        ({"total": True}, "total", "wrong_type"),
        ({"total": float("nan")}, "total", "bad_value"),
        ({"total": float("inf")}, "total", "bad_value"),
        ({"total": "1e30"}, "total", "bad_value"),
        ({"total": "28.801", "payments": ...}, "total", "bad_value"),
        ({"total": 0.1 + 0.2}, "total", "bad_value"),
        ({"total": None}, "total", "wrong_type"),
        ({"totl": "28.80"}, "totl", "unknown_field"),
        ({"currency": "XXQ"}, "currency", "unknown_currency"),
        ({"currency": "eur"}, "currency", "unknown_currency"),
        ({"state": "shipped"}, "state", "bad_value"),
        ({"created_at": "2026-11-02 10h"}, "created_at", "bad_date"),
        ({"created_at": "2026-11-02T10:00:00"}, "created_at", "bad_date"),
        ({"created_at": "2026-13-02T10:00:00Z"}, "created_at", "bad_date"),
        ({"updated_at": "2027-11-02T10:00:00Z"}, "updated_at", "bad_date"),
        ({"updated_at": "0001-01-01T00:00:00+10:00"}, "updated_at", "bad_date"),
        ({"updated_at": datetime(2026, 11, 2)}, "updated_at", "wrong_type"),
        ({"prices_include_tax": "yes"}, "prices_include_tax", "wrong_type"),
        ({"prices_include_tax": 1}, "prices_include_tax", "wrong_type"),
        ({"billing": ...}, "billing", "missing"),
        ({"billing": {"city": "Paris"}}, "billing.name", "missing"),
        ({"billing": {"name": "Marie", "country": "XX"}}, "billing.country", "unknown_country"),
        ({"billing": {"name": "Marie", "town": "Paris"}}, "billing.town", "unknown_field"),
        ({"billing": {"name": "M\x00"}}, "billing.name", "bad_value"),
        ({"billing": {"name": "M\ud800"}}, "billing.name", "bad_value"),
        ({"billing": []}, "billing", "wrong_type"),
        ({"lines": []}, "lines", "missing"),
        ({"lines": {}}, "lines", "wrong_type"),
        ({"lines": ["MUG"]}, "lines[0]", "wrong_type"),
        ({"lines": [{}] * (MAX_LINES + 1)}, "lines", "too_many"),
        ({"lines": line(quantity=-1)}, "lines[0].quantity", "negative"),
        ({"lines": line(quantity="0")}, "lines[0].quantity", "missing"),
        ({"lines": line(quantity=...)}, "lines[0].quantity", "missing"),
        ({"lines": line(sku=...)}, "lines[0].sku", "missing"),
        ({"lines": line(1, id="1")}, "lines", "duplicate"),
        ({"lines": line(taxes=[{"code": "DE19", "amount": "1"}])}, "lines[0].taxes[0].code", "bad_value"),
        ({"lines": line(taxes=[{"code": "FR20", "amount": "1"}] * 2)}, "lines[0].taxes", "duplicate"),
        ({"taxes": [{"code": "FR20", "rate": "-20"}]}, "taxes[0].rate", "negative"),
        ({"taxes": [{"code": "FR20", "rate": "20"}] * 2}, "taxes", "duplicate"),
        ({"payments": [{"method": "card", "amount": "10.00"}]}, "payments", "does_not_add_up"),
        (
            {
                "refunds": [
                    {
                        "id": "1",
                        "amount": "1",
                        "created_at": "2026-11-03T10:00:00Z",
                        "lines": [{"line_id": "9", "quantity": 1, "net": 1, "tax": 0}],
                    }
                ]
            },
            "refunds[0].lines[0].line_id",
            "bad_value",
        ),
        ({"note": "x" * 4001}, "note", "too_long"),
    ],
)
def test_each_mistake_is_named_with_its_field_and_remedy(changes: dict[str, Any], field: str, code: str) -> None:
    assert problems(**changes) == [(field, code)]
    (problem,) = ExternalShop.check_order(external_order(**changes), FACTS)
    assert problem.message and problem.remedy


def test_a_misspelt_field_is_recognised() -> None:
    (problem,) = ExternalShop.check_order(external_order(curency="EUR"), FACTS)
    assert problem.remedy == "Did you mean “currency”?"


def test_every_mistake_of_an_item_is_told_at_once_but_not_without_end() -> None:
    assert {field for field, _code in problems(total=..., currency="XXQ", lines=line(quantity=-1))} == {
        "total",
        "currency",
        "lines[0].quantity",
    }
    assert len(problems(**{f"field{n}": 1 for n in range(100)})) == 20


def test_what_is_no_object_is_refused() -> None:
    for raw in (None, "A-1", 7, [], True):
        assert [problem.code for problem in ExternalShop.check_order(raw, FACTS)] == ["wrong_type"]


def test_a_customer_needs_a_name_or_a_company() -> None:
    def codes(raw: Any) -> list[tuple[str, str]]:
        return [(problem.field, problem.code) for problem in ExternalShop.check_customer(raw, FACTS)]

    assert codes({"external_ref": "C-1", "name": "Marie"}) == []
    assert codes({"external_ref": "C-1", "address": {"company": "Atelier"}}) == []
    assert codes({"external_ref": "C-1", "email": "a@b.c"}) == [("address.name", "missing")]
    assert codes({"name": "Marie"}) == [("external_ref", "missing")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4) | st.integers(), inner, max_size=2),
    max_leaves=4,
)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_the_check_lets_through_can_be_read(data: Any) -> None:
    raw = external_order()
    where: Any = raw
    while True:
        key = data.draw(st.sampled_from(list(where) if isinstance(where, dict) else list(range(len(where)))))
        inner = where[key]
        if isinstance(inner, dict | list) and inner and data.draw(st.booleans()):
            where = inner
            continue
        where[key] = data.draw(JSON)
        break
    found = ExternalShop.check_order(raw, FACTS)
    assert all(isinstance(problem, Problem) for problem in found)
    if not found:
        ExternalShop.parse_order(raw)


def test_every_field_of_the_schema_is_documented_in_it() -> None:
    assert {"external_ref", "lines", "total", "total_tax"} <= {name for name, field in ORDER.items() if field.required}
