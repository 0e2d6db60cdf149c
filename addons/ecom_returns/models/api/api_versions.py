from odoo import api, fields, models
from odoo.addons.ecom_connector.models.numbering import number_next

BATCH = 200
SHOWN = {
    "state",
    "kind",
    "wish",
    "decline_reason",
    "requested_at",
    "posted_at",
    "received_at",
    "settled_at",
    "line_ids",
    "refund_ids",
}
"""What of a return the API shows, as far as it is written to it."""


class EcomReturn(models.Model):
    """The list that a shop fetches: each change of a return is given the next number by the channel's commands lane.

    Ids are given before a transaction commits, so a reader that keeps the last one would miss whatever commits later
    with a smaller one. A channel has one such lane at a time, and its transactions follow each other.
    """

    _inherit = "ecom.return"

    api_due = fields.Boolean(
        default=True, readonly=True, copy=False, help="It has changed since the shop's list was numbered."
    )
    api_version = fields.Integer(readonly=True, copy=False, help="Where it stands in the list that the shop fetches.")

    _api_version_index = models.Index("(channel_id, api_version)")
    _api_due_index = models.Index("(channel_id, id) WHERE api_due")

    @api.model_create_multi
    def create(self, vals_list):
        returns = super().create(vals_list)
        returns._wake_api()
        return returns

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & SHOWN:
            self._note_api_change()
        return result

    def _note_api_change(self):
        """What the shop was shown of these is not what they are."""
        followed = self._of_api()
        followed.filtered(lambda order: not order.api_due).sudo().api_due = True
        followed._wake_api()

    def _of_api(self):
        sold = self.filtered("channel_id")
        return sold.filtered(lambda order: order.channel_id.sudo()._platform_class().capabilities.uses_api)

    def _wake_api(self):
        for channel in self._of_api().channel_id.sudo():
            channel._wake("commands")

    @api.model
    def _number_for_api(self, channel):
        """:return: whether more are to be numbered"""
        due = self.search([("channel_id", "=", channel.id), ("api_due", "=", True)], order="id", limit=BATCH)
        number_next(due, "api_version", channel)
        due.api_due = False
        return len(due) == BATCH


class EcomReturnLine(models.Model):
    _inherit = "ecom.return.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.return_id._note_api_change()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"quantity", "sale_line_id", "reason_id"}:
            self.return_id._note_api_change()
        return result

    def unlink(self):
        returns = self.return_id
        result = super().unlink()
        returns.exists()._note_api_change()
        return result


class EcomRefund(models.Model):
    _inherit = "ecom.refund"

    @api.model_create_multi
    def create(self, vals_list):
        refunds = super().create(vals_list)
        refunds.return_id._note_api_change()
        return refunds

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"state", "amount"}:
            self.return_id._note_api_change()
        return result


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    def _lane_commands(self, deadline):
        if self._platform_class().capabilities.uses_api:
            while self._in_transaction(lambda: self.env["ecom.return"]._number_for_api(self)):
                pass
        return super()._lane_commands(deadline)
