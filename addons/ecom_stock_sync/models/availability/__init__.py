"""What may be sold: the rules of channels and offers, and the figures that they are applied to."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    stock_location,
    location_mapping,
    offer,
    channel_places,
    channel_locations,
    stock_figures,
    stock_rule,
    order_packs,
)
