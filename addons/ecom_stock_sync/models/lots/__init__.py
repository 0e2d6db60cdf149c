"""Lots and serials: from the shelf to the customer, the warranty and the recall."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import stock_lot
