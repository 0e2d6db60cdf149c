from odoo import models


class EcomChannel(models.Model):
    _inherit = "ecom.channel"
