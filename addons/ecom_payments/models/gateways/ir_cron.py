from odoo import fields, models


class IrCron(models.Model):
    _inherit = "ir.cron"

    ecom_gateway_id = fields.Many2one(
        "ecom.gateway", string="Payment Gateway", index="btree_not_null", ondelete="cascade"
    )
