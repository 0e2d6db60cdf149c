import os
import random
import time
from contextlib import suppress

from odoo.tests import tagged

from ..models.gateways.gateway_lane import EcomGateway
from .month_case import MonthCase

PROVE = os.environ.get("ECOM_PROVE") == "1"
COUNT, FEW = (5000, 600) if PROVE else (60, 30)
SHARE = 0.98
KILLED = 0.3
"""How often a step is killed."""


class Killed(BaseException):
    """The process ended here; whatever was committed before stays."""


@tagged("post_install", "-at_install")
class TestMonth(MonthCase):
    """A month of trade: three shops, five gateways, four currencies, over the border of two months."""

    def tell_all(self):
        """In the order in which it happened."""
        self.take_orders()
        self.invoice(self.paid(invoiced_first=True))
        self.bring_file()
        self.ask_gateways()
        self.bank_tells()
        self.ask_gateways()
        self.invoice(self.paid(invoiced_first=False))

    def paid(self, invoiced_first):
        return [
            sale
            for sale in self.trade.sales
            if sale.invoiced_first == invoiced_first and sale.gateway != "bank_transfer"
        ]

    def test_every_cent_of_a_month_is_explained_and_told_again_it_stays_so(self):
        self.begin(COUNT)
        started, cpu, statements = time.monotonic(), time.process_time(), self.env.cr.sql_log_count
        self.tell_all()
        told = f"told in {time.monotonic() - started:.0f} s, {time.process_time() - cpu:.0f} s of CPU besides the"
        told += f" database's, {self.env.cr.sql_log_count - statements} statements"
        share = self.check()
        if PROVE:
            self.assertGreaterEqual(share, SHARE)
            print(f"\n{COUNT} orders: {share:.2%} matched, {told}")  # pylint: disable=print-used
        self.tell_once_more()

    def tell_once_more(self):
        """It changes nothing."""
        before = self.books_in_odoo()
        for gateway in self.gateways.values():
            gateway.progress = False
        self.bring_file()
        self.ask_gateways()
        self.assertEqual(self.books_in_odoo(), before)
        self.check()

    def test_told_in_disorder_it_comes_to_the_same(self):
        """Payouts before their payments, refunds before what they refund, orders after all of it."""
        self.begin(FEW, seed=3)
        self.bank_tells()
        model = type(self.env["ecom.gateway"])
        in_order = model._list

        def without_transactions(gateway, flow, *arguments):
            return False if flow == "transactions" else in_order(gateway, flow, *arguments)

        self.bring_file()
        self.patch(model, "_list", without_transactions)
        self.ask_gateways(["file", "stripe", "shopify_payments"])
        self.patch(model, "_list", in_order)
        sales = [sale for sale in self.trade.sales if sale not in self.trade.twins]
        random.Random(3).shuffle(sales)
        for part in (sales[::2], [*sales[1::2], *self.trade.twins]):
            self.take_orders(part)
            self.invoice([sale for sale in self.paid(invoiced_first=True) if sale in part])
            self.ask_gateways()
        self.invoice(self.paid(invoiced_first=False))
        self.ask_gateways()
        self.check()

    def test_killed_at_any_step_it_comes_to_the_same(self):
        self.begin(FEW, seed=4)
        chance = random.Random(4)

        def killed_now_and_then(_gateway, work):
            dice = chance.random()
            if dice < KILLED / 2:  # before it is committed
                with suppress(Killed), self.env.cr.savepoint():
                    work()
                    raise Killed
                raise Killed
            found = work()
            self.env.flush_all()
            if dice < KILLED:
                raise Killed
            return found

        self.patch(EcomGateway, "_in_transaction", killed_now_and_then)
        self.take_orders()
        self.invoice(self.paid(invoiced_first=True))
        self.bring_file()
        self.bank_tells()
        for _round in range(2):
            for kind in self.gateways:
                self.until_it_lives(kind)
        self.invoice(self.paid(invoiced_first=False))
        self.check()

    def until_it_lives(self, kind):
        for _try in range(1000):
            with suppress(Killed):
                self.look(self.gateways[kind])
                return
            self.env.invalidate_all()
        self.fail(f"{kind} never came to an end")
