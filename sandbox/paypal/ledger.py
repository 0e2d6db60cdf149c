"""The account's books: everything that moves the balance is a transaction of the report, with an event code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ..clock import Clock
from ..store import Doc, Store

DEFAULTS: Mapping[str, Any] = {
    "fee_rate": "0.029",
    "fee_fixed": "0.35",
    "dispute_fee": "16.00",
    "delay_hours": 3,  # until the report shows a transaction
    "max_results": 10_000,  # that one search may find
}
_LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_WITHOUT_DECIMALS = {"JPY", "HUF", "TWD"}


class Refused(ValueError):
    """A refund that PayPal does not make: the issue's code, and what it says."""

    def __init__(self, issue: str, description: str) -> None:
        super().__init__(issue)
        self.issue = issue
        self.description = description


class Ledger:
    """What the account owns.

    :param tell: is told of every event, as (type, resource).
    """

    def __init__(self, store: Store, clock: Clock, tell: Callable[[str, Doc], None]) -> None:
        self.store = store
        self.clock = clock
        self.tell = tell
        self.settings: dict[str, Any] = dict(DEFAULTS)

    def all(self, kind: str) -> dict[int, Doc]:
        """The live documents of a kind, by number."""
        return self.store.all(f"paypal-{kind}")

    def find(self, kind: str, field: str, value: str) -> Doc:
        """:raise KeyError: when there is none."""
        for doc in self.all(kind).values():
            if doc.get(field) == value:
                return doc
        raise KeyError(value)

    def add(self, kind: str, doc: Doc) -> Doc:
        doc["_number"] = self.store.next(f"paypal-{kind}")
        self.store.put(f"paypal-{kind}", doc["_number"], doc)
        return doc

    def change(self, kind: str, doc: Doc, **values: Any) -> Doc:
        changed = {**doc, **values}
        self.store.put(f"paypal-{kind}", doc["_number"], changed)
        return changed

    # --- money in and out

    def capture(self, values: Mapping[str, Any]) -> Doc:
        """A captured payment: ``amount``, ``currency``, ``order``; optional ``id``, ``status`` (``P``), ``created``."""
        money = str(values.get("currency", "EUR")).upper()
        amount = cents(Decimal(str(values["amount"])), money)
        fee = cents(amount * Decimal(self.settings["fee_rate"]) + Decimal(self.settings["fee_fixed"]), money)
        capture_id = str(values.get("id") or self.new_id())
        if any(doc["id"] == capture_id for doc in self.all("captures").values()):
            raise ValueError(f"there is a capture {capture_id} already")
        order, created = str(values.get("order", "")), self.moment(values.get("created"))
        pending = values.get("status") == "P"
        self.move(
            "T0006", amount, money, created, id=capture_id, fee=-fee, invoice=order, status="P" if pending else "S"
        )
        capture = self.add(
            "captures",
            {
                "id": capture_id,
                "status": "PENDING" if pending else "COMPLETED",
                "amount": money_of(amount, money),
                "invoice_id": order,
                "create_time": stamp(created),
                "_refunded": "0",
            },
        )
        self.tell("PAYMENT.CAPTURE.PENDING" if pending else "PAYMENT.CAPTURE.COMPLETED", capture)
        return capture

    def refund(self, capture: Doc, amount: Decimal | None, values: Mapping[str, Any]) -> Doc:
        """Pay a part of a capture back.

        :raise Refused: as PayPal does.
        """
        money = capture["amount"]["currency_code"]
        left = Decimal(capture["amount"]["value"]) - Decimal(capture["_refunded"])
        amount = left if amount is None else amount
        if not left:
            raise Refused("CAPTURE_FULLY_REFUNDED", "The capture has already been fully refunded")
        if amount > left:
            raise Refused(
                "REFUND_AMOUNT_EXCEEDED",
                "The refund amount must be less than or equal to the capture amount that has not yet been refunded.",
            )
        created = self.moment(values.get("created"))
        move = self.move("T1107", -amount, money, created, related=capture["id"], invoice=capture["invoice_id"])
        refund = self.add(
            "refunds",
            {
                "id": move["transaction_id"],
                "status": "COMPLETED",
                "amount": money_of(amount, money),
                "create_time": stamp(created),
            },
        )
        done = left == amount
        self.change(
            "captures",
            capture,
            status="REFUNDED" if done else "PARTIALLY_REFUNDED",
            _refunded=str(Decimal(capture["_refunded"]) + amount),
        )
        self.tell("PAYMENT.CAPTURE.REFUNDED", refund)
        return refund

    def dispute(self, capture: Doc, values: Mapping[str, Any]) -> Doc:
        """A customer complains: PayPal holds the money meanwhile."""
        created = self.moment(values.get("created"))
        amount = Decimal(capture["amount"]["value"])
        self.move("T1110", -amount, capture["amount"]["currency_code"], created, related=capture["id"])
        dispute = self.add(
            "disputes",
            {
                "dispute_id": f"PP-D-{self.store.next('paypal-dispute-ids') + 10_000}",
                "create_time": stamp(created),
                "update_time": stamp(created),
                "disputed_transactions": [
                    {
                        "seller_transaction_id": capture["id"],
                        "invoice_number": capture["invoice_id"] or "0",
                        "gross_amount": capture["amount"],
                        "buyer": {"name": "Marie Durand"},
                    }
                ],
                "reason": str(values.get("reason") or "MERCHANDISE_OR_SERVICE_NOT_RECEIVED"),
                "status": "WAITING_FOR_SELLER_RESPONSE",
                "dispute_amount": capture["amount"],
                "dispute_life_cycle_stage": "CHARGEBACK",
                "dispute_channel": "INTERNAL",
                "seller_response_due_date": stamp(created + timedelta(days=10)),
            },
        )
        self.tell("CUSTOMER.DISPUTE.CREATED", dispute)
        return dispute

    def close_dispute(self, dispute: Doc, outcome: str, values: Mapping[str, Any]) -> Doc:
        """``won``: the hold ends; ``lost``: the payment is taken back too, and costs a fee."""
        if outcome not in ("won", "lost"):
            raise ValueError(f"a dispute is not closed as {outcome}")
        created = self.moment(values.get("created"))
        amount, money = Decimal(dispute["dispute_amount"]["value"]), dispute["dispute_amount"]["currency_code"]
        capture = dispute["disputed_transactions"][0]["seller_transaction_id"]
        self.move("T1111", amount, money, created, related=capture)
        if outcome == "lost":
            self.move("T1106", -amount, money, created, related=capture)
            self.move("T0106", -Decimal(self.settings["dispute_fee"]), money, created, related=capture)
        code = "RESOLVED_SELLER_FAVOUR" if outcome == "won" else "RESOLVED_BUYER_FAVOUR"
        changed = self.change(
            "disputes", dispute, status="RESOLVED", update_time=stamp(created), dispute_outcome={"outcome_code": code}
        )
        self.tell("CUSTOMER.DISPUTE.RESOLVED", changed)
        return changed

    def withdraw(self, values: Mapping[str, Any]) -> Doc | None:
        """To the bank: ``amount``, or all that there is; ``None`` where that is nothing."""
        money, created = str(values.get("currency", "EUR")).upper(), self.moment(values.get("created"))
        amount = Decimal(str(values["amount"])) if "amount" in values else self.balance(money, created)
        return self.move("T0400", -amount, money, created) if amount > 0 else None

    def convert(self, values: Mapping[str, Any]) -> list[Doc]:
        """``amount`` of ``currency`` into ``to`` at ``rate``: two transactions that belong together."""
        money, target = str(values["currency"]).upper(), str(values["to"]).upper()
        amount, created = Decimal(str(values["amount"])), self.moment(values.get("created"))
        got = cents(amount * Decimal(str(values["rate"])), target)
        related = self.new_id()
        return [
            self.move("T0200", -amount, money, created, related=related),
            self.move("T0200", got, target, created, related=related),
        ]

    def adjust(self, values: Mapping[str, Any]) -> Doc:
        """Whatever else moves the balance: ``code``, signed ``amount``, ``currency``."""
        money = str(values.get("currency", "EUR")).upper()
        return self.move(str(values["code"]), Decimal(str(values["amount"])), money, self.moment(values.get("created")))

    def balance(self, money: str, until: datetime) -> Decimal:
        """What is there at a time."""
        found = Decimal(0)
        for doc in self.all("transactions").values():
            counts = doc["transaction_status"] == "S" and doc["_at"] <= until.timestamp()
            if counts and doc["transaction_amount"]["currency_code"] == money:
                found += Decimal(doc["transaction_amount"]["value"])
                found += Decimal(doc.get("fee_amount", {}).get("value", "0"))
        return found

    def move(
        self,
        code: str,
        amount: Decimal,
        money: str,
        created: datetime,
        *,
        id: str = "",
        fee: Decimal | None = None,
        related: str = "",
        invoice: str = "",
        status: str = "S",
    ) -> Doc:
        doc: Doc = {
            "paypal_account_id": "SANDBOXBUYER1",
            "transaction_id": id or self.new_id(),
            "transaction_event_code": code,
            "transaction_initiation_date": stamp(created),
            "transaction_updated_date": stamp(created),
            "transaction_amount": money_of(amount, money),
            "transaction_status": status,
            "_at": int(created.timestamp()),
        }
        if fee is not None:
            doc["fee_amount"] = money_of(fee, money)
        if related:
            doc |= {"paypal_reference_id": related, "paypal_reference_id_type": "TXN"}
        if invoice:
            doc["invoice_id"] = invoice
        return self.add("transactions", doc)

    def new_id(self) -> str:
        """Seventeen letters and digits."""
        number, text = self.store.next("paypal-ids") * 2_654_435_761 % 34**12, ""
        for _place in range(12):
            number, digit = divmod(number, 34)
            text = _LETTERS[digit] + text
        return f"SBOXX{text}"

    def moment(self, value: Any) -> datetime:
        """A time in ISO 8601, or now."""
        moment = datetime.fromisoformat(str(value).replace("Z", "+00:00")) if value else self.clock.now()
        if moment.tzinfo is None:
            raise ValueError(f"{value} needs a time zone")
        return moment.astimezone(timezone.utc)


def cents(amount: Decimal, money: str) -> Decimal:
    """Rounded to what the currency has."""
    return amount.quantize(Decimal(1) if money in _WITHOUT_DECIMALS else Decimal("0.01"), ROUND_HALF_UP)


def money_of(amount: Decimal, money: str) -> dict[str, str]:
    return {"currency_code": money, "value": str(cents(amount, money))}


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def shown(doc: Doc) -> Doc:
    """A document without what is the sandbox's own."""
    return {key: value for key, value in doc.items() if not key.startswith("_")}
