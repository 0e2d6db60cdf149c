from odoo import api, models
from odoo.exceptions import AccessError

BY_STEPS = frozenset(
    (
        "state",
        "settled_at",
        "received_at",
        "inspected_at",
        "acknowledged_at",
        "policy_id",
        "exchange_order_id",
        "external_ref",
        "way_back",
        "way_back_error",
        "label_ids",
        "shop_return_id",
        "api_due",
        "api_version",
        "company_id",
        "name",
    )
)
"""What only the steps of a return change, whoever takes them."""
BY_PREPARERS = frozenset(("tracking_ref", "unit_ids", "user_id"))
"""What whoever has no more to do with it than to receive and inspect may write."""


class EcomReturn(models.Model):
    """Who may write what of a return; its steps work past this, once they have checked who takes them."""

    _inherit = "ecom.return"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_written(set().union(*vals_list) - {"name", "company_id"})
        return super().create(vals_list)

    def write(self, vals):
        self._check_written(vals.keys())
        return super().write(vals)

    def _check_service(self):
        """:raise AccessError: where the user is not of customer service"""
        if not self.env.su and not self.env.user.has_group("ecom_connector.group_service"):
            raise AccessError(self.env._("Only customer service decides that."))

    def _check_written(self, names):
        """:raise AccessError: naming what was written past the steps"""
        if self.env.su:
            return
        refused = names & BY_STEPS
        groups = ("ecom_connector.group_service", "ecom_connector.group_accountant")
        if not refused and not any(self.env.user.has_group(group) for group in groups):
            refused = {name for name in names - BY_PREPARERS if not name.startswith(("message_", "activity_"))}
        if refused:
            raise AccessError(
                self.env._("These are not written by hand: %(fields)s.", fields=", ".join(sorted(refused)))
            )


class EcomReturnUnit(models.Model):
    _inherit = "ecom.return.unit"

    def write(self, vals):
        by_hand = {"grade", "disposition", "second_product_id", "inspection_note"}
        if not self.env.su and (refused := vals.keys() - by_hand):
            raise AccessError(
                self.env._("These are not written by hand: %(fields)s.", fields=", ".join(sorted(refused)))
            )
        return super().write(vals)
