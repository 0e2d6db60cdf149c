"""Privacy: what customers ask by law, as shops pass it on, is carried out and recorded."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    privacy_request,
    privacy_forget,
    channel_privacy,
)
