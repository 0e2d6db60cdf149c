"""Invoices: by policy, paid, printed and sent without a click."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import payment_mapping, order_payment, order_deposit, order_invoice, order_invoice_locked, channel_invoices
