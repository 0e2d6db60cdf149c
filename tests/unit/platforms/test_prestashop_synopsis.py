"""Everything that we send about orders and customers fits the synopsis that PrestaShop 9.0.3 itself gives out."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from presta_orders import KEY, Shop, open_shop

from platforms.documents import (
    AddressDocument,
    CustomerChange,
    NoteDocument,
    OrderEdit,
    OrderState,
    ParcelDocument,
    ShipmentDocument,
)
from platforms.prestashop import PrestaShop, xml
from platforms.prestashop.resources import OPTIONAL_RIGHTS, RIGHTS, node_name
from platforms.transport import Response, Transport, loopback

# The vendor's guide, "Specific value types".
FORMATS = {
    "isUnsignedId": r"\d+",
    "isNullOrUnsignedId": r"\d*",
    "isBool": r"[01]",
    "isTrackingNumber": r"[~:#,%&_=()\[\].? +\-@/a-zA-Z0-9]+",
    "isFloat": r"-?\d+(\.\d+)?",
    "isEmail": r"[^@\s]+@[^@\s]+",
    "isGenericName": r"[^<>={}]*",
    "isName": r"[^0-9!<>,;?=+()@#\"°{}_$%:¤|]*",
    "isAddress": r"[^!<>?=+@{}_$%]*",
}


class Recorder(Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__(timeout=(2, 5), allow=loopback, secrets=(KEY,), retries=0)
        self.sent: list[tuple[str, str, bytes]] = []

    def request(self, method: str, url: str, **values: Any) -> Response:
        if values.get("data"):
            self.sent.append((method, url.split("/api/")[1].split("/")[0], values["data"]))
        return super().request(method, url, **values)


def check(contracts: Path, method: str, resource: str, body: bytes) -> None:
    """What the webservice would say of it."""
    synopsis = etree.parse(contracts / "prestashop" / "synopsis-9.0.3" / f"{resource}.synopsis.xml").getroot()[0]
    fields = {str(field.tag): field for field in synopsis}
    for node in xml.parse(body):
        assert node.tag == synopsis.tag == node_name(resource)
        given = {str(child.tag): (child.text or "") for child in node if child.tag != "associations"}
        assert (method == "POST") is ("id" not in given)
        for name, value in given.items():
            if name == "id":
                continue
            field = fields[name]
            assert field.get("readOnly") != "true", f"{name} can only be read"
            assert len(value) <= int(field.get("maxSize") or 10**9)
            form = FORMATS.get(field.get("format") or "")
            assert not (form and value) or re.fullmatch(form, value), (resource, name, value)
        if method != "PATCH":
            required = {name for name, field in fields.items() if field.get("required") == "true"}
            assert required <= set(given), required - set(given)


@pytest.mark.parametrize("version", ["8.1.2", "1.7.8.9"])
def test_what_is_sent_fits(contracts: Path, version: str) -> None:
    with open_shop(version) as shop:
        recorder = Recorder()
        platform = PrestaShop(shop.url, {"key": KEY}, recorder)
        first, second = (place(shop) for _ in range(2))
        parcels = (ParcelDocument("6A1"), ParcelDocument("6A2"))
        told = ShipmentDocument(first, "k", (("1", Decimal(1)),), parcels, notify_customer=True)
        assert platform.push_shipments([told])[0].ok
        assert platform.push_states([(second, OrderState.CANCELLED)])[0].ok
        assert platform.push_notes([NoteDocument(first, "n", "Bonjour {name} <3")])[0].ok
        customer = platform.parse_order(platform.read_orders_by_id([first])[0]).customer.external_id
        address = {"street": "2 rue X", "city": "Lyon", "zip": "69003", "country": "BE"}
        change = {"name": "Marie Le Goff", "phone": "0102030405", "billing": address, "shipping": address}
        assert platform.push_customers([CustomerChange(customer, change)])[0].ok
        third = place(shop)
        where = AddressDocument("Marie Le Goff", street="2 rue X", city="Lyon", zip="69003", country="FR")
        moved = OrderEdit(third, "e", shipping=where if version > "8" else None, note="Déménagé")
        assert platform.push_edits([moved])[0].ok
        wrote = {(method, resource) for method, resource, _body in recorder.sent}
        change_by = "PATCH" if version > "8" else "PUT"
        assert {("POST", "order_histories"), (change_by, "order_carriers"), (change_by, "customers")} <= wrote
        assert (("PATCH", "orders") in wrote) is (version > "8") and ("PUT", "orders") not in wrote
        for method, resource, body in recorder.sent:
            check(contracts, method, resource, body)


def place(shop: Shop) -> str:
    return str(shop.control("POST", "orders", lines=[{"sku": "MUG"}])["id"])


def test_the_rights_are_of_resources_that_exist(contracts: Path) -> None:
    known = {path.name.split(".")[0] for path in (contracts / "prestashop" / "synopsis-9.0.3").glob("*.synopsis.xml")}
    assert {*RIGHTS, *OPTIONAL_RIGHTS} - {"images"} <= known
