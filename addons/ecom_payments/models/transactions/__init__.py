"""Each movement of a gateway's balance: stored, matched with its order, booked."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import transaction, transaction_import, transaction_match, transaction_book, transaction_proposal, order_payment
