"""What B1S measures on Shopify's own orders: ours from the shop's pages, the OCA addon given the very same ones."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any

from odoo import fields

Found = dict[str, Any]
TOKEN = "shpat_sandbox"
DAYS = 20  # over which the orders were placed: a look back of a month would read them as a first import


def shop_channel(env: Any, url: str) -> Any:
    """A connected channel whose shop is read from a while ago on."""
    channel = env["ecom.channel"].create(
        {
            "name": "Boutique",
            "platform": "shopify",
            "url": url,
            "import_from": False,
            "state": "connected",
            "webhooks_checked_at": fields.Datetime.now(),
            "orders_since": fields.Datetime.now() - timedelta(days=DAYS + 1),
            "calls_per_second": 1_000_000,
        }
    )
    channel.credential_ids.filtered(lambda row: row.key == "access_token").value = TOKEN
    return channel


def work_off(env: Any, channel: Any) -> None:
    """The orders lane, run after run until nothing is left to do."""
    lane = channel._work_env()
    while lane._lane_orders(time.monotonic() + 1):
        env.cr.commit()
        env.invalidate_all()


def read(url: str) -> list[Found]:
    """The shop's raw orders, as our platform reads them."""
    from odoo.addons.ecom_connector.platforms.base import platform_class
    from odoo.addons.ecom_connector.platforms.transport import Transport

    shop = platform_class("shopify")(url, {"access_token": TOKEN}, Transport())
    since = datetime.now(timezone.utc) - timedelta(days=DAYS + 1)
    raws: list[Found] = []
    cursor = ""
    while True:
        page = shop.read_orders(since, cursor)
        raws += page.raws
        cursor = page.next
        if not cursor:
            return raws


def customer(raw: Found) -> Found:
    """The order's customer in the OCA addon's words."""
    address = _address(raw["billingAddress"], raw["id"])
    known = raw["customer"]
    first, _space, last = known["displayName"].partition(" ")
    return {
        "id": known["id"],
        "firstName": first,
        "lastName": last,
        "email": raw["email"],
        "phone": raw["phone"],
        "tags": [],
        "taxExempt": False,
        "defaultAddress": address,
        "addressesV2": {"nodes": [address]},
    }


def order(raw: Found) -> Found:
    """The order in the OCA addon's words."""
    shipping = sum(float(_amount(row["discountedPriceSet"])) for row in raw["shippingLines"]["nodes"])
    total = _amount(raw["totalPriceSet"])
    return {
        "id": raw["id"],
        "name": raw["name"],
        "createdAt": raw["createdAt"],
        "updatedAt": raw["updatedAt"],
        "currencyCode": "EUR",
        "presentmentCurrencyCode": "EUR",
        "taxesIncluded": True,
        "customer": {"id": raw["customer"]["id"]},
        "shippingAddress": {"countryCodeV2": raw["shippingAddress"]["countryCodeV2"]},
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "currentSubtotalPriceSet": bag(f"{float(total) - shipping:.2f}"),
        "currentTotalDiscountsSet": bag("0.00"),
        "currentShippingPriceSet": bag(f"{shipping:.2f}"),
        "currentTotalTaxSet": bag(_amount(raw["totalTaxSet"])),
        "currentTotalPriceSet": bag(total),
        "lineItems": {"nodes": [_line(row) for row in raw["lineItems"]["nodes"]]},
        "shippingLines": {"nodes": [_shipping(row) for row in raw["shippingLines"]["nodes"]]},
        "transactions": [],
        "refunds": {"nodes": []},
        "tags": [],
        "discountCodes": [],
    }


def _line(row: Found) -> Found:
    return {
        "id": row["id"],
        "name": row["name"],
        "sku": row["sku"],
        "quantity": row["quantity"],
        "currentQuantity": row["quantity"],
        "refundableQuantity": row["quantity"],
        "variant": row["variant"],
        "product": row["product"],
        "originalUnitPriceSet": bag(_amount(row["originalUnitPriceSet"])),
        "discountedUnitPriceAfterAllDiscountsSet": bag(_amount(row["originalUnitPriceSet"])),
        "taxLines": _taxes(row),
        "discountAllocations": [],
    }


def _shipping(row: Found) -> Found:
    price = bag(_amount(row["discountedPriceSet"]))
    return {
        "id": row["id"],
        "title": row["title"],
        "originalPriceSet": price,
        "discountedPriceSet": price,
        "currentDiscountedPriceSet": price,
        "taxLines": _taxes(row),
    }


def _taxes(row: Found) -> list[Found]:
    return [{"title": tax["title"], "rate": 0.2, "priceSet": bag(_amount(tax["priceSet"]))} for tax in row["taxLines"]]


def _address(found: Found, key: str) -> Found:
    first, _space, last = found["name"].partition(" ")
    return {
        "id": key.replace("Order", "MailingAddress"),
        "firstName": first,
        "lastName": last,
        "address1": found["address1"],
        "city": found["city"],
        "zip": found["zip"],
        "countryCodeV2": found["countryCodeV2"],
    }


def _amount(money: Found) -> str:
    return f"{float(money['presentmentMoney']['amount']):.2f}"


def bag(amount: str) -> Found:
    """An amount in euros, as Shopify writes it."""
    money = {"amount": amount, "currencyCode": "EUR"}
    return {"shopMoney": money, "presentmentMoney": money}
