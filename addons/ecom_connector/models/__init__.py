# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    company_day,
    channels,
    messages,
    issues,
    catalogue,
    customers,
    orders,
    invoices,
    taxes,
    deliveries,
    privacy,
    api,
    thread,
)
