"""WooCommerce's customer accounts: read, understood, and changed where Odoo knows better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..base import CommandResult, Raw
from ..documents import CustomerChange, CustomerDocument, CustomerProfile
from ..errors import PlatformError
from ..values import identifier, text, utc_or_none
from ..words import _
from .client import WooClient, id_chunks, item_error
from .mapper import address

_PARTS = {
    "street": "address_1",
    "street2": "address_2",
    "city": "city",
    "zip": "postcode",
    "state": "state",
    "country": "country",
}


def read(client: WooClient, ids: Sequence[str]) -> list[Raw]:
    """One call for each hundred accounts, whatever their role: a shopkeeper may buy too."""
    return [
        row
        for chunk in id_chunks(list(ids))
        for row in client.page("customers", {"include": ",".join(chunk), "role": "all"}).rows
    ]


def parse(raw: Raw) -> CustomerProfile:
    """:raises ValueError: naming the field"""
    external_id = identifier(raw.get("id"))
    if not external_id:
        raise ValueError(_("id: absent, this is no customer"))
    found = (raw.get("billing"), raw.get("shipping"))
    billing, shipping = (address(part if isinstance(part, Mapping) else {}, "") for part in found)
    name = " ".join(part for key in ("first_name", "last_name") if (part := text(raw.get(key))))
    return CustomerProfile(
        customer=CustomerDocument(
            external_id=external_id,
            email=text(raw.get("email")) or billing.email,
            name=name or billing.name,
            phone=billing.phone,
        ),
        address=billing,
        shipping=shipping,
        changed_at=utc_or_none(raw.get("date_modified_gmt"), f"customer {external_id}: date_modified_gmt"),
    )


def push(client: WooClient, changes: Sequence[CustomerChange]) -> list[CommandResult]:
    """One call for each hundred accounts; writing the same again changes nothing."""
    outcome: dict[str, CommandResult] = {}
    for chunk in id_chunks([change.external_id for change in changes]):
        updates = [update(change) for change in changes if change.external_id in chunk]
        try:
            answer: Any = client.post("customers/batch", {"update": updates})
        except PlatformError as error:
            if not outcome:
                raise
            outcome.update(dict.fromkeys(chunk, CommandResult.failed(error)))
            continue
        for row in answer.get("update", ()) if isinstance(answer, Mapping) else ():
            error_ = item_error(row)
            key = identifier(row.get("id"))
            outcome[key] = CommandResult.failed(error_) if error_ else CommandResult(ok=True, external_id=key)
    silent = CommandResult(ok=False, message=_("The shop did not say what became of the customer."), retry=True)
    return [outcome.get(change.external_id, silent) for change in changes]


def update(change: CustomerChange) -> dict[str, Any]:
    """The changed fields of an account as WooCommerce's API takes them."""
    values = change.values
    found: dict[str, Any] = {"id": int(change.external_id)}
    billing = {_PARTS[part]: value for part, value in values.get("billing", {}).items()}
    shipping = {_PARTS[part]: value for part, value in values.get("shipping", {}).items()}
    if "name" in values:
        first, _, last = values["name"].partition(" ")
        found |= {"first_name": first, "last_name": last}
    if "email" in values:
        found["email"] = billing["email"] = values["email"]
    if "phone" in values:
        billing["phone"] = values["phone"]
    return found | ({"billing": billing} if billing else {}) | ({"shipping": shipping} if shipping else {})
