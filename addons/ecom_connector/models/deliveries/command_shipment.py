from odoo import api, models


class EcomCommand(models.Model):
    _inherit = "ecom.command"

    @api.model
    def _due(self, channel, kind, limit):
        """Of several messages about one delivery the newest says all: an older one that failed would undo it."""
        due = super()._due(channel, kind, limit)
        if kind != "shipment" or not due:
            return due
        domain = [("shipment_id", "in", due.shipment_id.ids), ("state", "!=", "cancelled")]
        newest = dict(self._read_group(domain, ["shipment_id"], ["id:max"]))
        if outdated := due.filtered(lambda command: command.id < newest[command.shipment_id]):
            outdated.write({"state": "cancelled"})
            return self._due(channel, kind, limit)
        return due
