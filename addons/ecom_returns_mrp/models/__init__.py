# ruff: noqa: I001 - models come before those that inherit from them
from . import sale_order_line, return_line, return_unit
