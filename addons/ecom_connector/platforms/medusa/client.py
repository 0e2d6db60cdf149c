"""Medusa's admin API: how it is asked, how its lists are paged, what its errors mean."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from ..errors import PlatformError
from ..failures import failure_of_answer
from ..redaction import redact
from ..transport import Response, Transport
from ..words import _

Item = TypeVar("Item")
Raw = dict[str, Any]
Params = Mapping[str, Any]

PAGE_SIZE = 100
BATCH_SIZE = 100
# Ids have some 35 letters and go into the address, which many a server in front cuts off at eight kilobytes.
_MOST_IDS = 150

# What people paste: the administration's address, which is the API's with /app behind.
_APP_PATH = re.compile(r"/(app|admin|store)(/.*)?$")


@dataclass(frozen=True, slots=True)
class Listing:
    """One page: its rows, how many there are in all, and the shop's clock when it was asked for."""

    rows: list[Raw]
    count: int
    asked_at: datetime | None


class MedusaClient:
    """Calls of one shop. Every one raises :class:`PlatformError` and nothing else."""

    def __init__(self, url: str, key: str, transport: Transport) -> None:
        self.base = shop_address(url)
        self.key = key
        self.transport = transport

    @property
    def secure(self) -> bool:
        return urlsplit(self.base).scheme == "https"

    def get(self, path: str, params: Params | None = None) -> Any:
        return self.request("GET", path, params).json()

    def post(self, path: str, body: Any, params: Params | None = None, *, idempotent: bool = False) -> Any:
        return self.request("POST", path, params, body=body, idempotent=idempotent).json()

    def delete(self, path: str, params: Params | None = None) -> Any:
        return self.request("DELETE", path, params, idempotent=True).json()

    def page(self, path: str, key: str, params: Params | None = None) -> Listing:
        """One page of a list, which stands under ``key`` of the answer."""
        response = self.request("GET", path, {"limit": PAGE_SIZE, **(params or {})})
        answer = response.json()
        rows = answer.get(key) if isinstance(answer, Mapping) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise PlatformError(
                "bad_answer", _("The shop did not answer with a list on %(path)s.", path=path), retry=True
            )
        count = answer.get("count")
        # The rows were picked between sending and answering, and the clock has whole seconds.
        asked_at = response.date and response.date - timedelta(seconds=1 + int(response.seconds))
        return Listing(rows, count if isinstance(count, int) else len(rows), asked_at)

    def pages(self, path: str, key: str, params: Params | None = None) -> Iterator[Raw]:
        """All rows of a list, page by page."""
        offset = 0
        while True:
            found = self.page(path, key, {**(params or {}), "offset": offset})
            yield from found.rows
            offset += len(found.rows)
            if not found.rows or offset >= found.count:
                return

    def by_ids(self, path: str, key: str, ids: Sequence[str], params: Params, *, name: str = "id") -> Iterator[Raw]:
        """The rows with these ids, as many a call as an address has room for."""
        for chunk in chunks(list(dict.fromkeys(filter(None, ids))), min(_MOST_IDS, PAGE_SIZE)):
            yield from self.page(path, key, {**params, f"{name}[]": chunk}).rows

    def request(
        self, method: str, path: str, params: Params | None = None, *, body: Any = None, **what: Any
    ) -> Response:
        query = f"?{urlencode(dict(params), doseq=True)}" if params else ""
        return self.transport.request(
            method,
            f"{self.base}/admin/{path}{query}",
            json=body,
            auth=(self.key, ""),
            classify=error_of_answer,
            **what,
        )


def shop_address(url: str) -> str:
    """The shop's own address from what people paste: without a scheme, with the administration's path."""
    found = url.strip().rstrip("/")
    if found and "://" not in found:
        found = f"https://{found}"
    parts = urlsplit(found)
    return f"{parts.scheme}://{parts.netloc}{_APP_PATH.sub('', parts.path)}" if parts.netloc else found


def error_of_answer(response: Response) -> PlatformError | None:
    """What Medusa says in an error object ``{type, message, code}``; ``None`` when the answer is not its own.

    ``unexpected_state`` and ``unknown_error`` come as 500 for what the database refuses, an unknown ``order=`` among
    it, and ``conflict`` as 409 while another call works on the same thing (observed on Medusa 2.21.2).
    """
    try:
        body = json.loads(response.text)
    except ValueError:
        return None
    if not isinstance(body, dict) or not isinstance(body.get("message"), str):
        return None
    code, message = str(body.get("type") or body.get("code") or "refused"), redact(body["message"])
    plain = failure_of_answer(response.status, response.headers, idempotent=response.idempotent)
    if response.status == 401:
        return PlatformError("bad_key", _("The shop refuses the key: “%(words)s”", words=message), status=401)
    if response.status == 409:
        return PlatformError("conflict", _("The shop refuses: “%(words)s”", words=message), status=409, retry=True)
    if response.status < 500 and response.status not in (408, 429):
        return PlatformError(code, _("The shop refuses: “%(words)s”", words=message), status=response.status)
    return PlatformError(
        plain.code,
        _("The shop failed: “%(words)s” (%(code)s)", words=message, code=code),
        status=response.status,
        retry=plain.retry,
        retry_after=plain.retry_after,
        in_doubt=plain.in_doubt,
    )


def chunks(values: Sequence[Item], size: int) -> Iterator[list[Item]]:
    for start in range(0, len(values), size):
        yield list(values[start : start + size])
