"""The account that a Shopify shop has at Shopify Payments."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ..base import Gateway, GatewayCapabilities, register
from ..connecting import report_of
from ..documents import DisputeDocument, Page, PayoutDocument, TransactionDocument
from ..paging import onward, place_in
from ..shared import ConnectionReport, PlatformError, Raw
from . import mapper


@register
class ShopifyPayments(Gateway):
    """It has no keys of its own: the channel's app is asked. Money is paid back through the shop, as an order's."""

    code = "shopify_payments"
    name = "Shopify Payments"
    capabilities = GatewayCapabilities(
        of_shop=True,
        transactions=True,
        payouts=True,
        composition=True,
        disputes=True,
        overlap=timedelta(minutes=30),
        calls_per_second=20.0,
    )

    def test_connection(self) -> ConnectionReport:
        details = (("mode", "live"),)
        try:
            for listing in ("payouts", "transactions", "disputes"):
                self._shop().read_balance(listing, datetime.now(timezone.utc))
        except PlatformError as error:
            if error.code == "access_denied":
                return ConnectionReport("missing_scopes", details, error.message)
            return report_of(error, details)
        return ConnectionReport("ok", details)

    def read_transactions(self, since: datetime | None, cursor: str = "") -> Page:
        return self._page("transactions", since, cursor)

    def read_payouts(self, since: datetime | None, cursor: str = "") -> Page:
        return self._page("payouts", since, cursor)

    def read_payout_transactions(self, payout_id: str, cursor: str = "") -> Page:
        return self._page("transactions", None, cursor, payout_id)

    def read_disputes(self, since: datetime | None, cursor: str = "") -> Page:
        return self._page("disputes", since, cursor)

    @classmethod
    def raw_id(cls, raw: Raw) -> str:
        return mapper.plain(raw.get("id"))

    @classmethod
    def parse_transaction(cls, raw: Raw) -> TransactionDocument:
        return mapper.parse_transaction(raw)

    @classmethod
    def parse_payout(cls, raw: Raw) -> PayoutDocument:
        return mapper.parse_payout(raw)

    @classmethod
    def parse_dispute(cls, raw: Raw) -> DisputeDocument:
        return mapper.parse_dispute(raw)

    def _page(self, listing: str, since: datetime | None, cursor: str, payout_id: str = "") -> Page:
        place, began = place_in(cursor)
        found = self._shop().read_balance(listing, since, place, payout_id)
        until = began or (found.asked_at or datetime.now(timezone.utc)).replace(microsecond=0)
        return Page(found.raws, onward(found.next, until), until)
