"""Decisions in plain Python: no Odoo, no input or output."""
