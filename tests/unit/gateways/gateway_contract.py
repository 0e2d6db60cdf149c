"""What every gateway must pass."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from local_servers import Answer, Request, serving

from gateways.base import Gateway, gateway_class, gateway_codes
from gateways.documents import Page
from gateways.shared import CONNECTION_CODES
from platforms.errors import PlatformError
from platforms.transport import Transport
from platforms.words import Words

NOWHERE = "http://127.0.0.1:9"
KEYS = {"api_key": "sk_test_1", "client_id": "a", "client_secret": "b"}
TOKEN = Answer({"access_token": "A21", "expires_in": 900, "scope": ""})
NONSENSE = {
    "HTML": Answer(b"<html>Maintenance</html>"),
    "truncated": Answer(b'{"data": [{"id": "txn_1", "amou'),
    "a list": Answer([1]),
    "another object": Answer({"hello": "world"}),
    "no rows": Answer({"data": "none", "transaction_details": 3, "items": None, "has_more": "no"}),
    "rows that are none": Answer({"data": [1, None], "transaction_details": [None], "items": ["x"], "has_more": False}),
    "down": Answer(b"oops", 500),
    "revoked": Answer({"error": {"type": "invalid_request_error", "message": "Expired API Key"}}, 401),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
FIELDS = st.sampled_from(
    (
        *("id", "amount", "fee", "net", "currency", "created", "available_on", "type", "source", "status", "charge"),
        *("transaction_info", "dispute_id", "key", "date", "transactionDate", "issuedAt", "payment", "order", "kind"),
    )
)


class GatewayContract:
    """Whoever runs it gives the ``code``; the rest follows from what the gateway declares."""

    code: str

    @pytest.fixture
    def gateway(self, transport: Transport) -> Gateway:
        """The gateway where nothing listens."""
        transport.retries = 0
        return gateway_class(self.code)(NOWHERE, KEYS, transport)

    def reads(self, gateway: Gateway) -> list[tuple[bool, Callable[[], Page]]]:
        """Whether it says that it can, and how it is asked."""
        can = gateway.capabilities
        since = datetime.now(timezone.utc) - timedelta(days=1)
        return [
            (can.transactions, lambda: gateway.read_transactions(since)),
            (can.payouts, lambda: gateway.read_payouts(since)),
            (can.composition and can.payouts, lambda: gateway.read_payout_transactions("po_1")),
            (can.disputes, lambda: gateway.read_disputes(since)),
        ]

    def test_it_is_registered(self, gateway: Gateway) -> None:
        assert gateway_class(self.code) is type(gateway) and type(gateway).code == self.code
        assert self.code in dict(gateway_codes())

    def test_what_is_declared_is_what_is_done(self, gateway: Gateway) -> None:
        can = gateway.capabilities
        address = "https://odoo.example/hook"
        webhooks: list[tuple[bool, Callable[[], Any]]] = [
            (can.webhooks, lambda: gateway.register_webhook(address)),
            (can.webhooks, lambda: gateway.webhook_works(address)),
        ]
        for able, call in (*self.reads(gateway), *webhooks):
            with pytest.raises(PlatformError) as caught:
                call()
            assert caught.value.code == ("unreachable" if able else "unsupported")
        refund = gateway.refund("ch_1", Decimal("1.00"), "EUR", "key")
        assert not refund.ok and refund.code == ("unreachable" if can.refunds else "unsupported")
        assert refund.retry is can.refunds and not refund.in_doubt, "nothing was sent"

    @pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE)
    def test_nonsense_is_an_error_and_never_an_empty_listing(self, transport: Transport, answer: Answer) -> None:
        """What a listing does not say must not look like “nothing happened”."""
        declared = gateway_class(self.code)
        if declared.capabilities.of_shop:
            pytest.skip("its channel's platform reads the answers")
        transport.retries = 0
        with serving(_tokens_and(answer)) as server:
            gateway = declared(server.url, KEYS, transport)
            for able, read in self.reads(gateway):
                if able:
                    with pytest.raises(PlatformError):
                        read()
            assert gateway.test_connection().ok is not declared.capabilities.transactions

    @pytest.mark.parametrize(
        "answer", [NONSENSE["HTML"], Answer(b'{"id": "re_'), Answer([1]), Answer({}), NONSENSE["down"]]
    )
    def test_a_refund_that_was_answered_with_nonsense_is_in_doubt(self, transport: Transport, answer: Answer) -> None:
        if not gateway_class(self.code).capabilities.refunds:
            pytest.skip("it refunds nothing")

        def serve(request: Request, handler: BaseHTTPRequestHandler) -> Answer:
            if request.method == "POST":
                return _tokens_and(answer)(request, handler)
            return Answer({"data": [], "has_more": False})

        with serving(serve) as server:
            gateway = gateway_class(self.code)(server.url, KEYS, transport)
            refund = gateway.refund("ch_1", Decimal("1.00"), "EUR", "key")
        assert not refund.ok and refund.in_doubt and refund.retry

    def test_a_connection_test_never_raises(self, gateway: Gateway) -> None:
        report = gateway.test_connection()
        assert report.code in CONNECTION_CODES
        assert "mode" in dict(report.details)
        assert report.ok is not gateway.capabilities.transactions

    def test_nothing_is_verified_without_a_secret(self, gateway: Gateway) -> None:
        assert not gateway.verify_webhook({"Stripe-Signature": "t=1,v1=a"}, b"{}", datetime.now(timezone.utc))

    @pytest.mark.parametrize("raw", [{}, {"id": "1"}, {"currency": None}, {"transaction_info": {}}])
    def test_what_is_no_document_is_refused_with_words(self, gateway: Gateway, raw: dict[str, Any]) -> None:
        for parse in (gateway.parse_transaction, gateway.parse_payout, gateway.parse_dispute):
            with pytest.raises(ValueError, match=r"\w"):
                parse(raw)
        with pytest.raises(ValueError, match=r"\w"):
            gateway.parse_webhook({}, b"{}")

    def test_whatever_comes_is_a_document_or_a_valueerror(self, gateway: Gateway) -> None:
        @settings(max_examples=60, deadline=None)
        @given(st.dictionaries(FIELDS, JSON, max_size=8))
        def check(raw: dict[str, Any]) -> None:
            assert isinstance(gateway.raw_id(raw), str)
            for parse in (gateway.parse_transaction, gateway.parse_payout, gateway.parse_dispute):
                with suppress(ValueError):
                    parse(raw)

        check()

    def test_labels_can_be_translated(self, gateway: Gateway) -> None:
        for field in gateway.credential_fields:
            assert isinstance(field.label, Words)
        # A vendor's name is the same in every language.
        assert isinstance(gateway.name, Words) or gateway.capabilities.transactions

    def test_secrets_stay_out_of_errors(self, transport: Transport) -> None:
        transport.secrets = tuple(f"sk_test_secret_{key}" for key in KEYS)
        transport.retries = 0
        keys = dict(zip(KEYS, transport.secrets, strict=True))
        report = gateway_class(self.code)(NOWHERE, keys, transport).test_connection()
        assert "sk_test_secret" not in repr(report)


def _tokens_and(answer: Answer) -> Callable[[Request, BaseHTTPRequestHandler], Answer]:
    """A token to whoever asks for one, and the answer to everything else."""
    return lambda request, _handler: TOKEN if request.path == "/v1/oauth2/token" else answer
