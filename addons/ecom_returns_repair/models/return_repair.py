from collections import defaultdict

from odoo import Command, fields, models
from odoo.addons.ecom_returns.entitlements.deadlines import REPAIR_MONTHS


class EcomReturnUnit(models.Model):
    _inherit = "ecom.return.unit"

    repair_id = fields.Many2one("repair.order", readonly=True, index="btree_not_null")

    def _settle_repair(self):
        """A repair order of each piece, where it lies; free of charge within the guarantee."""
        result = super()._settle_repair()
        guaranteed = self._under_warranty()
        repairs = self.env["repair.order"].create([unit._prepare_repair(unit in guaranteed) for unit in self])
        for unit, repair in zip(self, repairs, strict=True):
            unit.repair_id = repair
        return result

    def _prepare_repair(self, under_warranty):
        workshop = self._warehouse()._ecom_place("ecom_workshop_id")
        return {
            "product_id": self.product_id.id,
            "product_qty": self.quantity,
            "product_uom": self.product_id.uom_id.id,
            "lot_id": self.lot_id.id,
            "partner_id": self.return_id.partner_id.id,
            "company_id": self.company_id.id,
            "picking_type_id": self._warehouse().repair_type_id.id,
            "product_location_src_id": workshop.id,
            "product_location_dest_id": workshop.id,
            "under_warranty": under_warranty,
            "internal_notes": self.inspection_note or self.return_id.note,
        }

    def _under_warranty(self):
        """Those that are, by the serial's own warranty where it has one, else by the legal guarantee of the order."""
        today = fields.Date.context_today(self)
        ends = defaultdict(list)
        for warranty in self.env["ecom.warranty"].search(
            [("lot_id", "in", self.lot_id.ids), ("sale_order_id", "in", self.return_id.sale_order_id.ids)]
        ):
            ends[warranty.lot_id, warranty.sale_order_id].append(warranty.end_date)

        def lasts(unit):
            own = ends[unit.lot_id, unit.return_id.sale_order_id]
            until = max(filter(None, [*own, unit.return_id.conformity_until]), default=None)
            return not until or until >= today

        return self.filtered(lasts)


class RepairOrder(models.Model):
    _inherit = "repair.order"

    ecom_unit_ids = fields.One2many("ecom.return.unit", "repair_id")
    ecom_return_id = fields.Many2one(related="ecom_unit_ids.return_id", string="Return")

    def action_repair_done(self):
        """What a customer wished to have repaired goes home; the rest stays in the workshop for a person."""
        result = super().action_repair_done()
        for repair in self.sudo().filtered(lambda repair: repair.state == "done"):
            for unit in repair.ecom_unit_ids.filtered(lambda unit: unit.return_id.wish == "repair"):
                repair._send_home(unit)
        return result

    def _send_home(self, unit):
        order = unit.return_id
        home = order.sale_order_id.partner_shipping_id or order.partner_id
        source, target = self.product_location_dest_id, home.with_company(self.company_id).property_stock_customer
        move = unit._prepare_move(source, target, unit.product_id) | unit._prepare_way_home()
        move |= {"move_line_ids": [], "picked": False}
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": unit._warehouse().out_type_id.id,
                "partner_id": home.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "origin": order.name,
                "ecom_return_id": order.id,
                "move_ids": [Command.create(move)],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        return picking


class EcomWarranty(models.Model):
    _inherit = "ecom.warranty"

    def _extension(self):
        """A repair under the legal guarantee prolongs it."""
        units = self.move_line_id.move_id.origin_returned_move_id.ecom_unit_ids
        repaired = units.filtered(lambda unit: unit.lot_id == self.lot_id and unit.return_id.kind == "conformity")
        return super()._extension() + (REPAIR_MONTHS if any(repaired.repair_id.mapped("under_warranty")) else 0)


class EcomReturn(models.Model):
    _inherit = "ecom.return"

    repair_count = fields.Integer(compute="_compute_repair_count")

    def _compute_repair_count(self):
        for order in self:
            order.repair_count = len(order.unit_ids.repair_id)

    def action_open_repairs(self):
        self.ensure_one()
        return self._open_documents(self.unit_ids.repair_id, self.env._("Repairs"))
