from odoo import Command, api, fields, models


class EcomListingPublish(models.TransientModel):
    """Where products are to be sold, and in which state they begin."""

    _name = "ecom.listing.publish"
    _description = "Publish on Shops"

    product_ids = fields.Many2many("product.template", string="Products", required=True)
    channel_ids = fields.Many2many(
        "ecom.channel", string="Shops", required=True, domain="[('id', 'in', possible_channel_ids)]"
    )
    possible_channel_ids = fields.Many2many("ecom.channel", compute="_compute_possible_channel_ids")
    state = fields.Selection([("on", "On sale"), ("hidden", "Hidden"), ("draft", "Draft")], required=True, default="on")
    known_count = fields.Integer(compute="_compute_known_count")
    lacking_count = fields.Integer(compute="_compute_lacking_count")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "product.template":
            values["product_ids"] = [Command.set(self.env.context.get("active_ids", []))]
        channels = self._publishing_channels()
        if len(channels) == 1:
            values["channel_ids"] = [Command.set(channels.ids)]
        return values

    @api.model
    def _publishing_channels(self):
        channels = self.env["ecom.channel"].search([("state", "!=", "draft")])
        return channels.filtered(lambda channel: channel._platform_class().capabilities.publishes)

    def _compute_possible_channel_ids(self):
        self.possible_channel_ids = self._publishing_channels()

    @api.depends("product_ids", "channel_ids")
    def _compute_known_count(self):
        for wizard in self:
            wizard.known_count = self.env["ecom.listing"].search_count(
                [
                    ("channel_id", "in", wizard.channel_ids.ids),
                    ("product_tmpl_id", "in", wizard.product_ids.ids),
                    ("kept_up", "=", False),
                ]
            )

    @api.depends("product_ids", "channel_ids")
    def _compute_lacking_count(self):
        """Products of which a variant has no SKU: orders of them could not be told apart."""
        for wizard in self:
            variants = wizard.product_ids._origin.product_variant_ids
            channels = wizard.channel_ids._origin
            lacking = variants.filtered(lambda product: not product.default_code) if not channels else variants.browse()
            for channel in channels:
                skus = channel._skus(variants)
                lacking |= variants.filtered(lambda product, skus=skus: not skus[product])
            wizard.lacking_count = len(lacking.product_tmpl_id)

    def action_publish(self):
        self.env["ecom.listing"].check_access("create")
        listings = self.env["ecom.listing"]._publish_on(self.channel_ids, self.product_ids, self.state)
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_connector.ecom_listing_action")
        return action | {"domain": [("id", "in", listings.ids)]}
