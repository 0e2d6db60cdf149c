from odoo import fields, models
from odoo.exceptions import UserError


class EcomIssue(models.Model):
    """An order that the shop cancelled after it was shipped: its goods are taken back."""

    _inherit = "ecom.issue"

    may_take_back = fields.Boolean(compute="_compute_may_take_back", compute_sudo=True)

    def _compute_may_take_back(self):
        for issue in self:
            issue.may_take_back = (
                issue.code == "cancelled_too_late" and issue.state == "open" and issue.order_id.ecom_may_return
            )

    def action_take_back(self):
        """Await the parcel as one that comes back to its sender, and pay back once it is here."""
        self.check_access("write")
        self.ensure_one()
        if not self.may_take_back:
            raise UserError(self.env._("Nothing of this order is with the customer."))
        issue = self.sudo()
        found = issue.order_id.sale_order_id._ecom_back_to_sender(
            self.env._("The order was cancelled on the shop after it was shipped.")
        )
        issue._solve()
        return found.with_env(self.env)._open()
