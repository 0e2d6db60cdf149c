"""How Stripe is called: secret or restricted key, fixed API version, form-encoded, and what its errors mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..shared import PlatformError, Raw, Response, Transport, _, text
from ..values import bad_answer, listed, mapping_or_empty

VERSION = "2026-10-28.endive"
PAGE_SIZE = 100


class Client:
    """Calls with one account's key."""

    def __init__(self, base: str, key: str, transport: Transport) -> None:
        self._base = base
        self._key = key
        self._transport = transport

    def get(self, path: str, params: Mapping[str, str | int] | None = None) -> tuple[Raw, Response]:
        """An object and the answer that it came with."""
        return self._read(self._call("GET", path, params=params))

    def post(self, path: str, form: Mapping[str, str], key: str = "") -> Raw:
        return self._read(self._call("POST", path, form=form, key=key))[0]

    def delete(self, path: str) -> None:
        self._call("DELETE", path, idempotent=True)

    def page(self, path: str, params: Mapping[str, str | int]) -> tuple[tuple[Raw, ...], bool, Response]:
        """The objects of a page, whether there are more, and the answer."""
        body, answer = self.get(path, {"limit": PAGE_SIZE, **params})
        objects = listed(body, "data")
        more = body.get("has_more")
        # Without a last id or with the same as before, the listing would go round in circles.
        last = objects[-1].get("id") if objects else None
        if not isinstance(more, bool) or (
            more and (not isinstance(last, str) or not last or last == params.get("starting_after"))
        ):
            raise bad_answer()
        return objects, more, answer

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        form: Mapping[str, str] | None = None,
        key: str = "",
        idempotent: bool | None = None,
    ) -> Response:
        headers = {"Authorization": f"Bearer {self._key}", "Stripe-Version": VERSION}
        if key:
            headers["Idempotency-Key"] = key
        return self._transport.request(
            method,
            f"{self._base}/v1/{path}",
            params=params,
            data=form,
            headers=headers,
            idempotent=idempotent,
            classify=failure,
        )

    @staticmethod
    def _read(answer: Response) -> tuple[Raw, Response]:
        body = answer.json()
        if not isinstance(body, dict):
            raise bad_answer(in_doubt=not answer.idempotent)
        return body, answer


def failure(answer: Response) -> PlatformError | None:
    """What an error of Stripe's says (docs.stripe.com/error-handling); ``None`` where the status says enough."""
    try:
        body: Any = answer.json()
    except PlatformError:
        return None
    error = mapping_or_empty(mapping_or_empty(body).get("error"))
    if not error or answer.status == 429 or answer.status >= 500:
        return None
    code, said = text(error.get("code")), text(error.get("message"))
    if answer.status == 401:
        return PlatformError("bad_key", _("Stripe refuses the key."), status=401)
    if answer.status == 403:
        return PlatformError("missing_scopes", _("The key lacks a permission: %(said)s", said=said), status=403)
    if answer.status == 409:
        # Another call with the same key is under way, or the object is locked.
        return PlatformError("conflict", _("Stripe is busy with this already."), status=409, retry=True)
    kind = text(error.get("type"))
    return PlatformError(
        code or kind or "refused", _("Stripe refused the call: %(said)s", said=said or code), status=answer.status
    )
