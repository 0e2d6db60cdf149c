"""Redaction, tax splitting and value reading: examples and properties."""

from __future__ import annotations

import string
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platforms.money import plausible_rate, split_tax
from platforms.redaction import redact
from platforms.values import decimal, decimal_or, identifier, text, utc

SECRETS = st.text(string.ascii_letters + string.digits + "_-/+=&%!$ ", min_size=4, max_size=40)
CENTS = st.integers(-(10**7), 10**7).map(lambda cents: Decimal(cents).scaleb(-2))


@given(st.lists(SECRETS, min_size=1, max_size=3), st.text(max_size=20), st.text(max_size=20))
def test_no_secret_survives(secrets: list[str], before: str, after: str) -> None:
    for secret in secrets:
        for form in (secret, quote(secret, safe="")):
            found = redact(f"{before}{form}{after}", secrets)
            assert secret not in found and form not in found


@given(st.text(max_size=30))
def test_short_secrets_do_not_blank_out_texts(value: str) -> None:
    assert redact(value, ("", "a", "123")) == redact(value)


@pytest.mark.parametrize(
    ("given_text", "hidden"),
    [
        ("GET /orders?consumer_key=ck_1&consumer_secret=cs_2&page=3", ("ck_1", "cs_2")),
        ("oauth_signature=abc%3D&oauth_nonce=def", ("abc", "def")),
        ("Authorization: Basic Y2tfMTpjc18y", ("Y2tfMTpjc18y",)),
        ("Authorization: Bearer shpat_0123456789", ("shpat_0123456789",)),
        ('{"access_token": "tok.en-1"}', ("tok.en-1",)),
        ("marie.durand+shop@example.co.uk wrote", ("marie", "example")),
        ("marie%40example.com", ("marie",)),
        ("call +33 6 12 34 56 78 or 06.12.34.56.78", ("12 34", "12.34")),
        ("(212) 555-0142 and 07911 123456", ("555", "07911")),
    ],
)
def test_what_is_hidden(given_text: str, hidden: tuple[str, ...]) -> None:
    found = redact(given_text)
    for part in hidden:
        assert part not in found


@pytest.mark.parametrize(
    "given_text",
    [
        "order 1747 changed 2026-11-24T10:28:06 (75.48 EUR)",
        "GET shop.example/wp-json/wc/v3/orders/17 200 132 ms",
        "Unable to accept more than 100 items for this request.",
    ],
)
def test_what_stays_readable(given_text: str) -> None:
    assert redact(given_text) == given_text


@given(CENTS, st.lists(CENTS, max_size=4))
def test_split_taxes_sum_up_to_the_printed_total(total: Decimal, amounts: list[Decimal]) -> None:
    parts = [(str(index), amount) for index, amount in enumerate(amounts)]
    found = split_tax(total, parts)
    if not parts:
        assert found == ()
        return
    assert sum(tax.amount for tax in found) == total
    named = dict(parts)
    changed = [tax for tax in found if tax.amount != named[tax.code]]
    assert len(changed) <= 1
    assert len(found) == (len([amount for amount in amounts if amount]) or 1)


def test_the_largest_part_bears_the_difference() -> None:
    found = split_tax(Decimal("4.99"), [("1", Decimal("5.00"))])
    assert [(tax.code, tax.amount) for tax in found] == [("1", Decimal("4.99"))]
    found = split_tax(Decimal("-3.01"), [("a", Decimal("-1.00")), ("b", Decimal("-2.00")), ("c", Decimal("0"))])
    assert [(tax.code, tax.amount) for tax in found] == [("a", Decimal("-1.00")), ("b", Decimal("-2.01"))]
    found = split_tax(Decimal("0.00"), [("zero", Decimal("0.00")), ("other", Decimal("0"))])
    assert [(tax.code, tax.amount) for tax in found] == [("zero", Decimal("0.00"))]


@given(
    st.sampled_from(["0", "2.1", "5.5", "7", "8.1", "10", "19", "20", "21", "25.5"]).map(Decimal),
    st.integers(5_000, 10**6),
)
def test_a_usual_rate_is_found_again(rate: Decimal, cents: int) -> None:
    net = Decimal(cents).scaleb(-2)
    tax = (net * rate / 100).quantize(Decimal("0.01"))
    found = plausible_rate([(net, tax)])
    assert abs(net * found / 100 - tax) <= Decimal("0.01")
    assert abs(found - rate) <= Decimal("0.5")


def test_rates_from_amounts() -> None:
    assert plausible_rate([(Decimal("24.98"), Decimal("5.00"))]) == 20
    assert plausible_rate([(Decimal("100"), Decimal("5.50"))]) == Decimal("5.5")
    assert plausible_rate([(Decimal("1000"), Decimal("88.75"))]) == Decimal("8.875")
    assert plausible_rate([(Decimal(0), Decimal("1"))]) == 0
    assert plausible_rate([]) == 0


def test_figures_are_exact() -> None:
    assert decimal(25.5, "x") == Decimal("25.5")
    assert decimal(" -14.40 ", "x") == Decimal("-14.40")
    assert decimal_or("", "x", Decimal(0)) == 0
    wrong: Any
    for wrong in ("", None, "NaN", "Infinity", float("nan"), "12,5", True, [], {}):
        with pytest.raises(ValueError, match=r"^price: "):
            decimal(wrong, "price")


def test_ids_and_texts() -> None:
    assert [identifier(value) for value in (0, "0", None, "", False, 12, "12")] == ["", "", "", "", "", "12", "12"]
    odd: tuple[Any, ...] = (None, False, {}, [], " a ", 3)
    assert [text(value) for value in odd] == ["", "", "", "", "a", "3"]


def test_times_are_utc() -> None:
    wanted = datetime(2026, 11, 24, 10, 28, 6, tzinfo=timezone.utc)
    assert utc("2026-11-24T10:28:06", "x") == wanted
    assert utc("2026-11-24T10:28:06Z", "x") == wanted
    assert utc("2026-11-24T11:28:06+01:00", "x") == wanted
    for wrong in ("0000-00-00 00:00:00", "", None, 5):
        with pytest.raises(ValueError, match=r"^date: "):
            utc(wrong, "date")
