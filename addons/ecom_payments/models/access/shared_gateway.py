from odoo import api, fields, models
from odoo.exceptions import AccessError


class EcomGateway(models.Model):
    """A gateway of several shops: its sums are for those who may see all of them."""

    _inherit = "ecom.gateway"

    seen_whole = fields.Boolean(compute="_compute_seen_whole", help="Whether you may see all of its shops.")

    @api.depends("channel_ids.user_ids")
    @api.depends_context("uid")
    def _compute_seen_whole(self):
        gateways = self.sudo().with_context(active_test=False)
        hidden = gateways.channel_ids - gateways.channel_ids.sudo(False)._filtered_access("read")
        for gateway, whole in zip(self, gateways, strict=True):
            gateway.seen_whole = not whole.channel_ids & hidden

    def _check_seen_whole(self):
        """
        :raise AccessError: when it collects for a shop that the user may not see
        """
        for gateway in self.filtered(lambda gateway: not gateway.seen_whole):
            raise AccessError(
                self.env._(
                    "“%(gateway)s” also collects for shops that you may not see: whoever sees all of them does this.",
                    gateway=gateway.name,
                )
            )
