"""Gift cards: made when they are sold or given, and what is left on them."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import Any

from ..store import Doc
from . import gid
from .listing import Listing
from .money import amount, money_v2, parts, text
from .resolving import Context, Refused, answers, mutation, plain, query
from .search import Field
from .shop import Shop

plain("GiftCard", "gift_cards")
LISTING = Listing("gift_cards", {"last_characters": Field("text", lambda doc: doc["lastCharacters"])})


def issue(shop: Shop, value: str, **known: Any) -> Doc:
    """A card worth an amount with its currency, such as ``50.00 EUR``."""
    now, code = shop.now(), secrets.token_hex(8)
    return shop.put(
        "gift_cards",
        {
            "id": shop.next_id("gift_card"), "code": code, "lastCharacters": code[-4:], "value": value,
            "balance": value,
            "maskedCode": f"•••• •••• •••• {code[-4:]}", "enabled": True, "isRedeemable": True, "createdAt": now,
            "updatedAt": now, **known,
        },
    )  # fmt: skip


def sold(shop: Shop, order: Doc) -> None:
    """Issue the cards that an order bought."""
    for line in order["lines"]:
        if line["isGiftCard"]:
            for _ in range(line["quantity"]):
                value = parts(line["originalUnitPriceSet"])[0]
                issue(shop, value, orderId=order["id"], lineItemId=line["id"], customerId=order["customerId"])


@mutation("giftCardCreate")
def _create(source: Any, ctx: Context, args: Doc) -> Doc:
    values = args["input"]
    worth = (values.get("initialAmount") or {}).get("amount") or values.get("initialValue")
    if not worth or Decimal(str(worth)) <= 0:
        raise Refused("The initial value must be greater than zero", ["input", "initialValue"], "GREATER_THAN")
    customer = gid.number(values.get("customerId"), "Customer") or None
    doc = issue(ctx.shop, text(Decimal(str(worth)), ctx.shop.currency), customerId=customer, note=values.get("note"),
                expiresOn=values.get("expiresOn"))  # fmt: skip
    return {"giftCard": doc, "giftCardCode": doc["code"]}


@query("giftCards")
def _cards(source: Any, ctx: Context, args: Doc) -> Any:
    return LISTING.find(ctx, args)


@query("giftCard")
def _card(source: Any, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("gift_cards", gid.number(args["id"], "GiftCard"))


@answers("GiftCard", "initialValue")
def _value(doc: Doc, ctx: Context, args: Doc) -> Doc:
    return money_v2(doc["value"])


@answers("GiftCard", "balance")
def _balance(doc: Doc, ctx: Context, args: Doc) -> Doc:
    return money_v2(doc["balance"] if amount(doc["balance"]) else text(Decimal(0), ctx.shop.currency))


@answers("GiftCard", "order")
def _order(doc: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("orders", doc.get("orderId") or 0)


@answers("GiftCard", "customer")
def _customer(doc: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("customers", doc.get("customerId") or 0)
