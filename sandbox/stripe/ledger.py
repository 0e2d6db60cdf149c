"""The account's books: everything that moves the balance writes one balance transaction, and payouts gather them.

Objects are kept as the API shows them; what starts with an underscore is the sandbox's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..clock import Clock
from ..store import Doc, Store
from . import objects
from .amounts import minor, share

DAY = 86_400
DEFAULTS: Mapping[str, Any] = {
    "currencies": ["eur", "usd"],  # those that the account has a balance in; others are changed into the first
    "rates": {"gbp": "1.17", "chf": "1.05", "jpy": "0.61", "usd": "0.92"},  # into the first, smallest unit to smallest
    "fee_rate": "0.015",
    "fee_fixed": 25,
    "fee_vat": "0",  # VAT on fees, where Stripe charges it
    "dispute_fee": 2000,
    "days_until_available": 3,
}


class Ledger:
    """What the account owns.

    :param tell: is told of every event, as (type, object).
    """

    def __init__(self, store: Store, clock: Clock, tell: Callable[[str, Doc], None]) -> None:
        self.store = store
        self.clock = clock
        self.tell = tell
        self.settings: dict[str, Any] = dict(DEFAULTS)
        self._numbers: dict[str, dict[str, int]] = {}  # by kind and id, for the store has numbers for keys
        self._newest: dict[str, list[int]] = {}

    # --- what is there

    def all(self, kind: str) -> dict[int, Doc]:
        """The live objects of a kind, by number."""
        return self.store.all(f"stripe-{kind}")

    def find(self, kind: str, id: str) -> Doc:
        """:raise KeyError: when there is none."""
        docs = self.all(kind)
        index = self._numbers.setdefault(kind, {})
        if len(index) != len(docs):
            index.clear()
            index.update({doc["id"]: number for number, doc in docs.items()})
        return docs[index[id]]

    def newest(self, kind: str) -> list[int]:
        """The numbers of a kind's objects, newest first; of the same second, the one made last."""
        docs = self.all(kind)
        known = self._newest.get(kind)
        if known is None or len(known) != len(docs):
            known = sorted(docs, key=lambda number: (docs[number]["created"], number), reverse=True)
            self._newest[kind] = known
        return known

    def has(self, kind: str, id: str) -> bool:
        """Whether there is one."""
        try:
            return bool(self.find(kind, id))
        except KeyError:
            return False

    def add(self, kind: str, doc: Doc) -> Doc:
        """Keep a new object."""
        number = self.store.next(f"stripe-{kind}")
        doc["_number"] = number
        self.store.put(f"stripe-{kind}", number, doc)
        self._numbers.setdefault(kind, {})[doc["id"]] = number
        self._newest.pop(kind, None)
        return doc

    def forget(self) -> None:
        """The store was emptied."""
        self._numbers.clear()
        self._newest.clear()
        self.settings = dict(DEFAULTS)

    def change(self, kind: str, doc: Doc, **values: Any) -> Doc:
        """Keep an object anew."""
        changed = {**doc, **values}
        self.store.put(f"stripe-{kind}", doc["_number"], changed)
        return changed

    def new_id(self, prefix: str) -> str:
        """An id as Stripe makes them, in the order of their making."""
        return f"{prefix}_1Sandbox{self.store.next('stripe-ids'):016d}"

    # --- money in and out

    def charge(self, values: Mapping[str, Any]) -> Doc:
        """A paid charge: ``amount``, ``currency``, ``order``; optional ``id``, ``payment_intent``, ``created``, and
        ``authorized`` where only a part of that was captured."""
        money = str(values.get("currency", "EUR")).lower()
        amount = minor(values["amount"], money)
        created = self.moment(values.get("created"))
        charge_id = str(values.get("id") or self.new_id("ch"))
        if self.has("charges", charge_id):
            raise ValueError(f"there is a charge {charge_id} already")
        settled, rate = self._settled(amount, money)
        fee = share(settled[0], self.settings["fee_rate"]) + int(self.settings["fee_fixed"])
        vat = share(fee, self.settings["fee_vat"])
        fees = [objects.fee_detail("stripe_fee", fee, settled[1], "Stripe processing fees")]
        if vat:
            fees.append(objects.fee_detail("tax", vat, settled[1], "VAT"))
        charge = objects.charge(
            charge_id,
            amount,
            money,
            created,
            payment_intent=str(values.get("payment_intent") or self.new_id("pi")),
            metadata={"order_id": str(values["order"])} if values.get("order") else {},
        )
        if values.get("authorized"):
            # What was not captured counts as paid back, as Stripe has it, and never moved the balance.
            authorized = minor(values["authorized"], money)
            charge |= {"amount": authorized, "amount_refunded": authorized - amount}
        charge["balance_transaction"] = self._move(
            "charge", settled, charge_id, created, fees=fees, rate=rate, description=f"Order {values.get('order', '')}"
        )["id"]
        self.add("charges", charge)
        self.tell("charge.succeeded", charge)
        return charge

    def refund(self, charge: Doc, amount: int, values: Mapping[str, Any]) -> Doc:
        """Pay a part of a charge back.

        :raise ValueError: when it is more than what is left.
        """
        left = charge["amount"] - charge["amount_refunded"]
        if not 0 < amount <= left:
            raise ValueError("charge_already_refunded" if not left else "amount_too_large")
        created = self.moment(values.get("created"))
        refund = objects.refund(self.new_id("re"), charge, amount, created, values.get("metadata") or {})
        refund["reason"] = values.get("reason")
        settled, rate = self._settled(-amount, charge["currency"])
        refund["balance_transaction"] = self._move("refund", settled, refund["id"], created, rate=rate)["id"]
        self.add("refunds", refund)
        refunded = charge["amount_refunded"] + amount
        charge = self.change("charges", charge, amount_refunded=refunded, refunded=refunded == charge["amount"])
        self.tell("charge.refunded", charge)
        return refund

    def dispute(self, charge: Doc, values: Mapping[str, Any]) -> Doc:
        """A customer takes a charge back through the bank: the money and a fee go at once."""
        created = self.moment(values.get("created"))
        dispute = objects.dispute(self.new_id("du"), charge, created, str(values.get("reason") or "fraudulent"))
        settled, rate = self._settled(-charge["amount_captured"], charge["currency"])
        fees = [objects.fee_detail("stripe_fee", int(self.settings["dispute_fee"]), settled[1], "Dispute fee")]
        move = self._move("adjustment", settled, dispute["id"], created, "dispute", fees=fees, rate=rate)
        dispute["balance_transactions"] = [objects.shown(move)]
        self.add("disputes", dispute)
        self.change("charges", charge, disputed=True)
        self.tell("charge.dispute.created", dispute)
        return dispute

    def close_dispute(self, dispute: Doc, status: str, values: Mapping[str, Any]) -> Doc:
        """``won``: the money comes back, the fee does not; ``lost``: it is gone."""
        if status not in ("won", "lost", "under_review"):
            raise ValueError(f"a dispute is not closed as {status}")
        moves = dispute["balance_transactions"]
        if status == "won":
            taken = moves[0]
            move = self._move(
                "adjustment",
                (-taken["amount"], taken["currency"]),
                dispute["id"],
                self.moment(values.get("created")),
                "dispute_reversal",
            )
            moves = [*moves, objects.shown(move)]
        changed = self.change("disputes", dispute, status=status, balance_transactions=moves)
        self.tell("charge.dispute.updated" if status == "under_review" else "charge.dispute.closed", changed)
        return changed

    def adjust(self, values: Mapping[str, Any]) -> Doc:
        """Whatever else moves the balance: ``type`` (adjustment, reserve_hold, stripe_fee, a made up one), signed
        ``amount``, ``currency``, ``description``."""
        money = str(values.get("currency", "EUR")).lower()
        vendor_type = str(values.get("type") or "adjustment")
        settled = (minor(values["amount"], money), money)
        text = str(values.get("description") or vendor_type.replace("_", " ").capitalize())
        return self._move(vendor_type, settled, None, self.moment(values.get("created")), vendor_type, description=text)

    # --- payouts

    def pay_out(self, money: str, created: int, *, automatic: bool = True) -> Doc | None:
        """Pay out what is available; ``None`` where that is nothing."""
        ready = [doc for doc in self.unpaid(money) if doc["available_on"] <= created]
        amount = sum(doc["net"] for doc in ready)
        if not ready or amount <= 0:
            return None
        payout = objects.payout(self.new_id("po"), amount, money, created, automatic=automatic)
        move = self._move("payout", (-amount, money), payout["id"], created, available=created)
        payout["balance_transaction"] = move["id"]
        for doc in [*ready, move]:
            self.change("balance_transactions", doc, _payout=payout["id"], status="available")
        self.add("payouts", payout)
        self.tell("payout.created", payout)
        return payout

    def set_payout(self, payout: Doc, status: str, values: Mapping[str, Any]) -> Doc:
        """Go on with a payout: ``paid``, ``failed`` (the money comes back), ``canceled``."""
        if status not in ("in_transit", "paid", "failed", "canceled"):
            raise ValueError(f"a payout does not become {status}")
        more: dict[str, Any] = {}
        if status in ("failed", "canceled"):
            kind = "payout_failure" if status == "failed" else "payout_cancel"
            settled = (payout["amount"], payout["currency"])
            moment = self.moment(values.get("created"))
            move = self._move(kind, settled, payout["id"], moment, available=moment)
            more = {"failure_balance_transaction": move["id"]}
            if status == "failed":
                more |= {"failure_code": "account_closed", "failure_message": "The bank account has been closed."}
        changed = self.change("payouts", payout, status=status, **more)
        self.tell(f"payout.{status}" if status != "in_transit" else "payout.updated", changed)
        return changed

    def unpaid(self, money: str) -> Iterable[Doc]:
        """What no payout has taken along yet."""
        moves = self.all("balance_transactions").values()
        return [doc for doc in moves if doc["currency"] == money and not doc["_payout"]]

    def moment(self, value: Any) -> int:
        """Seconds since 1970 from a time in ISO 8601, or now."""
        return objects.seconds(value) if value else int(self.clock.timestamp())

    def _settled(self, amount: int, money: str) -> tuple[tuple[int, str], str | None]:
        """In the money of the balance, and the rate."""
        own = self.settings["currencies"]
        if money in own:
            return (amount, money), None
        rate = str(self.settings["rates"].get(money, "1"))
        return (share(amount, rate), own[0]), rate

    def _move(
        self,
        vendor_type: str,
        settled: tuple[int, str],
        source: str | None,
        created: int,
        category: str = "",
        *,
        fees: list[Doc] | None = None,
        rate: str | None = None,
        description: str | None = None,
        available: int | None = None,
    ) -> Doc:
        wait = int(self.settings["days_until_available"]) * DAY
        return self.add(
            "balance_transactions",
            objects.transaction(
                self.new_id("txn"),
                vendor_type,
                settled,
                source,
                created,
                # Available from midnight on, as Stripe has it.
                (created + wait) // DAY * DAY if available is None else available,
                category or vendor_type,
                fees or [],
                rate,
                description,
            ),
        )
