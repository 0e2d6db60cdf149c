"""The facade for shops that call Odoo."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import channel_api, api, api_orders, api_products, api_catalogue, api_tracking, api_customers
