from decimal import Decimal

from odoo import Command, fields, models
from odoo.addons.ecom_connector.decisions import totals
from odoo.exceptions import UserError


class EcomReturnLine(models.Model):
    _inherit = "ecom.return.line"

    exchange_product_id = fields.Many2one(
        "product.product",
        string="Exchanged For",
        domain="[('sale_ok', '=', True)]",
        index="btree_not_null",
        help="What the customer gets instead. Empty: the same again.",
    )


class EcomReturn(models.Model):
    """An exchange: a new order beside the return, and the difference is charged or paid back."""

    _inherit = "ecom.return"

    exchange_order_id = fields.Many2one(
        "sale.order", readonly=True, copy=False, index="btree_not_null", check_company=True
    )

    def write(self, vals):
        """What goes out instead is paid with what comes back: there is no other wish beside it."""
        for order in self.filtered(lambda order: order._exchange_sent() and order.wish != vals.get("wish", order.wish)):
            raise UserError(
                self.env._(
                    "Return %(number)s: order %(order)s goes out in exchange. Cancel that order first, then change "
                    "what the customer wishes.",
                    number=order.name,
                    order=order.exchange_order_id.name,
                )
            )
        return super().write(vals)

    def _exchange_sent(self):
        """Whether there is an order of what goes out instead."""
        self.ensure_one()
        return bool(self.exchange_order_id) and self.sudo().exchange_order_id.state != "cancel"

    # === BUTTONS === #

    def action_exchange(self):
        """Send what the customer gets instead, now: before or after the goods are here."""
        self.check_access("write")
        for order in self:
            order._expect("approved", "awaiting", "received", "inspected")
            if order.wish != "exchange" or order.settled_at:
                raise UserError(self.env._("Return %(number)s is no exchange, or settled already.", number=order.name))
            order.sudo()._send_exchange()
        return self[:1].action_open_exchange()

    def action_open_exchange(self):
        self.ensure_one()
        return self.exchange_order_id.get_formview_action()

    # === STEPS === #

    def _send_exchange(self):
        """The order of what goes out instead, once; the same goods cost what was paid for them."""
        self.ensure_one()
        if self._exchange_sent():
            return
        sold = self.sale_order_id
        self.exchange_order_id = self.env["sale.order"].create(
            {
                "partner_id": sold.partner_id.id,
                "partner_invoice_id": sold.partner_invoice_id.id,
                "partner_shipping_id": sold.partner_shipping_id.id,
                "company_id": sold.company_id.id,
                "warehouse_id": sold.warehouse_id.id,
                "pricelist_id": sold.pricelist_id.id,
                "currency_id": sold.currency_id.id,
                "fiscal_position_id": sold.fiscal_position_id.id,
                "team_id": sold.team_id.id,
                "origin": self.name,
                "client_order_ref": self.name,
                "order_line": [Command.create(line._prepare_exchange_line()) for line in self.line_ids],
            }
        )
        self.exchange_order_id.action_confirm()

    def _settle_exchange(self, credit_notes):
        """Set the credit off against the new order. :return: what is left to pay back, ``Decimal``"""
        self._send_exchange()
        if self.exchange_order_id.invoice_status == "to invoice":
            self.exchange_order_id._create_invoices().action_post()
        credit = sum((Decimal(str(move.amount_total)) for move in credit_notes), Decimal(0))
        return max(credit - Decimal(str(self.exchange_order_id.amount_total)), Decimal(0))


class EcomReturnLineExchange(models.Model):
    _inherit = "ecom.return.line"

    def _prepare_exchange_line(self):
        """The same product at the price that was paid, another one at the price list's."""
        self.ensure_one()
        sold = self.sale_line_id
        product = self.exchange_product_id or self.product_id
        values = {
            "product_id": product.id,
            "product_uom_qty": self.quantity,
            "ecom_exchanged_line_id": self.id,
        }
        if product != self.product_id:
            return values
        return values | {
            "product_uom_id": sold.product_uom_id.id,
            "price_unit": sold.price_unit,
            "discount": sold.discount,
            "tax_ids": [Command.set(sold.tax_ids.ids)],
            "extra_tax_data": sold._exchange_share(self.quantity),
        }


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    ecom_exchanged_line_id = fields.Many2one(
        "ecom.return.line",
        string="In Place of",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="What came back, or is to, in exchange for this.",
    )

    def _exchange_share(self, quantity):
        """Of the shop's locked amounts, what falls to this quantity."""
        return totals.prorate(self.extra_tax_data, 0, quantity, self.currency_id.rounding)


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """The invoice of an exchange is paid with the credit of its return, as far as that reaches."""
        posted = super()._post(soft=soft)
        invoices = posted.filtered(lambda move: move.move_type == "out_invoice")
        sales = invoices.invoice_line_ids.sale_line_ids.order_id
        if not sales:
            return posted
        for order in self.env["ecom.return"].sudo().search([("exchange_order_id", "in", sales.ids)]):
            own = invoices.filtered(
                lambda move, order=order: order.exchange_order_id in move.invoice_line_ids.sale_line_ids.order_id
            )
            (own | order.credit_note_ids).line_ids._ecom_match()
        return posted
