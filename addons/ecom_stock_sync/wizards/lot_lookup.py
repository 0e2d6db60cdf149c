from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import escape_psql

from ..calculations.scanning import elements


class EcomLotLookup(models.TransientModel):
    """Scan or type a serial: where it is, who has it, from which order and channel, and until when it is covered."""

    _name = "ecom.lot.lookup"
    _description = "Serial Look-up"

    code = fields.Char(string="Serial or Lot", help="Scan or type it, whole or in part.")
    found_ids = fields.Many2many("stock.lot", compute="_compute_found")
    found_count = fields.Integer(compute="_compute_found")
    lot_id = fields.Many2one("stock.lot", compute="_compute_found", string="Lot/Serial")
    product_id = fields.Many2one(related="lot_id.product_id")
    blocked = fields.Boolean(related="lot_id.ecom_blocked")
    expiration_date = fields.Datetime(related="lot_id.expiration_date")
    place = fields.Char(string="Where It Is", compute="_compute_answer")
    warranty_id = fields.Many2one("ecom.warranty", compute="_compute_answer")
    partner_id = fields.Many2one("res.partner", string="Who Has It", compute="_compute_answer")
    order_id = fields.Many2one("ecom.order", string="Shop Order", compute="_compute_answer")
    sale_order_id = fields.Many2one("sale.order", string="Sales Order", compute="_compute_answer")
    channel_id = fields.Many2one("ecom.channel", string="Sales Channel", compute="_compute_answer")
    start_date = fields.Date(string="Delivered on", compute="_compute_answer")
    end_date = fields.Date(string="Under Warranty Until", compute="_compute_answer")
    warranty_state = fields.Selection(
        [("covered", "Under warranty"), ("over", "Warranty over"), ("none", "No warranty")], compute="_compute_answer"
    )
    warranty_ids = fields.Many2many("ecom.warranty", compute="_compute_answer", string="Customers")
    line_ids = fields.Many2many("stock.move.line", compute="_compute_answer", string="History")

    @api.depends("code")
    def _compute_display_name(self):
        for lookup in self:
            lookup.display_name = lookup.code or self.env._("Serial Look-up")

    @api.depends("code")
    def _compute_found(self):
        for lookup in self:
            found = lookup._find((lookup.code or "").strip())
            lookup.found_ids = found
            lookup.found_count = len(found)
            lookup.lot_id = found if len(found) == 1 else False

    @api.model
    def _find(self, code):
        """The lots of this name; else those that a GS1 code names; else whose name or reference has it in it."""
        Lot = self.env["stock.lot"]
        if not code:
            return Lot
        found = Lot.search([("name", "=ilike", escape_psql(code))], limit=20)
        return (
            found
            or self._find_gs1(code)
            or Lot.search(["|", ("name", "ilike", code), ("ref", "ilike", code)], limit=20)
        )

    @api.model
    def _find_gs1(self, code):
        """The lot or serial that a GS1 code names, of the product that it names, if it names one."""
        Lot = self.env["stock.lot"]
        nomenclature = self.env.ref("barcodes_gs1_nomenclature.default_gs1_nomenclature").sudo()
        try:
            parts = nomenclature.gs1_decompose_extended(code) or []
        except (ValidationError, ValueError):
            return Lot
        read = elements([(part["ai"], part["value"]) for part in parts])
        if not read or not read.lot:
            return Lot
        lots = Lot.search([("name", "=", read.lot)], limit=20)
        return lots.filtered(lambda lot: lot.product_id.barcode in read.gtins) or lots

    @api.depends("lot_id")
    def _compute_answer(self):
        for lookup in self:
            lot = lookup.lot_id
            Warranty = self.env["ecom.warranty"]
            warranties = Warranty.search([("lot_id", "=", lot.id)]) if lot else Warranty
            held = warranties.filtered(lambda warranty: warranty.state == "held")
            # Goods of a lot are with many people: they are listed.
            current = lot.ecom_warranty_id or (held if len(held) == 1 else Warranty)
            lookup.warranty_ids = warranties
            lookup.warranty_id = current
            lookup.partner_id = current.partner_id
            lookup.order_id = current.order_id
            lookup.sale_order_id = current.sale_order_id
            lookup.channel_id = current.channel_id
            lookup.start_date = current.start_date
            lookup.end_date = current.end_date
            lookup.warranty_state = current and (
                "covered" if current.under_warranty else "over" if current.end_date else "none"
            )
            lookup.place = lookup._place() if lot else False
            lookup.line_ids = (
                self.env["stock.move.line"].search(
                    [("lot_id", "=", lot.id), ("state", "=", "done")], order="date desc, id desc", limit=80
                )
                if lot
                else False
            )

    def _place(self):
        """Where it is by the stock's own count."""
        quants = self.env["stock.quant"].search([("lot_id", "=", self.lot_id.id), ("quantity", ">", 0)])
        serial = self.lot_id.product_id.tracking == "serial"
        words = []
        for location, group in quants.grouped("location_id").items():
            name = self.env._("at a customer's") if location.usage == "customer" else location.display_name
            words.append(name if serial else f"{sum(group.mapped('quantity')):g} × {name}")
        return ", ".join(words) or self.env._("nowhere")

    def action_open_lot(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "stock.lot",
            "res_id": self.lot_id.id,
            "view_mode": "form",
        }
