"""Stripe below ``/stripe/``, and its control below ``/sandbox/stripe/``.

Each control takes one object or a list of them, and answers with what came of it:

``POST charges``
    ``{"order", "amount": "12.00", "currency": "EUR"}`` with ``id``, ``payment_intent`` (what the shop knows the payment
    by), ``created`` and ``authorized`` (more than was captured) where they matter.
``POST refunds``
    ``{"charge" or "payment_intent" or "order", "amount"}``: one made at Stripe's, behind the shop's back.
``POST disputes``
    ``{"charge" ..., "reason"}``; ``{"dispute", "status": "won"}`` decides it.
``POST moves``
    ``{"type": "reserve_hold", "amount": "-150.00", "currency", "description"}``: whatever else moves the balance.
``POST payouts``
    ``{"currency", "created"}`` pays out what is available; ``{"payout", "status": "failed"}`` goes on with it.
``POST month``
    See :mod:`.month`.
``POST settings``
    Of :data:`.ledger.DEFAULTS`.
``POST keys``
    ``{"key": "rk_test_1", "rights": ["payouts", "refunds:write"]}``; without rights the key is revoked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from werkzeug.wrappers import Request, Response

from ..gateway_site import Control, GatewaySite
from ..store import Doc
from . import month
from .amounts import minor
from .api import Api
from .events import Events
from .ledger import DEFAULTS, Ledger
from .objects import shown

if TYPE_CHECKING:
    from ..server import Sandbox


class StripeSite(GatewaySite):
    """One Stripe account."""

    name = "stripe"
    DEFAULTS: ClassVar[Mapping[str, Any]] = DEFAULTS
    events: Events
    ledger: Ledger

    def __init__(self, sandbox: Sandbox, key: str = "sk_test_sandbox") -> None:
        super().__init__(sandbox)
        self.first_key = key
        self.events = Events(sandbox.courier)
        self.ledger = Ledger(
            sandbox.store, sandbox.clock, lambda kind, about: self.events.tell(self.ledger, kind, about)
        )
        self.keys: dict[str, set[str]] = {key: {"*"}}
        self.api = Api(self.ledger, self.keys)

    def answer(self, request: Request, path: str) -> Response:
        return self.api.handle(request, path.removeprefix("v1/").strip("/"))

    def controls(self) -> Mapping[str, Control]:
        return {
            "charges": self.ledger.charge,
            "refunds": self._refund,
            "disputes": self._dispute,
            "moves": self.ledger.adjust,
            "payouts": self._payout,
            "month": self._month,
            "keys": self._keys,
        }

    def shown(self, doc: Doc) -> Doc:
        return shown(doc)

    def reset(self) -> None:
        self.ledger.forget()
        self.keys.clear()
        self.keys[self.first_key] = {"*"}

    # --- controls

    def _charge_of(self, values: Mapping[str, Any]) -> Doc:
        if values.get("charge"):
            return self.ledger.find("charges", str(values["charge"]))
        for charge in self.ledger.all("charges").values():
            if values.get("payment_intent") and charge["payment_intent"] == values["payment_intent"]:
                return charge
            if values.get("order") and charge["metadata"].get("order_id") == str(values["order"]):
                return charge
        raise KeyError("no such charge")

    def _refund(self, values: Mapping[str, Any]) -> Doc:
        charge = self._charge_of(values)
        left = charge["amount"] - charge["amount_refunded"]
        amount = minor(values["amount"], charge["currency"]) if "amount" in values else left
        return self.ledger.refund(charge, amount, values)

    def _dispute(self, values: Mapping[str, Any]) -> Doc:
        if "dispute" in values:
            found = self.ledger.find("disputes", str(values["dispute"]))
            return self.ledger.close_dispute(found, str(values["status"]), values)
        return self.ledger.dispute(self._charge_of(values), values)

    def _payout(self, values: Mapping[str, Any]) -> Doc | None:
        if "payout" in values:
            found = self.ledger.find("payouts", str(values["payout"]))
            return self.ledger.set_payout(found, str(values["status"]), values)
        money = str(values.get("currency", "EUR")).lower()
        moment = self.ledger.moment(values.get("created"))
        return self.ledger.pay_out(money, moment, automatic=values.get("automatic", True) is not False)

    def _month(self, values: Mapping[str, Any]) -> Doc:
        with self.silence():
            return month.make(self.ledger, values)

    def _keys(self, values: Mapping[str, Any]) -> Doc:
        key = str(values["key"])
        if values.get("rights"):
            self.keys[key] = set(values["rights"])
        else:
            self.keys.pop(key, None)
        return {"keys": len(self.keys)}
