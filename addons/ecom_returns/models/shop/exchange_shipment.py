from odoo import api, fields, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    _inherit = "sale.order"

    ecom_exchanged_return_ids = fields.One2many("ecom.return", "exchange_order_id", string="In Exchange for")


class EcomReturn(models.Model):
    """What goes out in exchange, told to the shop when it has left: it waits there to be sent."""

    _inherit = "ecom.return"

    def _tells_departure(self):
        """Whether the shop knows of the exchange, and can be told that it left."""
        self.ensure_one()
        capabilities = self.channel_id and self.channel_id._platform_class().capabilities
        return bool(
            capabilities
            and capabilities.ships_exchanges
            and (self._is_exchange_told() or self.shop_return_id.exchanges)
        )


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _shipped_for(self):
        swapped = {picking: order.order_id for picking, (order, _left) in self._exchanged().items()}
        return super()._shipped_for() | swapped

    def _exchanged(self):
        """``{delivery: (return, {external id of the variant: how many left})}`` of those in exchange that the shop is
        told of: it sells each whole line of them."""
        orders = {
            sale: order
            for sale in self.sale_id
            for order in sale.ecom_exchanged_return_ids.filtered(lambda order: order._tells_departure())
        }
        moves = self.filtered(lambda picking: picking.sale_id in orders).move_ids
        moves = moves.filtered(lambda move: move.state == "done")
        if not moves:
            return {}
        offers = {
            (offer.channel_id, offer.product_id): offer.external_id
            for offer in self.env["ecom.offer"].search(
                [
                    ("channel_id", "in", [order.channel_id.id for order in orders.values()]),
                    ("product_id", "in", moves.product_id.ids),
                    ("external_id", "!=", False),
                ]
            )
        }
        found = {}
        for picking, own in moves.grouped("picking_id").items():
            order, left = orders[picking.sale_id], {}
            for move in own:
                sold = move.sale_line_id
                whole = sold.product_id == move.product_id
                variant = offers.get((order.channel_id, move.product_id)) if whole else None
                pieces = move.product_uom._compute_quantity(move.quantity, sold.product_uom_id)
                left[variant] = left.get(variant, 0) + pieces
            if None not in left:
                found[picking] = (order, left)
        return found


class EcomShipment(models.Model):
    _inherit = "ecom.shipment"

    def _prepare_payload(self):
        payload = super()._prepare_payload()
        for order, left in self.picking_id._exchanged().values():
            payload["exchange"] = {"return": order.shop_return_id.external_id or "", "variants": list(left.items())}
        return payload


class EcomCommand(models.Model):
    _inherit = "ecom.command"

    @api.model
    def _due_domain(self, channel, kind):
        """What left in exchange waits for its return: before that the shop knows of none."""
        domain = super()._due_domain(channel, kind)
        if kind == "shipment":
            begun = "picking_id.sale_id.ecom_exchanged_return_ids.shop_command_ids.state"
            domain &= Domain("shipment_id", "not any", [(begun, "in", ("pending", "sending"))])
        return domain
