"""A new shop: what PrestaShop's installer leaves in a French one."""

from __future__ import annotations

from typing import Any

from . import values
from .fields import RESOURCES
from .shop import DEFAULT_SETTINGS, Shop

# (id, template, flags, module, French, English), recorded from 8.1.2.
STATES = (
    (1, "cheque", "", "ps_checkpayment", "En attente du paiement par chèque", "Awaiting check payment"),
    (2, "payment", "logable invoice paid", "", "Paiement accepté", "Payment accepted"),
    (3, "preparation", "logable invoice paid delivery", "", "En cours de préparation", "Processing in progress"),
    (4, "shipped", "logable invoice paid delivery shipped", "", "Expédié", "Shipped"),
    (5, "", "logable invoice paid delivery shipped", "", "Livré", "Delivered"),
    (6, "order_canceled", "", "", "Annulé", "Canceled"),
    (7, "refund", "invoice", "", "Remboursé", "Refunded"),
    (8, "payment_error", "", "", "Erreur de paiement", "Payment error"),
    (9, "outofstock", "logable invoice paid", "", "En attente de réapprovisionnement (payé)", "On backorder (paid)"),
    (10, "bankwire", "", "ps_wirepayment", "En attente de virement bancaire", "Awaiting bank wire payment"),
    (11, "payment", "logable invoice paid", "", "Paiement à distance accepté", "Remote payment accepted"),
    (12, "outofstock", "", "", "En attente de réapprovisionnement (non payé)", "On backorder (not paid)"),
    (13, "cashondelivery", "", "ps_cashondelivery", "Paiement à la livraison", "Awaiting Cash On Delivery validation"),
)
FLAGS = ("logable", "invoice", "paid", "delivery", "shipped")
CONFIGURATION = {
    "PS_OS_CHEQUE": "1",
    "PS_OS_PAYMENT": "2",
    "PS_OS_PREPARATION": "3",
    "PS_OS_SHIPPING": "4",
    "PS_OS_DELIVERED": "5",
    "PS_OS_CANCELED": "6",
    "PS_OS_REFUND": "7",
    "PS_OS_ERROR": "8",
    "PS_OS_OUTOFSTOCK_PAID": "9",
    "PS_OS_BANKWIRE": "10",
    "PS_OS_WS_PAYMENT": "11",
    "PS_OS_OUTOFSTOCK_UNPAID": "12",
    "PS_OS_COD_VALIDATION": "13",
    "PS_CURRENCY_DEFAULT": "1",
    "PS_COUNTRY_DEFAULT": "8",
    "PS_LANG_DEFAULT": "1",
    "PS_TAX": "1",
    "PS_ROUND_TYPE": "2",
    "PS_PRICE_ROUND_MODE": "2",
    "PS_TAX_ADDRESS_TYPE": "id_address_delivery",
    "PS_TIMEZONE": "Europe/Paris",
    "PS_VERSION_DB": "8.1.2",
    "PS_WEIGHT_UNIT": "kg",
    "PS_SHOP_NAME": "Maison Lumière",
    "PS_STOCK_MANAGEMENT": "1",
    "PS_GIFT_WRAPPING": "1",
}
COUNTRIES = {1: "DE", 2: "AT", 3: "BE", 6: "ES", 8: "FR", 10: "IT", 12: "LU", 13: "NL", 19: "CH", 21: "US", 17: "GB"}
NAMES = {"FR": "France", "BE": "Belgique", "DE": "Allemagne", "CH": "Suisse", "US": "États-Unis", "GB": "Royaume-Uni"}
RATES = (
    (1, "20.000", "TVA FR 20%", "FR Taux standard (20%)"),
    (2, "10.000", "TVA FR 10%", "FR Taux réduit (10%)"),
    (3, "5.500", "TVA FR 5.5%", "FR Taux réduit (5.5%)"),
    (4, "2.100", "TVA FR 2.1%", "FR Taux super réduit (2.1%)"),
)
UNION = ("FR", "DE", "AT", "BE", "ES", "IT", "LU", "NL")


def add(shop: Shop, resource: str, key: int | None = None, **given: Any) -> dict[str, Any]:
    """Keep a record as the webservice keeps it, without its side effects."""
    one = RESOURCES[resource]
    now = shop.now()
    stamps: dict[str, Any] = {name: now for name in ("date_add", "date_upd") if name in one.fields}
    doc = values.kept(one, {**stamps, **given, "id": key or shop.next_id(resource)}, shop.languages)
    if key:
        shop.reserve_id(resource, key)
    shop.put(resource, doc)
    return doc


def bare(shop: Shop) -> None:
    """What every shop has: settings, states, taxes, countries, carriers, the root categories."""
    shop.put("settings", {"id": 1, **DEFAULT_SETTINGS})
    for name, code, locale in (("Français (French)", "fr", "fr-FR"), ("English (English)", "en", "en-US")):
        formats = {"date_format_lite": "d/m/Y", "date_format_full": "d/m/Y H:i:s", "active": "1"}
        add(shop, "languages", None, name=name, iso_code=code, locale=locale, language_code=locale.lower(), **formats)
    for name, value in CONFIGURATION.items():
        shop.configure(name, value)
    add(shop, "shop_groups", 1, name="Default", active="1")
    add(shop, "shops", 1, id_shop_group="1", id_category="2", active="1", name="Maison Lumière", theme_name="classic")
    _currency(shop, 1, "EUR", "978", "1", "Euro", "Euro", "€")
    _currency(shop, 2, "CHF", "756", "0.95", "Franc suisse", "Swiss franc", "CHF")
    _places(shop)
    for key, template, flags, module, french, english in STATES:
        given = {name: str(int(name in flags.split())) for name in FLAGS}
        texts = {"name": both(french, english), "template": both(template, template)}
        add(shop, "order_states", key, **given, **texts, module_name=module, unremovable="1", send_email="1")
    for key, name, delay in (
        (1, "Retrait en magasin", "Retrait en magasin"),
        (2, "Colissimo", "Livraison le lendemain"),
    ):
        _carrier(shop, key, name, delay)
    _carrier(shop, 3, "Mondial Relay", "En point relais", external_module_name="mondialrelay", is_module="1")
    for key, french, english in ((1, "Visiteur", "Visitor"), (2, "Invité", "Guest"), (3, "Client", "Customer")):
        add(shop, "groups", key, name=both(french, english), price_display_method="0", show_prices="1")
    for key, parent, name, depth in ((1, "0", "Racine", "0"), (2, "1", "Accueil", "1")):
        texts = {"name": both(name, name), "link_rewrite": both(name.lower(), name.lower())}
        place = {"id_parent": parent, "level_depth": depth, "is_root_category": str(int(key == 2))}
        add(shop, "categories", key, active="1", id_shop_default="1", **place, **texts)
    add(shop, "contacts", 1, email="shop@example.com", customer_service="1", name=both("Webmaster", "Webmaster"))


def _places(shop: Shop) -> None:
    """Zones, countries, and the rates that are charged there."""
    for key, name in ((1, "Europe"), (2, "North America")):
        add(shop, "zones", key, name=name, active="1")
    for key, code in sorted(COUNTRIES.items()):
        name = NAMES.get(code, code)
        needs = {"contains_states": str(int(code in ("US", "IT"))), "need_zip_code": "1", "active": "1"}
        add(shop, "countries", key, id_zone="2" if code == "US" else "1", iso_code=code, name=both(name, name), **needs)
    add(shop, "states", 35, id_zone="2", id_country="21", iso_code="NY", name="New York", active="1")
    ids = {code: key for key, code in COUNTRIES.items()}
    for key, rate, label, group in RATES:
        add(shop, "taxes", key, rate=rate, active="1", deleted="0", name=both(label, label))
        add(shop, "tax_rule_groups", key, name=group, active="1")
        for code in UNION:
            add(shop, "tax_rules", id_tax_rules_group=str(key), id_country=str(ids[code]), id_tax=str(key))


def _currency(shop: Shop, key: int, code: str, number: str, rate: str, french: str, english: str, sign: str) -> None:
    texts = {"names": both(french, english), "name": french, "symbol": both(sign, sign)}
    given = {"iso_code": code, "numeric_iso_code": number, "precision": "2", "conversion_rate": rate, "active": "1"}
    add(shop, "currencies", key, **texts, **given)


def _carrier(shop: Shop, key: int, name: str, delay: str, **more: str) -> None:
    given = {"id_reference": str(key), "active": "1", "is_free": str(int(key == 1)), "id_tax_rules_group": "1"}
    given |= {"shipping_method": "1", "shipping_handling": "1", **more}
    add(shop, "carriers", key, name=name, delay=both(delay, delay), **given)


def both(french: str, english: str) -> dict[str, str]:
    """A text in the shop's two languages."""
    return {"1": french, "2": english}
