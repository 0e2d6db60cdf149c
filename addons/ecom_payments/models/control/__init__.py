"""Whether all of it agrees: clearing accounts, fees, three sides of a payment, profit."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    clearing_line,
    payment_check,
    gateway_fee,
    fee_check,
    self_check,
    marketing_cost,
    profit,
    channel_profit,
    gateway_card,
)
