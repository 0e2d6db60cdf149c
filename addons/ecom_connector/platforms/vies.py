"""VIES, the Union's register of VAT numbers, over its REST API.

Source: https://ec.europa.eu/taxation_customs/vies/#/technical-information. A member state's own register may be down
while VIES answers: that says nothing of the number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import PlatformError
from .transport import Transport
from .values import text
from .words import _

ADDRESS = "https://ec.europa.eu/taxation_customs/vies/rest-api/check-vat-number"
TIMEOUT = (5.0, 10.0)  # seconds to connect, and to answer
_SHAPE = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,12}")  # as VIES's own description of its interface has it
_NO_NUMBER = frozenset({"INVALID_INPUT", "INVALID"})


@dataclass(frozen=True, slots=True)
class ViesAnswer:
    """What the register says. ``receipt`` proves that it was asked, where we said who asks."""

    valid: bool
    name: str = ""
    receipt: str = ""


def check_number(transport: Transport, number: str, requester: str = "", address: str = ADDRESS) -> ViesAnswer:
    """Ask for one VAT number, country code first and without blanks; VIES has no call for several.

    :param requester: our own VAT number
    :return: not valid, with nobody asked, for what has not even the shape of a number
    :raises PlatformError: while the register gives no answer
    """
    if not _SHAPE.fullmatch(number):
        return ViesAnswer(False)
    body = {"countryCode": _country(number), "vatNumber": number[2:]}
    if requester:
        body |= {"requesterMemberStateCode": _country(requester), "requesterNumber": requester[2:]}
    found = transport.request("POST", address, json=body, idempotent=True).json()
    if not isinstance(found, dict):
        raise PlatformError("bad_answer", _("VIES did not answer with an object."), retry=True)
    errors = found.get("errorWrappers")
    code = text(found.get("userError"))
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        code = text(errors[0].get("error"))
    if found.get("valid") is True:
        return ViesAnswer(True, text(found.get("name")).strip("- "), text(found.get("requestIdentifier")))
    if code in _NO_NUMBER or (found.get("valid") is False and code in ("", "VALID")):
        return ViesAnswer(False)
    raise PlatformError("unavailable", _("VIES gives no answer now (%(code)s).", code=code or "?"), retry=True)


def _country(number: str) -> str:
    """The member state as VIES writes it: Greek numbers begin with EL there, and customers type GR as often."""
    return "EL" if number.startswith("GR") else number[:2]
