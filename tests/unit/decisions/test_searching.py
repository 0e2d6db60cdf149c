"""What a person types into the search box."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decisions.searching import understand


@pytest.mark.parametrize(
    "typed",
    [
        "06 12 34 56 78",
        "0612345678",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "+33612345678",
        "+33 6 12 34 56 78",
        "+33 (0)6 12 34 56 78",
        "0033612345678",
        "00 33 6 12 34 56 78",
        " 06\u00a012\u202f34 56 78 ",
        "(06) 12/34/56/78",
    ],
)
def test_a_telephone_number_however_typed_is_the_end_of_the_number_as_it_is_kept(typed: str) -> None:
    assert "+33612345678".endswith(understand(typed).phone)
    assert len(understand(typed).phone) >= 9


@pytest.mark.parametrize("typed", ["1234", "00042", "B-77", "S00042", "6A21458873015", "12, rue de la Paix", ""])
def test_what_is_no_telephone_number(typed: str) -> None:
    assert not understand(typed).phone


def test_an_email() -> None:
    assert understand(" marie@example.com ").is_email
    assert understand(" marie@example.com ").text == "marie@example.com"


def test_a_number_read_out_in_groups_or_with_its_sign() -> None:
    assert understand("6A 2145 8873 015").code == "6A21458873015"
    assert understand("#1042").text == "1042"


@given(st.text())
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    found = understand(typed)
    assert found.phone.isdigit() or not found.phone
