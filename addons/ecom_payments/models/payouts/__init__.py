"""What gateways send to the bank: composed, booked, returned, taken back."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    payout,
    account_move,
    payout_import,
    payout_spent,
    payout_lines,
    fee_tax,
    payout_pools,
    payout_post,
    payout_return,
    payout_undo,
    payout_conversion,
    transaction_identify,
)
