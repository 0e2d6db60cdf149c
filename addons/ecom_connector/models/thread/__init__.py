"""One screen from any record to all that became of an order, and where it breaks."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import thread, thread_order, thread_buttons
