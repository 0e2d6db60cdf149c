from odoo import api, fields, models


class EcomMappingMixin(models.AbstractModel):
    """One translation of a shop's word into a record of ours. Inheritors add the record and who may be chosen."""

    _name = "ecom.mapping.mixin"
    _description = "Channel Mapping"
    _order = "channel_id, code, id"
    _check_company_auto = True
    _rec_name = "code"

    channel_id = fields.Many2one("ecom.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    code = fields.Char(required=True, string="Shop's Code")
    label = fields.Char(string="Shop's Name")

    @api.model
    def _mappings(self, channel, codes):
        """``{code: mapping}`` of the channel for these codes, in one look-up."""
        found = self.search([("channel_id", "=", channel.id), ("code", "in", list(codes))])
        return {mapping.code: mapping for mapping in found}
