"""Preparing orders: batches, the station, labels."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    delivery_carrier,
    sandbox_carrier,
    channel_preparation,
    parcel,
    parcel_scan,
    parcel_packages,
    parcel_label,
    parcel_ship,
    stock_picking,
    stock_move_line,
    stock_picking_batch,
    delivery_steps,
    station,
    station_orders,
    station_keys,
    station_screen,
)
