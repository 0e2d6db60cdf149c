from odoo import api, fields, models
from odoo.exceptions import UserError


class EcomListing(models.Model):
    """A product as published on a channel.

    ``told`` and ``shown`` are digests by field (:mod:`decisions.publishing`): of what the shop was told last, and of
    what it showed then. A listing without an id on the shop is still to be made there.
    """

    _name = "ecom.listing"
    _description = "Product Listing"
    _check_company_auto = True

    channel_id = fields.Many2one("ecom.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    external_id = fields.Char(string="Shop's Id", copy=False)
    product_tmpl_id = fields.Many2one(
        "product.template", string="Product", check_company=True, index=True, ondelete="restrict"
    )
    offer_ids = fields.One2many("ecom.offer", "listing_id", string="Offers")
    name = fields.Char(related="product_tmpl_id.name")
    kept_up = fields.Boolean(
        string="Kept Up by Odoo",
        copy=False,
        help="What is changed here reaches the shop by itself. Otherwise the shop is left as it is.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("on", "On sale"), ("hidden", "Hidden"), ("off", "Paused")],
        default="on",
        required=True,
        help="Hidden: on sale for whoever has the link. Paused: kept by the shop, and not on sale for now.",
    )
    title = fields.Char(translate=True, help="What the shop calls it. Empty: the name of the product.")
    description = fields.Html(translate=True, help="Empty: the product's description for customers.")
    summary = fields.Html(string="Short Description", translate=True)
    slug = fields.Char(string="Address Part", help="What stands in the address of its page. Empty: the shop makes one.")
    url = fields.Char(string="Page", copy=False)
    category_ids = fields.Many2many("product.category", string="Categories", help="Empty: the category of the product.")

    told = fields.Json(copy=False)
    shown = fields.Json(copy=False)
    told_at = fields.Datetime(string="Last Told", copy=False)
    creating_since = fields.Datetime(copy=False, help="The shop was asked to make it, and its answer is not known.")
    retry_at = fields.Datetime(copy=False)
    attempts = fields.Integer(copy=False, help="How often the shop has refused it in a row.")
    refusal = fields.Char(string="The Shop's Refusal", copy=False)
    version = fields.Integer(copy=False, help="Rises with every change that the channel is told of.")
    waiting = fields.Boolean(compute="_compute_waiting", search="_search_waiting", help="A change is on its way.")

    _channel_external_unique = models.Constraint(
        "UNIQUE(channel_id, external_id)", "The channel already has a listing with this id."
    )
    _one_to_make = models.UniqueIndex(
        "(channel_id, product_tmpl_id) WHERE external_id IS NULL", "The product is to be published there already."
    )
    _version_index = models.Index("(channel_id, version)")

    def _compute_waiting(self):
        groups = self.env["ecom.listing.change"].sudo()._read_group([("listing_id", "in", self.ids)], ["listing_id"])
        waiting = {listing.id for (listing,) in groups}
        for listing in self:
            listing.waiting = listing.id in waiting

    @api.model
    def _search_waiting(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in", self.env["ecom.listing.change"].sudo()._search([]).subselect("listing_id"))]

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        listings = super().create(vals_list)
        listings.filtered("kept_up")._note_change()
        return listings

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & self._published_fields():
            self._note_change()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept_up(self):
        if used := self.filtered(lambda listing: listing.kept_up and listing.told)[:1]:
            raise UserError(
                self.env._(
                    "%(channel)s shows “%(product)s”: pause it instead, so that the shop takes it off sale.",
                    channel=used.channel_id.name,
                    product=used.name,
                )
            )

    @api.model
    def _published_fields(self):
        """Fields of a listing that the shop shows, and that a person may change."""
        return {"kept_up", "state", "title", "description", "summary", "slug", "category_ids"}

    def _note_change(self):
        self.env["ecom.listing.change"]._note(listings=self)
