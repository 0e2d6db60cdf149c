from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    ecom_warranty_count = fields.Integer(string="Warranties", compute="_compute_ecom_warranty_count", compute_sudo=True)

    def _compute_ecom_warranty_count(self):
        """Of the customer, whoever of a company it was that bought."""
        domain = [("partner_id", "in", self.commercial_partner_id.ids), ("company_id", "in", self.env.companies.ids)]
        counts = dict(self.env["ecom.warranty"]._read_group(domain, ["partner_id"], ["__count"]))
        for partner in self:
            partner.ecom_warranty_count = counts.get(partner.commercial_partner_id, 0)

    def action_ecom_warranties(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_stock_sync.ecom_warranty_action")
        return action | {"domain": [("partner_id", "=", self.commercial_partner_id.id)], "context": {}}
