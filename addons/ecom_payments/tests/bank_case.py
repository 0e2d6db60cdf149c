"""What the tests of the bank start from: a bank, its lines, and orders that customers pay by transfer."""

from datetime import date

from freezegun import freeze_time
from odoo.addons.ecom_connector.tests.shop_case import woo_order

from .payments_case import PaymentsCase

AWAITED = {
    "status": "on-hold",
    "date_paid_gmt": None,
    "payment_method": "bacs",
    "payment_method_title": "Virement",
    "transaction_id": "",
}


class BankCase(PaymentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.env["account.journal"].create({"name": "Banque", "type": "bank", "code": "BQ9"})

    def bank_line(self, amount, label, day=(11, 5), **values):
        return self.env["account.bank.statement.line"].create(
            {"journal_id": self.bank.id, "amount": amount, "payment_ref": label, "date": date(2026, *day)} | values
        )

    def payout(self, number=1, day=(11, 5), **values):
        self.order(number)
        self.charge(number, payout_id=f"po_{number:08d}")
        self.pays_out(f"po_{number:08d}", day=day, **values)
        self.look()
        return self.env["ecom.payout"].search([("external_id", "=", f"po_{number:08d}")])

    @freeze_time("2026-11-02 10:00:00")
    def awaited(self, *numbers, name="Marie Durand", **changes):
        """Orders of 16.80 that their customer pays by transfer."""
        first, last = name.split()
        raws = [woo_order(number, **AWAITED | changes) for number in numbers]
        for raw in raws:
            raw["billing"] |= {"first_name": first, "last_name": last, "email": f"{first}.{last}@example.com".lower()}
        return self.receive(*raws)

    def desk(self):
        return self.env["ecom.bank.desk"]


class AwaitedCase(BankCase):
    """An order whose customer pays by transfer waits for its money before each test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls().awaited(1)


class PaidOutCase(BankCase):
    """The gateway paid out an order's payment, and the bank has not shown it, before each test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        shop = cls()
        shop.start_gateways()
        cls.paid_out = shop.payout()
