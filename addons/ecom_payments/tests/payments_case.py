"""What the tests of payments start from: a gateway that answers what it was told to, and orders paid through it."""

import time
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.addons.ecom_connector.platforms.facts import ConnectionReport
from odoo.addons.ecom_connector.tests.shop_case import ShopCase, woo_order
from odoo.addons.ecom_payments.gateways import base, documents

from ..models.bank import bank_claim, bank_match
from ..models.gateways.gateway_lane import EcomGateway
from ..models.payouts import payout_import, payout_spent
from ..models.transactions import transaction_match


def at(day, hour=10, minute=0):
    """A moment, from ``(month, day)`` of 2026 or a date."""
    day = date(2026, *day) if isinstance(day, tuple) else day
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=timezone.utc)


class FakeGateway(base.Gateway):
    """A gateway without HTTP: raw answers are documents in a dict, one page each time it is asked."""

    code = "fake"
    name = "Fake"
    capabilities = base.GatewayCapabilities(
        transactions=True, payouts=True, composition=True, disputes=True, page_size=50
    )
    credential_fields = (base.CredentialField("secret_key", "Secret key", secret=True),)

    transactions = []
    payouts = []
    disputes = []
    calls = []
    complete_until = None

    def test_connection(self):
        return ConnectionReport("ok" if self.credentials.get("secret_key") != "wrong" else "bad_key")

    def read_transactions(self, since, cursor=""):
        FakeGateway.calls.append(("transactions", since, cursor))
        return self._page([row for row in self.transactions if row.occurred_at >= since], cursor)

    def read_payouts(self, since, cursor=""):
        FakeGateway.calls.append(("payouts", since, cursor))
        return self._page([row for row in self.payouts if row.created_at >= since], cursor)

    def read_payout_transactions(self, payout_id, cursor=""):
        FakeGateway.calls.append(("composition", payout_id, cursor))
        return self._page([row for row in self.transactions if row.payout_id == payout_id], cursor)

    def read_disputes(self, since, cursor=""):
        FakeGateway.calls.append(("disputes", since, cursor))
        return self._page(self.disputes, cursor)

    def _page(self, rows, cursor):
        start, size = int(cursor or 0), self.capabilities.page_size
        more = str(start + size) if start + size < len(rows) else ""
        raws = tuple({"id": row.external_id, "document": row} for row in rows[start : start + size])
        return documents.Page(raws, more, FakeGateway.complete_until)

    @classmethod
    def parse_transaction(cls, raw):
        if raw["document"].description == "unreadable":
            raise ValueError("net: not a number")
        return raw["document"]

    @classmethod
    def parse_payout(cls, raw):
        return raw["document"]

    parse_dispute = parse_payout


class RunningBalance(FakeGateway):
    """Pays out of a running balance, and does not say what a payout is made of."""

    code = "running"
    name = "Running"
    capabilities = base.GatewayCapabilities(transactions=True, payouts=True)


class PaymentsCase(ShopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for declared in (FakeGateway, RunningBalance):
            cls.startClassPatcher(patch.dict(base._GATEWAYS, {declared.code: declared}))
        cls.startClassPatcher(patch.object(EcomGateway, "_in_transaction", lambda _gateway, work: work()))
        cls.startClassPatcher(patch.object(EcomGateway, "_before_http", lambda _gateway: None))
        cls._look_back_to_then()
        cls.gateway = cls._set_up("fake")
        cls.channel.invoice_policy = "confirmed"

    @classmethod
    def _look_back_to_then(cls):
        """All happens in the autumn of 2026: what looks back from today looks back as far as it would have then."""
        later = max(date.today() - date(2026, 11, 30), timedelta())
        for module, window in (
            (transaction_match, "KEEP_TRYING"),
            (payout_import, "KEEP_TRYING"),
            (payout_spent, "KEEP_TRYING"),
            (bank_claim, "LOOK_BACK"),
            (bank_match, "LATE"),
        ):
            cls.startClassPatcher(patch.object(module, window, getattr(module, window) + later))

    @classmethod
    def _set_up(cls, kind, **values):
        wizard = cls.env["ecom.gateway.setup"].create(
            {
                "kind": kind,
                "name": "Carte",
                "journal_code": "CART",
                "channel_ids": [Command.set(cls.channel.ids)],
                "mapping_ids": [
                    Command.create({"channel_id": cls.channel.id, "code": f"{'' if kind == 'fake' else kind}stripe"})
                ],
            }
        )
        wizard.action_set_up()
        gateway = wizard.gateway_id
        gateway.write({"import_from": "2026-01-01 00:00:00", "state": "connected"} | values)
        return gateway

    def setUp(self):
        super().setUp()
        self.start_gateways()

    def start_gateways(self):
        """They have nothing to tell yet."""
        FakeGateway.transactions, FakeGateway.payouts, FakeGateway.disputes, FakeGateway.calls = [], [], [], []
        FakeGateway.complete_until = None

    def look(self, gateway=None):
        """Let the gateway's lane run."""
        gateway = (gateway or self.gateway)._work_env()
        gateway._note_success(gateway._look(time.monotonic() + 600))
        self.env.flush_all()

    def settle(self):
        """Let the orders lane run over what was put before it."""
        channel = self.channel._work_env()
        orders = channel.env["ecom.order"]._to_settle(channel, 1000)
        for step in ("_settle_documents", "_settle_confirm", "_settle_close"):
            getattr(orders._still("received"), step)(channel)
        orders.flush_recordset()
        return orders

    def order(self, number, **changes):
        """An order of 16.80 that was paid through the gateway."""
        return self.orders([number], **changes)

    def orders(self, numbers, **changes):
        """Such orders, taken in together."""
        return self.receive(*(woo_order(number, **changes) for number in numbers))

    def tells(self, external_id, amount, fee="0", kind="charge", day=(11, 2), **values):
        """Have the gateway tell of a transaction."""
        amount, fee = Decimal(amount), Decimal(fee)
        moment = values.pop("occurred_at", None) or at(day)
        row = documents.TransactionDocument(
            **{
                "external_id": external_id,
                "kind": documents.TransactionKind(kind),
                "amount": amount,
                "fee": fee,
                "net": amount - fee,
                "currency": "EUR",
                "occurred_at": moment,
            }
            | values
        )
        FakeGateway.transactions = [*FakeGateway.transactions, row]
        return row

    def charge(self, number, amount="16.80", fee="0.50", **values):
        """The gateway's side of an order's payment."""
        reference = values.pop("reference", f"ch_{number}")
        return self.tells(f"txn_{number}", amount, fee, **{"reference": reference, "source_id": reference} | values)

    def pays_out(self, external_id, day=(11, 5), amount=None, **values):
        """Have the gateway pay out whatever names this payout."""
        rows = [row for row in FakeGateway.transactions if row.payout_id == external_id]
        FakeGateway.payouts = [
            *FakeGateway.payouts,
            documents.PayoutDocument(
                **{
                    "external_id": external_id,
                    "amount": Decimal(amount) if amount else sum((row.net for row in rows), Decimal(0)),
                    "currency": "EUR",
                    "arrival_date": at(day).date(),
                    "status": documents.PayoutStatus.PAID,
                    "created_at": at(day, 1),
                    "statement_label": "CARTE PAYOUT",
                    "transaction_id": f"txn_{external_id}",
                }
                | values
            ),
        ]

    def disputes(self, external_id, number, status="needs_response", day=(11, 10), **values):
        """Have the gateway tell of a dispute over an order's payment, in place of what it told before."""
        told = [row for row in FakeGateway.disputes if row.external_id != external_id]
        document = documents.DisputeDocument(
            **{
                "external_id": external_id,
                "charge_id": f"ch_{number}",
                "amount": Decimal("16.80"),
                "currency": "EUR",
                "status": documents.DisputeStatus(status),
                "opened_at": at(day),
                "reason": "fraudulent",
                "reference": f"ch_{number}",
                "references": (f"ch_{number}",),
                "evidence_due_by": at((11, 20), 23),
            }
            | values
        )
        FakeGateway.disputes = [*told, document]

    def payout(self, external_id="po_1"):
        return self.env["ecom.payout"].search([("external_id", "=", external_id)])

    def entry(self, move):
        """An entry as ``{account's first digits: balance}``, sums by account."""
        sums = {}
        for line in move.line_ids:
            code = line.account_id.code[:3]
            sums[code] = round(sums.get(code, 0) + line.balance, 2)
        return {code: balance for code, balance in sums.items() if balance}

    def transaction(self, external_id):
        return self.env["ecom.gateway.transaction"].search([("external_id", "=", external_id)])

    def balance(self, account, **domain):
        """What an account holds, posted entries only."""
        lines = self.env["account.move.line"].search([("account_id", "=", account.id), ("parent_state", "=", "posted")])
        return round(sum(lines.mapped("balance")), 2)


class PaidOrderCase(PaymentsCase):
    """An order that was paid through the gateway, which has not told of it, is here before each test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls().order(1)
