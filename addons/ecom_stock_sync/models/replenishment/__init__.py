"""What to buy, when, and why."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    res_company,
    demand,
    replenishment,
    replenishment_figures,
    replenishment_compute,
    replenishment_reason,
    replenishment_accept,
    orderpoint,
)
