"""Customers: one record across channels, kept the same on both sides."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import customer, customer_sync, channel_customers, customer_duplicates, res_partner, res_partner_history
