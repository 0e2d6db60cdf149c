"""What Shopify's two states of an order, of its money and of its goods, mean together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..documents import OrderState
from ..values import text
from ..words import _

# Source: the vendor's schema 2026-10, ``OrderDisplayFinancialStatus`` and ``OrderDisplayFulfillmentStatus``.
_MONEY = {
    "AUTHORIZED": _("Authorised"),
    "EXPIRED": _("Authorisation expired"),
    "PAID": _("Paid"),
    "PARTIALLY_PAID": _("Partly paid"),
    "PARTIALLY_REFUNDED": _("Partly refunded"),
    "PENDING": _("Pending payment"),
    "REFUNDED": _("Refunded"),
    "VOIDED": _("Payment voided"),
}
_GOODS = {
    "FULFILLED": _("shipped"),
    "FULFILLMENT_NOT_REQUIRED": _("nothing to ship"),
    "IN_PROGRESS": _("in progress"),
    "ON_HOLD": _("on hold"),
    "OPEN": _("to ship"),
    "PARTIALLY_FULFILLED": _("partly shipped"),
    "PENDING_FULFILLMENT": _("to ship"),
    "REQUEST_DECLINED": _("shipping declined"),
    "RESTOCKED": _("put back into stock"),
    "SCHEDULED": _("scheduled"),
    "UNFULFILLED": _("to ship"),
}

CANCELLED = "CANCELLED"

STATE_LABELS: Mapping[str, str] = {
    CANCELLED: _("Cancelled"),
    **{
        f"{money}/{goods}": _("%(money)s, %(goods)s", money=money_label, goods=goods_label)
        for money, money_label in _MONEY.items()
        for goods, goods_label in _GOODS.items()
    },
}

# Manual payments where the carrier brings the money, as Shopify names them in English and French: such an order is
# prepared unpaid.
_ON_DELIVERY = ("cash on delivery", "(cod)", "paiement à la livraison", "contre remboursement", "contre-remboursement")


def vendor_state(raw: Mapping[str, Any]) -> str:
    """``PAID/UNFULFILLED``: what Shopify's administration shows as two badges."""
    if raw.get("cancelledAt"):
        return CANCELLED
    return "/".join(
        part for part in (text(raw.get("displayFinancialStatus")), text(raw.get("displayFulfillmentStatus"))) if part
    )


def order_state(raw: Mapping[str, Any], *, on_account: bool, gateways: frozenset[str], owes: bool) -> OrderState:
    """What is to be done.

    ``FULFILLMENT_NOT_REQUIRED`` says that Shopify would ship nothing (a service, a gift card sent by e-mail): the
    order is confirmed like any other, and what Odoo knows as goods is delivered. An authorised payment is captured
    when the goods leave, so the order is to be prepared.

    :param on_account: a company that pays on terms: prepared before it is paid
    :param gateways: names of the means of payment, in lower case
    :param owes: whether anything is to be paid, where Shopify gives no state of the money
    """
    money, goods = text(raw.get("displayFinancialStatus")), text(raw.get("displayFulfillmentStatus"))
    if raw.get("cancelledAt"):
        return OrderState.CANCELLED
    if money == "REFUNDED":
        return OrderState.REFUNDED
    if goods == "FULFILLED":
        return OrderState.COMPLETED
    if money in ("PAID", "AUTHORIZED", "PARTIALLY_REFUNDED") or (not money and not owes):
        return OrderState.CONFIRMED
    unpaid_but_agreed = on_account or any(name in gateway for gateway in gateways for name in _ON_DELIVERY)
    if money == "PENDING" and unpaid_but_agreed:
        return OrderState.CONFIRMED
    return OrderState.PENDING
