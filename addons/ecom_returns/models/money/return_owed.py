from decimal import Decimal

from markupsafe import Markup
from odoo import api, fields, models

from ...entitlements import owed


class EcomReturn(models.Model):
    """What is owed for a return, computed from the invoices and explained."""

    _inherit = "ecom.return"

    goodwill = fields.Monetary(tracking=True, help="Paid back on top, taxes included, such as for the trouble.")
    refund_rest = fields.Boolean(
        string="Delivery and Fees Too",
        compute="_compute_refund_rest",
        store=True,
        readonly=False,
        help="By law where a withdrawal returns everything; also where everything comes back by our mistake.",
    )
    amount_owed = fields.Monetary(string="Owed", compute="_compute_owed", compute_sudo=True)
    owed_explained = fields.Html(string="What Is Owed", compute="_compute_owed", compute_sudo=True, sanitize=False)

    @api.depends("line_ids.quantity", "kind")
    def _compute_refund_rest(self):
        for order in self:
            if order.credit_note_ids:
                continue
            fair = order.kind == "withdrawal" or order._is_our_mistake()
            order.refund_rest = fair and order._is_everything()

    def _is_everything(self):
        """Whether nothing of the order's goods stays with the customer."""
        self.ensure_one()
        goods = self.sale_order_id.order_line.filtered(lambda line: line._may_come_back() and line.product_uom_qty > 0)
        returned = self.line_ids.sale_line_id
        return bool(goods & returned) and all(
            line.product_uom_id.compare(line.ecom_quantity_returnable, 0) <= 0
            and line.product_uom_id.compare(line.qty_delivered + line.ecom_quantity_back, line.product_uom_qty) >= 0
            for line in goods
        )

    @api.depends("line_ids.quantity", "fee_percent", "goodwill", "refund_rest")
    def _compute_owed(self):
        for order in self:
            if order.credit_note_ids:
                order.amount_owed = sum(order.credit_note_ids.mapped("amount_total"))
                order.owed_explained = False
                continue
            rows = order._statement()
            order.amount_owed = float(sum((figures.gross for _move, _label, figures in rows), Decimal(0)))
            order.owed_explained = order._explain(rows)

    # === THE COMPUTATION === #

    def _invoice_lines(self):
        """The order's posted invoice lines of products, the oldest first."""
        invoices = self.sale_order_id.sudo().invoice_ids.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        )
        return invoices.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and not any(line.sale_line_ids.mapped("is_downpayment"))
        ).sorted("id")

    def _plan_credit(self):
        """``[(invoice line, quantity, figures, is a fee)]``: all that the credit notes of this return say."""
        self.ensure_one()
        invoiced = self._invoice_lines()
        lines = invoiced._ecom_lines()
        rounding = Decimal(str(self.currency_id.rounding))
        plan, touched = [], self.env["account.move.line"]
        for line in self.line_ids:
            wanted = Decimal(str(line.quantity))
            for charge in invoiced.filtered(lambda charge, line=line: line.sale_line_id in charge.sale_line_ids):
                taken = min(wanted, lines[charge].quantity_left)
                if taken > 0:
                    plan.append((charge, taken, owed.share(lines[charge], taken, rounding), False))
                    touched |= charge
                    wanted -= taken
        if self.fee_percent:
            percent = Decimal(str(self.fee_percent))
            plan += [(row[0], Decimal(0), owed.fee(row[2], percent, rounding), True) for row in plan]
        if self.refund_rest:
            rest = invoiced.filtered(lambda charge: not any(line._may_come_back() for line in charge.sale_line_ids))
            plan += [(charge, lines[charge].quantity_left, lines[charge].left, False) for charge in rest]
        if self.goodwill > 0:
            taken = {charge: figures for charge, _q, figures, is_fee in plan if not is_fee}
            left = {
                charge.id: owed.Line(line.charged, line.quantity, line.credited + taken.get(charge, owed.Figures()))
                for charge, line in lines.items()
            }
            given = owed.spread(Decimal(str(self.goodwill)), left, rounding)
            plan += [(invoiced.browse(key), Decimal(0), figures, False) for key, figures in given.items()]
        return [row for row in plan if row[1] or row[2]]

    def _statement(self):
        """``[(invoice, label, figures)]``; what is kept is negative."""
        rows = []
        for charge, quantity, figures, is_fee in self._plan_credit():
            if is_fee:
                label = self.env._("Fee of %(percent)g %%", percent=self.fee_percent)
                rows.append((charge.move_id, label, owed.Figures() - figures))
            elif quantity:
                name = (charge.name or charge.product_id.name or "").splitlines()[0]
                rows.append((charge.move_id, f"{quantity.normalize():f} × {name}", figures))
            else:
                rows.append((charge.move_id, self.env._("Goodwill"), figures))
        return rows

    def _explain(self, rows):
        if not rows:
            return Markup("<p>%s</p>") % self.env._("Nothing was invoiced of it yet: nothing is to be credited.")
        money = self.currency_id.format
        body = Markup().join(
            Markup("<tr><td>%s</td><td>%s</td><td class='text-end'>%s</td><td class='text-end'>%s</td></tr>")
            % (label, move.name, money(float(figures.tax)), money(float(figures.gross)))
            for move, label, figures in rows
        )
        head = Markup("<tr><th>%s</th><th>%s</th><th class='text-end'>%s</th><th class='text-end'>%s</th></tr>") % (
            self.env._("For"),
            self.env._("Invoice"),
            self.env._("Tax"),
            self.env._("Owed"),
        )
        return Markup("<table class='table table-sm'><thead>%s</thead><tbody>%s</tbody></table>") % (head, body)
