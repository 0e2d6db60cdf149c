from odoo import models


class EcomOrder(models.Model):
    _name = "ecom.order"
    _inherit = ["ecom.order", "ecom.thread.mixin"]


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "ecom.thread.mixin"]


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "ecom.thread.mixin"]


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "ecom.thread.mixin"]


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "ecom.thread.mixin"]
