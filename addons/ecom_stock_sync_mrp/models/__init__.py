# ruff: noqa: I001 - models come before those that inherit from them
from . import kit_component, kit_watch, stock_figures, stock_level, replenishment
