# ruff: noqa: I001 - models come before those that inherit from them
from . import availability, levels, overselling, lots, preparation, replenishment, api, cockpit, thread
