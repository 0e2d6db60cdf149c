"""Webhook subscriptions, and their deliveries: signed, tried again, and the subscription removed when all fail.

The body is what the event found; a repeated delivery carries the same ids. The vendor tries 8 times in 4 hours, the
sandbox ``webhook_attempts`` times, ``webhook_retry_seconds`` apart.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from ..delivery import Courier, Letter, Parcel
from ..store import Doc
from . import gid, payloads
from .listing import Listing, count
from .resolving import Context, Refused, answers, mutation, plain, query
from .search import Field
from .shop import Shop

plain("WebhookSubscription", "webhooks")
COMPLIANCE = ("customers/data_request", "customers/redact", "shop/redact")
LISTING = Listing("webhooks", {"topic": Field("text", lambda doc: doc["topic"])})


@query("webhookSubscriptions")
def _subscriptions(source: Any, ctx: Context, args: Doc) -> Any:
    topics, uri = args.get("topics"), args.get("uri") or args.get("callbackUrl")

    def fits(doc: Doc) -> bool:
        return (not topics or doc["topic"] in topics) and (not uri or doc["uri"] == uri)

    return LISTING.find(ctx, args, fits, (tuple(topics or ()), uri))


@query("webhookSubscriptionsCount")
def _count(source: Any, ctx: Context, args: Doc) -> Doc:
    return count(LISTING.find(ctx, args))


@query("webhookSubscription")
def _subscription(source: Any, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("webhooks", gid.number(args["id"], "WebhookSubscription"))


@mutation("webhookSubscriptionCreate")
def _create(source: Any, ctx: Context, args: Doc) -> Doc:
    values, now = args["webhookSubscription"], ctx.shop.now()
    doc = {
        "id": ctx.shop.next_id("webhook"),
        "topic": args["topic"],
        "uri": _uri(values),
        "format": values.get("format") or "JSON",
        "includeFields": values.get("includeFields") or [],
        "metafieldNamespaces": values.get("metafieldNamespaces") or [],
        "filter": values.get("filter"),
        "name": values.get("name"),
        "version": ctx.version,
        "createdAt": now,
        "updatedAt": now,
    }
    _check_free(ctx.shop, doc)
    return {"webhookSubscription": ctx.shop.put("webhooks", doc)}


def _uri(values: Doc) -> str:
    uri = str(values.get("uri") or values.get("callbackUrl") or "")
    if not uri.startswith(("http://", "https://")):
        raise Refused("Address is invalid", ["webhookSubscription", "uri"])
    return uri


def _check_free(shop: Shop, doc: Doc) -> None:
    for other in shop.all("webhooks").values():
        if other["id"] != doc["id"] and all(other[name] == doc[name] for name in ("topic", "uri", "filter")):
            words = "Address for this topic has already been taken"
            raise Refused(words, ["webhookSubscription", "callbackUrl"])


@mutation("webhookSubscriptionUpdate")
def _update(source: Any, ctx: Context, args: Doc) -> Doc:
    doc = ctx.shop.load("webhooks", gid.number(args["id"], "WebhookSubscription"))
    if doc is None:
        raise Refused("Webhook subscription does not exist", ["id"])
    values = args["webhookSubscription"]
    if values.get("uri") or values.get("callbackUrl"):
        doc["uri"] = _uri(values)
    doc |= {name: values[name] for name in ("format", "includeFields", "filter") if name in values}
    _check_free(ctx.shop, doc)
    doc |= {"updatedAt": ctx.shop.now(), "version": ctx.version}
    return {"webhookSubscription": ctx.shop.put("webhooks", doc)}


@mutation("webhookSubscriptionDelete")
def _delete(source: Any, ctx: Context, args: Doc) -> Doc:
    number = gid.number(args["id"], "WebhookSubscription")
    if ctx.shop.peek("webhooks", number) is None:
        raise Refused("Webhook subscription does not exist", ["id"])
    ctx.shop.remove("webhooks", number)
    return {"deletedWebhookSubscriptionId": args["id"]}


@answers("WebhookSubscription", "apiVersion")
def _version(doc: Doc, ctx: Context, args: Doc) -> Doc:
    return {"handle": doc["version"], "displayName": doc["version"], "supported": True}


# Deliveries


def enum_of(topic: str) -> str:
    """A topic as the API's enumeration writes it."""
    return topic.replace("/", "_").upper()


def enqueue(shop: Shop, events: Iterable[tuple[str, Doc]]) -> list[Doc]:
    """Keep a delivery for each subscription of each event; what else is to be delivered comes along."""
    jobs, shop.jobs = shop.jobs, []
    for topic, doc in events:
        wanted = enum_of(topic)
        subscribed = [one for one in shop.all("webhooks").values() if one["topic"] == wanted]
        if subscribed:
            body, event_id = payloads.of(shop, topic, doc), str(uuid.uuid4())
            jobs += [_job(shop, topic, one["uri"], _part(body, one), event_id, one) for one in subscribed]
    return jobs


def _part(body: Any, subscription: Doc) -> Any:
    names = subscription["includeFields"]
    return {name: value for name, value in body.items() if name in names} if names else body


def comply(shop: Shop, topic: str, values: Mapping[str, Any]) -> Doc:
    """A compliance request: of a customer's data, to forget a customer, or the shop.

    :param values: ``customer_id``, and ``url`` if the app has no other webhook.
    :raise ValueError: for another topic, or nowhere to send it.
    """
    if topic not in COMPLIANCE:
        raise ValueError(f"topic is one of {', '.join(COMPLIANCE)}")
    url = values.get("url") or next((one["uri"] for one in shop.all("webhooks").values()), None)
    if not url:
        raise ValueError("no webhook says where to send it: give a url")
    body: Doc = {"shop_id": 68_000_000_001, "shop_domain": shop.settings["domain"]}
    if topic != "shop/redact":
        customer = shop.peek("customers", int(values["customer_id"])) or {}
        bought = [doc["id"] for doc in shop.all("orders").values() if doc["customerId"] == int(values["customer_id"])]
        body["customer"] = {"id": int(values["customer_id"]), "email": customer.get("email"),
                            "phone": customer.get("phone")}  # fmt: skip
        name = "orders_requested" if topic == "customers/data_request" else "orders_to_redact"
        body[name] = bought
        if topic == "customers/data_request":
            body["data_request"] = {"id": shop.next_id("data_request")}
    job = _job(shop, topic, str(url), body, str(uuid.uuid4()), None)
    shop.jobs.append(job)
    return job


def _job(shop: Shop, topic: str, url: str, body: Any, event_id: str, subscription: Doc | None) -> Doc:
    return shop.put(
        "deliveries",
        {
            "id": shop.next_id("delivery"),
            "subscriptionId": subscription and subscription["id"],
            "topic": topic,
            "url": url,
            "body": json.dumps(body),
            "webhookId": str(uuid.uuid4()),
            "eventId": event_id,
            "triggeredAt": shop.clock.now().isoformat().replace("+00:00", "Z"),
            "version": subscription["version"] if subscription else shop.settings["versions"][-1],
            "attempts": 0,
        },
    )


def dispatch(shop: Shop, courier: Courier, secret: str, jobs: Iterable[Doc]) -> None:
    """Hand deliveries to the courier."""
    for job in jobs:
        _send(shop, courier, secret, job)


def _send(shop: Shop, courier: Courier, secret: str, job: Doc, after: float = 0.0) -> None:
    def finished(status: int | None) -> None:
        with shop.store.transaction():
            doc = shop.load("deliveries", job["id"])
            if doc is None:
                return
            doc["attempts"] += 1
            gone = job["subscriptionId"] and shop.peek("webhooks", job["subscriptionId"]) is None
            if status is None or 200 <= status < 300 or gone:
                shop.remove("deliveries", doc["id"])
                return
            if doc["attempts"] > int(shop.settings["webhook_attempts"]):
                shop.remove("deliveries", doc["id"])
                if job["subscriptionId"]:
                    shop.remove("webhooks", job["subscriptionId"])
                return
            shop.put("deliveries", doc)
        _send(shop, courier, secret, doc, float(shop.settings["webhook_retry_seconds"]))

    courier.send(Parcel(job["topic"], None, lambda: pack(shop, secret, job), finished, after))


def pack(shop: Shop, secret: str, job: Doc) -> Letter | None:
    """The request that delivers an event; ``None`` when its subscription is gone."""
    if job["subscriptionId"] and shop.peek("webhooks", job["subscriptionId"]) is None:
        return None
    body = job["body"].encode()
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return Letter(
        job["url"],
        body,
        {
            "Content-Type": "application/json",
            "User-Agent": "Shopify-Captain-Hook",
            "X-Shopify-Topic": job["topic"],
            "X-Shopify-Hmac-Sha256": signature,
            "X-Shopify-Shop-Domain": shop.settings["domain"],
            "X-Shopify-API-Version": job["version"],
            "X-Shopify-Webhook-Id": job["webhookId"],
            "X-Shopify-Event-Id": job["eventId"],
            "X-Shopify-Triggered-At": job["triggeredAt"],
            **shop.call_headers,
        },
    )
