from odoo import models
from odoo.exceptions import UserError

from ...decisions import totals


class SaleOrder(models.Model):
    """What people change of a shop's order in Odoo's own screens reaches the shop too."""

    _inherit = "sale.order"

    def write(self, vals):
        if "partner_shipping_id" not in vals:
            return super().write(vals)
        moved = self.filtered(lambda sale: sale.partner_shipping_id.id != vals["partner_shipping_id"])
        orders = moved._orders_to_tell()
        if not orders:
            return super().write(vals)
        with orders._changed_here():
            return super(SaleOrder, self.with_context(ecom_changing=True)).write(vals)

    def action_ecom_hold(self):
        return self.ecom_order_id.action_hold()

    def _orders_to_tell(self):
        """The shops' orders of these sales orders, unless the change is theirs or is told already."""
        if self.env.context.get("ecom_from_shop") or self.env.context.get("ecom_changing"):
            return self.env["ecom.order"]
        return self.sudo().ecom_order_id.filtered(lambda order: order.state == "settled" or order.agreed)

    def _change_delivery_address(self, partner):
        """Deliver to another address what did not leave yet, except what goes to a place of its own already."""
        for sale_order in self:
            before = sale_order.partner_shipping_id
            kept = {
                picking: picking.partner_id
                for picking in sale_order.picking_ids
                if picking.state in ("done", "cancel") or picking.partner_id != before
            }
            sale_order.with_context(update_delivery_shipping_partner=True).write(
                {"partner_shipping_id": partner.id, "fiscal_position_id": sale_order.fiscal_position_id.id}
            )
            for picking, place in kept.items():
                picking.partner_id = place

    def _unlocked(self, change):
        """Do something to an order that is locked, and lock it again."""
        locked = self.filtered("locked")
        locked.action_unlock()
        change()
        locked.action_lock()

    def _action_cancel(self):
        """Refuse to cancel what is on its way, in words; keep in mind what a customer who paid shall get back."""
        orders = self._orders_to_tell()
        for order in orders:
            if reason := order._cancel_barrier():
                raise UserError(
                    self.env._("Order %(number)s cannot be cancelled: %(reason)s.", number=order.number, reason=reason)
                )
        open_orders = orders.filtered(lambda order: any(sale.state != "cancel" for sale in order.sale_order_ids))
        result = super(SaleOrder, self.with_context(ecom_changing=True))._action_cancel()
        for order in open_orders:
            order._owe(order.amount_total - order.amount_refunded - order.amount_owed)
        return result


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def write(self, vals):
        if not {"product_uom_qty", "product_id"} & vals.keys():
            return super().write(vals)
        orders = self.filtered(lambda line: line.sudo().ecom_line_id).order_id._orders_to_tell()
        if not orders:
            return super().write(vals)
        with orders._changed_here():
            return super(SaleOrderLine, self.with_context(ecom_changing=True)).write(vals)

    def _order_less(self, quantity):
        """Order and ship less of a line, at its share of the shop's amounts."""
        self.ensure_one()
        self.write(
            {
                "product_uom_qty": quantity,
                "extra_tax_data": totals.prorate(self.extra_tax_data, 0, quantity, self.currency_id.rounding)
                if quantity
                else False,
            }
        )

    def _swap_product(self, product):
        """Put another product in the line's place, at the same price: what is ordered becomes a line of its own.

        :return: the line that stands for it now
        """
        self.ensure_one()
        if self.order_id.state in ("draft", "sent"):
            kept = {
                "price_unit": self.price_unit,
                "discount": self.discount,
                "tax_ids": [(6, 0, self.tax_ids.ids)],
                "extra_tax_data": self.extra_tax_data,
                "product_uom_qty": self.product_uom_qty,
            }
            self.write({"product_id": product.id, "name": self._name_of(product)} | kept)
            return self
        values = {
            "order_id": self.order_id.id,
            "ecom_line_id": self.ecom_line_id.id,
            "sequence": self.sequence,
            "product_id": product.id,
            "name": self._name_of(product),
            "product_uom_id": self.product_uom_id.id,
            "product_uom_qty": self.product_uom_qty,
            "price_unit": self.price_unit,
            "discount": self.discount,
            "tax_ids": [(6, 0, self.tax_ids.ids)],
            "extra_tax_data": self.extra_tax_data,
            "customer_lead": self.customer_lead,
        }
        self.write({"product_uom_qty": 0, "extra_tax_data": False})
        return self.create(values)

    def _name_of(self, product):
        return product.with_context(lang=self.order_id.partner_id.lang).get_product_multiline_description_sale()


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def action_ecom_hold(self):
        return self.ecom_order_id.action_hold()

    def action_ecom_release(self):
        return self.ecom_order_id.action_release()

    def action_ecom_split(self):
        self.ensure_one()
        action = self.ecom_order_id.action_split()
        action["context"]["default_picking_id"] = self.id
        return action
