from decimal import Decimal
from typing import Any, NamedTuple

from markupsafe import Markup
from odoo import api, fields, models

from ...entitlements import owed


class Row(NamedTuple):
    """What a credit note gives back of one line of an invoice."""

    charge: Any  # the line of the invoice, account.move.line
    quantity: Decimal  # none where only money goes back
    figures: owed.Figures
    what: str = "goods"  # or kept (by the customer), discount, rest (delivery and the like), fee, goodwill
    line: Any = None  # what it is of the return, ecom.return.line


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

    @api.depends("line_ids.quantity", "line_ids.reason_id", "kind", "sale_order_id.ecom_withdrawn_at")
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
            line._ecom_all_returned() and line._ecom_nothing_follows() for line in goods
        )

    @api.depends("line_ids.quantity", "line_ids.quantity_kept", "value", "fee_percent", "goodwill", "refund_rest")
    def _compute_owed(self):
        if len(self) > 1:
            self._invoice_lines()._ecom_read_together()
        for order in self:
            if order.credit_note_ids:
                order.amount_owed = sum(order.credit_note_ids.mapped("amount_total"))
                order.owed_explained = False
                continue
            rows = order._statement()
            order.amount_owed = float(sum((figures.gross for _move, _label, figures in rows), Decimal(0)))
            order.owed_explained = order._explain(rows) if rows or order.sale_order_id else False

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
        """All that the credit notes of this return say, as a list of ``Row``."""
        self.ensure_one()
        invoiced = self._invoice_lines()
        lines = invoiced._ecom_lines()
        rounding = Decimal(str(self.currency_id.rounding))
        plan = self._plan_goods(invoiced, lines, rounding)
        discounts = invoiced.filtered(lambda charge: lines[charge].charged.gross < 0 and charge._ecom_discounted())
        plan += self._plan_discounts(discounts, plan, lines, rounding)
        if self.fee_percent:
            percent = Decimal(str(self.fee_percent))
            plan += [Row(row.charge, Decimal(0), owed.fee(row.figures, percent, rounding), "fee") for row in plan]
        if self.refund_rest:
            rest = invoiced.filtered(lambda charge: not charge._ecom_is_goods()) - discounts
            plan += self._plan_rest(rest, lines, rounding)
            lines |= {charge: lines[charge].after(lines[charge].left) for charge in rest}
        if self.goodwill > 0:
            left = {charge.id: line for charge, line in lines.items()}
            given = owed.spread(Decimal(str(self.goodwill)), left, rounding)
            plan += [Row(invoiced.browse(key), Decimal(0), figures, "goodwill") for key, figures in given.items()]
        return [row for row in plan if row.quantity or row.figures]

    def _plan_goods(self, invoiced, lines, rounding):
        """What comes back and what the customer keeps, at the price that was paid; ``lines`` know it afterwards."""
        plan = []
        for line in self.line_ids:
            kept = line._kept()
            for what, quantity in (("goods", line.quantity - kept), ("kept", kept)):
                wanted = Decimal(str(line._in_sold(quantity)))
                for charge in invoiced.filtered(lambda charge, line=line: line.sale_line_id in charge.sale_line_ids):
                    taken = min(wanted, lines[charge].quantity_left)
                    if taken > 0:
                        row = Row(charge, taken, owed.share(lines[charge], taken, rounding), what, line)
                        plan.append(row)
                        lines[charge] = lines[charge].after(row.figures, taken)
                        wanted -= taken
        return plan

    def _plan_discounts(self, discounts, plan, lines, rounding):
        """Of discounts on the whole order, the share of what comes back; no more than is owed for that."""
        found = []
        for charge in discounts:
            base = charge._ecom_discounted()
            given = sum(
                (row.figures.gross for row in (*plan, *found) if row.charge.move_id == charge.move_id), Decimal(0)
            )
            if not any(row.charge in base for row in plan):
                continue
            share = owed.discount_share(lines[charge], [lines[goods] for goods in base], rounding)
            if given + share.gross < 0:
                share = owed.of_gross(share, -given, rounding)
            found.append(Row(charge, Decimal(0), share, "discount"))
            lines[charge] = lines[charge].after(share)
        return found

    def _plan_rest(self, rest, lines, rounding):
        """Delivery and fees; of a dearer delivery than the standard one, what that would have cost (L221-24)."""
        plan = [Row(charge, lines[charge].quantity_left, lines[charge].left, "rest") for charge in rest]
        most = self._most_for_delivery()
        deliveries = [row for row in plan if any(row.charge.sale_line_ids.mapped("is_delivery"))]
        if most is None or not deliveries:
            return plan
        most = max(most - sum((lines[row.charge].credited.gross for row in deliveries), Decimal(0)), Decimal(0))
        figures = [row.figures for row in deliveries]
        if sum((one.gross for one in figures), Decimal(0)) <= most:
            return plan
        lowered = owed.lowered(figures, most, rounding)
        return [row for row in plan if row not in deliveries] + [
            row._replace(quantity=Decimal(0), figures=one) for row, one in zip(deliveries, lowered, strict=True)
        ]

    def _most_for_delivery(self):
        """What is paid back for delivery at most, in the return's currency; ``None`` without a limit."""
        standard = self.channel_id.standard_delivery
        if not standard or self.kind != "withdrawal" or self._is_our_mistake():
            return None
        amount = self.company_id.currency_id._convert(standard, self.currency_id, self.company_id, self._today())
        return Decimal(str(amount))

    def _statement(self):
        """``[(invoice, label, figures)]``; what is kept is negative."""
        rows = []
        for row in self._plan_credit():
            name = (row.charge.name or (row.charge or row.line).product_id.name or "").splitlines()[0]
            figures, counted = row.figures, f"{row.quantity.normalize():f} × {name}"
            if row.line:
                counted = row.line._counted(row.quantity, name)
            if row.what == "fee":
                label = self.env._("Fee of %(percent)g %%", percent=self.fee_percent)
                figures = owed.Figures() - figures
            elif row.what == "goodwill":
                label = self.env._("Goodwill")
            elif row.what == "kept":
                label = self.env._("%(goods)s, which the customer keeps", goods=counted)
            else:
                label = counted if row.quantity else name
            rows.append((row.charge.move_id, label, figures))
        return rows

    def _explain(self, rows):
        if not rows:
            return Markup("<p>%s</p>") % self.env._("Nothing was invoiced of it yet: nothing is to be credited.")
        money = self.currency_id.format
        body = Markup().join(
            Markup("<tr><td>%s</td><td>%s</td><td class='text-end'>%s</td><td class='text-end'>%s</td></tr>")
            % (label, move.name or "", money(float(figures.tax)), money(float(figures.gross)))
            for move, label, figures in rows
        )
        head = Markup("<tr><th>%s</th><th>%s</th><th class='text-end'>%s</th><th class='text-end'>%s</th></tr>") % (
            self.env._("For"),
            self.env._("Invoice"),
            self.env._("Tax"),
            self.env._("Owed"),
        )
        return Markup("<table class='table table-sm'><thead>%s</thead><tbody>%s</tbody></table>") % (head, body)
