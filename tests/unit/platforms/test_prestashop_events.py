"""What PrestaShop is told: states, tracking numbers, messages, customers. Each told twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from presta_orders import Shop, open_shop, orders

from platforms.documents import (
    CustomerChange,
    NoteDocument,
    OrderState,
    ParcelDocument,
    ShipmentDocument,
)
from platforms.errors import PlatformError
from sandbox.faults import Fault


@pytest.fixture(params=["8.1.2", "1.7.8.9"])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    with open_shop(request.param) as found:
        yield found


def place(shop: Shop, *, paid: bool = True) -> str:
    return str(shop.control("POST", "orders", lines=[{"sku": "MUG", "quantity": 2}], paid=paid)["id"])


def shipment(order_id: str, *numbers: str, **more: Any) -> ShipmentDocument:
    parcels = tuple(ParcelDocument(number, "Colissimo") for number in numbers)
    return ShipmentDocument(order_id, f"key-{order_id}", (("1", Decimal(2)),), parcels, **more)


def state(shop: Shop, order_id: str) -> Any:
    return shop.control("GET", f"orders/{order_id}")


def mails(shop: Shop) -> list[tuple[str, str]]:
    return [(mail["order"], mail["template"]) for mail in shop.control("GET", "mails")]


def test_a_shipment_is_told_once(shop: Shop) -> None:
    key = place(shop)
    told = shipment(key, "6A123", notify_customer=True)
    for _turn in range(2):
        (result,) = shop.again().push_shipments([told])
        assert result.ok and result.external_id, result
    assert state(shop, key)["tracking"] == ["6A123"] and state(shop, key)["state"] == "Expédié"
    assert mails(shop) == [(key, "shipped")], "the state's own e-mail, once"
    assert len(shop.site.shop.where("order_histories", "id_order", key)) == 2
    order = shop.platform.parse_order(shop.platform.read_orders_by_id([key])[0])
    assert order.state is OrderState.COMPLETED


def test_parcels_in_parts_and_a_wrong_number(shop: Shop) -> None:
    key = place(shop)
    part = shipment(key, "A1", complete=False, notify_customer=True)
    assert shop.platform.push_shipments([part])[0].ok
    assert state(shop, key)["state"] == "Paiement accepté"
    assert mails(shop) == [(key, "in_transit")]
    rest = ShipmentDocument(key, "second", (("1", Decimal(1)),), (ParcelDocument("B1"), ParcelDocument("B2")))
    assert shop.platform.push_shipments([rest])[0].ok
    assert state(shop, key)["tracking"] == ["A1", "B1", "B2"] and state(shop, key)["state"] == "Expédié"
    other = place(shop)
    assert shop.platform.push_shipments([shipment(other, "WRONG")])[0].ok
    assert shop.platform.push_shipments([shipment(other, "RIGHT", known=True, corrects=True)])[0].ok
    assert state(shop, other)["tracking"] == ["RIGHT"]


def test_many_shipments_in_few_calls(shop: Shop) -> None:
    keys = [place(shop) for _ in range(60)]
    platform = shop.again()
    results = platform.push_shipments([shipment(key, f"N{key}") for key in keys])
    assert all(result.ok for result in results)
    assert [state(shop, key)["tracking"] for key in keys] == [[f"N{key}"] for key in keys]
    # Orders, parcels, settings, states; 60/25 for numbers; 60/10 for states; PUT needs the synopsis and what is there.
    assert platform.transport.calls <= 4 + 3 + 6 + (5 if shop.site.shop.settings["version"] < "8" else 0)


def test_a_cancelled_order_is_not_brought_back_to_life(shop: Shop) -> None:
    key = place(shop)
    shop.control("POST", f"orders/{key}/cancel")
    (result,) = shop.platform.push_shipments([shipment(key, "6A1")])
    assert result.ok and "left so" in result.message and state(shop, key)["state"] == "Annulé"
    (result,) = shop.platform.push_states([(key, OrderState.COMPLETED)])
    assert not result.ok and result.code == "conflict"


def test_states_are_set_once_each(shop: Shop) -> None:
    waiting, paid, gone = place(shop, paid=False), place(shop), "9999"
    wanted = [(waiting, OrderState.CONFIRMED), (paid, OrderState.PREPARING), (gone, OrderState.CANCELLED)]
    for _turn in range(2):
        results = shop.again().push_states(wanted)
        assert [result.ok for result in results] == [True, True, False] and results[2].code == "not_found"
    assert state(shop, waiting)["state"] == "Paiement accepté"
    assert state(shop, paid)["state"] == "En cours de préparation"
    assert all(len(shop.site.shop.where("order_histories", "id_order", key)) == 2 for key in (waiting, paid))
    (order,) = [one for one in orders(shop.platform) if one.external_id == waiting]
    assert order.paid_at, "the shop booked the payment"


def test_preparing_an_unpaid_order_books_no_payment(shop: Shop) -> None:
    key = place(shop, paid=False)
    (result,) = shop.platform.push_states([(key, OrderState.PREPARING)])
    assert result.code == "conflict" and not shop.site.shop.all("order_payments")


def test_cancelling_gives_the_goods_back(shop: Shop) -> None:
    key = place(shop)
    assert shown(shop) == 98
    assert shop.platform.push_states([(key, OrderState.CANCELLED)])[0].ok
    assert shown(shop) == 100 and state(shop, key)["state"] == "Annulé"


def test_a_merchants_own_state_is_found_by_its_name(shop: Shop) -> None:
    from sandbox.prestashop.seed import add, both

    own = add(shop.site.shop, "order_states", None, name=both("À retirer", "Ready"), paid="1")
    key = place(shop)
    names = {OrderState.READY: "à retirer", OrderState.COLLECTED: "Nulle part"}
    assert shop.platform.push_states([(key, OrderState.READY)], names)[0].ok
    assert shop.site.shop.peek("orders", key)["current_state"] == str(own["id"])  # type: ignore[index]
    (result,) = shop.platform.push_states([(key, OrderState.COLLECTED)], names)
    assert result.code == "unsupported" and "Nulle part" in result.message


def test_a_lost_answer_adds_no_second_state(shop: Shop) -> None:
    """The shop did it and the answer got lost: the next attempt looks first."""
    key = place(shop)
    shop.sandbox.faults.add(Fault("lost_answer", path="*/order_histories", method="POST", times=1))
    (result,) = shop.platform.push_shipments([shipment(key, "6A123")])
    assert result.ok or (result.retry and result.in_doubt)
    (result,) = shop.again().push_shipments([shipment(key, "6A123")])
    assert result.ok
    assert len(shop.site.shop.where("order_histories", "id_order", key)) == 2
    assert state(shop, key)["tracking"] == ["6A123"]


def test_a_module_that_php_warns_of_doubles_nothing(shop: Shop) -> None:
    """The webservice answers 500 although all was saved."""
    keys = [place(shop) for _ in range(3)]
    shop.site.shop.change_settings({"warnings": ["order_histories", "order_carriers"]})
    results = shop.platform.push_shipments([shipment(key, f"N{key}") for key in keys])
    for _turn in range(3):
        if all(result.ok for result in results):
            break
        assert all(result.ok or result.retry or result.in_doubt for result in results), results
        results = shop.again().push_shipments([shipment(key, f"N{key}") for key in keys])
    assert all(result.ok for result in results), results
    for key in keys:
        assert state(shop, key)["tracking"] == [f"N{key}"]
        assert len(shop.site.shop.where("order_histories", "id_order", key)) == 2


def test_one_bad_number_stops_no_other(shop: Shop) -> None:
    good, bad = place(shop), place(shop)
    results = shop.platform.push_shipments([shipment(bad, "é<é>"), shipment(good, "6A9")])
    assert [result.ok for result in results] == [False, True], results
    assert state(shop, good)["tracking"] == ["6A9"] and state(shop, bad)["state"] == "Paiement accepté"


def test_maintenance_raises_while_nothing_is_written(shop: Shop) -> None:
    key = place(shop)
    shop.sandbox.faults.add(Fault("status", path="*/api/*", status=503, body="<html>Maintenance</html>"))
    with pytest.raises(PlatformError) as caught:
        shop.platform.push_shipments([shipment(key, "6A1")])
    assert caught.value.retry and caught.value.code == "shop_error" and not caught.value.in_doubt


def test_a_message_is_written_once(shop: Shop) -> None:
    key = place(shop)
    note = NoteDocument(key, "note-1", "Votre facture : https://odoo.example/f/1 <3")
    for _turn in range(2):
        results = shop.again().push_notes([note, NoteDocument("9999", "note-2", "?")])
        assert [result.ok for result in results] == [True, False]
    assert shop.platform.push_notes([NoteDocument(key, "note-3", "Et voilà")])[0].ok
    said = [row["message"] for row in shop.site.shop.all("customer_messages").values()]
    assert said == ["Votre facture : https://odoo.example/f/1 (3", "Et voilà"]
    assert len(shop.site.shop.all("customer_threads")) == 1


def test_a_customer_is_changed_and_past_orders_keep_their_address(shop: Shop) -> None:
    key = place(shop)
    (before,) = orders(shop.platform)
    customer = before.customer.external_id
    password = shop.site.shop.peek("customers", customer)["passwd"]  # type: ignore[index]
    (raw,) = shop.platform.read_customers([customer, "9999"])
    profile = shop.platform.parse_customer(raw)
    assert profile.customer.email == "marie.durand@example.com" and profile.address.city == "Paris"
    change = CustomerChange(
        customer,
        {"name": "Marie Martin", "email": "martin@example.com", "phone": "01 02 03 04 05",
         "billing": {"street": "2 quai Saint-Michel", "zip": "69003", "city": "Lyon", "country": "FR"}},
    )  # fmt: skip
    for _turn in range(2):
        results = shop.again().push_customers([change, CustomerChange("9999", {"name": "X Y"})])
        assert [result.ok for result in results] == [True, False]
    profile = shop.platform.parse_customer(shop.platform.read_customers([customer])[0])
    assert (profile.customer.name, profile.customer.email) == ("Marie Martin", "martin@example.com")
    assert (profile.address.street, profile.address.city, profile.address.phone) == (
        "2 quai Saint-Michel",
        "Lyon",
        "01 02 03 04 05",
    )
    assert shop.platform.parse_order(shop.platform.read_orders_by_id([key])[0]).billing.city == "Paris"
    stored = shop.site.shop.peek("customers", customer)
    assert stored and stored["passwd"] == password and stored["active"] == "1", "nothing was blanked"
    assert len([row for row in shop.site.shop.all("addresses").values() if row["deleted"] == "0"]) == 1


def shown(shop: Shop) -> int:
    from sandbox.prestashop import random_orders, stock

    product, combination = random_orders.sellable(shop.site.shop)["MUG"]
    return stock.shown(shop.site.shop, product, combination)
