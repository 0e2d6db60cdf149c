from odoo import models
from odoo.fields import Domain


class EcomReplenishment(models.Model):
    """Proposals become Odoo's own reordering rules, when a person says so."""

    _inherit = "ecom.replenishment"

    def action_accept(self):
        """Show what would become of the rules of these products."""
        self.check_access("write")
        rows = self._to_accept()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Accept"),
            "res_model": "ecom.replenishment.accept",
            "view_mode": "form",
            "target": "new",
            "context": {"default_replenishment_ids": rows.ids},
        }

    def _to_accept(self):
        """Those that propose something other than their rule; without a rule, nothing is no proposal."""
        return self.filtered(
            lambda row: (
                row.advice != "unknown" and row.rule_state != "agreed" and (row.maximum > 0 or row.rule_state != "none")
            )
        )

    def _accept(self, replace_by_hand=False, trigger="manual"):
        """Write the proposals into rules.

        :param replace_by_hand: also into those that a person set otherwise
        :param trigger: of new rules: ``manual`` to order by a click in Odoo's replenishment, ``auto`` without
        :return: the rows that were accepted
        """
        self.check_access("write")
        rows = self.sudo()._to_accept()
        rules = rows._find_rules()
        make, accepted = [], self.browse()
        for row in rows:
            rule = rules.get((row.product_id.id, row.warehouse_id.lot_stock_id.id))
            if rule and not replace_by_hand and row._by_hand(rule):
                continue
            accepted |= row
            values = {"product_min_qty": row.minimum, "product_max_qty": row.maximum}
            if rule:
                rule.write(values | ({} if rule.active else {"active": True}))
                row.orderpoint_id = rule
            else:
                make.append(
                    {
                        "product_id": row.product_id.id,
                        "warehouse_id": row.warehouse_id.id,
                        "location_id": row.warehouse_id.lot_stock_id.id,
                        "company_id": row.company_id.id,
                        "trigger": trigger,
                        **values,
                    }
                )
            row.write({"accepted_min": row.minimum, "accepted_max": row.maximum})
        self.env["stock.warehouse.orderpoint"].sudo().create(make)
        return accepted.sudo(False)

    def _find_rules(self):
        """``{(product, location): rule}`` for the warehouses' stock, archived ones too: Odoo allows one only."""
        rules = (
            self.env["stock.warehouse.orderpoint"]
            .with_context(active_test=False)
            .search(
                Domain("product_id", "in", self.product_id.ids)
                & Domain("location_id", "in", self.warehouse_id.lot_stock_id.ids)
            )
        )
        return {(rule.product_id.id, rule.location_id.id): rule for rule in rules}

    def _by_hand(self, rule):
        """Whether a person chose the quantities of a rule, or to have none."""
        if not rule.active:
            return True
        return self._state_of_rule(rule.product_min_qty, rule.product_max_qty, True) == "person"
