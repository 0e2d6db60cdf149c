"""Shopify through the GraphQL Admin API, with tokens of old and new apps."""

from .platform import Shopify

__all__ = ["Shopify"]
