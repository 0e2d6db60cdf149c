"""Signing in: the fixed token of an older app, a token for the day, or one for the hour with its rotating refresh.

Sources: shopify.dev, "Generate access tokens for the Admin API" (client credentials, 24 hours), "Use expiring offline
access tokens" (one hour, the refresh token changes each time) and its changelog of 2026-08-28: the refresh token that
was used stays valid until its replacement's access token is used, so that a refresh whose answer was lost can be
repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from ..errors import PlatformError
from ..tokens import MemoryTokens, Token, TokenStore
from ..transport import Transport
from ..values import text
from ..words import _
from .answers import error_of_status

# A token is renewed this long before its end, so that none ends on the way.
_MARGIN = timedelta(minutes=2)


class SignIn:
    """Which token a call bears."""

    def __init__(self, base: str, credentials: Mapping[str, str], transport: Transport) -> None:
        self._base = base
        self._transport = transport
        self._fixed = credentials.get("access_token", "").strip()
        self._client = (credentials.get("client_id", "").strip(), credentials.get("client_secret", "").strip())
        self._first_refresh = credentials.get("refresh_token", "").strip()
        self._tokens: TokenStore = transport.tokens or MemoryTokens()

    @property
    def renewable(self) -> bool:
        """Whether a token that is refused can be replaced by another one."""
        return not self._fixed and all(self._client)

    def token(self) -> str:
        """The token to use now, fetched where there is none or it is about to end.

        :raises PlatformError: ``bad_key`` when there is nothing to sign in with, or Shopify refuses it
        """
        if self._fixed:
            return self._fixed
        if not self.renewable:
            raise PlatformError(
                "bad_key",
                _("Nothing to sign in with: give the app's client ID and secret, or the access token of an older app."),
            )
        found = self._tokens.read()
        if found is None or _ends_soon(found):
            found = self._tokens.refresh(self._fetch)
        return self._known(found)

    def renewed(self) -> str:
        """Another token, after one was refused."""
        return self._known(self._tokens.refresh(self._fetch))

    def _known(self, token: Token) -> str:
        for secret in (token.access, token.refresh):
            if secret and secret not in self._transport.secrets:
                self._transport.secrets = (*self._transport.secrets, secret)
        return token.access

    def _fetch(self, last: Token | None) -> Token:
        if not self._first_refresh:
            return self._ask({"grant_type": "client_credentials"})
        if last is None or not last.refresh or last.refresh == self._first_refresh:
            return self._ask({"grant_type": "refresh_token", "refresh_token": self._first_refresh})
        try:
            return self._ask({"grant_type": "refresh_token", "refresh_token": last.refresh})
        except PlatformError as error:
            if error.retry:
                raise
            # The merchant may have typed in another one since.
            return self._ask({"grant_type": "refresh_token", "refresh_token": self._first_refresh})

    def _ask(self, grant: dict[str, str]) -> Token:
        client_id, client_secret = self._client
        try:
            answer: Any = self._transport.request(
                "POST",
                f"{self._base}/admin/oauth/access_token",
                data={"client_id": client_id, "client_secret": client_secret, **grant},
                idempotent=True,
                classify=error_of_status,
            ).json()
        except PlatformError as error:
            # Shopify answers 400 to a wrong client, and to a refresh token that is spent.
            if error.status in (400, 401, 403) and error.code in ("refused", "bad_key", "access_denied"):
                raise PlatformError("bad_key", error.message, status=error.status) from None
            raise
        access = text(answer.get("access_token")) if isinstance(answer, dict) else ""
        if not access:
            raise PlatformError("bad_answer", _("Shopify's answer has no access token."), retry=True)
        seconds = answer.get("expires_in")
        ends = None
        if isinstance(seconds, int) and not isinstance(seconds, bool):
            ends = datetime.now(timezone.utc) + timedelta(seconds=seconds)
        return Token(access, text(answer.get("refresh_token")), ends)


def _ends_soon(token: Token) -> bool:
    return token.expires_at is not None and token.expires_at - _MARGIN <= datetime.now(timezone.utc)
