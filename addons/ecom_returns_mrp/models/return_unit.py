from odoo import models


class EcomReturnUnit(models.Model):
    _inherit = "ecom.return.unit"

    def _prepare_way_home(self):
        """A part of a kit is known by the line of its bill: without it, Odoo would count the kit as not complete."""
        return super()._prepare_way_home() | {"bom_line_id": self.move_id.bom_line_id.id}
