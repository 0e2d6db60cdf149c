"""Warranty of what comes back and of what replaces it."""

from . import warranty
