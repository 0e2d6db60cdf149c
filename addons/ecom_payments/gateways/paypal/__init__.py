"""PayPal: transaction search, withdrawals to the bank, refunds, disputes and webhooks."""

from .gateway import PayPal

__all__ = ["PayPal"]
