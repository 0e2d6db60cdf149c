from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date


class EcomPayout(models.Model):
    """Taking a booked payout back: by entries of its own with a date of their own; what is posted stays as it is."""

    _inherit = "ecom.payout"

    def action_roll_back(self):
        self.check_access("write")
        for payout in self:
            if payout.state not in ("posted", "banked"):
                raise UserError(self.env._("Only what is booked can be taken back."))
            payout.gateway_id._work_env().env["ecom.payout"].browse(payout.id)._roll_back()
        return True

    def _roll_back(self):
        """Reverse the entries on the first open day on or after their own; the payments are open again."""
        for payout in self:
            gateway, moves = payout.gateway_id, payout._standing_moves()
            payout._leave_bank()
            dates = [
                {"date": gateway._open_day(move.date, bool(move._affect_tax_report())), "ecom_payout_id": payout.id}
                for move in moves
            ]
            reversals = moves._reverse_moves(dates, cancel=True)
            payout.write({"state": "fetched"})
            names = ", ".join(reversals.mapped("name"))
            day = format_date(self.env, payout.company_id._ecom_today())
            payout.message_post(body=self.env._("Taken back on %(date)s by %(entries)s.", date=day, entries=names))

    def _standing_moves(self):
        """Its entries that nothing took back."""
        return self.move_ids.filtered(
            lambda move: move.state == "posted" and not move.reversed_entry_id and not move.reversal_move_ids
        )

    def _leave_bank(self):
        """Undo its match with the bank's line; a hook."""
