"""What a failed call means: may it be repeated, when, and may it have taken effect."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError

from .errors import PlatformError
from .words import _

# Answers of a gateway or of an overloaded server, 52x from Cloudflare: the application itself said nothing.
GATEWAY_STATUSES = frozenset({502, 503, 504, 520, 521, 522, 523, 524, 525, 527, 530})
# Those among them that are sent before the application is asked.
_NOT_STARTED = frozenset({503, 521, 523, 525, 530})

# What a shop may ask for at most; a mistaken date must not silence a channel for a year.
_LONGEST_RETRY_AFTER = 3600.0


def failure_of_exception(exception: requests.RequestException, *, idempotent: bool) -> PlatformError:
    """Translate what ``requests`` raised. Texts are ours: theirs contain URLs with credentials."""
    in_doubt = not idempotent
    if isinstance(exception, requests.exceptions.SSLError):
        # A refused certificate stops the handshake, before the request is sent; TLS may also fail in mid-answer.
        handshake = "certificate" in str(exception).casefold() or "wrong_version" in str(exception).casefold()
        return PlatformError(
            "tls",
            _("The shop's certificate is not trusted, or TLS failed."),
            retry=True,
            in_doubt=in_doubt and not handshake,
        )
    if isinstance(exception, requests.exceptions.ConnectTimeout):
        return PlatformError("unreachable", _("The shop does not answer (connection timed out)."), retry=True)
    if isinstance(exception, requests.exceptions.ProxyError):
        return PlatformError("unreachable", _("The proxy on the way to the shop failed."), retry=True)
    if isinstance(exception, requests.exceptions.Timeout):
        return PlatformError("timeout", _("The shop did not answer in time."), retry=True, in_doubt=in_doubt)
    if isinstance(exception, requests.exceptions.ConnectionError):
        if _never_sent(exception):
            return PlatformError("unreachable", _("The shop cannot be reached (no connection)."), retry=True)
        if "timed out" in str(exception):  # a read time-out in the middle of the body
            return PlatformError("timeout", _("The shop stopped answering."), retry=True, in_doubt=in_doubt)
        return PlatformError("dropped", _("The shop closed the connection."), retry=True, in_doubt=in_doubt)
    if isinstance(exception, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
        return PlatformError("dropped", _("The shop's answer broke off."), retry=True, in_doubt=in_doubt)
    if isinstance(exception, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema):
        return PlatformError("not_found", _("The address is not a web address."))
    return PlatformError(
        "bad_answer", _("The call failed (%(kind)s).", kind=type(exception).__name__), retry=True, in_doubt=in_doubt
    )


def failure_of_answer(status: int, headers: Mapping[str, str], *, idempotent: bool, url: str = "") -> PlatformError:
    """Translate an answer of 300 and more by its status alone; what the body says is the vendor's business."""
    wait = retry_after_seconds(headers.get("Retry-After", ""))
    if status < 400:
        target = urlsplit(urljoin(url, headers.get("Location", "")))
        where = f"{target.scheme}://{target.netloc}{target.path}" if target.netloc else "nowhere"
        return PlatformError("moved", _("The address redirects to %(where)s.", where=where), status=status)
    if status == 429:
        return PlatformError(
            "rate_limited", _("The shop asks to slow down."), status=status, retry=True, retry_after=wait
        )
    if status in GATEWAY_STATUSES:
        return PlatformError(
            "shop_error",
            _("The shop is unavailable (%(status)s).", status=status),
            status=status,
            retry=True,
            retry_after=wait,
            in_doubt=not idempotent and status not in _NOT_STARTED,
        )
    if status >= 500:
        return PlatformError(
            "shop_error",
            _("The shop failed (%(status)s).", status=status),
            status=status,
            retry=True,
            retry_after=wait,
            in_doubt=not idempotent,
        )
    if status == 408:
        return PlatformError("timeout", _("The shop gave up waiting for us."), status=status, retry=True)
    if status == 401:
        return PlatformError("bad_key", _("The shop refuses the key (401)."), status=status)
    if status == 403:
        return PlatformError("blocked", _("Something in front of the shop refuses us (403)."), status=status)
    if status in (404, 410):
        return PlatformError(
            "not_found", _("The shop has nothing at this address (%(status)s).", status=status), status=status
        )
    return PlatformError("refused", _("The shop refused the call (%(status)s).", status=status), status=status)


def retry_after_seconds(value: str, now: float | None = None) -> float | None:
    """Seconds that a ``Retry-After`` header asks for, as seconds or HTTP date; ``None`` if it says nothing usable."""
    value = value.strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - (time.time() if now is None else now)
        except (TypeError, ValueError):
            return None
    if seconds != seconds:  # NaN
        return None
    return min(max(seconds, 0.0), _LONGEST_RETRY_AFTER)


def loopback(host: str) -> bool:
    """Whether ``host`` is this machine, by its name or address alone (no look-up)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _never_sent(exception: BaseException) -> bool:
    """Whether the connection failed before anything was sent: refused, no route, name unknown."""
    pending: list[object] = [exception]
    while pending:
        cause = pending.pop()
        if isinstance(cause, NewConnectionError | NameResolutionError | ConnectionRefusedError):
            return True
        if isinstance(cause, MaxRetryError):
            pending.append(cause.reason)
        elif isinstance(cause, BaseException):
            pending.extend(arg for arg in cause.args if isinstance(arg, BaseException))
    return False
