"""The payer's IBAN, where a bank writes it into the label only."""

import re

import pytest
from stdnum import iban

from matching.ibans import LENGTH, ibans, without_ibans

MARIE, PAUL = "FR7630006000011234567890189", "DE89370400440532013000"


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("VIR SEPA DE MARIE DURAND IBAN FR7630006000011234567890189", [MARIE]),
        ("VIR SEPA IBAN FR76 3000 6000 0112 3456 7890 189 MOTIF CMD 42", [MARIE]),
        ("VIR IBAN:FR76-3000-6000-0112-3456-7890-189/REF", [MARIE]),
        ("VIR IBANFR7630006000011234567890189", [MARIE]),
        ("vir fr76 3000 6000 0112 3456 7890 189", [MARIE]),
        ("VIR FR7630006000011234567890189MOTIF42", [MARIE]),
        ("DE89 3704 0044 0532 0130 00 VERS FR7630006000011234567890189", [PAUL, MARIE]),
        ("FR7630006000011234567890189 ET FR76 3000 6000 0112 3456 7890 189", [MARIE]),
        # One character wrong, two exchanged, one missing, cut off, masked; run into a word; none.
        ("VIR IBAN FR7630006000011234567890188", []),
        ("VIR IBAN FR7630006000011234567809189", []),
        ("VIR IBAN FR763000600001123456789018", []),
        ("VIR IBAN FR76XXXXXXXXXXXXXXXXXXX0189", []),
        ("REFXFR7630006000011234567890189", []),
        ("VIR CMD FR42 DU 05/11/2026 MARIE", []),
        ("", []),
    ],
)
def test_what_is_an_iban(label, found):
    assert ibans(label) == found


def test_any_digit_that_is_read_wrongly_is_noticed():
    for place in range(4, len(MARIE)):
        for digit in "0123456789":
            if digit != MARIE[place]:
                assert not ibans(f"IBAN {MARIE[:place]}{digit}{MARIE[place + 1 :]} MOTIF")


@pytest.mark.parametrize("country", sorted(LENGTH))
def test_the_lengths_are_those_of_python_stdnum_s_table(country):
    ((_country, found),) = iban._ibandb.info(country)
    assert LENGTH[country] == 4 + sum(map(int, re.findall(r"(\d+)!", found["bban"])))


def test_the_rest_of_the_label_is_what_the_payer_wrote():
    text = "VIR DURAND IBAN FR76 3000 6000 0112 3456 7890 189 MOTIF CMD 42"
    assert without_ibans(text).split() == ["VIR", "DURAND", "IBAN", "MOTIF", "CMD", "42"]
    assert without_ibans("VIR CMD 42") == "VIR CMD 42"
