from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    ecom_payout_id = fields.Many2one(
        "ecom.payout", string="Payout", index="btree_not_null", copy=False, readonly=True, ondelete="restrict"
    )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    ecom_transaction_id = fields.Many2one(
        "ecom.gateway.transaction",
        string="Gateway Transaction",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="restrict",
    )
