# ruff: noqa: I001 - models come before those that inherit from them
from . import gateways, transactions, payouts, bank, control, thread, api
