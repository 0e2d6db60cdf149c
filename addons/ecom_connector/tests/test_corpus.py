"""Five hundred orders that a real WooCommerce computed, and what they cost in statements."""

import gzip
import json
import os
from pathlib import Path

from odoo.tests import tagged

from ..models.orders.order_prepare import Lookups
from ..platforms.documents import OrderState
from .common import MoneyCase
from .shop_case import woo_order

CONFIRM_BATCH = 12
STATEMENTS_AN_ORDER = 26  # Odoo takes about 64


def contracts():
    """Where the vendors' recordings are: beside the checkout, or where ECOM_CONTRACTS says."""
    checkout = Path(__file__).resolve().parents[3]
    return Path(os.environ.get("ECOM_CONTRACTS") or checkout.parent / "shared" / "contracts")


@tagged("post_install", "-at_install")
class TestCorpus(MoneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        file = contracts() / "woocommerce" / "orders_corpus.jsonl.gz"
        cls.raws, cls.refunds = [], {}
        if not file.is_file():
            return
        with gzip.open(file, "rt") as lines:
            for line in lines:
                raw = json.loads(line)
                raw.pop("_shop")
                if refunds := raw.pop("_refunds", None):
                    cls.refunds[str(raw["id"])] = refunds
                cls.raws.append(raw)

    def setUp(self):
        super().setUp()
        if not self.raws:
            self.skipTest(f"the recorded orders are not in {contracts()} (set ECOM_CONTRACTS)")
        self.yen = self.env.ref("base.JPY")

    def test_all_orders_are_exact_in_memory(self):
        self.yen.rounding = 0.01
        parse = self.channel._platform_class().parse_order
        documents = {self._unsaved(document): document for document in map(parse, self.raws)}
        lookups, channel, Order = Lookups(), self.channel._work_env(), self.env["ecom.order"]
        for step in ("currencies", "products", "taxes", "carriers"):
            getattr(Order, f"_look_up_{step}")(channel, documents, lookups)
        Order._check_residuals(channel, documents, lookups)
        lookups.pricelists = channel._pricelists(lookups.currencies.values())
        self.assertFalse([why for problems in lookups.problems.values() for why in problems])
        for method in ("round_globally", "round_per_line"):
            self.company.tax_calculation_rounding_method = method
            wrong = [
                text for order, document in documents.items() for text in self.differences(order, document, lookups)
            ]
            self.assertFalse(wrong, method)

    def _unsaved(self, document):
        lines = [(0, 0, {"kind": line.kind.value, "external_id": line.external_id}) for line in document.lines]
        return self.env["ecom.order"].new({"channel_id": self.channel.id, "line_ids": lines})

    def test_orders_are_imported_without_one_refused_or_a_cent_lost(self):
        orders = self.receive(self.raws, self.refunds)
        blocked = orders.filtered(lambda order: order.state == "blocked")
        self.assertEqual(set(blocked.mapped("currency_code")), {"JPY"}, self.explain(blocked))
        issues = blocked.issue_ids
        self.assertEqual(set(issues.mapped("code")), {"coarse_currency"})
        issues[0].action_fix()
        self.settle()
        self.assertEqual(set(issues.mapped("state")), {"solved"}, "one click for all orders in yen")
        refused = orders.filtered(lambda order: order.state not in ("settled", "cancelled"))
        self.assertFalse(refused, self.explain(refused))
        documents = {order.external_id: order._document() for order in orders}
        for order in orders:
            document = documents[order.external_id]
            if document.state == OrderState.CANCELLED:
                self.assertFalse(order.sale_order_ids, "an order that failed is no sale")
                continue
            self.assertShopFigures(document, order.sale_order_id)
            self.assertEqual(order.sale_order_id.state, self._state_of(order, document), document.vendor_state)
            self.assertEqual(order.sale_order_id.ecom_awaits_money, bool(order._awaited_payment(document)))
        self._check_refunds(orders)

    def _state_of(self, order, document):
        """A transfer or a cheque that is awaited reserves; other unpaid orders stay quotations."""
        if document.state == OrderState.PENDING:
            return "sale" if order._awaited_payment(document) else "draft"
        return "cancel" if document.state == OrderState.REFUNDED else "sale"

    def _check_refunds(self, orders):
        for order in orders:
            raws = {str(raw["id"]): raw for raw in self.refunds.get(order.external_id, [])}
            self.assertEqual(set(order.refund_ids.mapped("external_id")), set(raws), order.number)
            for refund in order.refund_ids:
                raw = raws[refund.external_id]
                self.assertEqual(f"{refund.amount:.2f}", raw["amount"])
                told = [row for key in ("line_items", "shipping_lines", "fee_lines") for row in raw[key]]
                net = -sum(float(row["total"]) for row in told)
                tax = -sum(float(row["total_tax"]) for row in told)
                self.assertAlmostEqual(sum(line["net"] for line in refund.lines), net, 2)
                self.assertAlmostEqual(sum(line["tax"] for line in refund.lines), tax, 2)
            self.assertAlmostEqual(order.amount_refunded, sum(float(raw["amount"]) for raw in raws.values()), 2)


@tagged("post_install", "-at_install")
class TestStatements(MoneyCase):
    """Set-based work: what settling costs in statements, up to a confirmed and reserved sales order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.skus = [f"SKU-{number}" for number in range(20)]
        products = cls.env["product.product"].create(
            [{"name": sku, "default_code": sku, "is_storable": True, "list_price": 6} for sku in cls.skus]
        )
        location = cls.channel.warehouse_id.lot_stock_id
        for product in products:
            cls.env["stock.quant"]._update_available_quantity(product, location, 10_000)
        cls.next_number = 1

    def test_an_order_costs_few_statements_and_no_more_in_a_larger_batch(self):
        self._statements_an_order(2)  # what Odoo looks up once in a while
        small, large = self._statements_an_order(10), self._statements_an_order(50)
        self.assertLessEqual(large, STATEMENTS_AN_ORDER)
        self.assertLessEqual(large, small * 1.05)

    def _statements_an_order(self, count):
        channel = self.channel._work_env()
        Order = channel.env["ecom.order"]
        Order._stage(channel, [self._raw() for _ in range(count)], {})
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        orders = Order._to_settle(channel, count)
        orders._settle_documents(channel)
        self.env.flush_all()
        for start in range(0, count, CONFIRM_BATCH):
            orders[start : start + CONFIRM_BATCH]._settle_confirm(channel)
            self.env.flush_all()
        statements = (self.env.cr.sql_log_count - before) / count
        self.assertEqual(set(orders.sale_order_ids.picking_ids.mapped("state")), {"assigned"})
        orders._settle_close(channel)
        return statements

    def _raw(self):
        """Three lines for a new customer."""
        number = type(self).next_number
        type(self).next_number += 1
        skus = [self.skus[(number * 3 + index) % len(self.skus)] for index in range(3)]
        raw = woo_order(number, lines=[(sku, 2, "10.00", "2.00") for sku in skus])
        raw["billing"] |= {"email": f"customer{number}@example.com", "last_name": f"Client {number}"}
        raw["shipping"] |= {"last_name": f"Client {number}"}
        return raw
