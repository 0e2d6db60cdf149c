"""Lots and serials: from the shelf to the customer, the warranty and the recall."""

from . import stock_lot
