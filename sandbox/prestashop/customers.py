"""Customers of the simulated PrestaShop and their addresses."""

from __future__ import annotations

import hashlib
import random
from typing import Any

from ..store import Doc
from .errors import WsError
from .hooks import Hooks
from .seed import add
from .shop import Shop


def add_customer(shop: Shop, person: dict[str, Any], *, guest: bool = False, **fields: str) -> Doc:
    """A customer, from the fields of :func:`sandbox.people.address`."""
    given = {
        "firstname": person["first_name"],
        "lastname": person["last_name"],
        "email": person["email"],
        "active": "1",
        "is_guest": str(int(guest)),
        "id_default_group": "2" if guest else "3",
        "id_lang": "1",
        "passwd": _hashed("secret"),
        "secure_key": _key(person["email"]),
        "id_shop": "1",
        "id_shop_group": "1",
        "associations": {"groups": [{"id": "2" if guest else "3"}]},
    }
    return add(shop, "customers", None, **{**given, **fields})


def add_address(shop: Shop, customer: int | str, person: dict[str, Any], **fields: str) -> Doc:
    """An address of a customer."""
    countries = {doc["iso_code"]: str(key) for key, doc in shop.all("countries").items()}
    given = {
        "id_customer": str(customer),
        "id_country": countries.get(person["country"], "8"),
        "alias": "Mon adresse",
        "company": person.get("company", ""),
        "firstname": person["first_name"],
        "lastname": person["last_name"],
        "address1": person["address_1"],
        "address2": person["address_2"],
        "postcode": person["postcode"],
        "city": person["city"],
        "phone": person["phone"],
    }
    return add(shop, "addresses", None, **{**given, **fields})


def _check(shop: Shop, doc: Doc, old: Doc | None) -> None:
    if old is None and shop.where("customers", "email", doc["email"]) and doc["is_guest"] != "1":
        raise WsError(400, (84, 'Validation error: "Property Customer->email is not valid"'))
    # ``setWsPasswd``: what is not the hash itself is a new password.
    if old is None or doc["passwd"] != old["passwd"]:
        doc["passwd"] = _hashed(doc["passwd"])
        doc["last_passwd_gen"] = shop.now()
    doc["secure_key"] = old["secure_key"] if old else _key(doc["email"])
    doc["id_shop"] = doc["id_shop"] if doc["id_shop"] not in ("", "0") else "1"


def _hashed(password: str) -> str:
    return f"$2y$10${hashlib.sha256(password.encode()).hexdigest()[:53]}"


def _key(email: str) -> str:
    return f"{random.Random(email).getrandbits(128):032x}"


HOOKS = {"customers": Hooks(check=_check)}
