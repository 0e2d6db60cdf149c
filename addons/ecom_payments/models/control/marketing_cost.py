from odoo import api, fields, models
from odoo.tools import date_utils


class EcomMarketingCost(models.Model):
    """What advertising a channel cost in a month, as somebody typed it in from the advertisers' invoices."""

    _name = "ecom.marketing.cost"
    _description = "Marketing Cost"
    _order = "month desc, channel_id, id"
    _check_company_auto = True

    name = fields.Char(string="What For", required=True)
    channel_id = fields.Many2one("ecom.channel", string="Sales Channel", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(
        required=True,
        default=lambda self: date_utils.start_of(fields.Date.context_today(self), "month"),
        help="Any day of it: the month counts.",
    )
    amount = fields.Monetary(required=True, help="Without tax, in the company's currency.")

    _amount_positive = models.Constraint("CHECK(amount >= 0)", "A cost is not negative.")

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._of_first_day(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._of_first_day(vals))

    @api.model
    def _of_first_day(self, vals):
        if not vals.get("month"):
            return vals
        return vals | {"month": date_utils.start_of(fields.Date.to_date(vals["month"]), "month")}
