"""The way back and the receiving desk: labels, parcels, what is in them."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    warehouse,
    return_unit,
    stock_return,
    return_receipt,
    way_back,
    unknown_parcel,
    issue_take_back,
    desk,
)
