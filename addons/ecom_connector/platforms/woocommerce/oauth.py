"""OAuth 1.0a, one-legged, HMAC-SHA256: what WooCommerce asks for over plain HTTP."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from requests import PreparedRequest
from requests.auth import AuthBase


class OAuth1(AuthBase):
    """Signs in the query string. A nonce is accepted once, so each attempt must be signed anew."""

    def __init__(self, consumer_key: str, consumer_secret: str) -> None:
        self._key = consumer_key
        self._secret = consumer_secret

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        assert request.url and request.method
        parts = urlsplit(request.url)
        params = [
            *parse_qsl(parts.query, keep_blank_values=True),
            ("oauth_consumer_key", self._key),
            ("oauth_nonce", secrets.token_hex(16)),
            ("oauth_signature_method", "HMAC-SHA256"),
            ("oauth_timestamp", str(int(time.time()))),
        ]
        base = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
        params.append(("oauth_signature", signature(request.method, base, params, self._secret)))
        request.url = urlunsplit((parts.scheme, parts.netloc, parts.path, _encoded(params), ""))
        return request


def signature(method: str, base_url: str, params: Iterable[tuple[str, str]], consumer_secret: str) -> str:
    """RFC 5849 § 3.4 with SHA-256. There is no token, so the key ends with a bare ``&``
    (observed on WooCommerce 10.9.1)."""
    pairs = sorted((_escape(key), _escape(value)) for key, value in params)
    normalized = "&".join(f"{key}={value}" for key, value in pairs)
    message = "&".join((method.upper(), _escape(base_url), _escape(normalized)))
    digest = hmac.new(f"{consumer_secret}&".encode(), message.encode(), hashlib.sha256).digest()
    return b64encode(digest).decode()


def _escape(value: str) -> str:
    return quote(value, safe="-._~")


def _encoded(params: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{_escape(key)}={_escape(value)}" for key, value in params)
