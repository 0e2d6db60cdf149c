"""Shopify Payments: a part of the shop, called through its channel."""

from .gateway import ShopifyPayments

__all__ = ["ShopifyPayments"]
