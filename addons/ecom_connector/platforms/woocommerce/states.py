"""WooCommerce's statuses: what they mean, and what they are called."""

from __future__ import annotations

from ..documents import OrderState
from ..words import Words, _

ORDER_STATES = {
    "pending": OrderState.PENDING,
    "on-hold": OrderState.PENDING,
    "processing": OrderState.CONFIRMED,
    "completed": OrderState.COMPLETED,
    "cancelled": OrderState.CANCELLED,
    "failed": OrderState.CANCELLED,
    "trash": OrderState.CANCELLED,
    "refunded": OrderState.REFUNDED,
    "checkout-draft": OrderState.DRAFT,
    "auto-draft": OrderState.DRAFT,
    "draft": OrderState.DRAFT,
}

STATE_LABELS = {
    "pending": _("Pending payment"),
    "on-hold": _("On hold"),
    "processing": _("Processing"),
    "completed": _("Completed"),
    "cancelled": _("Cancelled"),
    "failed": _("Failed"),
    "trash": _("In the bin"),
    "refunded": _("Refunded"),
    "checkout-draft": _("Draft"),
    "auto-draft": _("Draft"),
    "draft": _("Draft"),
}


def order_state(vendor_state: str, *, paid: bool) -> OrderState:
    """A status that a plugin added means "to be prepared" once the money is there, else "awaiting it"."""
    known = ORDER_STATES.get(vendor_state)
    return known or (OrderState.CONFIRMED if paid else OrderState.PENDING)


def left_alone(vendor_state: str) -> Words:
    """Why a state was not written: someone at the shop decided otherwise."""
    label = STATE_LABELS.get(vendor_state, vendor_state)
    return _("The order is “%(state)s” on the shop and was left so.", state=label)
