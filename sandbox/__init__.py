"""Simulated shops with state, faults and signed webhooks, in a process of their own.

Nothing here imports Odoo or the addons: what the tests learn about a connector, they learn through HTTP.
"""
