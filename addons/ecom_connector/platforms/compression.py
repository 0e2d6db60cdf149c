"""What a compressed answer says, limited in size: a few bytes can stand for gigabytes."""

from __future__ import annotations

import zlib

ACCEPTED = "gzip, deflate"
"""What answers may be compressed with, as the header ``Accept-Encoding``."""
_GZIP_MAGIC = b"\x1f\x8b"


class Damaged(Exception):
    """The body cannot be read; why is for the log alone."""


def decompressed(data: bytes, encoding: str, limit: int) -> bytes:
    """The content of a body, of which more than ``limit`` bytes are cut off after the first one too many.

    :param encoding: as the header ``Content-Encoding`` says
    :raises Damaged: or it breaks off, or is compressed in a way that nobody asked for
    """
    encoding = encoding.strip().casefold()
    if encoding in ("", "identity"):
        return data[: limit + 1]
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise Damaged(f"compressed with {encoding[:20]}")
    body = bytearray()
    while data:
        decoder = zlib.decompressobj(_window(data, encoding))
        try:
            body += decoder.decompress(data, limit + 1 - len(body))
        except zlib.error as error:
            raise Damaged(str(error)) from None
        if len(body) > limit:
            break
        if not decoder.eof:
            raise Damaged("breaks off")
        # Another part may follow; what some servers pad the end with is none.
        data = decoder.unused_data if decoder.unused_data.startswith(_GZIP_MAGIC) else b""
    return bytes(body)


def _window(data: bytes, encoding: str) -> int:
    """What ``zlib`` calls ``wbits``: servers that say deflate send it with zlib's head or without."""
    if encoding != "deflate":
        return 16 + zlib.MAX_WBITS
    with_head = len(data) > 1 and data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
    return zlib.MAX_WBITS if with_head else -zlib.MAX_WBITS
