"""Returns, exchanges and claims of a Medusa shop as returns: what is to come back, and what goes out instead. Pure.

Medusa tells an order's returns with it. An exchange and a claim name the return of what comes back; a claim without one
lets the customer keep the goods. Nobody approves anything there: what a customer asked for waits for an answer, what a
shopkeeper made is agreed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..documents import ZERO
from ..returns import (
    CHANGED_MIND,
    DAMAGED,
    DEFECTIVE,
    LATE,
    NOT_AS_DESCRIBED,
    SIZE,
    WRONG_ITEM,
    ExchangeLineDocument,
    ReturnDocument,
    ReturnLineDocument,
    ReturnState,
)
from ..values import identifier, rows, text, utc_or_none
from .amounts import amount_or

Row = Mapping[str, Any]

# Where a reader keeps what Medusa does not tell with the order: its exchanges and claims.
EXCHANGES_KEY = "_exchanges"
CLAIMS_KEY = "_claims"

# Where in the metadata of what we made stands our key.
KEY = "odoo_key"

# Ids of what staff or an app made, beside customers'.
_STAFF = ("user_", "apk_")

_STATES = {
    "requested": ReturnState.REQUESTED,
    "partially_received": ReturnState.OPEN,
    "received": ReturnState.CLOSED,
    "canceled": ReturnState.CANCELLED,
}

# Source: Medusa 2.21.2, ``ClaimReason``; a shop names the reasons of its returns itself, usually in these words.
_REASONS = {
    "wrong_item": WRONG_ITEM,
    "production_failure": DEFECTIVE,
    "defective": DEFECTIVE,
    "damaged": DAMAGED,
    "not_as_described": NOT_AS_DESCRIBED,
    "wrong_size": SIZE,
    "size": SIZE,
    "late": LATE,
    "changed_mind": CHANGED_MIND,
}


def our_key(row: Row) -> str:
    """Our key of a return or exchange that we made, ``""`` of others."""
    metadata = row.get("metadata")
    return text(metadata.get(KEY)) if isinstance(metadata, Mapping) else ""


def reason_of(value: str) -> str:
    """The word of ours that a reason of the shop stands for, ``""`` for none."""
    return _REASONS.get(value.casefold().replace("-", "_").replace(" ", "_"), "")


def parse_returns(raw: Row) -> Iterator[ReturnDocument]:
    """:raises ValueError: naming the field"""
    instead = {identifier(row.get("return_id")): row for key in (EXCHANGES_KEY, CLAIMS_KEY) for row in rows(raw, key)}
    claims = {identifier(row.get("return_id")): row for row in rows(raw, CLAIMS_KEY)}
    for index, row in enumerate(rows(raw, "returns")):
        external_id, field = identifier(row.get("id")), f"returns[{index}]"
        state = _state(row)
        if not external_id or state is None:
            continue
        claimed = {identifier(item.get("item_id")): item for item in rows(claims.get(external_id, {}), "claim_items")}
        yield ReturnDocument(
            external_id=external_id,
            number=f"R{text(row.get('display_id'))}" if row.get("display_id") else external_id,
            state=state,
            lines=tuple(
                _line(item, claimed.get(identifier(item.get("item_id")), {}), f"{field}.items[{at}]")
                for at, item in enumerate(rows(row, "items", f"{field}.items"))
            ),
            created_at=utc_or_none(row.get("requested_at") or row.get("created_at"), f"{field}.created_at"),
            exchanges=tuple(_exchanges(raw, instead.get(external_id, {}))),
            key=our_key(row) or our_key(instead.get(external_id, {})),
        )
    for index, row in enumerate(rows(raw, CLAIMS_KEY)):
        if not identifier(row.get("return_id")) and identifier(row.get("id")):
            yield _kept(raw, row, f"{CLAIMS_KEY}[{index}]")


def _kept(raw: Row, claim: Row, field: str) -> ReturnDocument:
    """A claim of which nothing comes back: the goods are missing, or not worth sending."""
    return ReturnDocument(
        external_id=identifier(claim.get("id")),
        number=f"C{text(claim.get('display_id'))}" if claim.get("display_id") else identifier(claim.get("id")),
        state=ReturnState.OPEN,
        lines=tuple(
            _line(item, item, f"{field}.claim_items[{at}]")
            for at, item in enumerate(rows(claim, "claim_items", f"{field}.claim_items"))
        ),
        created_at=utc_or_none(claim.get("created_at"), f"{field}.created_at"),
        exchanges=tuple(_exchanges(raw, claim)),
        keeps=True,
    )


def _state(row: Row) -> ReturnState | None:
    """``None`` while a shopkeeper is still typing it (``open``). Customers make neither exchanges nor claims, whose
    returns do not say who made them (observed on Medusa 2.21.2)."""
    if row.get("canceled_at"):
        return ReturnState.CANCELLED
    state = _STATES.get(text(row.get("status")))
    ours = text(row.get("created_by")).startswith(_STAFF) or row.get("exchange_id") or row.get("claim_id")
    return ReturnState.OPEN if state == ReturnState.REQUESTED and ours else state


def _line(item: Row, claimed: Row, field: str) -> ReturnLineDocument:
    found = item.get("reason")
    reason = found if isinstance(found, Mapping) else {}
    value = text(reason.get("value")) or text(claimed.get("reason"))
    return ReturnLineDocument(
        line_id=identifier(item.get("item_id")),
        quantity=amount_or(item, "quantity", field, ZERO),
        reason=reason_of(value),
        label=text(reason.get("label")) or value.replace("_", " ").capitalize(),
        note=text(item.get("note")) or text(claimed.get("note")),
    )


def _exchanges(raw: Row, owner: Row) -> Iterator[ExchangeLineDocument]:
    sold = {identifier(row.get("id")): row for row in rows(raw, "items")}
    for index, item in enumerate(rows(owner, "additional_items")):
        line = sold.get(identifier(item.get("item_id")), {})
        quantity = amount_or(item, "quantity", f"additional_items[{index}]", ZERO)
        if quantity > 0:
            yield ExchangeLineDocument(
                quantity,
                text(line.get("variant_sku")),
                identifier(line.get("product_id")),
                identifier(line.get("variant_id")),
                text(line.get("product_title")) or text(line.get("title")),
            )
