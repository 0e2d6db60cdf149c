import time

from odoo import fields, models
from odoo.exceptions import UserError


class EcomChannel(models.Model):
    """The catalogue lane: what a person started of it, a page or a batch at a time."""

    _inherit = "ecom.channel"

    catalogue_import_ids = fields.One2many("ecom.catalogue.import", "channel_id")

    def _lane_catalogue(self, deadline):
        """:return: whether work remains."""
        steps = {"reading": "_read_page", "running": "_apply_batch", "undoing": "_undo_batch"}
        platform = self._platform("catalogue")
        while batch := self.env["ecom.catalogue.import"].search(
            [
                ("channel_id", "=", self.id),
                ("state", "in", list(steps)),
                ("stopped", "=", False),
                "|",
                ("wait_until", "=", False),
                ("wait_until", "<=", fields.Datetime.now()),
            ],
            limit=1,
        ):
            getattr(batch, steps[batch.state])(self, platform)
            if time.monotonic() > deadline:
                return True
        return False

    def _flow_label(self, flow):
        return self.env._("Catalogue") if flow == "catalogue" else super()._flow_label(flow)

    def _flow_state_catalogue(self, _figure):
        batch = self.sudo().catalogue_import_ids[:1]
        if batch.state in ("reading", "running", "undoing") and not batch.stopped:
            states = dict(batch._fields["state"]._description_selection(self.env))
            return "busy", self.env._(
                "%(work)s: %(percent)d %%.", work=states[batch.state], percent=round(batch.progress)
            )
        return "ok", self.env._("Works.")

    def action_import_catalogue(self):
        """Read what the shop sells, and show what would be done with it."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "connected":
            raise UserError(self.env._("Connect %(channel)s first.", channel=self.name))
        Import = self.env["ecom.catalogue.import"]
        batch = Import.search([("channel_id", "=", self.id), ("state", "in", ("reading", "ready", "running"))], limit=1)
        if not batch:
            batch = Import.create({"channel_id": self.id})
            batch._wake()
        return {
            "type": "ir.actions.act_window",
            "res_model": "ecom.catalogue.import",
            "res_id": batch.id,
            "view_mode": "form",
        }
