from odoo import Command, api, fields, models
from odoo.addons.ecom_connector.platforms.documents import EditKind
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..calculations.shortage import Kind

CANCELS = (Kind.CANCEL_MISSING.value, Kind.CANCEL_ORDER.value)


class EcomShortage(models.TransientModel):
    """The oversell desk: an order that lacks goods, what there is, and each way out with its figures and button."""

    _name = "ecom.shortage"
    _description = "Missing Goods"
    _rec_name = "order_id"

    order_id = fields.Many2one("ecom.order", required=True, readonly=True, ondelete="cascade")
    customer_name = fields.Char(related="order_id.customer_name")
    ordered_at = fields.Datetime(related="order_id.ordered_at")
    line_ids = fields.One2many("ecom.shortage.line", "wizard_id", string="What Is Missing", readonly=True)
    proposal_ids = fields.One2many("ecom.shortage.proposal", "wizard_id", string="What Can Be Done")
    tell_customer = fields.Boolean(
        string="Write to the Customer", help="In the customer's language, what was decided and what follows."
    )
    can_tell_customer = fields.Boolean(readonly=True)
    barrier = fields.Char(readonly=True, help="Why the lines cannot be changed any more.")

    @api.model
    def _open(self, order):
        """The desk of an order; a word where nothing is missing."""
        wizard = self.create(self._prepare(order))
        if not wizard.line_ids:
            order.sudo()._end_shortage()
            return self._done(self.env._("Nothing is missing: the order goes on."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Missing Goods of Order %(number)s", number=order.number),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "views": [(self.env.ref("ecom_stock_sync.ecom_shortage_view_form").id, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    @api.model
    def _prepare(self, order):
        known = order.sudo()
        lines = known._shortage_lines()
        barrier = known._lines_barrier() if lines else ""
        return {
            "order_id": order.id,
            "tell_customer": self.env.context.get("tell_customer", False),
            "can_tell_customer": known._customer_can_be_told(),
            "barrier": barrier and self.env._("The lines cannot be changed: %(reason)s.", reason=barrier),
            "line_ids": [
                Command.create(
                    {
                        "product_id": line.product_id.id,
                        "ordered": found.ordered,
                        "found": found.found,
                        "missing": found.missing,
                    }
                )
                for line, found in lines.items()
            ],
            "proposal_ids": [
                Command.create(self._prepare_proposal(known, proposal, lines))
                for proposal in (known._shortage_proposals(lines) if lines else ())
            ],
        }

    @api.model
    def _prepare_proposal(self, order, proposal, lines):
        kind = proposal.kind
        line = self.env["sale.order.line"].browse(proposal.line)
        warehouse = kind == Kind.WAREHOUSE and proposal.target
        product = kind == Kind.SUBSTITUTE and proposal.target
        name, figures = self._in_words(proposal, order)
        return {
            "kind": kind.value,
            "sale_line_id": line.id,
            "quantity": proposal.quantity,
            "warehouse_id": warehouse,
            "product_id": product,
            "day": proposal.on,
            "name": name,
            "figures": figures,
            "solves": proposal.solves,
            "shop": self._what_the_shop_is_told(order, kind),
        }

    @api.model
    def _in_words(self, proposal, order):
        """``(what is done, the figures that speak for it)``"""
        quantity, free = f"{proposal.quantity:g}", f"{proposal.free:g}"
        if proposal.kind == Kind.WAREHOUSE:
            name = self.env["stock.warehouse"].sudo().browse(proposal.target).name
            return (
                self.env._("Ship %(quantity)s from %(warehouse)s", quantity=quantity, warehouse=name),
                self.env._("%(free)s free there", free=free),
            )
        if proposal.kind == Kind.SUBSTITUTE:
            name = self.env["product.product"].sudo().browse(proposal.target).display_name
            return (
                self.env._("Send %(product)s instead", product=name),
                self.env._("%(free)s free, same price", free=free),
            )
        if proposal.kind == Kind.WAIT:
            return (
                self.env._("Wait until %(day)s", day=format_date(self.env, proposal.on)),
                self.env._("%(free)s to come by then", free=free),
            )
        if proposal.kind == Kind.PARTIAL:
            return (
                self.env._("Ship what is there now, the rest later"),
                self.env._("%(quantity)s there, %(free)s to follow", quantity=quantity, free=free),
            )
        if proposal.kind == Kind.CANCEL_MISSING:
            return (self.env._("Take %(quantity)s out of the order", quantity=quantity), "")
        return self.env._("Cancel the order"), order.currency_id.format(order.amount_total) if order.currency_id else ""

    @api.model
    def _what_the_shop_is_told(self, order, kind):
        can = order.channel_id._platform_class().capabilities.edits
        needed = {Kind.SUBSTITUTE: EditKind.VARIANT, Kind.CANCEL_MISSING: EditKind.QUANTITY}.get(kind)
        if needed:
            return self.env._("Changed there too") if needed in can else self.env._("To be changed by hand")
        if kind == Kind.CANCEL_ORDER:
            return self.env._("Cancelled there too")
        if kind in (Kind.WAIT, Kind.PARTIAL) and EditKind.NOTE in can:
            return self.env._("Gets a remark")
        return ""

    @api.model
    def _done(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_look_again(self):
        """Look for the goods again: they may have come, or another order may have let them go."""
        self.ensure_one()
        order = self.order_id
        order.check_access("write")
        order.sudo().sale_order_ids.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel", "draft")
        ).move_ids._action_assign()
        return self._open(order)


class EcomShortageLine(models.TransientModel):
    _name = "ecom.shortage.line"
    _description = "Missing Goods of a Line"

    wizard_id = fields.Many2one("ecom.shortage", required=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", readonly=True)
    ordered = fields.Float(digits="Product Unit", readonly=True)
    found = fields.Float(digits="Product Unit", readonly=True)
    missing = fields.Float(digits="Product Unit", readonly=True)


class EcomShortageProposal(models.TransientModel):
    _name = "ecom.shortage.proposal"
    _description = "Way Out of a Shortage"

    wizard_id = fields.Many2one("ecom.shortage", required=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("warehouse", "Another warehouse"),
            ("substitute", "Another product"),
            ("wait", "Wait"),
            ("partial", "Ship a part"),
            ("cancel_missing", "Cancel what is missing"),
            ("cancel_order", "Cancel the order"),
        ],
        string="Way Out",
        required=True,
        readonly=True,
    )
    sale_line_id = fields.Many2one("sale.order.line", readonly=True, ondelete="cascade")
    goods_id = fields.Many2one(related="sale_line_id.product_id", string="Goods")
    quantity = fields.Float(digits="Product Unit", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    day = fields.Date(readonly=True)
    name = fields.Char(string="What Is Done", readonly=True)
    figures = fields.Char(readonly=True)
    shop = fields.Char(string="The Shop", readonly=True)
    solves = fields.Boolean(readonly=True, help="Nothing of the line is missing afterwards.")

    def action_apply(self):
        """Do it, wholly: the goods, the shop, the customer where ticked; then the order goes on, or what is left of
        the shortage is shown."""
        self.ensure_one()
        order = self.wizard_id.order_id
        order.check_access("write")
        known = order.sudo()
        line = self.sudo().sale_line_id
        lines = known._shortage_lines()
        if not lines or (line and line not in lines):
            raise UserError(self.env._("That is not missing any more: open the desk again."))
        missing = lines.get(line)
        getattr(self.sudo(), f"_apply_{self.kind}")(known, line, missing)
        if self.wizard_id.tell_customer:
            known._tell_customer_of_shortage(self.kind, line, self.quantity, self.day, self.sudo().product_id)
        if known._end_shortage():
            return self.env["ecom.shortage"]._done(self.env._("Done: %(what)s.", what=self.name))
        return self.env["ecom.shortage"].with_context(tell_customer=self.wizard_id.tell_customer)._open(order)

    def _apply_warehouse(self, order, line, missing):
        order._shortage_warehouse(line, min(self.quantity, missing.missing), self.warehouse_id)

    def _apply_substitute(self, order, line, _missing):
        self._check_lines(order)
        order._shortage_substitute(line, self.product_id)

    def _apply_wait(self, order, line, _missing):
        order._shortage_wait(line, self.day)

    def _apply_partial(self, order, _line, _missing):
        order._shortage_partial()

    def _apply_cancel_missing(self, order, line, missing):
        self._check_lines(order)
        order._shortage_cancel_missing(line, missing.missing, missing.pack)

    def _apply_cancel_order(self, order, _line, _missing):
        order._shortage_cancel_order()

    def _check_lines(self, order):
        if barrier := order._lines_barrier():
            raise UserError(self.env._("The lines cannot be changed: %(reason)s.", reason=barrier))
