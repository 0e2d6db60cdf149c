from odoo import fields, models

from ...calculations.departures import WEEKDAYS, WITH_SATURDAY

# What Odoo computes itself: nobody is called, and nobody prints a label.
WITHOUT_LABELS = ("fixed", "base_on_rule")


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    ecom_cutoff = fields.Float(
        string="Cut-off Time",
        help="Shop orders placed until this time of the warehouse's day leave on the same day, later ones on the next "
        "day that the carrier comes. Midnight: as the channel says.",
    )
    ecom_saturday = fields.Boolean(
        string="Comes on Saturdays", help="Saturday counts as a day on which parcels leave, beside Monday to Friday."
    )

    def _ecom_gives_labels(self):
        """Whether this carrier sells labels through Odoo; a number is typed or scanned for the others."""
        return bool(self) and self.integration_level == "rate_and_ship" and self.delivery_type not in WITHOUT_LABELS

    def _ecom_label_keeps_key(self):
        """Whether asking again for the same parcel is sure to return the label that was bought, for lack of an answer.

        A hook for carriers whose service knows idempotency keys.
        """
        return False

    def _ecom_days(self):
        return WITH_SATURDAY if self.ecom_saturday else WEEKDAYS


class StockPickingType(models.Model):
    _inherit = "stock.picking.type"

    ecom_other_serials = fields.Boolean(
        string="Take Any Free Serial",
        help="At the packing station another serial number than the reserved one may go out, if it lies in the same "
        "place, is free and neither blocked nor expired. Otherwise it is refused.",
    )
