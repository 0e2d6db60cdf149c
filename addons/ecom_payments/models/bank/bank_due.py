from collections import defaultdict
from decimal import Decimal

from odoo import models

from ...matching.evidence import Standing


def exact(amount, currency):
    """An amount of Odoo as the decimal that it stands for."""
    return Decimal(f"{amount:.{currency.decimal_places}f}")


class EcomOrder(models.Model):
    _inherit = "ecom.order"

    def _bank_means(self):
        """``[(key, amount)]`` of the means of payment whose money the bank shows, order by order or in sums."""
        self.ensure_one()
        mappings = {mapping.code: mapping for mapping in self.channel_id.mapping_payment_ids if mapping._seen_at_bank()}
        return [
            (f"{index}:{payment['method']}", Decimal(payment["amount"]))
            for index, payment in enumerate(self.payments or ())
            if payment["method"] in mappings
        ]

    def _bank_mapping(self):
        codes = [payment["method"] for payment in self.payments or ()]
        return self.channel_id.mapping_payment_ids.filtered(
            lambda mapping: mapping.code in codes and mapping._seen_at_bank()
        )[:1]

    def _paid_through_gateway(self):
        """Whether a gateway that tells of its transactions collects the money: it arrives with a payout."""
        codes = [payment["method"] for payment in self.payments or ()]
        return any(
            mapping.gateway_id.collects for mapping in self.channel_id.mapping_payment_ids if mapping.code in codes
        )

    def _dues(self):
        """``{order: (what it owes, how it stands)}``; what it cost where it is paid or cancelled."""
        paid = defaultdict(list)
        for payment in self.account_payment_ids:
            if payment.state in ("in_process", "paid"):
                paid[payment.ecom_order_id].append(payment)
        open_amounts = defaultdict(Decimal)
        for invoice in self.env["ecom.bank.claim"]._invoices(self):
            open_amounts[invoice.ecom_order_id] += exact(invoice.amount_residual, invoice.currency_id)
        dues = {}
        for order in self.filtered("currency_id"):
            means, currency = order._bank_means(), order.currency_id
            total = sum((amount for _key, amount in means), Decimal(0)) or exact(order.amount_total, currency)
            keys = {key for key, _amount in means}
            received = sum(
                (
                    exact(payment.amount_signed, currency)
                    for payment in paid[order]
                    if payment.currency_id == currency
                    and (not means or payment.ecom_payment_key in keys or payment.ecom_from_line_id)
                ),
                Decimal(0),
            )
            due = total - received
            if order in open_amounts and set(order.sale_order_ids.mapped("invoice_status")) <= {"invoiced"}:
                due = min(due, open_amounts[order])
            if not means and order.paid_at and order not in open_amounts:
                due = Decimal(0)
            live = order.sale_order_ids.filtered(lambda sale: sale.state != "cancel")
            if total <= 0:
                continue
            if due > 0:
                standing = Standing.OPEN if live else Standing.CANCELLED
            else:
                due, standing = total, Standing.PAID
            dues[order] = due, standing
        return dues

    def _owing(self):
        """Those whose money is awaited."""
        return self.browse([order.id for order, (_due, standing) in self._dues().items() if standing is Standing.OPEN])

    def _handed_over(self):
        """Who hands its money over in sums, and since when: a carrier, once it has the parcel. Empty: nobody does."""
        mapping = self._bank_mapping()
        gatherer = mapping.gateway_id._gathers()
        if not gatherer or mapping.waits_for_money:
            return gatherer, self._ordered_day()
        shipped = self.sale_order_ids.picking_ids.filtered(
            lambda picking: picking.state == "done" and picking.picking_type_code == "outgoing"
        )
        if not shipped:
            return "", self._ordered_day()
        return gatherer, self.company_id._ecom_day(min(shipped.mapped("date_done")))

    def _ordered_day(self):
        return self.company_id._ecom_day(self.ordered_at or self.create_date)


class EcomPaymentMapping(models.Model):
    _inherit = "ecom.payment.mapping"

    def _seen_at_bank(self):
        """Whether the money of this means is a line of the bank, by itself or with others'."""
        return self.gateway_id._seen_singly() if self.gateway_id else self.waits_for_money


class EcomGateway(models.Model):
    _inherit = "ecom.gateway"

    def _seen_singly(self):
        """Whether its payments are matched with the bank one by one, and not through payouts."""
        if not self:
            return False
        capabilities = self._gateway_class().capabilities
        return capabilities.bank or capabilities.collected

    def _gathers(self):
        """Its mark where somebody hands its money over in sums, else nothing."""
        return f"gateway:{self.id}" if self and self._gateway_class().capabilities.collected else ""


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _waiting_items(self):
        """``{payment: its journal item that waits for the bank}``."""
        items = self.env["account.move.line"].search(
            [
                ("move_id", "in", self.move_id.ids),
                ("account_id", "in", self.outstanding_account_id.ids),
                ("account_id.reconcile", "=", True),
                ("reconciled", "=", False),
                ("parent_state", "=", "posted"),
            ]
        )
        return {
            item.move_id.origin_payment_id: item
            for item in items
            if item.account_id == item.move_id.origin_payment_id.outstanding_account_id
        }
