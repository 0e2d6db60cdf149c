"""Customers and companies as the API shows them."""

from __future__ import annotations

from typing import Any

from ..store import Doc
from . import gid, orders
from .connections import by_id
from .listing import Listing, count
from .money import ZERO, amount, money_v2, text
from .order_view import LISTING as ORDERS
from .resolving import Context, answers, plain, query
from .search import Field

for _type, _kind in (("Customer", "customers"), ("Company", "companies"), ("CompanyLocation", "company_locations"),
                     ("CompanyContact", "company_contacts")):  # fmt: skip
    plain(_type, _kind)

CUSTOMERS = Listing(
    "customers",
    {
        "email": Field("text", lambda doc: doc["email"]),
        "phone": Field("text", lambda doc: doc["phone"]),
        "first_name": Field("text", lambda doc: doc["firstName"]),
        "last_name": Field("text", lambda doc: doc["lastName"]),
        "customer_date": Field("time", lambda doc: doc["createdAt"]),
        "tag": Field("text", lambda doc: doc["tags"]),
        "state": Field("text", lambda doc: doc["state"]),
        "country": Field("text", lambda doc: [one.get("country") for one in doc["addresses"]]),
    },
    {"NAME": lambda doc: f"{doc['lastName']}, {doc['firstName']}"},
    lambda doc: f"{doc['firstName']} {doc['lastName']} {doc['email']} {doc['phone']}",
)
COMPANIES = Listing(
    "companies",
    {"name": Field("text", lambda doc: doc["name"]), "external_id": Field("text", lambda doc: doc.get("externalId"))},
    {"NAME": lambda doc: doc["name"]},
    lambda doc: str(doc["name"]),
)
COMPANY_LOCATIONS = Listing("company_locations", {"company_id": Field("number", lambda doc: doc["companyId"])})


@query("customers")
def _customers(source: Any, ctx: Context, args: Doc) -> Any:
    return CUSTOMERS.find(ctx, args)


@query("customersCount")
def _customers_count(source: Any, ctx: Context, args: Doc) -> Doc:
    return count(CUSTOMERS.find(ctx, args), args.get("limit"))


@query("customer")
def _customer(source: Any, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("customers", gid.number(args["id"], "Customer"))


@query("customerByIdentifier")
def _customer_by(source: Any, ctx: Context, args: Doc) -> Any:
    wanted = args["identifier"]
    if wanted.get("id"):
        return ctx.shop.peek("customers", gid.number(wanted["id"], "Customer"))
    for name, key in (("emailAddress", "email"), ("phoneNumber", "phone")):
        if wanted.get(name):
            return next((doc for doc in ctx.shop.all("customers").values() if doc[key] == wanted[name]), None)
    return None


@query("companies")
def _companies(source: Any, ctx: Context, args: Doc) -> Any:
    return COMPANIES.find(ctx, args)


@query("companiesCount")
def _companies_count(source: Any, ctx: Context, args: Doc) -> Doc:
    return count(COMPANIES.find(ctx, args), args.get("limit"))


@query("companyLocations")
def _company_locations(source: Any, ctx: Context, args: Doc) -> Any:
    return COMPANY_LOCATIONS.find(ctx, args)


@query("company")
def _company(source: Any, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("companies", gid.number(args["id"], "Company"))


@query("companyLocation")
def _company_location(source: Any, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("company_locations", gid.number(args["id"], "CompanyLocation"))


# Customers


@answers("Customer", "displayName")
def _display_name(doc: Doc, ctx: Context, args: Doc) -> str:
    return f"{doc['firstName'] or ''} {doc['lastName'] or ''}".strip() or str(doc["email"])


@answers("Customer", "defaultEmailAddress")
def _email(doc: Doc, ctx: Context, args: Doc) -> Any:
    if not doc["email"]:
        return None
    return {
        "emailAddress": doc["email"],
        "marketingState": doc.get("marketingState", "NOT_SUBSCRIBED"),
        "validFormat": True,
    }


@answers("Customer", "defaultPhoneNumber")
def _phone(doc: Doc, ctx: Context, args: Doc) -> Any:
    return {"phoneNumber": doc["phone"], "marketingState": "NOT_SUBSCRIBED"} if doc["phone"] else None


@answers("Customer", "defaultAddress")
def _default_address(doc: Doc, ctx: Context, args: Doc) -> Any:
    return doc["addresses"][0] if doc["addresses"] else None


@answers("Customer", "addressesV2")
def _addresses(doc: Doc, ctx: Context, args: Doc) -> Any:
    return doc["addresses"]


@answers("Customer", "orders")
def _orders(doc: Doc, ctx: Context, args: Doc) -> Any:
    return ORDERS.find(ctx, args, lambda order: order["customerId"] == doc["id"], doc["id"])


@answers("Customer", "lastOrder")
def _last_order(doc: Doc, ctx: Context, args: Doc) -> Any:
    found = _orders(doc, ctx, {})
    return found[-1] if found else None


@answers("Customer", "numberOfOrders")
def _number_of_orders(doc: Doc, ctx: Context, args: Doc) -> str:
    return str(len(_orders(doc, ctx, {})))


@answers("Customer", "amountSpent")
def _spent(doc: Doc, ctx: Context, args: Doc) -> Doc:
    spent = (amount(orders.state(order)["netPaymentSet"]) for order in _orders(doc, ctx, {}))
    return money_v2(text(sum(spent, ZERO), ctx.shop.currency))


@answers("Customer", "companyContactProfiles")
def _profiles(doc: Doc, ctx: Context, args: Doc) -> Any:
    return [one for one in ctx.shop.all("company_contacts").values() if one["customerId"] == doc["id"]]


@answers("MailingAddress", "id")
def _address_id(doc: Doc, ctx: Context, args: Doc) -> str:
    return f"{gid.gid('MailingAddress', doc.get('id', 1))}?model_name={doc.get('model', 'CustomerAddress')}"


@answers("MailingAddress", "name")
def _address_name(doc: Doc, ctx: Context, args: Doc) -> Any:
    return f"{doc.get('firstName') or ''} {doc.get('lastName') or ''}".strip() or None


@answers("MailingAddress", "formatted")
def _formatted(doc: Doc, ctx: Context, args: Doc) -> list[str]:
    rows = (doc.get("address1"), doc.get("address2"), f"{doc.get('zip') or ''} {doc.get('city') or ''}".strip())
    return [row for row in (*rows, doc.get("country")) if row]


# Companies


@answers("PurchasingCompany", "company")
def _their_company(doc: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.all("companies")[ctx.shop.all("company_locations")[doc["locationId"]]["companyId"]]


@answers("PurchasingCompany", "location")
def _their_location(doc: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.all("company_locations")[doc["locationId"]]


@answers("PurchasingCompany", "contact")
def _their_contact(doc: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("company_contacts", doc["contactId"] or 0)


@answers("Company", "locations")
def _locations(doc: Doc, ctx: Context, args: Doc) -> Any:
    return by_id([one for one in ctx.shop.all("company_locations").values() if one["companyId"] == doc["id"]])


@answers("Company", "contacts")
def _contacts(doc: Doc, ctx: Context, args: Doc) -> Any:
    return by_id([one for one in ctx.shop.all("company_contacts").values() if one["companyId"] == doc["id"]])


@answers("Company", "mainContact")
def _main_contact(doc: Doc, ctx: Context, args: Doc) -> Any:
    return next(iter(_contacts(doc, ctx, args)), None)


@answers("CompanyLocation", "company")
@answers("CompanyContact", "company")
def _company_of(doc: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.all("companies")[doc["companyId"]]


@answers("CompanyContact", "customer")
def _contact_customer(doc: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.all("customers")[doc["customerId"]]


@answers("CompanyContact", "isMainContact")
def _is_main(doc: Doc, ctx: Context, args: Doc) -> bool:
    return True
