"""Returns that customers ask for on a Shopify shop, or that its staff makes: read with their orders.

A list of orders tells only that there are any (``order_fields.RETURN``): bulk operations take no list inside another
one. Their lines are read for those orders that have some, many in a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..documents import ZERO
from ..errors import PlatformError
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
from ..values import decimal_or, one_of, text, utc_or_none
from ..words import _, said
from .answers import Raw
from .client import ShopifyClient, nodes
from .ids import kind_of, plain
from .lists import read_rest, rest_of
from .operations import Batch, query
from .people import part
from .refunds import key_of, listed, without_key

_LINE = """
  id quantity customerNote returnReasonNote
  returnReasonDefinition { handle name }
  ... on ReturnLineItem { fulfillmentLineItem { lineItem { id } } }
"""
_EXCHANGE = "id unprocessedQuantity variantId"
READ = Batch(
    "query",
    "return",
    {"id": "ID!"},
    f"""{{
    id
    returnLineItems(first: 50) {{ nodes {{ {_LINE} }} pageInfo {{ hasNextPage endCursor }} }}
    exchangeLineItems(first: 10) {{ nodes {{ {_EXCHANGE} }} pageInfo {{ hasNextPage endCursor }} }}
    decline {{ note }}
    reverseFulfillmentOrders(first: 1) {{
      nodes {{
        status
        reverseDeliveries(first: 1) {{
          nodes {{ deliverable {{ ... on ReverseDeliveryShippingDeliverable {{ tracking {{ number }} }} }} }}
        }}
      }}
    }}
  }}""",
    cost=48,
)
REST = rest_of("return", "returnLineItems", _LINE, 50, 38)
REST_EXCHANGES = rest_of("return", "exchangeLineItems", _EXCHANGE, 50, 12)
# What is wanted instead has no name before the shop sends it.
VARIANTS = query(
    """
query ExchangeVariants($ids: [ID!]!) {
  nodes(ids: $ids) { ... on ProductVariant { id sku displayName product { id } } }
}
""",
    cost=50,
)
_MOST_VARIANTS = 100

# Source: the vendor's schema 2026-10, ``ReturnStatus``.
_STATES = {
    "REQUESTED": ReturnState.REQUESTED,
    "OPEN": ReturnState.OPEN,
    "CLOSED": ReturnState.CLOSED,
    "DECLINED": ReturnState.DECLINED,
    "CANCELED": ReturnState.CANCELLED,
}

# Shopify has a library of reasons that grows, by their handles ("too-tight", "arrived-late"): what one speaks of.
_SPEAKS_OF = (
    (("wrong",), WRONG_ITEM),
    (("described", "expected", "different"), NOT_AS_DESCRIBED),
    (("defect", "faulty", "broken", "not-working", "stopped-working"), DEFECTIVE),
    (("damage",), DAMAGED),
    (("late",), LATE),
    (("size", "tight", "loose", "small", "large", "short", "long", "fit"), SIZE),
    (("unwanted", "mind", "style", "color", "no-longer"), CHANGED_MIND),
)


def complete_returns(client: ShopifyClient, orders: Sequence[Raw]) -> None:
    """Have each return of these orders tell its lines: a call for many returns, however they are spread; one more where
    some of them are exchanges, and for each page of what is longer than one."""
    found = [row for order in orders for row in nodes(order.get("returns")) if isinstance(row, dict) and row.get("id")]
    for row, result in zip(found, client.run(READ, [{"id": row["id"]} for row in found]), strict=True):
        if isinstance(result, PlatformError):
            raise result
        row.update(result)
    read_rest(client, REST, found, "returnLineItems")
    read_rest(client, REST_EXCHANGES, found, "exchangeLineItems")
    _complete_exchanges(client, [line for row in found for line in nodes(row.get("exchangeLineItems"))])


def _complete_exchanges(client: ShopifyClient, lines: Sequence[Raw]) -> None:
    ids = list(dict.fromkeys(line["variantId"] for line in lines if line.get("variantId")))
    variants: Raw = {}
    for start in range(0, len(ids), _MOST_VARIANTS):
        rows = client.query(VARIANTS, {"ids": ids[start : start + _MOST_VARIANTS]}).get("nodes")
        variants |= {
            row["id"]: row for row in (rows if isinstance(rows, list) else ()) if isinstance(row, dict) and row
        }
    for line in lines:
        line["variant"] = variants.get(text(line.get("variantId")), {})


def state_of(status: Any, field: str = "returns.status") -> ReturnState:
    """:raises ValueError: for a state that is not known"""
    found = text(status)
    return _STATES[found] if found in _STATES else one_of(ReturnState, found, field)


def parse_returns(raw: Mapping[str, Any]) -> Iterator[ReturnDocument]:
    """Of a raw order; those whose lines were not read are left out, as nothing can be said of them.

    :raises ValueError: naming the return and the field
    """
    for row in listed(raw, "returns", "returns"):
        if "returnLineItems" not in row:
            continue
        external_id = plain(row.get("id")) if kind_of(row.get("id")) == "Return" else ""
        if not external_id:
            raise ValueError(_("%(field)s: absent", field="returns.id"))
        try:
            yield _return(row, external_id)
        except ValueError as error:
            raise ValueError(_("return %(id)s: %(error)s", id=external_id, error=said(error))) from error


def reason_of(definition: Mapping[str, Any]) -> str:
    """The word of ours for a reason of the library (``ReturnReasonDefinition``), ``""`` for none."""
    handle = text(definition.get("handle")).replace("_", "-").casefold()
    return next((code for words, code in _SPEAKS_OF if any(word in handle for word in words)), "")


def our_key(row: Mapping[str, Any]) -> str:
    """The key of a return that we made: it stands in the note of one of its lines."""
    notes = (line.get("returnReasonNote") for line in nodes(row.get("returnLineItems")))
    return next(filter(None, map(key_of, notes)), "")


def _return(row: Mapping[str, Any], external_id: str) -> ReturnDocument:
    return ReturnDocument(
        external_id=external_id,
        number=text(row.get("name")) or external_id,
        state=state_of(row.get("status")),
        lines=tuple(_line(line, index) for index, line in enumerate(listed(row, "returnLineItems", "returnLineItems"))),
        created_at=utc_or_none(row.get("createdAt"), "createdAt"),
        exchanges=tuple(_exchanges(row)),
        answer=text(part(row, "decline").get("note")),
        tracking=_tracking(row),
        key=our_key(row),
    )


def _line(line: Mapping[str, Any], index: int) -> ReturnLineDocument:
    reason = part(line, "returnReasonDefinition")
    notes = [without_key(line.get(name)) for name in ("customerNote", "returnReasonNote")]
    return ReturnLineDocument(
        line_id=plain(part(part(line, "fulfillmentLineItem"), "lineItem").get("id")),
        quantity=decimal_or(line.get("quantity"), f"returnLineItems[{index}].quantity", ZERO),
        reason=reason_of(reason),
        label=text(reason.get("name")),
        note=next(filter(None, notes), ""),
    )


def _exchanges(row: Mapping[str, Any]) -> Iterator[ExchangeLineDocument]:
    for index, line in enumerate(listed(row, "exchangeLineItems", "exchangeLineItems")):
        quantity = decimal_or(line.get("unprocessedQuantity"), f"exchangeLineItems[{index}].unprocessedQuantity", ZERO)
        if quantity > 0:
            variant = part(line, "variant")
            yield ExchangeLineDocument(
                quantity,
                text(variant.get("sku")),
                plain(part(variant, "product").get("id")),
                plain(line.get("variantId")),
                text(variant.get("displayName")),
            )


def _tracking(row: Mapping[str, Any]) -> str:
    for order in listed(row, "reverseFulfillmentOrders", "reverseFulfillmentOrders"):
        for delivery in listed(order, "reverseDeliveries", "reverseDeliveries"):
            if number := text(part(part(delivery, "deliverable"), "tracking").get("number")):
                return number
    return ""
