"""Company numbers as shops hand them on: typed by hand, with spaces, now and then of another company."""

import pytest

from decisions.registration_numbers import (
    Doubt,
    RegistrationProblem,
    check_registration,
    doubt_of,
    has_right_key,
    is_siren,
    is_siret,
    siren_of_vat,
)


@pytest.mark.parametrize("number", ["732829320", "356000000", "443061841"])
def test_a_siren_has_a_check_digit(number):
    assert is_siren(number)
    assert not is_siren(number[:-1] + str((int(number[-1]) + 1) % 10))


def test_only_nine_plain_digits_are_a_siren():
    assert not is_siren("73282932")
    assert not is_siren("73282932a")
    assert not is_siren("٧٣٢٨٢٩٣٢٠")


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("73282932000074", True),
        ("73282932000075", False),
        ("35600000000048", True),  # La Poste's seat: Luhn
        ("35600000049837", True),  # one of its post offices: a multiple of five
        ("35600000049838", False),
        ("7328293200007", False),
    ],
)
def test_a_siret_has_a_check_digit_and_la_poste_its_own(number, expected):
    assert is_siret(number) is expected


def test_the_siren_inside_a_vat_number():
    assert siren_of_vat("FR 44 732829320") == "732829320"
    assert siren_of_vat("DE136695976") == ""
    assert siren_of_vat("") == ""


@pytest.mark.parametrize(
    ("number", "country", "vat", "kept", "problem"),
    [
        ("732 829 320 00074", "FR", "FR44732829320", "73282932000074", ""),
        ("732.829.320", "FR", "", "732829320", ""),
        ("732 829 320 00075", "FR", "", "", "malformed"),
        ("732829320", "FR", "FR83404833048", "", "other_company"),
        ("732829320", "FR", "DE136695976", "732829320", ""),
        ("HRB 12345", "DE", "", "HRB 12345", ""),
        ("", "FR", "FR44732829320", "", ""),
    ],
)
def test_a_registration_is_kept_where_it_can_be_right(number, country, vat, kept, problem):
    found = check_registration(number, country, vat)
    assert (found.number, found.problem) == (kept, RegistrationProblem(problem))


@pytest.mark.parametrize(
    ("number", "well_formed", "answer", "expected"),
    [
        ("", False, None, Doubt.MISSING),
        ("DE1", False, None, Doubt.MALFORMED),
        ("FR44732829320", True, None, Doubt.HOME),
        ("DE136695976", True, None, Doubt.NONE),
        ("DE136695976", True, "valid", Doubt.NONE),
        ("DE136695976", True, "invalid", Doubt.INVALID),
        ("DE136695976", True, "waiting", Doubt.UNCHECKED),
    ],
)
def test_what_speaks_against_a_vat_number(number, well_formed, answer, expected):
    assert doubt_of(number, well_formed=well_formed, home="FR", answer=answer) == expected


def test_the_key_of_a_french_vat_number_fits_its_siren():
    assert has_right_key("FR 23 334 175 221") and has_right_key("DE136695976") and has_right_key("FRX1334175221")
    assert not has_right_key("FR24334175221")
    found = check_registration("334175221", "FR", "FR24334175221")
    assert (found.number, found.problem) == ("334175221", RegistrationProblem.VAT_KEY)
