from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    ecom_warranty_ids = fields.One2many("ecom.warranty", "move_line_id", string="Warranty")

    def _action_done(self):
        self._check_lots_may_leave()
        return super()._action_done()

    def write(self, vals):
        """A lot that is corrected after the goods left: the warranty and the shop follow."""
        corrected = self.browse()
        if "lot_id" in vals or "quantity" in vals:
            corrected = self.filtered(lambda line: line.state == "done" and line.tracking != "none")
        if not corrected:
            return super().write(vals)
        if vals.get("lot_id"):
            lot = self.env["stock.lot"].browse(vals["lot_id"])
            moved = corrected.filtered(lambda line: line.lot_id != lot)
            moved._check_lots_may_leave(dict.fromkeys(moved.ids, lot))
        before = corrected.lot_id
        result = super().write(vals)
        corrected._follow_possession()
        (before | corrected.lot_id).sudo()._note_holders()
        if "lot_id" in vals:
            corrected.picking_id._tell_shop_shipped()
        return result

    def _in_hand(self):
        """Those whose goods somebody has before them: picked, packed, scanned, or of a parcel on the bench."""
        return self.filtered(
            lambda line: (
                line.picked
                or line.result_package_id
                or line.ecom_scanned
                or line.picking_id.ecom_parcel_ids.filtered(lambda parcel: parcel.state != "done")
            )
        )

    # === WHAT MAY LEAVE === #

    def _to_customers(self):
        """Those by which a customer gets goods, rather than gives them back."""
        return self.filtered(
            lambda line: line.location_dest_id.usage == "customer" and line.location_id.usage != "customer"
        )

    def _check_lots_may_leave(self, lots=None):
        """Refuse what is blocked, and serials that are at a customer's already.

        :param lots: ``{line id: lot}`` where another lot is about to take the place of the line's own
        :raise UserError: naming what was refused, why, and what to do
        """
        leaving = [
            (line, (lots or {}).get(line.id, line.lot_id).sudo())
            for line in self._to_customers()
            if line.tracking != "none" and line.product_uom_id.compare(line.quantity, 0) > 0
        ]
        leaving = [(line, lot) for line, lot in leaving if lot]
        if not leaving:
            return
        refused = [] if self.env.context.get("ecom_left_already") else self._refuse_blocked(leaving)
        refused += self._refuse_held([(line, lot) for line, lot in leaving if line.tracking == "serial"])
        if refused:
            raise UserError("\n".join(dict.fromkeys(refused)))

    def _refuse_blocked(self, leaving):
        return [
            self.env._(
                "%(product)s: %(lot)s is blocked and must not be shipped. Take another one.",
                product=line.product_id.display_name,
                lot=lot.name,
            )
            for line, lot in leaving
            if lot.ecom_blocked
        ]

    def _refuse_held(self, leaving):
        """A serial belongs to one customer at a time."""
        seen, twice = set(), set()
        for _line, lot in leaving:
            (twice if lot in seen else seen).add(lot)
        refused = [
            self.env._(
                "%(product)s: serial number %(lot)s is entered twice. Each piece has its own.",
                product=lot.product_id.display_name,
                lot=lot.name,
            )
            for lot in twice
        ]
        held = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("lot_id", "in", [lot.id for lot in seen]),
                    ("location_id.usage", "=", "customer"),
                    ("quantity", ">", 0),
                ],
                ["lot_id"],
            )
        )
        return refused + [lot._held_message() for (lot,) in held]

    # === POSSESSION === #

    def _follow_possession(self):
        """Bring warranties in line with what moved: one for each delivery of a lot or serial."""
        tracked = self.sudo().filtered(lambda line: line.state == "done" and line.tracking != "none")
        if tracked:
            self.env["ecom.warranty"].sudo()._follow(tracked)

    def _ecom_warranty_until(self):
        """The last day of warranty of what the line delivered, in words, for the delivery slip."""
        self.ensure_one()
        until = self.ecom_warranty_ids.end_date
        return format_date(self.env, until) if until else ""
