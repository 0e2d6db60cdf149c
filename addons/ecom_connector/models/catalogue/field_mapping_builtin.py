from markupsafe import Markup, escape
from odoo import api, fields, models


class EcomFieldMapping(models.Model):
    """What fills the fields of a shop where no mapping does, in words."""

    _inherit = "ecom.field.mapping"

    built_in = fields.Char(string="Without a Mapping", compute="_compute_built_in")
    built_in_table = fields.Html(
        string="All Fields Without a Mapping", compute="_compute_built_in_table", sanitize=False
    )

    def _built_in_words(self):
        """``{target: what fills it}``."""
        return {
            "offer.sku": self.env._("the variant's Internal Reference"),
            "offer.barcode": self.env._("the variant's barcode"),
            "offer.price": self.env._("the channel's price list, else the sales price"),
            "offer.sale_price": self.env._("the channel's list of promotions"),
            "offer.weight": self.env._("the variant's weight"),
            "offer.image": self.env._("the variant's own picture"),
            "offer.active": self.env._("on sale while the variant is not archived"),
            "listing.name": self.env._("the listing's title, else the product's name"),
            "listing.description": self.env._("the listing's description, else its short one"),
            "listing.summary": self.env._(
                "the listing's short description, else the product's description for customers"
            ),
            "listing.slug": self.env._("the listing's address part, else the shop makes one"),
            "listing.state": self.env._("the listing's state; paused while the product is archived or not sold"),
            "listing.ships": self.env._("shipped unless it is a service"),
            "listing.tax_class": self.env._("what the shop calls the product's tax"),
            "listing.categories": self.env._("the listing's categories, else the product's"),
            "listing.tags": self.env._("the product's tags"),
            "listing.brands": self.env._("the attribute that the channel names as its brands"),
            "listing.attributes": self.env._("the product's attributes and their values"),
            "listing.images": self.env._("the product's pictures"),
            "listing.attribute": self.env._("nothing"),
            "listing.custom": self.env._("nothing"),
            "offer.custom": self.env._("nothing"),
        }

    @api.depends("target")
    def _compute_built_in(self):
        words = self._built_in_words()
        for mapping in self:
            mapping.built_in = words.get(mapping.target, "")

    def _compute_built_in_table(self):
        labels = dict(self._fields["target"]._description_selection(self.env))
        words = self._built_in_words()
        rows = Markup("").join(
            Markup("<tr><td>{}</td><td>{}</td></tr>").format(escape(labels[target]), escape(words[target]))
            for target in words
        )
        self.built_in_table = Markup(
            '<table class="table table-sm"><thead><tr><th>{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table>'
        ).format(self.env._("Field of the shop"), self.env._("Filled with"), rows)
