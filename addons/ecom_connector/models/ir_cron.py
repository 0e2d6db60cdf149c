from odoo import fields, models


class IrCron(models.Model):
    _inherit = "ir.cron"

    ecom_channel_id = fields.Many2one(
        "ecom.channel",
        string="Sales Channel",
        index="btree_not_null",
        ondelete="cascade",
        help="This scheduled action is a lane of the channel: it carries one flow, and its lock keeps servers apart.",
    )
    ecom_flow = fields.Char(string="Flow")
