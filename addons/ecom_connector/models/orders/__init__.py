"""Orders: what the shop says becomes a sales order, and both are kept the same."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    channel_orders,
    order,
    order_search,
    order_line,
    order_refund,
    order_return,
    order_stage,
    order_settle,
    order_prepare,
    order_follow,
    order_agreement,
    order_barrier,
    order_follow_edits,
    sale_order,
    sale_order_line,
    sale_order_confirm,
    order_hold,
    order_edit,
    command_edit,
    issue_edit,
    sale_order_edit,
    order_waiting,
    order_shop_hold,
)
