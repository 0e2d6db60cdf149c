from odoo import api, fields, models


class StockReturnPicking(models.TransientModel):
    """Odoo's own returns, sent to the place where goods are inspected."""

    _inherit = "stock.return.picking"

    def _prepare_picking_default_values(self):
        values = super()._prepare_picking_default_values()
        if return_id := self.env.context.get("ecom_return_id"):
            warehouse = self.picking_id.picking_type_id.warehouse_id
            values |= {
                "location_dest_id": warehouse._ecom_place("ecom_quarantine_id").id,
                "ecom_return_id": return_id,
            }
        return values


class StockMove(models.Model):
    _inherit = "stock.move"

    ecom_return_line_id = fields.Many2one("ecom.return.line", index="btree_not_null", ondelete="restrict")
    ecom_unit_ids = fields.One2many("ecom.return.unit", "move_id")

    def _ecom_room(self):
        """How much of what was announced nobody has scanned yet, in the product's own unit."""
        self.ensure_one()
        if self.state in ("done", "cancel"):
            return 0
        return self.product_qty - sum(
            self.ecom_unit_ids.filtered(lambda unit: unit.state != "refused").mapped("quantity")
        )

    def _returnable_lots(self):
        """The lots and serials that left with the delivery that this receipt returns, and are not back."""
        sent = self.origin_returned_move_id.move_line_ids.lot_id
        here = self.origin_returned_move_id.returned_move_ids.filtered(lambda move: move.state == "done")
        scanned = self.ecom_unit_ids.filtered(lambda unit: unit.state == "scanned").lot_id
        gone = (here.move_line_ids.lot_id | scanned).filtered(lambda lot: lot.product_id.tracking == "serial")
        return sent - gone

    def _fill_from_units(self):
        """What was scanned is what arrived, number by number."""
        self.ensure_one()
        units = self.ecom_unit_ids.filtered(lambda unit: unit.state == "scanned")
        self.move_line_ids.unlink()
        self.env["stock.move.line"].create(
            [
                {
                    "move_id": self.id,
                    "picking_id": self.picking_id.id,
                    "company_id": self.company_id.id,
                    "product_id": self.product_id.id,
                    "product_uom_id": self.product_id.uom_id.id,
                    "quantity": unit.quantity,
                    "lot_id": unit.lot_id.id,
                    "location_id": self.location_id.id,
                    "location_dest_id": self.location_dest_id.id,
                    "picked": True,
                }
                for unit in units
            ]
        )
        self.picked = bool(units)
        return units


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """What came back is not sent again because somebody changes the order later."""
        quantity = super()._get_qty_procurement(previous_product_uom_qty)
        for line in self.ecom_return_line_ids:
            awaited = line.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
            quantity += line.quantity if awaited else line.quantity_back
        return quantity

    def _deliveries_by_product(self):
        """``{product: moves that brought it to the customer}``, again after a repair too; of a kit, its components."""
        self.ensure_one()
        moves = self.move_ids.filtered(lambda move: move.state == "done" and move.location_dest_id._is_outgoing())
        return {
            product: moves.filtered(lambda move, product=product: move.product_id == product).sorted("id")
            for product in moves.product_id
        }


class EcomReturnLine(models.Model):
    _inherit = "ecom.return.line"

    move_ids = fields.One2many("stock.move", "ecom_return_line_id", string="Receipts")
    unit_ids = fields.One2many("ecom.return.unit", "line_id", string="Units")
    quantity_home = fields.Float(
        string="Went Home Again",
        compute="_compute_quantity_home",
        store=True,
        digits="Product Unit",
        help="What was sent to the customer again, such as after a repair.",
    )

    @api.depends(
        "quantity",
        "quantity_kept",
        "return_id.keeps",
        "move_ids.state",
        "move_ids.quantity",
        "move_ids.product_uom_qty",
    )
    def _compute_quantity_back(self):
        """Of a kit: as many as all of its components are here for."""
        for line in self:
            shares = []
            moves = line.move_ids
            for product in moves.product_id:
                own = moves.filtered(lambda move, product=product: move.product_id == product)
                done = own.filtered(lambda move: move.state == "done")
                planned = sum(own.mapped("product_qty"))
                came = sum(
                    move.product_uom._compute_quantity(move.quantity, product.uom_id, round=False) for move in done
                )
                shares.append(came / planned if planned else 0)
            line.quantity_back = (line.quantity - line._kept()) * min(shares, default=0)

    @api.depends("move_ids.returned_move_ids.state")
    def _compute_quantity_home(self):
        for line in self:
            home = line.move_ids.returned_move_ids.filtered(lambda move: move.state == "done")
            planned = sum(line.move_ids.mapped("product_qty"))
            line.quantity_home = line.quantity * sum(home.mapped("product_qty")) / planned if planned else 0

    def _plan_receipt(self):
        """``{delivery's move: how much of it comes back, in its unit}``, the oldest delivery first.

        :return: the plan, and by product what no delivery has left
        """
        self.ensure_one()
        plan, missing = {}, {}
        deliveries = self.sale_line_id._deliveries_by_product()
        for product, quantity in self._pieces(self.quantity - self._kept()).items():
            uom = product.uom_id
            need = uom.round(quantity)
            for move in deliveries.get(product, ()):
                returned = move.returned_move_ids.filtered(lambda back: back.state != "cancel")
                left = move.product_uom._compute_quantity(move.quantity, uom, round=False) - sum(
                    back.product_qty for back in returned
                )
                taken = min(need, left)
                if uom.compare(taken, 0) > 0:
                    plan[move] = uom._compute_quantity(taken, move.product_uom, round=False)
                    need -= taken
            if uom.compare(need, 0) > 0:
                missing[product] = need
        return plan, missing
