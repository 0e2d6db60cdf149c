from odoo import fields, models


class EcomListing(models.Model):
    """A product as published on a channel."""

    _name = "ecom.listing"
    _description = "Product Listing"
    _check_company_auto = True

    channel_id = fields.Many2one("ecom.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    external_id = fields.Char(string="Shop's Id", required=True)
    product_tmpl_id = fields.Many2one(
        "product.template", string="Product", check_company=True, index=True, ondelete="restrict"
    )
    offer_ids = fields.One2many("ecom.offer", "listing_id", string="Offers")
    name = fields.Char(related="product_tmpl_id.name")
    title = fields.Char(help="What the shop calls it.")
    description = fields.Html()
    summary = fields.Html(string="Short Description")
    slug = fields.Char(string="Address Part", help="What stands in the address of its page.")
    url = fields.Char(string="Page")
    state = fields.Selection(
        [("draft", "Draft"), ("on", "On sale"), ("hidden", "Hidden"), ("off", "Off")],
        default="on",
        help="Hidden: on sale for whoever has the link.",
    )

    _channel_external_unique = models.Constraint(
        "UNIQUE(channel_id, external_id)", "The channel already has a listing with this id."
    )
