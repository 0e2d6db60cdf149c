"""Authentication: Basic or query keys over https, OAuth 1.0a one-legged over http.

Observed on WooCommerce 10.9.1: over plain http, Basic and ``?consumer_key=`` are both refused as if nothing had been
sent; a replayed nonce and a clock more than 15 minutes off are refused with words. Messages are those of
``WC_REST_Authentication``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import time
from urllib.parse import quote, unquote, urlsplit

from werkzeug.wrappers import Request

from .errors import RestError

WINDOW = 15 * 60
OAUTH_FIELDS = (
    "oauth_consumer_key",
    "oauth_timestamp",
    "oauth_nonce",
    "oauth_signature",
    "oauth_signature_method",
)


def _refusal(message: str, code: str = "woocommerce_rest_authentication_error") -> RestError:
    return RestError(code, message, 401)


class Authenticator:
    """Checks requests against one consumer key."""

    def __init__(self, key: str, secret: str, assume_https: bool = False) -> None:
        self.key = key
        self.secret = secret
        self.assume_https = assume_https
        self._nonces: dict[str, int] = {}

    def is_https(self, request: Request) -> bool:
        """Whether WordPress would see https."""
        forwarded = request.headers.get("X-Forwarded-Proto", "").split(",")[0].strip().lower()
        return self.assume_https or request.scheme == "https" or forwarded == "https"

    def check(self, request: Request) -> bool:
        """Whether the request comes from the key's holder; ``False`` when it tries nothing that counts.

        :raise RestError: 401, for a wrong try.
        """
        if self.is_https(request) and self._basic(request):
            return True
        return self._oauth(request)

    def _basic(self, request: Request) -> bool:
        key, secret = request.args.get("consumer_key"), request.args.get("consumer_secret")
        header = request.headers.get("Authorization", "")
        if not (key and secret) and header.lower().startswith("basic "):
            try:
                key, _, secret = base64.b64decode(header[6:]).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                return False
        if not (key and secret) or key != self.key:
            return False
        if not hmac.compare_digest(secret, self.secret):
            raise _refusal("Consumer secret is invalid.")
        return True

    def _oauth(self, request: Request) -> bool:
        params = _query(request)
        header = request.headers.get("Authorization", "")
        if header.startswith("OAuth "):
            params.update(
                (key, unquote(value)) for key, value in re.findall(r'(oauth_[a-z_-]*)=(?:"([^"]*)"|[^,]*)', header)
            )
        missing = [name for name in OAUTH_FIELDS if not params.get(name)]
        if len(missing) == len(OAUTH_FIELDS):
            return False
        if missing:
            raise _refusal(
                f"Missing OAuth parameter{'s' if len(missing) > 1 else ''} {', '.join(missing)}",
                "woocommerce_rest_authentication_missing_parameter",
            )
        if params["oauth_consumer_key"] != self.key:
            raise _refusal("Consumer key is invalid.")
        self._check_signature(request, params)
        self._check_freshness(params["oauth_timestamp"], params["oauth_nonce"])
        return True

    def _check_signature(self, request: Request, params: dict[str, str]) -> None:
        method = params["oauth_signature_method"]
        if method not in ("HMAC-SHA1", "HMAC-SHA256"):
            raise _refusal("Invalid signature - signature method is invalid.")
        signature = unquote(params["oauth_signature"].replace(" ", "+"))
        algorithm = hashlib.sha1 if method == "HMAC-SHA1" else hashlib.sha256
        base = signature_base(request.method, _url(request, self.is_https(request)), params)
        expected = base64.b64encode(hmac.new(f"{self.secret}&".encode(), base.encode(), algorithm).digest()).decode()
        if not hmac.compare_digest(signature.encode(), expected.encode()):
            raise _refusal("Invalid signature - provided signature does not match.")

    def _check_freshness(self, timestamp: str, nonce: str) -> None:
        now = int(time.time())
        stamp = int(timestamp) if timestamp.isdigit() else 0
        if abs(stamp - now) > WINDOW:
            raise _refusal("Invalid timestamp.")
        if nonce in self._nonces:
            raise _refusal("Invalid nonce - nonce has already been used.")
        if len(self._nonces) > 50_000:
            self._nonces = {seen: at for seen, at in self._nonces.items() if at > now - WINDOW}
        self._nonces[nonce] = stamp


def _query(request: Request) -> dict[str, str]:
    """The query as PHP reads it: the second of two equal names wins, and ``x[]`` counts up from ``x[0]``."""
    params: dict[str, str] = {}
    for name, value in request.args.items(multi=True):
        if name.endswith("[]"):
            index = 0
            while f"{name[:-2]}[{index}]" in params:
                index += 1
            name = f"{name[:-2]}[{index}]"
        params[name] = value
    return params


def _url(request: Request, https: bool) -> str:
    path = urlsplit(request.environ.get("REQUEST_URI") or request.path).path
    return f"{'https' if https else 'http'}://{request.host}{path}"


def signature_base(method: str, url: str, params: dict[str, str]) -> str:
    """The string that OAuth 1.0a signs: method, URL and the sorted parameters but the signature.

    WooCommerce sorts by the name before a bracket only; the items of a list keep their order.
    """

    def encode(text: str) -> str:
        return quote(text, safe="~")

    signed = [(key, value) for key, value in params.items() if key != "oauth_signature"]
    pairs = sorted(signed, key=lambda pair: pair[0].split("[")[0])
    joined = "&".join(f"{encode(key)}={encode(value)}" for key, value in pairs)
    return "&".join((method.upper(), encode(url), encode(joined)))


def cannot(method: str, single: bool, batch: bool) -> RestError:
    """The 401 to a request without valid keys (observed on WooCommerce 10.9.1 for lists)."""
    if batch:
        return RestError(
            "woocommerce_rest_cannot_batch", "Sorry, you are not allowed to batch manipulate this resource.", 401
        )
    if method in ("GET", "HEAD"):
        message = "Sorry, you cannot view this resource." if single else "Sorry, you cannot list resources."
        return RestError("woocommerce_rest_cannot_view", message, 401)
    verb, message = {
        "POST": ("create", "Sorry, you are not allowed to create resources."),
        "DELETE": ("delete", "Sorry, you are not allowed to delete this resource."),
    }.get(method, ("edit", "Sorry, you are not allowed to edit this resource."))
    return RestError(f"woocommerce_rest_cannot_{verb}", message, 401)
