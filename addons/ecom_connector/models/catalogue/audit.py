from odoo import api, fields, models
from odoo.fields import Domain

# In the order in which they are shown; their place makes the ids of rows, so new ones go to the end.
CHECKS = (
    "no_sku",
    "double_sku",
    "double_barcode",
    "bad_barcode",
    "no_price",
    "no_image",
    "no_description",
    "no_weight",
    "no_tax",
    "other_tax",
    "unsold_stock",
    "missing_variant",
)
# What is settled where variants are told apart, and what for the product as a whole.
OF_THE_PRODUCT = ("no_image", "no_description")


class EcomProductAudit(models.Model):
    """What is wrong with products that are sold, or would keep them from being sold: one row for each thing.

    No table: always what is true now.
    """

    _name = "ecom.product.audit"
    _description = "Product to Correct"
    _auto = False
    _order = "code, product_tmpl_id, id"
    _rec_name = "name"

    code = fields.Selection(selection="_causes", string="Check", readonly=True)
    product_tmpl_id = fields.Many2one("product.template", string="Product", readonly=True)
    product_id = fields.Many2one(
        "product.product", string="Variant", readonly=True, help="Empty where it is about all variants."
    )
    channel_id = fields.Many2one("ecom.channel", readonly=True, help="The channel, where it is about one only.")
    company_id = fields.Many2one("res.company", readonly=True)
    value = fields.Char(readonly=True, help="The code that is used twice or wrong.")
    quantity = fields.Float(
        string="Unsold Stock", digits="Product Unit", readonly=True, help="On hand, and on no shop."
    )
    name = fields.Char(string="Product Name", compute="_compute_name")
    remedy = fields.Char(string="What to Do", compute="_compute_remedy")
    channel_ids = fields.Many2many(
        "ecom.channel", string="Sold On", compute="_compute_channel_ids", search="_search_channel_ids"
    )

    @api.model
    def _causes(self):
        """The checks, in the user's language."""
        labels = {
            "no_sku": self.env._("No SKU"),
            "double_sku": self.env._("SKU used twice"),
            "double_barcode": self.env._("Barcode used twice"),
            "bad_barcode": self.env._("Barcode with a wrong check digit"),
            "no_price": self.env._("No price"),
            "no_image": self.env._("No picture"),
            "no_description": self.env._("No description"),
            "no_weight": self.env._("No weight"),
            "no_tax": self.env._("No sales tax"),
            "other_tax": self.env._("Another tax than the shop's"),
            "unsold_stock": self.env._("Stock on no shop"),
            "missing_variant": self.env._("Variant missing on the shop"),
        }
        return [(code, labels[code]) for code in CHECKS]

    def _compute_name(self):
        for row in self:
            row.name = (row.product_id or row.product_tmpl_id).display_name

    @api.depends("code")
    def _compute_remedy(self):
        env = self.env
        remedies = {
            "no_sku": env._("Give it an internal reference: shops, orders and imports recognise it by that."),
            "double_sku": env._("Give each product its own: an order could not say which one was bought."),
            "double_barcode": env._("Give each product its own: scanning it could not say which one it is."),
            "bad_barcode": env._("Type it again from the packing: marketplaces refuse a wrong EAN or UPC."),
            "no_price": env._("Give it a sales price."),
            "no_image": env._("Add a picture: products without one are hardly sold."),
            "no_description": env._("Describe it under Sales, or on its listing."),
            "no_weight": env._("Weigh it: shipping is priced by weight."),
            "no_tax": env._("Choose its sales tax."),
            "other_tax": env._(
                "Its tax is none of those that the shop charges at home: correct the product or the shop."
            ),
            "unsold_stock": env._("Sell it on a shop, or untick that it can be sold."),
            "missing_variant": env._("Add it to the listing, or archive the variant."),
        }
        for row in self:
            row.remedy = remedies.get(row.code, False)

    def _compute_channel_ids(self):
        """The channels that the product is sold on."""
        sold = self.env["ecom.offer"]._read_group(
            [("product_id.product_tmpl_id", "in", self.product_tmpl_id.ids)],
            ["product_id"],
            ["channel_id:recordset"],
        )
        by_product = dict(sold)
        by_template = {}
        for product, channels in sold:
            by_template[product.product_tmpl_id] = by_template.get(product.product_tmpl_id, channels) | channels
        none = self.env["ecom.channel"]
        for row in self:
            found = (
                by_product.get(row.product_id, none) if row.product_id else by_template.get(row.product_tmpl_id, none)
            )
            row.channel_ids = found

    @api.model
    def _search_channel_ids(self, operator, value):
        """What concerns these channels: products that they sell, whatever is wrong, and what is wrong on them alone."""
        if operator not in ("in", "any"):
            return NotImplemented
        offers = self.env["ecom.offer"]._search([("channel_id", operator, value)])
        listings = self.env["ecom.listing"]._search([("channel_id", operator, value)])
        sold = Domain("product_id", "in", offers.subselect("product_id")) | (
            Domain("product_id", "=", False) & Domain("product_tmpl_id", "in", listings.subselect("product_tmpl_id"))
        )
        return Domain("channel_id", operator, value) | (Domain("channel_id", "=", False) & sold)

    # === BUTTONS === #

    def action_fix(self):
        """Open what is to be corrected: the listing where it is about one, else the product."""
        self.ensure_one()
        action = {"type": "ir.actions.act_window", "view_mode": "form"}
        if self.code == "missing_variant":
            listing = self.env["ecom.listing"].search(
                [("channel_id", "=", self.channel_id.id), ("product_tmpl_id", "=", self.product_tmpl_id.id)], limit=1
            )
            return action | {"res_model": "ecom.listing", "res_id": listing.id}
        if self.product_id and self.product_tmpl_id.product_variant_count > 1 and self.code not in OF_THE_PRODUCT:
            return action | {"res_model": "product.product", "res_id": self.product_id.id}
        return action | {"res_model": "product.template", "res_id": self.product_tmpl_id.id}

    def action_fix_together(self):
        """A list of the products in which codes, prices, weights and taxes are typed in, or set for many at once."""
        alone = self.filtered(lambda row: not row.product_id).product_tmpl_id.product_variant_ids
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_connector.product_correct_action")
        return action | {"domain": [("id", "in", (self.product_id | alone).ids)]}


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    def action_open_audit(self):
        """What is to be corrected of the products that this channel sells."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_connector.ecom_product_audit_action")
        action["context"] = {"search_default_group_code": 1, "search_default_channel_ids": [self.id]}
        return action
