from markupsafe import Markup
from odoo import fields, models
from odoo.tools import format_amount, format_date


class ResPartner(models.Model):
    """What a customer bought on every shop, addresses and people of a company included."""

    _inherit = "res.partner"

    ecom_order_total = fields.Monetary(string="Bought on Shops", compute="_compute_ecom_history", compute_sudo=True)
    ecom_last_order_at = fields.Datetime(string="Last Shop Order", compute="_compute_ecom_history", compute_sudo=True)
    ecom_history = fields.Html(
        string="Orders by Channel", compute="_compute_ecom_history", compute_sudo=True, sanitize=False
    )

    # The look-ups by which a likely double of a new customer is found.
    _ecom_phone_index = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")
    _ecom_place_index = models.Index("(zip, name) WHERE parent_id IS NULL")

    def _compute_ecom_history(self):
        channels = self.env["ecom.channel"].sudo(False).with_context(active_test=False)
        visible = channels.search([("id", "!=", False)]) if channels.has_access("read") else channels
        domain = [
            ("ecom_channel_id", "in", visible.ids),
            ("partner_id", "child_of", self.ids),
            ("company_id", "in", self.env.companies.ids),
            ("state", "!=", "cancel"),
        ]
        groups = self.env["sale.order"]._read_group(
            domain,
            ["partner_id", "ecom_channel_id", "currency_id"],
            ["__count", "amount_total:sum", "date_order:max"],
        )
        bought = {partner: {} for partner in self}
        for buyer, channel, currency, count, total, last in groups:
            amount = currency._convert(total, self.env.company.currency_id, self.env.company, last)
            owner = buyer
            while owner:
                if owner in bought:
                    known = bought[owner].get(channel, (0, 0.0, last))
                    bought[owner][channel] = (known[0] + count, known[1] + amount, max(known[2], last))
                owner = owner.parent_id
        for partner in self:
            rows = bought[partner]
            partner.ecom_order_total = sum(total for _count, total, _last in rows.values())
            partner.ecom_last_order_at = max((last for _count, _total, last in rows.values()), default=False)
            partner.ecom_history = self._ecom_history_table(rows) if rows else False

    def _ecom_history_table(self, rows):
        """:param rows: ``{channel: (orders, total in the company's currency, date of the last)}``"""
        cell = Markup('<td class="text-end pe-4">%s</td>')
        head = Markup('<th class="text-end pe-4">%s</th>')
        lines = [
            Markup('<tr><td class="pe-4">%s</td>') % channel.name
            + cell % count
            + cell % format_amount(self.env, total, self.env.company.currency_id)
            + cell % format_date(self.env, last)
            + Markup("</tr>")
            for channel, (count, total, last) in sorted(rows.items(), key=lambda row: -row[1][1])
        ]
        header = head % self.env._("Orders") + head % self.env._("Total") + head % self.env._("Last Order")
        return (
            Markup('<table class="o_ecom_history mb-3"><tr><th>%s</th>') % self.env._("Sales Channel")
            + header
            + Markup("</tr>")
            + Markup("").join(lines)
            + Markup("</table>")
        )
