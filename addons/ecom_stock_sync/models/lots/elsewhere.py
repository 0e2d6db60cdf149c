from collections import defaultdict

from odoo import api, fields, models
from odoo.addons.ecom_connector.platforms.documents import OrderState
from odoo.exceptions import UserError
from odoo.tools.sql import column_exists, create_column


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    ecom_run_by_others = fields.Boolean(
        string="Run by Others",
        help="A marketplace's warehouse or a logistics provider's: they pack and ship. What they shipped is taken out "
        "of stock as soon as the shop says so; of tracked goods, as soon as their lots or serials are known.",
    )


class StockPicking(models.Model):
    """Deliveries that left from somebody else's warehouse."""

    _inherit = "stock.picking"

    ecom_elsewhere_at = fields.Datetime(
        string="Shipped Elsewhere on",
        copy=False,
        help="Somebody else shipped this. It is taken out of stock once its lots and serials are known.",
    )
    ecom_lots_awaited = fields.Boolean(string="Lots to Assign", compute="_compute_ecom_lots_awaited", store=True)
    _lots_awaited_index = models.Index("(id) WHERE ecom_lots_awaited")
    ecom_run_by_others = fields.Boolean(related="picking_type_id.warehouse_id.ecom_run_by_others")

    def _auto_init(self):
        """No delivery of the past is awaited: it need not be computed for all of them."""
        if not column_exists(self.env.cr, self._table, "ecom_lots_awaited"):
            create_column(self.env.cr, self._table, "ecom_lots_awaited", "boolean")
        return super()._auto_init()

    @api.depends("ecom_elsewhere_at", "state")
    def _compute_ecom_lots_awaited(self):
        for picking in self:
            picking.ecom_lots_awaited = bool(picking.ecom_elsewhere_at) and picking.state not in ("done", "cancel")

    # === ACTIONS === #

    def action_ecom_shipped_elsewhere(self):
        """Somebody else shipped these deliveries."""
        self.check_access("write")
        self._shipped_elsewhere()
        waiting = self.filtered("ecom_lots_awaited")
        return waiting[:1].action_ecom_assign_lots() if len(self) == 1 and waiting else True

    def action_ecom_assign_lots(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assign Lots"),
            "res_model": "ecom.lot.assign",
            "view_mode": "form",
            "target": "new",
            "context": {"default_picking_id": self.id},
        }

    def _action_done(self):
        """What is reserved is a guess where somebody else shipped: it is never taken for what left."""
        if not self.env.context.get("ecom_left_already"):
            guessed = self.filtered(
                lambda picking: (
                    picking.ecom_lots_awaited
                    and any(move.product_id.tracking != "none" for move in picking.move_ids if move.state != "cancel")
                )
            )
            if guessed:
                raise UserError(
                    self.env._(
                        "%(deliveries)s: shipped elsewhere. Say which lots and serials left, with “Assign Lots”.",
                        deliveries=", ".join(guessed.mapped("name")),
                    )
                )
        return super()._action_done()

    # === SHIPPED ELSEWHERE === #

    def _shipped_elsewhere(self, at=None):
        """Take out of stock what left from another's warehouse, as far as it is known what exactly left.

        Deliveries with tracked goods, or with goods that stock does not know to be there, wait in the queue: neither
        a quantity without lot nor one below zero is ever written.
        """
        open_ = self.filtered(
            lambda picking: picking.picking_type_code == "outgoing" and picking.state not in ("done", "cancel")
        )
        open_.filtered(lambda picking: not picking.ecom_elsewhere_at).ecom_elsewhere_at = at or fields.Datetime.now()
        open_.move_ids.filtered(lambda move: move.state in ("confirmed", "partially_available"))._action_assign()
        plain = open_.filtered(
            lambda picking: (
                all(move.state in ("assigned", "cancel") for move in picking.move_ids)
                and all(move.product_id.tracking == "none" for move in picking.move_ids)
            )
        )
        plain._leave_elsewhere()

    def _leave_elsewhere(self):
        """Done as they are reserved, on the day on which they left."""
        if not self:
            return
        pickings = self.with_context(ecom_left_already=True, skip_expired=True, skip_sms=True)
        pickings.move_ids.filtered(lambda move: move.state not in ("done", "cancel")).picked = True
        pickings._action_done()
        for picking in pickings:
            picking.date_done = picking.ecom_elsewhere_at

    def _assign_lots(self, taken):
        """Take these lots out of stock for a delivery that left already.

        :param taken: ``[(move, lot, quantity in the product's unit)]``, for all of its tracked goods
        :raise UserError: where they are not what is to be delivered, or not there
        """
        self.ensure_one()
        tracked = self.move_ids.filtered(
            lambda move: move.product_id.tracking != "none" and move.state not in ("done", "cancel")
        )
        self._check_taken(tracked, taken)
        plain = self.move_ids.filtered(lambda move: move.state not in ("done", "cancel")) - tracked
        if short := plain.filtered(lambda move: move.product_uom.compare(move.quantity, move.product_uom_qty) < 0):
            raise UserError(
                self.env._(
                    "%(products)s: less is in stock than was shipped. Correct the stock first.",
                    products=", ".join(short.product_id.mapped("display_name")),
                )
            )
        places = self._places(taken)
        tracked.move_line_ids.unlink()
        self.env["stock.move.line"].create(
            [
                move._prepare_move_line_vals()
                | {
                    "lot_id": lot.id,
                    "quantity": part,
                    "product_uom_id": move.product_id.uom_id.id,
                    "location_id": place.id,
                }
                for move, lot, place, part in places
            ]
        )
        if not self.ecom_elsewhere_at:
            self.ecom_elsewhere_at = fields.Datetime.now()
        self._leave_elsewhere()

    def _check_taken(self, tracked, taken):
        for move in tracked:
            quantity = sum(part for other, _lot, part in taken if other == move)
            if move.product_id.uom_id.compare(quantity, move.product_qty) != 0:
                raise UserError(
                    self.env._(
                        "%(product)s: %(given)g of %(wanted)g entered.",
                        product=move.product_id.display_name,
                        given=quantity,
                        wanted=move.product_qty,
                    )
                )

    def _places(self, taken):
        """Where each lot is taken from: the shelves of this delivery's warehouse that have it.

        :return: ``[(move, lot, location, quantity)]``
        """
        lots = self.env["stock.lot"].union(*(lot for _move, lot, _part in taken))
        shelves = defaultdict(list)
        quants = (
            self.env["stock.quant"]
            .sudo()
            .search(
                [
                    ("lot_id", "in", lots.ids),
                    ("location_id", "child_of", self.location_id.ids),
                    ("location_id.usage", "=", "internal"),
                    ("quantity", ">", 0),
                ],
                order="id",
            )
        )
        for quant in quants:
            shelves[quant.lot_id].append([quant.location_id, quant.quantity])
        places = []
        for move, lot, part in taken:
            left = part
            for shelf in shelves[lot]:
                take = min(left, shelf[1])
                if take > 0:
                    places.append((move, lot, shelf[0], take))
                    shelf[1] -= take
                    left -= take
            if lot.product_uom_id.compare(left, 0) > 0:
                raise UserError(
                    self.env._(
                        "%(product)s: %(lot)s is not in stock in %(place)s. Check the number, or receive it "
                        "there first.",
                        product=lot.product_id.display_name,
                        lot=lot.name,
                        place=self.location_id.display_name,
                    )
                )
        return places


class EcomOrder(models.Model):
    _inherit = "ecom.order"

    def _settle_close(self, channel):
        """A shop says that an order is completed which somebody else's warehouse ships: so they shipped it."""
        elsewhere = self.filtered(
            lambda order: (
                order.state == "received"
                and order.sale_order_ids.warehouse_id.filtered("ecom_run_by_others")
                and order._document().state in (OrderState.COMPLETED, OrderState.DELIVERED)
            )
        )
        pickings = elsewhere.sale_order_ids.picking_ids.filtered("ecom_run_by_others")
        pickings.filtered(lambda picking: not picking.ecom_elsewhere_at)._shipped_elsewhere()
        return super()._settle_close(channel)
