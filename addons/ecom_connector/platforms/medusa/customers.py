"""Customers: accounts with their addresses and groups, read a hundred a call and changed one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..base import CommandResult
from ..documents import AddressDocument, CustomerChange, CustomerDocument, CustomerProfile
from ..errors import PlatformError
from ..values import identifier, rows, text, utc_or_none
from ..words import _, said
from .client import MedusaClient
from .mapper import address, full_name, registration, vat_number

Raw = dict[str, Any]

_FIELDS = (
    "id,email,first_name,last_name,company_name,phone,has_account,metadata,created_at,updated_at,*addresses,groups.name"
)
_ADDRESS = {
    "street": "address_1",
    "street2": "address_2",
    "city": "city",
    "zip": "postal_code",
    "state": "province",
    "country": "country_code",
}
_KINDS = {"billing": "is_default_billing", "shipping": "is_default_shipping"}


def read(client: MedusaClient, ids: Sequence[str]) -> list[Raw]:
    return list(client.by_ids("customers", "customers", ids, {"fields": _FIELDS}))


def parse(raw: Raw) -> CustomerProfile:
    """:raises ValueError: that names the customer and the field"""
    external_id = identifier(raw.get("id"))
    if not external_id:
        raise ValueError(_("id: absent, this is no customer"))
    try:
        return _parse(external_id, raw)
    except ValueError as error:
        raise ValueError(_("customer %(id)s: %(error)s", id=external_id, error=said(error))) from error


def _parse(external_id: str, raw: Raw) -> CustomerProfile:
    email, vat, company = text(raw.get("email")), vat_number(raw, {}), text(raw.get("company_name"))
    listed = rows(raw, "addresses")
    billing_row = _chosen(listed, "is_default_billing")
    billing = address(billing_row, email, vat) if billing_row else AddressDocument()
    shipping_row = _chosen(listed, "is_default_shipping")
    name = full_name(raw) or billing.name
    customer = CustomerDocument(
        external_id=external_id,
        email=email,
        name=name,
        phone=text(raw.get("phone")) or billing.phone,
        vat=vat,
        registration=registration(raw),
    )
    if not billing:
        billing = AddressDocument(name=name, company=company, email=email, phone=customer.phone, vat=vat)
    shipping = address(shipping_row, email, "") if shipping_row else AddressDocument()
    return CustomerProfile(customer, billing, shipping, utc_or_none(raw.get("updated_at"), "updated_at"))


def _chosen(listed: Sequence[Mapping[str, Any]], flag: str) -> Mapping[str, Any] | None:
    """The customer's usual one, else the only one that there is."""
    return next((row for row in listed if row.get(flag) is True), listed[0] if len(listed) == 1 else None)


def push(client: MedusaClient, changes: Sequence[CustomerChange]) -> list[CommandResult]:
    """A look for each hundred, then one call for each account and one for each address that differs."""
    if not changes:
        return []
    known = {identifier(row.get("id")): row for row in read(client, [change.external_id for change in changes])}
    results: list[CommandResult] = []
    for change in changes:
        row = known.get(change.external_id)
        if row is None:
            message = _("The shop no longer has this customer.")
            results.append(CommandResult(ok=False, code="not_found", message=message))
            continue
        try:
            _push_one(client, row, change.values)
        except PlatformError as error:
            results.append(CommandResult.failed(error))
        else:
            results.append(CommandResult(ok=True, external_id=change.external_id))
    return results


def _push_one(client: MedusaClient, row: Raw, values: Mapping[str, Any]) -> None:
    """All are set as they shall be, so that each call may be repeated."""
    path = f"customers/{identifier(row.get('id'))}"
    body = {key: values[key] for key in ("email", "phone") if key in values and values[key] != text(row.get(key))}
    if "name" in values and values["name"] != full_name(row):
        body |= split_name(values["name"])
    if body:
        client.post(path, body, idempotent=True)
    listed = rows(row, "addresses")
    told: list[str] = []
    for kind, flag in _KINDS.items():
        wanted = {_ADDRESS[key]: value for key, value in (values.get(kind) or {}).items() if key in _ADDRESS}
        if "country_code" in wanted:
            wanted["country_code"] = wanted["country_code"].lower()
        if not wanted:
            continue
        found = _chosen(listed, flag)
        if found is None:
            names = split_name(values.get("name") or full_name(row))
            client.post(f"{path}/addresses", {**names, **wanted, flag: True}, idempotent=False)
        elif any(text(found.get(key)) != value for key, value in wanted.items()):
            key = identifier(found.get("id"))
            if key not in told:
                client.post(f"{path}/addresses/{key}", wanted, idempotent=True)
                told.append(key)


def split_name(name: str) -> dict[str, str]:
    """Given and family name; what comes last is the family's, as on a French letter."""
    first, _space, last = name.strip().rpartition(" ")
    return {"first_name": first or last, "last_name": last if first else ""}
