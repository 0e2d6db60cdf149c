from odoo import api, fields, models

from ..wording import in_words


class EcomCredential(models.Model):
    """One credential of a channel. The rows follow what the platform declares (``Platform.credential_fields``)."""

    _name = "ecom.credential"
    _description = "Channel Credential"
    _order = "id"

    channel_id = fields.Many2one("ecom.channel", required=True, ondelete="cascade", index=True)
    key = fields.Char(required=True, readonly=True)
    name = fields.Char(compute="_compute_declared", string="Credential")
    help = fields.Char(compute="_compute_declared")
    secret = fields.Boolean(compute="_compute_declared")
    value = fields.Char(groups="base.group_system", copy=False)

    _channel_key_unique = models.Constraint("UNIQUE(channel_id, key)", "A channel has each credential once.")

    @api.depends("key", "channel_id.platform")
    def _compute_declared(self):
        for credential in self:
            declared = {field.key: field for field in credential.channel_id._platform_class().credential_fields}
            field = declared.get(credential.key)
            credential.name = in_words(self.env, field.label) if field else credential.key
            credential.help = in_words(self.env, field.help) if field and field.help else False
            credential.secret = field.secret if field else True
