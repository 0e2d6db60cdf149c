from odoo import fields, models
from odoo.tools import format_date


class StockLot(models.Model):
    """Who has a serial."""

    _inherit = "stock.lot"

    def _note_holders(self):
        """Keep on each serial the warranty of the customer who has it: the last delivery that did not come back."""
        serials = self.filtered(lambda lot: lot.product_id.tracking == "serial")
        held = self.env["ecom.warranty"].search([("lot_id", "in", serials.ids), ("state", "=", "held")], order="id")
        newest = {warranty.lot_id: warranty for warranty in held}
        for lot in serials:
            warranty = newest.get(lot, held.browse())
            if lot.ecom_warranty_id != warranty:
                lot.ecom_warranty_id = warranty

    def _held_message(self):
        """Why a serial cannot be shipped again: who has it, since when, and what to do."""
        self.ensure_one()
        env, product = self.env, self.product_id.display_name
        warranty = self.ecom_warranty_id
        if not warranty:
            return env._(
                "%(product)s: serial number %(lot)s is at a customer's already. Check the number, or receive its "
                "return first.",
                product=product,
                lot=self.name,
            )
        return env._(
            "%(product)s: serial number %(lot)s is at %(customer)s since %(date)s (%(document)s). Check the number, "
            "or receive its return first.",
            product=product,
            lot=self.name,
            customer=warranty.partner_id.display_name or env._("a customer"),
            date=format_date(env, warranty.company_id._ecom_day(warranty.shipped_at or fields.Datetime.now())),
            document=warranty._document_name(),
        )
