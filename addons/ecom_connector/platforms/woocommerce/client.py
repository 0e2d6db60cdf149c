"""The wire to a WooCommerce shop: addresses, authentication, pages and errors of REST v3."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest
from requests.auth import AuthBase

from ..errors import PlatformError
from ..failures import failure_of_answer
from ..redaction import redact
from ..transport import Params, Response, Transport
from ..words import Words, _
from .oauth import OAuth1

# Observed on WooCommerce 10.9.1: 101 is refused, in pages (400) and in batches (413).
PAGE_SIZE = 100
BATCH_SIZE = 100

# Its HTTP 500 on a refund that is too large, or that the gateway cannot make, will never succeed (10.9.1), nor will
# WordPress' on a file of a type that it does not let in (source: ``WP_REST_Attachments_Controller``).
_LASTING_SERVER_ERRORS = frozenset({"woocommerce_rest_cannot_create_order_refund", "rest_upload_sideload_error"})

# Servers take about 8 KB of address.
_LONGEST_LIST = 6000

_API_PATH = re.compile(r"/(wp-json|wp-admin)(/.*)?$")


class QueryKeys(AuthBase):
    """The keys in the query: WooCommerce's documented way for hosts whose web server drops ``Authorization``."""

    def __init__(self, consumer_key: str, consumer_secret: str) -> None:
        self._keys = {"consumer_key": consumer_key, "consumer_secret": consumer_secret}

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.prepare_url(request.url, self._keys)
        return request


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list: its rows, how many pages and rows there are, and the shop's clock when it was asked for."""

    rows: list[dict[str, Any]]
    pages: float
    asked_at: datetime | None
    total: int | None = None


class WooClient:
    """One shop's REST API. Every call raises :class:`PlatformError` and nothing else."""

    def __init__(self, url: str, consumer_key: str, consumer_secret: str, transport: Transport) -> None:
        self.base = shop_address(url)
        self.transport = transport
        self._keys = (consumer_key.strip(), consumer_secret.strip())
        # Over plain HTTP, WooCommerce refuses Basic and query keys like no key at all (observed on 10.9.1).
        self.auth: AuthBase | tuple[str, str] = self._keys if self.secure else OAuth1(*self._keys)

    @property
    def secure(self) -> bool:
        return urlsplit(self.base).scheme == "https"

    def get(self, path: str, params: Params | None = None) -> Any:
        return self.request("GET", path, params).json()

    def post(self, path: str, body: Any, *, idempotent: bool = False) -> Any:
        return self.request("POST", path, body=body, idempotent=idempotent).json()

    def put(self, path: str, body: Any) -> Any:
        return self.request("PUT", path, body=body, idempotent=True).json()

    def delete(self, path: str) -> Any:
        return self.request("DELETE", path, {"force": "true"}, idempotent=True).json()

    def page(self, path: str, params: Params) -> Listing:
        """One page of a list.

        The ``Link`` header is not followed: over HTTP it repeats the signature, whose nonce is spent
        (observed on WooCommerce 10.9.1).
        """
        response = self.request("GET", path, {"per_page": PAGE_SIZE, **params})
        found = response.json()
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise PlatformError(
                "bad_answer", _("The shop did not answer with a list on %(path)s.", path=path), retry=True
            )
        # A cache in front may drop the header: go on until a short page.
        pages = math.inf if len(found) == PAGE_SIZE else 1.0
        with suppress(ValueError):
            pages = int(response.headers.get("X-WP-TotalPages", ""))
        total = None
        with suppress(ValueError):
            total = int(response.headers.get("X-WP-Total", ""))
        # The rows were picked between sending and answering.
        asked_at = response.date and response.date - timedelta(seconds=math.ceil(response.seconds))
        return Listing(found, pages, asked_at, total)

    def pages(self, path: str, params: Params | None = None) -> Iterator[dict[str, Any]]:
        """All rows of a list, read page by page."""
        number = 1
        while True:
            found = self.page(path, {**(params or {}), "page": number})
            yield from found.rows
            if number >= found.pages or not found.rows:
                return
            number += 1

    def request(
        self,
        method: str,
        path: str,
        params: Params | None = None,
        *,
        body: Any = None,
        idempotent: bool | None = None,
        root: str = "/wp-json/wc/v3/",
    ) -> Response:
        def send() -> Response:
            return self.transport.request(
                method,
                f"{self.base}{root}{path}",
                params=params,
                json=body,
                auth=self.auth,
                idempotent=idempotent,
                classify=error_of_answer,
            )

        try:
            return send()
        except PlatformError as error:
            if error.status != 401 or not self.secure or not isinstance(self.auth, tuple):
                raise
            self.auth = QueryKeys(*self._keys)
            try:
                return send()
            except PlatformError as second:
                if second.status == 401:
                    self.auth = self._keys  # it was the key, not the header
                raise


def shop_address(url: str) -> str:
    """The shop's own address from what people paste: without a scheme, with the API's or the administration's path."""
    found = url.strip()
    if found and "://" not in found:
        found = f"https://{found}"
    parts = urlsplit(found)
    return f"{parts.scheme}://{parts.netloc}{_API_PATH.sub('', parts.path).rstrip('/')}" if parts.netloc else found


def error_of_answer(response: Response) -> PlatformError | None:
    """What WooCommerce or WordPress says in an error object; ``None`` when the answer is not theirs."""
    try:
        body = json.loads(response.text)
    except ValueError:
        return None
    if not isinstance(body, dict) or not isinstance(body.get("code"), str):
        return None
    code, message = body["code"], str(body.get("message") or "")
    plain = failure_of_answer(response.status, response.headers, idempotent=response.idempotent)
    if response.status < 500 and response.status not in (408, 429):
        return PlatformError(code, refusal(message or code, response.status), status=response.status)
    lasting = code in _LASTING_SERVER_ERRORS
    return PlatformError(
        code if lasting else plain.code,
        _("The shop failed: “%(words)s” (%(code)s)", words=message, code=code)
        if message
        else _("The shop failed: %(code)s.", code=code),
        status=response.status,
        retry=plain.retry and not lasting,
        retry_after=plain.retry_after,
        # It refused in so many words, so nothing happened.
        in_doubt=plain.in_doubt and not lasting,
    )


def refusal(words: str, status: int) -> Words:
    """The shop's own words, which are in its language, as a sentence."""
    if status == 401:
        return _("The shop refuses the key: “%(words)s”", words=words)
    return _("The shop refuses: “%(words)s”", words=words)


def item_error(item: Mapping[str, Any]) -> PlatformError | None:
    """The error of one item inside a batch's answer, which is 200 all the same (observed on WooCommerce 10.9.1)."""
    error = item.get("error")
    if not isinstance(error, Mapping):
        return None
    data = error.get("data")
    status = data.get("status") if isinstance(data, Mapping) else data
    status = status if isinstance(status, int) else 0
    code = str(error.get("code") or "refused")
    return PlatformError(
        code,
        refusal(redact(str(error.get("message") or code)), status),
        status=status,
        retry=status >= 500 and code not in _LASTING_SERVER_ERRORS,
    )


def id_chunks(values: Sequence[str], size: int = PAGE_SIZE) -> Iterator[list[str]]:
    """Lists for a comma-separated parameter: at most ``size`` values, and not longer than an address may be."""
    chunk: list[str] = []
    length = 0
    for value in values:
        cost = 3 * len(value.encode()) + 3 if not value.isalnum() else len(value) + 3
        if chunk and (len(chunk) == size or length + cost > _LONGEST_LIST):
            yield chunk
            chunk, length = [], 0
        chunk.append(value)
        length += cost
    if chunk:
        yield chunk
