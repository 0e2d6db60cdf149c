from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class EcomReturnLine(models.Model):
    """Some of a line of a sales order that comes back."""

    _name = "ecom.return.line"
    _description = "Return Line"
    _order = "return_id, id"
    _rec_name = "product_id"

    return_id = fields.Many2one("ecom.return", required=True, ondelete="cascade", index=True)
    state = fields.Selection(related="return_id.state", store=True, index=True)
    company_id = fields.Many2one(related="return_id.company_id", store=True)
    channel_id = fields.Many2one(related="return_id.channel_id", store=True, index="btree_not_null")
    currency_id = fields.Many2one(related="return_id.currency_id")
    sale_line_id = fields.Many2one("sale.order.line", string="Sold as", ondelete="restrict", index=True)
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        domain="[('type', '=', 'consu')]",
        index=True,
    )
    product_uom_id = fields.Many2one("uom.uom", compute="_compute_product_uom_id", string="Unit")
    unit_price = fields.Float(
        min_display_digits="Product Price",
        help="What is paid back for one, where no order says what was paid; with or without tax, as the product's are.",
    )
    quantity = fields.Float(digits="Product Unit", required=True, default=1)
    quantity_back = fields.Float(
        string="Came Back",
        compute="_compute_quantity_back",
        store=True,
        digits="Product Unit",
        help="What arrived of it, and was taken into stock.",
    )
    quantity_open = fields.Float(
        compute="_compute_quantity_open",
        store=True,
        digits="Product Unit",
        help="What this return takes of what the customer has: all of it that has not arrived yet.",
    )
    quantity_kept = fields.Float(
        string="Kept",
        digits="Product Unit",
        help="So many of them the customer keeps: they are paid back, and nothing of them is sent.",
    )
    reason_id = fields.Many2one("ecom.return.reason", ondelete="restrict", index="btree_not_null")
    note = fields.Char(string="Remark")
    amount = fields.Monetary(
        string="Paid", compute="_compute_amount", store=True, help="What was paid for it, taxes included."
    )

    _quantity_positive = models.Constraint("CHECK(quantity > 0)", "A quantity to return must be above zero.")
    _kept_range = models.Constraint(
        "CHECK(quantity_kept >= 0 AND quantity_kept <= quantity)", "The customer keeps at most what is returned."
    )
    _line_unique = models.UniqueIndex("(return_id, sale_line_id)", "The return has this line already.")

    # === COMPUTES === #

    @api.depends("sale_line_id.product_id")
    def _compute_product_id(self):
        for line in self.filtered("sale_line_id"):
            line.product_id = line.sale_line_id.product_id

    @api.depends("sale_line_id.product_uom_id", "product_id")
    def _compute_product_uom_id(self):
        for line in self:
            line.product_uom_id = line.sale_line_id.product_uom_id or line.product_id.uom_id

    @api.depends("quantity")
    def _compute_quantity_back(self):
        """Nothing comes back before there are receipts."""
        self.quantity_back = 0

    @api.depends("quantity", "quantity_back", "state")
    def _compute_quantity_open(self):
        for line in self:
            ended = line.state in ("declined", "cancelled")
            line.quantity_open = 0 if ended else line.quantity - line.quantity_back

    @api.depends("quantity", "sale_line_id.price_total", "sale_line_id.product_uom_qty", "unit_price")
    def _compute_amount(self):
        for line in self:
            line.amount = line._price_share()

    def _kept(self):
        """How many of them the customer keeps."""
        self.ensure_one()
        return self.quantity if self.return_id.keeps else self.quantity_kept

    def _price_share(self):
        """Of what was paid for the line, taxes included, what falls to this quantity; a guide, not what is owed."""
        self.ensure_one()
        sold = self.sale_line_id
        if not sold:
            return self._unsold_total()
        return self._in_sold(self.quantity) * sold.price_total / sold.product_uom_qty if sold.product_uom_qty else 0

    def _in_sold(self, quantity):
        """So many of the line as a number of what was sold: a hook for parts of it."""
        return quantity

    def _pieces(self, quantity):
        """``{product: how many, in its own unit}`` that so many of the line consist of."""
        self.ensure_one()
        if not self.sale_line_id:
            return {self.product_id: quantity}
        return {product: quantity * each for product, each in self.sale_line_id._ecom_pieces().items()}

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        sale_lines = self.env["sale.order.line"].browse(
            [vals["sale_line_id"] for vals in vals_list if vals.get("sale_line_id")]
        )
        sale_lines.sudo()._lock_for_return()
        lines = super().create(vals_list)
        lines._check_changeable()
        lines._check_belong()
        sale_lines.sudo()._check_returned()
        return lines

    def write(self, vals):
        if not vals.keys() & {"quantity", "quantity_kept", "sale_line_id", "return_id"}:
            return super().write(vals)
        self._check_changeable()
        self.sale_line_id.sudo()._lock_for_return()
        result = super().write(vals)
        self._check_belong()
        self.sale_line_id.sudo()._check_returned()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_changeable(self):
        self._check_changeable()

    def _check_changeable(self):
        """:raise UserError: where it is agreed already what comes back"""
        if self.env.context.get("ecom_came_only"):
            return
        for line in self.filtered(lambda line: line.return_id.state not in ("requested", "approved")):
            raise UserError(
                self.env._(
                    "Return %(number)s: what is returned cannot be changed any more, its parcel is awaited or here.",
                    number=line.return_id.name,
                )
            )

    @api.constrains("sale_line_id", "return_id")
    def _check_belong(self):
        for line in self:
            if line.sale_line_id.order_id != line.return_id.sale_order_id:
                raise ValidationError(
                    self.env._(
                        "%(line)s belongs to another order.",
                        line=line.sale_line_id.display_name or line.product_id.display_name,
                    )
                )
