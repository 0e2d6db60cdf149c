"""Plausible orders out of the shop's own catalogue, by the dozen, with what makes connectors stumble."""

from __future__ import annotations

import random
from typing import Any

from .. import people
from ..store import Doc
from . import customers, holding, placing, refunding, seed
from .shop import Shop

# How often each kind strikes an order, in percent, when no kinds are asked for.
KINDS = {
    "pickup": 10,
    "gift": 10,
    "separate": 15,
    "company": 8,
    "note": 15,
    "guest": 15,
    "code": 15,
    "automatic": 8,
    "fixed": 5,
    "free_shipping": 5,
    "foreign": 5,
    "pending": 4,
    "authorized": 4,
    "custom": 3,
    "tip": 3,
    # Only when asked for:
    "33.33 off 1999.00": 0,
    "b2b": 0,
    "gift_card": 0,
    "gift_card_sold": 0,
    "duties": 0,
    "refunded": 0,
    "held": 0,
    "partial": 0,
    "taxes": 0,
    "exempt": 0,
    "risky": 0,
    "test": 0,
    "digital": 0,
    "local": 0,
    "belgium": 0,
    "yen": 0,
}
OPTIONS = {"address", "at", "count", "currency", "gateway", "kinds", "lines", "new_customers", "oversell", "payment",
           "quantity", "seed", "skus", "tell"}  # fmt: skip
MANUAL = "ManualDiscountApplication"


def create(shop: Shop, options: Doc) -> list[Doc]:
    """Create random orders.

    :param options: ``count`` (1), ``lines`` (3; up to hundreds: variants are then repeated), ``new_customers`` (true),
        ``seed``, ``kinds`` (a list out of :data:`KINDS`: every order is of all these kinds and no other; ``[]`` gives
        plain orders), ``skus`` (sell only these), ``quantity`` (of every line), ``currency`` (presentment), ``at``
        (when), ``payment`` (``paid``, ``pending``, ``authorized``, ``partial``), ``address`` (fields instead of the
        invented ones), ``oversell`` (true: whatever the stock), ``tell`` (false: without webhooks).
    :return: the order documents.
    :raise ValueError: for an unknown option or kind.
    """
    kinds = options.get("kinds")
    unknown = (set(options) - OPTIONS) | (set(kinds or ()) - set(KINDS))
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}; kinds are {', '.join(KINDS)}")
    random_ = random.Random(options.get("seed"))
    wanted = set(options["skus"]) if options.get("skus") else None
    sold = [doc for doc in sellable(shop) if wanted is None or doc["sku"] in wanted]
    if not sold:
        raise ValueError("there is nothing to sell")
    made = []
    for _ in range(int(options.get("count", 1))):
        chosen = (
            set(kinds) if kinds is not None else {kind for kind, odds in KINDS.items() if random_.random() * 100 < odds}
        )
        order = placing.place(shop, cart(shop, random_, sold, chosen, options), bool(options.get("tell", True)))
        made.append(_afterwards(shop, order, chosen))
    return made


def sellable(shop: Shop) -> list[Doc]:
    """The variants that have a price and a SKU."""
    products = shop.all("products")
    return [
        doc for doc in shop.all("variants").values()
        if doc["sku"] and float(doc["price"]) and products[doc["productId"]]["status"] == "ACTIVE"
    ]  # fmt: skip


def cart(shop: Shop, random_: random.Random, sold: list[Doc], kinds: set[str], options: Doc) -> Doc:
    """The cart of an order out of some variants, as :func:`placing.place` takes it."""
    country = _country(kinds)
    address, email = customers.invented(shop, random_, country)
    address |= options.get("address") or {}
    count = int(options.get("lines", 3))
    chosen = random_.sample(sold, min(count, len(sold)))
    chosen += [random_.choice(sold) for _ in range(count - len(chosen))]
    found: Doc = {
        "lines": [
            {"variantId": doc["id"], "quantity": options.get("quantity") or random_.choice((1, 1, 1, 2, 3))}
            for doc in chosen
        ],
        "email": email,
        "phone": address["phone"],
        "billing": {**address, "model": "Address"},
        "shipping": {**address, "model": "Address"},
        "discounts": [],
        "tags": [],
        "customAttributes": [],
        "shippingLine": {"title": "Colissimo à domicile", "code": "COLISSIMO", "price": "4.90"},
        "payment": options.get("payment", "paid"),
        "oversell": options.get("oversell", True),
        "currency": options.get("currency"),
        "gateway": options.get("gateway", placing.GATEWAY),
        "at": options.get("at"),
    }
    found["customerId"] = _customer(shop, random_, address, email, kinds, options, found)
    for kind, twist in TWISTS.items():
        if kind in kinds:
            twist(shop, random_, found)
    return found


def _country(kinds: set[str]) -> str:
    for kind, country in (("foreign", "US"), ("duties", "US"), ("taxes", "CA"), ("belgium", "BE"), ("yen", "JP")):
        if kind in kinds:
            return country
    return "FR"


def _customer(
    shop: Shop, random_: random.Random, address: Doc, email: str, kinds: set[str], options: Doc, found: Doc
) -> int | None:
    if "guest" in kinds and not kinds & {"company", "b2b"}:
        return None
    known = list(shop.all("customers").values())
    if not options.get("new_customers", True) and known:
        customer = random_.choice(known)
        found["email"] = customer["email"]
        return int(customer["id"])
    names = {name: address[name] for name in ("firstName", "lastName", "phone")}
    made = customers.add(shop, {**names, "email": email, "addresses": [address]}, bool(options.get("tell", True)))
    return int(made["id"])


def _code(shop: Shop, random_: random.Random, found: Doc) -> None:
    found["discounts"].append({"code": "BIENVENUE10", "value": {"percentage": 10}})


def _automatic(shop: Shop, random_: random.Random, found: Doc) -> None:
    found["discounts"].append({
        "type": "AutomaticDiscountApplication", "title": "Deux pour moins", "value": {"percentage": 15},
        "allocationMethod": "EACH", "lines": [0],
    })  # fmt: skip


def _fixed(shop: Shop, random_: random.Random, found: Doc) -> None:
    found["discounts"].append({"code": "MOINS5", "value": {"amount": "5.00"}})


def _free_shipping(shop: Shop, random_: random.Random, found: Doc) -> None:
    found["discounts"].append({"code": "PORTOFFERT", "value": {"percentage": 100}, "targetType": "SHIPPING_LINE"})


def _odd_cents(shop: Shop, random_: random.Random, found: Doc) -> None:
    prices = ("666.33", "666.33", "666.34")
    found["lines"] = [{"title": f"Meuble {place}", "price": price, "quantity": 1, "sku": f"MEUBLE-{place}"}
                      for place, price in enumerate(prices, 1)]  # fmt: skip
    found["discounts"] = [
        {"type": "ManualDiscountApplication", "title": "Geste commercial", "value": {"amount": "33.33"}}
    ]


def _pickup(shop: Shop, random_: random.Random, found: Doc) -> None:
    key, name = random_.choice(people.PICKUP_POINTS)
    found["shippingLine"] = {"title": "Mondial Relay", "code": "MONDIAL_RELAY_24R", "price": "3.90",
                             "source": "mondial-relay", "deliveryCategory": "pickup_point"}  # fmt: skip
    found["customAttributes"] += [{"key": "Point relais", "value": key}, {"key": "Nom du point relais", "value": name}]


def _local(shop: Shop, random_: random.Random, found: Doc) -> None:
    found["shippingLine"] = {"title": "Retrait en boutique", "code": "Retrait", "price": "0.00",
                             "deliveryCategory": "pickup"}  # fmt: skip


def _gift(shop: Shop, random_: random.Random, found: Doc) -> None:
    found["customAttributes"].append({"key": "Message cadeau", "value": random_.choice(people.GIFT_MESSAGES)})
    found["lines"].append({"title": "Emballage cadeau", "price": "3.33", "quantity": 1, "requiresShipping": False})


def _note(shop: Shop, random_: random.Random, found: Doc) -> None:
    found["note"] = random_.choice(people.NOTES)


def _separate(shop: Shop, random_: random.Random, found: Doc) -> None:
    found["shipping"] = {**customers.invented(shop, random_)[0], "model": "Address"}


def _company(shop: Shop, random_: random.Random, found: Doc) -> None:
    name = random_.choice(people.COMPANIES)
    found["billing"] = {**found["billing"], "company": name}
    vat = people.vat_number(random_.randrange(10**8))
    found["customAttributes"].append({"key": "Numéro de TVA", "value": vat})


def _b2b(shop: Shop, random_: random.Random, found: Doc) -> None:
    name, vat = random_.choice(people.COMPANIES), people.vat_number(random_.randrange(10**8))
    customer = shop.all("customers")[found["customerId"]]
    found["billing"] = found["shipping"] = {**found["billing"], "company": name}
    _, place, contact = customers.add_company(shop, name, customer, found["billing"], vat)
    found |= {"companyLocationId": place["id"], "companyContactId": contact["id"]}
    found |= {"poNumber": f"BC-{random_.randrange(10**5):05d}", "payment": "pending", "gateway": "manual"}


def _set(**values: Any) -> Any:
    return lambda shop, random_, found: found.update(values)


def _custom(shop: Shop, random_: random.Random, found: Doc) -> None:
    found["lines"].append({"title": "Gravure sur mesure", "price": "12.50", "quantity": 1})


def _digital(shop: Shop, random_: random.Random, found: Doc) -> None:
    found["lines"] = [{"title": "E-book « Recettes »", "price": "9.90", "quantity": 1, "requiresShipping": False}]
    found["shippingLine"] = None


def _gift_card_sold(shop: Shop, random_: random.Random, found: Doc) -> None:
    known = next((doc for doc in shop.all("products").values() if doc["isGiftCard"]), None)
    if known is None:
        variant = {"sku": None, "price": "50.00", "taxable": False, "tracked": False, "requiresShipping": False}
        known = seed.add_product(shop, {"title": "Carte cadeau", "isGiftCard": True}, [], [variant])
    found["lines"].append({"variantId": known["variantIds"][0], "quantity": 1})


def _taxes(shop: Shop, random_: random.Random, found: Doc) -> None:
    found |= {"taxesIncluded": False, "taxes": [["GST", 5.0], ["QST", 9.975]]}


TWISTS: dict[str, Any] = {
    "33.33 off 1999.00": _odd_cents,
    "pickup": _pickup,
    "local": _local,
    "gift": _gift,
    "note": _note,
    "separate": _separate,
    "company": _company,
    "b2b": _b2b,
    "custom": _custom,
    "digital": _digital,
    "gift_card_sold": _gift_card_sold,
    "taxes": _taxes,
    "code": _code,
    "automatic": _automatic,
    "fixed": _fixed,
    "free_shipping": _free_shipping,
    "foreign": _set(currency="USD"),
    "yen": _set(currency="JPY"),
    "duties": _set(duties=True, currency="USD"),
    "gift_card": _set(giftCard="20.00"),
    "tip": _set(tip="2.50"),
    "pending": _set(payment="pending", gateway="Bank Deposit"),
    "authorized": _set(payment="authorized"),
    "partial": _set(payment="partial"),
    "exempt": _set(taxExempt=True),
    "risky": _set(risk="HIGH"),
    "test": _set(test=True),
}


def _afterwards(shop: Shop, order: Doc, kinds: set[str]) -> Doc:
    if "refunded" in kinds:
        line = order["lines"][0]
        rows = [{"lineItemId": line["id"], "quantity": 1, "restockType": "CANCEL", "locationId": line["locationId"]}]
        order = refunding.refund(shop, order["id"], rows, note="Article abîmé")[0]
    if "held" in kinds:
        for key in order["fulfillmentOrderIds"]:
            holding.hold(shop, key, "AWAITING_PAYMENT", "À vérifier")
        order = shop.all("orders")[order["id"]]
    return order
