"""Shopify's webhooks: what arrives, and how ours are kept alive on the shop.

Sources: shopify.dev, "Verify webhook deliveries" (base64 of the HMAC-SHA256 of the raw body, with the app's client
secret), "Ignore duplicate webhooks" (``X-Shopify-Event-Id`` is the same for all that one event sends), "Privacy law
compliance" (three topics that are set in the app's own configuration, and cannot be subscribed to).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from ..base import WebhookState
from ..documents import PrivacyKind, PrivacyRequest, WebhookHint
from ..errors import PlatformError
from ..values import identifier, text
from ..words import _
from .client import ShopifyClient
from .ids import gid, plain
from .operations import Batch, query

# An order's payments, refunds, edits, shipments and cancellation all come as "updated"; a risk does not, and of
# returns nobody says so.
TOPICS = (
    "ORDERS_CREATE",
    "ORDERS_UPDATED",
    "ORDERS_DELETE",
    "ORDERS_RISK_ASSESSMENT_CHANGED",
    "RETURNS_REQUEST",
    "RETURNS_APPROVE",
    "RETURNS_DECLINE",
    "RETURNS_CANCEL",
    "RETURNS_CLOSE",
    "RETURNS_REOPEN",
    "PRODUCTS_UPDATE",
    "PRODUCTS_DELETE",
    "CUSTOMERS_UPDATE",
)

_KINDS = {"orders": "order", "returns": "order", "products": "product", "customers": "customer"}
_PRIVACY = frozenset({"customers/data_request", "customers/redact", "shop/redact"})

SUBSCRIPTIONS = query(
    """
query Webhooks($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    nodes { id topic uri }
    pageInfo { hasNextPage endCursor }
  }
}
""",
    cost=12,
)
SUBSCRIBE = Batch(
    "mutation",
    "webhookSubscriptionCreate",
    {"topic": "WebhookSubscriptionTopic!", "webhookSubscription": "WebhookSubscriptionInput!"},
    "{ webhookSubscription { id topic uri } userErrors { field message } }",
    cost=12,
)
UNSUBSCRIBE = Batch(
    "mutation",
    "webhookSubscriptionDelete",
    {"id": "ID!"},
    "{ deletedWebhookSubscriptionId userErrors { field message } }",
    repeatable=True,
)


def verify(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    given = _header(headers, "X-Shopify-Hmac-Sha256")
    if not secret or not given:
        return False
    wanted = b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(wanted, given.strip().encode("utf-8", "replace"))


def parse(headers: Mapping[str, str], body: bytes) -> WebhookHint:
    """What a verified delivery is about.

    One event may be told under several topics and of several things, and be delivered more than once: topic, thing
    and event together name a delivery.
    """
    topic = _header(headers, "X-Shopify-Topic").strip()
    found = _object(body)
    owner, _slash, event = topic.partition("/")
    kind = "privacy" if topic in _PRIVACY else _KINDS.get(owner, "")
    external_id = _id(topic, found)
    occurred = _header(headers, "X-Shopify-Event-Id") or _header(headers, "X-Shopify-Webhook-Id")
    parts = (topic[:40], external_id[:24], occurred[:48] or hashlib.sha256(body).hexdigest()[:32])
    return WebhookHint(kind, external_id, "-".join(parts), deleted=event == "delete")


def parse_privacy_request(body: bytes) -> PrivacyRequest:
    """Which of the three it is shows in what it lists: the topic is in a header alone.

    :raises ValueError: when it is none of them, or names no customer
    """
    found = _object(body)
    if not found.get("shop_domain"):
        raise ValueError(_("%(field)s: absent", field="shop_domain"))
    customer = found.get("customer")
    if customer is None:
        return PrivacyRequest(PrivacyKind.SHOP)
    customer = customer if isinstance(customer, Mapping) else {}
    customer_id, email = identifier(customer.get("id")), text(customer.get("email"))
    if not customer_id and not email:
        raise ValueError(_("%(field)s: absent", field="customer.id"))
    asks = "orders_requested" in found or "data_request" in found
    listed = found.get("orders_requested" if asks else "orders_to_redact")
    order_ids = tuple(one for one in map(identifier, listed) if one) if isinstance(listed, list) else ()
    return PrivacyRequest(PrivacyKind.DATA if asks else PrivacyKind.CUSTOMER, customer_id, email, order_ids)


def read(client: ShopifyClient, address: str) -> list[WebhookState]:
    """Every webhook of ours that posts to ``address``, oldest first; Shopify deletes those that fail for hours."""
    rows = client.pages(SUBSCRIPTIONS, {}, lambda data: data.get("webhookSubscriptions"))
    found = [
        WebhookState(plain(row.get("id")), text(row.get("topic")), True, text(row.get("uri")))
        for row in rows
        if text(row.get("uri")).rstrip("/") == address.rstrip("/")
    ]
    return sorted(found, key=lambda state: int(state.external_id) if state.external_id.isdecimal() else 0)


def register(client: ShopifyClient, address: str) -> list[WebhookState]:
    """One webhook for each topic, made where it is missing and freed of doubles; one call when all is well."""
    kept: dict[str, WebhookState] = {}
    doubles: list[str] = []
    for state in read(client, address):
        if state.topic in TOPICS and state.topic not in kept:
            kept[state.topic] = state
        elif state.topic in TOPICS:
            doubles.append(state.external_id)
    missing = [topic for topic in TOPICS if topic not in kept]
    inputs = [{"topic": topic, "webhookSubscription": {"uri": address, "format": "JSON"}} for topic in missing]
    for topic, result in zip(missing, client.run(SUBSCRIBE, inputs), strict=True):
        if isinstance(result, PlatformError):
            raise result
        made = result.get("webhookSubscription")
        made = made if isinstance(made, dict) else {}
        kept[topic] = WebhookState(plain(made.get("id")), topic, bool(made.get("id")), address)
    _delete(client, doubles)
    return [kept[topic] for topic in TOPICS]


def remove(client: ShopifyClient, address: str) -> None:
    _delete(client, [state.external_id for state in read(client, address)])


def _delete(client: ShopifyClient, ids: list[str]) -> None:
    for result in client.run(UNSUBSCRIBE, [{"id": gid("WebhookSubscription", one)} for one in ids]):
        # One that is gone already is refused in so many words.
        if isinstance(result, PlatformError) and result.retry:
            raise result


def _id(topic: str, found: Mapping[str, Any]) -> str:
    if topic == "shop/redact":
        return identifier(found.get("shop_id"))
    if topic in _PRIVACY:
        customer = found.get("customer")
        return identifier(customer.get("id")) if isinstance(customer, Mapping) else ""
    if topic == "orders/risk_assessment_changed":
        return plain(found.get("admin_graphql_api_order_id")) or identifier(found.get("order_id"))
    if topic == "orders/edited":
        edit = found.get("order_edit")
        return identifier(edit.get("order_id")) if isinstance(edit, Mapping) else ""
    if topic.startswith("returns/"):
        # Some name the order in an object, some by its id.
        order = found.get("order")
        return identifier(order.get("id") if isinstance(order, Mapping) else found.get("order_id"))
    return identifier(found.get("id"))


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found: Any = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _header(headers: Mapping[str, str], name: str) -> str:
    """A header whatever its case: mappings of web servers ignore it, plain dictionaries do not."""
    found = headers.get(name)
    if found is not None:
        return found
    wanted = name.casefold()
    return next((value for key, value in headers.items() if key.casefold() == wanted), "")
