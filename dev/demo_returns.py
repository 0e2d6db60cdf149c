"""Returns of the demonstration in every state: what a merchant finds in the morning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from dev import demo_orders
from dev.client import Client

BUTTONS = {"received": "action_receive_all", "inspected": "action_restock_all", "settled": "action_settle"}
"""What is pressed on the way to each state."""


@dataclass(frozen=True)
class Story:
    """What a customer asked for some days ago, in which words, and how far it got."""

    reach: str
    kind: str
    days: int
    note: str = ""
    reason: str = ""
    wish: str = "refund"
    tracking: str = ""
    declined: str = ""


STORIES = (
    Story("requested", "terms", 6, "La couleur n’est pas celle de la photo.", "not_as_described"),
    Story("declined", "terms", 3, "Je n’en ai plus besoin.", "changed_mind", declined="The article was worn."),
    Story("requested", "conformity", 0, "Ne fonctionne plus depuis hier.", "defective"),
    Story("awaiting", "withdrawal", 2, tracking="8R41200975513"),
    Story("received", "withdrawal", 4, "Trop petit."),
    Story("inspected", "withdrawal", 5, "Cadeau reçu en double."),
    Story("settled", "withdrawal", 4),
    Story("awaiting", "withdrawal", 1, "Je préfère le même en bleu.", wish="exchange"),
)
"""One for each delivered order. The first one waits for an answer too long: its alarm rings."""


def prepare(admin: Client, sandbox_url: str) -> None:
    """Make the returns of a new demonstration, once."""
    field = [("model", "=", "ecom.return"), ("name", "=", "state")]
    if not admin.call("ir.model.fields", "search_count", field) or admin.call("ecom.return", "search_count", []):
        return
    tell(admin, demo_orders.past_orders(admin, sandbox_url))


def tell(admin: Client, orders: list[dict[str, Any]]) -> dict[str, list[int]]:
    """A return of each of these delivered orders; ``{state: ids}`` as they were to be reached."""
    reasons = {row["code"]: row["id"] for row in admin.search_read("ecom.return.reason", [], "code")}
    lines = _returnable(admin, [order["sale_order_id"][0] for order in orders])
    stories = [(story, order["sale_order_id"][0]) for story, order in zip(STORIES, orders, strict=False)]
    made = admin.call(
        "ecom.return",
        "create",
        [_values(story, sale, lines[sale], reasons.get(story.reason, False)) for story, sale in stories],
    )
    for state, button in BUTTONS.items():
        admin.call(
            "ecom.return",
            button,
            [number for (story, _sale), number in zip(stories, made, strict=True) if _further(story.reach, state)],
        )
    found: dict[str, list[int]] = {}
    for (story, _sale), number in zip(stories, made, strict=True):
        found.setdefault(story.reach, []).append(number)
        if story.declined:
            admin.call("ecom.return", "write", [number], {"decline_reason": story.declined})
            admin.call("ecom.return", "action_decline_confirm", [number])
    return found


def _further(reach: str, state: str) -> bool:
    """Whether a return that reaches that state passes this one."""
    return reach in BUTTONS and [*BUTTONS].index(reach) >= [*BUTTONS].index(state)


def _returnable(admin: Client, sales: list[int]) -> dict[int, list[dict[str, Any]]]:
    domain = [("order_id", "in", sales), ("product_id.type", "=", "consu")]
    found: dict[int, list[dict[str, Any]]] = {sale: [] for sale in sales}
    for row in admin.search_read("sale.order.line", domain, "order_id", "ecom_quantity_returnable", order="id"):
        found[row["order_id"][0]].append(row)
    return found


def _values(story: Story, sale: int, lines: list[dict[str, Any]], reason: int | bool) -> dict[str, Any]:
    """The first line of the order comes back, with a withdrawal all of them."""
    asked = datetime.now(timezone.utc) - timedelta(days=story.days)
    wanted = lines if story.kind == "withdrawal" else lines[:1]
    return {
        "sale_order_id": sale,
        "kind": story.kind,
        "wish": story.wish,
        "note": story.note or False,
        "tracking_ref": story.tracking or False,
        "requested_at": f"{asked:%Y-%m-%d %H:%M:%S}",
        "line_ids": [
            (0, 0, {"sale_line_id": row["id"], "quantity": row["ecom_quantity_returnable"], "reason_id": reason})
            for row in wanted
        ],
    }
