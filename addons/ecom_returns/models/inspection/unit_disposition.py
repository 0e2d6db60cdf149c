from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError


class EcomReturnUnit(models.Model):
    """Inspecting a piece: what state it is in, and where it goes."""

    _inherit = "ecom.return.unit"

    grade = fields.Selection(
        [
            ("new", "As new"),
            ("opened", "Opened"),
            ("used", "Used"),
            ("damaged", "Damaged"),
        ]
    )
    disposition = fields.Selection(
        [
            ("restock", "Sell again"),
            ("second", "Sell as second grade"),
            ("repair", "Repair"),
            ("scrap", "Scrap"),
            ("supplier", "Back to the supplier"),
        ],
        string="What Becomes of It",
        index=True,
    )
    second_product_id = fields.Many2one(
        "product.product",
        string="Sold as",
        domain="[('is_storable', '=', True), ('tracking', '=', 'none')]",
        help="Another product under which it is sold as second grade. Empty: the same, at the place for second grade.",
    )
    inspected_at = fields.Datetime(readonly=True)
    inspected_by_id = fields.Many2one("res.users", string="Inspected by", readonly=True)
    inspection_note = fields.Char(string="Finding")
    result_move_ids = fields.Many2many("stock.move", string="Moves", readonly=True)
    scrap_id = fields.Many2one("stock.scrap", readonly=True)

    def write(self, vals):
        if vals.keys() & {"grade", "disposition", "second_product_id"} and self.filtered(
            lambda unit: unit.state == "done"
        ):
            raise UserError(self.env._("This piece was settled already: move it in stock where that was wrong."))
        return super().write(vals)

    # === BUTTONS === #

    def action_settle(self):
        """Do with each piece what was chosen for it."""
        self._check_preparer()
        for unit in self:
            if unit.state != "received":
                raise UserError(
                    self.env._("%(product)s is not here, or settled already.", product=unit.product_id.display_name)
                )
            if not unit.disposition:
                raise UserError(
                    self.env._("Say first what becomes of %(product)s.", product=unit.product_id.display_name)
                )
        units = self.sudo()
        for disposition, some in units.grouped("disposition").items():
            getattr(some, f"_settle_{disposition}")()
        ungraded = units.filtered(lambda unit: not unit.grade)
        as_new = ungraded.filtered(lambda unit: unit.disposition == "restock")
        as_new.grade = "new"
        (ungraded - as_new).grade = "used"
        units.write({"state": "done", "inspected_at": fields.Datetime.now(), "inspected_by_id": self.env.user.id})
        units.return_id._note_inspected()
        return True

    def _check_preparer(self):
        """:raise AccessError: where the user is no preparer"""
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group("ecom_connector.group_preparer"):
            raise AccessError(self.env._("Only preparers inspect what came back."))

    # === WHERE IT GOES === #

    def _warehouse(self):
        return self.move_id.picking_id.picking_type_id.warehouse_id

    def _settle_restock(self):
        self._check_sellable()
        targets, added = {}, {}
        for unit in self:
            # What goes there with it takes up room too, as far as the merchant's rules ask for that.
            same = added.setdefault((unit.product_id, unit._warehouse()), {})
            place = unit._warehouse().lot_stock_id._get_putaway_strategy(
                unit.product_id, unit.quantity, additional_qty=same
            )
            same[place.id] = same.get(place.id, 0) + unit.quantity
            targets[unit] = place
        self._carry(targets)

    def _settle_second(self):
        self._check_sellable()
        places = {unit: unit._warehouse()._ecom_place("ecom_second_grade_id") for unit in self}
        others = self.filtered("second_product_id")
        self._carry({unit: place for unit, place in places.items() if unit not in others})
        # As another product: out of the books as this one, and in as that one.
        losses = {unit: unit.product_id.with_company(unit.company_id).property_stock_inventory for unit in others}
        self._carry(losses)
        self._carry({unit: places[unit] for unit in others}, sources=losses)

    def _settle_repair(self):
        self._carry({unit: unit._warehouse()._ecom_place("ecom_workshop_id") for unit in self})

    def _settle_scrap(self):
        scraps = self.env["stock.scrap"].create(
            [
                {
                    "product_id": unit.product_id.id,
                    "product_uom_id": unit.product_id.uom_id.id,
                    "lot_id": unit.lot_id.id,
                    "scrap_qty": unit.quantity,
                    "location_id": unit._place().id,
                    "company_id": unit.company_id.id,
                    "origin": unit.return_id.name,
                }
                for unit in self
            ]
        )
        scraps.do_scrap()
        for unit, scrap in zip(self, scraps, strict=True):
            unit.scrap_id = scrap
            unit.result_move_ids |= scrap.move_ids

    def _settle_supplier(self):
        """A delivery to whom we buy it from, which a preparer sends; several pieces of a return go in one."""
        suppliers = {product: product._select_seller(quantity=None).partner_id for product in self.product_id}
        for product, supplier in suppliers.items():
            if not supplier:
                raise UserError(
                    self.env._("%(product)s has no supplier to send it back to.", product=product.display_name)
                )
        keys = {unit: (unit.return_id, suppliers[unit.product_id]) for unit in self}
        pickings = self._open_ways_to_suppliers()
        missing = {key: unit for unit, key in keys.items() if key not in pickings}
        made = self.env["stock.picking"].create(
            [unit._prepare_way_to_supplier(supplier) for (_order, supplier), unit in missing.items()]
        )
        pickings |= dict(zip(missing, made, strict=True))
        moves = self.env["stock.move"].create(
            [
                unit._prepare_move(unit._place(), pickings[key].location_dest_id, unit.product_id)
                | {"picking_id": pickings[key].id}
                for unit, key in keys.items()
            ]
        )
        moves.picking_id.action_confirm()
        moves.picked = False
        for unit, move in zip(keys, moves, strict=True):
            unit.result_move_ids |= move

    def _open_ways_to_suppliers(self):
        """``{(return, supplier): delivery}`` of what goes back to suppliers and has not left."""
        found = self.env["stock.picking"].search(
            [
                ("ecom_return_id", "in", self.return_id.ids),
                ("location_dest_id.usage", "=", "supplier"),
                ("state", "not in", ("done", "cancel")),
            ],
            order="id desc",
        )
        return {(picking.ecom_return_id, picking.partner_id): picking for picking in found}

    def _prepare_way_to_supplier(self, supplier):
        return {
            "picking_type_id": self._warehouse().out_type_id.id,
            "partner_id": supplier.id,
            "location_id": self._place().id,
            "location_dest_id": supplier.with_company(self.company_id).property_stock_supplier.id,
            "origin": self.return_id.name,
            "ecom_return_id": self.return_id.id,
        }

    def _check_sellable(self):
        """:raise UserError: where a lot is blocked or has to be off the shelf"""
        now = fields.Datetime.now()
        for lot in self.lot_id:
            if lot.ecom_blocked:
                raise UserError(self.env._("%(lot)s is blocked: it is not sold again.", lot=lot.name))
            ends = [moment for moment in (lot.expiration_date, lot.removal_date) if moment]
            if lot.product_id.use_expiration_date and ends and min(ends) <= now:
                raise UserError(self.env._("%(lot)s is too old to be sold again.", lot=lot.name))

    def _place(self):
        return self.move_id.location_dest_id

    def _prepare_move(self, source, target, product):
        lot = self.lot_id if product == self.product_id else self.env["stock.lot"]
        return {
            "product_id": product.id,
            "product_uom": product.uom_id.id,
            "product_uom_qty": self.quantity,
            "company_id": self.company_id.id,
            "origin": self.return_id.name,
            "location_id": source.id,
            "location_dest_id": target.id,
            "picked": True,
            "move_line_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_id": product.uom_id.id,
                        "quantity": self.quantity,
                        "lot_id": lot.id,
                        "location_id": source.id,
                        "location_dest_id": target.id,
                        "company_id": self.company_id.id,
                        "picked": True,
                    }
                )
            ],
        }

    def _prepare_way_home(self):
        """What makes a move give the piece back to the customer: it counts as delivered, and may come back once more.
        A hook for what else ties it to what was sold."""
        return {
            "sale_line_id": self.line_id.sale_line_id.id,
            "origin_returned_move_id": self.move_id.id,
            "to_refund": True,
        }

    @api.model
    def _carry(self, targets, sources=None):
        """Move pieces, ``{piece: place}``, at once; from their places, or as what they are sold as from ``sources``."""
        moves = self.env["stock.move"].create(
            [
                unit._prepare_move(sources[unit], target, unit.second_product_id)
                if sources
                else unit._prepare_move(unit._place(), target, unit.product_id)
                for unit, target in targets.items()
            ]
        )
        moves._action_done()
        for unit, move in zip(targets, moves, strict=True):
            unit.result_move_ids |= move
