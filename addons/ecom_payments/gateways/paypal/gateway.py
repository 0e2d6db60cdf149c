"""One PayPal business account, through an app of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import parse_qs, quote, urlsplit

from ..base import Gateway, GatewayCapabilities, register
from ..connecting import check_address, report_of
from ..documents import DisputeDocument, GatewayHint, Page, PayoutDocument, TransactionDocument, WebhookRegistration
from ..paging import onward, place_in
from ..shared import CommandResult, ConnectionReport, CredentialField, PlatformError, Raw, Transport, _, said, text
from ..values import bad_answer, listed, mapping_or_empty
from . import mapper, webhooks
from .client import Client
from .money import written
from .searching import DELAY, HISTORY, PAGE_SIZE, search

_DISPUTES = timedelta(days=179)  # PayPal lists disputes of 180 days
_SCOPES = (
    ("https://uri.paypal.com/services/reporting/search/read", _("Transaction search")),
    ("https://uri.paypal.com/services/disputes/read-seller", _("Disputes")),
    ("https://uri.paypal.com/services/applications/webhooks", _("Webhooks")),
)
_REFUND_SCOPE = "https://uri.paypal.com/services/payments/refund"


@register
class PayPal(Gateway):
    code = "paypal"
    name = "PayPal"
    default_url = "https://api-m.paypal.com"
    capabilities = GatewayCapabilities(
        transactions=True,
        payouts=True,
        composition=False,
        disputes=True,
        refunds=True,
        webhooks=True,
        page_size=PAGE_SIZE,
        # A payment may be pending for days, and is listed by the day on which it began.
        overlap=timedelta(days=7),
        payout_overlap=timedelta(days=7),
        dispute_overlap=timedelta(hours=1),
        delay=DELAY,
        history=HISTORY,
        calls_per_second=5.0,
    )
    credential_fields = (
        CredentialField("client_id", _("Client ID"), _("Of a live app at developer.paypal.com."), secret=False),
        CredentialField(
            "client_secret",
            _("Secret"),
            _("The app needs the features Transaction search and Customer disputes. PayPal takes up to nine hours."),
        ),
        CredentialField(
            "webhook_id", _("Webhook ID"), _("Filled in when the webhook is made."), secret=False, required=False
        ),
    )

    def __init__(self, url: str, credentials: Mapping[str, str], transport: Transport) -> None:
        super().__init__(url, credentials, transport)
        self._id = credentials.get("client_id", "").strip()
        self._secret = credentials.get("client_secret", "").strip()
        self.client = Client(self.url, self._id, self._secret, transport)

    def test_connection(self) -> ConnectionReport:
        if not (self._id and self._secret):
            return ConnectionReport("bad_key", (), _("The client ID or the secret is missing."))
        live = urlsplit(self.url).hostname == urlsplit(self.default_url).hostname
        details = [("mode", "live" if live else "test")]
        try:
            check_address(self.url)
            scopes = self.client.scopes()
            details.append(("refunds", "yes" if _REFUND_SCOPE in scopes else "no"))
            missing = [right for scope, right in _SCOPES if scope not in scopes]
            if missing:
                return ConnectionReport("missing_scopes", tuple(details), ", ".join(missing))
            now = datetime.now(timezone.utc)
            search(self.client, now - timedelta(days=1), "", now)
        except PlatformError as error:
            return report_of(error, details)
        return ConnectionReport("ok", tuple(details))

    # --- reading

    def read_transactions(self, since: datetime | None, cursor: str = "") -> Page:
        return search(self.client, since, cursor, datetime.now(timezone.utc))

    def read_payouts(self, since: datetime | None, cursor: str = "") -> Page:
        """Withdrawals are transactions, and PayPal filters by one code only: they are read with the others."""
        page = self.read_transactions(since, cursor)
        return Page(tuple(filter(mapper.is_payout, page.raws)), page.next, page.complete_until)

    def read_disputes(self, since: datetime | None, cursor: str = "") -> Page:
        """Fifty to a call, and one call each: lists do not say which payment a dispute is about."""
        token, began = place_in(cursor)
        until = began or datetime.now(timezone.utc).replace(microsecond=0)
        params: dict[str, str | int] = {"page_size": 50}
        if since:
            params["update_time_after"] = max(since, until - _DISPUTES).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        if token:
            params["next_page_token"] = token
        body = self.client.get("v1/customer/disputes", params)
        if not body.keys() & {"items", "links"}:
            raise bad_answer()  # an empty listing has links still
        found = []
        for row in listed({"items": [], **body}, "items"):
            dispute = quote(text(row.get("dispute_id")), safe="")
            found.append(mapper.slim_dispute(self.client.get(f"v1/customer/disputes/{dispute}")))
        following = _next_token(body)
        if following and (following == token or not found):
            raise bad_answer()
        return Page(tuple(found), onward(following, until), until)

    @classmethod
    def raw_id(cls, raw: Raw) -> str:
        info = mapping_or_empty(raw.get("transaction_info"))
        return text(info.get("transaction_id")) or text(raw.get("dispute_id"))

    @classmethod
    def parse_transaction(cls, raw: Raw) -> TransactionDocument:
        return mapper.parse_transaction(raw)

    @classmethod
    def parse_payout(cls, raw: Raw) -> PayoutDocument:
        return mapper.parse_payout(raw)

    @classmethod
    def parse_dispute(cls, raw: Raw) -> DisputeDocument:
        return mapper.parse_dispute(raw)

    # --- writing

    def refund(
        self, charge_id: str, amount: Decimal, currency: str, key: str, *, reason: str = "", note: str = ""
    ) -> CommandResult:
        try:
            body: Raw = {"amount": {"value": written(amount, currency), "currency_code": currency}}
        except ValueError as error:
            return CommandResult(ok=False, code="refused", message=said(error))
        body["custom_id"] = key[:127]
        if note:
            body["note_to_payer"] = note[:255]
        try:
            path = f"v2/payments/captures/{quote(charge_id, safe='')}/refund"
            found = self.client.post(path, body, _request_id(key))
        except PlatformError as error:
            return CommandResult.failed(error)
        status, refund_id = text(found.get("status")), text(found.get("id"))
        if not refund_id:
            return CommandResult(ok=False, code="bad_answer", message=bad_answer().message, retry=True, in_doubt=True)
        if status in ("FAILED", "CANCELLED"):
            return CommandResult(
                ok=False,
                external_id=refund_id,
                code=status.lower(),
                message=_("The refund failed: %(said)s", said=status.lower()),
            )
        return CommandResult(ok=True, external_id=refund_id)

    # --- webhooks

    def verify_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
        return webhooks.verify(self.client, self.credentials.get("webhook_id", "").strip(), headers, body)

    @classmethod
    def parse_webhook(cls, headers: Mapping[str, str], body: bytes) -> GatewayHint:
        return webhooks.parse(body)

    def register_webhook(self, address: str) -> WebhookRegistration:
        return webhooks.register(self.client, address)

    def webhook_works(self, address: str) -> bool:
        return webhooks.works(self.client, address)

    def remove_webhook(self, address: str) -> None:
        webhooks.remove(self.client, address)


def _next_token(body: Raw) -> str:
    """The token in the link to the next page, ``""`` on the last one."""
    for link in listed({"links": [], **body}, "links"):
        if link.get("rel") == "next":
            return parse_qs(urlsplit(text(link.get("href"))).query).get("next_page_token", [""])[0]
    return ""


def _request_id(key: str) -> str:
    """PayPal takes 38 characters everywhere."""
    return key if len(key) <= 38 else hashlib.sha256(key.encode()).hexdigest()[:38]
