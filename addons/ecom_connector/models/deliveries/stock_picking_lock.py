from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _is_date_in_lock_period(self):
        """A shop's order of a closed year may still be shipped: what counts is the day on which the goods leave.

        Odoo also refuses a delivery that was planned in a locked period, as is every order that was placed in it and
        is confirmed or shipped later; the date planned books nothing. While an order is confirmed its delivery does
        not know it yet: the context does.
        """
        if not self.sale_id.ecom_order_id and not self.env.context.get("ecom_confirms"):
            return super()._is_date_in_lock_period()
        violations = self.date_done and self.company_id._get_lock_date_violations(
            self.date_done.date(), fiscalyear=True, sale=False, purchase=False, tax=False, hard=True
        )
        return bool(violations)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _action_confirm(self):
        if all(sale.ecom_order_id for sale in self):
            return super(SaleOrder, self.with_context(ecom_confirms=True))._action_confirm()
        return super()._action_confirm()
