"""Company numbers: France's SIREN and SIRET, and what a VAT number has to be for a sale without tax.

Sources: INSEE on the SIREN (nine digits, Luhn) and SIRET (SIREN and five digits, Luhn; those of La Poste add up to a
multiple of five instead), CGI annex on the VAT number (FR, a key of two characters, the SIREN).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

_LA_POSTE = "356000000"


def digits_of(number: str) -> str:
    """The number without spaces, dots and dashes."""
    return "".join(character for character in number if character not in " .-/\u00a0\u202f")


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others."""
    total = 0
    for index, character in enumerate(reversed(digits)):
        value = int(character) * (1 + index % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_siren(number: str) -> bool:
    return len(number) == 9 and number.isascii() and number.isdigit() and luhn(number)


def is_siret(number: str) -> bool:
    if not (len(number) == 14 and number.isascii() and number.isdigit() and is_siren(number[:9])):
        return False
    return luhn(number) or (number[:9] == _LA_POSTE and sum(map(int, number)) % 5 == 0)


def siren_of_vat(vat: str) -> str:
    """The SIREN inside a French VAT number, ``""`` where there is none."""
    number = digits_of(vat).upper()
    return number[4:] if number.startswith("FR") and len(number) == 13 and number[4:].isdigit() else ""


def has_right_key(vat: str) -> bool:
    """Whether the key of a French VAT number fits its SIREN; others, and keys with letters, pass unchecked."""
    siren, key = siren_of_vat(vat), digits_of(vat)[2:4]
    return not (siren and key.isdigit()) or int(key) == (12 + 3 * (int(siren) % 97)) % 97


class RegistrationProblem(str, Enum):
    NONE = ""
    MALFORMED = "malformed"
    OTHER_COMPANY = "other_company"  # the VAT number is another company's
    VAT_KEY = "vat_key"  # the French VAT number's own key does not fit its SIREN


@dataclass(frozen=True, slots=True)
class Registration:
    """``number`` is what to keep, ``""`` where it cannot be right."""

    number: str
    problem: RegistrationProblem = RegistrationProblem.NONE


def check_registration(number: str, country: str, vat: str = "") -> Registration:
    """Check a company's registration number; only France's can be checked, others are kept as they came."""
    plain = digits_of(number)
    if not plain or country not in ("FR", "MC", ""):
        return Registration(number.strip())
    if not (is_siren(plain) or is_siret(plain)):
        return Registration("", RegistrationProblem.MALFORMED)
    siren = siren_of_vat(vat)
    if siren and siren != plain[:9]:
        return Registration("", RegistrationProblem.OTHER_COMPANY)
    if not has_right_key(vat):
        return Registration(plain, RegistrationProblem.VAT_KEY)
    return Registration(plain)


class Doubt(str, Enum):
    """Why a VAT number does not carry a sale without tax to a company of another member state."""

    NONE = ""
    MISSING = "missing"
    MALFORMED = "malformed"
    HOME = "home"  # of the seller's own country: then the sale is taxed
    INVALID = "invalid"  # VIES does not know it
    UNCHECKED = "unchecked"  # VIES did not answer yet


def doubt_of(number: str, *, well_formed: bool, home: str, answer: str | None) -> Doubt:
    """What speaks against the number.

    :param home: country code of the seller
    :param answer: what VIES said, ``valid``, ``invalid`` or anything else while it did not answer; ``None`` where it
        is not asked
    """
    if not number:
        return Doubt.MISSING
    if not well_formed:
        return Doubt.MALFORMED
    if number[:2].upper() == ("EL" if home == "GR" else home):
        return Doubt.HOME
    if answer is None or answer == "valid":
        return Doubt.NONE
    return Doubt.INVALID if answer == "invalid" else Doubt.UNCHECKED
