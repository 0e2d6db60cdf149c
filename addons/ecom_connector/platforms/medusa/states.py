"""What Medusa's three states of an order, of its money and of its parcels mean together.

``status`` stays "pending" until somebody completes the order: the two others say what is to be done.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..documents import OrderState
from ..values import text
from ..words import _

# A payment that nobody checks: the shopkeeper sees a transfer, a cheque or cash arrive, and captures it by hand.
MANUAL_PROVIDER = "pp_system_default"

STATE_LABELS = {
    "draft": _("Draft"),
    "canceled": _("Cancelled"),
    "completed": _("Completed"),
    "archived": _("Archived"),
    "requires_action": _("Waits for the customer"),
    "not_paid": _("Not paid"),
    "awaiting": _("Awaiting payment"),
    "authorized": _("Payment authorised"),
    "partially_authorized": _("Payment partly authorised"),
    "captured": _("Paid"),
    "partially_captured": _("Partly paid"),
    "partially_refunded": _("Partly refunded"),
    "refunded": _("Refunded"),
    "partially_fulfilled": _("Partly packed"),
    "fulfilled": _("Packed"),
    "partially_shipped": _("Partly shipped"),
    "shipped": _("Shipped"),
    "partially_delivered": _("Partly delivered"),
    "delivered": _("Delivered"),
}

_PAID = frozenset({"captured", "partially_refunded", "partially_captured"})
_SENT = frozenset({"shipped", "partially_delivered", "delivered"})


def order_state(raw: Mapping[str, Any], *, manual: bool) -> tuple[OrderState, str]:
    """The shared state and the vendor's own that says most.

    An authorised payment is as good as money, unless it is ``manual``: nobody stands behind that one.
    """
    status, money, parcels = (text(raw.get(name)) for name in ("status", "payment_status", "fulfillment_status"))
    if status == "draft" or raw.get("is_draft_order") is True:
        return OrderState.DRAFT, "draft"
    if status == "canceled":
        return OrderState.CANCELLED, status
    if money == "refunded":
        return OrderState.REFUNDED, money
    if parcels in _SENT:
        return OrderState.COMPLETED, parcels
    if status in ("completed", "archived"):
        return OrderState.COMPLETED, status
    shown = parcels if parcels not in ("", "not_fulfilled", "canceled") else money
    if status == "requires_action" or money == "requires_action":
        return OrderState.PENDING, "requires_action"
    if money in _PAID or (money == "authorized" and not manual):
        return OrderState.CONFIRMED, shown
    return OrderState.PENDING, shown or "not_paid"
