from odoo import Command, models
from odoo.exceptions import UserError


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

    def _credit(self, plan=None):
        if self.sale_order_id:
            return super()._credit(plan)
        lines = [Command.create(line._prepare_unsold_credit()) for line in self.line_ids if line.unit_price]
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

    def _unsold_taxes(self):
        taxes = self.product_id.taxes_id.filtered_domain(self.env["account.tax"]._check_company_domain(self.company_id))
        position = self.env["account.fiscal.position"].with_company(self.company_id)
        return position._get_fiscal_position(self.return_id.partner_id).map_tax(taxes)

    def _unsold_total(self):
        """What is paid back for it, taxes included."""
        totals = self._unsold_taxes().compute_all(
            self.unit_price, self.currency_id, self.quantity, product=self.product_id, partner=self.return_id.partner_id
        )
        return totals["total_included"]

    def _prepare_unsold_credit(self):
        kept = self._kept() >= self.quantity
        return {
            "name": self.product_id.display_name,
            "product_id": False if kept else self.product_id.id,
            "quantity": self.quantity,
            "price_unit": self.unit_price,
            "tax_ids": [Command.set(self._unsold_taxes().ids)],
        }
