"""A cart becomes an order: priced in the shop's currency and the customer's, paid, assigned to locations, in stock.

A cart is a plain document: ``lines`` (``variantId`` or ``title`` and ``price``, ``quantity``), ``customerId``,
``email``, ``billing``, ``shipping`` (addresses), ``shippingLine``, ``discounts``, ``currency`` (presentment), ``tip``,
``duties``, ``payment`` (``paid``, ``authorized``, ``pending``, ``partial``), ``giftCard`` (an amount), ``at`` ...
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ..store import Doc
from . import assigning, gift_cards, orders, stock
from .money import ZERO, amount, bag, presented, rounded, total
from .resolving import Refused
from .shop import Shop
from .totals import Discount, Line, Tax, price

HUNDRED = Decimal(100)
GATEWAY = "shopify_payments"


def place(shop: Shop, cart: Doc, tell: bool = True) -> Doc:
    """Place an order.

    :param tell: send webhooks.
    :raise Refused: when a variant that may not be oversold is short.
    """
    variants = [shop.peek("variants", line.get("variantId") or 0) for line in cart["lines"]]
    if not cart.get("oversell"):
        _check_stock(shop, cart, variants)
    now = cart.get("at") or shop.now()
    number = shop.next_id("number")
    order: Doc = {
        "id": shop.next_id("order"),
        "number": number,
        "name": f"{shop.settings['order_prefix']}{number}",
        "createdAt": now,
        "updatedAt": now,
        "processedAt": now,
        "currencyCode": shop.currency,
        "presentmentCurrencyCode": cart.get("currency") or shop.currency,
        "taxesIncluded": cart.get("taxesIncluded", shop.settings["taxes_included"]),
        "taxExempt": bool(cart.get("taxExempt")),
        "customerId": cart.get("customerId"),
        "email": cart.get("email"),
        "phone": cart.get("phone"),
        "billingAddress": cart.get("billing"),
        "shippingAddress": cart.get("shipping"),
        "note": cart.get("note"),
        "tags": sorted(cart.get("tags") or []),
        "customAttributes": cart.get("customAttributes") or [],
        "customerLocale": cart.get("locale", "fr"),
        "sourceName": cart.get("source", "web"),
        "poNumber": cart.get("poNumber"),
        "companyLocationId": cart.get("companyLocationId"),
        "companyContactId": cart.get("companyContactId"),
        "test": bool(cart.get("test")),
        "confirmed": True,
        "confirmationNumber": f"{number:X}LUM".zfill(9),
        "risk": cart.get("risk", "LOW"),
        "localizedFields": cart.get("localizedFields") or [],
        "dutiesIncluded": False,
        "refunds": [],
        "returnIds": [],
        "fulfillments": [],
        "fulfillmentOrderIds": [],
        "transactions": [],
    }
    _price(shop, order, cart, variants)
    _pay(shop, order, cart, now)
    stock.sell(shop, order["lines"])
    gift_cards.sold(shop, order)
    assigning.assign(shop, order, now)
    orders.keep(shop, order, "orders/create" if tell else None, at=now)
    for product_id in dict.fromkeys(line["productId"] for line in order["lines"] if tell and line["productId"]):
        shop.emit("products/update", shop.all("products")[product_id])  # that it was ordered is told, too
    if tell and orders.state(order)["displayFinancialStatus"] == "PAID":
        shop.emit("orders/paid", order)
    return order


def _check_stock(shop: Shop, cart: Doc, variants: Sequence[Doc | None]) -> None:
    wanted: dict[int, int] = {}
    for line, variant in zip(cart["lines"], variants, strict=True):
        if variant is not None:
            wanted[variant["id"]] = wanted.get(variant["id"], 0) + int(line["quantity"])
    for key, quantity in wanted.items():
        variant = shop.peek("variants", key)
        if variant and variant["inventoryPolicy"] == "DENY" and stock.sellable(shop, variant) < quantity:
            words = f"{variant['sku'] or variant['id']}: not enough inventory"
            raise Refused(words, ["lineItems"], "INSUFFICIENT_INVENTORY")


def rate_of(shop: Shop, currency: str) -> Decimal:
    """How much of a currency one unit of the shop's is."""
    return Decimal(1) if currency == shop.currency else Decimal(shop.settings["presentment_currencies"][currency])


def taxes_of(shop: Shop, cart: Doc, product: Doc | None) -> tuple[Tax, ...]:
    """The taxes of a product (of shipping, without one) where the cart goes."""
    if cart.get("taxExempt"):
        return ()
    if cart.get("taxes") is not None:
        return tuple(Tax(title, Decimal(str(rate)) / HUNDRED) for title, rate in cart["taxes"])
    address = cart.get("shipping") or cart.get("billing") or {}
    country = address.get("countryCodeV2") or shop.settings["country"]
    standard = shop.settings["rates"].get(country)
    if standard is None:
        return ()
    home = country == shop.settings["country"]
    rate = Decimal(str((product or {}).get("taxRate") or standard if home else standard))
    return (Tax(f"{country} TVA" if home else f"{country} VAT", rate / HUNDRED),)


def _price(shop: Shop, order: Doc, cart: Doc, variants: Sequence[Doc | None]) -> None:
    """The lines, shipping and discounts of the order, priced in both currencies."""
    both = (shop.currency, order["presentmentCurrencyCode"])
    products = [shop.peek("products", variant["productId"]) if variant else None for variant in variants]
    shipping = cart.get("shippingLine")
    priced: list[list[Line]] = []
    for currency in both:
        rate = rate_of(shop, currency)
        lines = []
        for posted, variant, product in zip(cart["lines"], variants, products, strict=True):
            unit = Decimal(str(posted.get("price") or (variant or {}).get("price") or 0))
            taxable = posted.get("taxable", (variant or {}).get("taxable", True))
            taxes = taxes_of(shop, cart, product) if taxable else ()
            lines.append(Line(rounded(unit * rate, currency), int(posted["quantity"]), taxes))
        if shipping:
            taxes = taxes_of(shop, cart, None) if shop.settings["tax_shipping"] else ()
            lines.append(Line(rounded(Decimal(str(shipping["price"])) * rate, currency), 1, taxes, True))
        discounts = [_discount(posted, rate, currency) for posted in cart.get("discounts") or []]
        price(lines, discounts, order["taxesIncluded"], currency)
        priced.append(lines)
    rows = list(zip(*priced, strict=True))
    order["discountApplications"] = [
        application(index, posted, both, shop) for index, posted in enumerate(cart.get("discounts") or [])
    ]
    order["discountCodes"] = [one["code"] for one in cart.get("discounts") or [] if one.get("code")]
    order["lines"] = [
        _line(shop, order, posted, variant, product, row, both)
        for posted, variant, product, row in zip(cart["lines"], variants, products, rows, strict=False)
    ]
    if cart.get("duties"):
        for line in order["lines"]:
            line["duties"] = [_duty(shop, line, both)]
    order["shippingLines"] = [_shipping(shop, shipping, rows[-1], both)] if shipping else []
    tip = Decimal(str(cart.get("tip") or 0))
    order["tipSet"] = bag(tip, both[0], tip * rate_of(shop, both[1]), both[1])


def priced_lines(shop: Shop, order: Doc, cart: Doc) -> list[Doc]:
    """The lines of a cart, priced as an order that exists; they are not in it yet."""
    found: list[Doc] = priced(shop, order, cart)["lines"]
    return found


def priced(shop: Shop, order: Doc, cart: Doc) -> Doc:
    """What a cart comes to, in the currencies of an order or draft."""
    names = ("id", "presentmentCurrencyCode", "taxesIncluded")
    part: Doc = {**{name: order[name] for name in names}, "refunds": []}
    _price(shop, part, cart, [shop.peek("variants", line.get("variantId") or 0) for line in cart["lines"]])
    return part


def _discount(posted: Doc, rate: Decimal, currency: str) -> Discount:
    value = posted["value"]
    percent = "percentage" in value
    return Discount(
        Decimal(str(value["percentage"])) if percent else rounded(Decimal(str(value["amount"])) * rate, currency),
        percent,
        posted.get("allocationMethod") == "EACH",
        posted.get("targetType") == "SHIPPING_LINE",
        tuple(posted["lines"]) if posted.get("lines") is not None else None,
    )


def application(index: int, posted: Doc, both: tuple[str, str], shop: Shop) -> Doc:
    """A discount as an order keeps it."""
    value = posted["value"]
    if "percentage" in value:
        shown: Doc = {"__typename": "PricingPercentageValue", "percentage": float(value["percentage"])}
    else:
        number = Decimal(str(value["amount"]))
        shown = {"__typename": "MoneyV2", "money": bag(number, both[0], number * rate_of(shop, both[1]), both[1])}
    return {
        "__typename": posted.get("type", "DiscountCodeApplication"),
        "index": index,
        "code": posted.get("code"),
        "title": posted.get("title") or posted.get("code") or "Remise",
        "description": posted.get("description"),
        "allocationMethod": posted.get("allocationMethod", "ACROSS"),
        "targetType": posted.get("targetType", "LINE_ITEM"),
        "targetSelection": "ENTITLED" if posted.get("lines") is not None else "ALL",
        "value": shown,
    }


def _bags(row: Sequence[Line], get: Any, both: tuple[str, str]) -> str:
    return bag(get(row[0]), both[0], get(row[1]), both[1])


def _parts(row: Sequence[Line], both: tuple[str, str]) -> Doc:
    first, second = row
    there = dict(second.allocations)
    return {
        "discountAllocations": [
            {"index": index, "allocatedAmountSet": bag(value, both[0], there.get(index, ZERO), both[1])}
            for index, value in first.allocations
        ],
        "taxLines": [
            {
                "title": tax.title,
                "rate": float(tax.rate),
                "ratePercentage": float(tax.rate * HUNDRED),
                "source": "Shopify",
                "priceSet": bag(one, both[0], other, both[1]),
            }
            for tax, one, other in zip(first.taxes, first.tax_amounts, second.tax_amounts, strict=True)
        ],
        "discountedSet": _bags(row, lambda line: line.discounted, both),
    }


def _line(
    shop: Shop, order: Doc, posted: Doc, variant: Doc | None, product: Doc | None, row: Any, both: tuple[str, str]
) -> Doc:
    title = posted.get("title") or (product or {}).get("title") or "Article"
    shown = (variant or {}).get("title")
    variant_title = None if shown in (None, "Default Title") else shown
    item = shop.peek("items", (variant or {}).get("itemId", 0)) or {}
    gift_card = bool((product or {}).get("isGiftCard"))
    return {
        "id": shop.next_id("line"),
        "orderId": order["id"],
        "variantId": variant and variant["id"],
        "productId": product and product["id"],
        "title": title,
        "variantTitle": variant_title,
        "name": f"{title} - {variant_title}" if variant_title else title,
        "sku": posted.get("sku", (variant or {}).get("sku")),
        "vendor": (product or {}).get("vendor"),
        "quantity": int(posted["quantity"]),
        "removed": 0,
        "taxable": posted.get("taxable", (variant or {}).get("taxable", True)),
        "isGiftCard": gift_card,
        "requiresShipping": not gift_card and posted.get("requiresShipping", item.get("requiresShipping", True)),
        "customAttributes": posted.get("customAttributes") or [],
        "originalUnitPriceSet": _bags(row, lambda line: line.unit, both),
        "duties": [],
        **_parts(row, both),
    }


def _duty(shop: Shop, line: Doc, both: tuple[str, str]) -> Doc:
    value = line["discountedSet"]
    share = Decimal("0.04")
    return {
        "id": shop.next_id("duty"),
        "harmonizedSystemCode": "6109.10",
        "countryCodeOfOrigin": "PT",
        "price": bag(amount(value) * share, both[0], presented(value) * share, both[1]),
        "taxLines": [],
    }


def _shipping(shop: Shop, posted: Doc, row: Any, both: tuple[str, str]) -> Doc:
    return {
        "id": shop.next_id("shipping_line"),
        "title": posted["title"],
        "code": posted.get("code", posted["title"]),
        "source": posted.get("source", "shopify"),
        "carrierIdentifier": posted.get("carrierIdentifier"),
        "deliveryCategory": posted.get("deliveryCategory"),
        "originalPriceSet": _bags(row, lambda line: line.unit, both),
        **_parts(row, both),
    }


def _pay(shop: Shop, order: Doc, cart: Doc, now: str) -> None:
    """The transactions that the checkout left: a gift card first, the rest by the gateway."""
    due = orders.totals(order)["totalPriceSet"]
    nothing = total([], due)
    how, gateway = cart.get("payment", "paid"), cart.get("gateway", GATEWAY)
    rest = due
    if cart.get("giftCard"):
        number = min(Decimal(str(cart["giftCard"])), amount(due))
        part = bag(number, shop.currency, number * rate_of(shop, order["presentmentCurrencyCode"]),
                   order["presentmentCurrencyCode"])  # fmt: skip
        order["transactions"].append(orders.transaction(shop, "SALE", part, "gift_card", now))
        rest = total([due, orders.negative(part)], nothing)
    if how == "partial":
        rest = bag(amount(rest) / 2, shop.currency, presented(rest) / 2, order["presentmentCurrencyCode"])
    if amount(rest) > 0:
        if how == "pending":
            made = orders.transaction(shop, "SALE", rest, gateway, now, "PENDING")
        else:
            kind = "AUTHORIZATION" if how == "authorized" else "SALE"
            made = orders.transaction(shop, kind, rest, gateway, now)
        order["transactions"].append(made)
    order["paymentGatewayNames"] = list(dict.fromkeys(one["gateway"] for one in order["transactions"]))
