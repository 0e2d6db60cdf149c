"""Stock, for shops that call Odoo."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import api_sold_as, api_carts, api_stock
