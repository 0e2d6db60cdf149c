"""What holds for every gateway, and for the package: it works under Odoo's name, and nothing of Odoo is in it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from local_servers import Answer, Request, serving

import gateways
from gateways.base import Gateway, GatewayCapabilities, gateway_class, gateway_codes
from gateways.shared import CONNECTION_CODES
from platforms.errors import PlatformError
from platforms.transport import Transport
from platforms.words import Words

CODES = [code for code, _name in gateway_codes()]
PACKAGE = Path(gateways.__file__).parent
NOWHERE = "http://127.0.0.1:9"
KEYS = {"api_key": "sk_test_1", "client_id": "a", "client_secret": "b"}


@pytest.fixture(params=CODES)
def gateway(request: pytest.FixtureRequest, transport: Transport) -> Gateway:
    transport.retries = 0
    return gateway_class(request.param)(NOWHERE, KEYS, transport)


def test_those_there_are() -> None:
    assert set(CODES) == {"stripe", "paypal", "file", "bank_transfer", "cash_on_delivery", "cheque", "gift_card"}
    with pytest.raises(KeyError):
        gateway_class("none")


def test_what_is_declared_is_what_is_done(gateway: Gateway) -> None:
    can = gateway.capabilities
    reads: list[tuple[bool, Callable[[], Any]]] = [
        (can.transactions, lambda: gateway.read_transactions(None)),
        (can.payouts, lambda: gateway.read_payouts(None)),
        (can.composition and can.payouts, lambda: gateway.read_payout_transactions("po_1")),
        (can.disputes, lambda: gateway.read_disputes(None)),
        (can.webhooks, lambda: gateway.register_webhook("https://odoo.example/hook")),
    ]
    for able, read in reads:
        with pytest.raises(PlatformError) as caught:
            read()
        assert caught.value.code == ("unreachable" if able else "unsupported")
    refund = gateway.refund("ch_1", Decimal("1.00"), "EUR", "key")
    assert not refund.ok and refund.code == ("unreachable" if can.refunds else "unsupported")
    assert refund.retry is can.refunds and not refund.in_doubt, "nothing was sent"


@pytest.mark.parametrize("code", [code for code in CODES if gateway_class(code).capabilities.refunds])
@pytest.mark.parametrize(
    "answer", [Answer(b"<html>Done?</html>"), Answer(b'{"id": "re_'), Answer([1]), Answer({}), Answer(b"oops", 500)]
)
def test_a_refund_that_was_answered_with_nonsense_is_in_doubt(transport: Transport, code: str, answer: Answer) -> None:
    def serve(request: Request, _handler: BaseHTTPRequestHandler) -> Answer:
        if request.path == "/v1/oauth2/token":
            return Answer({"access_token": "A21", "expires_in": 900})
        return answer if request.method == "POST" else Answer({"data": [], "has_more": False})

    with serving(serve) as server:
        refund = gateway_class(code)(server.url, KEYS, transport).refund("ch_1", Decimal("1.00"), "EUR", "key")
    assert not refund.ok and refund.in_doubt and refund.retry


def test_a_connection_test_never_raises(gateway: Gateway) -> None:
    report = gateway.test_connection()
    assert report.code in CONNECTION_CODES
    assert "mode" in dict(report.details)
    assert report.ok is not gateway.capabilities.transactions


def test_nothing_is_verified_without_a_secret(gateway: Gateway) -> None:
    assert not gateway.verify_webhook({"Stripe-Signature": "t=1,v1=a"}, b"{}", datetime.now(timezone.utc))


@pytest.mark.parametrize("raw", [{}, {"id": "1"}, {"currency": None}, {"transaction_info": {}}])
def test_what_is_no_document_is_refused_with_words(gateway: Gateway, raw: dict[str, Any]) -> None:
    for parse in (gateway.parse_transaction, gateway.parse_payout, gateway.parse_dispute):
        with pytest.raises(ValueError, match=r"\w"):
            parse(raw)
    with pytest.raises(ValueError, match=r"\w"):
        gateway.parse_webhook({}, b"{}")


def test_what_cannot_be_read_has_a_name() -> None:
    assert gateway_class("stripe").raw_id({"id": "txn_1"}) == gateway_class("file").raw_id({"id": "txn_1"}) == "txn_1"
    assert gateway_class("paypal").raw_id({"transaction_info": {"transaction_id": "8XJ"}}) == "8XJ"
    assert gateway_class("paypal").raw_id({"dispute_id": "PP-D-1"}) == "PP-D-1"
    assert gateway_class("paypal").raw_id({"transaction_info": None}) == ""


def test_labels_can_be_translated(gateway: Gateway) -> None:
    for field in gateway.credential_fields:
        assert isinstance(field.label, Words)
    assert isinstance(gateway.name, Words) or gateway.name in ("Stripe", "PayPal")


def test_secrets_stay_out_of_errors(transport: Transport) -> None:
    transport.secrets = ("sk_test_secret",)
    transport.retries = 0
    stripe = gateway_class("stripe")(NOWHERE, {"api_key": "sk_test_secret"}, transport)
    assert "sk_test_secret" not in repr(stripe.test_connection())


def test_nobody_needs_to_know_which_gateway_it_is() -> None:
    """Each differs from the next in what it declares."""
    seen: list[GatewayCapabilities] = []
    for code in CODES:
        assert gateway_class(code).capabilities not in seen, code
        seen.append(gateway_class(code).capabilities)


def test_the_wall() -> None:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [str(node.module)]
            for name in names:
                assert name.split(".")[0] != "odoo", path
                assert name.split(".")[0] != "platforms" or path.name == "shared.py", path
        assert len(path.read_text().splitlines()) < 400, path


def test_it_works_under_the_name_that_odoo_gives_it() -> None:
    addons = PACKAGE.parents[1]
    program = f"""
import sys, types
def package(name, folder):
    module = types.ModuleType(name)
    module.__path__ = [folder]
    sys.modules[name] = module
package("odoo", "")
package("odoo.addons", r"{addons}")
package("odoo.addons.ecom_connector", r"{addons / "ecom_connector"}")
package("odoo.addons.ecom_payments", r"{addons / "ecom_payments"}")
from odoo.addons.ecom_payments.gateways.base import PlatformError, gateway_codes
from odoo.addons.ecom_connector.platforms.errors import PlatformError as theirs
assert PlatformError is theirs and "platforms" not in sys.modules
print(len(gateway_codes()))
"""
    found = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)
    assert found.stdout.strip() == str(len(CODES)), found.stderr
