"""Pictures and documents into a shop's media library: WordPress' own API, for WooCommerce's has none.

``wp/v2/media`` knows nothing of WooCommerce's keys (source: ``WC_REST_Authentication::is_request_to_rest_api`` covers
``wc/`` alone): it wants a password that a WordPress user made for an application (source: ``WP_Application_Passwords``,
WordPress 5.6), and that user's right ``upload_files``, which shop managers have.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from ..errors import PlatformError
from ..failures import loopback
from ..publishing import MediaFile, MediaResult, Refusal
from ..transport import Transport
from ..values import identifier, text
from ..words import _
from .client import PAGE_SIZE, error_of_answer, id_chunks, shop_address

_PATH = "/wp-json/wp/v2/media"


class MediaLibrary:
    """The library of one shop. Every call raises :class:`PlatformError` and nothing else."""

    def __init__(self, url: str, user: str, password: str, transport: Transport) -> None:
        self.address = f"{shop_address(url)}{_PATH}"
        self.transport = transport
        # Shown in groups of four; WordPress strips the spaces (``WP_Application_Passwords::chunk_password``).
        self._auth = (user.strip(), password.replace(" ", ""))

    @property
    def usable(self) -> bool:
        """A password travels readable: over HTTPS only, as WordPress wants it.

        A shop on this machine is spared.
        """
        parts = urlsplit(self.address)
        return all(self._auth) and (parts.scheme == "https" or loopback(parts.hostname or ""))

    def push(self, files: Sequence[MediaFile]) -> list[MediaResult]:
        """A call for each hundred files to see which are there, and one for each that is not."""
        if not files:
            return []
        if not self.usable:
            message = _(
                "Files cannot be sent to this shop: it takes a WordPress user name and an application password, "
                "over HTTPS."
            )
            return [MediaResult(refusal=Refusal("no_upload", message)) for _file in files]
        slugs = [_slug(file.key) for file in files]
        done = self._find(list(dict.fromkeys(slugs)))
        stopped: PlatformError | None = None
        for slug, file in zip(slugs, files, strict=True):
            if slug in done:
                continue
            if stopped is not None:
                done[slug] = MediaResult(refusal=Refusal.of(stopped))
                continue
            try:
                done[slug] = self._upload(slug, file)
            except PlatformError as error:
                if error.status in (401, 403) and not any(result.ok for result in done.values()):
                    raise
                done[slug] = MediaResult(refusal=Refusal.of(error))
                if error.retry or error.status in (401, 403):
                    stopped = error.unsent()  # what ails the shop ails the rest
        return [done[slug] for slug in slugs]

    def _find(self, slugs: Sequence[str]) -> dict[str, MediaResult]:
        found: dict[str, MediaResult] = {}
        for chunk in id_chunks(slugs):
            params = {"slug": ",".join(chunk), "per_page": PAGE_SIZE, "_fields": "id,slug,source_url"}
            rows = self._request("GET", params=params)
            for row in rows if isinstance(rows, list) else ():
                if isinstance(row, Mapping) and (result := _result(row)):
                    found[text(row.get("slug"))] = result
        return found

    def _upload(self, slug: str, file: MediaFile) -> MediaResult:
        """The file is the body; what is said of it goes in the query, as WordPress reads it from there too."""
        params = {"slug": slug, "title": file.name} | ({"alt_text": file.alt} if file.alt else {})
        headers = {
            "Content-Type": file.mimetype,
            "Content-Disposition": f'attachment; filename="{_file_name(file.name)}"',
        }
        row = self._request("POST", params=params, data=file.content, headers=headers)
        result = _result(row) if isinstance(row, Mapping) else None
        if result is None:
            raise PlatformError(
                "bad_answer", _("The shop did not say what became of the file."), retry=True, in_doubt=True
            )
        return result

    def _request(self, method: str, **what: Any) -> Any:
        return self.transport.request(method, self.address, auth=self._auth, classify=error_of_answer, **what).json()


def _result(row: Mapping[str, Any]) -> MediaResult | None:
    key, url = identifier(row.get("id")), text(row.get("source_url"))
    return MediaResult(key, url) if key and url else None


def _slug(key: str) -> str:
    """What a file is found by: WordPress keeps letters of the small alphabet, figures and hyphens, up to 200."""
    plain = key if re.fullmatch(r"[a-z0-9]{1,128}", key) else hashlib.sha256(key.encode()).hexdigest()
    return f"odoo-{plain}"


def _file_name(name: str) -> str:
    """A name that fits a header: ASCII, its extension kept."""
    stem, _dot, extension = name.rpartition(".")
    plain = [
        re.sub(r"[^A-Za-z0-9_-]+", "-", unicodedata.normalize("NFKD", part).encode("ascii", "ignore").decode())
        for part in (stem or extension, extension if stem else "")
    ]
    return ".".join(part for part in (plain[0].strip("-") or "file", plain[1]) if part)
