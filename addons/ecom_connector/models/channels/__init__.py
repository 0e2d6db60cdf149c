"""Channels: the connection to a shop, the lanes that work for it, and how it fares."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import (
    ir_cron,
    channel,
    channel_connection,
    channel_lanes,
    budget,
    channel_webhooks,
    channel_free,
    channel_copy,
    channel_copy_known,
    credential,
    token,
    mapping_mixin,
    event,
    channel_dashboard,
)
