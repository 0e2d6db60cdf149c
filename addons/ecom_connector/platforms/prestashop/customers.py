"""PrestaShop's customer accounts: read, understood, and changed where Odoo knows better.

An account has as many addresses as it likes and none that counts as its own: the first one made is taken for invoices,
the second for deliveries. An address that changes is replaced and kept, as the shop itself does (source:
``AddressController``): orders and invoices go on showing the one that they were made with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..base import CommandResult, Raw
from ..documents import AddressDocument, CustomerChange, CustomerDocument, CustomerProfile
from ..errors import PlatformError
from ..values import identifier, text
from ..words import _
from . import times
from .client import PrestaClient
from .mapper import address
from .orders import ADDRESS_FIELDS, CUSTOMER_FIELDS
from .publishing_calls import Writer
from .reference import Reference
from .xml import Record

_PARTS = {"street": "address1", "street2": "address2", "city": "city", "zip": "postcode"}
ADDRESSES_KEY = "_addresses"


def read(client: PrestaClient, reference: Reference, ids: Sequence[str]) -> list[Raw]:
    """Two calls for some hundreds of accounts, and two for the countries and states of their addresses."""
    rows = client.among("customers", ids, display=CUSTOMER_FIELDS, filters={"deleted": "[0]"})
    if not rows:
        return []
    zone = reference.zone_name
    own = _addresses(client, reference, [identifier(row.get("id")) for row in rows])
    return [{**row, "_zone": zone, ADDRESSES_KEY: own.get(identifier(row.get("id")), [])} for row in rows]


def _addresses(client: PrestaClient, reference: Reference, ids: Sequence[str]) -> dict[str, list[Record]]:
    """The addresses in use by account, the first one made first."""
    rows = client.among("addresses", ids, field="id_customer", display=ADDRESS_FIELDS, filters={"deleted": "[0]"})
    countries = reference.some("countries", [identifier(row.get("id_country")) for row in rows])
    regions = reference.some("states", [identifier(row.get("id_state")) for row in rows])
    found: dict[str, list[Record]] = {}
    for row in sorted(rows, key=lambda one: int(identifier(one.get("id")) or 0)):
        row["_country"] = text(countries.get(identifier(row.get("id_country")), {}).get("iso_code")).upper()
        row["_region"] = text(regions.get(identifier(row.get("id_state")), {}).get("iso_code"))
        found.setdefault(identifier(row.get("id_customer")), []).append(row)
    return found


def parse(raw: Raw) -> CustomerProfile:
    """:raises ValueError: naming the field"""
    external_id = identifier(raw.get("id"))
    if not external_id:
        raise ValueError(_("id: absent, this is no customer"))
    listed = raw.get(ADDRESSES_KEY)
    rows = [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, list) else []
    email = text(raw.get("email"))
    billing = address(rows[0], email) if rows else AddressDocument(email=email)
    name = " ".join(part for key in ("firstname", "lastname") if (part := text(raw.get(key))))
    zone = times.zone_of(text(raw.get("_zone")), f"customer {external_id}: _zone")
    return CustomerProfile(
        customer=CustomerDocument(
            external_id=external_id,
            email=email,
            name=name or billing.name,
            phone=billing.phone,
            vat=billing.vat,
            registration=text(raw.get("siret")).replace(" ", ""),
        ),
        address=billing,
        shipping=address(rows[1], "") if len(rows) > 1 else AddressDocument(),
        changed_at=times.utc_or_none(raw.get("date_upd"), f"customer {external_id}: date_upd", zone),
    )


def push(client: PrestaClient, reference: Reference, changes: Sequence[CustomerChange]) -> list[CommandResult]:
    """Two calls to look, one for the accounts, and up to two for each address that differs.

    :raises PlatformError: only while nothing was written
    """
    known = {identifier(raw.get("id")): raw for raw in read(client, reference, [one.external_id for one in changes])}
    writer = Writer(client)
    bodies = [body for change in changes if change.external_id in known and (body := _account(change))]
    errors: dict[str, PlatformError] = {}
    for body, outcome in zip(bodies, writer.change("customers", bodies), strict=True):
        if isinstance(outcome, PlatformError):
            errors[body["id"]] = outcome
    codes = {code for one in changes for code in _countries(one)}
    countries = _by_code(client, codes)
    results = []
    for change in changes:
        raw = known.get(change.external_id)
        if raw is None:
            message = _("The customer is no longer on the shop.")
            results.append(CommandResult(ok=False, code="not_found", message=message))
            continue
        if change.external_id not in errors:
            try:
                _replace_addresses(client, writer, raw, change, countries)
            except PlatformError as error:
                if not writer.wrote and not error.in_doubt:
                    raise
                errors[change.external_id] = error
        error_ = errors.get(change.external_id)
        results.append(
            CommandResult.failed(error_) if error_ else CommandResult(ok=True, external_id=change.external_id)
        )
    return results


def _account(change: CustomerChange) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if "name" in change.values:
        first, _sep, last = change.values["name"].partition(" ")
        body |= {"firstname": first, "lastname": last or first}
    if "email" in change.values:
        body["email"] = change.values["email"]
    return {"id": change.external_id, **body} if body else {}


def _replace_addresses(
    client: PrestaClient, writer: Writer, raw: Raw, change: CustomerChange, countries: Mapping[str, str]
) -> None:
    """Replace those of the account's two addresses that are not as wanted by now."""
    rows: list[Record] = list(raw[ADDRESSES_KEY])
    told = {"billing": dict(change.values.get("billing", {})), "shipping": dict(change.values.get("shipping", {}))}
    if "phone" in change.values:
        told["billing"]["phone"] = change.values["phone"]
    for index, kind in enumerate(("billing", "shipping")):
        row = rows[index] if index < len(rows) else None
        if row is None and kind == "shipping" and told[kind] and rows:
            row = {name: value for name, value in rows[0].items() if name != "id"}
        if row is None or not told[kind]:
            continue
        wanted = _wanted(row, told[kind], countries)
        if "id" in row and all(text(row.get(name)) == value for name, value in wanted.items()):
            continue
        fresh = {name: row.get(name, "") for name in ADDRESS_FIELDS if name not in ("id", "deleted")}
        client.post("addresses", {**fresh, **wanted})
        writer.wrote = True
        if old := identifier(row.get("id")):
            (outcome,) = writer.change("addresses", [{"id": old, "deleted": "1"}])
            if isinstance(outcome, PlatformError):
                raise outcome


def _wanted(row: Record, told: Mapping[str, Any], countries: Mapping[str, str]) -> dict[str, str]:
    """The fields of an address that are told; a state is left where the country stays, for codes differ by shop."""
    found = {_PARTS[part]: text(value) for part, value in told.items() if part in _PARTS}
    if "phone" in told:
        # The number that orders show first.
        found["phone_mobile" if text(row.get("phone_mobile")) else "phone"] = text(told["phone"])
    country = countries.get(text(told.get("country")).upper(), "")
    if country and country != identifier(row.get("id_country")):
        found |= {"id_country": country, "id_state": "0"}
    return found


def _countries(change: CustomerChange) -> set[str]:
    parts = (change.values.get("billing", {}), change.values.get("shipping", {}))
    return {text(part.get("country")).upper() for part in parts if text(part.get("country"))}


def _by_code(client: PrestaClient, codes: set[str]) -> dict[str, str]:
    rows = client.among("countries", codes, field="iso_code", display=("id", "iso_code"))
    return {text(row.get("iso_code")).upper(): identifier(row.get("id")) for row in rows}
