from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import groupby

from .barcode import barcode


class StockPickingBatch(models.Model):
    """Batches of shop orders: those of one channel that leave with one carrier on one day."""

    _inherit = "stock.picking.batch"

    ecom_channel_id = fields.Many2one("ecom.channel", string="Sales Channel", readonly=True, copy=False, index=True)
    ecom_carrier_id = fields.Many2one("delivery.carrier", string="Carrier", readonly=True, copy=False)
    ecom_before_id = fields.Many2one(
        "stock.picking.batch", string="Picked as", readonly=True, copy=False, help="The batch of the step before."
    )
    ecom_leaves_on = fields.Date(string="Leaves on", readonly=True, copy=False)
    ecom_parcel_ids = fields.One2many("ecom.parcel", "batch_id", string="Parcels")
    ecom_shipped_count = fields.Integer(string="Shipped", compute="_compute_ecom_counts", compute_sudo=True)
    ecom_order_count = fields.Integer(string="Deliveries", compute="_compute_ecom_counts", compute_sudo=True)
    ecom_progress = fields.Float(string="Progress", compute="_compute_ecom_counts", compute_sudo=True)

    @api.depends("picking_ids.state", "ecom_parcel_ids.state")
    def _compute_ecom_counts(self):
        """A delivery that is shipped alone leaves its batch, as Odoo has it: the parcels remember."""
        for batch in self:
            shipped = batch.ecom_parcel_ids.filtered(lambda parcel: parcel.state == "done").picking_id
            shipped |= batch.picking_ids.filtered(lambda picking: picking.state == "done")
            everything = shipped | batch.picking_ids.filtered(lambda picking: picking.state != "cancel")
            batch.ecom_shipped_count = len(shipped)
            batch.ecom_order_count = len(everything)
            batch.ecom_progress = 100 * len(shipped) / len(everything) if everything else 0

    @api.depends("picking_ids", "picking_ids.state")
    def _compute_state(self):
        """What is left of a batch may be cancelled: it is done all the same if anything was shipped out of it."""
        result = super()._compute_state()
        self.filtered(lambda batch: batch.state == "cancel" and batch._ecom_has_shipped()).state = "done"
        return result

    # === START AND END === #

    def action_confirm(self):
        """Start: what is on hold by now stays behind, and the shops show the other orders as being prepared."""
        held = self.picking_ids.filtered(lambda picking: picking.ecom_hold and picking.state not in ("done", "cancel"))
        if held and held == self.picking_ids:
            raise UserError(self.env._("Nothing in this batch may be prepared. %(why)s", why=held[0].ecom_hold_message))
        if held:
            held.batch_id = False
            self.message_post(
                body=self.env._("On hold, and left out: %(deliveries)s", deliveries=", ".join(held.mapped("name")))
            )
        result = super().action_confirm()
        begins = self.picking_ids.filtered_domain(self.env["stock.picking"]._ecom_steps_domain())
        begins = begins.filtered(lambda picking: picking.state == "assigned")
        begins.filtered(lambda picking: not picking.printed).write({"printed": True})
        return result

    def _ecom_close_empty(self):
        """End batches whose last open delivery left them: done if any was shipped out of them."""
        empty = self.filtered(lambda batch: batch.state == "in_progress" and not batch.picking_ids)
        done = empty.filtered(lambda batch: batch._ecom_has_shipped())
        done.state = "done"
        (empty - done).state = "cancel"

    def _ecom_has_shipped(self):
        return "done" in self.ecom_parcel_ids.mapped("state")

    # === PAPERS === #

    def action_ecom_pick_list(self):
        return self.env.ref("ecom_stock_sync.action_report_pick_list").report_action(self)

    def action_ecom_slips(self):
        """The packing slips of what is still to be packed, in one document."""
        self.ensure_one()
        open_pickings = self.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        return self.env.ref("ecom_stock_sync.action_report_packing_slip").report_action(open_pickings)

    def action_ecom_station(self):
        return self.env["ir.actions.actions"]._for_xml_id("ecom_stock_sync.ecom_station_action")

    def _ecom_barcode(self):
        return barcode(self.name)

    def _ecom_pick_list(self):
        """What is to be fetched for the whole batch: summed by place, product and lot, in the order of the places.

        :return: ``[(location, [row, ...]), ...]``; a row has product, lot, quantity in the product's unit, and the
            orders that it is for, with how many each gets
        """
        self.ensure_one()
        lines = self.picking_ids.move_line_ids.filtered(
            lambda line: line.state not in ("done", "cancel") and line.quantity_product_uom
        )
        lines = lines.sorted(
            lambda line: (
                line.location_id.complete_name or "",
                line.product_id.display_name,
                line.lot_id.name or "",
                line.picking_id.name,
            )
        )
        return [
            (place, [self._ecom_pick_row(group) for _key, group in groupby(of_place, self._ecom_pick_key)])
            for place, of_place in groupby(lines, lambda line: line.location_id)
        ]

    @api.model
    def _ecom_pick_key(self, line):
        return line.product_id, line.lot_id, line.package_id

    @api.model
    def _ecom_pick_row(self, lines):
        orders = {}
        for line in lines:
            orders[line.picking_id] = orders.get(line.picking_id, 0.0) + line.quantity_product_uom
        return {
            "product": lines[0].product_id,
            "lot": lines[0].lot_id,
            "package": lines[0].package_id,
            "quantity": sum(orders.values()),
            "orders": [
                {"delivery": picking, "number": picking.sudo().ecom_order_id.number, "quantity": quantity}
                for picking, quantity in orders.items()
            ],
        }

    def _ecom_missing(self):
        """What the batch lacks in stock: moves that are not reserved in full."""
        return self.picking_ids.move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move.product_uom.compare(move.quantity, move.product_uom_qty) < 0
            )
        )
