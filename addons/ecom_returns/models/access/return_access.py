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
        defaults = {key.removeprefix("default_") for key in self.env.context if key.startswith("default_")}
        self._check_written(defaults.union(*vals_list) - {"name", "company_id"})
        self._check_kind(vals.get("kind") for vals in (*vals_list, {"kind": self.env.context.get("default_kind")}))
        return super().create(vals_list)

    def write(self, vals):
        self._check_written(vals.keys())
        self._check_kind([vals.get("kind")])
        return super().write(vals)

    def _check_kind(self, kinds):
        """:raise AccessError: where a person says that the shop paid back: that is approved without anybody's look"""
        if not self.env.su and "shop" in kinds:
            raise AccessError(self.env._("Only the shop says what was refunded there: choose another kind of return."))

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
