"""WooCommerce 3.7 and later, through REST v3 with the keys that the shop's administrator creates."""

from .platform import WooCommerce

__all__ = ["WooCommerce"]
