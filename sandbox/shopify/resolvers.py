"""All modules that answer fields; importing this one has them register."""

from __future__ import annotations

from . import catalogue_view, fulfilment_view, order_parts_view, order_view, people_view, shop_view

__all__ = ["catalogue_view", "fulfilment_view", "order_parts_view", "order_view", "people_view", "shop_view"]
