"""Keep secrets and personal data out of log lines and error texts."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from .words import Words

# No key or password contains it, so that masking one secret can never spell out another.
MASK = "•••"

# Shorter "secrets" would blank out half of every text and hide nothing.
_SHORTEST_SECRET = 4

_CREDENTIAL_NAMES = (
    r"(?:consumer_key|consumer_secret|oauth_\w+|access_token|refresh_token|client_secret|api_?key|ws_key|token|"
    r"password|secret|signature|sig)"
)
_QUERY_CREDENTIAL = re.compile(rf"(?i)(\b{_CREDENTIAL_NAMES}\"?\s*(?:=|:)\s*\"?)([^\s&\"',;•]+)")
_AUTHORIZATION = re.compile(r"(?i)\b((?:Basic|Bearer|OAuth)\s+)([A-Za-z0-9+/=._~-]{8,})")
_EMAIL = re.compile(r"[\w.+'-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(
    r"(?<![\w.+-])"
    r"(?:\+\d(?:[\s.()/-]{0,2}\d){6,14}"  # +33 6 12 34 56 78
    r"|\(?0\d(?:[\s./()-]{0,2}\d){7,12}"  # 06.12.34.56.78, 07911 123456
    r"|\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4})"  # (212) 555-0142
    r"(?![\w])"
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """``text`` without the given secrets (plain, URL-encoded or base64), credentials of any name, ``Authorization``
    values, e-mail addresses and phone numbers."""
    secrets = tuple(secrets)
    if isinstance(text, Words):
        return text.with_values(lambda value: redact(value, secrets))
    # Longest first: a secret may contain another one.
    for form in sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True):
        text = text.replace(form, MASK)
    text = _AUTHORIZATION.sub(rf"\1{MASK}", text)
    text = _QUERY_CREDENTIAL.sub(rf"\1{MASK}", text)
    text = _EMAIL.sub(MASK, text)
    return _PHONE.sub(MASK, text)


def _forms(secret: str) -> set[str]:
    if len(secret) < _SHORTEST_SECRET:
        return set()
    return {secret, quote(secret, safe=""), quote_plus(secret), b64encode(secret.encode()).decode()}
