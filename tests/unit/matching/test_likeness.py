"""One wrong, missing, added or transposed character; names in whatever order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.likeness import Slips, like_name, one_slip, same_name

WORDS = st.text("ab1", min_size=5, max_size=8)


@pytest.mark.parametrize("slip", ["s00043", "s0042", "s000042", "s00024", "z00042"])
def test_each_kind_of_slip_is_one(slip):
    assert one_slip("s00042", slip)
    assert one_slip(slip, "s00042")
    assert Slips(["s00042", "s99999"]).of(slip) == {"s00042"}


@pytest.mark.parametrize("other", ["s00042", "s00420", "s0004", "s00052x", "x00043"])
def test_the_same_and_what_differs_by_more_is_none(other):
    assert not one_slip("s00042", other) or other == "s0004"


def test_short_references_are_spelt_as_they_should_be_or_not_found():
    assert not Slips(["1042"]).of("1043")


@given(st.lists(WORDS, max_size=8), WORDS)
def test_the_index_finds_what_comparing_each_would(references, word):
    assert Slips(references).of(word) == {reference for reference in references if one_slip(word, reference)}


@given(WORDS, st.integers(0, 7), st.sampled_from("xyz"))
def test_a_character_changed_added_or_left_out_is_one_slip(word, place, char):
    place = min(place, len(word) - 1)
    for slip in (word[:place] + char + word[place + 1 :], word[:place] + char + word[place:]):
        assert one_slip(word, slip)
    assert one_slip(word, word[:place] + word[place + 1 :])


def test_a_name_counts_in_whatever_order_and_one_word_is_no_name():
    said = ["vir", "sepa", "durand", "marie", "loyer"]
    assert same_name({"marie", "durand"}, said)
    assert not same_name({"durand"}, said)
    assert not same_name({"paul", "durand"}, said)


def test_a_name_with_a_slip_or_cut_off_is_like():
    assert like_name({"marie", "durand"}, ["duramd", "marie"])
    assert like_name({"marie", "vanderbeken"}, ["vanderbek", "marie"])
    assert not like_name({"paul", "durand"}, ["durand", "marie"])
