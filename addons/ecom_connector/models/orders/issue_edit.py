from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from .order_follow_edits import DISPUTES


class EcomIssue(models.Model):
    """Issues about changes of an order: the two versions side by side, and the choice between them."""

    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[
            ("edit_conflict", "Changed on both sides"),
            ("tell_the_shop", "To be changed on the shop"),
            ("refund_owed", "Money to give back"),
        ],
        ondelete={"edit_conflict": "cascade", "tell_the_shop": "cascade", "refund_owed": "cascade"},
    )
    comparison = fields.Html(compute="_compute_comparison", sanitize=False, compute_sudo=True)

    @api.depends("code", "order_id", "state")
    @api.depends_context("lang")
    def _compute_comparison(self):
        for issue in self:
            rows = []
            if issue.state == "open" and issue.code in (*DISPUTES, "tell_the_shop"):
                rows = issue.order_id._comparison()
            issue.comparison = rows and issue._comparison_table(rows)

    def _comparison_table(self, rows):
        """A table with a line for each difference: what, what Odoo says, what the shop says."""
        cell = Markup('<td style="white-space: pre-line">%s</td>')
        changed = Markup('<td style="white-space: pre-line" class="fw-bold text-warning-emphasis">%s</td>')
        body = Markup("").join(
            Markup("<tr>%s%s%s</tr>")
            % (
                cell % row["what"],
                (changed if row["who"] in ("odoo", "both") else cell) % row["ours"],
                (changed if row["who"] in ("shop", "both") else cell) % row["theirs"],
            )
            for row in rows
        )
        heads = (self.env._("What"), self.env._("Odoo says"), self.env._("The shop says"))
        head = Markup("").join(Markup("<th>%s</th>") % text for text in heads)
        return Markup('<table class="table table-sm"><thead><tr>%s</tr></thead><tbody>%s</tbody></table>') % (
            head,
            body,
        )

    def _compute_remedy(self):
        result = super()._compute_remedy()
        labels = {
            "edit_conflict": self.env._("Take the shop's version, or keep ours and tell the shop"),
            "tell_the_shop": self.env._("Note that it was changed on the shop"),
            "refund_owed": self.env._("Note that it was refunded"),
        }
        for issue in self:
            issue.remedy = labels.get(issue.code, issue.remedy)
        return result

    def _same_cause(self):
        return self if self.code in (*DISPUTES, "tell_the_shop", "refund_owed") else super()._same_cause()

    # === BUTTONS === #

    def action_take_shops(self):
        """Make the sales order say what the shop says."""
        self.check_access("write")
        for issue in self.sudo().filtered(lambda issue: issue.state == "open" and issue.code in DISPUTES):
            issue._with_raw_data()._take_shops()
            issue._solve()
        return True

    def action_keep_ours(self):
        """Keep what Odoo says, and change the shop's order accordingly."""
        self.check_access("write")
        for issue in self.sudo().filtered(lambda issue: issue.state == "open" and issue.code in DISPUTES):
            order = issue._with_raw_data()
            order._keep_ours(order._document())
            issue._solve()
        return True

    def _with_raw_data(self):
        """The issue's order, whose newest version on the shop is at hand.

        :raise UserError: when it was removed
        """
        if not self.order_id.payload:
            raise UserError(
                self.env._("The shop's version of order %s was removed meanwhile.", self.order_id.number or "")
            )
        return self.order_id

    # === REMEDIES === #

    def _fix_edit_conflict(self, _same):
        """A person settled it by hand: the two may differ where they do."""
        if self.order_id.payload:
            self.order_id._accept_difference_of_sides(self.order_id._document())

    _fix_edited_too_late = _fix_edit_conflict
    _fix_tell_the_shop = _fix_edit_conflict

    def _fix_refund_owed(self, _same):
        self.order_id.amount_owed = 0.0
