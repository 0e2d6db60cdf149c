from odoo import models


class EcomOrder(models.Model):
    """How far an order is, and so what of it cannot be changed any more: said in words to whoever asks."""

    _inherit = "ecom.order"

    def _edit_barrier(self):
        """Why neither lines nor address can be changed any more; an empty text while they can."""
        self.ensure_one()
        sale_order = self.sale_order_id
        if not sale_order:
            return self.env._("it is not in Odoo yet")
        if len(self.sale_order_ids) > 1:
            return self.env._("it was split into several sales orders")
        if sale_order.state == "cancel":
            return self.env._("it is cancelled")
        pickings = sale_order.picking_ids.filtered(lambda picking: picking.state != "cancel")
        waiting = pickings.filtered(lambda picking: picking.state != "done")
        if pickings and not waiting:
            return self.env._("it is shipped")
        if self._is_being_packed(waiting):
            return self.env._("it is being packed")
        return ""

    def _lines_barrier(self):
        """Why lines cannot be changed any more."""
        if self.sale_order_ids.invoice_ids.filtered(lambda invoice: invoice.state == "posted"):
            return self.env._("it is invoiced")
        return self._edit_barrier()

    def _price_barrier(self):
        """Why amounts cannot be changed any more: they may be after shipping, but not after invoicing."""
        if len(self.sale_order_ids) != 1 or self.sale_order_id.state == "cancel":
            return self._edit_barrier()
        if self.sale_order_id.invoice_ids.filtered(lambda invoice: invoice.state == "posted"):
            return self.env._("it is invoiced")
        return ""

    def _address_barrier(self, country=None):
        """Why it cannot be delivered elsewhere any more."""
        if reason := self._edit_barrier():
            return reason
        here = self.sale_order_id.partner_shipping_id.country_id
        if country and here and country != here:
            return self.env._(
                "it would go to %(country)s, where other taxes and delivery costs apply",
                country=country.name,
            )
        return ""

    def _cancel_barrier(self):
        """Why the order as a whole cannot be cancelled any more."""
        pickings = self.sale_order_ids.picking_ids.filtered(lambda picking: picking.state != "cancel")
        outgoing = pickings.filtered(lambda picking: picking.picking_type_code == "outgoing")
        shipped = outgoing.filtered(lambda picking: picking.state == "done")
        if shipped and shipped == outgoing:
            return self.env._("it is shipped: take the goods back as a return instead")
        if shipped:
            return self.env._("a part of it is shipped: cancel what is left with “Change Lines”")
        return ""

    def _is_being_packed(self, waiting):
        """Whether goods of deliveries that did not leave yet were taken from the shelves."""
        moves = waiting.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        return bool(
            moves.filtered("picked")
            or moves.move_line_ids.result_package_id
            or moves.move_orig_ids.filtered(lambda move: move.state == "done" and move.location_id.usage == "internal")
        )
