"""What fields hold: how a value is checked, and how it is kept."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from ..store import Doc
from .errors import WsError
from .fields import Field, Resource

_ID = re.compile(r"\d*$")
_INT = re.compile(r"-?\d*$")
# The vendor's guide ("Generic value types", "Specific value types").
_PATTERNS = {
    "isBool": re.compile(r"[01]?$"),
    "isUnsignedId": _ID,
    "isNullOrUnsignedId": _ID,
    "isUnsignedInt": _ID,
    "isPositiveInt": _ID,
    "isInt": _INT,
    "isCatalogName": re.compile(r"[^<>;=#{}]*$"),
    "isGenericName": re.compile(r"[^<>={}]*$"),
    "isCarrierName": re.compile(r"[^<>;=#{}]*$"),
    "isName": re.compile(r"[^0-9!<>,;?=+()@#\"°{}_$%:¤|]*$"),
    "isCustomerName": re.compile(r"[^0-9!<>,;?=+()@#\"°{}_$%:¤|]*$"),
    "isReference": re.compile(r"[^<>;={}]*$"),
    "isLinkRewrite": re.compile(r"[_a-zA-Z0-9-]*$"),
    "isTrackingNumber": re.compile(r"[~:#,%&_=()\[\].? +\-@/a-zA-Z0-9]*$"),
    "isEan13": re.compile(r"\d{0,13}$"),
    "isGtin": re.compile(r"\d{0,14}$"),
    "isUpc": re.compile(r"\d{0,12}$"),
    "isIsbn": re.compile(r"[0-9-]{0,32}$"),
    "isEmail": re.compile(r"([^@\s]+@[^@\s]+)?$"),
    "isAddress": re.compile(r"[^!<>?=+@{}_$%]*$"),
    "isCityName": re.compile(r"[^!<>;?=+@#\"°{}_$%]*$"),
    "isPostCode": re.compile(r"[a-zA-Z 0-9-]*$"),
    "isPhoneNumber": re.compile(r"[+0-9. ()/-]*$"),
    "isMessage": re.compile(r"[^<>{}]*$"),
    "isDniLite": re.compile(r"[0-9A-Za-z-.]{0,16}$"),
}
_FLOATS = frozenset({"isFloat", "isUnsignedFloat", "isPrice", "isNegativePrice", "isPercentage"})
_IDS = frozenset({"isUnsignedId", "isNullOrUnsignedId", "isUnsignedInt", "isPositiveInt", "isInt", "isBool"})
_DATES = frozenset({"isDate", "isDateFormat", "isBirthDate", "isDateOrNull"})
# Columns of fewer than six decimals (recorded answers of 8.1.2).
_DECIMALS = {
    "carrier_tax_rate": 3,
    "rate": 3,
    "ecotax_tax_rate": 3,
    "group_reduction": 2,
    "reduction_percent": 2,
}
NO_TIME = "0000-00-00 00:00:00"
# Columns that are numbers or dates although no format says so.
_BARE_NUMBERS = frozenset(
    {"invoice_number", "delivery_number", "valid", "shipping_cost", "partial", "deleted", "active"}
)
_BARE_TIMES = frozenset({"invoice_date", "delivery_date"})


def check(resource: Resource, values: Doc) -> None:
    """Refuse what a field may not hold, with code 84 where it has languages, else 85.

    :raise WsError: 400
    """
    for name, value in values.items():
        field = resource.fields.get(name)
        if field is None:
            continue
        if field.read_only:
            raise WsError(400, (93, f'parameter "{name}" not writable. Please remove this attribute of this XML'))
        texts = value.values() if isinstance(value, dict) else [value]
        if not all(_fits(field, str(text)) for text in texts):
            code = 84 if field.languages else 85
            message = f'Validation error: "Property {resource.label}->{name} is not valid"'
            raise WsError(400, (code, message))


def require(resource: Resource, values: Doc) -> None:
    """Refuse a record without its required fields.

    :raise WsError: 400
    """
    for name, field in resource.fields.items():
        if field.required and not field.read_only and not values.get(name):
            raise WsError(400, (41, f'parameter "{name}" required'))


def _fits(field: Field, value: str) -> bool:
    if field.size and len(value) > field.size and not value.replace(".", "").isdigit():
        return False
    if field.format in _FLOATS:
        try:
            number = Decimal(value or 0)
        except InvalidOperation:
            return False
        return number.is_finite() and (number >= 0 or field.format in ("isFloat", "isNegativePrice"))
    pattern = _PATTERNS.get(field.format)
    return pattern is None or bool(pattern.match(value))


def kept(resource: Resource, values: Doc, languages: list[str]) -> Doc:
    """A whole record as it is kept and printed later: what is absent is as the database's defaults are."""
    doc: Doc = {"id": values["id"]}
    for name, field in resource.fields.items():
        doc[name] = keep(field, values.get(name, ""), languages)
    if resource.associations:
        doc["associations"] = {name: values.get("associations", {}).get(name, []) for name in resource.associations}
    return doc


def keep(field: Field, value: Any, languages: list[str]) -> Any:
    """One value as it is kept."""
    if field.languages:
        said = value if isinstance(value, dict) else dict.fromkeys(languages, value or "")
        first = next(iter(said.values()), "")
        # A language that is not given takes what the main one says, for required texts; blank for others.
        return {key: said.get(key, first if field.required else "") for key in languages}
    if field.format in _FLOATS:
        return number(value or 0, _DECIMALS.get(field.name, 6))
    if field.format in _IDS or field.name in _BARE_NUMBERS:
        return str(value or 0)
    if field.format in _DATES or field.name in _BARE_TIMES:
        return str(value) or ("0000-00-00" if field.format == "isBirthDate" else NO_TIME)
    return str(value)


def number(value: Any, decimals: int = 6) -> str:
    """A number as the database's columns keep it."""
    return f"{Decimal(str(value)):.{decimals}f}"
