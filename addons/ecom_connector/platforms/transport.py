"""The one way that platforms speak HTTP.

Time-outs on every call, retries by cause, ``Retry-After`` handed to the caller, a rate budget, limits on redirects
and on the size of answers, and nothing secret or personal in logs and error texts. Law: no long sleep on a worker.
A call waits two seconds at most; whatever takes longer is reported as ``retry_after`` for the caller to plan.
"""

from __future__ import annotations

import json as jsonlib
import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import ProtocolError, ReadTimeoutError, SSLError

from .budget import Budget, RateBudget
from .compression import ACCEPTED, Damaged, decompressed
from .errors import PlatformError
from .failures import failure_of_answer, failure_of_exception, loopback, retry_after_seconds
from .redaction import redact
from .tokens import Token, TokenStore
from .words import _

__all__ = [
    "Budget",
    "PlatformError",
    "RateBudget",
    "Response",
    "Token",
    "TokenStore",
    "Transport",
    "loopback",
    "redact",
    "retry_after_seconds",
]

_logger = logging.getLogger(__name__)

Auth = AuthBase | tuple[str, str] | None
Params = Mapping[str, str | int]

# Servers drop idle connections after about five seconds (Apache's default), and a write on such a connection would
# be in doubt for no reason.
_IDLE_SECONDS = 4.0
_CHUNK = 64 * 1024
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Response:
    """An answer below 400, read in full. ``headers`` ignore case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    idempotent: bool = True
    seconds: float = 0.0  # from sending to the last byte

    @property
    def text(self) -> str:
        return self.body.decode("utf-8-sig", errors="replace")

    def json(self) -> Any:
        """The JSON document of the body.

        :raises PlatformError: ``bad_answer`` when it is none, with the beginning of what came instead
        """
        try:
            # utf-8-sig: a byte order mark in a theme's PHP file ends up before the JSON.
            return jsonlib.loads(self.body.decode("utf-8-sig"))
        except ValueError:
            kind = self.headers.get("Content-Type", "no content type").split(";")[0]
            start = redact(" ".join(self.text[:300].split()))[:80]
            raise PlatformError(
                "bad_answer",
                _(
                    "The shop did not answer with JSON (%(kind)s, %(size)s bytes): %(start)s",
                    kind=kind,
                    size=len(self.body),
                    start=repr(start),
                ),
                status=self.status,
                retry=True,
                in_doubt=not self.idempotent,
            ) from None

    @property
    def date(self) -> datetime | None:
        """The server's clock when it answered, to the second; ``None`` when it does not say."""
        try:
            return parsedate_to_datetime(self.headers.get("Date", "")).astimezone(timezone.utc)
        except (TypeError, ValueError):
            return None


class Transport:
    """An HTTP session for one shop. Not shared between threads.

    :param timeout: seconds to connect and to wait for data; the whole answer may take twice the latter
    :param budget: asked before every attempt
    :param allow: which hosts may be called; a neutralised database passes :func:`loopback`
    :param secrets: what must never appear in a log line or error text
    :param retries: attempts after the first, for idempotent calls and calls that were never sent
    :param tokens: rotating tokens, for platforms that have them
    :param sleep_cap: seconds that one call may spend waiting between attempts, all in all
    :param max_bytes: size limit of an answer, decompressed
    """

    def __init__(
        self,
        *,
        timeout: tuple[float, float] = (5.0, 30.0),
        budget: Budget | None = None,
        allow: Callable[[str], bool] | None = None,
        secrets: Iterable[str] = (),
        retries: int = 2,
        user_agent: str = "ecom-connector",
        tokens: TokenStore | None = None,
        sleep_cap: float = 2.0,
        max_bytes: int = 32 * 1024 * 1024,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.timeout = timeout
        self.budget = budget
        self.allow = allow
        self.secrets = tuple(secrets)
        self.retries = retries
        self.tokens = tokens
        self.sleep_cap = sleep_cap
        self.max_bytes = max_bytes
        self.calls = 0  # attempts that went out, for tests and dashboards
        self._sleep = sleep
        self._used_at = 0.0
        self._session = requests.Session()
        self._session.headers.update(
            {"User-Agent": user_agent, "Accept": "application/json", "Accept-Encoding": ACCEPTED}
        )
        # A shop's session cookie would tie calls together that have nothing in common (PrestaShop sets one each time).
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def close(self) -> None:
        self._session.close()

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Params | None = None,
        json: Any = None,
        data: bytes | str | Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: Auth = None,
        idempotent: bool | None = None,
        follow: bool = False,
        classify: Callable[[Response], PlatformError | None] | None = None,
        cost: float = 1.0,
    ) -> Response:
        """One call, answered below 300.

        :param auth: applied anew to every attempt, so that a signature never repeats its nonce
        :param idempotent: whether repeating it does no harm; by default only safe methods
        :param follow: follow redirects of safe, unsigned calls on the same host
        :param classify: what the vendor means by an answer of 400 and more, ``None`` where the status says it
        :param cost: what it takes of the budget, where the vendor's calls are not all alike; see :meth:`settle`
        :raises PlatformError: for everything else
        """
        method = method.upper()
        idempotent = method in _SAFE_METHODS if idempotent is None else idempotent
        self._check_host(url)
        waited = 0.0
        attempt = 0
        while True:
            attempt += 1
            error, response = self._attempt(
                method,
                url,
                params=params,
                json=json,
                data=data,
                headers=headers,
                auth=auth,
                idempotent=idempotent,
                cost=cost,
            )
            if error is None and response is not None and response.status >= 300:
                if follow and method in _SAFE_METHODS and (target := _same_host_target(url, response)):
                    url, params, follow = target, None, False
                    continue
                error = (classify and response.status >= 400 and classify(response)) or failure_of_answer(
                    response.status, response.headers, idempotent=idempotent, url=url
                )
            if error is None:
                assert response is not None
                return response
            wait = _pause(attempt)
            if (
                attempt > self.retries
                or not _worth_repeating(error, idempotent=idempotent)
                or waited + wait > self.sleep_cap
            ):
                raise self._clean(error) from None
            self._sleep(wait)
            waited += wait

    def settle(self, expected: float, actual: float) -> None:
        """Say what a call took of the budget, once the vendor told, where it was expected to take something else."""
        if self.budget is not None and actual != expected:
            self.budget.settle(actual - expected)

    def _check_host(self, url: str) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or not host:
            raise PlatformError("not_found", _("The address is not a web address."))
        if self.allow is not None and not self.allow(host):
            raise PlatformError(
                "neutralized", _("Calls to %(host)s are switched off in this copy of the database.", host=host)
            )

    def _attempt(
        self,
        method: str,
        url: str,
        *,
        params: Params | None,
        json: Any,
        data: bytes | str | Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        auth: Auth,
        idempotent: bool,
        cost: float,
    ) -> tuple[PlatformError | None, Response | None]:
        if self.budget is not None:
            self.budget.acquire(cost)
        if time.monotonic() - self._used_at > _IDLE_SECONDS:
            self._session.close()  # drops pooled connections; the session stays usable
        # Proxy and netrc settings of the environment are for the outside world.
        self._session.trust_env = not loopback(urlsplit(url).hostname or "")
        self.calls += 1
        started = time.monotonic()
        status: int | str = "failed"
        try:
            with self._session.request(
                method,
                url,
                params=dict(params) if params else None,
                json=json,
                data=data,
                headers=dict(headers) if headers else None,
                auth=auth,
                timeout=self.timeout,
                allow_redirects=False,
                stream=True,
            ) as answer:
                status = answer.status_code
                body = self._read(answer, started, idempotent=idempotent)
                seconds = time.monotonic() - started
                headers_read = CaseInsensitiveDict(answer.headers)
                return None, Response(answer.status_code, headers_read, body, idempotent, seconds)
        except PlatformError as error:
            return error, None
        except requests.RequestException as exception:
            return failure_of_exception(exception, idempotent=idempotent), None
        finally:
            self._used_at = time.monotonic()
            level = logging.DEBUG if isinstance(status, int) and status < 400 else logging.INFO
            if _logger.isEnabledFor(level):
                parts = urlsplit(url)
                where = redact(f"{parts.hostname}{parts.path}", self.secrets)
                _logger.log(level, "%s %s %s %d ms", method, where, status, (self._used_at - started) * 1000)

    def _read(self, answer: requests.Response, started: float, *, idempotent: bool) -> bytes:
        data = bytearray()
        deadline = started + self.timeout[0] + 2 * self.timeout[1]
        for chunk in _arriving(answer):
            data += chunk
            self._check_size(data, answer, idempotent)
            # The socket's time-out starts again with every byte: a server that drips would hold the worker for hours.
            if time.monotonic() > deadline:
                raise PlatformError(
                    "timeout", _("The answer took too long."), retry=True, in_doubt=not idempotent, status=0
                )
        try:
            body = decompressed(bytes(data), answer.headers.get("Content-Encoding", ""), self.max_bytes)
        except Damaged as error:
            raise requests.exceptions.ContentDecodingError(error) from None
        self._check_size(body, answer, idempotent)
        return body

    def _check_size(self, body: bytes | bytearray, answer: requests.Response, idempotent: bool) -> None:
        if len(body) > self.max_bytes:
            raise PlatformError(
                "too_large",
                _("The answer is larger than %(size)s KiB.", size=self.max_bytes // 1024),
                status=answer.status_code,
                in_doubt=not idempotent,
            )

    def _clean(self, error: PlatformError) -> PlatformError:
        error.message = redact(error.message, self.secrets)
        error.args = (error.message,)
        return error


def _arriving(answer: requests.Response) -> Iterator[bytes]:
    """The body as it comes in, still compressed: whoever decompresses meanwhile waits for a whole block of it.

    :raises requests.RequestException: as ``iter_content`` does
    """
    try:
        while chunk := answer.raw.read1(_CHUNK, decode_content=False):
            yield chunk
    except ReadTimeoutError as error:
        raise requests.exceptions.ConnectionError(error) from None
    except ProtocolError as error:
        raise requests.exceptions.ChunkedEncodingError(error) from None
    except SSLError as error:
        raise requests.exceptions.SSLError(error) from None


def _pause(attempt: int) -> float:
    """Seconds before the next attempt: about 0.2, then 0.6, jittered so that lanes do not march in step."""
    return random.uniform(0.5, 1.0) * 0.3 * 3.0 ** (attempt - 1)


def _worth_repeating(error: PlatformError, *, idempotent: bool) -> bool:
    """Whether to try again at once, rather than leave it to the caller.

    Nothing that the shop asked to wait for, nothing that already took a whole time-out, and nothing that may have
    taken effect. A call that never reached the shop (no connection) is safe whatever it does.
    """
    if not error.retry or error.retry_after is not None or error.in_doubt:
        return False
    if error.code in ("timeout", "rate_limited", "tls", "bad_answer"):
        return False
    return idempotent or error.code == "unreachable"


def _same_host_target(url: str, response: Response) -> str:
    """Where a redirect leads, if it keeps host, port and protection; ``""`` otherwise."""
    location = response.headers.get("Location", "")
    if response.status not in (301, 302, 303, 307, 308) or not location:
        return ""
    target = urljoin(url, location)
    here, there = urlsplit(url), urlsplit(target)
    return target if (here.scheme, here.netloc) == (there.scheme, there.netloc) else ""
