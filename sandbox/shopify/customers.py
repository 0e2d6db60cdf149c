"""Customers and companies: making them, out of what a shop is told or of invented people."""

from __future__ import annotations

import random
from typing import Any

from .. import people
from ..store import Doc
from .shop import Shop

COUNTRIES = {"FR": "France", "BE": "Belgium", "DE": "Germany", "ES": "Spain", "IT": "Italy", "US": "United States",
             "CA": "Canada", "GB": "United Kingdom", "CH": "Switzerland", "JP": "Japan"}  # fmt: skip
ABROAD = {
    "US": ("350 5th Avenue", "New York", "10118", "New York", "NY"),
    "CA": ("1000 rue Sherbrooke O", "Montréal", "H3A 3G4", "Quebec", "QC"),
    "GB": ("10 Downing Street", "London", "SW1A 2AA", "England", "ENG"),
    "CH": ("Bahnhofstrasse 1", "Zürich", "8001", None, None),
    "JP": ("1-1 Marunouchi", "Chiyoda-ku", "100-0005", "Tōkyō", "JP-13"),
    "BE": ("Rue Neuve 1", "Bruxelles", "1000", None, None),
    "DE": ("Unter den Linden 1", "Berlin", "10117", None, None),
}


def invented(shop: Shop, random_: random.Random, country: str = "FR") -> tuple[Doc, str]:
    """A person's address as Shopify keeps it, and their e-mail."""
    found = people.address(random_)
    address = {
        "id": shop.next_id("address"),
        "firstName": found["first_name"],
        "lastName": found["last_name"],
        "company": None,
        "address1": found["address_1"],
        "address2": found["address_2"] or None,
        "city": found["city"],
        "zip": found["postcode"],
        "province": None,
        "provinceCode": None,
        "country": "France",
        "countryCodeV2": "FR",
        "phone": found["phone"],
    }
    if country != "FR":
        street, city, postcode, province, code = ABROAD[country]
        address |= {"address1": street, "city": city, "zip": postcode, "province": province, "provinceCode": code}
        address |= {"country": COUNTRIES[country], "countryCodeV2": country, "address2": None}
    return address, found["email"]


def add(shop: Shop, values: Doc, tell: bool = True) -> Doc:
    """A new customer."""
    doc = shop.put("customers", document(shop, values))
    if tell:
        shop.emit("customers/create", doc)
    return doc


def document(shop: Shop, values: Doc) -> Doc:
    """A customer that is not kept yet."""
    now = shop.now()
    return {
        "id": shop.next_id("customer"),
        "firstName": values.get("firstName"),
        "lastName": values.get("lastName"),
        "email": values.get("email"),
        "phone": values.get("phone"),
        "note": values.get("note"),
        "tags": values.get("tags") or [],
        "state": "DISABLED",
        "locale": values.get("locale", "fr"),
        "taxExempt": bool(values.get("taxExempt")),
        "verifiedEmail": True,
        "marketingState": values.get("marketingState", "NOT_SUBSCRIBED"),
        "addresses": values.get("addresses") or [],
        "createdAt": now,
        "updatedAt": now,
    }


def add_company(shop: Shop, name: str, customer: Doc, address: Doc, vat: str | None = None) -> tuple[Doc, Doc, Doc]:
    """A company with a place and a contact."""
    now = shop.now()
    stamps: dict[str, Any] = {"createdAt": now, "updatedAt": now}
    company = {"id": shop.next_id("company"), "name": name, "externalId": None, "note": None, **stamps}
    shop.put("companies", company)
    place = {
        "id": shop.next_id("company_location"), "companyId": company["id"], "name": name, "externalId": None,
        "currency": shop.currency, "taxSettings": {"taxRegistrationId": vat, "taxExempt": False, "taxExemptions": []},
        "shippingAddress": {**address, "countryCode": address["countryCodeV2"]},
        "billingAddress": {**address, "countryCode": address["countryCodeV2"]}, **stamps,
    }  # fmt: skip
    shop.put("company_locations", place)
    contact = {"id": shop.next_id("company_contact"), "companyId": company["id"], "customerId": customer["id"],
               "title": "Acheteuse", **stamps}  # fmt: skip
    shop.put("company_contacts", contact)
    return company, place, contact
