"""What is owed, credited and paid back, by the way it came."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    channel,
    account_move_line,
    sale_order_line,
    refund,
    return_owed,
    return_credit,
    return_money,
    return_cost,
    command_refund,
    order_mirror,
)
