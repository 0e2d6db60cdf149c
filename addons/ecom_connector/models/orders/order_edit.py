from contextlib import contextmanager

from odoo import api, fields, models

from ...decisions import changes
from ...platforms.documents import EditKind

KINDS = {"address": EditKind.ADDRESS, "quantity": EditKind.QUANTITY, "product": EditKind.VARIANT}


class EcomOrder(models.Model):
    """What people change of an order in Odoo: the shop is told, and what is owed to the customer is kept in mind."""

    _inherit = "ecom.order"

    amount_owed = fields.Float(
        string="To Refund",
        digits=(16, 3),
        copy=False,
        help="What the customer paid and shall not get any more, taxes included, less what was refunded since.",
    )
    hold = fields.Selection(related="sale_order_id.ecom_hold", string="Hold")
    hold_message = fields.Char(related="sale_order_id.ecom_hold_message")
    partner_shipping_id = fields.Many2one(related="sale_order_id.partner_shipping_id", string="Delivery Address")
    edit_barrier = fields.Char(
        compute="_compute_edit_barrier", compute_sudo=True, help="Why the order cannot be changed any more."
    )

    @api.depends("sale_order_ids.state", "sale_order_ids.picking_ids.state", "sale_order_ids.invoice_ids.state")
    @api.depends_context("lang")
    def _compute_edit_barrier(self):
        for order in self:
            order.edit_barrier = order._edit_barrier() if order.sale_order_ids else False

    # === BUTTONS === #

    def action_change_address(self):
        self.ensure_one()
        return self._open_wizard("ecom.order.address", self.env._("Change the Delivery Address"))

    def action_change_lines(self):
        self.ensure_one()
        return self._open_wizard("ecom.order.edit", self.env._("Change Lines"))

    def action_split(self):
        self.ensure_one()
        return self._open_wizard("ecom.order.split", self.env._("Split the Delivery"))

    def action_hold(self):
        """Ask why, then keep the orders from being prepared."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hold the Order"),
            "res_model": "ecom.order.hold",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_ids": self.ids},
        }

    def action_release(self):
        """Let the orders be prepared."""
        self.check_access("write")
        self.sudo().sale_order_ids._release_by_person()
        return True

    def _open_wizard(self, model, name):
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    # === TELLING === #

    @contextmanager
    def _changed_here(self):
        """Around a change that a person makes to sales orders: the shop is told afterwards, in the same transaction."""
        orders = self.sudo()
        before = {order: sum(order.sale_order_ids.mapped("amount_total")) for order in orders}
        yield
        for order, total in before.items():
            less = total - sum(order.sale_order_ids.mapped("amount_total"))
            order._owe(less)
        orders._tell_edits()

    def _tell_edits(self, note=""):
        """Write a message for each order of which Odoo says something that the shop does not know yet.

        What the shop cannot be told becomes an issue: a person does it there.
        """
        Command = self.env["ecom.command"].sudo()
        waiting = {
            command.order_id: command
            for command in Command.search(
                [
                    ("order_id", "in", self.ids),
                    ("kind", "=", "edit"),
                    ("state", "=", "pending"),
                    ("payload", "=", False),
                ]
            )
        }
        new = []
        for order in self.sudo():
            can = order.channel_id._platform_class().capabilities.edits
            parts = order._unsaid()
            told = [part for part in parts if KINDS[part.partition(":")[0]] in can]
            order._ask_to_tell([part for part in parts if part not in told])
            remark = note if EditKind.NOTE in can else ""
            if not told and not remark:
                continue
            said = order._name_parts(told)
            if command := waiting.get(order):
                command.write({"value": said, "note": "\n".join(filter(None, (command.note, remark)))})
                continue
            number = Command.search_count([("order_id", "=", order.id), ("kind", "=", "edit")])
            new.append(
                {
                    "channel_id": order.channel_id.id,
                    "order_id": order.id,
                    "kind": "edit",
                    "value": said,
                    "note": remark,
                    "key": f"edit:{order.id}:{number + 1}",
                }
            )
        Command.create(new)
        for channel in self.channel_id:
            channel.sudo()._wake("commands")

    def _send_waiting_edits(self, channel):
        """Have changes of ours sent that waited until the two versions were compared."""
        edits = [("order_id", "in", self.ids), ("kind", "=", "edit"), ("state", "in", ("pending", "sending"))]
        if self.env["ecom.command"].search_count(edits, limit=1):
            channel._wake("commands")

    def _ask_to_tell(self, parts):
        """Ask a person to change on the shop what cannot be changed there from here."""
        if not parts:
            return
        order = self.with_context(lang=self.channel_id.sudo()._language())  # whoever of the company reads it
        self.env["ecom.issue"].sudo()._raise(
            self.channel_id,
            "tell_the_shop",
            order=self,
            blocking=False,
            message=order.env._(
                "Order %(number)s was changed in Odoo, and this shop takes no such change from outside: %(what)s. "
                "Change it on the shop by hand.",
                number=self.number,
                what=order._name_parts(parts),
            ),
        )

    def _name_parts(self, parts):
        """What changed, in words."""
        lines = {line._part_key(): line for line in self.line_ids}
        names = []
        for part in sorted(parts):
            line = lines.get(changes.line_of(part))
            if part == "address":
                names.append(self.env._("the delivery address"))
            elif part.startswith("quantity:"):
                quantity = sum(line._sold().mapped("product_uom_qty")) if line else 0
                name = line.name if line else ""
                names.append(self.env._("quantity of %(line)s (here %(quantity)g)", line=name, quantity=quantity))
            else:
                product = line._current_line().product_id.display_name if line else ""
                names.append(self.env._("variant of %(line)s (here %(product)s)", line=line.name, product=product))
        return ", ".join(names)

    # === WHAT IS OWED === #

    def _owe(self, amount):
        """Keep in mind what a customer who paid shall get back, and say it once to whoever refunds."""
        self.ensure_one()
        currency = self.currency_id or self.company_id.currency_id
        if not self._paid() or not amount or currency.is_zero(amount):
            return
        self.amount_owed = max(0.0, currency.round(self.amount_owed + amount))
        self._say_what_is_owed()

    def _refunded(self, amount):
        """A refund was seen: less is owed."""
        if self.amount_owed:
            currency = self.currency_id or self.company_id.currency_id
            self.amount_owed = max(0.0, currency.round(self.amount_owed - amount))
            self._say_what_is_owed()

    def _say_what_is_owed(self):
        if not self.amount_owed:
            self.issue_ids.filtered(lambda issue: issue.code == "refund_owed")._solve()
            return
        order = self.with_context(lang=self.channel_id.sudo()._language())
        currency = order.currency_id or order.company_id.currency_id
        self.env["ecom.issue"].sudo()._raise(
            self.channel_id,
            "refund_owed",
            order=self,
            blocking=False,
            data={"amount": self.amount_owed},
            message=order.env._(
                "Order %(number)s was paid and made smaller: %(amount)s are to be given back to the customer.",
                number=self.number,
                amount=currency.format(self.amount_owed),
            ),
        )


class EcomOrderRefund(models.Model):
    _inherit = "ecom.order.refund"

    @api.model_create_multi
    def create(self, vals_list):
        refunds = super().create(vals_list)
        for refund in refunds:
            refund.order_id._refunded(refund.amount)
        return refunds
