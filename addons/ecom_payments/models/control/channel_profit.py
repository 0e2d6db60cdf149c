from odoo import fields, models
from odoo.tools import date_utils
from odoo.tools.misc import formatLang


class EcomChannel(models.Model):
    """What a channel earned this month, on its card."""

    _inherit = "ecom.channel"

    profit_card = fields.Json(
        compute="_compute_profit_card", compute_sudo=True, groups="ecom_connector.group_accountant"
    )

    def _compute_profit_card(self):
        first = date_utils.start_of(fields.Date.context_today(self), "month")
        domain = [("channel_id", "in", self.ids), ("date", ">=", first)]
        groups = self.env["ecom.profit"]._read_group(domain, ["channel_id"], ["sold:sum", "profit:sum"])
        figures = {channel.id: (sold, profit) for channel, sold, profit in groups}
        for channel in self:
            sold, profit = figures.get(channel.id, (0, 0))
            currency = channel.company_id.currency_id
            channel.profit_card = {
                "sold": formatLang(self.env, sold, currency_obj=currency),
                "profit": formatLang(self.env, profit, currency_obj=currency),
                "loss": currency.compare_amounts(profit, 0) < 0,
            }

    def action_open_profit(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_payments.ecom_profit_action")
        return action | {"context": {"search_default_channel_id": self.id, "search_default_date": 1}}
