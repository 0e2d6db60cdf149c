# ruff: noqa: I001 - models come before those that inherit from them
from . import thread, thread_order, thread_buttons
