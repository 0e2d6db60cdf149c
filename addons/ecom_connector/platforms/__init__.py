"""Shops and marketplaces as plain Python: no Odoo in here, relative imports only.

``documents`` says what an order is, ``base`` what a platform can do, ``transport`` how HTTP is spoken;
each sub-package is one vendor.
"""

from . import base, documents, external, medusa, prestashop, shopify, transport, woocommerce

__all__ = ["base", "documents", "external", "medusa", "prestashop", "shopify", "transport", "woocommerce"]
