"""What a shop says about itself: settings, gateways, shipping, currencies, system status."""

from __future__ import annotations

from typing import Any

from .errors import RestError
from .params import MIXED
from .rest import ROOT, Answer, Call, Route, editable, links
from .shop import Shop
from .text import SYMBOLS

Doc = dict[str, Any]
REFUNDING_GATEWAYS = ("stripe", "ppcp-gateway")
GATEWAYS = {
    "bacs": ("Direct bank transfer", "Make your payment directly into our bank account.", ["products"]),
    "cheque": ("Check payments", "Please send a check to the shop's address.", ["products"]),
    "cod": ("Cash on delivery", "Pay with cash upon delivery.", ["products"]),
    "stripe": ("Credit card (Stripe)", "Pay with your credit card.", ["products", "refunds"]),
    "ppcp-gateway": ("PayPal", "Pay via PayPal.", ["products", "refunds"]),
}
SHIPPING_METHODS = {
    "flat_rate": ("Flat rate", "Lets you charge a fixed rate for shipping."),
    "free_shipping": (
        "Free shipping",
        "Free shipping is a special method which can be triggered with coupons and minimum spends.",
    ),
    "local_pickup": ("Local pickup", "Allow customers to pick up orders themselves."),
    "pickup_location": ("Local pickup", "Allow customers to choose a local pickup location during checkout."),
    "mondialrelay": ("Mondial Relay", "Delivery to a pickup point."),
}
ZONES = {
    0: ("Locations not covered by your other zones", [], []),
    1: (
        "France",
        [{"code": "FR", "type": "country"}],
        [
            ("flat_rate", "Colissimo à domicile", "4.08"),
            ("mondialrelay", "Mondial Relay", "3.25"),
            ("local_pickup", "Retrait en boutique", "0"),
        ],
    ),
    2: ("Europe", [{"code": "EU", "type": "continent"}], [("flat_rate", "Colissimo Europe", "9.90")]),
}


def _yes(value: Any) -> str:
    return "yes" if value else "no"


def general(shop: Shop) -> list[tuple[str, str, str, Any, Any]]:
    """General settings as (id, label, type, default, value)."""
    settings = shop.settings
    return [
        ("woocommerce_store_address", "Address line 1", "text", "", "12 rue de la Paix"),
        ("woocommerce_store_address_2", "Address line 2", "text", "", ""),
        ("woocommerce_store_city", "City", "text", "", "Paris"),
        ("woocommerce_default_country", "Country / State", "select", "US:CA", settings["base_country"]),
        ("woocommerce_store_postcode", "Postcode / ZIP", "text", "", "75002"),
        ("woocommerce_allowed_countries", "Selling location(s)", "select", "all", "all"),
        ("woocommerce_ship_to_countries", "Shipping location(s)", "select", "", ""),
        ("woocommerce_default_customer_address", "Default customer location", "select", "base", "base"),
        ("woocommerce_calc_taxes", "Enable taxes", "checkbox", "no", _yes(settings["calc_taxes"])),
        ("woocommerce_enable_coupons", "Enable coupons", "checkbox", "yes", "yes"),
        ("woocommerce_calc_discounts_sequentially", "", "checkbox", "no", "no"),
        ("woocommerce_currency", "Currency", "select", "USD", settings["currency"]),
        ("woocommerce_currency_pos", "Currency position", "select", "left", "right_space"),
        ("woocommerce_price_thousand_sep", "Thousand separator", "text", ",", " "),
        ("woocommerce_price_decimal_sep", "Decimal separator", "text", ".", "."),
        ("woocommerce_price_num_decimals", "Number of decimals", "number", "2", str(settings["decimals"])),
    ]


def tax(shop: Shop) -> list[tuple[str, str, str, Any, Any]]:
    """Tax settings as (id, label, type, default, value)."""
    settings = shop.settings
    display = "incl" if settings["prices_include_tax"] else "excl"
    names = "\n".join(name for slug, name in shop.tax_classes.items() if slug != "standard")
    return [
        (
            "woocommerce_prices_include_tax",
            "Prices entered with tax",
            "radio",
            "no",
            _yes(settings["prices_include_tax"]),
        ),
        ("woocommerce_tax_based_on", "Calculate tax based on", "select", "shipping", settings["tax_based_on"]),
        (
            "woocommerce_shipping_tax_class",
            "Shipping tax class",
            "select",
            "inherit",
            settings["shipping_tax_class"],
        ),
        ("woocommerce_tax_round_at_subtotal", "Rounding", "checkbox", "no", _yes(settings["round_at_subtotal"])),
        ("woocommerce_tax_classes", "Additional tax classes", "textarea", "", names),
        ("woocommerce_tax_display_shop", "Display prices in the shop", "select", "excl", display),
        ("woocommerce_tax_display_cart", "Display prices during cart and checkout", "select", "excl", display),
        ("woocommerce_price_display_suffix", "Price display suffix", "text", "", ""),
        ("woocommerce_tax_total_display", "Display tax totals", "select", "itemized", "itemized"),
    ]


def products(shop: Shop) -> list[tuple[str, str, str, Any, Any]]:
    """Product settings as (id, label, type, default, value)."""
    return [
        ("woocommerce_weight_unit", "Weight unit", "select", "kg", shop.settings["weight_unit"]),
        ("woocommerce_dimension_unit", "Dimensions unit", "select", "cm", "cm"),
    ]


GROUPS = {"general": general, "products": products, "tax": tax}
WRITABLE: dict[str, tuple[str, Any]] = {
    "woocommerce_currency": ("currency", str),
    "woocommerce_price_num_decimals": ("decimals", int),
    "woocommerce_calc_taxes": ("calc_taxes", lambda value: value == "yes"),
    "woocommerce_default_country": ("base_country", lambda value: str(value).split(":")[0]),
    "woocommerce_prices_include_tax": ("prices_include_tax", lambda value: value == "yes"),
    "woocommerce_tax_based_on": ("tax_based_on", str),
    "woocommerce_shipping_tax_class": ("shipping_tax_class", str),
    "woocommerce_weight_unit": ("weight_unit", str),
    "woocommerce_tax_round_at_subtotal": ("round_at_subtotal", lambda value: value == "yes"),
}


def _setting(shop: Shop, group: str, row: tuple[str, str, str, Any, Any]) -> Doc:
    key, label, kind, default, value = row
    path = f"settings/{group}"
    return {
        "id": key,
        "label": label,
        "description": "",
        "type": kind,
        "default": default,
        "tip": "",
        "value": value,
        "_links": links(shop, path, key, allow="GET, POST, PUT, PATCH"),
    }


def list_groups(call: Call) -> Answer:
    """``GET /settings``."""
    return Answer([{"id": name, "label": name.capitalize(), "description": "", "parent_id": ""} for name in GROUPS])


def _group(call: Call) -> str:
    name = str(call.ids[0])
    if name not in GROUPS:
        raise RestError("rest_setting_setting_group_invalid", "Invalid setting group.", 404)
    return name


def list_settings(call: Call) -> Answer:
    """``GET /settings/<group>``."""
    group = _group(call)
    return Answer([_setting(call.shop, group, row) for row in GROUPS[group](call.shop)])


def _row(call: Call) -> tuple[str, str, str, Any, Any]:
    for row in GROUPS[_group(call)](call.shop):
        if row[0] == call.ids[1]:
            return row
    raise RestError("rest_setting_setting_invalid", "Invalid setting.", 404)


def get_setting(call: Call) -> Answer:
    """``GET /settings/<group>/<id>``."""
    group = _group(call)
    return Answer({**_setting(call.shop, group, _row(call)), "group_id": group})


def update_setting(call: Call) -> Answer:
    """``PUT /settings/<group>/<id>``."""
    row = _row(call)
    value = call.read({"value": MIXED}, "value")["value"]
    if row[0] in WRITABLE:
        name, convert = WRITABLE[row[0]]
        call.shop.change_settings({name: convert(value)})
    return get_setting(call)


def _gateway(shop: Shop, key: str) -> Doc:
    title, description, supports = GATEWAYS[key]
    return {
        "id": key,
        "title": title,
        "description": description,
        "order": "",
        "enabled": True,
        "method_title": title,
        "method_description": description,
        "method_supports": supports,
        "settings": {
            "title": {
                "id": "title",
                "label": "Title",
                "description": "This controls the title which the user sees during checkout.",
                "type": "safe_text",
                "value": title,
                "default": title,
                "tip": "This controls the title which the user sees during checkout.",
                "placeholder": "",
            }
        },
        "needs_setup": False,
        "post_install_scripts": [],
        "settings_url": f"{shop.url}/wp-admin/admin.php?page=wc-settings&tab=checkout&section={key}",
        "connection_url": None,
        "setup_help_text": None,
        "required_settings_keys": [],
        "_links": links(shop, "payment_gateways", key, allow="GET, POST, PUT, PATCH"),
    }


def _whole(found: list[Doc]) -> Answer:
    """A list without paging, but with its headers."""
    return Answer(found, 200, {"X-WP-Total": str(len(found)), "X-WP-TotalPages": "1"})


def list_gateways(call: Call) -> Answer:
    """``GET /payment_gateways``."""
    return _whole([_gateway(call.shop, key) for key in GATEWAYS])


def get_gateway(call: Call) -> Answer:
    """``GET /payment_gateways/<id>``."""
    if call.ids[0] not in GATEWAYS:
        raise RestError("woocommerce_rest_payment_gateway_invalid", "Resource does not exist.", 404)
    return Answer(_gateway(call.shop, call.ids[0]))


def _method(shop: Shop, key: str) -> Doc:
    title, description = SHIPPING_METHODS[key]
    found_links = links(shop, "shipping_methods", key, allow="GET")
    return {"id": key, "title": title, "description": description, "_links": found_links}


def list_methods(call: Call) -> Answer:
    """``GET /shipping_methods``."""
    return _whole([_method(call.shop, key) for key in SHIPPING_METHODS])


def get_method(call: Call) -> Answer:
    """``GET /shipping_methods/<id>``."""
    if call.ids[0] not in SHIPPING_METHODS:
        raise RestError("woocommerce_rest_shipping_method_invalid", "Resource does not exist.", 404)
    return Answer(_method(call.shop, call.ids[0]))


def _zone(shop: Shop, key: int) -> Doc:
    found = {"id": key, "name": ZONES[key][0], "order": key, "_links": links(shop, "shipping/zones", key)}
    found["_links"]["describedby"] = [{"href": f"{shop.url}{ROOT}shipping/zones/{key}/locations"}]
    return found


def _zone_key(call: Call) -> int:
    if call.ids[0] not in ZONES:
        raise RestError("woocommerce_rest_shipping_zone_invalid", "Resource does not exist.", 404)
    return int(call.ids[0])


def list_zones(call: Call) -> Answer:
    """``GET /shipping/zones``."""
    return Answer([_zone(call.shop, key) for key in ZONES])


def get_zone(call: Call) -> Answer:
    """``GET /shipping/zones/<id>``."""
    return Answer(_zone(call.shop, _zone_key(call)))


def list_locations(call: Call) -> Answer:
    """``GET /shipping/zones/<id>/locations``."""
    return Answer(ZONES[_zone_key(call)][1])


def list_zone_methods(call: Call) -> Answer:
    """``GET /shipping/zones/<id>/methods``."""
    found = []
    for number, (method, title, cost) in enumerate(ZONES[_zone_key(call)][2], start=1):
        label, description = SHIPPING_METHODS[method]
        value = {"id": "cost", "label": "Cost", "type": "text", "value": cost, "default": ""}
        found.append(
            {
                "id": call.ids[0] * 10 + number,
                "instance_id": call.ids[0] * 10 + number,
                "title": title,
                "order": number,
                "enabled": True,
                "method_id": method,
                "method_title": label,
                "method_description": description,
                "settings": {"cost": value},
            }
        )
    return Answer(found)


def _currency(shop: Shop, code: str) -> Doc:
    _, entity, name = SYMBOLS.get(code, (code, code, code))
    return {
        "code": code,
        "name": name,
        "symbol": entity,
        "_links": links(shop, "data/currencies", code, allow="GET"),
    }


def list_currencies(call: Call) -> Answer:
    """``GET /data/currencies``."""
    return Answer([_currency(call.shop, code) for code in SYMBOLS])


def current_currency(call: Call) -> Answer:
    """``GET /data/currencies/current``."""
    return Answer(_currency(call.shop, call.shop.settings["currency"]))


def system_status(call: Call) -> Answer:
    """``GET /system_status``; the shop's time zone stands in ``environment.timezone``."""
    shop = call.shop
    return Answer(
        {
            "environment": {
                "home_url": shop.url,
                "site_url": shop.url,
                "store_id": None,
                "version": "10.9.1",
                "wp_version": "7.0.4",
                "wp_multisite": False,
                "language": "fr_FR",
                "server_info": "sandbox",
                "php_version": "8.2.36",
                "default_timezone": "UTC",
                "timezone": shop.zone,
            },
            "database": {"wc_database_version": "10.9.1", "database_prefix": "wp_"},
            "active_plugins": [],
            "settings": {
                "api_enabled": False,
                "force_ssl": False,
                "currency": shop.settings["currency"],
                "currency_symbol": SYMBOLS.get(shop.settings["currency"], ("", "", ""))[1],
                "currency_position": "right_space",
                "thousand_separator": " ",
                "decimal_separator": ".",
                "number_of_decimals": shop.decimals,
                "HPOS_enabled": True,
                "order_datastore": "Automattic\\WooCommerce\\Internal\\DataStores\\Orders\\OrdersTableDataStore",
            },
            "_links": {},
        }
    )


ROUTES = [
    Route("settings", {"GET": list_groups}),
    Route("settings/<slug>", {"GET": list_settings}),
    Route("settings/<slug>/<slug>", editable(get_setting, update_setting)),
    Route("payment_gateways", {"GET": list_gateways}),
    Route("payment_gateways/<slug>", {"GET": get_gateway}),
    Route("shipping_methods", {"GET": list_methods}),
    Route("shipping_methods/<slug>", {"GET": get_method}),
    Route("shipping/zones", {"GET": list_zones}),
    Route("shipping/zones/<id>", {"GET": get_zone}),
    Route("shipping/zones/<id>/locations", {"GET": list_locations}),
    Route("shipping/zones/<id>/methods", {"GET": list_zone_methods}),
    Route("data/currencies", {"GET": list_currencies}),
    Route("data/currencies/current", {"GET": current_currency}),
    Route("system_status", {"GET": system_status}),
]
