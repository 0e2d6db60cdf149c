"""The wire to a PrestaShop: the webservice of 1.7, 8 and 9, its pages, sets and errors.

Sources: the vendor's webservice guide, and exchanges with PrestaShop 8.1.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from requests import PreparedRequest
from requests.auth import AuthBase

from ..errors import PlatformError
from ..redaction import redact
from ..transport import Response, Transport
from ..words import _, said
from . import xml
from .answers import error_of_answer
from .resources import node_name
from .xml import Record

PAGE_SIZE = 100
# Servers take about 8 KB of address (Apache's LimitRequestLine), and a set of ids is in the address.
_LONGEST_SET = 4000

# What many hosts' firewalls take for an attack.
_UNUSUAL = frozenset({"PUT", "PATCH", "DELETE"})

_API_PATH = re.compile(r"/(api|index\.php|admin[^/]*)(/.*)?$")


Found = TypeVar("Found")


class QueryKey(AuthBase):
    """The key in the query, for hosts whose PHP never sees the ``Authorization`` header (CGI, some of FastCGI)."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.prepare_url(request.url, {"ws_key": self._key})
        return request


class PrestaClient:
    """One shop's webservice. Every call raises :class:`PlatformError` and nothing else.

    :param shop: ``id_shop`` of a shop among several, or ``group:N`` for a group of shops; ``""`` for the only one
    :ivar version: what ``PSWS-Version`` said last, ``""`` before the first answer
    """

    def __init__(self, url: str, key: str, transport: Transport, shop: str = "") -> None:
        self.base = shop_address(url)
        self.transport = transport
        self.version = ""
        self.key_in_query = False
        self.shop = shop.strip()
        self._key = key.strip()
        self.auth: AuthBase | tuple[str, str] = (self._key, "")
        self._in_disguise = False
        self._writable: dict[str, frozenset[str]] = {}

    @property
    def secure(self) -> bool:
        return urlsplit(self.base).scheme == "https"

    # --- reading

    def get(self, resource: str, key: str | int) -> Record:
        """One record; ``not_found`` when there is none."""
        response = self.request("GET", f"{resource}/{key}")
        return self._one(response, resource)

    def find(self, resource: str, key: str | int) -> Record | None:
        """One record, or ``None``."""
        try:
            return self.get(resource, key)
        except PlatformError as error:
            if error.code == "not_found":
                return None
            raise

    def page(
        self,
        resource: str,
        filters: Mapping[str, str] | None = None,
        *,
        display: str | Sequence[str] = "full",
        sort: str = "",
        offset: int = 0,
        count: int = PAGE_SIZE,
        params: Mapping[str, str] | None = None,
    ) -> list[Record]:
        """One page of a list.

        :param filters: the webservice's own forms, such as ``[1|2]``, ``[a,b]`` or ``>[x]``, by field
        :param display: ``full``, or the fields wanted
        :param sort: such as ``date_upd_ASC,id_ASC``
        """
        return self.listing(resource, filters, display, sort, f"{offset},{count}", params)[0]

    def pages(
        self,
        resource: str,
        filters: Mapping[str, str] | None = None,
        *,
        display: str | Sequence[str] = "full",
        sort: str = "id_ASC",
        count: int = PAGE_SIZE,
    ) -> Iterator[Record]:
        """All of a list, page by page until a short one: the webservice never says how many there are."""
        offset = 0
        while True:
            rows = self.page(resource, filters, display=display, sort=sort, offset=offset, count=count)
            yield from rows
            if len(rows) < count:
                return
            offset += count

    def among(
        self,
        resource: str,
        values: Iterable[str],
        *,
        field: str = "id",
        display: str | Sequence[str] = "full",
        filters: Mapping[str, str] | None = None,
    ) -> list[Record]:
        """The records whose ``field`` has one of these values, in as few calls as addresses allow; none cost none."""
        return [
            row
            for chunk in sets(values)
            for row in self.listing(resource, {**(filters or {}), field: f"[{'|'.join(chunk)}]"}, display)[0]
        ]

    def listing(
        self,
        resource: str,
        filters: Mapping[str, str] | None = None,
        display: str | Sequence[str] = "full",
        sort: str = "",
        limit: str = "",
        params: Mapping[str, str] | None = None,
    ) -> tuple[list[Record], Response]:
        """The records of a list, with the answer that they came in."""
        query = {"display": display if isinstance(display, str) else f"[{','.join(display)}]"}
        query |= {f"filter[{field}]": value for field, value in (filters or {}).items()}
        if sort:
            query["sort"] = f"[{sort}]"
        if limit:
            query["limit"] = limit
        if "date_" in sort or any(field.startswith("date_") for field in filters or ()):
            # Dates can be neither filtered nor sorted by without it (observed on 8.1.2).
            query["date"] = "1"
        response = self.request("GET", resource, {**query, **(params or {})})
        return _readable(response, xml.records), response

    # --- writing

    def post(self, resource: str, values: Mapping[str, Any], params: Mapping[str, str] | None = None) -> Record:
        """Make a record. What it computes is still empty in the answer (observed on 8.1.2): read it again."""
        body = xml.document(node_name(resource), values)
        return self._one(self.request("POST", resource, params, body=body), resource)

    def put(self, resource: str, values: Mapping[str, Any]) -> Record:
        """Replace a record, which has its ``id``: **whatever is left out is blanked** (observed on 8.1.2)."""
        body = xml.document(node_name(resource), values)
        return self._one(self.request("PUT", f"{resource}/{values['id']}", body=body, idempotent=True), resource)

    @property
    def patches(self) -> bool:
        """Whether the shop is known to change single fields: PrestaShop has had PATCH since 8.0."""
        major = self.version.partition(".")[0]
        return major.isdecimal() and int(major) >= 8

    def patch(self, resource: str, values: Mapping[str, Any]) -> Record:
        """Change the named fields of a record, which has its ``id``, on PrestaShop 8 and later.

        :class:`publishing_calls.Writer` does it for many records and for all versions.
        """
        body = xml.document(node_name(resource), values)
        return self._one(self.request("PATCH", f"{resource}/{values['id']}", body=body, idempotent=True), resource)

    def delete(self, resource: str, keys: Sequence[str]) -> None:
        """Delete records; those that are gone already are no error.

        Where one of several is gone, the webservice deletes none of them (source: ``executeEntityDelete``).
        """
        if not keys:
            return
        path, params = (f"{resource}/{keys[0]}", {}) if len(keys) == 1 else (resource, {"id": f"[{','.join(keys)}]"})
        try:
            self.request("DELETE", path, params, idempotent=True)
        except PlatformError as error:
            if error.status != 404:
                raise
            for key in keys if len(keys) > 1 else ():
                self.delete(resource, [key])

    def writable(self, resource: str) -> frozenset[str]:
        """The fields of a resource that can be written on this shop, from its own synopsis; asked for once."""
        if resource not in self._writable:
            response = self.request("GET", resource, {"schema": "synopsis"})
            root = _readable(response, xml.parse)
            fields = {
                str(field.tag)
                for field in (root[0] if len(root) else ())
                if field.get("readOnly") != "true" and field.get("read_only") != "true"
            }
            self._writable[resource] = frozenset(fields - {"associations"} | {"id"})
        return self._writable[resource]

    # --- the wire

    def request(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        body: bytes | None = None,
        content_type: str = "text/xml;charset=utf-8",
        idempotent: bool | None = None,
    ) -> Response:
        """One call to ``/api/<path>``."""
        query = {**self._context(), **(params or {})}
        headers = {"Accept": "text/xml, application/xml;q=0.9, */*;q=0.1"}
        if body is not None:
            headers["Content-Type"] = content_type

        def send() -> Response:
            disguised = self._in_disguise and method in _UNUSUAL
            response = self.transport.request(
                "POST" if disguised else method,
                f"{self.base}/api/{path}",
                params={**query, "ps_method": method} if disguised else query,
                data=body,
                headers=headers,
                auth=self.auth,
                idempotent=idempotent,
                classify=error_of_answer,
            )
            self.version = response.headers.get("PSWS-Version", self.version)
            return response

        try:
            return send()
        except PlatformError as error:
            if self._is_stopped_before(method, error):
                return self._disguised(send, error)
            # A key that PHP never saw is answered with two plain words by the webservice, or by the web server itself.
            if error.code != "bad_key" or error.status != 401 or self.key_in_query:
                raise
            self.auth, self.key_in_query = QueryKey(self._key), True
            try:
                return send()
            except PlatformError as second:
                if second.status == 401:
                    self.auth, self.key_in_query = (self._key, ""), False  # it was the key, not the header
                raise

    def _is_stopped_before(self, method: str, error: PlatformError) -> bool:
        """Whether something in front of the webservice lets no such method by; it tells its own refusals by numbers."""
        stopped = error.status in (403, 405, 501) and not error.code.isdecimal()
        return method in _UNUSUAL and stopped and not self._in_disguise

    def _disguised(self, send: Callable[[], Response], error: PlatformError) -> Response:
        """The same as a POST, which the webservice takes for what it says (the vendor's guide: ``ps_method``)."""
        self._in_disguise = True
        try:
            return send()
        except PlatformError as second:
            if second.status != error.status or second.code.isdecimal():
                raise
            self._in_disguise = False  # it was what was said, not how
            raise error from None

    def _context(self) -> dict[str, str]:
        if self.shop.startswith("group:"):
            return {"id_group_shop": self.shop.removeprefix("group:").strip()}
        return {"id_shop": self.shop} if self.shop else {}

    def _one(self, response: Response, resource: str) -> Record:
        found: list[Record] = _readable(response, xml.records)
        if len(found) != 1:
            raise PlatformError(
                "bad_answer",
                _("The shop did not answer with one record on %(path)s.", path=resource),
                status=response.status,
                in_doubt=not response.idempotent,
            )
        return found[0]


def _readable(response: Response, read: Callable[[bytes], Found]) -> Found:
    """What ``read`` makes of an answer.

    :raises PlatformError: ``bad_answer`` when it is no XML of the webservice, with the beginning of what came instead
    """
    try:
        return read(response.body)
    except ValueError as error:
        kind = response.headers.get("Content-Type", "").split(";")[0] or "no content type"
        start = redact(" ".join(response.text[:300].split()))[:80]
        raise PlatformError(
            "bad_answer",
            _(
                "The shop did not answer with its XML: %(error)s (%(kind)s, %(size)s bytes): %(start)s",
                error=said(error),
                kind=kind,
                size=len(response.body),
                start=repr(start),
            ),
            status=response.status,
            retry=True,
            in_doubt=not response.idempotent,
        ) from None


def sets(values: Iterable[str], size: int = 500) -> Iterator[list[str]]:
    """Chunks of distinct values for a filter: not longer than an address may be. Empty ones and zeros are left out.

    A value with one of the filter's own signs cannot be asked for, and is left out too.
    """
    chunk: list[str] = []
    length = 0
    for value in dict.fromkeys(values):
        if not value or value == "0" or any(sign in value for sign in "|[],%"):
            continue
        cost = (len(value) if value.isascii() and value.isalnum() else 3 * len(value.encode())) + 3
        if chunk and (len(chunk) == size or length + cost > _LONGEST_SET):
            yield chunk
            chunk, length = [], 0
        chunk.append(value)
        length += cost
    if chunk:
        yield chunk


def shop_address(url: str) -> str:
    """The shop's own address from what people paste: without a scheme, with the webservice's path."""
    found = url.strip()
    if found and "://" not in found:
        found = f"https://{found}"
    parts = urlsplit(found)
    if not parts.netloc:
        return found
    # An address may have the key in it, as the vendor's guide shows: it belongs in the credentials.
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{_API_PATH.sub('', parts.path).rstrip('/')}"
