"""Raw orders as Shopify shows them, with its rules of discount and tax (schema 2026-10), for tests of the mapper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import count
from typing import Any

CENT = Decimal("0.01")
Raw = dict[str, Any]


def shown(amount: Decimal | str) -> str:
    """As Shopify prints it: ``10.0``, ``33.33``."""
    found = Decimal(amount).quantize(CENT)
    return f"{found.normalize():f}" if found != found.to_integral() else f"{found.to_integral():f}.0"


def bag(amount: Decimal | str, *, currency: str = "", rate: Decimal = Decimal(1)) -> Raw:
    charged: Raw = {"amount": shown(amount)}
    if not currency:
        return {"presentmentMoney": charged}
    shop = {"amount": shown(Decimal(amount) / rate), "currencyCode": "EUR"}
    return {"presentmentMoney": {**charged, "currencyCode": currency}, "shopMoney": shop}


@dataclass
class Shop:
    """Numbers its things and computes an order's amounts."""

    included: bool = True
    rate: Decimal = Decimal(20)
    title: str = "FR TVA"
    numbers: Any = field(default_factory=lambda: count(1001))

    def gid(self, kind: str) -> str:
        return f"gid://shopify/{kind}/{next(self.numbers)}"

    def taxes(self, due: Decimal) -> list[Raw]:
        if not self.rate:
            return []
        exact = due * self.rate / (100 + self.rate) if self.included else due * self.rate / 100
        return [
            {
                "title": self.title,
                "ratePercentage": float(self.rate),
                "channelLiable": False,
                "priceSet": bag(exact.quantize(CENT, ROUND_HALF_UP)),
            }
        ]

    def line(self, price: str, quantity: int = 1, *, off: str = "0", code: str = "", **values: Any) -> Raw:
        due = Decimal(price) * quantity - Decimal(off)
        return {
            "id": self.gid("LineItem"),
            "name": "Mug - Blue",
            "title": "Mug",
            "variantTitle": "Blue",
            "sku": "MUG-B",
            "quantity": quantity,
            "requiresShipping": True,
            "isGiftCard": False,
            "originalUnitPriceSet": bag(price),
            "discountAllocations": [
                {
                    "allocatedAmountSet": bag(off),
                    "discountApplication": {"index": 0, **({"code": code} if code else {})},
                }
            ]
            if Decimal(off)
            else [],
            "taxLines": self.taxes(due),
            "variant": {"id": self.gid("ProductVariant"), "barcode": "4006381333931"},
            "product": {"id": self.gid("Product")},
            "customAttributes": [],
            **values,
        }

    def shipping(self, price: str) -> Raw:
        return {
            "id": self.gid("ShippingLine"),
            "title": "Colissimo",
            "code": "colissimo-home",
            "source": "shopify",
            "discountedPriceSet": bag(price),
            "discountAllocations": [],
            "taxLines": self.taxes(Decimal(price)),
        }

    def payment(self, amount: str, gateway: str = "shopify_payments", **values: Any) -> Raw:
        return {
            "id": self.gid("OrderTransaction"),
            "kind": "SALE",
            "status": "SUCCESS",
            "gateway": gateway,
            "formattedGateway": gateway.replace("_", " ").title(),
            "paymentId": "c1.1",
            "createdAt": "2026-11-29T08:00:00Z",
            "processedAt": "2026-11-29T08:00:00Z",
            "amountSet": bag(amount),
            "parentTransaction": None,
            **values,
        }

    def refund(
        self, amount: str, lines: Sequence[tuple[Raw, int, str, str]] = (), restock: str = "RETURN", **values: Any
    ) -> Raw:
        """``lines`` are (line, quantity, subtotal, tax)."""
        return {
            "id": self.gid("Refund"),
            "createdAt": "2026-11-29T09:00:00Z",
            "note": "",
            "totalRefundedSet": bag(amount),
            "return": None,
            "refundLineItems": {
                "nodes": [
                    {
                        "quantity": quantity,
                        "restockType": restock,
                        "lineItem": {"id": line["id"]},
                        "subtotalSet": bag(subtotal),
                        "totalTaxSet": bag(tax),
                    }
                    for line, quantity, subtotal, tax in lines
                ]
            },
            "refundShippingLines": {"nodes": []},
            **values,
        }

    def returned(self, line: Raw, status: str = "REQUESTED") -> Raw:
        """One piece of a line that its customer gives back, as the reader puts it together."""
        reason = {"handle": "too-tight", "name": "Too tight"}
        row = {
            "id": self.gid("ReturnLineItem"),
            "quantity": 1,
            "customerNote": "Trop serré",
            "returnReasonNote": "",
            "returnReasonDefinition": reason,
            "fulfillmentLineItem": {"lineItem": {"id": line["id"]}},
        }
        return {
            "id": self.gid("Return"),
            "name": "#1-R1",
            "status": status,
            "totalQuantity": 1,
            "createdAt": "2026-11-29T10:00:00Z",
            "returnLineItems": {"nodes": [row]},
            "exchangeLineItems": {"nodes": []},
            "decline": None,
            "reverseFulfillmentOrders": {"nodes": []},
        }

    def order(self, lines: Sequence[Raw], *, shipping: Sequence[Raw] = (), currency: str = "EUR", **values: Any) -> Raw:
        """Paid in full unless ``values`` say otherwise."""
        due = tax = Decimal(0)
        for row in [*lines, *shipping]:
            price = row.get("originalUnitPriceSet")
            if price:
                due += Decimal(price["presentmentMoney"]["amount"]) * row["quantity"]
                due -= sum(amount(part["allocatedAmountSet"]) for part in row["discountAllocations"])
            else:
                due += amount(row["discountedPriceSet"])
            tax += sum(amount(part["priceSet"]) for part in row["taxLines"])
            for duty in row.get("duties", ()):
                due += amount(duty["price"])
        tip = Decimal(values.pop("tip", "0"))
        total = due + tip + (0 if self.included else tax)
        rate = Decimal("1.1") if currency != "EUR" else Decimal(1)
        number = next(self.numbers)
        raw: Raw = {
            "id": f"gid://shopify/Order/{number}",
            "name": f"#{number}",
            "createdAt": "2026-11-29T08:00:00Z",
            "processedAt": "2026-11-29T08:00:00Z",
            "updatedAt": "2026-11-29T08:05:00Z",
            "cancelledAt": None,
            "test": False,
            "displayFinancialStatus": "PAID",
            "displayFulfillmentStatus": "UNFULFILLED",
            "returnStatus": "NO_RETURN",
            "presentmentCurrencyCode": currency,
            "currencyCode": "EUR",
            "taxesIncluded": self.included,
            "dutiesIncluded": False,
            "email": "ada@example.org",
            "phone": None,
            "note": "",
            "poNumber": None,
            "customerLocale": "fr-FR",
            "customAttributes": [],
            "totalPriceSet": bag(total, currency=currency, rate=rate),
            "totalTaxSet": bag(tax, currency=currency, rate=rate),
            "totalTipReceivedSet": bag(tip),
            "customer": {
                "id": self.gid("Customer"),
                "displayName": "Ada Lovelace",
                "locale": "fr",
                "defaultEmailAddress": {"emailAddress": "ada@example.org"},
                "defaultPhoneNumber": None,
            },
            "purchasingEntity": {},
            "billingAddress": postal("Ada Lovelace", "1 rue de la Paix", "75002", "Paris"),
            "shippingAddress": postal("Charles Babbage", "2 place Bellecour", "69002", "Lyon"),
            "additionalFees": [],
            "transactions": [self.payment(shown(total))],
            "refunds": [],
            "fulfillments": [],
            "risk": {"recommendation": "ACCEPT", "assessments": []},
            "lineItems": {"nodes": list(lines)},
            "shippingLines": {"nodes": list(shipping)},
            "fulfillmentOrders": {"nodes": []},
            "returns": {"nodes": []},
        }
        return {**raw, **values}


def amount(money: Raw) -> Decimal:
    return Decimal(money["presentmentMoney"]["amount"])


def postal(name: str, street: str, code: str, city: str, country: str = "FR") -> Raw:
    return {
        "name": name,
        "company": None,
        "address1": street,
        "address2": None,
        "city": city,
        "zip": code,
        "provinceCode": None,
        "province": None,
        "countryCodeV2": country,
        "phone": "+33 1 23 45 67 89",
    }


def corpus() -> list[Raw]:
    """One of everything: what each is about is in ``test_shopify_mapper``."""
    found = []
    for included in (True, False):
        shop = Shop(included)
        plain = [shop.line("1999.00", off="33.33", code="HELLO"), shop.line("999.99", 3, off="100.00")]
        found.append(shop.order(plain, shipping=[shop.shipping("4.90")]))
        found.append(shop.order([shop.line("10.00")], currency="USD", tip="2.00"))
        found.append(shop.order([shop.line("10.00")], displayFinancialStatus="PENDING", transactions=[], customer=None))
        refunded = shop.line("12.00", 2)
        refunds = [shop.refund("12.00", [(refunded, 1, "12.00", "2.00")]), shop.refund("3.00")]
        found.append(shop.order([refunded], refunds=refunds, displayFinancialStatus="PARTIALLY_REFUNDED"))
    given_back = shop.line("9.00", 2)
    found.append(shop.order([given_back], returns={"nodes": [shop.returned(given_back)]}))
    found.append(Shop().order([Shop().line("5.00")], cancelledAt="2026-11-29T08:04:00Z", transactions=[]))
    return found
