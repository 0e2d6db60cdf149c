"""Pickup points as the carriers' plugins write them, and what a merchant names oneself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from platforms.documents import AddressDocument, LineKind
from platforms.woocommerce import WooCommerce

HOME = {
    "first_name": "Marie",
    "last_name": "Durand",
    "address_1": "1 rue de la Paix",
    "city": "Paris",
    "postcode": "75002",
    "country": "FR",
}


def order(shipping_line: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    line = {"id": 3, "method_id": "relay", "method_title": "Relais", "total": "0.00", "meta_data": []}
    return {
        "id": 1,
        "date_modified_gmt": "2026-11-24T10:00:00",
        "date_created_gmt": "2026-11-24T10:00:00",
        "status": "processing",
        "currency": "EUR",
        "total": "0.00",
        "billing": HOME | {"email": "marie@example.com"},
        "shipping": dict(HOME),
        "shipping_lines": [line | (shipping_line or {})],
        "meta_data": [],
        **changes,
    }


def meta(**values: Any) -> list[dict[str, Any]]:
    return [{"id": index, "key": key, "value": value} for index, (key, value) in enumerate(values.items())]


WMS = {
    "pickup_id": "041281",
    "pickup_name": "LOCKER 24/7",
    "pickup_address": "88 RUE DE LA PERCHE",
    "pickup_city": "COLFONTAINE",
    "pickup_zipcode": "7340",
    "pickup_country": "BE",
    "pickup_provider": "mondial_relay",
}
LPC = {
    "identifiant": "123456",
    "nom": "Tabac du centre",
    "adresse1": "2 place Bellecour",
    "adresse2": "Bât. B",
    "codePostal": "69002",
    "localite": "LYON",
    "codePays": "FR",
}
CHRONO = {
    "id": "4567X",
    "name": "POSTE",
    "address": "5 quai du Port",
    "postcode": "13002",
    "city": "MARSEILLE",
}
BOXTAL = {
    "network": "MONR_NETWORK",
    "code": "A1",
    "name": "Fleuriste",
    "address": "3 rue Verte",
    "zipcode": "33000",
    "city": "BORDEAUX",
    "country": "FR",
}
WRITTEN = "PRESSE-MRWP-4 rue Haute-MRWP--MRWP-35000-MRWP-RENNES-MRWP-FR"


@pytest.mark.parametrize(
    ("values", "point", "place"),
    [
        (
            {"_wms_mondial_relay_pickup_info": WMS},
            ("041281", "LOCKER 24/7", "Mondial Relay"),
            ("88 RUE DE LA PERCHE", "", "7340", "COLFONTAINE", "BE"),
        ),
        (
            {
                "_lpc_meta_pickUpLocationId": "123456",
                "_lpc_meta_pickUpLocationLabel": "Tabac du centre",
                "_lpc_meta_pickUpLocationData": json.dumps(LPC),
            },
            ("123456", "Tabac du centre", "Colissimo"),
            ("2 place Bellecour", "Bât. B", "69002", "LYON", "FR"),
        ),
        (
            {"_shipping_method_chronorelais": CHRONO},
            ("4567X", "POSTE", "Chronopost"),
            ("5 quai du Port", "", "13002", "MARSEILLE", ""),
        ),
        (
            {"bw_parcel_point": BOXTAL},
            ("A1", "Fleuriste", "Mondial Relay"),
            ("3 rue Verte", "", "33000", "BORDEAUX", "FR"),
        ),
        (
            {"Mondial Relay Parcel Shop ID": "FR-012345", "Mondial Relay Parcel Shop Address": WRITTEN},
            ("012345", "PRESSE", "Mondial Relay"),
            ("4 rue Haute", "", "35000", "RENNES", "FR"),
        ),
        ({"_pickup_point_id": "066974", "_pickup_point_name": "TABAC"}, ("066974", "TABAC", "Relais"), None),
    ],
)
def test_points_of_known_plugins(
    values: dict[str, Any], point: tuple[str, str, str], place: tuple[str, ...] | None
) -> None:
    document = WooCommerce.parse_order(order(meta_data=meta(**values)))
    found = document.pickup_point
    assert found and (found.id, found.name, found.carrier) == point
    address = found.address
    shown = (address.street, address.street2, address.zip, address.city, address.country)
    assert (shown if address else None) == place
    assert document.shipping.street == "1 rue de la Paix"


def test_an_address_that_a_plugin_wrote_over_is_the_point_s() -> None:
    over = HOME | {"company": "Tabac du Port", "address_1": "9 quai Sud", "city": "Sète", "postcode": "34200"}
    raw = order(shipping=over, meta_data=meta(_pickup_point_id="066974", _pickup_point_name="TABAC DU PORT"))
    point = WooCommerce.parse_order(raw).pickup_point
    assert point
    assert point.address == AddressDocument(street="9 quai Sud", city="Sète", zip="34200", country="FR")


def test_a_broken_point_is_none_and_breaks_nothing() -> None:
    raw = order(meta_data=meta(_wms_mondial_relay_pickup_info="{broken"))
    assert WooCommerce.parse_order(raw).pickup_point is None
    assert WooCommerce.parse_order(order(meta_data="nonsense")).pickup_point is None


def test_the_shop_s_own_places_are_delivery_methods_of_their_own() -> None:
    place = meta(pickup_location="Boutique Lyon", pickup_address="2 place Bellecour, 69002 Lyon", pickup_details="")
    document = WooCommerce.parse_order(order({"method_id": "pickup_location", "instance_id": "0", "meta_data": place}))
    point = document.pickup_point
    assert point and (point.id, point.name, point.carrier) == ("Boutique Lyon", "Boutique Lyon", "pickup_location")
    assert point.address.street == "2 place Bellecour, 69002 Lyon"
    assert [line.code for line in document.lines if line.kind == LineKind.SHIPPING] == ["pickup_location:Boutique Lyon"]


@pytest.mark.parametrize(("instance", "code"), [("3", "relay:3"), (7, "relay:7"), ("0", "relay"), ("", "relay")])
def test_methods_of_one_kind_are_told_apart(instance: Any, code: str) -> None:
    document = WooCommerce.parse_order(order({"instance_id": instance}))
    assert [line.code for line in document.lines] == [code]


def test_fields_that_a_merchant_names() -> None:
    raw = order(
        {"meta_data": meta(_relay_code="77")},
        meta_data=meta(_my_point={"id": "A7", "where": {"no": "text"}}, _my_name="Chez Léa", _json='{"id": "J1"}'),
    )
    names = ("_my_point.id", "_my_name", "_relay_code", "_json.id", "_my_point", "_my_point.where", "absent", "")
    assert [WooCommerce.custom_field(raw, name) for name in names] == ["A7", "Chez Léa", "77", "J1", "", "", "", ""]
    assert WooCommerce.capabilities.custom_fields
