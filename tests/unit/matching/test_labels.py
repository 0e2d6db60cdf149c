"""What is read out of a bank's label."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.labels import mentions, squeezed, words


@pytest.mark.parametrize(
    ("label", "reference"),
    [
        ("VIR SEPA DE DURAND MARIE /MOTIF S00042", "s00042"),
        ("VIREMENT S 00042 MERCI", "s00042"),
        ("Facture INV/2026/00012", "inv202600012"),
        ("FACTURE INV 2026 00012", "inv202600012"),
        ("INV202600012", "inv202600012"),
        ("CMD1042", "1042"),
        ("commande n°57", "57"),
        ("Commande #57", "57"),
        ("RÉF. XKBKNABJK", "xkbknabjk"),
        ("AMZ 406-1234567-1234567", "40612345671234567"),
    ],
)
def test_a_reference_is_found_however_the_bank_prints_it(label, reference):
    assert reference in mentions(label)


@pytest.mark.parametrize(
    ("label", "reference"),
    [("VIR DU 05/11/2026", "2026"), ("VIR 05.11.26 DURAND", "051126"), ("LOT 57 DURAND", "57"), ("2026-11-05", "2026")],
)
def test_a_date_or_a_lone_short_number_is_no_reference(label, reference):
    assert reference not in mentions(label)


def test_a_bare_number_of_four_digits_may_be_anything_and_one_behind_a_word_may_not():
    assert mentions("DURAND 1042") == {"durand": False, "durand1042": True, "1042": False}
    assert mentions("COMMANDE 1042")["1042"]


@given(st.text(max_size=60))
def test_any_text_can_be_read(text):
    assert all(reference == squeezed(reference) for reference in mentions(text))
    assert "".join(words(text)).isalnum() or not words(text)


@given(
    st.from_regex(r"[A-Z]{1,3}[0-9]{4,8}", fullmatch=True), st.sampled_from(["VIR {} OK", "/RFB/{}", "{}", "REF:{}."])
)
def test_a_reference_with_a_letter_is_always_found(reference, label):
    assert squeezed(reference) in mentions(label.format(reference)) or reference.lower() in mentions(
        label.format(reference)
    )
