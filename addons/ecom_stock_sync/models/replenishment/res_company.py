from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    ecom_cover_days = fields.Integer(
        string="One Purchase Lasts (days)", default=30, help="What is bought at once is to last so many days."
    )
    ecom_service = fields.Selection(
        [
            ("90", "90 % of the times"),
            ("95", "95 % of the times"),
            ("98", "98 % of the times"),
            ("99", "99 % of the times"),
        ],
        string="Stock Suffices",
        default="95",
        required=True,
        help="How often the stock is to suffice until a purchase arrives. More often needs more stock.",
    )
    ecom_lead_days = fields.Integer(
        string="Usual Lead Time (days)",
        default=7,
        help="From the order to the shelf, for products whose supplier has none in Odoo.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ecom_cover_days = fields.Integer(related="company_id.ecom_cover_days", readonly=False)
    ecom_service = fields.Selection(related="company_id.ecom_service", readonly=False, required=True)
    ecom_lead_days = fields.Integer(related="company_id.ecom_lead_days", readonly=False)
