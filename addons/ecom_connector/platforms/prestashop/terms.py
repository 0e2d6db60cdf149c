"""Categories, manufacturers, features and attributes of a PrestaShop."""

from __future__ import annotations

from collections.abc import Sequence

from ..catalogue import TermDocument
from .client import PrestaClient


def read(client: PrestaClient, kind: str) -> list[TermDocument]:
    raise NotImplementedError


def resolve(client: PrestaClient, kind: str, terms: Sequence[TermDocument]) -> list[TermDocument]:
    raise NotImplementedError
