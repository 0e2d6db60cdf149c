"""Notes of orders: ``/orders/<id>/notes``. They change neither the order's date nor tell any webhook."""

from __future__ import annotations

from typing import Any

from . import dates
from .errors import RestError, trashing_not_supported
from .order_status import add_note
from .order_view import find_order
from .params import BOOLEAN, STRING, enum
from .rest import Answer, Call, Route, created, links
from .shop import Shop

Doc = dict[str, Any]


def _view(shop: Shop, note: Doc) -> Doc:
    order = f"orders/{note['order_id']}"
    return {
        "id": note["id"],
        "author": note["author"],
        **dates.both("date_created", note["created"], shop.zone),
        "note": note["note"],
        "customer_note": note["customer_note"],
        "_links": links(shop, f"{order}/notes", note["id"], order, allow="GET, DELETE"),
    }


def notes_of(shop: Shop, order_id: int) -> list[Doc]:
    """The notes of an order, newest first."""
    notes = [note for note in shop.all("notes").values() if note["order_id"] == order_id]
    return sorted(notes, key=lambda note: note["id"], reverse=True)


def _order(call: Call) -> Doc:
    try:
        return find_order(call.shop, call.ids[0])
    except RestError as error:
        raise RestError("woocommerce_rest_order_invalid_id", "Invalid order ID.", 404) from error


def list_notes(call: Call) -> Answer:
    """``GET /orders/<id>/notes``; ``type`` is any, customer or internal."""
    args = call.read({"type": enum("any", "customer", "internal", default="any")})
    notes = notes_of(call.shop, _order(call)["id"])
    if args["type"] != "any":
        notes = [note for note in notes if note["customer_note"] == (args["type"] == "customer")]
    return Answer([_view(call.shop, note) for note in notes])


def create_note(call: Call) -> Answer:
    """``POST /orders/<id>/notes``."""
    order = _order(call)
    values = call.read({"note": STRING, "customer_note": BOOLEAN, "added_by_user": BOOLEAN}, "note")
    author = "admin" if values.get("added_by_user") else "WooCommerce"
    note = add_note(call.shop, order["id"], values["note"], bool(values.get("customer_note")), author)
    return created(call.shop, _view(call.shop, note), f"orders/{order['id']}/notes/{note['id']}")


def _note(call: Call) -> Doc:
    note = call.shop.peek("notes", call.ids[1])
    if note is None or note["order_id"] != _order(call)["id"]:
        raise RestError("woocommerce_rest_invalid_id", "Invalid resource ID.", 404)
    return note


def get_note(call: Call) -> Answer:
    """``GET /orders/<id>/notes/<id>``."""
    return Answer(_view(call.shop, _note(call)))


def delete_note(call: Call) -> Answer:
    """``DELETE /orders/<id>/notes/<id>``, that needs ``force``."""
    note = _note(call)
    if not call.forced:
        raise trashing_not_supported("resource")
    call.shop.remove("notes", note["id"])
    return Answer(_view(call.shop, note))


ROUTES = [
    Route("orders/<id>/notes", {"GET": list_notes, "POST": create_note}),
    Route("orders/<id>/notes/<id>", {"GET": get_note, "DELETE": delete_note}),
]
