"""Shopify's customer accounts: read, understood, and changed where Odoo knows better.

An account has one address of its own, the default one, beside those that were used once; it stands for the address of
invoices here. Where an order goes is in the order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..base import CommandResult, Raw
from ..documents import AddressDocument, CustomerChange, CustomerDocument, CustomerProfile
from ..errors import PlatformError
from ..values import text, utc_or_none
from ..words import _
from .client import ShopifyClient
from .ids import gid, is_plain, kind_of, plain
from .operations import MOST_ITEMS, Batch, query
from .people import address, part

# As many as ``nodes`` takes within the most that a query may cost: about five points each.
PAGE_SIZE = 150

CUSTOMERS = query(
    """
query Customers($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Customer {
      id displayName firstName lastName locale updatedAt
      defaultEmailAddress { emailAddress }
      defaultPhoneNumber { phoneNumber }
      defaultAddress { id name company address1 address2 city zip provinceCode province countryCodeV2 phone }
    }
  }
}
""",
    cost=300,
)
UPDATE = Batch(
    "mutation",
    "customerUpdate",
    {"input": "CustomerInput!"},
    "{ customer { id } userErrors { field message } }",
    cost=12,
    repeatable=True,
)
UPDATE_ADDRESS = Batch(
    "mutation",
    "customerAddressUpdate",
    {"customerId": "ID!", "addressId": "ID!", "address": "MailingAddressInput!"},
    "{ address { id } userErrors { field message } }",
    cost=12,
    repeatable=True,
)
CREATE_ADDRESS = Batch(
    "mutation",
    "customerAddressCreate",
    {"customerId": "ID!", "address": "MailingAddressInput!", "setAsDefault": "Boolean"},
    "{ address { id } userErrors { field message } }",
    cost=12,
)

_PARTS = {
    "street": "address1",
    "street2": "address2",
    "city": "city",
    "zip": "zip",
    "state": "provinceCode",
    "country": "countryCode",
}


def read(client: ShopifyClient, ids: Sequence[str]) -> list[Raw]:
    """In ``ceil(n / 150)`` calls; those that are gone are absent."""
    wanted = [gid("Customer", key) for key in dict.fromkeys(ids) if is_plain(key)]
    size = min(PAGE_SIZE, MOST_ITEMS)
    found: list[Raw] = []
    for start in range(0, len(wanted), size):
        rows = client.query(CUSTOMERS, {"ids": wanted[start : start + size]}).get("nodes")
        found += [row for row in (rows if isinstance(rows, list) else ()) if isinstance(row, dict) and row.get("id")]
    return found


def parse(raw: Raw) -> CustomerProfile:
    """:raises ValueError: naming the field"""
    external_id = plain(raw.get("id")) if kind_of(raw.get("id")) == "Customer" else ""
    if not external_id:
        raise ValueError(_("id: absent, this is no customer"))
    email = text(part(raw, "defaultEmailAddress").get("emailAddress"))
    home = address(part(raw, "defaultAddress"), email=email)
    return CustomerProfile(
        customer=CustomerDocument(
            external_id=external_id,
            email=email,
            name=text(raw.get("displayName")) or home.name,
            phone=text(part(raw, "defaultPhoneNumber").get("phoneNumber")) or home.phone,
            language=text(raw.get("locale")),
        ),
        address=home,
        shipping=AddressDocument(),
        changed_at=utc_or_none(raw.get("updatedAt"), f"customer {external_id}: updatedAt"),
    )


def push(client: ShopifyClient, changes: Sequence[CustomerChange]) -> list[CommandResult]:
    """A call for each fifty accounts, and as many for their addresses after a look at which is the default one."""
    results: dict[int, CommandResult] = {}
    addresses = {index: _address(change) for index, change in enumerate(changes) if change.values.get("billing")}
    owners = read(client, [changes[index].external_id for index in addresses]) if addresses else []
    homes = {plain(row.get("id")): text(part(row, "defaultAddress").get("id")) for row in owners}
    accounts = {index: update(change) for index, change in enumerate(changes)}
    accounts = {index: account for index, account in accounts.items() if len(account) > 1}
    _note(results, list(accounts), client.run(UPDATE, [{"input": account} for account in accounts.values()]))
    there = [index for index in addresses if homes.get(changes[index].external_id)]
    missing = [index for index in addresses if homes.get(changes[index].external_id) == ""]
    for indexes, batch in ((there, UPDATE_ADDRESS), (missing, CREATE_ADDRESS)):
        rows = [
            {
                "customerId": gid("Customer", changes[index].external_id),
                "addressId": homes[changes[index].external_id],
                "address": addresses[index],
                "setAsDefault": True,
            }
            for index in indexes
        ]
        try:
            answers = client.run(batch, rows)
        except PlatformError as error:
            if not results:
                raise
            answers = [error] * len(rows)
        _note(results, indexes, answers)
    gone = CommandResult(ok=False, code="not_found", message=_("The customer is no longer on the shop."))
    return [
        results.get(index) or (gone if index in addresses else CommandResult(ok=True, external_id=change.external_id))
        for index, change in enumerate(changes)
    ]


def _note(results: dict[int, CommandResult], indexes: Sequence[int], answers: Sequence[Raw | PlatformError]) -> None:
    for index, answer in zip(indexes, answers, strict=True):
        if isinstance(answer, PlatformError):
            results[index] = CommandResult.failed(answer)
        elif index not in results:
            found = answer.get("customer") or answer.get("address")
            results[index] = CommandResult(ok=True, external_id=plain(part({"of": found}, "of").get("id")))


def update(change: CustomerChange) -> dict[str, Any]:
    """The changed fields of an account."""
    values: Mapping[str, Any] = change.values
    found: dict[str, Any] = {"id": gid("Customer", change.external_id)}
    if "name" in values:
        found["firstName"], _space, found["lastName"] = values["name"].partition(" ")
    for key in ("email", "phone"):
        if key in values:
            found[key] = values[key] or None
    return found


def _address(change: CustomerChange) -> dict[str, Any]:
    """The changed fields of the default address; what an address has no longer is emptied."""
    return {_PARTS[key]: value or None for key, value in change.values["billing"].items() if key in _PARTS}
