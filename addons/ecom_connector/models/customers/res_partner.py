from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    ecom_customer_ids = fields.One2many("ecom.customer", "partner_id", string="Shop Accounts")
    ecom_order_count = fields.Integer(compute="_compute_ecom_order_count", compute_sudo=True)

    # Odoo has no index for the look-up by which every imported customer is recognised.
    _ecom_email_normalized_index = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")

    def _compute_ecom_order_count(self):
        groups = self.env["sale.order"]._read_group(
            [("ecom_order_id", "!=", False), ("partner_id", "child_of", self.ids)], ["partner_id"], ["__count"]
        )
        self.ecom_order_count = 0
        for partner, count in groups:
            while partner:
                if partner in self:
                    partner.ecom_order_count += count
                partner = partner.parent_id

    def action_open_ecom_orders(self):
        """The orders of the contact and of everyone below it, by channel."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_connector.ecom_order_action")
        return action | {
            "domain": [("partner_id", "child_of", self.id)],
            "context": {"search_default_group_channel": 1},
        }

    def _get_complete_name(self):
        """An address whose name holds its contact's, or its company's, shows it once: it is written on parcels."""
        owner, name = self.sudo().parent_id.name, f", {self.name}, ".casefold()
        if owner and any(f", {other}, ".casefold() in name for other in (owner, self.company_name) if other):
            return super(ResPartner, self.with_context(partner_display_name_hide_company=True))._get_complete_name()
        return super()._get_complete_name()
