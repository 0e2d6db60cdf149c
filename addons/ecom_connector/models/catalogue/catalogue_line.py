from odoo import api, fields, models
from odoo.exceptions import UserError

RESULTS = [
    ("linked", "Linked already"),
    ("sku", "Same SKU"),
    ("barcode", "Same barcode"),
    ("new", "New"),
    ("differs", "Variant missing here"),
    ("conflict", "Contradiction"),
    ("ambiguous", "Several products fit"),
    ("repeated", "Twice on the shop"),
    ("no_code", "No SKU"),
    ("incomplete", "Variant for any value"),
    ("unreadable", "Unreadable"),
    ("not_sold", "Not sold itself"),
    ("only_here", "Only in Odoo"),
]


class EcomCatalogueImportProduct(models.Model):
    """A product as the shop has it, kept until it is imported."""

    _name = "ecom.catalogue.import.product"
    _description = "Product of a Catalogue Import"

    import_id = fields.Many2one(
        "ecom.catalogue.import", string="Catalogue Import", required=True, ondelete="cascade", index=True
    )
    channel_id = fields.Many2one(related="import_id.channel_id")
    external_id = fields.Char(string="Shop's Id", required=True)
    payload = fields.Json()
    line_ids = fields.One2many("ecom.catalogue.import.line", "staged_id")

    _external_unique = models.Constraint("UNIQUE(import_id, external_id)", "A product is read once in an import.")

    def _document(self):
        self.ensure_one()
        return self.channel_id._platform_class().parse_listing(self.payload)


class EcomCatalogueImportLine(models.Model):
    """An article of the shop, or one of ours that the shop lacks: what it is here, and what shall become of it."""

    _name = "ecom.catalogue.import.line"
    _description = "Article of a Catalogue Import"
    _order = "action desc, staged_id, id"
    _check_company_auto = True

    import_id = fields.Many2one(
        "ecom.catalogue.import", string="Catalogue Import", required=True, ondelete="cascade", index=True
    )
    channel_id = fields.Many2one(related="import_id.channel_id", store=True)
    company_id = fields.Many2one(related="import_id.company_id", store=True)
    staged_id = fields.Many2one("ecom.catalogue.import.product", ondelete="cascade", index=True, string="Shop Product")
    external_id = fields.Char(string="Shop's Variant Id", default="")
    name = fields.Char(string="Name on the Shop")
    sku = fields.Char(string="SKU")
    barcode = fields.Char()
    price = fields.Float(digits="Product Price")
    result = fields.Selection(RESULTS, required=True)
    reason = fields.Char(help="Why nothing is done with it by itself.")
    action = fields.Selection(
        [("link", "Link"), ("create", "Create"), ("skip", "Leave")], string="Do", required=True, default="skip"
    )
    product_id = fields.Many2one("product.product", check_company=True, index="btree_not_null", ondelete="set null")
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("done", "Imported"),
            ("failed", "Failed"),
            ("undone", "Undone"),
            ("kept", "Spared"),
        ],
        default="waiting",
        required=True,
    )
    message = fields.Char(help="What went wrong, or why it was spared when the import was undone.")
    done_at = fields.Datetime()
    offer_id = fields.Many2one("ecom.offer", ondelete="set null", help="The link that this import made.")
    created_product = fields.Boolean(help="This import made the product.")

    _staged_external_unique = models.UniqueIndex(
        "(staged_id, external_id) WHERE staged_id IS NOT NULL", "An article is read once in an import."
    )
    _waiting_index = models.Index("(import_id, staged_id) WHERE state = 'waiting' AND action != 'skip'")

    @api.onchange("product_id")
    def _onchange_product_id(self):
        if self.product_id:
            self.action = "link"

    def write(self, vals):
        if "product_id" in vals and vals["product_id"] and "action" not in vals:
            vals = vals | {"action": "link"}
        if {"action", "product_id"} & vals.keys():
            self._check_open()
        result = super().write(vals)
        if {"action", "product_id"} & vals.keys():
            self._check_action()
        return result

    def _check_open(self):
        if any(line.state in ("done", "kept", "undone") for line in self):
            raise UserError(self.env._("What is imported cannot be decided anew: undo the import first."))

    def _check_action(self):
        for line in self:
            if line.action == "link" and not line.product_id:
                raise UserError(self.env._("Choose the product that “%(name)s” is.", name=line.name))
            if line.action != "skip" and line.result in ("unreadable", "not_sold", "only_here"):
                raise UserError(
                    self.env._("“%(name)s” cannot be imported: %(reason)s", name=line.name, reason=line.reason or "")
                )
            if line.action == "create" and line.result == "incomplete":
                raise UserError(
                    self.env._("“%(name)s” stands for any value of an attribute: link it to a product.", name=line.name)
                )

    # === BUTTONS, ONE BY ONE AND IN BULK === #

    def action_link(self):
        return self.write({"action": "link"})

    def action_create(self):
        return self.write({"action": "create"})

    def action_skip(self):
        return self.write({"action": "skip"})

    def action_retry(self):
        """Try what failed again, with the next start."""
        self.filtered(lambda line: line.state == "failed").write({"state": "waiting", "message": False})
        for batch in self.import_id.filtered(lambda batch: batch.state == "done"):
            batch.action_start()
        return True
