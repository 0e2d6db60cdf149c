from collections import defaultdict
from decimal import Decimal

from odoo import Command, models
from odoo.exceptions import UserError

from ...entitlements import owed
from ..money.account_move_line import exact, lock
from ..money.return_owed import Row


class EcomReturn(models.Model):
    """A return without an order: bought in a shop, or before Odoo was there. An accountant says what it was worth."""

    _inherit = "ecom.return"

    def _check_unsold(self):
        if not self.sale_order_id and self.wish == "exchange":
            raise UserError(self.env._("An exchange needs the order: without one, pay back and sell anew."))
        return super()._check_unsold()

    def _expect_unsold(self, lines):
        """One receipt of what comes back of no delivery."""
        lines = lines.filtered(lambda line: line._kept() < line.quantity)
        if not lines:
            return
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company_id.id)], limit=1)
        source = self.partner_id.with_company(self.company_id).property_stock_customer
        place = warehouse._ecom_place("ecom_quarantine_id")
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": warehouse.in_type_id.id,
                "partner_id": self.partner_id.id,
                "location_id": source.id,
                "location_dest_id": place.id,
                "origin": self.name,
                "ecom_return_id": self.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": line.product_id.id,
                            "product_uom": line.product_uom_id.id,
                            "product_uom_qty": line.quantity - line._kept(),
                            "company_id": self.company_id.id,
                            "location_id": source.id,
                            "location_dest_id": place.id,
                            "ecom_return_line_id": line.id,
                        }
                    )
                    for line in lines
                ],
            }
        )
        picking.action_confirm()

    def _plan_credit(self):
        """By what an accountant said it was worth, as if that had been invoiced."""
        if self.sale_order_id:
            return super()._plan_credit()
        rounding, percent = Decimal(str(self.currency_id.rounding)), Decimal(str(self.fee_percent))
        plan = []
        for line in self.line_ids:
            kept = line._kept()
            worth = owed.Line(line._unsold_figures()[0], Decimal(str(line.quantity)))
            for what, quantity in (("goods", line.quantity - kept), ("kept", kept)):
                if (taken := Decimal(str(quantity))) > 0:
                    row = Row(self.env["account.move.line"], taken, owed.share(worth, taken, rounding), what, line)
                    plan.append(row)
                    worth = worth.after(row.figures, taken)
        plan += [
            row._replace(quantity=Decimal(0), figures=owed.fee(row.figures, percent, rounding), what="fee")
            for row in plan
        ]
        return [row for row in plan if row.figures]

    def _credit(self, plan=None):
        if self.sale_order_id:
            return super()._credit(plan)
        lines = [Command.create(row.line._prepare_unsold_credit(row)) for row in self._plan_credit()]
        if not lines:
            return self.env["account.move"]
        move = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "company_id": self.company_id.id,
                "partner_id": self.partner_id.id,
                "invoice_date": self._today(),
                "invoice_origin": self.name,
                "ref": self.env._("Return %(number)s, of no order", number=self.name),
                "ecom_return_id": self.id,
                "invoice_line_ids": lines,
            }
        )
        move.action_post()
        return move


class EcomReturnLine(models.Model):
    _inherit = "ecom.return.line"

    def _unsold_position(self):
        position = self.env["account.fiscal.position"].with_company(self.company_id)
        return position._get_fiscal_position(self.return_id.partner_id)

    def _unsold_taxes(self):
        taxes = self.product_id.taxes_id.filtered_domain(self.env["account.tax"]._check_company_domain(self.company_id))
        return self._unsold_position().map_tax(taxes)

    def _unsold_figures(self):
        """What is paid back for all of it, and ``{tax id: what the tax was computed on}``."""
        currency = self.currency_id
        totals = self._unsold_taxes().compute_all(
            self.unit_price, currency, self.quantity, product=self.product_id, partner=self.return_id.partner_id
        )
        taxes, bases = defaultdict(Decimal), {}
        for row in totals["taxes"]:
            taxes[row["id"]] += exact(row["amount"], currency)
            bases[row["id"]] = exact(row["base"], currency)
        return owed.Figures(exact(totals["total_excluded"], currency), dict(taxes)), bases

    def _unsold_total(self):
        """What is paid back for it, taxes included."""
        return float(self._unsold_figures()[0].gross)

    def _prepare_unsold_credit(self, row):
        """Values of a credit note's line; without the product where the customer keeps it, as its cost stays a cost."""
        charged, bases = self._unsold_figures()
        product = self.product_id
        accounts = product.product_tmpl_id.with_company(self.company_id).get_product_accounts(self._unsold_position())
        figures, price = row.figures, {"quantity": float(row.quantity), "price_unit": self.unit_price, "discount": 0}
        if row.what == "fee":
            figures = owed.Figures() - figures
            price |= {"quantity": 1, "price_unit": float(figures.net)}
        goods = row.what == "goods"
        return {
            "name": self.return_id._fee_words(product.display_name) if row.what == "fee" else product.display_name,
            "product_id": product.id if goods else False,
            "product_uom_id": self.product_uom_id.id if row.quantity else False,
            "account_id": accounts["income"].id,
            "tax_ids": [Command.set(self._unsold_taxes().ids)],
            "extra_tax_data": lock(self.currency_id, 1, price, figures, charged, bases),
            "ecom_credited_quantity": price["quantity"] if goods else 0,
            "ecom_is_fee": row.what == "fee",
            **price,
        }
