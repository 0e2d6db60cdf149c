"""The format in which a PrestaShop may be made to tell changes: ours, documented in ``docs/prestashop.md``."""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path
from typing import Any

from local_servers import Answer, Request, serving
from presta_orders import open_shop

from platforms.documents import WebhookHint
from platforms.prestashop import PrestaShop
from platforms.prestashop.resources import OPTIONAL_RIGHTS, RIGHTS

SECRET = "a long random secret"
BODY = b'{"kind": "order", "id": 123, "event": "5f0c1b9e"}'
GUIDE = Path(__file__).parents[3] / "docs" / "prestashop.md"


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"x-ecom-signature": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def test_only_what_is_signed_is_believed() -> None:
    assert PrestaShop.verify_webhook(SECRET, signed(BODY), BODY)
    assert not PrestaShop.verify_webhook(SECRET, signed(BODY), BODY + b" ")
    assert not PrestaShop.verify_webhook("other", signed(BODY), BODY)
    assert not PrestaShop.verify_webhook("", signed(BODY, ""), BODY), "no secret, no entry"
    assert not PrestaShop.verify_webhook(SECRET, {}, BODY)


def test_what_it_is_about() -> None:
    hint = PrestaShop.parse_webhook({}, BODY)
    assert (hint.kind, hint.external_id, hint.deleted) == ("order", "123", False)
    assert hint.event_id != PrestaShop.parse_webhook({}, BODY.replace(b"9e", b"9f")).event_id
    for nonsense in (b"", b"[]", b'{"kind": "order", "id": "x"}', b"\xff"):
        assert PrestaShop.parse_webhook({}, nonsense).external_id == ""
    assert PrestaShop.parse_webhook({}, b'{"kind": "cart", "id": 1}').kind == ""
    assert isinstance(hint, WebhookHint)


def test_a_shop_that_tells_is_understood() -> None:
    received: list[tuple[dict[str, str], bytes]] = []

    def answer(request: Request, _handler: Any) -> Answer:
        received.append((dict(request.headers), request.body))
        return Answer(b"", 202)

    with open_shop() as shop, serving(answer) as server:
        shop.site.shop.change_settings({"hook_url": server.url, "hook_secret": SECRET})
        call = shop.platform.transport.request
        control = f"{shop.url.removesuffix('/prestashop')}/sandbox/prestashop/orders"
        key = call("POST", control, json={"lines": [{"sku": "MUG"}]}).json()["id"]
        call("POST", f"{control}/{key}/ship", json={})
        assert shop.sandbox.courier.wait(5)
    hints = [PrestaShop.parse_webhook(headers, body) for headers, body in received]
    assert [hint.external_id for hint in hints] == [key, key] and len({hint.event_id for hint in hints}) == 2
    assert all(PrestaShop.verify_webhook(SECRET, headers, body) for headers, body in received)


def test_the_guide_names_every_right() -> None:
    words = set(re.findall(r"[a-z_]+", GUIDE.read_text()))
    assert {*RIGHTS, *OPTIONAL_RIGHTS} <= words
