"""What customers and shopkeepers do on the real shop: baskets, payments, returns, exchanges, promotions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dev.medusa.api import Api

MARIE = {
    "first_name": "Marie",
    "last_name": "Durand",
    "address_1": "1 rue de Rivoli",
    "city": "Paris",
    "postal_code": "75001",
    "country_code": "fr",
    "phone": "0102030405",
}
Lines = Sequence[tuple[str, int]]


class Customer:
    """Buys on a shop through the API that its web pages use."""

    def __init__(self, store: Api, facts: Mapping[str, Any]) -> None:
        self.store = store
        self.facts = facts

    def order(
        self,
        lines: Lines,
        *,
        email: str = "marie@example.com",
        address: Mapping[str, Any] = MARIE,
        billing: Mapping[str, Any] | None = None,
        region: str = "region",
        promotions: Sequence[str] = (),
        token: str = "",
        provider: str = "pp_system_default",
    ) -> str:
        """Place an order of ``(sku, quantity)`` lines; returns its id. ``token`` is that of a customer logged in.

        By default they promise a transfer; ``pp_card_test`` is the card, whose payment is authorised at once.
        """
        basket: dict[str, Any] = {
            "region_id": self.facts[region],
            "email": email,
            "sales_channel_id": self.facts["channel"],
            "shipping_address": dict(address),
            "billing_address": dict(billing or address),
            "items": [{"variant_id": self.facts["variants"][sku], "quantity": quantity} for sku, quantity in lines],
        }
        store = Api(self.store.url, {**self.store.headers, "authorization": f"Bearer {token}"}) if token else self.store
        cart = store.post("/store/carts", basket)["cart"]["id"]
        if promotions:
            store.post(f"/store/carts/{cart}/promotions", {"promo_codes": list(promotions)})
        store.post(f"/store/carts/{cart}/shipping-methods", {"option_id": self.facts["shipping_option"]})
        collection = store.post("/store/payment-collections", {"cart_id": cart})["payment_collection"]["id"]
        store.post(f"/store/payment-collections/{collection}/payment-sessions", {"provider_id": provider})
        return str(store.post(f"/store/carts/{cart}/complete")["order"]["id"])

    def ask_back(self, order_id: str, quantities: Mapping[str, int], *, reason: str = "", note: str = "") -> str:
        """Ask for a return of quantities by SKU, on the shop's own pages; returns its id. ``reason`` is an id."""
        order = self.store.get(f"/store/orders/{order_id}", fields="*items")["order"]
        ids = {item["variant_sku"]: item["id"] for item in order["items"]}
        why = {"reason_id": reason} if reason else {}
        rows = [{"id": ids[sku], "quantity": quantity, "note": note, **why} for sku, quantity in quantities.items()]
        body = {"order_id": order_id, "items": rows, "return_shipping": {"option_id": self.facts["return_option"]}}
        return str(self.store.post("/store/returns", body)["return"]["id"])

    def register(self, email: str, password: str = "secret-of-hers", **values: Any) -> tuple[str, str]:
        """An account; returns its id and a token to buy with."""
        login = {"email": email, "password": password}
        token = self.store.post("/auth/customer/emailpass/register", login)["token"]
        store = Api(self.store.url, {**self.store.headers, "authorization": f"Bearer {token}"})
        customer = store.post("/store/customers", {"email": email, **values})["customer"]["id"]
        return customer, str(self.store.post("/auth/customer/emailpass", login)["token"])


class Shopkeeper:
    """Does by the administration's API what a shopkeeper clicks."""

    def __init__(self, admin: Api, facts: dict[str, Any]) -> None:
        self.admin = admin
        self.facts = facts

    def order(
        self, order_id: str, fields: str = "+payment_status,+fulfillment_status,*payment_collections.payments"
    ) -> Any:
        """An order as the administration shows it."""
        return self.admin.get(f"/admin/orders/{order_id}", fields=fields)["order"]

    def payment(self, order_id: str) -> str:
        """The id of an order's first payment."""
        return str(self.order(order_id)["payment_collections"][0]["payments"][0]["id"])

    def capture(self, order_id: str) -> None:
        """Take the money that was authorised."""
        self.admin.post(f"/admin/payments/{self.payment(order_id)}/capture")

    def refund(self, order_id: str, amount: float, note: str = "") -> None:
        """Give money back, of a captured payment."""
        self.admin.post(f"/admin/payments/{self.payment(order_id)}/refund", {"amount": amount, "note": note})

    def cancel(self, order_id: str) -> None:
        """Cancel an order: authorisations are voided, captured money is given back."""
        self.admin.post(f"/admin/orders/{order_id}/cancel")

    def fulfil(self, order_id: str, *, ship: bool = True) -> str:
        """Prepare all that is left of an order, and ship it; returns the fulfilment's id."""
        items = self.order(order_id, "*items,*items.detail")["items"]
        left = [
            {"id": item["id"], "quantity": item["quantity"] - item["detail"]["fulfilled_quantity"]} for item in items
        ]
        body = {"location_id": self.facts["locations"]["Paris"], "items": [item for item in left if item["quantity"]]}
        made = self.admin.post(f"/admin/orders/{order_id}/fulfillments", body, fields="*fulfillments")
        fulfillment = str(made["order"]["fulfillments"][-1]["id"])
        if ship:
            path = f"/admin/orders/{order_id}/fulfillments/{fulfillment}/shipments"
            self.admin.post(path, {"items": body["items"]})
        return fulfillment

    def reason(self, value: str, label: str) -> str:
        """Have a reason for returns; its id."""
        made = self.admin.post("/admin/return-reasons", {"value": value, "label": label})
        return str(made["return_reason"]["id"])

    def announce(self, order_id: str, quantities: Mapping[str, int]) -> tuple[str, list[dict[str, Any]]]:
        """A return that the shopkeeper makes, of quantities by SKU; its id and its rows."""
        items = {item["variant_sku"]: item["id"] for item in self.order(order_id, "*items")["items"]}
        rows = [{"id": items[sku], "quantity": quantity} for sku, quantity in quantities.items()]
        body = {"order_id": order_id, "location_id": self.facts["locations"]["Paris"]}
        return_id = self.admin.post("/admin/returns", body)["return"]["id"]
        path = f"/admin/returns/{return_id}"
        self.admin.post(f"{path}/request-items", {"items": rows})
        self.admin.post(f"{path}/shipping-method", {"shipping_option_id": self.facts["return_option"]})
        self.admin.post(f"{path}/request")
        return str(return_id), rows

    def begin_to_receive(self, return_id: str) -> None:
        """Open the receipt of a return, and walk away."""
        self.admin.post(f"/admin/returns/{return_id}/receive")

    def take_back(self, order_id: str, quantities: Mapping[str, int]) -> str:
        """A return that arrives at once, of quantities by SKU; returns its id."""
        return_id, rows = self.announce(order_id, quantities)
        path = f"/admin/returns/{return_id}"
        self.admin.post(f"{path}/receive")
        self.admin.post(f"{path}/receive-items", {"items": rows})
        self.admin.post(f"{path}/receive/confirm")
        return return_id

    def exchange(self, order_id: str, back: Mapping[str, int], out: Mapping[str, int]) -> str:
        """Goods that are to come back, and others to be sent instead, by SKU; returns the exchange's id."""
        items = {item["variant_sku"]: item["id"] for item in self.order(order_id, "*items")["items"]}
        exchange_id = self.admin.post("/admin/exchanges", {"order_id": order_id})["exchange"]["id"]
        path = f"/admin/exchanges/{exchange_id}"
        inbound = [{"id": items[sku], "quantity": quantity} for sku, quantity in back.items()]
        variants = self.facts["variants"]
        outbound = [{"variant_id": variants[sku], "quantity": quantity} for sku, quantity in out.items()]
        self.admin.post(f"{path}/inbound/items", {"items": inbound})
        self.admin.post(f"{path}/outbound/items", {"items": outbound})
        option = {"shipping_option_id": self.facts["shipping_option"]}
        self.admin.post(f"{path}/outbound/shipping-method", option)
        self.admin.post(f"{path}/request")
        return str(exchange_id)

    def sell(self, sku: str, name: str, price: float, quantity: int) -> tuple[str, str]:
        """Have a product without options, and so many of it in Paris; its id and its variant's."""
        prices = [{"currency_code": "eur", "amount": price}]
        options = {"Default option": "Default option value"}
        variant = {"title": "Default variant", "sku": sku, "prices": prices, "options": options}
        body = {
            "title": name,
            "status": "published",
            "shipping_profile_id": self.facts["profile"],
            "sales_channels": [{"id": self.facts["channel"]}],
            "options": [{"title": "Default option", "values": ["Default option value"]}],
            "variants": [variant | {"manage_inventory": True}],
        }
        product = self.admin.post("/admin/products", body)["product"]
        item = self.admin.get("/admin/inventory-items", sku=sku)["inventory_items"][0]["id"]
        level = {"location_id": self.facts["locations"]["Paris"], "stocked_quantity": quantity}
        self.admin.post(f"/admin/inventory-items/{item}/location-levels", level)
        self.facts["inventory_items"][sku] = item
        self.facts["variants"][sku] = product["variants"][0]["id"]
        return product["id"], product["variants"][0]["id"]

    def level(self, sku: str) -> tuple[int, int]:
        """How many Paris has of a variant, and how many of them are reserved."""
        path = f"/admin/inventory-items/{self.facts['inventory_items'][sku]}/location-levels"
        levels = self.admin.get(path)["inventory_levels"]
        (own,) = [row for row in levels if row["location_id"] == self.facts["locations"]["Paris"]]
        return int(own["stocked_quantity"]), int(own["reserved_quantity"])

    def count(self, sku: str, quantity: int) -> None:
        """Put so many of a variant on the shelf in Paris."""
        place = {
            "inventory_item_id": self.facts["inventory_items"][sku],
            "location_id": self.facts["locations"]["Paris"],
        }
        level = place | {"stocked_quantity": quantity}
        self.admin.post("/admin/inventory-items/location-levels/batch", {"update": [level]})

    def price(self, sku: str, product_id: str) -> Any:
        """What the storefront asks of a variant in France, and what before a promotion; ``None`` before it has a price.

        The shop makes a variant first, and its price a moment later.
        """
        store = Api(self.admin.url, {"x-publishable-api-key": self.facts["publishable_key"]})
        params = {"region_id": self.facts["region"], "fields": "*variants.calculated_price"}
        variants = store.get(f"/store/products/{product_id}", **params)["product"]["variants"]
        return next(row.get("calculated_price") for row in variants if row["sku"] == sku)

    def promotion(self, code: str, value: float, *, percent: bool = False) -> None:
        """A code that takes an amount in euros, or a percentage, off the goods."""
        self.admin.post(
            "/admin/promotions",
            {
                "code": code,
                "type": "standard",
                "status": "active",
                "application_method": {
                    "type": "percentage" if percent else "fixed",
                    "target_type": "items",
                    "allocation": "across",
                    "value": value,
                    **({} if percent else {"currency_code": "eur"}),
                },
            },
        )
