"""Fetching pictures from addresses that somebody else wrote: a shop's catalogue may name any address in the world.

What stands on this network is nobody's business: a name is resolved once, every address it has must be a public one,
and the connection goes to the very address that was looked at, on every redirect anew. Sizes are limited while reading.
Environment proxies are not used: behind one, nobody could tell where a name leads.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import DecodeError, NewConnectionError, ProtocolError, ReadTimeoutError

from .errors import PlatformError
from .failures import failure_of_answer, failure_of_exception, loopback
from .words import _

REDIRECTS = 3
_CHUNK = 64 * 1024
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class FetchedPicture:
    """``kind`` is the media type that the content itself shows."""

    content: bytes
    kind: str


class PictureFetcher:
    """Fetches one picture at a time. Not shared between threads.

    :param recognise: the media type that the first bytes of a file show, ``""`` for none that is wanted
    :param max_bytes: of a picture
    :param local: whether this machine may be asked too: the shop itself is a sandbox on it
    :param allow: which hosts may be asked at all; a neutralised database passes :func:`loopback`
    :param seconds: for one picture, redirects included
    :param resolve: ``(host, port) -> addresses``, for tests
    """

    def __init__(
        self,
        recognise: Callable[[bytes], str],
        *,
        max_bytes: int = 20 * 1024 * 1024,
        local: bool = False,
        allow: Callable[[str], bool] | None = None,
        timeout: tuple[float, float] = (3.0, 5.0),
        seconds: float = 15.0,
        resolve: Resolve | None = None,
        user_agent: str = "ecom-connector",
    ) -> None:
        self.recognise = recognise
        self.max_bytes = max_bytes
        self.local = local
        self.allow = allow
        self.timeout = timeout
        self.seconds = seconds
        self._resolve = resolve or _addresses
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update({"User-Agent": user_agent, "Accept": "image/*"})
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = _GuardedAdapter(self._public_addresses)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def close(self) -> None:
        self._session.close()

    def fetch(self, url: str) -> FetchedPicture:
        """The picture at an address.

        :raises PlatformError: ``private_address``, ``not_a_picture``, ``too_large``, ``moved`` (redirected too often),
            ``neutralized``, and those of :mod:`failures`; ``retry`` where it may be there later
        """
        deadline = time.monotonic() + self.seconds
        for _turn in range(REDIRECTS + 1):
            self._check(url)
            try:
                with self._session.get(url, timeout=self.timeout, allow_redirects=False, stream=True) as answer:
                    if answer.status_code < 300:
                        return self._read(answer, deadline)
                    location = answer.headers.get("Location", "")
                    if answer.status_code not in (301, 302, 303, 307, 308) or not location:
                        raise _failed(answer.status_code, answer.headers, url)
                    url = urljoin(url, location)
            except _Private:
                raise PlatformError(
                    "private_address", _("The address leads into a private network, where no shop keeps pictures.")
                ) from None
            except (ReadTimeoutError, ProtocolError, DecodeError):
                raise PlatformError("dropped", _("The picture did not arrive in full."), retry=True) from None
            except requests.RequestException as exception:
                raise _of_picture(failure_of_exception(exception, idempotent=True)) from None
            if time.monotonic() > deadline:
                raise _too_slow()
        raise PlatformError("moved", _("The address redirects again and again."))

    def _check(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
            _port = parts.port  # raises where it is none
        except ValueError:
            host = ""
        if not host or parts.scheme not in ("http", "https") or parts.username is not None:
            raise PlatformError("not_found", _("The address of the picture is not a web address."))
        if self.allow is not None and not self.allow(host):
            raise PlatformError(
                "neutralized", _("Calls to %(host)s are switched off in this copy of the database.", host=host)
            )

    def _public_addresses(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host.

        :raises _Private: when one of them is not public: a name that has both kinds is set up to deceive
        """
        found = self._resolve(host, port)
        for address in found:
            if not is_public(address) and not (self.local and loopback(address)):
                raise _Private
        return found

    def _read(self, answer: requests.Response, deadline: float) -> FetchedPicture:
        kind = answer.headers.get("Content-Type", "").split(";")[0].strip().casefold()
        if kind and not kind.startswith("image/") and kind not in ("application/octet-stream", "binary/octet-stream"):
            raise PlatformError("not_a_picture", _("There is no picture at the address (%(kind)s).", kind=kind[:60]))
        told = answer.headers.get("Content-Length", "")
        if told.isdecimal() and int(told) > self.max_bytes:
            raise self._too_large()
        body = bytearray()
        recognised = ""
        # What has come, not what was asked for: a server that drips must not hold the worker.
        while chunk := answer.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if not recognised and len(body) >= 16:
                recognised = self._recognised(bytes(body[:16]))
            if len(body) > self.max_bytes:
                raise self._too_large()
            if time.monotonic() > deadline:
                raise _too_slow()
        return FetchedPicture(bytes(body), recognised or self._recognised(bytes(body)))

    def _recognised(self, head: bytes) -> str:
        if found := self.recognise(head):
            return found
        raise PlatformError(
            "not_a_picture", _("What is at the address is no picture that shops show (JPEG, PNG, WebP or GIF).")
        )

    def _too_large(self) -> PlatformError:
        return PlatformError(
            "too_large", _("The picture is larger than %(size)s MB.", size=self.max_bytes // (1024 * 1024))
        )


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet, whatever other address it is wrapped in."""
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo and found.teredo[1])
        if not inner and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast and not found.is_unspecified


class _Private(Exception):
    """A name leads into a private network."""


class _GuardedAdapter(HTTPAdapter):
    """Connects to none but the addresses that it is told are fine."""

    def __init__(self, addresses: Resolve) -> None:
        self._addresses = addresses
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        addresses = self._addresses

        class Guarded:
            host: str
            port: int
            timeout: float

            def _new_conn(self) -> socket.socket:
                error: OSError | None = None
                try:
                    found = addresses(self.host, self.port)
                    for address in found:
                        try:
                            sock = socket.create_connection((address, self.port), self.timeout)
                        except OSError as failure:
                            error = failure
                        else:
                            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                            return sock
                except OSError as failure:  # the name does not resolve
                    error = failure
                raise NewConnectionError(self, f"no connection: {error}")  # type: ignore[arg-type]

        plain = type("GuardedConnection", (Guarded, HTTPConnection), {})
        secure = type("GuardedSecureConnection", (Guarded, HTTPSConnection), {})
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("GuardedPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("GuardedSecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }


def _addresses(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


def _too_slow() -> PlatformError:
    return PlatformError("timeout", _("The picture took too long."), retry=True)


def _failed(status: int, headers: Any, url: str) -> PlatformError:
    error = failure_of_answer(status, headers, idempotent=True, url=url)
    if error.code == "not_found":
        error.message = _("There is nothing at the address of the picture (%(status)s).", status=status)
    return _of_picture(error)


def _of_picture(error: PlatformError) -> PlatformError:
    error.args = (error.message,)
    return error
