"""Lots and serials: from the shelf to the customer, the warranty and the recall."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    warranty,
    recall,
    product,
    res_partner,
    stock_lot,
    stock_lot_holder,
    stock_quant,
    stock_move,
    stock_move_line,
    stock_picking,
    elsewhere,
    shipment,
)
