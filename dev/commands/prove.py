"""All tests with the long ones in full: property tests, chaos, concurrency."""

from __future__ import annotations

import os

from dev.commands import test


def main(arguments: list[str]) -> int:
    """Run the rings with ``ECOM_PROVE=1``, which tests ask for."""
    os.environ["ECOM_PROVE"] = "1"
    return test.main(arguments)
