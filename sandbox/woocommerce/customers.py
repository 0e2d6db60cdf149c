"""Customers: ``/customers``."""

from __future__ import annotations

import hashlib
from typing import Any

from . import dates
from .errors import RestError, invalid_id, trashing_not_supported
from .orders import ADDRESS, BILLING_FIELDS, SHIPPING_FIELDS
from .params import META_DATA, STRING, enum, list_args
from .rest import Answer, Call, Route, batch, created, editable, links, page
from .shop import Shop, merge_meta
from .text import slugify

Doc = dict[str, Any]
LIST_ARGS = {
    **list_args("id", "include", "name", "registered_date", order="asc", by="name"),
    "email": STRING,
    "role": enum(
        "all",
        "administrator",
        "editor",
        "author",
        "contributor",
        "subscriber",
        "customer",
        "shop_manager",
        default="customer",
    ),
}
CUSTOMER_ARGS = {
    "email": STRING,
    "first_name": STRING,
    "last_name": STRING,
    "username": STRING,
    "password": STRING,
    "billing": ADDRESS,
    "shipping": ADDRESS,
    "meta_data": META_DATA,
}
# Customers show the state after the country (observed on WooCommerce 10.9.1), orders before the postcode.
ORDER_OF_FIELDS = (
    "first_name",
    "last_name",
    "company",
    "address_1",
    "address_2",
    "city",
    "postcode",
    "country",
    "state",
    "email",
    "phone",
)


def view(shop: Shop, doc: Doc) -> Doc:
    """A customer as the API shows it."""
    digest = hashlib.sha256(doc["email"].strip().lower().encode()).hexdigest()
    return {
        "id": doc["id"],
        **dates.both("date_created", doc["created"], shop.zone),
        **dates.both("date_modified", doc["modified"], shop.zone),
        **{key: doc[key] for key in ("email", "first_name", "last_name", "role", "username", "billing", "shipping")},
        "is_paying_customer": doc["is_paying_customer"],
        "avatar_url": f"https://secure.gravatar.com/avatar/{digest}?s=96&d=mm&r=g",
        "meta_data": doc["meta_data"],
        "_links": links(shop, "customers", doc["id"]),
    }


def by_email(shop: Shop, email: str) -> Doc | None:
    """The customer with an e-mail address, whatever its case."""
    wanted = email.strip().lower()
    return next((doc for doc in shop.all("customers").values() if doc["email"].lower() == wanted), None)


def list_customers(call: Call) -> Answer:
    """``GET /customers``, by name."""
    shop, args = call.shop, call.read(LIST_ARGS)
    docs = list(shop.all("customers").values())
    if args["role"] != "all":
        docs = [doc for doc in docs if doc["role"] == args["role"]]
    if args.get("email"):
        docs = [doc for doc in docs if doc["email"].lower() == args["email"].lower()]
    if args.get("search"):
        words = args["search"].casefold()
        docs = [
            doc
            for doc in docs
            if any(words in doc[key].casefold() for key in ("email", "username", "first_name", "last_name"))
        ]
    if args.get("include"):
        docs = [doc for doc in docs if doc["id"] in args["include"]]
    if args.get("exclude"):
        docs = [doc for doc in docs if doc["id"] not in args["exclude"]]
    keys = {"id": lambda doc: doc["id"], "registered_date": lambda doc: (doc["created"], doc["id"])}
    docs.sort(
        key=keys.get(args["orderby"], lambda doc: (f"{doc['first_name']} {doc['last_name']}".casefold(), doc["id"])),
        reverse=args["order"] == "desc",
    )
    return page(call, args, docs, lambda doc: view(shop, doc))


def create_customer(call: Call) -> Answer:
    """``POST /customers``."""
    doc = add_customer(call.shop, call.read(CUSTOMER_ARGS, "email"))
    return created(call.shop, view(call.shop, doc), f"customers/{doc['id']}")


def add_customer(shop: Shop, values: Doc) -> Doc:
    """Create a customer from validated values.

    :raise RestError: 400, for an e-mail address in use or none.
    """
    email = values["email"].strip()
    if "@" not in email:
        raise RestError("registration-error-invalid-email", "Please provide a valid email address.", 400)
    if by_email(shop, email) is not None:
        raise RestError(
            "registration-error-email-exists",
            'An account is already registered with your email address. <a href="#" class="showlogin">Please log '
            "in.</a>",
            400,
        )
    taken = {doc["username"] for doc in shop.all("customers").values()}
    base = values.get("username") or slugify(email.split("@")[0]).replace("-", ".")
    username, number = base, 2
    while username in taken:
        username, number = f"{base}-{number}", number + 1
    doc: Doc = {
        "id": shop.next_id("user"),
        "created": shop.now(),
        "modified": shop.now(),
        "email": email,
        "first_name": "",
        "last_name": "",
        "role": "customer",
        "username": username,
        "billing": {name: "" for name in ORDER_OF_FIELDS if name in BILLING_FIELDS},
        "shipping": {name: "" for name in ORDER_OF_FIELDS if name in SHIPPING_FIELDS},
        "is_paying_customer": False,
        "meta_data": shop.new_meta([{"key": "default_password_nag", "value": "1"}], "user_meta"),
    }
    _write(shop, doc, values)
    shop.put("customers", doc)
    shop.emit("customer.created", doc["id"])
    return doc


def _write(shop: Shop, doc: Doc, values: Doc) -> None:
    for name in ("first_name", "last_name", "email"):
        if values.get(name) is not None:
            doc[name] = values[name].strip()
    for name in ("billing", "shipping"):
        posted = values.get(name) or {}
        doc[name] = {key: posted.get(key) if posted.get(key) is not None else old for key, old in doc[name].items()}
    if "meta_data" in values:
        doc["meta_data"] = merge_meta(doc["meta_data"], values["meta_data"], lambda: shop.next_id("user_meta"))


def _customer(call: Call, status: int = 404) -> Doc:
    doc = call.shop.load("customers", call.ids[0])
    if doc is None:
        if status == 404:
            raise RestError("woocommerce_rest_invalid_id", "Invalid resource ID.", 404)
        raise invalid_id("customer", status)
    return doc


def get_customer(call: Call) -> Answer:
    """``GET /customers/<id>``."""
    return Answer(view(call.shop, _customer(call)))


def update_customer(call: Call) -> Answer:
    """``PUT /customers/<id>``."""
    shop, doc = call.shop, _customer(call, 400)
    values = call.read(CUSTOMER_ARGS)
    if values.get("email"):
        other = by_email(shop, values["email"])
        if other is not None and other["id"] != doc["id"]:
            raise RestError("woocommerce_rest_customer_invalid_email", "Email address is invalid.", 400)
    _write(shop, doc, values)
    doc["modified"] = shop.now()
    shop.put("customers", doc)
    shop.emit("customer.updated", doc["id"])
    return Answer(view(shop, doc))


def delete_customer(call: Call) -> Answer:
    """``DELETE /customers/<id>``, that needs ``force``."""
    shop, doc = call.shop, _customer(call)
    if not call.forced:
        raise trashing_not_supported("customer")
    shop.remove("customers", doc["id"])
    shop.emit("customer.deleted", doc["id"])
    return Answer(view(shop, doc))


def batch_customers(call: Call) -> Answer:
    """``POST /customers/batch``."""
    return batch(call, create_customer, update_customer, delete_customer)


ROUTES = [
    Route("customers", {"GET": list_customers, "POST": create_customer}),
    Route("customers/batch", {"POST": batch_customers, "PUT": batch_customers, "PATCH": batch_customers}),
    Route("customers/<id>", editable(get_customer, update_customer, delete_customer)),
]
