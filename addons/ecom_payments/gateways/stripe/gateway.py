"""One Stripe account."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from ..base import Gateway, GatewayCapabilities, register
from ..connecting import check_address, report_of
from ..documents import DisputeDocument, GatewayHint, Page, PayoutDocument, TransactionDocument, WebhookRegistration
from ..paging import onward, place_in
from ..shared import CommandResult, ConnectionReport, CredentialField, PlatformError, Raw, Transport, _, said, text
from ..values import bad_answer, listed, mapping_or_empty
from . import mapper, webhooks
from .client import PAGE_SIZE, Client
from .money import to_minor

_REASONS = frozenset({"duplicate", "fraudulent", "requested_by_customer"})
_KEY_NAME = "ecom_key"  # where a refund says which of our commands made it
_NEEDED = (
    ("balance", _("Balance: read")),
    ("balance_transactions", _("Balance transaction sources: read")),
    ("payouts", _("Payouts: read")),
    ("disputes", _("Disputes: read")),
)


@register
class Stripe(Gateway):
    code = "stripe"
    name = "Stripe"
    default_url = "https://api.stripe.com"
    capabilities = GatewayCapabilities(
        transactions=True,
        payouts=True,
        composition=True,
        disputes=True,
        refunds=True,
        webhooks=True,
        page_size=PAGE_SIZE,
        overlap=timedelta(minutes=10),
        calls_per_second=20.0,
    )
    credential_fields = (
        CredentialField(
            "api_key",
            _("Secret or restricted key"),
            _(
                "A restricted key (rk_live_...) is enough. It needs: Balance, Balance transaction sources, Charges,"
                " Payouts and Disputes to read; Charges (refunds) and Webhook Endpoints to write."
            ),
        ),
        CredentialField(
            "webhook_secret", _("Webhook signing secret"), _("Filled in when the webhook is made."), required=False
        ),
    )

    def __init__(self, url: str, credentials: Mapping[str, str], transport: Transport) -> None:
        super().__init__(url, credentials, transport)
        self._key = credentials.get("api_key", "").strip()
        self.client = Client(self.url, self._key, transport)

    def test_connection(self) -> ConnectionReport:
        if not self._key.startswith(("sk_", "rk_")):
            return ConnectionReport("bad_key", (), _("This is no secret or restricted key of Stripe."))
        details = [("mode", "live" if "_live_" in self._key else "test")]
        missing: list[str] = []
        try:
            check_address(self.url)
            for path, right in _NEEDED:
                try:
                    body, _answer = self.client.get(path, {} if path == "balance" else {"limit": 1})
                except PlatformError as error:
                    if error.code != "missing_scopes":
                        raise
                    missing.append(right)
                    continue
                if path == "balance":
                    found = {text(row.get("currency")).upper() for row in listed(body, "available")}
                    details.append(("currencies", ", ".join(sorted(found))))
                else:
                    listed(body, "data")
            details.append(("refunds", "yes" if self._may_refund() else "no"))
        except PlatformError as error:
            return report_of(error, details)
        if missing:
            return ConnectionReport("missing_scopes", tuple(details), ", ".join(missing))
        return ConnectionReport("ok", tuple(details))

    # --- reading

    def read_transactions(self, since: datetime | None, cursor: str = "") -> Page:
        return self._page("balance_transactions", since, cursor, {"expand[]": "data.source"}, mapper.slim)

    def read_payouts(self, since: datetime | None, cursor: str = "") -> Page:
        return self._page("payouts", since, cursor, {}, dict)

    def read_payout_transactions(self, payout_id: str, cursor: str = "") -> Page:
        params = {"payout": payout_id, "expand[]": "data.source"}
        return self._page("balance_transactions", None, cursor, params, mapper.slim)

    def read_disputes(self, since: datetime | None, cursor: str = "") -> Page:
        return self._page("disputes", since, cursor, {}, mapper.slim_dispute)

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
        charge = "payment_intent" if charge_id.startswith("pi_") else "charge"
        try:
            form = {charge: charge_id, "amount": str(to_minor(amount, currency)), f"metadata[{_KEY_NAME}]": key[:500]}
        except ValueError as error:
            return CommandResult(ok=False, code="refused", message=said(error))
        if reason in _REASONS:
            form["reason"] = reason
        try:
            # Stripe forgets keys after a day or more, and a refund tried again later would be a second one.
            found = self._refund_made(charge, charge_id, key)
            if found is None:
                found = self.client.post("refunds", form, _idempotency_key(key))
        except PlatformError as error:
            return CommandResult.failed(error)
        status, refund_id = text(found.get("status")), text(found.get("id"))
        if not refund_id:
            return CommandResult(ok=False, code="bad_answer", message=bad_answer().message, retry=True, in_doubt=True)
        if status in ("failed", "canceled"):
            why = text(found.get("failure_reason")) or status
            return CommandResult(
                ok=False, external_id=refund_id, code=status, message=_("The refund failed: %(said)s", said=why)
            )
        return CommandResult(ok=True, external_id=refund_id)

    def _refund_made(self, charge: str, charge_id: str, key: str) -> Raw | None:
        params: dict[str, str | int] = {charge: charge_id}
        while True:
            rows, more, _answer = self.client.page("refunds", params)
            for row in rows:
                if mapping_or_empty(row.get("metadata")).get(_KEY_NAME) == key[:500]:
                    return row
            if not more:
                return None
            params["starting_after"] = text(rows[-1].get("id"))

    def _may_refund(self) -> bool:
        """Whether the key may refund: a call that names no charge is refused either way, and says why."""
        try:
            self.client.post("refunds", {})
        except PlatformError as error:
            if error.code == "missing_scopes":
                return False
            if error.status != 400:
                raise
        return True

    # --- webhooks

    def verify_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
        return webhooks.verify(self.credentials.get("webhook_secret", ""), headers, body, now)

    @classmethod
    def parse_webhook(cls, headers: Mapping[str, str], body: bytes) -> GatewayHint:
        return webhooks.parse(body)

    def register_webhook(self, address: str) -> WebhookRegistration:
        return webhooks.register(self.client, address)

    def webhook_works(self, address: str) -> bool:
        return webhooks.works(self.client, address)

    def remove_webhook(self, address: str) -> None:
        webhooks.remove(self.client, address)

    def _page(
        self,
        path: str,
        since: datetime | None,
        cursor: str,
        params: Mapping[str, str | int],
        keep: Callable[[Raw], Raw],
    ) -> Page:
        """By Stripe's clock; a page goes on after the last id."""
        last, began = place_in(cursor)
        wanted = dict(params)
        if since is not None:
            wanted["created[gte]"] = int(since.timestamp())
        if last:
            wanted["starting_after"] = last
        objects, more, answer = self.client.page(path, wanted)
        until = began or (answer.date or datetime.now(timezone.utc)).replace(microsecond=0)
        return Page(tuple(map(keep, objects)), onward(str(objects[-1]["id"]) if more else "", until), until)


def _idempotency_key(key: str) -> str:
    return key if len(key) <= 255 else hashlib.sha256(key.encode()).hexdigest()
