"""The story that the pictures show: a shop's fortnight, and what happens to people on a working day."""

from __future__ import annotations

import urllib.request
from datetime import datetime, timedelta, timezone
from typing import Any

from dev import demo, demo_shops
from dev.client import Client
from dev.pictures import story_catalogue, story_payments, story_preparation, story_returns, story_stock
from dev.pictures.orders import SHOP, Places, place, settled, wait_for
from dev.pictures.people import hire
from dev.sandbox import SandboxServer

SECOND_SHOP, THIRD_SHOP = "Maison Azur", "Boutique du Port"
PER_DAY = (3, 5, 4, 7, 6, 2, 1, 5, 6, 8, 7, 9, 4, 6)
"""Orders of each of the last days on the first shop, today's last."""
RENAMED = "MAI-MUG-BLEU"
"""The SKU that Odoo calls differently: its orders wait for a person."""
TRACKING = ("6A21458873015", "6A21458873022")
MARIE = {
    "first_name": "Marie",
    "last_name": "Durand",
    "company": "",
    "address_1": "8 rue des Lilas",
    "address_2": "",
    "postcode": "69003",
    "city": "Lyon",
    "country": "FR",
    "email": "marie.durand@example.com",
    "phone": "06 12 34 56 78",
}
"""A customer whom several pictures are about."""
SWISS = MARIE | {
    "first_name": "Luca",
    "last_name": "Favre",
    "address_1": "3 rue du Rhône",
    "postcode": "1204",
    "city": "Genève",
    "country": "CH",
    "email": "luca.favre@example.com",
    "phone": "+41 22 345 67 89",
}
HOLD = {"en_US": "The customer calls back about the size.", "fr_FR": "La cliente rappelle au sujet de la taille."}


def tell(admin: Client, shop: SandboxServer, second: SandboxServer, language: str) -> Places:
    """Fill both shops with a fortnight of orders, connect them, and let a working day happen."""
    from sandbox.catalogue import PRODUCTS

    skus = [item.sku for product in PRODUCTS for item in (product.variants or (product,)) if item.sku != RENAMED]
    plain = [product.sku for product in PRODUCTS if not product.variants and product.tracking == "none"]
    plain = [sku for sku in plain if sku != RENAMED]
    company = admin.search_read("res.company", [], "partner_id")[0]
    admin.call("res.partner", "write", [company["partner_id"][0]], {"lang": language})
    people = hire(admin, language)
    demo.stock_catalogue(admin)
    story_stock.stocked_since_long(admin)
    story_stock.sold_for_months(shop)
    _place_the_past(shop, skus, PER_DAY, seed=1)
    second_per_day = tuple(count // 2 for count in PER_DAY)
    _place_the_past(second, skus, second_per_day, seed=2)
    start = datetime.now(timezone.utc) - timedelta(weeks=story_stock.WEEKS + 1)
    values: dict[str, Any] = {"import_from": f"{start:%Y-%m-%d} 00:00:00", "environment": "production"}
    channel = demo_shops.connect_shop(admin, shop.url, SHOP, **values)
    demo_shops.connect_shop(admin, second.url, SECOND_SHOP, invoice_policy="shipped", sequence=15, **values)
    places: Places = {"language": language, "channel": channel, "external": _connect_external(admin, people["api"].uid)}
    wait_for(lambda: _imported(admin, sum(PER_DAY + second_per_day) + story_stock.SOLD))

    _ship_the_past(people["preparer"])
    _tell_deliveries(people, shop, plain, places)
    _tell_service(people, shop, plain, places, language)
    _leave_something_to_settle(admin, shop, places, skus)
    _tell_invoices(people, second, plain, places)
    story_returns.tell(people, shop, places)
    story_catalogue.tell(people, shop, places, language)
    story_stock.begin(admin, places)
    story_preparation.tell(people, shop, places)
    story_stock.tell(admin, shop, places)
    story_payments.tell(admin, shop, places)
    said = admin.call("mail.message", "search", [("model", "=", "ecom.channel")])
    admin.call("mail.message", "unlink", said)  # what happened while the shops were connected
    return places


def _connect_external(admin: Client, user: int) -> int:
    """A shop without a package, that calls Odoo."""
    values = {
        "name": THIRD_SHOP,
        "sequence": 20,
        "platform": "external",
        "url": "https://port.example",
        "user_ids": [(6, 0, [user])],
    }
    channel = int(admin.call("ecom.channel", "create", values))
    admin.call("ecom.channel", "action_connect", [channel])
    return channel


# --- what happens to whom


def _tell_deliveries(people: dict[str, Client], shop: SandboxServer, plain: list[str], places: Places) -> None:
    """Parcels that leave, one for a pickup point with a gift message, and one that the customer fetches."""
    admin, picker = people["admin"], people["preparer"]
    carriers = admin.call("ecom.carrier.mapping", "search", [("label", "like", "Colissimo")])
    admin.call("ecom.carrier.mapping", "write", carriers, {"shop_carrier": "Colissimo"})
    warehouse = admin.call("ecom.channel", "read", [places["channel"]], ["warehouse_id"])[0]["warehouse_id"][0]
    fetched = [("channel_id", "=", places["channel"]), ("code", "=", "local_pickup")]
    rows = admin.call("ecom.carrier.mapping", "search", fetched)
    admin.call("ecom.carrier.mapping", "write", rows, {"warehouse_id": warehouse, "carrier_id": False})

    first, late, shown = place(shop, 3, skus=plain, kinds=["note"], lines=2, seed=7)
    shown_order = wait_for(lambda: settled(admin, shown))
    places |= {"order": shown_order["id"], "sale": shown_order["sale_order_id"][0], "shown": shown, "late": late}
    _ship(picker, wait_for(lambda: settled(admin, first)), TRACKING[0])
    _ship(picker, shown_order, TRACKING[1])
    _ship(picker, wait_for(lambda: settled(admin, late)), "")

    unsent = [("state", "in", ("pending", "sending"))]
    wait_for(lambda: not admin.call("ecom.command", "search_count", unsent))
    (gift,) = place(shop, skus=plain, kinds=["pickup", "gift", "note"], lines=2, seed=5)
    places["gift"] = _delivery(admin, wait_for(lambda: settled(admin, gift)))
    (collected,) = place(shop, skus=plain, kinds=["collect"], lines=1, seed=6)
    places["collect"] = _delivery(admin, wait_for(lambda: settled(admin, collected)))


def _tell_service(
    people: dict[str, Client], shop: SandboxServer, plain: list[str], places: Places, language: str
) -> None:
    """An order on hold, one that awaits its transfer, one that both sides change, and a customer who comes twice."""
    admin, service = people["admin"], people["service"]
    mine: dict[str, Any] = {"skus": plain, "kinds": [], "payment_method": "stripe"}
    (held,) = place(shop, **mine, lines=2, billing=MARIE, seed=21)
    order = wait_for(lambda: settled(admin, held))
    places |= {"held": order["id"], "held_delivery": _delivery(admin, order)}
    (partner,) = admin.search_read("sale.order", [("id", "=", order["sale_order_id"][0])], "partner_id")
    places["marie"] = partner["partner_id"][0]
    wizard = service.call("ecom.order.hold", "create", {"order_ids": [(6, 0, [order["id"]])], "note": HOLD[language]})
    service.call("ecom.order.hold", "action_apply", [wizard])

    transfer = mine | {"payment_method": "bacs", "status": "on-hold"}
    (awaited,) = place(shop, **transfer, lines=2, seed=22)
    order = wait_for(lambda: settled(admin, awaited))
    places |= {"awaited": order["id"], "awaited_sale": order["sale_order_id"][0]}

    (both,) = place(shop, **mine, lines=2, quantity=3, seed=24)
    order = wait_for(lambda: settled(admin, both))
    places["editable"] = order["id"]
    _change_on_both_sides(people, shop, both, order, places)

    twin = MARIE | {"email": "m.durand.lyon@example.com", "address_1": "8 r. des Lilas"}
    (again,) = place(shop, **mine, lines=1, billing=twin, seed=25)
    wait_for(lambda: settled(admin, again))
    places["duplicate"] = _issue(admin, "possible_duplicate")


def _change_on_both_sides(
    people: dict[str, Client], shop: SandboxServer, external_id: str, order: dict[str, Any], places: Places
) -> None:
    """Before they hear of each other, the shop sells five of an article and customer service takes one less."""
    manager, service = people["manager"], people["service"]
    manager.call("ecom.channel", "action_pause", [places["channel"]])
    lines = service.search_read(
        "ecom.order.line", [("order_id", "=", order["id"]), ("kind", "=", "product")], "external_id", "quantity"
    )
    shop.call(
        "/sandbox/orders/change",
        {"id": external_id, "line_items": [{"id": int(lines[0]["external_id"]), "quantity": 5}]},
    )
    wizard = service.call("ecom.order.edit", "create", {}, context={"default_order_id": order["id"]})
    edits = service.search_read("ecom.order.edit.line", [("wizard_id", "=", wizard)], "quantity")
    service.call("ecom.order.edit.line", "write", [edits[0]["id"]], {"quantity": edits[0]["quantity"] - 1})
    service.call("ecom.order.edit", "action_apply", [wizard], context={"lang": places["language"]})
    manager.call("ecom.channel", "action_connect", [places["channel"]])
    places["conflict"] = _issue(manager, "edit_conflict")


def _leave_something_to_settle(admin: Client, shop: SandboxServer, places: Places, skus: list[str]) -> None:
    """Sell what Odoo does not know, in a currency it does not use, and abroad; cancel what has left."""
    products = admin.call("product.product", "search", [("default_code", "=", RENAMED)])
    admin.call("product.product", "write", products, {"default_code": "MUG-BLEU", "barcode": False})
    waiting = place(shop, 2, skus=[RENAMED], lines=1, kinds=[], seed=11)
    waiting += place(shop, 1, skus=skus, lines=1, kinds=[], currency="CHF", seed=12)
    place(shop, skus=skus, lines=1, kinds=[], billing=SWISS, payment_method="stripe", seed=13)
    late = places["late"]
    urllib.request.urlopen(f"{shop.url}/shop/order/{late}/cancel", data=b"", timeout=30).close()
    orders = [("order_id.external_id", "in", [*waiting, late])]
    wait_for(lambda: admin.call("ecom.issue", "search_count", orders) == len(waiting) + 1)


def _tell_invoices(people: dict[str, Client], second: SandboxServer, plain: list[str], places: Places) -> None:
    """Orders of the second shop are shipped, and invoiced by the channel's policy."""
    admin = people["admin"]
    numbers = place(second, 3, skus=plain, kinds=[], payment_method="stripe", seed=31)
    sales = []
    for number in numbers:
        order = wait_for(lambda number=number: settled(admin, number, SECOND_SHOP))  # type: ignore[misc]
        _ship(people["preparer"], order, "")
        sales.append(order["sale_order_id"][0])
    posted = [("line_ids.sale_line_ids.order_id", "in", sales), ("state", "=", "posted")]
    wait_for(lambda: admin.call("account.move", "search_count", posted) == len(sales))
    places["invoice"] = admin.call("account.move", "search", posted)[0]


# --- helpers


def _place_the_past(shop: SandboxServer, skus: list[str], per_day: tuple[int, ...], seed: int) -> None:
    """Place orders on each day of the past, by the shop's own clock."""
    for ago, count in enumerate(reversed(per_day)):
        shop.call("/sandbox/clock", {"offset": -timedelta(days=ago).total_seconds()})
        if count:
            place(shop, count, skus=skus, seed=seed * 100 + ago)
    shop.call("/sandbox/clock", {"offset": 0})


def _imported(admin: Client, least: int) -> bool:
    count = admin.call("ecom.order", "search_count", [("state", "=", "settled")])
    return bool(count >= least and not admin.call("ecom.order", "search_count", [("state", "=", "received")]))


def _issue(client: Client, code: str) -> int:
    issue = [("code", "=", code), ("state", "=", "open")]
    return int(wait_for(lambda: client.call("ecom.issue", "search", issue))[0])


def _delivery(admin: Client, order: dict[str, Any]) -> int:
    return int(admin.call("stock.picking", "search", [("sale_id", "=", order["sale_order_id"][0])])[0])


def _ship(picker: Client, order: dict[str, Any], tracking: str) -> None:
    """Validate an order's delivery as a preparer does."""
    pickings = picker.call("stock.picking", "search", [("sale_id", "=", order["sale_order_id"][0])])
    if tracking:
        picker.call("stock.picking", "write", pickings, {"carrier_tracking_ref": tracking})
    picker.call("stock.picking", "button_validate", pickings)


def _ship_the_past(picker: Client) -> None:
    """What was ordered before today has left, by and large."""
    midnight = f"{datetime.now(timezone.utc):%Y-%m-%d} 00:00:00"
    old = [("state", "=", "assigned"), ("scheduled_date", "<", midnight)]
    pickings = picker.call("stock.picking", "search", old, order="scheduled_date")
    picker.call("stock.picking", "button_validate", pickings[:-3], context={"skip_backorder": True})
