from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Proposals about contacts that were merged are settled."""
        domain = [
            ("code", "=", "possible_duplicate"),
            ("state", "=", "open"),
            ("partner_id", "in", list(partner_ids)),
            ("other_partner_id", "in", list(partner_ids)),
        ]
        issues = self.env["ecom.issue"].sudo().search(domain)
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        issues.exists()._solve()
        return result
