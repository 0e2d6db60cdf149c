"""What external shops call about returns."""

# ruff: noqa: I001 - models come before those that inherit from them
from . import api_versions, api_returns
