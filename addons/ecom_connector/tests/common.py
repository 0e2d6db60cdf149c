"""What the tests of money start from: a channel of a French company, and a shop whose orders are generated carts."""

from collections import Counter
from decimal import Decimal
from unittest.mock import patch

from odoo.tests import TransactionCase
from odoo.tools import float_round

from ..models.channels.channel import EcomChannel
from ..platforms.base import Capabilities, Platform
from ..platforms.documents import LineKind
from . import money_carts

CURRENCY_RATES = {"USD": 1.0837, "GBP": 0.8571, "JPY": 163.27, "KRW": 1472.5}


class CartShop(Platform):
    """A shop whose raw orders name a generated cart: reading one makes it. Nothing of it speaks HTTP."""

    code = "carts"
    name = "Carts"
    capabilities = Capabilities()
    credential_fields = ()

    @classmethod
    def parse_order(cls, raw):
        return money_carts.cart(raw["cart"])

    @classmethod
    def order_version(cls, raw):
        return str(raw["cart"]), money_carts.TIME


class MoneyCase(TransactionCase):
    """A connected channel of the French company that creates what it does not know, and currencies with rates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.channel = cls._create_channel()
        for name, rate in CURRENCY_RATES.items():
            currency = cls.env["res.currency"].with_context(active_test=False).search([("name", "=", name)])
            currency.active = True
            currency.rate_ids.unlink()
            cls.env["res.currency.rate"].create(
                {"name": "2020-01-01", "currency_id": currency.id, "rate": rate, "company_id": cls.company.id}
            )

    @classmethod
    def _create_channel(cls, **values):
        return cls.env["ecom.channel"].create(
            {
                "name": "Boutique",
                "url": "http://127.0.0.1:9",
                "state": "connected",
                "import_from": False,
                "product_policy": "create",
                "tax_policy": "create",
                "currency_policy": "activate",
                **values,
            }
        )

    def sell_carts(self):
        """Let the channel's shop be the one of the generated carts, for the rest of the test."""
        self.startPatcher(patch.object(EcomChannel, "_platform_class", lambda _channel: CartShop))

    def receive(self, raws, refunds=None, channel=None):
        """Stage raw orders and settle them, as the orders lane does; return them in the order of their arrival."""
        channel = (channel or self.channel)._work_env()
        Order = channel.env["ecom.order"]
        Order._stage(channel, raws, refunds or {})
        self.settle(channel)
        return Order.search([("channel_id", "=", channel.id)], order="id")

    def settle(self, channel=None, batch=50):
        """Settle whatever was received, in the batches and steps of the orders lane, without its commits."""
        channel = (channel or self.channel)._work_env()
        Order = channel.env["ecom.order"]
        while orders := Order._to_settle(channel, batch):
            for step in ("_settle_documents", "_settle_confirm", "_settle_close"):
                getattr(orders._still("received"), step)(channel)
            self.env.flush_all()

    def explain(self, orders):
        """Why orders were refused, for the message of an assertion."""
        issues = orders.issue_ids.filtered(lambda issue: issue.state == "open" and issue.blocking)
        return "\n".join([str(Counter(issues.mapped("code"))), *issues[:5].mapped("message")])

    # --- figures

    def assertShopFigures(self, document, sale_order):
        """The sales order's total, tax and every line's net and tax are the shop's, to the last digit printed."""
        rounding = Decimal(str(sale_order.currency_id.rounding))
        self.assertEqual(
            (exact(sale_order.amount_total, rounding), exact(sale_order.amount_tax, rounding)),
            (document.total, document.total_tax),
            f"order {document.number}",
        )
        lines = {(line.kind.value, line.external_id): line for line in document.lines}
        shown = sale_order.order_line.filtered("ecom_line_id")
        self.assertEqual(len(shown), len(lines), f"order {document.number}")
        for line in shown:
            shop_line = lines[line.ecom_line_id.kind, line.ecom_line_id.external_id]
            self.assertEqual(
                (exact(line.price_subtotal, rounding), exact(line.price_tax, rounding)),
                (shop_line.net, shop_line.tax),
                f"order {document.number}, {shop_line.kind.value} {shop_line.external_id}",
            )

    # --- Odoo's tax engine on values that are not stored

    def differences(self, order, document, lookups):
        """What Odoo would compute otherwise than the shop printed it, in words."""
        currency = lookups.currencies[document.currency]
        rounding = Decimal(str(currency.rounding))
        values = order._prepare_sale_lines_vals(self.channel, document, lookups, lookups.pricelists[currency])
        rate = order._currency_rate(document, currency)
        shown = [self._base_line(vals, currency, rate) for vals in values if "display_type" not in vals]
        Tax = self.env["account.tax"]
        Tax._add_tax_details_in_base_lines(shown, self.company)
        for base_line, line in zip(shown, document.lines, strict=False):
            # A line of a sales order is computed by itself, the order from all lines.
            Tax._round_base_lines_tax_details([base_line], self.company)
            details = base_line["tax_details"]
            found = details["total_excluded_currency"], sum(tax["tax_amount_currency"] for tax in details["taxes_data"])
            if tuple(exact(amount, rounding) for amount in found) != (line.net, line.tax):
                yield f"{document.number} line {line.external_id}: {found}, not {line.net} + {line.tax}"
        Tax._round_base_lines_tax_details(shown, self.company)
        summary = Tax._get_tax_totals_summary(shown, currency, self.company)
        found = summary["total_amount_currency"], summary["tax_amount_currency"]
        if tuple(exact(amount, rounding) for amount in found) != (document.total, document.total_tax):
            yield f"{document.number}: {found}, not {document.total} with {document.total_tax}"
        taxes = {}
        for base_line in shown:
            for tax in base_line["tax_details"]["taxes_data"]:
                taxes[tax["tax"]] = taxes.get(tax["tax"], 0) + tax["tax_amount_currency"]
        codes = {tax: key.code for key, tax in lookups.taxes.items()}
        yield from self._tax_differences(document, taxes, codes, rounding)

    def _base_line(self, vals, currency, rate):
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return self.env["account.tax"]._prepare_base_line_for_taxes_computation(
            {
                "tax_ids": self.env["account.tax"].browse(vals["tax_ids"][0][2]),
                "quantity": float_round(vals["product_uom_qty"], precision_digits=digits),
                "price_unit": vals["price_unit"],
                "discount": vals["discount"],
                "extra_tax_data": vals["extra_tax_data"],
                "currency_id": currency,
            },
            rate=rate,
        )

    def _tax_differences(self, document, taxes, codes, rounding):
        """Which of the shop's taxes are not the sum of our taxes, ``{account.tax: amount}``, of that code."""
        found = {}
        for tax, amount in taxes.items():
            found[codes[tax]] = found.get(codes[tax], 0) + amount
        for code, amount in expected_taxes(document).items():
            if exact(found.get(code, 0), rounding) != amount:
                yield f"{document.number} {code}: {found.get(code, 0)}, not {amount}"


def exact(amount, rounding):
    """A float of Odoo's as the decimal that it stands for: its noise is far below a hundredth of the rounding."""
    step = rounding / 100
    return (Decimal(amount) / step).to_integral_value() * step


def expected_taxes(document):
    """What the order's taxes have to be: the shop's summary, whose missing cent is on the largest of them."""
    amounts = {summary.code: summary.amount for summary in document.taxes}
    difference = document.total_tax - sum(amounts.values())
    if difference:
        amounts[max(amounts, key=lambda code: (abs(amounts[code]), code))] += difference
    return amounts


__all__ = ["CartShop", "LineKind", "MoneyCase", "exact", "expected_taxes"]
