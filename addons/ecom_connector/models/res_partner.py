from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    ecom_customer_ids = fields.One2many("ecom.customer", "partner_id", string="Shop Accounts")

    # Odoo has no index for the look-up by which every imported customer is recognised.
    _ecom_email_normalized_index = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
