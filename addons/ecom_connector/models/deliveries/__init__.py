"""Deliveries: parcels, pickup points and what the shop is told of them."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    carrier_mapping,
    customer_pickup,
    order_pickup,
    shipment,
    command_shipment,
    stock_picking,
    stock_picking_lock,
    order_packed,
    stock_picking_pickup,
)
