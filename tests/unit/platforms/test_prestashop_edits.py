"""Changing placed orders of a PrestaShop: the address of one order, and a remark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from presta_orders import Shop, open_shop

from platforms.documents import AddressDocument, EditKind, OrderEdit
from platforms.values import digest

PLACE = AddressDocument(
    name="Marie Anne Durand", street="8 quai de Rive Neuve", city="Marseille", zip="13007", country="FR", phone="0600"
)


@pytest.fixture
def shop() -> Iterator[Shop]:
    with open_shop() as found:
        yield found


def place(shop: Shop) -> str:
    return str(shop.control("POST", "orders", lines=[{"sku": "MUG"}])["id"])


def test_an_order_goes_elsewhere_and_no_other(shop: Shop) -> None:
    first, second = place(shop), place(shop)
    assert shop.platform.capabilities.edits == {EditKind.ADDRESS, EditKind.NOTE}
    (raw,) = shop.platform.read_orders_by_id([first])
    edit = OrderEdit(first, "edit:1", shipping=PLACE, seen=digest(raw))
    (result,) = shop.again().push_edits([edit])
    assert result.ok and result.raw
    assert shop.platform.parse_order(result.raw).shipping.place == PLACE.place
    now = {one["id"]: shop.platform.parse_order(one) for one in shop.platform.read_orders_by_id([first, second])}
    assert now[first].shipping.city == "Marseille" and now[first].billing.city == "Paris"
    assert now[second].shipping.city == "Paris"
    customer = now[first].customer.external_id
    profile = shop.platform.parse_customer(shop.platform.read_customers([customer])[0])
    assert profile.address.city == "Paris" and not profile.shipping, "not among the customer's own addresses"
    count = len(shop.site.shop.all("addresses"))
    again = OrderEdit(first, "edit:1", shipping=PLACE)
    assert shop.again().push_edits([again])[0].ok
    shop.site.shop.change("orders", first, id_address_delivery=raw["id_address_delivery"])
    assert shop.again().push_edits([again])[0].ok, "the address that was made before is taken"
    assert len(shop.site.shop.all("addresses")) == count


def test_what_somebody_changed_meanwhile_is_left(shop: Shop) -> None:
    key = place(shop)
    (raw,) = shop.platform.read_orders_by_id([key])
    shop.control("POST", f"orders/{key}/track", number="X1")
    (result,) = shop.platform.push_edits([OrderEdit(key, "edit:1", shipping=PLACE, seen=digest(raw))])
    assert not result.ok and result.code == "changed" and result.retry and result.raw
    shop.control("POST", f"orders/{key}/ship")
    (result,) = shop.platform.push_edits([OrderEdit(key, "edit:1", shipping=PLACE)])
    assert not result.ok and result.code == "conflict"
    (result,) = shop.platform.push_edits([OrderEdit("9999", "edit:1", shipping=PLACE)])
    assert not result.ok and result.code == "not_found"


def test_a_remark_is_for_the_shopkeeper_and_left_once(shop: Shop) -> None:
    key = place(shop)
    for _turn in range(2):
        (result,) = shop.again().push_edits([OrderEdit(key, "edit:1", note="Changé dans Odoo")])
        assert result.ok
    (message,) = shop.site.shop.all("customer_messages").values()
    assert message["private"] == "1" and message["message"] == "Changé dans Odoo"
    (raw,) = shop.platform.read_orders_by_id([key])
    assert shop.platform.parse_order(raw).note == ""


def test_an_older_shop_is_not_put_an_order_back() -> None:
    """That would set its state once more, and e-mail the customer."""
    with open_shop("1.7.8.9") as shop:
        key = place(shop)
        histories = len(shop.site.shop.all("order_histories"))
        (result,) = shop.platform.push_edits([OrderEdit(key, "edit:1", shipping=PLACE)])
        assert result.code == "unsupported" and not result.retry
        assert len(shop.site.shop.all("order_histories")) == histories and len(shop.site.shop.all("addresses")) == 1
