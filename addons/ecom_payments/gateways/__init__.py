"""Payment gateways as plain Python: no Odoo in here, relative imports only.

``documents`` says what a transaction, a payout and a dispute is, ``base`` what a gateway can do; each sub-package is
one vendor.
"""

from . import base, documents, file, manual, paypal, shopify_payments, stripe

__all__ = ["base", "documents", "file", "manual", "paypal", "shopify_payments", "stripe"]
