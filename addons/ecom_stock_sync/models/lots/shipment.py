from odoo import api, fields, models


class EcomShipment(models.Model):
    _inherit = "ecom.shipment"

    lot_names = fields.Char(
        string="Lots and Serials", compute="_compute_lot_names", search="_search_lot_names", compute_sudo=True
    )

    @api.depends("picking_id.move_line_ids.lot_id")
    def _compute_lot_names(self):
        for shipment in self:
            shipment.lot_names = ", ".join(dict.fromkeys(shipment._lot_move_lines().lot_id.mapped("name")))

    @api.model
    def _search_lot_names(self, operator, value):
        lines = self.env["stock.move.line"].sudo()._search([("lot_id.name", operator, value), ("state", "=", "done")])
        return [("picking_id.move_line_ids", "in", lines)]

    def _prepare_lot(self, line):
        expires = line.lot_id.expiration_date
        day = line.company_id._ecom_day(expires).isoformat() if expires else ""
        return super()._prepare_lot(line) | {"expires": day}
