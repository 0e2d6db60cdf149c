"""Any shop that speaks to Odoo itself, through ``ecom.api``: we never call it.

Its raw order is the JSON that ``ecom.api`` accepts; ``schema`` says which, ``check`` holds it to that,
``mapper`` translates it.
"""

from .platform import ExternalShop

__all__ = ["ExternalShop"]
