"""What the webservice calls one record of a resource, and which rights the flows need of a key."""

from __future__ import annotations

from collections.abc import Mapping

# Where it is not the resource's name without its "s".
_NODES = {
    "addresses": "address",
    "categories": "category",
    "content_management_system": "content",
    "countries": "country",
    "currencies": "currency",
    "deliveries": "delivery",
    "order_histories": "order_history",
    "product_customization_fields": "customization_field",
    "stock_movements": "stock_mvt",
    "taxes": "tax",
}

# As few as the flows need. PUT stands for PATCH too: a key has it wherever the shop knows it.
RIGHTS: Mapping[str, frozenset[str]] = {
    name: frozenset(methods.split())
    for name, methods in {
        # Orders in.
        "orders": "GET PUT",
        "order_details": "GET",
        "order_carriers": "GET PUT",
        "order_payments": "GET",
        "order_cart_rules": "GET",
        "order_slip": "GET",
        "order_states": "GET",
        "customers": "GET PUT",
        "addresses": "GET PUT POST",
        "carriers": "GET",
        "countries": "GET",
        "states": "GET",
        "currencies": "GET",
        "languages": "GET",
        "configurations": "GET",
        "taxes": "GET",
        "tax_rules": "GET",
        "tax_rule_groups": "GET",
        # Events out.
        "order_histories": "GET POST",
        # The catalogue and stock.
        "products": "GET PUT POST",
        "combinations": "GET PUT POST",
        "categories": "GET POST",
        "manufacturers": "GET POST",
        "product_options": "GET POST",
        "product_option_values": "GET POST",
        "product_features": "GET POST",
        "product_feature_values": "GET POST",
        "tags": "GET POST",
        "images": "GET POST DELETE",
        "specific_prices": "GET PUT POST DELETE",
        "stock_availables": "GET PUT",
        "groups": "GET",
    }.items()
}
# What something is lost without, but no flow.
OPTIONAL_RIGHTS: Mapping[str, frozenset[str]] = {
    "messages": frozenset({"GET"}),  # what the customer wrote with the order
    "cart_rules": frozenset({"GET"}),  # the codes of coupons
    "customer_threads": frozenset({"GET", "POST"}),  # messages to customers
    "customer_messages": frozenset({"GET", "POST"}),
    "attachments": frozenset({"GET", "POST"}),
}


def node_name(resource: str) -> str:
    """What one record of a resource is called in XML (``_resources.json`` of the vendor's synopsis)."""
    return _NODES.get(resource) or resource.removesuffix("s")
