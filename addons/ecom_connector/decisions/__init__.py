"""Decisions without records: plain functions on plain values, tested with examples and properties."""
