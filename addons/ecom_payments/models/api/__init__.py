"""What external shops register and ask about payments."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import payment_progress, api_payments
