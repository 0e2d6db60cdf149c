"""Pictures, documents and videos: what they are by their first bytes, which of them shops take, how they are shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

# What shops show, with the extension that tells them so; SVG is a program that runs in a customer's browser.
PICTURES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif"}
DOCUMENTS = {"application/pdf": "pdf"}

# Where a video without TLS is still what it says it is.
VIDEO_HOSTS = ("youtube.com", "youtu.be", "vimeo.com", "dailymotion.com", "dai.ly")

_BLOCK = "odoo-media"
_BLOCK_FOUND = re.compile(rf'\s*<div class="{_BLOCK}">.*?</div>', re.DOTALL)


def kind(head: bytes) -> str:
    """The media type that the first bytes of a file say it has, ``""`` for none that shops take."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return "application/pdf" if head.startswith(b"%PDF-") else ""


def extension(media_type: str) -> str:
    """``"jpg"`` for ``"image/jpeg"``; ``""`` for what shops do not take."""
    return (PICTURES | DOCUMENTS).get(media_type, "")


def problem(media_type: str, size: int, limit: int) -> str:
    """Why a file is not sent: ``"type"``, ``"size"`` (bytes above the limit, or none at all), ``""`` when it is."""
    if not extension(media_type):
        return "type"
    return "size" if not 0 < size <= limit else ""


def is_video_link(url: str) -> bool:
    """Whether an address may be shown as a video: with TLS, or of a known host."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").casefold()
    except ValueError:
        return False
    if not host or parts.username or re.search(r"\s", url.strip()):
        return False
    known = any(host == name or host.endswith(f".{name}") for name in VIDEO_HOSTS)
    return parts.scheme == "https" or (parts.scheme == "http" and known)


def with_links(html: str, links: Sequence[tuple[str, str]]) -> str:
    """A description with links to videos and documents, ``(title, address)``, at its end."""
    html = without_links(html)
    if not links:
        return html
    rows = "".join(
        f'<p><a href="{escape(url)}" target="_blank" rel="noopener">{escape(title)}</a></p>' for title, url in links
    )
    return f'{html}<div class="{_BLOCK}">{rows}</div>'


def without_links(html: str) -> str:
    """A description as it was before :func:`with_links`: what a shop shows of ours is not taken for the merchant's."""
    return _BLOCK_FOUND.sub("", html)
