"""The returns' part of the story: what came back in the last weeks, in every state, and a parcel on the desk."""

from __future__ import annotations

from dev import demo_orders, demo_returns
from dev.client import Client
from dev.pictures.orders import SHOP, Places
from dev.sandbox import SandboxServer

TOKEN = "00000000-0000-4000-8000-000000000000"
"""Opens the order's page to the customer."""


def tell(people: dict[str, Client], shop: SandboxServer, places: Places) -> None:
    """Returns in every state; names of those that the pictures are of."""
    admin = people["admin"]
    found = demo_returns.tell(admin, demo_orders.past_orders(admin, shop.url, SHOP))
    for state in ("requested", "awaiting", "received", "inspected", "settled"):
        places[f"return_{state}"] = found[state][0]
    rows = admin.call("ecom.return", "read", [places["return_awaiting"]], ["name"])
    places["return_number"] = rows[0]["name"]
    note = [("ecom_return_id", "=", places["return_settled"]), ("move_type", "=", "out_refund")]
    places["credit_note"] = admin.call("account.move", "search", note)[0]
    # A customer whose order arrived, and who has some of it still.
    (asked,) = admin.call("ecom.return", "read", [found["requested"][1]], ["sale_order_id"])
    sale = asked["sale_order_id"][0]
    admin.call("sale.order", "write", [sale], {"access_token": TOKEN})
    places["withdrawal"] = f"/my/orders/{sale}/return?access_token={TOKEN}&kind=withdrawal"
