"""Returns that began on a shop: they come in as requests, and what becomes of them goes back there."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import shop_return, shop_return_goods, order_returns, return_shop, command_return, shop_refund
