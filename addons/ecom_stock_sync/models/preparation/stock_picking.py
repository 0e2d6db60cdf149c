import pytz
from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...calculations.departures import due_on
from .barcode import barcode


class StockPicking(models.Model):
    _inherit = "stock.picking"

    ecom_parcel_ids = fields.One2many("ecom.parcel", "picking_id", string="Parcels")
    ecom_due_on = fields.Date(
        string="Leaves on",
        compute="_compute_ecom_due_on",
        compute_sudo=True,
        help="The day on which the parcel has to leave, by the cut-off time of its carrier or channel.",
    )

    @api.depends("sale_id.date_order", "sale_id.carrier_id", "create_date", "carrier_id", "ecom_channel_id")
    def _compute_ecom_due_on(self):
        for picking in self:
            zone = pytz.timezone(picking._ecom_time_zone())
            placed = picking.sale_id.date_order or picking.create_date or fields.Datetime.now()
            local = pytz.utc.localize(placed).astimezone(zone)
            carrier = picking._ecom_carrier()
            cutoff = carrier.ecom_cutoff or picking.ecom_channel_id.preparation_cutoff
            picking.ecom_due_on = due_on(local, cutoff, carrier._ecom_days())

    def _ecom_time_zone(self):
        """The zone of the warehouse's clock."""
        company = self.company_id or self.env.company
        return self.picking_type_id.warehouse_id.partner_id.tz or company._ecom_zone()

    @api.model
    def _ecom_ready_domain(self):
        """Deliveries, and the steps before them, that may be put into a batch: reserved, held by nobody, and in none.

        What is on hold is never *Ready*, so nothing more has to be asked.
        """
        return self._ecom_steps_domain() & Domain(
            [
                ("state", "=", "assigned"),
                ("batch_id", "=", False),
                ("ecom_ready_at", "=", False),
                ("company_id", "in", self.env.companies.ids),
                ("picking_type_id.warehouse_id.ecom_run_by_others", "=", False),
            ]
        )

    def _ecom_is_short(self):
        """Whether something of it is not in stock."""
        return any(
            move.product_uom.compare(move.quantity, move.product_uom_qty) < 0
            for move in self.move_ids
            if move.state not in ("done", "cancel")
        )

    # === THE PACKING SLIP === #

    def _ecom_slip_shows_prices(self):
        """Never for a gift, nor where the channel says so, nor where there is no order to know them from."""
        self.ensure_one()
        channel = self.sudo().ecom_channel_id
        return bool(self.sudo().sale_id) and not self.ecom_gift_message and (not channel or channel.slip_prices)

    def _ecom_barcode(self):
        return barcode(self.name)

    def _ecom_slip_rows(self):
        """The goods of the parcel as the customer reads them, with what was paid for them."""
        self.ensure_one()
        rows = []
        for move in self.sudo().move_ids.filtered(lambda move: move.state != "cancel" and move.product_uom_qty):
            line = move.sale_line_id
            quantity = move.product_uom._compute_quantity(move.quantity, line.product_uom_id or move.product_uom)
            lots = move.move_line_ids.lot_id.mapped("name")
            rows.append(
                {
                    "name": move.product_id.with_context(display_default_code=False).display_name,
                    "lots": ", ".join(lots),
                    "ordered": move.product_uom_qty,
                    "quantity": move.quantity,
                    "price": quantity * line.price_reduce_taxinc,
                    "currency": line.currency_id or self.company_id.currency_id,
                }
            )
        return rows

    # === WEIGHT AND SHIPMENT === #

    @api.depends("ecom_parcel_ids.weight", "move_line_ids.result_package_id")
    def _compute_bulk_weight(self):
        """What the scales say counts more than what the products' forms add up to; every carrier's module asks here.

        What is in packages has its weight there.
        """
        result = super()._compute_bulk_weight()
        for picking in self:
            if not picking.move_line_ids.result_package_id:
                picking.weight_bulk = picking.ecom_parcel_ids.weight or picking.weight_bulk
        return result

    def send_to_shipper(self):
        """A label that is bought on the delivery's own page, or when it is validated there, is kept as well."""
        parcel = self.sudo().ecom_parcel_ids
        ours = self.env.context.get("ecom_parcel_buys")
        if ours or not parcel or not self.carrier_id._ecom_gives_labels():
            return super().send_to_shipper()
        parcel._check_no_doubt()
        before = parcel._files()
        result = super().send_to_shipper()
        parcel.write({"label_state": "bought", "label_ids": [Command.set((parcel._files() - before).ids)]})
        return result

    def cancel_shipment(self):
        """A label that was cancelled with its carrier is not printed again: the next one is bought anew."""
        result = super().cancel_shipment()
        self.ecom_parcel_ids._forget_label()
        return result

    # === BATCHES === #

    def _action_done(self):
        """What is shipped without the station is remembered as well: Odoo takes it out of its batch."""
        batches = {picking: picking.batch_id for picking in self if picking.picking_type_code == "outgoing"}
        steps = (self - self.browse().union(*batches)).filtered("batch_id.ecom_leaves_on").grouped("batch_id")
        result = super()._action_done()
        self.env["ecom.parcel"].sudo()._note_shipped(batches)
        for batch, pickings in steps.items():
            batch.sudo()._ecom_go_on(pickings)
        return result

    def write(self, vals):
        """A batch whose last open delivery went elsewhere is over: Odoo would leave it in progress for good."""
        batches = self.batch_id if "batch_id" in vals else self.env["stock.picking.batch"]
        result = super().write(vals)
        batches._ecom_close_empty()
        return result

    def action_ecom_station(self):
        """Open this delivery at the packing station."""
        self.ensure_one()
        self.check_access("write")
        answer = self.env["ecom.station"]._open(self, again=True)
        if answer["tone"] == "bad":
            raise UserError(answer["words"])
        return self.env["ir.actions.actions"]._for_xml_id("ecom_stock_sync.ecom_station_action")
