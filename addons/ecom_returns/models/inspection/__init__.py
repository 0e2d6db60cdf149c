"""What came back, looked at unit by unit, and where it goes."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import unit_disposition, return_inspection
