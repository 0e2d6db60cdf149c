from odoo import api, fields, models, tools

from ...decisions.field_values import DATE_FORMATS, Converter

TARGETS = [
    ("offer.sku", "SKU"),
    ("offer.barcode", "Barcode"),
    ("offer.price", "Price"),
    ("offer.sale_price", "Promotional price and its dates"),
    ("offer.weight", "Weight (kg)"),
    ("offer.image", "Picture of the variant"),
    ("offer.active", "Variant on sale or not"),
    ("listing.name", "Name"),
    ("listing.description", "Description"),
    ("listing.summary", "Short description"),
    ("listing.slug", "Address part"),
    ("listing.state", "On sale or not"),
    ("listing.ships", "Shipped or not"),
    ("listing.tax_class", "Tax class"),
    ("listing.categories", "Categories"),
    ("listing.tags", "Tags"),
    ("listing.brands", "Brands"),
    ("listing.attributes", "Attributes, all of them"),
    ("listing.images", "Pictures"),
    ("listing.attribute", "One attribute, shown on the product's page"),
    ("listing.custom", "Own field of the product (meta)"),
    ("offer.custom", "Own field of the variant (meta)"),
]
NAMED = ("listing.attribute", "listing.custom", "offer.custom")
"""Targets of which a channel has several, told apart by their name."""
KINDS = dict.fromkeys(("offer.sku", "offer.barcode", "listing.name", "listing.slug", "listing.tax_class"), "text")
KINDS |= dict.fromkeys(NAMED, "text")
KINDS |= dict.fromkeys(("listing.description", "listing.summary"), "html")
KINDS |= dict.fromkeys(("offer.price", "offer.sale_price", "offer.weight"), "number")
"""What the targets take that a person may fill; the others are filled by Odoo alone, or not at all."""
TOGETHER = {
    "offer.sale_price": ("sale_price", "sale_from", "sale_to"),
    "listing.attribute": ("attributes",),
}
"""Fields of the documents that a target speaks of, where their names do not say so."""

CONVERTERS = [
    (Converter.TEXT.value, "Text"),
    (Converter.HTML.value, "HTML"),
    (Converter.NUMBER.value, "Number, with or without unit"),
    (Converter.YES_NO.value, "Yes or no"),
    (Converter.LIST.value, "List"),
    (Converter.DATE.value, "Date"),
]
CONVERTER_OF = {
    "html": Converter.HTML,
    "integer": Converter.NUMBER,
    "float": Converter.NUMBER,
    "monetary": Converter.NUMBER,
    "boolean": Converter.YES_NO,
    "many2many": Converter.LIST,
    "date": Converter.DATE,
    "datetime": Converter.DATE,
}


class EcomFieldMapping(models.Model):
    """Where a field of a shop's products lives in Odoo, and who of the two says what is in it.

    A field without a mapping is filled by Odoo as :mod:`listing_document` says, and told to the shop.
    """

    _name = "ecom.field.mapping"
    _description = "Field Mapping"
    _order = "channel_id, sequence, id"
    _rec_name = "target"
    _check_company_auto = True

    channel_id = fields.Many2one("ecom.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    target = fields.Selection(TARGETS, string="Field of the Shop", required=True)
    target_name = fields.Char(string="Its Name on the Shop", help="As the shop knows it, such as _my_field.")
    named = fields.Boolean(compute="_compute_kind")
    kind = fields.Char(compute="_compute_kind")
    direction = fields.Selection(
        [
            ("to_shop", "To the shop"),
            ("create", "To the shop, when new"),
            ("to_odoo", "To Odoo"),
            ("none", "Neither"),
        ],
        required=True,
        default="to_shop",
        help="To the shop: Odoo's word counts, and a change here reaches the shop.\n"
        "To the shop, when new: a new product is made with it; what the shop changes later stays.\n"
        "To Odoo: the shop's word counts, and a change there reaches Odoo.\n"
        "Neither: each keeps its own.",
    )
    source = fields.Selection(
        [
            ("field", "A field"),
            ("attribute", "An attribute"),
            ("template", "A text with fields in it"),
            ("builtin", "As without a mapping"),
        ],
        string="In Odoo",
        required=True,
        compute="_compute_source",
        store=True,
        readonly=False,
        precompute=True,
    )
    source_model = fields.Char(compute="_compute_kind")
    source_field = fields.Char(string="Field of Odoo")
    attribute_id = fields.Many2one("product.attribute", string="Attribute of Odoo", ondelete="cascade")
    template = fields.Text(
        string="Text",
        help="Fields stand between braces: {name} – {categ_id.name}. Without any of them, no text is told.",
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Translation",
        help="Empty: the language of the shop.",
    )

    converter = fields.Selection(
        CONVERTERS,
        string="Written as",
        required=True,
        compute="_compute_converter",
        store=True,
        readonly=False,
        precompute=True,
    )
    decimals = fields.Integer(default=2)
    unit_from_id = fields.Many2one("uom.uom", string="Unit in Odoo")
    unit_to_id = fields.Many2one("uom.uom", string="Unit on the Shop")
    unit_shown = fields.Boolean(string="Write the Unit", help="12 cm rather than 12.")
    yes_word = fields.Char(string="Yes", default="yes")
    no_word = fields.Char(string="No", default="no")
    separator = fields.Char(default=", ", help="What stands between the parts of a list.", trim=False)
    date_format = fields.Selection(
        [(key, example) for key, (_pattern, example) in DATE_FORMATS.items()], default="iso", required=True
    )
    default_value = fields.Char(string="When Empty", help="What is told, or taken over, where there is nothing.")
    condition = fields.Char(
        string="Only for", help="Products that this does not speak of are filled as without a mapping."
    )

    _target_unique = models.UniqueIndex(
        "(channel_id, target, COALESCE(target_name, '')) WHERE active",
        "This field of the shop has a mapping on the channel already.",
    )

    @api.depends("target")
    def _compute_kind(self):
        for mapping in self:
            mapping.named = mapping.target in NAMED
            mapping.kind = KINDS.get(mapping.target) or False
            mapping.source_model = "product.product" if mapping._level() == "offer" else "product.template"

    @api.depends("target")
    def _compute_source(self):
        for mapping in self:
            if mapping.target and mapping.target not in KINDS:
                mapping.source = "builtin"
            elif mapping.source in (False, "builtin"):
                mapping.source = "field"

    @api.depends("target", "source", "source_field", "attribute_id")
    def _compute_converter(self):
        """What fits the field of Odoo; what the target asks for comes first."""
        for mapping in self:
            kind = KINDS.get(mapping.target)
            if kind == "number":
                mapping.converter = Converter.NUMBER.value
            elif kind == "html":
                mapping.converter = Converter.HTML.value
            elif mapping.source == "attribute":
                mapping.converter = Converter.LIST.value
            elif mapping.source == "field" and (path := mapping._readable_path()):
                found = CONVERTER_OF.get(path[-1].type, Converter.TEXT)
                if any(field.type == "many2many" for field in path):
                    found = Converter.LIST
                mapping.converter = (found if mapping.named else Converter.TEXT).value
            else:
                mapping.converter = mapping.converter or Converter.TEXT.value

    @api.depends("target", "target_name")
    def _compute_display_name(self):
        labels = dict(self._fields["target"]._description_selection(self.env))
        for mapping in self:
            mapping.display_name = (mapping.named and mapping.target_name) or labels.get(mapping.target, "")

    def _level(self):
        """``"offer"`` where variants have a value each, else ``"listing"``."""
        return (self.target or "").partition(".")[0]

    def _told_fields(self):
        """The names of the document's fields that it speaks of."""
        return TOGETHER.get(self.target) or (self.target.partition(".")[2],)

    # === WHAT A CHANNEL HAS === #

    @api.model
    def _of(self, channel):
        """The mappings of a channel that can be read, without a query where nothing changed."""
        return self.sudo().browse(self._ids_of(channel.id)[0])

    @api.model
    @tools.ormcache("channel_id")
    def _ids_of(self, channel_id):
        """``(ids of mappings, ids of those that can no longer be read)``, as when a field of Odoo was deleted."""
        found = self.sudo().search([("channel_id", "=", channel_id)])
        sound = found.filtered(lambda mapping: not mapping._problem())
        return tuple(sound.ids), tuple((found - sound).ids)

    @api.model
    def _at(self, channel, target):
        return self._of(channel).filtered(lambda mapping: mapping.target == target)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings.channel_id._mappings_changed()
        return mappings

    def write(self, vals):
        channels = self.channel_id
        result = super().write(vals)
        (channels | self.channel_id)._mappings_changed()
        return result

    def unlink(self):
        channels = self.channel_id
        result = super().unlink()
        channels._mappings_changed()
        return result


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    field_mapping_count = fields.Integer(compute="_compute_field_mapping_count")

    def _mappings_changed(self):
        """Have the shops told what they are to be told now."""
        self.env.registry.clear_cache()
        self.env["ecom.listing.change"]._note(channels=self)

    def _compute_field_mapping_count(self):
        groups = self.env["ecom.field.mapping"]._read_group(
            [("channel_id", "in", self.ids)], ["channel_id"], ["__count"]
        )
        counts = {channel.id: count for channel, count in groups}
        for channel in self:
            channel.field_mapping_count = counts.get(channel.id, 0)

    def action_open_field_mappings(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_connector.ecom_field_mapping_action")
        return action | {"domain": [("channel_id", "=", self.id)], "context": {"default_channel_id": self.id}}
