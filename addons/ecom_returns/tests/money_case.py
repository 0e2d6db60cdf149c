"""What the tests of money start from: orders that are invoiced and paid, and a shop that pays back or refuses."""

from unittest.mock import patch

from odoo import Command
from odoo.addons.ecom_connector.models.channels.channel import EcomChannel
from odoo.addons.ecom_connector.platforms.base import CommandResult
from odoo.addons.ecom_connector.platforms.woocommerce import WooCommerce
from odoo.addons.ecom_connector.tests.shop_case import woo_order

from .returns_case import ReturnsCase


class PayingShop(WooCommerce):
    """A shop without HTTP, as far as refunds go: it pays each key once, or says what it was told to."""

    made = {}  # {key: RefundCommand}
    answers = []  # what it says next, before it pays

    def push_refunds(self, refunds):
        results = []
        for refund in refunds:
            if PayingShop.answers:
                results.append(PayingShop.answers.pop(0))
                continue
            PayingShop.made.setdefault(refund.key, refund)
            results.append(CommandResult(ok=True, external_id=f"re_{list(PayingShop.made).index(refund.key)}"))
        return results


class MoneyReturnsCase(ReturnsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.invoice_policy = "confirmed"
        company = [("company_id", "=", cls.env.company.id)]
        cls.bank = cls.env["account.journal"].search([("type", "=", "bank"), *company], limit=1)
        cls.cards = cls.env["account.journal"].create({"name": "Gift cards", "type": "bank", "code": "GIFT"})
        cls.channel.mapping_payment_ids = [
            Command.create({"code": "stripe", "journal_id": cls.bank.id}),
            Command.create({"code": "gift_card", "journal_id": cls.cards.id}),
        ]
        cls.startClassPatcher(patch.object(EcomChannel, "_platform_class", lambda _channel: PayingShop))

    def setUp(self):
        super().setUp()
        PayingShop.made, PayingShop.answers = {}, []

    def tell(self):
        """Let the commands lane tell the shop of refunds, without its commits."""
        channel = self.channel._work_env()
        self.startPatcher(patch.object(type(channel), "_in_transaction", lambda _channel, work: work()))
        shop = PayingShop.__new__(PayingShop)
        while commands := channel.env["ecom.command"]._due(channel, "refund", 20):
            channel._send(shop, "refund", commands)
            self.env.flush_all()
        self.env.invalidate_all()

    def returned(self, order, quantities=None, **values):
        """A return whose goods are here and as new."""
        found = self.ask(order, quantities, **values)
        if found.state == "requested":
            found.action_approve()
        if found.state == "awaiting":
            found.action_receive_all()
            found.action_restock_all()
        return found

    def credited(self, order):
        """Net and tax of all credit notes of an order."""
        notes = order.sale_order_id.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        return round(sum(notes.mapped("amount_untaxed")), 2), round(sum(notes.mapped("amount_tax")), 2)

    def paid(self, order):
        invoices = order.sale_order_id.invoice_ids.filtered(lambda move: move.move_type == "out_invoice")
        return round(sum(invoices.mapped("amount_untaxed")), 2), round(sum(invoices.mapped("amount_tax")), 2)

    # === MADE ON THE SHOP === #

    def refund_on_shop(self, number, refund, lines=(("MUG", 2, "10.00", "2.00"),), **changes):
        summary = {"id": refund["id"], "reason": refund.get("reason", ""), "total": f"-{refund['amount']}"}
        values = {"refunds": [summary], "date_modified_gmt": "2026-11-20T10:00:00", **changes}
        return self.receive(woo_order(number, lines, **values), refunds={str(number): [refund]})

    def shop_refund(self, refund_id, amount, *lines, **values):
        """``lines`` are (line id, quantity, net, tax)."""
        return {
            "id": refund_id,
            "amount": amount,
            "date_created_gmt": "2026-11-20T10:00:00",
            "line_items": [
                {
                    "quantity": -quantity,
                    "total": f"-{net}",
                    "total_tax": f"-{tax}",
                    "meta_data": [{"key": "_refunded_item_id", "value": str(line)}],
                }
                for line, quantity, net, tax in lines
            ],
            "meta_data": [],
            **values,
        }
