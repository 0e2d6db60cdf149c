"""Promotions and prices of customer groups: Medusa keeps both in price lists, ours are told by their titles.

A sale list has one beginning and one end: promotions of the same days share a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from ..catalogue import OfferDocument
from ..values import identifier, rows, text
from .client import MedusaClient

Raw = dict[str, Any]
Row = Mapping[str, Any]

_FIELDS = (
    "id,title,type,status,starts_at,ends_at,rules,price_list_rules.attribute,price_list_rules.value,"
    "prices.id,prices.amount,prices.currency_code,prices.min_quantity,prices.price_set.variant.id"
)
_OURS = "Odoo: "
_GROUPS = "customer.groups.id"


@dataclass(frozen=True, slots=True)
class Key:
    """Which list a price belongs to: that of a group, or that of a promotion's days."""

    group: str = ""
    begins: str = ""
    ends: str = ""

    @property
    def title(self) -> str:
        if self.group:
            return f"{_OURS}{self.group}"
        return f"{_OURS}{self.begins or '…'} – {self.ends or '…'}"

    def body(self, prices: list[Raw]) -> Raw:
        common = {"title": self.title, "description": self.title, "status": "active", "prices": prices}
        if self.group:
            return common | {"type": "override", "rules": {_GROUPS: [self.group]}}
        return common | {"type": "sale", "starts_at": self.begins or None, "ends_at": self.ends or None}


@dataclass(slots=True)
class Wanted:
    """What is to be true of a variant in lists: of its promotion, of its groups' prices, or of both."""

    sale: bool = False
    groups: bool = False
    prices: dict[tuple[Key, int], Decimal] = field(default_factory=dict)

    def covers(self, title: str, kind: str) -> bool:
        return title.startswith(_OURS) and (self.sale if kind == "sale" else self.groups)


def wanted_of(document: OfferDocument, fields: Iterable[str]) -> Wanted | None:
    """What of an offer is told that stands in lists."""
    told = frozenset(fields)
    found = Wanted(sale=bool(told & {"sale_price", "sale_from", "sale_to"}), groups="prices" in told)
    if found.sale and document.sale_price is not None:
        key = Key(begins=_iso(document.sale_from), ends=_iso(document.sale_to))
        found.prices[key, 0] = document.sale_price
    if found.groups:
        for price in document.prices:
            if price.group:
                found.prices[Key(group=price.group), int(price.quantity) if price.quantity > 1 else 0] = price.price
    return found if found.sale or found.groups else None


def list_prices(client: MedusaClient) -> list[Raw]:
    """Every price of the shop's lists that are not drafts, with its list's kind, days and group."""
    found = []
    for row in client.pages("price-lists", "price_lists", {"fields": _FIELDS}):
        if row.get("status") == "draft":
            continue
        groups = _group_ids(row)
        for price in rows(row, "prices"):
            common = {
                "variant_id": identifier(price.get("variant_id")),
                "amount": price.get("amount"),
                "currency_code": price.get("currency_code"),
                "min_quantity": price.get("min_quantity"),
                "type": row.get("type"),
                "starts_at": row.get("starts_at"),
                "ends_at": row.get("ends_at"),
            }
            found += [common | {"group": group} for group in groups or ("",)]
    # A promotion of one group is a price of that group, not everybody's.
    return [price | ({"type": "override"} if price["group"] else {}) for price in found]


def write(client: MedusaClient, currency: str, wanted: Mapping[str, Wanted]) -> None:
    """Have the lists say so of these variants, by id: one look, then one call for each list that differs.

    :raises PlatformError: when the shop refuses
    """
    if not wanted:
        return
    lists = [row for row in client.pages("price-lists", "price_lists", {"fields": _FIELDS}) if _is_ours(row)]
    by_title = {text(row.get("title")): row for row in lists}
    keys = {key.title: key for want in wanted.values() for key, _quantity in want.prices}
    for title, key in keys.items():
        if title not in by_title:
            prices = [body for _id, body in _told(key, wanted, currency)]
            client.post("price-lists", key.body(prices), idempotent=False)
    for title, row in by_title.items():
        body = _difference(row, keys.get(title), wanted, currency)
        if body:
            client.post(f"price-lists/{identifier(row.get('id'))}/prices/batch", body, idempotent="create" not in body)


def _difference(row: Row, key: Key | None, wanted: Mapping[str, Wanted], currency: str) -> Raw:
    told = dict(_told(key, wanted, currency)) if key else {}
    kind, title = text(row.get("type")), text(row.get("title"))
    updates, deletes = [], []
    for price in rows(row, "prices"):
        variant = identifier(price.get("variant_id"))
        want = wanted.get(variant)
        if want is None or not want.covers(title, kind) or text(price.get("currency_code")) != currency:
            continue
        body = told.pop((variant, int(price.get("min_quantity") or 0)), None)
        if body is None:
            deletes.append(identifier(price.get("id")))
        elif body["amount"] != price.get("amount"):
            updates.append({"id": identifier(price.get("id")), **body})
    found = {"create": list(told.values()), "update": updates, "delete": deletes}
    return {name: listed for name, listed in found.items() if listed}


def _told(key: Key, wanted: Mapping[str, Wanted], currency: str) -> Iterator[tuple[tuple[str, int], Raw]]:
    for variant, want in wanted.items():
        for (own, quantity), amount in want.prices.items():
            if own == key:
                body: Raw = {"variant_id": variant, "amount": float(amount), "currency_code": currency}
                yield (variant, quantity), body | ({"min_quantity": quantity} if quantity else {})


def _is_ours(row: Row) -> bool:
    return text(row.get("title")).startswith(_OURS)


def _group_ids(row: Row) -> Sequence[str]:
    rules = row.get("rules")
    listed = rules.get(_GROUPS) if isinstance(rules, Mapping) else None
    return [identifier(group) for group in listed] if isinstance(listed, list) else []


def _iso(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
