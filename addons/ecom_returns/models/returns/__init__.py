"""The return itself: its lines, reasons, deadlines, terms and steps."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    product,
    return_reason,
    return_policy,
    sale_order_line,
    return_order,
    return_line,
    return_deadlines,
    return_steps,
    sale_order,
    return_documents,
)
