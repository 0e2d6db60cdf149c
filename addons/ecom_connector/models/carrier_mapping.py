from odoo import fields, models


class EcomCarrierMapping(models.Model):
    _name = "ecom.carrier.mapping"
    _description = "Delivery Method Mapping"
    _inherit = ["ecom.mapping.mixin"]

    carrier_id = fields.Many2one("delivery.carrier", string="Delivery Method", check_company=True)
    shop_carrier = fields.Char(
        string="Carrier's Name on the Shop",
        help="What the shop calls the carrier in the tracking it shows. Empty: the delivery method's name.",
    )

    _channel_code_unique = models.Constraint("UNIQUE(channel_id, code)", "A delivery method is mapped once a channel.")

    def _resolve(self, channel, methods):
        """The delivery method of each of the shop's ``{code: label}``, in one look-up.

        :return: ``({code: delivery.carrier}, codes that a person must map)``; new codes are recorded so that they can
            be mapped before the next order.
        """
        known = self._mappings(channel, methods)
        new = [code for code in methods if code not in known]
        if new:
            carrier = (
                channel.default_carrier_id if channel.carrier_policy == "default" else self.env["delivery.carrier"]
            )
            created = self.create(
                [
                    {"channel_id": channel.id, "code": code, "label": methods[code], "carrier_id": carrier.id}
                    for code in new
                ]
            )
            known |= dict(zip(new, created, strict=True))
        resolved = {code: mapping.carrier_id for code, mapping in known.items() if mapping.carrier_id}
        return resolved, [code for code in methods if code not in resolved]
