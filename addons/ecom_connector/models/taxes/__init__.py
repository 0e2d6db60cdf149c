"""Taxes: which tax of ours a sale has, and the numbers that companies give."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    tax_mapping,
    tax_matching,
    tax_mention,
    order_taxes,
    tax_proposal,
    order_registration,
    vat_number,
    order_vat,
    channel_taxes,
)
