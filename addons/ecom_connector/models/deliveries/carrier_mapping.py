from odoo import api, fields, models


class EcomCarrierMapping(models.Model):
    _name = "ecom.carrier.mapping"
    _description = "Delivery Method Mapping"
    _inherit = ["ecom.mapping.mixin"]

    carrier_id = fields.Many2one("delivery.carrier", string="Delivery Method", check_company=True)
    shop_carrier = fields.Char(
        string="Carrier's Name on the Shop",
        help="What the shop calls the carrier in the tracking it shows. Empty: the delivery method's name.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        string="Collected at",
        check_company=True,
        help="The customer comes to this warehouse: orders are prepared there, and no carrier takes a parcel.",
    )
    pickup_id_field = fields.Char(
        string="Field of the Point's Id",
        help="Where the shop keeps the pickup point's number on an order, if it is kept in a field of your own, such "
        "as _my_point_id, or _my_point.id for a part of a field. The known plugins need nothing here.",
    )
    pickup_name_field = fields.Char(string="Field of the Point's Name")
    pickup_street_field = fields.Char(string="Field of the Point's Street")
    pickup_zip_field = fields.Char(string="Field of the Point's Postcode")
    pickup_city_field = fields.Char(string="Field of the Point's City")

    _channel_code_unique = models.Constraint("UNIQUE(channel_id, code)", "A delivery method is mapped once a channel.")

    @api.model
    def _resolve(self, channel, methods):
        """The delivery method of each of the shop's ``{code: label}``, in one look-up.

        :return: ``({code: delivery.carrier}, codes that a person must map)``; new codes are recorded so that they can
            be mapped before the next order.
        """
        known = self._mappings(channel, {*methods, *map(self._general, methods)})
        if new := [code for code in methods if code not in known]:
            known |= self._record(channel, {code: methods[code] for code in new}, known)
        resolved = {
            code: mapping.carrier_id or channel.default_carrier_id
            for code, mapping in known.items()
            if mapping.carrier_id or (mapping.warehouse_id and channel.default_carrier_id)
        }
        return resolved, [code for code in methods if code not in resolved]

    @api.model
    def _record(self, channel, methods, known):
        """Mappings of new methods: as their kind is mapped, "flat_rate" for "flat_rate:3", else by the policy."""
        default = channel.default_carrier_id if channel.carrier_policy == "default" else self.env["delivery.carrier"]
        vals_list = []
        for code, label in methods.items():
            general = known.get(self._general(code), self)
            vals = {"channel_id": channel.id, "code": code, "label": label, "carrier_id": default.id}
            if general:
                vals |= {"carrier_id": general.carrier_id.id, "warehouse_id": general.warehouse_id.id}
                vals |= {name: general[name] for name in self._fields if name.startswith("pickup_")}
                vals["shop_carrier"] = general.shop_carrier
            vals_list.append(vals)
        return dict(zip(methods, self.create(vals_list), strict=True))

    @api.model
    def _general(self, code):
        """The kind that a method is one of several of."""
        return code.partition(":")[0]
