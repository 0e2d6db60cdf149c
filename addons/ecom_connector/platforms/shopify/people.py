"""Addresses, customers and companies of a Shopify shop, from orders and accounts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..documents import AddressDocument, CustomerDocument
from ..values import text
from .ids import plain

# Where merchants and their apps have customers type in a number, as attributes of the cart, in any spelling.
_VAT_KEYS = frozenset(
    (
        "vat",
        "vatnumber",
        "vatid",
        "euvatnumber",
        "tva",
        "numerotva",
        "numerodetva",
        "tvaintracom",
        "tvaintracommunautaire",
        "numerotvaintracommunautaire",
        "taxid",
        "taxregistrationid",
    )
)
_REGISTRATION_KEYS = frozenset(["siret", "siren", "numerosiret", "numerosiren"])
GIFT_KEYS = frozenset(["giftmessage", "giftnote", "gift", "messagecadeau", "messagepersonnalise", "carteducadeau"])

_PLAIN_LETTERS = str.maketrans("éèêàçôîûùâ", "eeeacoiuua")

Raw = Mapping[str, Any]


def part(raw: Any, key: str) -> Raw:
    """An object inside another one, empty where there is none."""
    found = raw.get(key) if isinstance(raw, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def address(raw: Raw, *, email: str = "", vat: str = "") -> AddressDocument:
    """A ``MailingAddress``."""
    return AddressDocument(
        name=text(raw.get("name")) or _full_name(raw),
        company=text(raw.get("company")),
        street=text(raw.get("address1")),
        street2=text(raw.get("address2")),
        city=text(raw.get("city")),
        zip=text(raw.get("zip")),
        state=text(raw.get("provinceCode")) or text(raw.get("province")),
        country=(text(raw.get("countryCodeV2")) or text(raw.get("countryCode"))).upper(),
        email=email,
        phone=text(raw.get("phone")),
        vat=vat,
    )


def customer(order: Raw, billing: AddressDocument) -> CustomerDocument:
    """Who bought, from an order. A company buys through one of its people, whose account this is."""
    account = part(order, "customer")
    return CustomerDocument(
        external_id=plain(account.get("id")),
        email=text(order.get("email")) or text(part(account, "defaultEmailAddress").get("emailAddress")),
        name=text(account.get("displayName")) or billing.name,
        phone=text(order.get("phone")) or text(part(account, "defaultPhoneNumber").get("phoneNumber")) or billing.phone,
        vat=billing.vat,
        registration=_attribute(order, _REGISTRATION_KEYS),
        language=text(order.get("customerLocale")) or text(account.get("locale")),
    )


def company(order: Raw) -> str:
    """The company that bought, of B2B orders."""
    return text(part(part(order, "purchasingEntity"), "company").get("name"))


def vat_number(order: Raw) -> str:
    """The buyer's VAT number without spaces: of the company's location, else what was typed in with the cart."""
    location = part(part(order, "purchasingEntity"), "location")
    found = text(part(location, "taxSettings").get("taxRegistrationId")) or _attribute(order, _VAT_KEYS)
    number = "".join(found.split()).replace(".", "").upper()
    return number if any(character.isdigit() for character in number) else ""


def gift_message(order: Raw) -> str:
    return _attribute(order, GIFT_KEYS)


def _attribute(order: Raw, keys: frozenset[str]) -> str:
    listed = order.get("customAttributes")
    for row in listed if isinstance(listed, list) else ():
        if isinstance(row, Mapping):
            name = text(row.get("key")).casefold().translate(_PLAIN_LETTERS)
            if "".join(character for character in name if character.isalnum()) in keys:
                return text(row.get("value"))
    return ""


def _full_name(raw: Raw) -> str:
    return " ".join(found for key in ("firstName", "lastName") if (found := text(raw.get(key))))
