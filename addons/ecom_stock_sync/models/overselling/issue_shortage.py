from odoo import api, fields, models
from odoo.tools import SQL


class EcomIssue(models.Model):
    """Missing goods: one of several ways out, so a person sees the desk before one is taken."""

    _inherit = "ecom.issue"

    code = fields.Selection(selection_add=[("oversold", "Goods missing")], ondelete={"oversold": "cascade"})

    def _compute_remedy(self):
        result = super()._compute_remedy()
        self.filtered(lambda issue: issue.code == "oversold").remedy = self.env._("Choose what is done about it")
        return result

    def _needs_choice(self):
        return self.code == "oversold" or super()._needs_choice()

    def _open_to_choose(self):
        return self.action_shortage() if self.code == "oversold" else super()._open_to_choose()

    # === BUTTONS === #

    def action_shortage(self):
        """The desk of the issue's order."""
        return self.order_id.action_shortage()

    def action_fix(self):
        """What is missing is looked for again, and stays open until it is found or a person decides."""
        missing = self.filtered(lambda issue: issue.code == "oversold" and issue.state == "open")
        missing.action_look_again()
        rest = self - missing
        return super(EcomIssue, rest).action_fix() if rest else True

    def action_look_again(self):
        """Look for the goods again, on every shelf of the warehouse."""
        self.check_access("write")
        sales = self.sudo().order_id.sale_order_ids
        moves = self.env["stock.move"].sudo().union(*sales._short_moves().values())
        moves._action_assign()
        sales._release_what_lacks_nothing()
        sales._hold_for_stock()
        return True

    def action_ship_what_is_there(self):
        """Let the order go on with what was found; the rest follows."""
        self.check_access("write")
        for issue in self.sudo().filtered(lambda issue: issue.code == "oversold" and issue.state == "open"):
            issue.order_id._shortage_partial()
            issue.order_id._end_shortage()
        return True


class EcomIssueDesk(models.Model):
    _inherit = "ecom.issue.desk"

    @api.model
    def _holds(self):
        return SQL("(%s) OR issue.code = 'oversold' AND sale_order.ecom_lacks_stock", super()._holds())
