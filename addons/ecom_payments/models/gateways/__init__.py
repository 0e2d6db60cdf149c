"""Accounts at whoever collects money: set-up, keys, lane, news."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    gateway,
    gateway_accounts,
    gateway_connection,
    gateway_lane,
    gateway_event,
    gateway_webhooks,
    ir_cron,
    payment_mapping,
)
