"""The app that connects: its fixed token, the client-credentials grant, and refresh tokens that are good for once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from ..store import Doc
from . import access
from .shop import Shop

REFRESH_SECONDS = 90 * 86_400
SHORT_SECONDS = 3600


class App:
    """The app's credentials.

    :param token: an access token that does not expire.
    :param secret: the client secret, that webhooks are signed with as well.
    """

    def __init__(self, shop: Shop, token: str, client_id: str, secret: str) -> None:
        self.shop = shop
        self.token = token
        self.client_id = client_id
        self.secret = secret

    @property
    def scopes(self) -> str:
        """The scopes that were granted."""
        return str((self.shop.peek("app", 1) or {}).get("scopes", access.ALL))

    @property
    def revoked(self) -> bool:
        """Whether the app was uninstalled, or its fixed token rotated."""
        return bool((self.shop.peek("app", 1) or {}).get("revoked"))

    def change(self, values: Mapping[str, Any]) -> Doc:
        """Grant other ``scopes``, revoke (``revoked``: true) or restore the app's tokens."""
        doc = {"id": 1, "scopes": self.scopes, "revoked": self.revoked, **values}
        if values.get("revoked"):
            for key in list(self.shop.all("tokens")):
                self.shop.remove("tokens", key)
        return self.shop.put("app", doc)

    def who(self, token: str) -> Doc | None:
        """What belongs to an access token; ``None`` for an unknown, expired or revoked one."""
        if token and secrets.compare_digest(token, self.token):
            return None if self.revoked else {"scopes": self.scopes}
        now = self.shop.clock.timestamp()
        return next(
            (doc for doc in self.shop.all("tokens").values() if doc["access"] == token and doc["expires"] > now), None
        )

    def grant(self, form: Mapping[str, Any]) -> tuple[Doc, int]:
        """Answer the token endpoint: the body and the status."""
        if form.get("client_id") != self.client_id or form.get("client_secret") != self.secret:
            return {"error": "invalid_client", "error_description": "The client credentials are not valid."}, 401
        kind = form.get("grant_type") or ("code" if form.get("code") else "")
        if kind == "client_credentials":
            if self.revoked:
                return {"error": "shop_not_permitted", "error_description": "The app is not installed."}, 400
            doc = self._issue(float(self.shop.settings["token_seconds"]), refreshable=False)
            seconds = int(doc["expires"] - self.shop.clock.timestamp())
            return {"access_token": doc["access"], "scope": doc["scopes"], "expires_in": seconds}, 200
        if kind == "refresh_token":
            now = self.shop.clock.timestamp()
            known = next(
                (
                    doc
                    for doc in self.shop.all("tokens").values()
                    if doc.get("refresh") and doc["refresh"] == form.get("refresh_token")
                ),
                None,
            )
            if known is None or known["refresh_expires"] < now:
                return {"error": "invalid_grant", "error_description": "The refresh token is not valid."}, 400
            self.shop.put("tokens", {**known, "refresh": None})
            return self.pair(), 200
        return {"error": "unsupported_grant_type"}, 400

    def pair(self) -> Doc:
        """A new access token of an hour, with a refresh token."""
        doc = self._issue(SHORT_SECONDS, refreshable=True)
        return {
            "access_token": doc["access"],
            "scope": doc["scopes"],
            "expires_in": SHORT_SECONDS,
            "refresh_token": doc["refresh"],
            "refresh_token_expires_in": REFRESH_SECONDS,
        }

    def _issue(self, seconds: float, refreshable: bool) -> Doc:
        now = self.shop.clock.timestamp()
        return self.shop.put(
            "tokens",
            {
                "id": self.shop.next_id("token"),
                "access": f"shpat_{secrets.token_hex(16)}",
                "scopes": self.scopes,
                "expires": now + seconds,
                "refresh": f"shprt_{secrets.token_hex(16)}" if refreshable else None,
                "refresh_expires": now + REFRESH_SECONDS,
            },
        )
