"""Medusa 2: the administration's REST API of a shop that runs on Node.js."""

from .platform import Medusa

__all__ = ["Medusa"]
