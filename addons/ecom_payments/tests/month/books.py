"""The books of whoever handles the money: each event goes into the simulated gateway, and what came of it is noted.

``movements`` is the truth of a gateway: every movement of its balance, the sale behind it, and the payout it left with.
"""

import csv
import io
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

CENT = Decimal("0.01")
ZONE = ZoneInfo("Europe/Paris")
"""Of the merchant: a sale at 23:30 UTC is of the next day."""
PAYS_ON = (1, 4)  # Tuesdays and Fridays


@dataclass(eq=False)
class Movement:
    """A movement of a balance; ``id`` is the thing that moved it (charge, refund ...), as transactions name it."""

    id: str
    kind: str  # charge, refund, or whatever else: that is nothing which an order has
    amount: Decimal  # in the customer's money, signed
    currency: str
    net: Decimal  # in the balance's money
    balance: str
    moment: object
    sale: object = None
    payout: str = ""


@dataclass(eq=False)
class Sent:
    """Money on its way to the bank."""

    id: str
    amount: Decimal
    currency: str
    label: str
    booked: object  # the day of its entry
    shown: object  # the day on which the bank shows it
    failed: bool = False  # the bank sent it back, and a later one brings its money


@dataclass
class Books:
    """One gateway's."""

    movements: list = field(default_factory=list)
    sent: list = field(default_factory=list)

    def play(self, event):
        getattr(self, f"_{event.what}")(event)

    def close_day(self, day):
        """What the gateway does at the end of a day."""

    def note(self, id, event, amount, net, balance, kind=""):
        self.movements.append(
            Movement(id, kind or event.what, amount, event.currency, net, balance, event.moment, event.sale)
        )


class StripeBooks(Books):
    """A Stripe account: balances in two currencies, others are changed; a payout twice a week."""

    kind = "stripe"

    def __init__(self, ledger):
        super().__init__()
        self.ledger = ledger
        self._of = {}  # balance transaction: movement
        self._failing = None

    def _made(self, transaction_id, event, id_, amount):
        doc = self.ledger.find("balance_transactions", transaction_id)
        self.note(id_, event, amount, Decimal(doc["net"]).scaleb(-2), doc["currency"].upper())
        self._of[transaction_id] = self.movements[-1]

    def _charge(self, event):
        sale = event.sale
        values = {
            "id": event.id,
            "amount": str(event.amount),
            "currency": event.currency,
            "created": event.moment.isoformat(),
            **event.more,
        }
        if sale:
            index = event.id.removeprefix("ch_").rstrip("b")
            values |= {"payment_intent": f"pi_{index}", "order": sale.number}
        charge = self.ledger.charge(values)
        self._made(charge["balance_transaction"], event, event.id, event.amount)

    def _refund(self, event):
        charge = self.ledger.find("charges", event.more["of"])
        made = self.ledger.refund(charge, int(event.amount.scaleb(2)), {"created": event.moment.isoformat()})
        self._made(made["balance_transaction"], event, made["id"], -event.amount)

    def _dispute(self, event):
        charge = self.ledger.find("charges", event.id)
        made = self.ledger.dispute(charge, {"created": event.moment.isoformat()})
        event.sale.dispute = made["id"]
        self._made(made["balance_transactions"][0]["id"], event, made["id"], -event.amount)

    def _won(self, event):
        made = self._decided(event, "won")
        self._made(made["balance_transactions"][1]["id"], event, made["id"], event.amount)

    def _lost(self, event):
        self._decided(event, "lost")

    def _decided(self, event, verdict):
        dispute = self.ledger.find("disputes", event.sale.dispute)
        return self.ledger.close_dispute(dispute, verdict, {"created": event.moment.isoformat()})

    def _adjust(self, event):
        word = {"reserve": "reserve_hold", "correction": "adjustment", "fee": "stripe_fee", "riddle": "mystery_credit"}
        vendor_type = "reserve_release" if event.what == "reserve" and event.amount > 0 else word[event.what]
        values = {"type": vendor_type, "amount": str(event.amount), "currency": "EUR"}
        made = self.ledger.adjust({**values, "created": event.moment.isoformat()})
        self._made(made["id"], event, made["id"], event.amount)

    _reserve = _correction = _fee = _riddle = _adjust

    def close_day(self, day):
        if self._failing and not self._failing.failed:
            payout = self.ledger.find("payouts", self._failing.id)
            self.ledger.set_payout(payout, "failed", {"created": (day + timedelta(hours=9)).isoformat()})
            self._failing.failed = True
        if day.weekday() not in PAYS_ON:
            return
        evening = day + timedelta(hours=23)
        for money in ("eur", "usd"):
            made = self.ledger.pay_out(money, int(evening.timestamp()))
            if not made:
                continue
            for doc in self.ledger.all("balance_transactions").values():
                if doc["_payout"] == made["id"] and doc["id"] in self._of:
                    self._of[doc["id"]].payout = made["id"]
            self.ledger.set_payout(self.ledger.find("payouts", made["id"]), "paid", {})
            amount = Decimal(made["amount"]).scaleb(-2)
            arrives = (evening + timedelta(days=2)).date()
            self.sent.append(Sent(made["id"], amount, money.upper(), "STRIPE", arrives, arrives))
            self._failing = self._failing or self.sent[-1]


class PayPalBooks(Books):
    """A PayPal account: one balance a currency, and all of it is withdrawn twice a week."""

    kind = "paypal"

    def __init__(self, ledger):
        super().__init__()
        self.ledger = ledger

    def _charge(self, event):
        created = event.moment.isoformat()
        values = {"id": event.id, "amount": str(event.amount), "currency": event.currency, "created": created}
        self.ledger.capture(values | {"order": event.sale.number})
        self._note_last(event, event.id, event.amount)

    def _refund(self, event):
        capture = self.ledger.find("captures", "id", event.more["of"])
        made = self.ledger.refund(capture, event.amount, {"created": event.moment.isoformat()})
        self._note_last(event, made["id"], -event.amount)

    def _dispute(self, event):
        capture = self.ledger.find("captures", "id", event.id)
        event.sale.dispute = self.ledger.dispute(capture, {"created": event.moment.isoformat()})["dispute_id"]
        self._note_last(event, "", -event.amount)

    def _decided(self, event):
        dispute = self.ledger.find("disputes", "dispute_id", event.sale.dispute)
        before = len(self.ledger.all("transactions"))
        self.ledger.close_dispute(dispute, event.what, {"created": event.moment.isoformat()})
        for doc in list(self.ledger.all("transactions").values())[before:]:
            amount = Decimal(doc["transaction_amount"]["value"])
            self.note(doc["transaction_id"], event, amount, amount, event.currency, "dispute")

    _won = _lost = _decided

    def _adjust(self, event):
        code = {"reserve": "T2103", "correction": "T1200", "fee": "T0101"}[event.what]
        code = "T2104" if event.what == "reserve" and event.amount > 0 else code
        values = {"code": code, "amount": str(event.amount), "currency": "EUR", "created": event.moment.isoformat()}
        self.ledger.adjust(values)
        self._note_last(event, "", event.amount)

    _reserve = _correction = _fee = _adjust

    def _note_last(self, event, id_, amount):
        *_others, doc = self.ledger.all("transactions").values()
        fee = Decimal(doc.get("fee_amount", {}).get("value", "0"))
        self.note(id_ or doc["transaction_id"], event, amount, amount + fee, event.currency)

    def close_day(self, day):
        if day.weekday() not in PAYS_ON:
            return
        for money in ("EUR", "USD"):
            evening = day + timedelta(hours=23, minutes=59)
            made = self.ledger.withdraw({"currency": money, "created": evening.isoformat()})
            if not made:
                continue
            for movement in self.movements:
                if not movement.payout and movement.balance == money:
                    movement.payout = made["transaction_id"]
            amount, booked = -Decimal(made["transaction_amount"]["value"]), evening.astimezone(ZONE).date()
            self.sent.append(Sent(made["transaction_id"], amount, money, "PAYPAL", booked, booked))


class ShopifyBooks(Books):
    """Shopify Payments: its balance is read off the shop's orders, and paid out twice a week."""

    kind = "shopify_payments"

    def __init__(self, shop, pay_out):
        super().__init__()
        self.shop, self._pay_out = shop, pay_out

    def _charge(self, event):
        order = {"id": int(event.sale.external_id), "name": event.sale.number, "transactions": []}
        self._happens(event, order, "SALE", int(event.id), event.amount)

    def _refund(self, event):
        order = self.shop.peek("orders", int(event.sale.external_id))
        charge = int(event.more["of"])
        self._happens(event, order, "REFUND", charge + 1_000_000_000, event.amount, charge)

    def _happens(self, event, order, kind, number, amount, parent=None):
        order["transactions"].append(
            {
                "id": number,
                "kind": kind,
                "status": "SUCCESS",
                "gateway": "shopify_payments",
                "amountSet": f"{amount} {event.currency}",
                "processedAt": event.moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "parentId": parent,
            }
        )
        self.shop.put("orders", order)
        fee = (amount * Decimal("0.015") + Decimal("0.25")).quantize(CENT, ROUND_HALF_UP) if kind == "SALE" else 0
        signed = amount if kind == "SALE" else -amount
        self.note(str(number), event, signed, signed - fee, event.currency)

    def close_day(self, day):
        due = [movement for movement in self.movements if not movement.payout]
        if day.weekday() not in PAYS_ON or not due:
            return
        evening = day + timedelta(hours=20, minutes=59)
        due = [movement for movement in due if movement.moment <= evening]
        if sum(movement.net for movement in due) <= 0:
            return
        made = self._pay_out(self.shop, evening.isoformat())
        self._pay_out(self.shop, payout=str(made["id"]), status="PAID")
        for movement in due:
            movement.payout = str(made["id"])
        amount = Decimal(made["net"].split()[0])
        self.sent.append(Sent(str(made["id"]), amount, "EUR", "SHOPIFY", evening.date(), evening.date()))


class FileBooks(Books):
    """A processor that hands out a file: dates in French, amounts with a comma, a remittance each Monday."""

    kind = "file"
    COLUMNS = ("Date", "Opération", "Transaction", "Commande", "Brut", "Commission", "Net", "Remise")

    def _charge(self, event):
        fee = (event.amount * Decimal("0.008") + Decimal("0.10")).quantize(CENT, ROUND_HALF_UP)
        self.note(event.id, event, event.amount, event.amount - fee, "EUR")

    def _refund(self, event):
        self.note(event.more["of"], event, -event.amount, -event.amount, "EUR")

    def close_day(self, day):
        due = [movement for movement in self.movements if not movement.payout]
        if day.weekday() or not due:
            return
        name = f"REM{day:%Y%m%d}"
        for movement in due:
            movement.payout = name
        amount, last = sum(movement.net for movement in due), max(movement.moment for movement in due)
        shown = (day + timedelta(days=1)).date()
        self.sent.append(Sent(name, amount, "EUR", name, last.astimezone(ZONE).date(), shown))

    def as_csv(self):
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";")
        writer.writerow(self.COLUMNS)
        for movement in self.movements:
            when = movement.moment.astimezone(timezone.utc)
            word = "Paiement" if movement.kind == "charge" else "Remboursement"
            fee = movement.amount - movement.net
            figures = [str(value).replace(".", ",") for value in (movement.amount, fee, movement.net)]
            row = [f"{when:%d/%m/%Y %H:%M:%S}", word, movement.id, movement.sale.number, *figures, movement.payout]
            writer.writerow(row)
        return text.getvalue().encode()


def play(trade, books):
    """Let the month happen: every event into its gateway's books, day by day."""
    for day, events in trade.by_day():
        for event in events:
            if event.gateway in books:
                books[event.gateway].play(event)
        midnight = trade.border.replace(year=day.year, month=day.month, day=day.day)
        for book in books.values():
            book.close_day(midnight)
