from odoo import Command, fields, models
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
        for unit in self.sudo():
            getattr(unit, f"_settle_{unit.disposition}")()
            unit.write(
                {
                    "state": "done",
                    "grade": unit.grade or ("new" if unit.disposition == "restock" else "used"),
                    "inspected_at": fields.Datetime.now(),
                    "inspected_by_id": self.env.user.id,
                }
            )
        self.sudo().return_id._note_inspected()
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
        stock = self._warehouse().lot_stock_id
        self._carry(stock._get_putaway_strategy(self.product_id, self.quantity))

    def _settle_second(self):
        self._check_sellable()
        place = self._warehouse()._ecom_place("ecom_second_grade_id")
        if not self.second_product_id:
            self._carry(place)
            return
        # As another product: out of the books as this one, and in as that one.
        loss = self.product_id.with_company(self.company_id).property_stock_inventory
        self._carry(loss)
        self._carry(place, product=self.second_product_id, source=loss)

    def _settle_repair(self):
        self._carry(self._warehouse()._ecom_place("ecom_workshop_id"))

    def _settle_scrap(self):
        self.scrap_id = self.env["stock.scrap"].create(
            {
                "product_id": self.product_id.id,
                "product_uom_id": self.product_id.uom_id.id,
                "lot_id": self.lot_id.id,
                "scrap_qty": self.quantity,
                "location_id": self._place().id,
                "company_id": self.company_id.id,
                "origin": self.return_id.name,
            }
        )
        self.scrap_id.do_scrap()
        self.result_move_ids |= self.scrap_id.move_ids

    def _settle_supplier(self):
        """A delivery to whom we buy it from, which a preparer sends; several pieces go in one."""
        supplier = self.product_id._select_seller(quantity=None).partner_id
        if not supplier:
            raise UserError(
                self.env._("%(product)s has no supplier to send it back to.", product=self.product_id.display_name)
            )
        place, kind = self._place(), self._warehouse().out_type_id
        target = supplier.with_company(self.company_id).property_stock_supplier
        picking = self.env["stock.picking"].search(
            [
                ("ecom_return_id", "=", self.return_id.id),
                ("partner_id", "=", supplier.id),
                ("location_dest_id", "=", target.id),
                ("state", "not in", ("done", "cancel")),
            ],
            limit=1,
        )
        picking = picking or self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "partner_id": supplier.id,
                "location_id": place.id,
                "location_dest_id": target.id,
                "origin": self.return_id.name,
                "ecom_return_id": self.return_id.id,
            }
        )
        move = self.env["stock.move"].create(
            self._prepare_move(place, target, self.product_id) | {"picking_id": picking.id}
        )
        picking.action_confirm()
        move.picked = False
        self.result_move_ids |= move

    def _check_sellable(self):
        """:raise UserError: where the lot is blocked or has to be off the shelf"""
        lot, now = self.lot_id, fields.Datetime.now()
        if lot.ecom_blocked:
            raise UserError(self.env._("%(lot)s is blocked: it is not sold again.", lot=lot.name))
        ends = [moment for moment in (lot.expiration_date, lot.removal_date) if moment]
        if self.product_id.use_expiration_date and ends and min(ends) <= now:
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

    def _carry(self, target, product=None, source=None):
        """Move the piece, at once."""
        move = self.env["stock.move"].create(
            self._prepare_move(source or self._place(), target, product or self.product_id)
        )
        move._action_done()
        self.result_move_ids |= move
