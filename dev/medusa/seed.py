"""What the real shop is made of: a French shop with taxes, two stock locations, delivery, returns, two products."""

from __future__ import annotations

from typing import Any

from dev.medusa.api import Api

PARIS = {"address_1": "1 rue de Rivoli", "city": "Paris", "postal_code": "75001", "country_code": "FR"}
LYON = {"address_1": "2 rue de la République", "city": "Lyon", "postal_code": "69002", "country_code": "FR"}

SHIRT = {
    "title": "T-shirt é ♥",
    "handle": "t-shirt",
    "options": [{"title": "Taille", "values": ["S", "M"]}],
    "variants": [
        {"title": size, "sku": f"TS-{size}", "barcode": f"376012345001{number}", "options": {"Taille": size}}
        for number, size in enumerate("SM")
    ],
}
MUG = {
    "title": "Tasse",
    "handle": "tasse",
    "options": [{"title": "Default", "values": ["Default"]}],
    "variants": [{"title": "Default", "sku": "MUG", "options": {"Default": "Default"}}],
}
PRICES = {"TS-S": "20.5", "TS-M": "20.5", "MUG": "33.33"}
STOCK = {"TS-S": 10, "TS-M": 12, "MUG": 50}


def seed(url: str, email: str, password: str) -> dict[str, Any]:
    """Fill an empty shop; returns the ids and keys that a test needs."""
    token = Api(url).post("/auth/user/emailpass", {"email": email, "password": password})["token"]
    staff = Api(url, {"authorization": f"Bearer {token}"})
    secret = staff.post("/admin/api-keys", {"title": "Odoo", "type": "secret"})["api_key"]["token"]
    admin = Api.with_key(url, secret)
    facts: dict[str, Any] = {"secret_key": secret}
    store = admin.get("/admin/stores")["stores"][0]
    currencies = [{"currency_code": "eur", "is_default": True}, {"currency_code": "usd"}]
    admin.post(f"/admin/stores/{store['id']}", {"name": "Boutique d'essai", "supported_currencies": currencies})
    facts["channel"] = channel = admin.get("/admin/sales-channels")["sales_channels"][0]["id"]
    facts["publishable_key"] = _storefront(admin, channel)
    facts |= _regions(admin)
    facts |= _delivery(admin, channel)
    facts |= _products(admin, facts)
    return facts


def _storefront(admin: Api, channel: str) -> str:
    key = admin.post("/admin/api-keys", {"title": "Storefront", "type": "publishable"})["api_key"]
    admin.post(f"/admin/api-keys/{key['id']}/sales-channels", {"add": [channel]})
    return str(key["token"])


def _regions(admin: Api) -> dict[str, Any]:
    """France with VAT on top of prices in euros, and the United States without any tax."""
    found = {}
    for name, currency, country in (("region", "eur", "fr"), ("region_us", "usd", "us")):
        body = {"name": country.upper(), "currency_code": currency, "countries": [country]}
        created = admin.post("/admin/regions", body | {"payment_providers": ["pp_system_default", "pp_card_test"]})
        found[name] = created["region"]["id"]
    rates = {"default_tax_rate": {"name": "TVA", "code": "FR20", "rate": 20}}
    tax_region = admin.post("/admin/tax-regions", {"country_code": "fr", "provider_id": "tp_system", **rates})
    found["tax_region"] = tax_region["tax_region"]["id"]
    return found


def _delivery(admin: Api, channel: str) -> dict[str, Any]:
    locations = {}
    for name, address in (("Paris", PARIS), ("Lyon", LYON)):
        location = admin.post("/admin/stock-locations", {"name": name, "address": address})["stock_location"]["id"]
        admin.post(f"/admin/stock-locations/{location}/sales-channels", {"add": [channel]})
        admin.post(f"/admin/stock-locations/{location}/fulfillment-providers", {"add": ["manual_manual"]})
        locations[name] = location
    path = f"/admin/stock-locations/{locations['Paris']}/fulfillment-sets"
    made = admin.post(path, {"name": "Livraison", "type": "shipping"}, fields="*fulfillment_sets")
    fulfillment_set = made["stock_location"]["fulfillment_sets"][0]["id"]
    zones = [{"type": "country", "country_code": code} for code in ("fr", "us")]
    path = f"/admin/fulfillment-sets/{fulfillment_set}/service-zones"
    zone = admin.post(path, {"name": "Tous", "geo_zones": zones})["fulfillment_set"]["service_zones"][0]["id"]
    profiles = admin.get("/admin/shipping-profiles")["shipping_profiles"]
    profile = profiles[0] if profiles else None
    if profile is None:
        profile = admin.post("/admin/shipping-profiles", {"name": "Default", "type": "default"})["shipping_profile"]
    options = {
        key: _shipping_option(admin, zone, profile["id"], name, amount, returns=returns)
        for key, name, amount, returns in (
            ("shipping_option", "Colissimo", 4.9, False),
            ("return_option", "Retour", 0, True),
        )
    }
    return {"locations": locations, "profile": profile["id"], **options}


def _shipping_option(admin: Api, zone: str, profile: str, name: str, amount: float, *, returns: bool) -> str:
    rules = {"enabled_in_store": "true", "is_return": "true" if returns else "false"}
    body = {
        "name": name,
        "service_zone_id": zone,
        "shipping_profile_id": profile,
        "provider_id": "manual_manual",
        "price_type": "flat",
        "type": {"label": name, "description": name, "code": name.lower()},
        "prices": [{"currency_code": currency, "amount": amount} for currency in ("eur", "usd")],
        "rules": [{"attribute": key, "value": value, "operator": "eq"} for key, value in rules.items()],
    }
    return str(admin.post("/admin/shipping-options", body)["shipping_option"]["id"])


def _products(admin: Api, facts: dict[str, Any]) -> dict[str, Any]:
    common = {
        "status": "published",
        "shipping_profile_id": facts["profile"],
        "sales_channels": [{"id": facts["channel"]}],
    }
    products: dict[str, str] = {}
    variants: dict[str, str] = {}
    goods: tuple[dict[str, Any], ...] = (SHIRT, MUG)
    for product in goods:
        sold = product["variants"]
        priced = [
            {
                **variant,
                "manage_inventory": True,
                "prices": [
                    {"currency_code": currency, "amount": float(PRICES[variant["sku"]])} for currency in ("eur", "usd")
                ],
            }
            for variant in sold
        ]
        made = admin.post("/admin/products", {**product, **common, "variants": priced})["product"]
        products[product["handle"]] = made["id"]
        variants |= {variant["sku"]: variant["id"] for variant in made["variants"]}
    items = {row["sku"]: row["id"] for row in admin.get("/admin/inventory-items", limit=100)["inventory_items"]}
    levels = [
        {"inventory_item_id": items[sku], "location_id": facts["locations"]["Paris"], "stocked_quantity": quantity}
        for sku, quantity in STOCK.items()
    ]
    admin.post("/admin/inventory-items/location-levels/batch", {"create": levels})
    return {"products": products, "variants": variants, "inventory_items": items}
