"""Shopify Payments as the API shows them."""

from __future__ import annotations

from typing import Any

from ..store import Doc
from . import gid, payments
from .connections import Sorted
from .listing import Listing
from .money import currency_of, money_v2, text
from .resolving import Context, answers, plain, query
from .search import Field, compiled

PAYOUTS = Listing(
    "payouts",
    {"issued_at": Field("time", lambda doc: doc["issuedAt"]), "status": Field("text", lambda doc: doc["status"])},
    {"ISSUED_AT": lambda doc: doc["issuedAt"]},
)
DISPUTES = Listing(
    "disputes",
    {
        "initiated_at": Field("time", lambda doc: doc["initiatedAt"]),
        "status": Field("text", lambda doc: doc["status"]),
    },
)
MOVES = {
    "id": Field("number", lambda doc: doc["id"]),
    "processed_at": Field("time", lambda doc: doc["transactionDate"]),
    "payments_transfer_id": Field("number", lambda doc: doc["payout"] and doc["payout"]["id"]),
    "transaction_type": Field("text", lambda doc: doc["type"]),
}
plain("ShopifyPaymentsPayout", "payouts")
plain("ShopifyPaymentsDispute", "disputes")


@query("shopifyPaymentsAccount")
def _account(source: Any, ctx: Context, args: Doc) -> Doc | None:
    currency = ctx.shop.currency
    return {
        "id": 64_000_000_001,
        "activated": True,
        "balance": [money_v2(payments.balance(ctx.shop))],
        "country": "FR",
        "defaultCurrency": currency,
        "payoutStatementDescriptor": "SHOPIFY*LUMIERE",
    }


@answers("ShopifyPaymentsAccount", "balanceTransactions")
def _moves(source: Any, ctx: Context, args: Doc) -> Sorted:
    warnings: list[Doc] = []
    test = compiled(args.get("query") or "", MOVES, lambda doc: str(doc.get("orderName", "")), warnings)
    hidden = args.get("hideTransfers")
    found = [doc for doc in payments.moves(ctx.shop) if test(doc) and not (hidden and doc["sourceType"] == "TRANSFER")]
    ctx.warnings += (
        [{"path": ["balanceTransactions"], "query": args["query"], "warnings": warnings}] if warnings else []
    )
    return Sorted(found, payments.place, bool(args.get("reverse")))


@answers("ShopifyPaymentsAccount", "payouts")
def _payouts(source: Any, ctx: Context, args: Doc) -> Sorted:
    return PAYOUTS.find(ctx, args)


@answers("ShopifyPaymentsAccount", "disputes")
def _disputes(source: Any, ctx: Context, args: Doc) -> Sorted:
    return DISPUTES.find(ctx, args)


@answers("ShopifyPaymentsBalanceTransaction", "amount")
@answers("ShopifyPaymentsDispute", "amount")
def _amount(doc: Doc, ctx: Context, args: Doc) -> Doc:
    return money_v2(doc["amount"])


@answers("ShopifyPaymentsBalanceTransaction", "fee")
def _fee(doc: Doc, ctx: Context, args: Doc) -> Doc:
    return money_v2(doc["fee"])


@answers("ShopifyPaymentsPayout", "net")
def _paid(doc: Doc, ctx: Context, args: Doc) -> Doc:
    return money_v2(doc["net"])


@answers("ShopifyPaymentsBalanceTransaction", "net")
def _net(doc: Doc, ctx: Context, args: Doc) -> Doc:
    return money_v2(text(payments.net(doc), currency_of(doc["amount"])))


@answers("ShopifyPaymentsBalanceTransaction", "associatedOrder")
def _order(doc: Doc, ctx: Context, args: Doc) -> Doc | None:
    return {"id": gid.gid("Order", doc["orderId"]), "name": doc["orderName"]} if doc.get("orderId") else None


@answers("ShopifyPaymentsBalanceTransaction", "associatedPayout")
def _payout(doc: Doc, ctx: Context, args: Doc) -> Doc:
    payout = doc["payout"]
    if payout is None:
        return {"id": None, "status": "PENDING"}
    return {"id": gid.gid("ShopifyPaymentsPayout", payout["id"]), "status": payout["status"]}


@answers("ShopifyPaymentsBalanceTransactionAssociatedPayout", "id")
def _payout_id(doc: Doc, ctx: Context, args: Doc) -> Any:
    return doc["id"]


@answers("ShopifyPaymentsDispute", "order")
def _disputed(doc: Doc, ctx: Context, args: Doc) -> Doc | None:
    return payments.order_of(ctx.shop, doc)


@answers("ShopifyPaymentsDispute", "reasonDetails")
def _reason(doc: Doc, ctx: Context, args: Doc) -> Doc:
    return {"reason": doc["reason"], "networkReasonCode": None}
