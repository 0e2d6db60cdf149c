"""Shopify Payments: what moves the shop's balance at Shopify, what it pays out, and what customers dispute. Read only.

Sources: the vendor's schema 2026-10; shopify.dev, "Shopify API search syntax" for the filters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from ..errors import PlatformError
from ..facts import BalancePage
from ..values import text
from ..words import _
from .answers import Raw
from .client import ShopifyClient, next_page, nodes
from .ids import gid
from .operations import Operation, query

PAGE_SIZE = 100

MOVES = query(
    """
query BalanceTransactions($first: Int!, $after: String, $query: String) {
  shopifyPaymentsAccount {
    balanceTransactions(first: $first, after: $after, query: $query, sortKey: PROCESSED_AT) {
      nodes {
        id type transactionDate test sourceOrderTransactionId adjustmentReason
        amount { amount currencyCode } fee { amount currencyCode } net { amount currencyCode }
        associatedOrder { id name } associatedPayout { id }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
""",
    cost=65,
)
# What the customer saw of it, and which payment a refund belongs to: the balance says neither.
PAYMENTS = query(
    """
query PaymentsOfOrders($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on OrderTransaction {
      id amountSet { presentmentMoney { amount currencyCode } } parentTransaction { id kind }
    }
  }
}
""",
    cost=4,  # each
)
PAYOUTS = query(
    """
query Payouts($first: Int!, $after: String, $query: String) {
  shopifyPaymentsAccount {
    payoutStatementDescriptor
    payouts(first: $first, after: $after, query: $query, sortKey: ISSUED_AT) {
      nodes { id issuedAt status transactionType externalTraceId net { amount currencyCode } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
""",
    cost=25,
)
DISPUTES = query(
    """
query Disputes($first: Int!, $after: String, $query: String) {
  shopifyPaymentsAccount {
    disputes(first: $first, after: $after, query: $query) {
      nodes {
        id type status initiatedAt evidenceDueBy finalizedOn
        amount { amount currencyCode } reasonDetails { reason }
        order { id name transactions(first: 20) { id kind status gateway } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
""",
    cost=55,
)


def read_transactions(
    client: ShopifyClient, since: datetime | None, cursor: str = "", payout_id: str = ""
) -> BalancePage:
    """One page of what moved the balance, or of what a payout is made of, and a call for what customers saw of it."""
    wanted = f"payments_transfer_id:{payout_id}" if payout_id else _since("processed_at", since)
    page = _page(client, MOVES, "balanceTransactions", wanted, cursor)
    ids = [text(row.get("sourceOrderTransactionId")) for row in page.raws]
    seen = _payments(client, [found for found in dict.fromkeys(ids) if found])
    for row, source in zip(page.raws, ids, strict=True):
        row["payment"] = seen.get(gid("OrderTransaction", source)) if source else None
    return page


def read_payouts(client: ShopifyClient, since: datetime | None, cursor: str = "") -> BalancePage:
    return _page(client, PAYOUTS, "payouts", _since("issued_at", since), cursor)


def read_disputes(client: ShopifyClient, since: datetime | None, cursor: str = "") -> BalancePage:
    return _page(client, DISPUTES, "disputes", _since("initiated_at", since), cursor)


def _page(client: ShopifyClient, operation: Operation, name: str, wanted: str, cursor: str) -> BalancePage:
    variables = {"first": PAGE_SIZE, "after": cursor or None, "query": wanted or None}
    account = client.query(operation, variables).get("shopifyPaymentsAccount")
    if account is None:
        raise PlatformError("unsupported", _("This shop does not use Shopify Payments."))
    listed: Any = account.get(name) if isinstance(account, Mapping) else None
    if not isinstance(listed, Mapping) or not isinstance(listed.get("nodes"), list):
        raise PlatformError("bad_answer", _("Shopify's answer has no list."), retry=True)
    label = text(account.get("payoutStatementDescriptor"))
    raws = tuple({**row, "label": label} if label else row for row in nodes(listed))
    following = next_page(listed)
    if following and following == cursor:
        raise PlatformError("bad_answer", _("Shopify's list goes round in circles."), retry=True)
    return BalancePage(raws, following, client.asked_at)


def _payments(client: ShopifyClient, ids: Sequence[str]) -> dict[str, Raw]:
    if not ids:
        return {}
    asked = replace(PAYMENTS, cost=PAYMENTS.cost * len(ids))
    found = client.query(asked, {"ids": [gid("OrderTransaction", one) for one in ids]}).get("nodes")
    # One whose order was deleted comes as null: what moved the balance stands without it.
    return {text(row.get("id")): row for row in found or () if isinstance(row, dict)}


def _since(field: str, moment: datetime | None) -> str:
    return f"{field}:>='{moment.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}'" if moment else ""
