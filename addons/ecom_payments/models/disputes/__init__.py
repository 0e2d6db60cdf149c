"""Customers who want their money back through their bank: deadlines, evidence, money."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import dispute, dispute_import, dispute_deadline, dispute_money, dispute_evidence, order_disputes
