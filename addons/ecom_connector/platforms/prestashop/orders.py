"""Raw orders: each with all that its document is made of, fetched for a page of orders at once.

An order of the webservice names its customer, addresses, taxes and payments by their ids alone. They are kept beside it
under names that begin with ``_``, so that it can be parsed again, later and without a call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..base import REFUNDS_KEY, Raw
from ..errors import PlatformError
from ..values import identifier, text
from .answers import RIGHT_CODES
from .client import PrestaClient, sets
from .reference import Reference
from .times import fold_of
from .xml import Record

# Neither passwords nor keys, which the webservice shows too.
CUSTOMER_FIELDS = ("id", "id_lang", "email", "firstname", "lastname", "company", "siret", "is_guest", "date_upd")
ADDRESS_FIELDS = (
    "id", "id_customer", "id_country", "id_state", "alias", "company", "firstname", "lastname", "vat_number",
    "address1", "address2", "postcode", "city", "other", "phone", "phone_mobile", "dni", "deleted",
)  # fmt: skip
_DETAIL_FIELDS = (
    "id", "product_id", "product_attribute_id", "product_name", "product_quantity", "product_quantity_refunded",
    "product_quantity_return", "product_reference", "product_ean13", "product_price", "reduction_percent",
    "reduction_amount_tax_excl", "reduction_amount_tax_incl", "group_reduction", "ecotax", "unit_price_tax_excl",
    "unit_price_tax_incl", "total_price_tax_excl", "total_price_tax_incl",
)  # fmt: skip
_RULE_FIELDS = ("id", "code", "gift_product", "gift_product_attribute", "reduction_product")
_UNWANTED = ("secure_key", "mobile_theme", "recyclable", "associations")


def complete(client: PrestaClient, reference: Reference, rows: Sequence[Record], now: datetime | None) -> list[Raw]:
    """Orders with all that belongs to them: ten calls for a hundred orders, and one for each kind of reference data.

    :param rows: orders as a list shows them
    :param now: the shop's clock when they were asked for, where it says so
    """
    if not rows:
        return []
    ids = [identifier(row.get("id")) for row in rows]
    zone, zone_name = reference.zone, reference.zone_name
    states, taxes = reference.states, reference.taxes
    details = _by(client.among("order_details", ids, field="id_order"), "id_order")
    carriers = _by(client.among("order_carriers", ids, field="id_order"), "id_order")
    slips = _by(client.among("order_slip", ids, field="id_order"), "id_order")
    rules = _by(client.among("order_cart_rules", ids, field="id_order"), "id_order")
    messages = _by(_optional(client, "messages", ids, "id_order"), "id_order")
    references = [text(row.get("reference")) for row in rows]
    payments = _by(client.among("order_payments", references, field="order_reference"), "order_reference")
    coupons = _index(
        _optional(client, "cart_rules", _ids(_all(rules), "id_cart_rule"), "id", display=_RULE_FIELDS),
    )
    customers = _index(_customers(client, _ids(rows, "id_customer")))
    addresses = read_addresses(
        client, reference, [*_ids(rows, "id_address_invoice"), *_ids(rows, "id_address_delivery")]
    )
    named = [*_ids(rows, "id_carrier"), *_ids(_all(carriers), "id_carrier")]
    known_carriers = reference.some("carriers", named)
    currencies = reference.some("currencies", [*_ids(rows, "id_currency"), *_ids(_all(payments), "id_currency")])
    languages = reference.some("languages", [*_ids(rows, "id_lang"), *_ids(customers.values(), "id_lang")])
    found = []
    for row in rows:
        key = identifier(row.get("id"))
        own_details = [_detail(one) for one in details.get(key, [])]
        raw: Raw = {name: value for name, value in row.items() if name not in _UNWANTED}
        raw |= {
            "_zone": zone_name,
            "_state": _state(states.get(identifier(row.get("current_state")), {}), reference),
            "_details": own_details,
            "_taxes": _rates(taxes, own_details, row),
            "_carriers": [
                {**one, "_carrier": known_carriers.get(identifier(one.get("id_carrier")), {})}
                for one in carriers.get(key, [])
            ],
            "_carrier": known_carriers.get(identifier(row.get("id_carrier")), {}),
            "_payments": [
                {**_without_card(one), "_currency": _iso(currencies, one)}
                for one in payments.get(text(row.get("reference")), [])
            ],
            "_rules": [
                {**one, "_rule": coupons.get(identifier(one.get("id_cart_rule")), {})} for one in rules.get(key, [])
            ],
            "_messages": messages.get(key, []),
            "_customer": customers.get(identifier(row.get("id_customer")), {}),
            "_billing": addresses.get(identifier(row.get("id_address_invoice")), {}),
            "_shipping": addresses.get(identifier(row.get("id_address_delivery")), {}),
            "_currency": _iso(currencies, row),
            "_language": text(languages.get(identifier(row.get("id_lang")), {}).get("iso_code")),
            REFUNDS_KEY: [{**one, "_zone": zone_name} for one in slips.get(key, [])],
        }
        if fold_of(row.get("date_upd"), zone, now):
            raw["_fold"] = 1
        found.append(raw)
    return found


def read_addresses(client: PrestaClient, reference: Reference, ids: Iterable[str]) -> dict[str, Record]:
    """Addresses by id, with the codes of their country and state."""
    rows = _index(client.among("addresses", ids, display=ADDRESS_FIELDS))
    countries = reference.some("countries", _ids(rows.values(), "id_country"))
    regions = reference.some("states", _ids(rows.values(), "id_state"))
    for row in rows.values():
        region = regions.get(identifier(row.get("id_state")), {})
        row["_country"] = text(countries.get(identifier(row.get("id_country")), {}).get("iso_code")).upper()
        row["_region"] = text(region.get("iso_code")) or text(region.get("name"))
    return rows


def _customers(client: PrestaClient, ids: Sequence[str]) -> list[Record]:
    """Customers; those that registered in another shop of the group are only seen from all shops."""
    found = client.among("customers", ids, display=CUSTOMER_FIELDS)
    if client.shop:
        missing = set(ids) - {identifier(row.get("id")) for row in found}
        for chunk in sets(sorted(missing)):
            everywhere = {"id_shop": "all"}
            query = {"id": f"[{'|'.join(chunk)}]"}
            found += client.listing("customers", query, CUSTOMER_FIELDS, params=everywhere)[0]
    return found


def _optional(client: PrestaClient, resource: str, values: Sequence[str], field: str, **more: Any) -> list[Record]:
    """Records of a resource that an order can do without, where the key may not read it."""
    try:
        return client.among(resource, values, field=field, **more)
    except PlatformError as error:
        if error.code in RIGHT_CODES:
            return []
        raise


def _by(rows: Iterable[Record], field: str) -> dict[str, list[Record]]:
    """Records by what they belong to, the oldest first."""
    found: dict[str, list[Record]] = {}
    for row in sorted(rows, key=lambda one: int(identifier(one.get("id")) or 0)):
        found.setdefault(text(row.get(field)), []).append(row)
    return found


def _index(rows: Iterable[Record]) -> dict[str, Record]:
    return {identifier(row.get("id")): row for row in rows}


def _all(groups: Mapping[str, list[Record]]) -> list[Record]:
    return [row for rows in groups.values() for row in rows]


def _ids(rows: Iterable[Mapping[str, Any]], field: str) -> list[str]:
    return [key for row in rows if (key := identifier(row.get(field)))]


def _iso(currencies: Mapping[str, Record], row: Mapping[str, Any]) -> str:
    return text(currencies.get(identifier(row.get("id_currency")), {}).get("iso_code")).upper()


def _without_card(payment: Record) -> Record:
    return {name: value for name, value in payment.items() if not name.startswith("card_")}


def _detail(row: Record) -> Record:
    """A line with its taxes' ids, without the two dozen fields that no document has."""
    kept: Record = {name: row[name] for name in _DETAIL_FIELDS if name in row}
    associations = row.get("associations")
    listed = associations.get("taxes", []) if isinstance(associations, Mapping) else []
    return {**kept, "_taxes": [key for one in listed if (key := identifier(one.get("id")))]}


def _state(state: Record, reference: Reference) -> Record:
    """A state's flags, and what it is called."""
    flags = ("logable", "paid", "shipped", "delivery", "invoice", "module_name", "_key")
    kept = {name: state[name] for name in flags if name in state}
    names = {"_name": reference.said(state.get("name")), "_template": reference.said(state.get("template"))}
    return {**kept, **names} if state else {}


def _rates(taxes: Mapping[str, Record], details: Sequence[Record], row: Record) -> dict[str, Record]:
    """The taxes that the lines name, and the one that shipping's rate belongs to."""
    used = {key for detail in details for key in detail["_taxes"]}
    rate = text(row.get("carrier_tax_rate"))
    same = [key for key, tax in taxes.items() if _number(tax.get("rate")) == _number(rate) and key not in used]
    if rate and not any(_number(taxes.get(key, {}).get("rate")) == _number(rate) for key in used):
        live = [key for key in same if text(taxes[key].get("deleted")) != "1"]
        used |= set(sorted(live or same, key=int)[:1])
    return {
        key: {"rate": text(taxes[key].get("rate")), "name": taxes[key].get("name"), "_country": taxes[key]["_country"]}
        for key in sorted(used, key=int)
        if key in taxes
    }


def _number(value: object) -> float | None:
    try:
        return float(text(value))
    except ValueError:
        return None
