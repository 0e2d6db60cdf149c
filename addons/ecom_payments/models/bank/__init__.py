"""What the bank shows meets payouts and customers' transfers: claims, proposals, the reconciliation screen."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    statement_line,
    bank_due,
    bank_claim,
    bank_match,
    bank_words,
    bank_explain,
    bank_payment,
    bank_account,
    bank_proposal,
    bank_desk,
)
