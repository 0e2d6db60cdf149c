from odoo import api, fields, models


class EcomPaymentMapping(models.Model):
    """A means of payment that a gateway collects: its payments are in the gateway's journal."""

    _inherit = "ecom.payment.mapping"

    gateway_id = fields.Many2one(
        "ecom.gateway",
        check_company=True,
        domain="[('channel_ids', 'in', channel_id)]",
        index="btree_not_null",
        ondelete="restrict",
        help="Who collects the money. Its journal is used, and its payouts are matched with these payments.",
    )

    @api.onchange("gateway_id")
    def _onchange_gateway_id(self):
        self._take_gateway_journal()

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings._take_gateway_journal()
        return mappings

    def write(self, vals):
        result = super().write(vals)
        if "gateway_id" in vals:
            self._take_gateway_journal()
        return result

    def _take_gateway_journal(self):
        for mapping in self.filtered("gateway_id.journal_id"):
            journal = mapping.gateway_id.journal_id
            if mapping.journal_id != journal:
                mapping.journal_id = journal
                mapping.payment_method_line_id = False
