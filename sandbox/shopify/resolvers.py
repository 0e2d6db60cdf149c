"""All modules that answer fields; importing this one has them register."""

from __future__ import annotations

from . import (
    catalogue_view,
    customer_changes,
    fulfilment_changes,
    fulfilment_view,
    jobs,
    order_changes,
    order_edits,
    order_parts_view,
    order_view,
    people_view,
    returns,
    shop_view,
    webhooks,
)

__all__ = [
    "catalogue_view",
    "customer_changes",
    "fulfilment_changes",
    "fulfilment_view",
    "jobs",
    "order_changes",
    "order_edits",
    "order_parts_view",
    "order_view",
    "people_view",
    "returns",
    "shop_view",
    "webhooks",
]
