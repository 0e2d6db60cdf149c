"""Print the environment's Python, for an editor or for work by hand."""

from __future__ import annotations

import sys

from dev.environment import odoo_source
from dev.say import say


def main(_arguments: list[str]) -> int:
    """Say where the environment and Odoo are."""
    say(f"Python  {sys.executable}\nOdoo    {odoo_source().home / 'odoo'}")
    return 0
