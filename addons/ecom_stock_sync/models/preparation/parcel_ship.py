from odoo import fields, models
from odoo.exceptions import UserError


class EcomParcel(models.Model):
    """What leaves: the whole parcel, or what is there of it."""

    _inherit = "ecom.parcel"

    def _split_missing(self):
        """Leave what was not scanned to a delivery of its own, and have somebody count the shelf it is missing from.

        :return: what is missing, in words
        :raise UserError: when nothing was scanned, or nothing is missing
        """
        missing, lines = self._missing_words(), self._move_lines()
        self._ask_for_count(self._absent())
        for line in lines:
            wanted = line.product_id.uom_id._compute_quantity(line.ecom_scanned, line.product_uom_id)
            if line.product_uom_id.compare(wanted, line.quantity) and line.ecom_scanned:
                line.quantity = wanted
        lines.filtered(lambda line: not line.ecom_scanned).unlink()
        self.picking_id.action_split_transfer()
        self.picking_id.message_post(
            body=self.env._("Missing when it was packed, and left to a delivery of its own: %(items)s", items=missing)
        )
        self.write({"scans": [], "product_id": False, "asks": False})
        return missing

    def _absent(self):
        """The lines of which less was scanned than is reserved."""
        return self._move_lines().filtered(
            lambda line: line.product_id.uom_id.compare(line.ecom_scanned, line.quantity_product_uom) < 0
        )

    def _missing_words(self):
        """What would be left for later: “1 Mug, 2 Pen”.

        :raise UserError: when nothing was scanned, or nothing is missing
        """
        if not any(self._move_lines().mapped("ecom_scanned")):
            raise UserError(self.env._("Nothing is in the parcel yet. Escape puts the order aside."))
        if self._is_complete():
            raise UserError(self.env._("Nothing is missing."))
        missing, short = {}, self._short()
        for line in self._absent():
            left = line.quantity_product_uom - line.ecom_scanned
            missing[line.product_id] = missing.get(line.product_id, 0.0) + left
        for move, left in short.items():
            missing[move.product_id] = missing.get(move.product_id, 0.0) + left
        return ", ".join(f"{self._number(left)} {self._short_name(product)}" for product, left in missing.items())

    def _ask_for_count(self, lines):
        """Odoo says that these lie there, and they do not: they are on the list of what is to be counted today."""
        quants = self.env["stock.quant"].sudo()
        for line in lines:
            quants |= quants._gather(line.product_id, line.location_id, lot_id=line.lot_id, strict=True)
        quants.write({"inventory_date": fields.Date.context_today(self)})

    def _ship(self):
        """Validate the delivery, or say that it lies ready for the customer.

        :return: an action of Odoo's that is to be shown, such as papers to print
        :raise UserError: when something is missing, or Odoo refuses
        """
        self.ensure_one()
        picking, lines = self.picking_id, self._move_lines()
        if not self._is_complete():
            raise UserError(self.env._("Something is missing. F2 ships what is there."))
        if picking.ecom_collect_state == "waiting":
            picking.action_ecom_ready()
            return self._close()
        for line in lines:
            wanted = line.product_id.uom_id._compute_quantity(line.ecom_scanned, line.product_uom_id)
            if line.product_uom_id.compare(wanted, line.quantity):
                line.quantity = wanted
        lines.picked = True
        result = picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        if picking.state != "done":
            raise UserError(
                self.env._("Odoo has a question about %(delivery)s: finish it on its own page.", delivery=picking.name)
            )
        self._close()
        return result if isinstance(result, dict) else None

    def _close(self):
        self.write({"state": "done", "closed_at": fields.Datetime.now(), "asks": False, "product_id": False})
