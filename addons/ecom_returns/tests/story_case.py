"""What the stories of returns check at every end: shelves, books, money, what the shop is told, and what it cost."""

from collections import defaultdict
from contextlib import contextmanager

from odoo import Command
from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.addons.ecom_stock_sync.tests.stock_case import StockCase

from .money_case import MoneyReturnsCase, PayingShop

MOST_STATEMENTS = 800
"""For taking back, crediting and paying back a return of up to three lines, the first of the kind; of one line it takes
half. See ``test_story_queries`` for what Odoo's own wizards take."""
RATES = {"20": 1, "10": 2, "5.5": 3}  # {rate: the shop's id of it}


class StoryCase(MoneyReturnsCase):
    """Goods whose cost is in the books, on offer on a shop that is told the stock."""

    catch_up, level = StockCase.catch_up, StockCase.level

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        account = cls.env["account.account"].create
        cls.stock_account = account({"name": "Stock", "code": "310900", "account_type": "asset_current"})
        cls.cost_account = account({"name": "Cost", "code": "607900", "account_type": "expense_direct_cost"})
        goods = cls.env["product.category"].create(
            {
                "name": "Goods",
                "property_valuation": "real_time",
                "property_cost_method": "standard",
                "property_stock_valuation_account_id": cls.stock_account.id,
                "property_account_expense_categ_id": cls.cost_account.id,
            }
        )
        products = cls.mug | cls.pen | cls.phone | cls.tea
        products.write({"categ_id": goods.id, "standard_price": 3})
        # What comes in and what goes back passes the same account, as with a gateway.
        clearing = account({"name": "Clearing", "code": "511900", "account_type": "asset_current", "reconcile": True})
        lines = (cls.bank | cls.cards).inbound_payment_method_line_ids | (
            cls.bank | cls.cards
        ).outbound_payment_method_line_ids
        lines.payment_account_id = clearing
        cls.channel.stock_push = True
        cls.offers = {
            product: StockCase.sell.__func__(cls, product, str(number)) for number, product in enumerate(products, 10)
        }

    # === THE STORY === #

    @contextmanager
    def counted(self, most=MOST_STATEMENTS):
        """What happens inside takes no more statements than that."""
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        yield
        self.env.flush_all()
        self.assertLessEqual(self.env.cr.sql_log_count - before, most)

    def go_through(self, order, quantities=None, **values):
        """A return of goods without numbers, from the request to the money: approved, received, as new, paid back."""
        with self.counted():
            found = self.returned(order, quantities, **values)
            found.action_settle()
        self.tell()
        return found

    def taxed_order(self, number, *lines):
        """An order of lines at several rates; each (SKU, quantity, list price, net, rate), the discount between."""
        lines = [
            (sku, quantity, listed, net, rate, float(net) * float(rate) / 100)
            for sku, quantity, listed, net, rate in lines
        ]
        raw = woo_order(number, [(sku, quantity, net, f"{tax:.2f}") for sku, quantity, _l, net, _r, tax in lines])
        taxes = defaultdict(float)
        for row, (*_line, listed, _net, rate, tax) in zip(raw["line_items"], lines, strict=True):
            row["subtotal"], row["subtotal_tax"] = listed, f"{float(listed) * float(rate) / 100:.2f}"
            row["taxes"] = [{"id": RATES[rate], "total": f"{tax:.2f}", "subtotal": row["subtotal_tax"]}]
            taxes[rate] += float(f"{tax:.2f}")
        raw["tax_lines"] = [
            raw["tax_lines"][0]
            | {
                "rate_id": RATES[rate],
                "rate_code": f"FR-TVA-{RATES[rate]}",
                "rate_percent": float(rate),
                "tax_total": f"{tax:.2f}",
                "shipping_tax_total": "0.80" if rate == "20" else "0.00",
            }
            for rate, tax in taxes.items()
        ]
        return raw

    # === WHAT IS CHECKED === #

    def entries(self, order):
        """All that is posted of an order and its exchange: invoices, credit notes, payments."""
        sales = order.sale_order_ids | order.sale_order_id.ecom_return_ids.exchange_order_id
        refunds = order.sale_order_id.ecom_return_ids.refund_ids
        payments = order.account_payment_ids | refunds.account_payment_id
        return (sales.invoice_ids | payments.move_id).filtered(lambda move: move.state == "posted")

    def books(self, moves):
        """``{account: balance}`` of what is not even."""
        found = defaultdict(float)
        for line in moves.line_ids:
            found[line.account_id] += line.balance
        return {account: round(balance, 2) for account, balance in found.items() if round(balance, 2)}

    def costs(self, moves):
        """What these entries moved between stock and cost: (stock, cost)."""
        books = self.books(moves)
        return books.get(self.stock_account, 0), books.get(self.cost_account, 0)

    def taxes(self, moves):
        """``{rate: (base, tax)}`` as the books say, positive for what was credited."""
        found = defaultdict(lambda: [0, 0])
        for line in moves.line_ids:
            if line.tax_line_id:
                found[line.tax_line_id.amount][1] += line.balance
            for tax in line.tax_ids:
                found[tax.amount][0] += line.balance
        return {rate: (round(base, 2), round(tax, 2)) for rate, (base, tax) in found.items()}

    def on_hand(self, product, place):
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "child_of", place.id)]
        )
        return sum(quants.mapped("quantity"))

    def places(self, product):
        """How many lie on the shelf and wait to be inspected, and how many the shop shows."""
        self.catch_up()
        quarantine = self.channel.warehouse_id._ecom_place("ecom_quarantine_id")
        shown = self.level(self.offers[product]).quantity
        return self.on_hand(product, self.shelf), self.on_hand(product, quarantine), shown

    def told(self):
        """What the shop paid back: its amounts, in order."""
        return [str(refund.amount) for refund in PayingShop.made.values()]

    def assertEven(self, order):
        """All is as if the order had never been: every account of its entries is at zero, nothing is to be billed."""
        self.assertEqual(self.books(self.entries(order)), {})
        self.assertFalse(
            self.entries(order).line_ids.filtered(
                lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
            )
        )
        self.assertEqual(set(order.sale_order_id.order_line.mapped("qty_to_invoice")), {0})

    def exchange_for(self, order, product):
        """A return of one mug against one of ``product``."""
        line = {"sale_line_id": self.sold(order).id, "quantity": 1, "exchange_product_id": product.id}
        return self.ask(order, wish="exchange", line_ids=[Command.create(line)])
