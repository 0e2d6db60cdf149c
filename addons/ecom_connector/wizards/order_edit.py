from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class EcomOrderEdit(models.TransientModel):
    """Change the lines of an order: less of a line, none of it, or another variant at the same price."""

    _name = "ecom.order.edit"
    _description = "Change Lines"

    order_id = fields.Many2one("ecom.order", required=True, ondelete="cascade", readonly=True)
    barrier = fields.Char(compute="_compute_barrier", compute_sudo=True)
    line_ids = fields.One2many("ecom.order.edit.line", "wizard_id", string="Lines")
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount_less = fields.Monetary(string="To Give Back", compute="_compute_amount_less")
    is_paid = fields.Boolean(compute="_compute_amount_less")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        order = self.env["ecom.order"].browse(values.get("order_id") or self.env.context.get("default_order_id"))
        values["line_ids"] = [
            Command.create(
                {
                    "sale_line_id": line.id,
                    "quantity": line.product_uom_qty,
                    "product_id": line.product_id.id,
                }
            )
            for line in order.line_ids.filtered(lambda line: line.kind == "product")._current_lines()
        ]
        return values

    @api.depends("order_id")
    def _compute_barrier(self):
        for wizard in self:
            wizard.barrier = wizard.order_id._lines_barrier() if wizard.order_id else False

    @api.depends("line_ids.quantity")
    def _compute_amount_less(self):
        for wizard in self:
            wizard.is_paid = bool(wizard.order_id._paid())
            wizard.amount_less = sum(line._amount_less() for line in wizard.line_ids)

    def action_apply(self):
        self.ensure_one()
        order = self.order_id
        order.check_access("write")
        if self.barrier:
            raise UserError(self.env._("The lines cannot be changed any more: %(reason)s.", reason=self.barrier))
        changed = self.line_ids.filtered("is_changed")
        if not changed:
            raise UserError(self.env._("Nothing is changed."))
        if all(not line.quantity for line in self.line_ids):
            raise UserError(self.env._("Nothing would be left: cancel the order instead."))
        for line in changed:
            line._check()
        sale_order = order.sudo().sale_order_id
        with order.sudo()._changed_here():
            order.sudo()._print_again()
            sale_order._unlocked(lambda: changed.sudo()._apply())
        return {"type": "ir.actions.act_window_close"}


class EcomOrderEditLine(models.TransientModel):
    _name = "ecom.order.edit.line"
    _description = "Change of a Line"

    wizard_id = fields.Many2one("ecom.order.edit", required=True, ondelete="cascade")
    sale_line_id = fields.Many2one("sale.order.line", required=True, ondelete="cascade")
    ordered = fields.Float(related="sale_line_id.product_uom_qty", string="Ordered")
    delivered = fields.Float(related="sale_line_id.qty_delivered", string="Shipped")
    ordered_product_id = fields.Many2one(related="sale_line_id.product_id", string="Ordered Product")
    product_tmpl_id = fields.Many2one(related="sale_line_id.product_id.product_tmpl_id")
    has_variants = fields.Boolean(compute="_compute_has_variants")
    quantity = fields.Float(string="New Quantity", digits="Product Unit")
    product_id = fields.Many2one(
        "product.product", string="New Variant", domain="[('product_tmpl_id', '=', product_tmpl_id)]"
    )
    available = fields.Float(
        compute="_compute_available",
        compute_sudo=True,
        digits="Product Unit",
        string="In Stock",
        help="What of this variant is free to be sold.",
    )
    is_changed = fields.Boolean(compute="_compute_is_changed")

    @api.depends("product_id", "wizard_id.order_id.channel_id")
    def _compute_available(self):
        for channel, lines in self.grouped(lambda line: line.wizard_id.order_id.channel_id).items():
            free = channel._free_stock(lines.product_id._origin) if channel else {}
            for line in lines:
                line.available = free.get(line.product_id._origin, 0.0)

    @api.depends("product_tmpl_id")
    def _compute_has_variants(self):
        for line in self:
            line.has_variants = line.product_tmpl_id.product_variant_count > 1

    @api.depends("quantity", "product_id", "sale_line_id")
    def _compute_is_changed(self):
        for line in self:
            line.is_changed = line.quantity != line.ordered or line.product_id != line.ordered_product_id

    def _amount_less(self):
        """What the line costs less, taxes included; Odoo computes it to the cent when it is applied."""
        if not self.ordered or self.quantity >= self.ordered:
            return 0.0
        return self.sale_line_id.price_total * (self.ordered - self.quantity) / self.ordered

    def _check(self):
        """:raise UserError: in words, when the line cannot become that"""
        name = self.ordered_product_id.display_name
        if self.quantity < 0 or self.quantity > self.ordered:
            raise UserError(
                self.env._(
                    "%(product)s: a line can be made smaller here. More of it is a new order on the shop, which takes "
                    "the money too.",
                    product=name,
                )
            )
        if self.quantity < self.delivered:
            raise UserError(
                self.env._("%(quantity)g × %(product)s were shipped already.", quantity=self.delivered, product=name)
            )
        if self.product_id == self.ordered_product_id:
            return
        if self.delivered:
            raise UserError(
                self.env._("%(product)s: a part was shipped already, so it stays that variant.", product=name)
            )
        if self.product_id.product_tmpl_id != self.product_tmpl_id:
            raise UserError(self.env._("%(product)s: choose a variant of the same product.", product=name))

    def _apply(self):
        for line in self.with_context(ecom_changing=True, sale_no_log_for_new_lines=True):
            sale_line = line.sale_line_id
            if line.product_id != line.ordered_product_id and line.quantity:
                before = sale_line.product_id
                sale_line = sale_line._swap_product(line.product_id)
                sale_line.order_id.message_post(
                    body=self.env._(
                        "%(before)s was replaced by %(after)s at the same price.",
                        before=before.display_name,
                        after=line.product_id.display_name,
                    ),
                    author_id=self.env.user.partner_id.id,
                )
            if line.quantity != sale_line.product_uom_qty:
                sale_line._order_less(line.quantity)
