"""Pictures and attachments of a PrestaShop."""

from __future__ import annotations

from collections.abc import Sequence

from ..publishing import MediaFile, MediaResult
from .client import PrestaClient


def push(client: PrestaClient, files: Sequence[MediaFile]) -> list[MediaResult]:
    raise NotImplementedError
