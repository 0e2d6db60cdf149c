from odoo import api, fields, models
from odoo.tools import ormcache


class StockLocation(models.Model):
    _inherit = "stock.location"

    ecom_not_sold = fields.Boolean(
        string="Not Sold Online",
        help="What lies here, or below, is not offered on any channel, and no shop's order is given it: a quarantine, "
        "a repair shop, goods on show.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        locations = super().create(vals_list)
        if any(locations.mapped("ecom_not_sold")):
            self.env.registry.clear_cache()
        return locations

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"ecom_not_sold", "location_id", "active"}:
            self.env.registry.clear_cache()
        return result

    @api.model
    @ormcache()
    def _ecom_not_sold_paths(self):
        """Where the locations are that nothing is sold from; what lies below one begins with its path."""
        return tuple(self.sudo().search([("ecom_not_sold", "=", True)]).mapped("parent_path"))
