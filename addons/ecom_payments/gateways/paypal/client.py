"""How PayPal is called: a token of the app's own, JSON, and what its errors mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from ..shared import MemoryTokens, PlatformError, Raw, Response, Token, TokenStore, Transport, _, text
from ..values import bad_answer, mapping_or_empty

_MARGIN = timedelta(minutes=2)  # a token is renewed this long before its end


class Client:
    """Calls of one app."""

    def __init__(self, base: str, client_id: str, secret: str, transport: Transport) -> None:
        self._base = base
        self._client = (client_id, secret)
        self._transport = transport
        self._tokens: TokenStore = transport.tokens or MemoryTokens()

    def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Raw:
        return self._call("GET", path, params=params)

    def post(self, path: str, body: Any, key: str = "") -> Raw:
        """Post what JSON can say, or bytes that are JSON already."""
        return self._call("POST", path, body=body, key=key)

    def delete(self, path: str) -> None:
        self._signed("DELETE", path, idempotent=True)

    def scopes(self) -> frozenset[str]:
        """What the app may do, by a token fetched now."""
        return frozenset(self._fetch()[1].split())

    def _call(self, method: str, path: str, **more: Any) -> Raw:
        answer = self._signed(method, path, **more)
        body = answer.json()
        if not isinstance(body, dict):
            raise bad_answer(in_doubt=not answer.idempotent)
        return body

    def _signed(self, method: str, path: str, **more: Any) -> Response:
        token = self._tokens.read()
        if token is None or (token.expires_at and token.expires_at - _MARGIN <= datetime.now(timezone.utc)):
            token = self._renewed()
        try:
            return self._send(method, path, token, **more)
        except PlatformError as error:
            # Somebody renewed the secret, or PayPal withdrew the token: a new one tells.
            if error.code != "bad_key":
                raise
            return self._send(method, path, self._renewed(), **more)

    def _send(
        self,
        method: str,
        path: str,
        token: Token,
        *,
        params: Mapping[str, str | int] | None = None,
        body: Any = None,
        key: str = "",
        idempotent: bool | None = None,
    ) -> Response:
        headers = {"Authorization": f"Bearer {token.access}"}
        if key:
            headers["PayPal-Request-Id"] = key
        ready = isinstance(body, bytes)
        if ready:
            headers["Content-Type"] = "application/json"
        return self._transport.request(
            method,
            f"{self._base}/{path}",
            params=params,
            json=None if ready else body,
            data=body if ready else None,
            headers=headers,
            idempotent=idempotent,
            classify=failure,
        )

    def _renewed(self) -> Token:
        return self._tokens.refresh(lambda _old: self._fetch()[0])

    def _fetch(self) -> tuple[Token, str]:
        """A token, and the scopes that come with it."""
        answer = self._transport.request(
            "POST",
            f"{self._base}/v1/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=self._client,
            idempotent=True,
            classify=failure,
        ).json()
        found = mapping_or_empty(answer)
        access, seconds = text(found.get("access_token")), found.get("expires_in")
        if not access or isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds < 10**9:
            raise bad_answer()
        return Token(access, expires_at=datetime.now(timezone.utc) + timedelta(seconds=seconds)), text(
            found.get("scope")
        )


def failure(answer: Response) -> PlatformError | None:
    """What an error of PayPal's says; ``None`` where the status says enough."""
    try:
        body: Any = answer.json()
    except PlatformError:
        return None
    found = mapping_or_empty(body)
    if answer.status == 401:
        return PlatformError("bad_key", _("PayPal refuses the client id and secret."), status=401)
    if not found or answer.status == 429 or answer.status >= 500:
        return None
    details = found.get("details")
    first = mapping_or_empty(details[0]) if isinstance(details, list) and details else {}
    issue = text(first.get("issue")) or text(found.get("name"))
    said = text(first.get("description")) or text(found.get("message")) or issue
    if answer.status == 403:
        return PlatformError("missing_scopes", _("The app lacks a permission: %(said)s", said=said), status=403)
    if answer.status == 409:
        return PlatformError("conflict", _("PayPal is busy with this already."), status=409, retry=True)
    return PlatformError(issue or "refused", _("PayPal refused the call: %(said)s", said=said), status=answer.status)
