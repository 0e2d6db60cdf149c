"""Gateways that are read from files."""

from . import gateway_files
