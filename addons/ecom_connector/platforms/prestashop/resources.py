"""What the webservice calls one record of a resource, and which rights the flows need of a key."""

from __future__ import annotations

# Where it is not the resource's name without its "s".
_NODES = {
    "addresses": "address",
    "categories": "category",
    "content_management_system": "content",
    "countries": "country",
    "currencies": "currency",
    "customizations": "customization",
    "deliveries": "delivery",
    "order_histories": "order_history",
    "order_slip": "order_slip",
    "product_customization_fields": "customization_field",
    "stock_movements": "stock_mvt",
    "taxes": "tax",
}


def node_name(resource: str) -> str:
    """What one record of a resource is called in XML (``_resources.json`` of the vendor's synopsis)."""
    return _NODES.get(resource) or resource.removesuffix("s")
