from odoo import api, fields, models

from ...calculations.warranty import length


class ResCompany(models.Model):
    _inherit = "res.company"

    ecom_warranty_months = fields.Integer(
        string="Months of Warranty",
        default=24,
        help="For products whose category says nothing else, and that do not expire. The legal warranty of conformity "
        "in the European Union is 24 months.",
    )


class ProductCategory(models.Model):
    _inherit = "product.category"

    ecom_warranty_months = fields.Integer(
        string="Months of Warranty",
        help="For the products of this category. 0: as the category above it, or as the company.",
    )

    def _own_and_upper_warranties(self):
        """The months of this category, then of the one above it, and so on."""
        months, category = [], self.sudo()
        while category:
            months.append(category.ecom_warranty_months)
            category = category.parent_id
        return months


class ProductTemplate(models.Model):
    _inherit = "product.template"

    ecom_warranty_rule = fields.Selection(
        [("category", "As its category"), ("own", "Its own"), ("none", "No warranty")],
        string="Warranty",
        default="category",
        help="How long customers are covered, from the day on which the parcel was delivered, or else shipped. What "
        "was delivered already keeps what it had.",
    )
    ecom_own_warranty_months = fields.Integer(string="Own Months of Warranty", default=24)
    ecom_warranty_months = fields.Integer(string="Months of Warranty", compute="_compute_ecom_warranty_months")

    @api.depends(
        "ecom_warranty_rule", "ecom_own_warranty_months", "use_expiration_date", "categ_id.ecom_warranty_months"
    )
    @api.depends_context("company")
    def _compute_ecom_warranty_months(self):
        for template in self:
            rule, company = template.ecom_warranty_rule, template.company_id or self.env.company
            own = {"own": template.ecom_own_warranty_months, "none": 0}.get(rule)
            # What expires is eaten before a warranty ends: it has one only where somebody says so.
            usual = 0 if template.use_expiration_date else company.sudo().ecom_warranty_months
            template.ecom_warranty_months = length(own, template.categ_id._own_and_upper_warranties(), usual)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ecom_warranty_months = fields.Integer(related="company_id.ecom_warranty_months", readonly=False)


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _compute_quantities_dict(self, lot_id, owner_id, package_id, from_date=False, to_date=False):
        """What is blocked is neither free nor to be had later, as Odoo counts what is past its removal date."""
        found = super()._compute_quantities_dict(lot_id, owner_id, package_id, from_date, to_date)
        tracked = self._origin.filtered(lambda product: product.tracking != "none")
        if not tracked:
            return found
        places, _in, _out = tracked._get_domain_locations()
        blocked = [("product_id", "in", tracked.ids), ("lot_id.ecom_blocked", "=", True)]
        if lot_id is not None:
            blocked.append(("lot_id", "=", lot_id))
        if owner_id is not None:
            blocked.append(("owner_id", "=", owner_id))
        if package_id is not None:
            blocked.append(("package_id", "=", package_id))
        kept = fields.Domain("removal_date", "=", False) | fields.Domain("removal_date", ">", fields.Date.today())
        groups = self.env["stock.quant"]._read_group(
            fields.Domain(blocked) & kept & fields.Domain(places),
            ["product_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        )
        for product, quantity, reserved in groups:
            row = found[product.id]
            for name in ("free_qty", "virtual_available"):
                row[name] = product.uom_id.round(row[name] - (quantity - reserved))
        return found
