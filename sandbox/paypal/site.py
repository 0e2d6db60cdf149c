"""PayPal below ``/paypal/``, and its control below ``/sandbox/paypal/``.

Each control takes one object or a list of them, and answers with what came of it:

``POST captures``
    ``{"order", "amount": "12.00", "currency": "EUR"}`` with ``id`` (what the shop knows the payment by), ``created``,
    and ``status`` ``P`` for one that is pending.
``POST refunds``
    ``{"capture" or "order", "amount"}``: one made at PayPal's, behind the shop's back.
``POST disputes``
    ``{"capture" or "order"}``; ``{"dispute", "status": "won"}`` decides it.
``POST moves``
    ``{"code": "T1200", "amount": "-2.10", "currency"}``: whatever else moves the balance.
``POST conversions``
    ``{"amount", "currency", "to", "rate"}``.
``POST payouts``
    ``{"currency", "amount", "created"}`` withdraws that much, or all.
``POST month``
    See :mod:`.month`.
``POST settings``
    Of :data:`.ledger.DEFAULTS`; ``delay_hours`` 0 shows transactions at once.
``POST scopes``
    ``{"scopes": ["reporting/search/read"]}``: what the app may do.
``POST tokens``
    ``{}`` withdraws all tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from werkzeug.wrappers import Request, Response

from ..gateway_site import Control, GatewaySite
from ..store import Doc
from . import month
from .api import SCOPES, Api
from .events import Events
from .ledger import DEFAULTS, Ledger, shown

if TYPE_CHECKING:
    from ..server import Sandbox


class PayPalSite(GatewaySite):
    """One PayPal business account and its app."""

    name = "paypal"
    DEFAULTS: ClassVar[Mapping[str, Any]] = DEFAULTS
    events: Events
    ledger: Ledger

    def __init__(self, sandbox: Sandbox, client_id: str = "paypal_sandbox", secret: str = "paypal_secret") -> None:
        super().__init__(sandbox)
        self.events = Events(sandbox.courier)
        self.ledger = Ledger(
            sandbox.store, sandbox.clock, lambda kind, about: self.events.tell(self.ledger, kind, about)
        )
        self.api = Api(self.ledger, client_id, secret)

    def answer(self, request: Request, path: str) -> Response:
        return self.api.handle(request, path.strip("/"))

    def controls(self) -> Mapping[str, Control]:
        return {
            "captures": self.ledger.capture,
            "refunds": self._refund,
            "disputes": self._dispute,
            "moves": self.ledger.adjust,
            "conversions": self.ledger.convert,
            "payouts": self.ledger.withdraw,
            "month": self._month,
            "scopes": self._scopes,
            "tokens": self._tokens,
        }

    def shown(self, doc: Doc) -> Doc:
        return shown(doc)

    def reset(self) -> None:
        self.ledger.settings = dict(DEFAULTS)
        self.api.scopes = set(SCOPES)
        self.api.tokens.clear()

    # --- controls

    def _capture_of(self, values: Mapping[str, Any]) -> Doc:
        if values.get("capture"):
            return self.ledger.find("captures", "id", str(values["capture"]))
        return self.ledger.find("captures", "invoice_id", str(values["order"]))

    def _refund(self, values: Mapping[str, Any]) -> Doc:
        amount = Decimal(str(values["amount"])) if "amount" in values else None
        return self.ledger.refund(self._capture_of(values), amount, values)

    def _dispute(self, values: Mapping[str, Any]) -> Doc:
        if "dispute" in values:
            found = self.ledger.find("disputes", "dispute_id", str(values["dispute"]))
            return self.ledger.close_dispute(found, str(values["status"]), values)
        return self.ledger.dispute(self._capture_of(values), values)

    def _month(self, values: Mapping[str, Any]) -> Doc:
        with self.silence():
            return month.make(self.ledger, values)

    def _scopes(self, values: Mapping[str, Any]) -> Doc:
        self.api.scopes = set(values["scopes"])
        return {"scopes": sorted(self.api.scopes)}

    def _tokens(self, values: Mapping[str, Any]) -> Doc:
        self.api.tokens.clear()
        return {"tokens": 0}
