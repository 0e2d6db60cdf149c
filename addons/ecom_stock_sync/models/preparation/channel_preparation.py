from odoo import fields, models


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    preparation_cutoff = fields.Float(
        string="Cut-off Time",
        help="Orders placed until this time of the warehouse's day leave on the same day, later ones on the next "
        "working day. A carrier's own cut-off time comes first. Midnight: every order is due on the day it is placed.",
    )
    slip_prices = fields.Boolean(
        string="Prices on Packing Slips",
        default=True,
        help="A parcel with a gift message never shows prices.",
    )
