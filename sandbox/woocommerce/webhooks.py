"""Webhooks: ``/webhooks``, what they carry, how they are signed, and what their failures lead to.

Observed on WooCommerce 10.9.1: a ping at creation that is form-encoded and unsigned; the payload is the state at
delivery, an error document if the object is gone, only the id for a deletion; the delivery id is the same for all
deliveries that a webhook makes in one second; the seventh failure in a row disables the webhook.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from ..delivery import Courier, Letter, Parcel
from . import customers, dates, order_view, product_view
from .coupons import view as coupon_view
from .errors import RestError, trashing_not_supported
from .params import STRING, enum, list_args
from .rest import Answer, Call, Route, batch, created, editable, encode, links, page
from .shop import Shop

Doc = dict[str, Any]
MAX_FAILURES = 5
AGENT = "WooCommerce/10.9.1 Hookshot (WordPress/7.0.4)"
EVENTS = ("created", "updated", "deleted", "restored")
HOOKS = {
    "order.created": ["woocommerce_new_order"],
    "order.updated": ["woocommerce_update_order", "woocommerce_order_refunded"],
    "order.deleted": ["wp_trash_post", "woocommerce_trash_order"],
    "order.restored": ["untrashed_post", "woocommerce_untrash_order"],
    "product.created": [
        "woocommerce_process_product_meta",
        "woocommerce_new_product",
        "woocommerce_new_product_variation",
    ],
    "product.updated": [
        "woocommerce_process_product_meta",
        "woocommerce_update_product",
        "woocommerce_update_product_variation",
    ],
    "product.deleted": ["wp_trash_post"],
    "product.restored": ["untrashed_post"],
    "customer.created": ["user_register", "woocommerce_created_customer", "woocommerce_new_customer"],
    "customer.updated": ["profile_update", "woocommerce_update_customer"],
    "customer.deleted": ["delete_user"],
    "coupon.created": ["woocommerce_process_shop_coupon_meta", "woocommerce_new_coupon"],
    "coupon.updated": ["woocommerce_process_shop_coupon_meta", "woocommerce_update_coupon"],
    "coupon.deleted": ["wp_trash_post"],
    "coupon.restored": ["untrashed_post"],
}
WEBHOOK_ARGS = {
    "name": STRING,
    "status": enum("active", "paused", "disabled"),
    "topic": STRING,
    "secret": STRING,
    "delivery_url": STRING,
}
LIST_ARGS = {
    **list_args("date", "id", "title"),
    "status": enum("all", "active", "paused", "disabled", default="all"),
}


def _view(shop: Shop, doc: Doc) -> Doc:
    resource, _, event = doc["topic"].partition(".")
    return {
        "id": doc["id"],
        "name": doc["name"],
        "status": doc["status"],
        "topic": doc["topic"],
        "resource": resource,
        "event": event,
        "hooks": HOOKS.get(doc["topic"], [event]),
        "delivery_url": doc["delivery_url"],
        **dates.both("date_created", doc["created"], shop.zone),
        **dates.both("date_modified", doc["modified"], shop.zone),
        "_links": links(shop, "webhooks", doc["id"]),
    }


def _check(values: Doc, creating: bool) -> None:
    topic, url = values.get("topic"), values.get("delivery_url")
    if (creating or topic is not None) and not (topic in HOOKS or str(topic).startswith("action.")):
        words = "Webhook topic is required and must be valid." if creating else "Webhook topic must be valid."
        raise RestError("woocommerce_rest_shop_webhook_invalid_topic", words, 400)
    if (creating or url is not None) and (
        urlsplit(str(url)).scheme not in ("http", "https") or not urlsplit(str(url)).netloc
    ):
        raise RestError(
            "woocommerce_rest_shop_webhook_invalid_delivery_url",
            "Webhook delivery URL must be a valid URL starting with http:// or https://.",
            400,
        )


def list_webhooks(call: Call) -> Answer:
    """``GET /webhooks``: newest first, those of one second by id (observed on WooCommerce 10.9.1)."""
    shop, args = call.shop, call.read(LIST_ARGS)
    docs = [doc for doc in shop.all("webhooks").values() if args["status"] in ("all", doc["status"])]
    docs.sort(key=lambda doc: doc["id"], reverse=args["orderby"] == "id" and args["order"] == "desc")
    if args["orderby"] != "id":
        key = "name" if args["orderby"] == "title" else "created"
        docs.sort(key=lambda doc: doc[key], reverse=args["order"] == "desc")
    return page(call, args, docs, lambda doc: _view(shop, doc))


def create_webhook(call: Call) -> Answer:
    """``POST /webhooks``; a ping follows. The secret is never shown."""
    shop, values = call.shop, call.read(WEBHOOK_ARGS)
    _check(values, creating=True)
    now = shop.now()
    doc = {
        "id": shop.next_id("webhook"),
        "name": values.get("name") or f"Webhook created on {now}",
        "status": values.get("status") or "active",
        "topic": values["topic"],
        "secret": values.get("secret") or secrets.token_hex(25),
        "delivery_url": values["delivery_url"],
        "created": now,
        "modified": None,
        "failures": 0,
    }
    body = _view(shop, doc)
    doc["modified"] = now
    shop.put("webhooks", doc)
    shop.emit("webhook.ping", doc["id"])
    return created(shop, body, f"webhooks/{doc['id']}")


def _webhook(call: Call, status: int = 404) -> Doc:
    doc = call.shop.load("webhooks", call.ids[0])
    if doc is None:
        raise RestError("woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.", status)
    return doc


def get_webhook(call: Call) -> Answer:
    """``GET /webhooks/<id>``."""
    return Answer(_view(call.shop, _webhook(call)))


def update_webhook(call: Call) -> Answer:
    """``PUT /webhooks/<id>``; a new address is pinged. The failure count stays until a delivery works (source)."""
    shop, doc = call.shop, _webhook(call, 400)
    values = call.read(WEBHOOK_ARGS)
    _check(values, creating=False)
    moved = values.get("delivery_url") not in (None, doc["delivery_url"])
    doc.update({key: value for key, value in values.items() if value is not None}, modified=shop.now())
    shop.put("webhooks", doc)
    if moved and doc["status"] == "active":
        shop.emit("webhook.ping", doc["id"])
    return Answer(_view(shop, doc))


def delete_webhook(call: Call) -> Answer:
    """``DELETE /webhooks/<id>``, that needs ``force``."""
    doc = _webhook(call)
    if not call.forced:
        raise trashing_not_supported("webhook")
    call.shop.remove("webhooks", doc["id"])
    return Answer(_view(call.shop, doc))


def batch_webhooks(call: Call) -> Answer:
    """``POST /webhooks/batch``."""
    return batch(call, create_webhook, update_webhook, delete_webhook)


def enqueue(shop: Shop, events: list[tuple[str, int]]) -> list[Doc]:
    """Keep what is to be delivered for events together with the change itself, so that a restart loses nothing."""
    found = []
    for topic, key in events:
        if topic == "webhook.ping":
            found.append({"webhook_id": key, "topic": topic, "key": key})
        for doc in shop.all("webhooks").values():
            if doc["status"] == "active" and doc["topic"] == topic:
                found.append({"webhook_id": doc["id"], "topic": topic, "key": key})
    for job in found:
        job["id"] = shop.next_id("delivery")
        shop.put("deliveries", job)
    return found


def dispatch(shop: Shop, courier: Courier, jobs: Iterable[Doc]) -> None:
    """Hand deliveries to the courier; repeated ones merge while they wait."""
    for job in jobs:
        courier.send(_parcel(shop, job))


def _parcel(shop: Shop, job: Doc) -> Parcel:
    webhook_id, topic, key = job["webhook_id"], job["topic"], job["key"]
    if topic == "webhook.ping":
        return Parcel("ping", None, lambda: _ping(shop, webhook_id), lambda status: _finished(shop, job, None))
    return Parcel(
        topic=topic,
        merge_key=(shop.prefix, webhook_id, key),
        pack=lambda: _pack(shop, webhook_id, topic, key),
        finished=lambda status: _finished(shop, job, status),
    )


def _ping(shop: Shop, webhook_id: int) -> Letter | None:
    doc = shop.peek("webhooks", webhook_id)
    if doc is None:
        return None
    headers = {"User-Agent": AGENT, "Content-Type": "application/x-www-form-urlencoded", **shop.call_headers}
    return Letter(doc["delivery_url"], f"webhook_id={webhook_id}".encode(), headers)


def _pack(shop: Shop, webhook_id: int, topic: str, key: int) -> Letter | None:
    with shop.store.lock:
        doc = shop.peek("webhooks", webhook_id)
        if doc is None or doc["status"] != "active":
            return None
        body = encode(payload(shop, topic, key)).encode()
        url, secret = doc["delivery_url"], doc["secret"]
    resource, _, event = topic.partition(".")
    moment = int(shop.clock.timestamp())
    headers = {
        **shop.call_headers,
        "User-Agent": AGENT,
        "Content-Type": "application/json",
        "X-WC-Webhook-Source": f"{shop.url}/",
        "X-WC-Webhook-Topic": topic,
        "X-WC-Webhook-Resource": resource,
        "X-WC-Webhook-Event": event,
        "X-WC-Webhook-Signature": sign(body, secret),
        "X-WC-Webhook-ID": str(webhook_id),
        "X-WC-Webhook-Delivery-ID": hashlib.md5(f"{webhook_id}{moment}".encode()).hexdigest(),
    }
    return Letter(url, body, headers)


def sign(body: bytes, secret: str) -> str:
    """The signature of a delivery: base64 of the HMAC-SHA256 of the raw body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def payload(shop: Shop, topic: str, key: int) -> Any:
    """What a webhook carries now."""
    resource, _, event = topic.partition(".")
    if event == "deleted":
        return {"id": key}
    kind = {"order": "orders", "product": "products", "customer": "customers", "coupon": "coupons"}[resource]
    doc = shop.peek(kind, key)
    if doc is None:
        code = {"order": "shop_order_invalid_id", "coupon": "shop_coupon_invalid_id", "customer": "invalid_id"}
        message = "Invalid resource ID." if resource == "customer" else "Invalid ID."
        return RestError(f"woocommerce_rest_{code.get(resource, 'product_invalid_id')}", message, 404).body()
    if resource == "order":
        return order_view.order(shop, doc)
    if resource == "product":
        return product_view.product(shop, doc)
    return customers.view(shop, doc) if resource == "customer" else coupon_view(shop, doc)


def _finished(shop: Shop, job: Doc, status: int | None) -> None:
    """Forget a delivery, and count failures in a row: one after more than five disables the webhook."""
    with shop.store.transaction():
        shop.remove("deliveries", job["id"])
        doc = shop.load("webhooks", job["webhook_id"])
        if doc is None or status is None:
            return
        if 200 <= status < 303:
            if not doc["failures"]:
                return
            doc["failures"] = 0
        else:
            if doc["failures"] > MAX_FAILURES:
                doc["status"] = "disabled"
            doc["failures"] += 1
        shop.put("webhooks", doc)


ROUTES = [
    Route("webhooks", {"GET": list_webhooks, "POST": create_webhook}),
    Route("webhooks/batch", {"POST": batch_webhooks, "PUT": batch_webhooks, "PATCH": batch_webhooks}),
    Route("webhooks/<id>", editable(get_webhook, update_webhook, delete_webhook)),
]
