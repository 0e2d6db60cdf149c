from odoo import models
from odoo.tools import groupby


class EcomOrder(models.Model):
    _inherit = "ecom.order"

    def _cancel_sale_orders(self, channel):
        """Whoever is preparing a delivery is told that the shop cancelled its order: the goods are in hand already."""
        begun = self.sale_order_ids.picking_ids._begun()
        result = super()._cancel_sale_orders(channel)
        begun.filtered(lambda picking: picking.state == "cancel")._tell_preparer(channel)
        return result


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _begun(self):
        """Deliveries whose preparation began: printed, picked, or in a package."""
        return self.filtered(
            lambda picking: (
                picking.state not in ("done", "cancel")
                and (
                    picking.printed
                    or any(picking.move_ids.mapped("picked"))
                    or bool(picking.move_line_ids.result_package_id)
                )
            )
        )

    def _tell_preparer(self, channel):
        """Say on cancelled deliveries that the goods go back, with an activity for whoever prepares them."""
        env = self.env
        for responsible, found in groupby(self, lambda picking: picking.user_id or channel.responsible_id):
            pickings = self.browse().union(*found)
            # Lanes schedule no activities by themselves; this one is meant.
            pickings.with_context(mail_activity_automation_skip=False).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=env._("Cancelled on the shop: put the goods back"),
                user_id=responsible.id,
            )
        for picking in self:
            picking.message_post(
                body=env._(
                    "Order %(number)s was cancelled on the shop while this delivery was being prepared. Do not send "
                    "it: unpack it and put the goods back.",
                    number=picking.sale_id.ecom_order_id.number or picking.origin or "",
                )
            )
