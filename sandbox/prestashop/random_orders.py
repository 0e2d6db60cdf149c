"""Plausible French orders out of the shop's own catalogue, by the dozen."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from .. import people
from ..store import Doc
from . import combinations
from .customers import add_address, add_customer
from .placing import Draft, add_rule, place
from .shop import Shop

PAYMENTS = (
    ("stripe_official", "Carte bancaire"),
    ("ps_checkout", "PayPal"),
    ("ps_wirepayment", "Virement bancaire"),
    ("ps_checkpayment", "Chèque"),
)
# How often each kind strikes an order, in percent, when no kinds are asked for.
KINDS = {
    "pickup": 20,
    "collect": 10,
    "wrapped": 15,
    "separate": 15,
    "company": 10,
    "note": 15,
    "guest": 30,
    "coupon": 20,
    "free_shipping": 5,
    "gift": 5,
}
OPTIONS = {"count", "currency", "kinds", "lines", "new_customers", "payment", "quantity", "seed", "skus", "state"}


def create(shop: Shop, options: Doc) -> list[Doc]:
    """Create random orders.

    :param options: ``count`` (1), ``lines`` (3), ``new_customers`` (true: every order has its own, else one of the
        shop's), ``seed``, ``state`` (the id of the state, else one that fits the payment), ``kinds`` (a list out of
        :data:`KINDS`: every order is of all these kinds and no other; ``[]`` gives plain orders), ``currency`` (an id),
        ``skus`` (sell only these), ``payment`` (a module out of :data:`PAYMENTS`), ``quantity`` (of every line).
    :raise ValueError: for an unknown option or kind.
    """
    kinds = options.get("kinds")
    unknown = (set(options) - OPTIONS) | (set(kinds or ()) - set(KINDS))
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}; kinds are {', '.join(KINDS)}")
    random_ = random.Random(options.get("seed"))
    wanted = set(options["skus"]) if options.get("skus") else None
    sold = [place_ for sku, place_ in sellable(shop).items() if wanted is None or sku in wanted]
    if not sold:
        raise ValueError("there is nothing to sell")
    orders = []
    for _ in range(int(options.get("count", 1))):
        chosen = (
            set(kinds) if kinds is not None else {kind for kind, odds in KINDS.items() if random_.random() * 100 < odds}
        )
        orders.append(place(shop, draft(shop, random_, sold, chosen, options)))
    return orders


def sellable(shop: Shop) -> dict[str, tuple[int, int]]:
    """``(product, combination)`` by SKU of all that is on sale."""
    found: dict[str, tuple[int, int]] = {}
    for key, product in shop.all("products").items():
        if product["active"] != "1" or product["available_for_order"] != "1":
            continue
        own = combinations.of_product(shop, key)
        for row in own:
            if row["reference"]:
                found.setdefault(row["reference"], (key, row["id"]))
        if not own and product["reference"]:
            found.setdefault(product["reference"], (key, 0))
    return found


def draft(shop: Shop, random_: random.Random, sold: list[tuple[int, int]], kinds: set[str], options: Doc) -> Draft:
    """An order out of some products, as :func:`place` takes it."""
    count = min(int(options.get("lines", 3)), len(sold))
    pieces = options.get("quantity")
    lines = [(*one, int(pieces) if pieces else random_.choice((1, 1, 1, 2, 3))) for one in random_.sample(sold, count)]
    person = people.address(random_)
    customer, invoice = _customer(shop, random_, person, kinds, options)
    delivery = invoice
    if "separate" in kinds:
        delivery = str(add_address(shop, customer, people.address(random_), alias="Livraison")["id"])
    payments = [row for row in PAYMENTS if options.get("payment", row[0]) == row[0]]
    module, title = random_.choice(payments)
    waiting = {"ps_wirepayment": "PS_OS_BANKWIRE", "ps_checkpayment": "PS_OS_CHEQUE"}
    found = Draft(
        customer=customer,
        invoice=invoice,
        delivery=delivery,
        lines=lines,
        carrier="3" if "pickup" in kinds else "1" if "collect" in kinds else "2",
        module=module,
        payment=title,
        state=str(options.get("state") or shop.configuration(waiting.get(module, "PS_OS_PAYMENT"))),
        currency=str(options.get("currency") or "1"),
        transaction=f"txn_{random_.randrange(10**10):010d}",
    )
    if "wrapped" in kinds:
        found.wrapped, found.gift_message = True, random_.choice(people.GIFT_MESSAGES)
    if "note" in kinds:
        found.message = random_.choice(people.NOTES)
    if "coupon" in kinds:
        found.rules.append(random_.choice((rule(shop, "BIENVENUE10"), rule(shop, "MOINS5"))))
    if "free_shipping" in kinds and found.carrier == "2":
        found.rules.append(rule(shop, "PORTOFFERT"))
    if "gift" in kinds:
        product, combination, _pieces = lines[0]
        gift = {"gift_product": str(product), "gift_product_attribute": str(combination)}
        found.rules.append(str(add_rule(shop, "", "Cadeau", **gift)["id"]))
    return found


def _customer(
    shop: Shop, random_: random.Random, person: dict[str, Any], kinds: set[str], options: Doc
) -> tuple[str, str]:
    """A customer and the address for the invoice."""
    known = [doc for doc in shop.all("customers").values() if doc["is_guest"] != "1"]
    if not options.get("new_customers", True) and known and "guest" not in kinds:
        customer = random_.choice(known)
        return str(customer["id"]), str(shop.where("addresses", "id_customer", customer["id"])[0]["id"])
    company: dict[str, str] = {}
    vat = ""
    if "company" in kinds:
        vat = people.vat_number(random_.randrange(10**8))
        person["company"] = random_.choice(people.COMPANIES)
        company = {"company": person["company"], "siret": f"{vat[4:]}00017"}
    customer = add_customer(shop, person, guest="guest" in kinds, **company)
    return str(customer["id"]), str(add_address(shop, customer["id"], person, vat_number=vat)["id"])


def rule(shop: Shop, code: str) -> str:
    """The id of one of the shop's coupons, made where it is missing."""
    fields = {
        "BIENVENUE10": {"reduction_percent": "10"},
        "MOINS5": {"reduction_amount": "5", "reduction_currency": "1"},
        "PORTOFFERT": {"free_shipping": "1"},
    }
    found = next(iter(shop.where("cart_rules", "code", code)), None)
    return str((found or add_rule(shop, code, code, **fields[code]))["id"])


def discount(shop: Shop, amount: Decimal) -> str:
    """The id of a cart rule over an amount with tax."""
    return str(add_rule(shop, "", "Remise", reduction_amount=str(amount), reduction_currency="1")["id"])
