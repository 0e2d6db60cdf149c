from odoo import fields, models
from odoo.exceptions import UserError


class EcomReturn(models.Model):
    """The parcel: what is awaited, what came, and that nothing of it is sold before somebody looked."""

    _inherit = "ecom.return"

    picking_ids = fields.One2many("stock.picking", "ecom_return_id", string="Receipts")
    unit_ids = fields.One2many("ecom.return.unit", "return_id", string="Units")
    tracking_ref = fields.Char(
        string="Tracking Number",
        copy=False,
        tracking=True,
        index="trigram",
        help="Of the parcel that comes back; of several, with commas between.",
    )

    # === BUTTONS === #

    def action_open_receipts(self):
        self.ensure_one()
        return self._open_documents(self.picking_ids, self.env._("Receipts"))

    def action_receive_all(self):
        """All that was announced is here, where no piece has a number to be scanned."""
        self.check_access("write")
        for order in self:
            order._expect("awaiting", "received")
            for move in order._open_moves():
                if move._ecom_room() > 0:
                    if move.product_id.tracking != "none":
                        raise UserError(
                            self.env._(
                                "%(product)s: scan the number of each piece at the receiving desk.",
                                product=move.product_id.display_name,
                            )
                        )
                    self.env["ecom.return.unit"].sudo()._scan(move, move._ecom_room())
            order._receive()
        return True

    def action_receive(self):
        """What was scanned is here."""
        self.check_access("write")
        for order in self:
            order._expect("awaiting", "received")
            if not order.unit_ids.filtered(lambda unit: unit.state == "scanned"):
                raise UserError(self.env._("Nothing was scanned yet."))
            order._receive()
        return True

    def action_rest_missing(self):
        """What has not come does not come any more: the return is about what is here."""
        self.check_access("write")
        for order in self:
            order._expect("received")
            order._check_none_scanned()
            order.sudo()._drop_rest()
        return True

    def action_rest_kept(self):
        """What has not come stays with the customer, and is paid back all the same."""
        self.check_access("write")
        self._check_service()
        for order in self:
            order._expect("awaiting", "received")
            order._check_none_scanned()
            order.sudo()._keep_rest()
        return True

    def _check_none_scanned(self):
        """:raise UserError: where a piece lies on the desk: it is neither here nor missing"""
        scanned = self.unit_ids.filtered(lambda unit: unit.state == "scanned")
        if scanned:
            raise UserError(
                self.env._(
                    "Return %(number)s: %(products)s was scanned and is not received yet. Finish it at the Receiving "
                    "Desk, or take back the scan.",
                    number=self.name,
                    products=", ".join(scanned.product_id.mapped("display_name")),
                )
            )

    # === STEPS === #

    def _approve(self):
        """Where goods are to come back, their receipts are there from now on."""
        result = super()._approve()
        if any(line._kept() < line.quantity for line in self.line_ids):
            self.sudo()._expect_parcel()
            self.state = "awaiting"
        return result

    def _cancel(self):
        self.sudo()._open_receipts().action_cancel()
        return super()._cancel()

    def _decline(self, reason):
        self.sudo()._open_receipts().action_cancel()
        return super()._decline(reason)

    def _expect_parcel(self):
        """A receipt for each delivery that something comes back of."""
        self.ensure_one()
        self._expect_unsold(self.line_ids.filtered(lambda line: not line.sale_line_id))
        waiting = self.line_ids.filtered("sale_line_id")
        while waiting:
            wanted, later = {}, waiting.browse()
            for line in waiting:
                plan, missing = line._plan_receipt()
                if any(move in wanted.get(move.picking_id, ()) for move in plan):
                    # Odoo returns a move once in a receipt: a kit and a part of another one take two.
                    later |= line
                    continue
                if missing:
                    raise UserError(
                        self.env._(
                            "%(products)s: a return of it is under way in the deliveries already. Finish that one "
                            "first.",
                            products=", ".join(product.display_name for product in missing),
                        )
                    )
                for move, quantity in plan.items():
                    wanted.setdefault(move.picking_id, {})[move] = (line, quantity)
            self._make_receipts(wanted)
            waiting = later

    def _make_receipts(self, wanted):
        """Odoo's own returns; ``wanted`` is ``{delivery: {its move: (line of the return, how many)}}``."""
        for picking, moves in wanted.items():
            wizard = (
                self.env["stock.return.picking"]
                .with_context(active_id=picking.id, active_model="stock.picking", ecom_return_id=self.id)
                .create({"picking_id": picking.id})
            )
            for choice in wizard.product_return_moves:
                choice.quantity = moves[choice.move_id][1] if choice.move_id in moves else 0
            receipt = wizard._create_return()
            for move in receipt.move_ids:
                move.ecom_return_line_id = moves[move.origin_returned_move_id][0]
            # Odoo fills in any of the numbers that left: which one comes back is not known before it is here.
            for move in receipt.move_ids.filtered(lambda move: move.product_id.tracking != "none"):
                move.move_line_ids.lot_id = False

    def _open_receipts(self):
        return self.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel") and picking.location_id.usage == "customer"
        )

    def _open_moves(self):
        return self._open_receipts().move_ids.filtered(lambda move: move.state not in ("done", "cancel"))

    def _receive(self):
        """Take what was scanned into the quarantine, number by number; the rest is awaited on."""
        self.ensure_one()
        order = self.sudo()
        units = self.env["ecom.return.unit"].sudo()
        for picking in order._open_receipts():
            arrived = units.union(*(move._fill_from_units() for move in picking.move_ids))
            if arrived:
                arrived.state = "received"
                picking._action_done()
                units |= arrived
        order._note_received()
        order.state = "received"
        order._after_receipt(units)

    def _after_receipt(self, units):
        """A hook: what is known of these pieces without looking at them."""

    def _keep_rest(self):
        """Nothing more is awaited: the lines are about as much as before."""
        self.ensure_one()
        left = {line: line.quantity - line.quantity_back for line in self.line_ids}
        self._open_receipts().action_cancel()
        self.line_ids._forget_cancelled()
        for line, quantity in left.items():
            line.with_context(ecom_came_only=True).quantity_kept = quantity
        if self.state == "awaiting":
            self.state = "approved"
        self._rest_decided()

    def _rest_decided(self):
        """A hook: no parcel is awaited any more."""

    def _drop_rest(self):
        """Lower the lines to what came and what the customer keeps; lines of which nothing is left are gone."""
        self.ensure_one()
        self._open_receipts().action_cancel()
        self.line_ids.sale_line_id._lock_for_return()
        for line in self.line_ids:
            if line.product_uom_id.compare(line.quantity_back + line._kept(), line.quantity) < 0:
                self.message_post(
                    body=self.env._(
                        "%(back)g of %(asked)g %(product)s came back: the return is about those.",
                        back=line.quantity_back,
                        asked=line.quantity,
                        product=line.product_id.display_name,
                    )
                )
                line._came_only(line.quantity_back + line._kept())
        self._rest_decided()


class EcomReturnLine(models.Model):
    _inherit = "ecom.return.line"

    def _came_only(self, quantity):
        """The return is about less than was announced."""
        self.ensure_one()
        if not quantity:
            self.unit_ids.unlink()
            self.move_ids.ecom_return_line_id = False
            self.with_context(ecom_came_only=True).unlink()
            return
        self.with_context(ecom_came_only=True).quantity = quantity
        self._forget_cancelled()

    def _forget_cancelled(self):
        """What is not awaited any more is none of what the lines await."""
        self.move_ids.filtered(lambda move: move.state == "cancel").ecom_return_line_id = False


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        """A receipt that is validated in Odoo's own screen is received all the same, with the numbers typed there: they
        count, and not what may lie scanned on the desk."""
        ours = self.filtered(
            lambda picking: (
                picking.ecom_return_id
                and picking.state not in ("done", "cancel")
                and picking.location_id.usage == "customer"
                and not any(unit.state == "received" for unit in picking.move_ids.ecom_unit_ids)
            )
        )
        ours.move_ids.ecom_unit_ids.sudo().filtered(lambda unit: unit.state == "scanned").unlink()
        ours._check_numbers_typed()
        result = super()._action_done()
        for picking in ours.filtered(lambda picking: picking.state == "done"):
            picking.ecom_return_id.sudo()._received_by_hand(picking)
        return result

    def _create_backorder_picking(self):
        """What is awaited on belongs to the same return."""
        backorder = super()._create_backorder_picking()
        backorder.ecom_return_id = self.ecom_return_id
        return backorder

    def _check_numbers_typed(self):
        """:raise UserError: where a number was typed that did not leave with the delivery that comes back"""
        for line in self.move_line_ids.filtered("lot_id"):
            origin = line.move_id.origin_returned_move_id
            if origin and line.move_id.ecom_return_line_id and line.lot_id not in line.move_id._returnable_lots():
                raise UserError(
                    self.env._(
                        "%(product)s: %(lot)s is not what was sent with %(delivery)s. Scan it at the receiving desk.",
                        product=line.product_id.display_name,
                        lot=line.lot_id.name,
                        delivery=line.move_id.origin_returned_move_id.picking_id.name,
                    )
                )


class EcomReturnByHand(models.Model):
    _inherit = "ecom.return"

    def _received_by_hand(self, picking):
        lines = picking.move_ids.filtered(lambda move: move.ecom_return_line_id and move.state == "done").move_line_ids
        units = self.env["ecom.return.unit"].create(
            [
                {
                    "line_id": line.move_id.ecom_return_line_id.id,
                    "move_id": line.move_id.id,
                    "product_id": line.product_id.id,
                    "quantity": line.quantity_product_uom,
                    "lot_id": line.lot_id.id,
                    "state": "received",
                }
                for line in lines
            ]
        )
        self._note_received()
        self.state = "received"
        self._after_receipt(units)
