"""Handing pictures and documents over to Medusa's file storage: several in one call."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence

from ..errors import PlatformError
from ..publishing import MediaFile, MediaResult, Refusal
from ..values import identifier, text
from ..words import _
from .client import MedusaClient

# Of one call; Medusa takes any number, and the servers in front not any size.
_MOST_FILES = 20
_MOST_BYTES = 16 * 1024 * 1024


def push(client: MedusaClient, files: Sequence[MediaFile]) -> list[MediaResult]:
    """A storage cannot be searched: what is sent again is kept twice, under another address, and does no harm.

    :raises PlatformError: only while nothing was written
    """
    results: dict[str, MediaResult] = {}
    distinct = {file.key: file for file in files}
    for some in _together(list(distinct.values())):
        try:
            results |= zip((file.key for file in some), _upload(client, some), strict=True)
        except PlatformError as error:
            if not results:
                raise
            results |= {file.key: MediaResult(refusal=Refusal.of(error)) for file in some}
    return [results[file.key] for file in files]


def _upload(client: MedusaClient, files: Sequence[MediaFile]) -> list[MediaResult]:
    boundary = f"odoo-{secrets.token_hex(16)}"
    body = b"".join(_part(boundary, file) for file in files) + f"--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    answer = client.request("POST", "uploads", data=body, headers=headers, idempotent=True).json()
    listed = answer.get("files") if isinstance(answer, dict) else None
    if not isinstance(listed, list) or len(listed) != len(files) or not all(isinstance(row, dict) for row in listed):
        raise PlatformError("bad_answer", _("The shop did not say what became of the file."), retry=True)
    return [MediaResult(identifier(row.get("id")), text(row.get("url"))) for row in listed]


def _part(boundary: str, file: MediaFile) -> bytes:
    name = "".join(sign if sign.isascii() and (sign.isalnum() or sign in ".-_") else "-" for sign in file.name)
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="files"; filename="{name or "file"}"\r\n'
        f"Content-Type: {file.mimetype}\r\n\r\n"
    )
    return head.encode() + file.content + b"\r\n"


def _together(files: Sequence[MediaFile]) -> Iterator[list[MediaFile]]:
    some: list[MediaFile] = []
    size = 0
    for file in files:
        if some and (len(some) == _MOST_FILES or size + len(file.content) > _MOST_BYTES):
            yield some
            some, size = [], 0
        some.append(file)
        size += len(file.content)
    if some:
        yield some
