"""Where the parcel waits for the customer: pickup points as carriers' plugins write them on WooCommerce orders.

None of it is WooCommerce's own contract. Keys and shapes are those that the plugins' public sources write: Mondial
Relay for WordPress, WCMultiShipping (Mondial Relay, Chronopost), Chronopost, Colissimo, GLS, Boxtal Connect, La Poste
Pro Expéditions; and WooCommerce's own collection from the block checkout. A merchant names other keys on the mapping
of the delivery method (:func:`custom_field`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..documents import AddressDocument, PickupPoint
from ..values import rows, text
from .extras import metas, unpacked

Meta = Mapping[str, Any]

COLLECT_METHOD = "pickup_location"  # WooCommerce's own: the customer collects at a place of the shop


@dataclass(frozen=True, slots=True)
class _Source:
    """One way of writing a point: ``key`` has its id or all of it, the others what ``key`` does not have."""

    key: str
    carrier: str = ""
    name: str = ""
    address: str = ""


_SOURCES = (
    _Source("_wms_mondial_relay_pickup_info", "mondial_relay"),
    _Source("mondial_relay_pickup_info", "mondial_relay"),
    _Source("Mondial Relay Parcel Shop ID", "mondial_relay", address="Mondial Relay Parcel Shop Address"),
    _Source("_wms_chronopost_pickup_info", "chronopost"),
    _Source("_shipping_method_chronorelais", "chronopost"),
    _Source("_lpc_meta_pickUpLocationId", "colissimo", "_lpc_meta_pickUpLocationLabel", "_lpc_meta_pickUpLocationData"),
    _Source("_gls_pickup_info", "gls"),
    _Source("laposteproexp_parcel_point", "laposte"),
    _Source("bw_parcel_point"),
    _Source("bw_parcel_point_code", name="bw_parcel_point_operator"),
    _Source("_pickup_point_id", name="_pickup_point_name", address="_pickup_point_address"),
    _Source("pickup_point_id", name="pickup_point_name", address="pickup_point_address"),
)
_NETWORKS = {
    "mondialrelay": "Mondial Relay",
    "monr": "Mondial Relay",
    "chronopost": "Chronopost",
    "chrp": "Chronopost",
    "colissimo": "Colissimo",
    "gls": "GLS",
    "laposte": "La Poste",
}
"""Networks by the letters of the codes that plugins write."""
# What the parts of a point are called inside the plugins' objects.
_ID = ("pickup_id", "identifiant", "code", "id", "identifier", "Num", "ID")
_NAME = ("pickup_name", "name", "nom", "label", "LgAdr1")
_CARRIER = ("network", "operator", "pickup_provider")
_STREET = ("pickup_address", "address", "adresse1", "street", "address_1", "LgAdr3")
_STREET2 = ("adresse2", "street2", "address_2", "LgAdr4")
_CITY = ("pickup_city", "city", "localite", "Ville")
_ZIP = ("pickup_zipcode", "zipcode", "zipCode", "zip_code", "postcode", "codePostal", "CP")
_COUNTRY = ("pickup_country", "country", "codePays", "Pays")
_MONDIAL_RELAY_BREAK = "-MRWP-"  # how "Mondial Relay Parcel Shop Address" separates its lines


def pickup_point(meta: Meta, lines: list[Mapping[str, Any]], shipping: AddressDocument) -> PickupPoint | None:
    """The point of an order with these metas, shipping lines and delivery address; ``None`` for a home delivery.

    The address is the point's own; plugins that do not keep it write it over the delivery address, under its name.
    """
    method = text(lines[0].get("method_id")) if lines else ""
    found = next((point for source in _SOURCES if (point := _read(source, meta))), None)
    if not found and method == COLLECT_METHOD:
        found = _place_of_the_shop(lines[0])
    if not found:
        return None
    if not found.address and _names(shipping, found.name):
        found = replace(found, address=replace(shipping, name="", company="", email="", phone=""))
    return replace(found, carrier=_network(found.carrier) or (text(lines[0].get("method_title")) if lines else ""))


def line_code(row: Mapping[str, Any]) -> str:
    """What a shipping line's delivery method is mapped by: its method, and which of several of its kind.

    Two flat rates of a zone, "Colissimo" and "Chronopost", differ only by their instance.
    """
    method = text(row.get("method_id"))
    which = text(metas(row).get("pickup_location") if method == COLLECT_METHOD else row.get("instance_id"))
    return f"{method}:{which}" if method and which not in ("", "0") else method


def _network(code: str) -> str:
    """A network as people call it: plugins write codes of their own for it."""
    return _NETWORKS.get(re.sub(r"[^a-z]", "", code.lower()).removesuffix("network"), code)


def custom_field(raw: Mapping[str, Any], name: str) -> str:
    """A meta of the order or of its shipping lines that the merchant named; "key.part" looks inside an object."""
    for owner in (raw, *rows(raw, "shipping_lines")):
        for key, kept in metas(owner).items():
            value = unpacked(kept)
            if key == name and (found := text(value)):
                return found
            if name.startswith(f"{key}.") and isinstance(value, Mapping):
                return text(value.get(name[len(key) + 1 :]))
    return ""


def _read(source: _Source, meta: Meta) -> PickupPoint | None:
    value = unpacked(meta.get(source.key))
    beside = unpacked(meta.get(source.address)) if source.address else ""
    if isinstance(value, Mapping):
        identity, name = _first(value, _ID), _first(value, _NAME)
        address = _address(value)
        carrier = source.carrier or _first(value, _CARRIER)
    else:
        identity, name = text(value), text(meta.get(source.name)) if source.name else ""
        address = AddressDocument()
        carrier = source.carrier
    if not identity:
        return None
    if isinstance(beside, Mapping):
        address, name = _address(beside), name or _first(beside, _NAME)
    elif isinstance(beside, str) and beside:
        name, address = _written_address(name, beside)
    if source.key.startswith("Mondial Relay"):
        country, _, number = identity.rpartition("-")  # FR-012345
        identity = number
        address = replace(address, country=address.country or country.upper()) if address else address
    return PickupPoint(identity, name, carrier, address)


def _address(value: Mapping[str, Any]) -> AddressDocument:
    return AddressDocument(
        street=_first(value, _STREET),
        street2=_first(value, _STREET2),
        city=_first(value, _CITY),
        zip=_first(value, _ZIP),
        country=_first(value, _COUNTRY).upper()[:2],
    )


def _written_address(name: str, written: str) -> tuple[str, AddressDocument]:
    """An address in one text: in full where its lines are those of Mondial Relay's plugin, else as a street."""
    parts = [part.strip() for part in written.split(_MONDIAL_RELAY_BREAK)]
    if len(parts) == 6:
        named, street, street2, zip_code, city, country = parts
        return name or named, AddressDocument(
            street=street, street2=street2, zip=zip_code, city=city, country=country.upper()[:2]
        )
    if len(parts) > 1 and not name:
        name = parts.pop(0)
    return name, AddressDocument(street=", ".join(filter(None, parts)))


def _place_of_the_shop(line: Mapping[str, Any]) -> PickupPoint | None:
    """The place that the customer chose in the block checkout; its address is one text that people can read."""
    kept = metas(line)
    name = text(kept.get("pickup_location"))
    address = AddressDocument(street=text(kept.get("pickup_address")))
    return PickupPoint(name, name, COLLECT_METHOD, address) if name else None


def _names(address: AddressDocument, name: str) -> bool:
    """Whether an address was written over with the point's: it bears the point's name."""
    wanted = " ".join(name.casefold().split())
    return bool(wanted) and wanted in " ".join(f"{address.company} {address.name}".casefold().split())


def _first(value: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((found for name in names if (found := text(value.get(name)))), "")
