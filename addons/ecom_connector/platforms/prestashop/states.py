"""PrestaShop's order states: merchants rename, add and delete them, so their flags say what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..documents import OrderState
from ..values import identifier, text
from ..words import Words, _

# By what the shop's own settings know a state as (``PS_OS_…``).
_BY_SETTING = {
    "cheque": OrderState.PENDING,
    "bankwire": OrderState.PENDING,
    # To be prepared, and paid at the door.
    "cod": OrderState.CONFIRMED,
    "payment": OrderState.CONFIRMED,
    "remote_payment": OrderState.CONFIRMED,
    "preparation": OrderState.CONFIRMED,
    "shipping": OrderState.COMPLETED,
    "delivered": OrderState.COMPLETED,
    "canceled": OrderState.CANCELLED,
    "error": OrderState.CANCELLED,
    "refund": OrderState.REFUNDED,
    "outofstock_paid": OrderState.CONFIRMED,
    "outofstock_unpaid": OrderState.PENDING,
}
# By the e-mail that a state sends, for shops whose settings say nothing.
_BY_TEMPLATE = {
    "order_canceled": OrderState.CANCELLED,
    "payment_error": OrderState.CANCELLED,
    "refund": OrderState.REFUNDED,
    "cashondelivery": OrderState.CONFIRMED,
}

STATE_LABELS = {
    "cheque": _("Awaiting check payment"),
    "bankwire": _("Awaiting bank wire payment"),
    "cod": _("Awaiting cash on delivery"),
    "payment": _("Payment accepted"),
    "remote_payment": _("Remote payment accepted"),
    "preparation": _("In preparation"),
    "shipping": _("Shipped"),
    "delivered": _("Delivered"),
    "canceled": _("Cancelled"),
    "refund": _("Refunded"),
    "error": _("Payment error"),
    "outofstock_paid": _("On backorder (paid)"),
    "outofstock_unpaid": _("On backorder (not paid)"),
}


def order_state(state: Mapping[str, Any], order: Mapping[str, Any]) -> OrderState:
    """What a state means: by the shop's settings, by its e-mail, then by its flags.

    An order without a state is one that a payment module has not finished: its payment is awaited.
    """
    known = _BY_SETTING.get(text(state.get("_key"))) or _BY_TEMPLATE.get(text(state.get("_template")))
    if known is not None:
        return known
    if _flag(state, "shipped"):
        return OrderState.COMPLETED
    # "delivery" shows the delivery slip and "logable" counts the order as a sale: both are to be prepared.
    if any(_flag(state, flag) for flag in ("paid", "delivery", "logable")):
        return OrderState.CONFIRMED
    if "cashondelivery" in text(state.get("module_name")):
        return OrderState.CONFIRMED
    return OrderState.PENDING


def vendor_state(state: Mapping[str, Any], order: Mapping[str, Any]) -> str:
    """What a state is kept as: the setting that names it, else its own name, else its number."""
    return text(state.get("_key")) or text(state.get("_name")) or identifier(order.get("current_state")) or "none"


def left_alone(label: str) -> Words:
    """Why a state was not written: someone at the shop decided otherwise."""
    return _("The order is “%(state)s” on the shop and was left so.", state=label)


def _flag(state: Mapping[str, Any], name: str) -> bool:
    return text(state.get(name)) == "1"
