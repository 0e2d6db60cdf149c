# ruff: noqa: I001 - models come before those that inherit from them
from . import statement_line, bank_match, bank_proposal
