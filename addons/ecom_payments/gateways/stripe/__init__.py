"""Stripe: balance transactions, payouts with what they are made of, refunds, disputes and signed webhooks."""

from .gateway import Stripe

__all__ = ["Stripe"]
