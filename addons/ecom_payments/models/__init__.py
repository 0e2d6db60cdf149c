# ruff: noqa: I001 - models come before those that inherit from them
from . import gateways, transactions, payouts, disputes, bank, control, thread, api, access, files, collected
