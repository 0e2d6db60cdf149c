"""Everything that takes a bare machine to a running Odoo 19 with this project's addons, and to its tests.

``python3 -m dev --help`` lists the commands; the Makefile names the same ones.
"""
