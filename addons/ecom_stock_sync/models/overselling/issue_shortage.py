from odoo import fields, models


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(selection_add=[("oversold", "Goods missing")], ondelete={"oversold": "cascade"})

    def _compute_remedy(self):
        result = super()._compute_remedy()
        self.filtered(lambda issue: issue.code == "oversold").remedy = self.env._("Look again")
        return result

    def _fix_oversold(self, same):
        """Look again for the goods, on every shelf of the warehouse."""
        moves = same.order_id.sale_order_ids._short_moves()
        self.env["stock.move"].union(*moves.values())._action_assign()
        self.order_id.sale_order_ids._hold_for_stock()

    def action_ship_what_is_there(self):
        """Let the order go on with what was found; the rest follows."""
        self.check_access("write")
        for issue in self.sudo().filtered(lambda issue: issue.code == "oversold"):
            issue.order_id.sale_order_ids._release_for_stock()
        return True
