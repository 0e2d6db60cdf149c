# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    returns,
    receipt,
    inspection,
    money,
    exchange,
    unsold,
    warranty,
    portal,
    shop,
    api,
    access,
    thread,
    screens,
)
