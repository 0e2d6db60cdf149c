"""Returns that a shop has too: its own come in as requests, ours are made there, and what becomes of them is told."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import shop_return, shop_return_goods, order_returns, return_shop, return_made, command_return, shop_refund
from . import command_new_return, exchange_shipment
