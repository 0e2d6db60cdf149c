from odoo import api, fields, models


class EcomLocationMapping(models.Model):
    """Which of Odoo's locations feed one location of a shop. A channel without any shows one figure for all."""

    _name = "ecom.location.mapping"
    _description = "Shop Location"
    _inherit = "ecom.mapping.mixin"
    _check_company_auto = True

    location_ids = fields.Many2many(
        "stock.location",
        string="Locations",
        check_company=True,
        domain=[("usage", "=", "internal")],
        help="What lies here, or below, is shown at the shop's location.",
    )

    _channel_code_unique = models.Constraint("UNIQUE(channel_id, code)", "A shop's location is mapped once a channel.")

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        self.env["ecom.stock.change"]._note(channels=mappings.channel_id)
        return mappings

    def write(self, vals):
        result = super().write(vals)
        self.env["ecom.stock.change"]._note(channels=self.channel_id)
        return result

    def unlink(self):
        self.env["ecom.stock.change"]._note(channels=self.channel_id)
        return super().unlink()
