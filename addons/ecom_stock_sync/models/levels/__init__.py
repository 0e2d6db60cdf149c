"""What each offer is to show: the change log, the lane that computes, and the push to the shops."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    stock_change,
    stock_level,
    stock_compute,
    stock_horizon,
    stock_watch,
    channel_stock,
    stock_compare,
    stock_explanation,
    stock_preview,
    stock_screens,
)
