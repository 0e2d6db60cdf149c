from dataclasses import replace

from odoo import api, fields, models

from ...platforms.documents import AddressDocument, LineKind, PickupPoint


class EcomOrder(models.Model):
    """Pickup points and collection: where an order waits for its customer."""

    _inherit = "ecom.order"

    pickup_code = fields.Char(
        string="Pickup Point Id", index="btree_not_null", help="The carrier's number of the point, for its label."
    )
    pickup_name = fields.Char(string="Pickup Point Name")
    recipient_name = fields.Char(help="Who fetches the parcel or opens the door, as the customer wrote it.")
    pickup_carrier = fields.Char(help="The carrier or network of the point, as people call it.")

    @api.model
    def _prepare_staged_vals(self, document):
        point = document.pickup_point or PickupPoint("")
        return super()._prepare_staged_vals(document) | {
            "pickup_code": point.id or False,
            "pickup_name": point.name or False,
            "pickup_carrier": point.carrier or False,
            "recipient_name": document.shipping.name or document.billing.name or False,
        }

    @api.model
    def _parse(self, channel, raw):
        """The document of a raw order, with what the merchant's own fields say.

        :raise ValueError: when the payload cannot be read
        """
        platform = channel._platform_class()
        document = platform.parse_order(raw)
        if not platform.capabilities.custom_fields:
            return document
        codes = {line.code or line.name for line in document.lines if line.kind == LineKind.SHIPPING}
        mapping = channel.mapping_carrier_ids.filtered(lambda row: row.code in codes and row.pickup_id_field)[:1]
        code = platform.custom_field(raw, mapping.pickup_id_field) if mapping else ""
        if not code:
            return document
        read = {
            part: platform.custom_field(raw, mapping[f"pickup_{part}_field"]) if mapping[f"pickup_{part}_field"] else ""
            for part in ("name", "street", "zip", "city")
        }
        known = document.pickup_point or PickupPoint("")
        place = {part: value for part, value in read.items() if part != "name" and value}
        point = PickupPoint(
            id=code,
            name=read["name"] or known.name,
            carrier=known.carrier or mapping.carrier_id.name or mapping.code,
            address=AddressDocument(**place, country=document.shipping.country) if place else known.address,
        )
        return replace(document, pickup_point=point)

    def _create_sale_orders(self, channel, documents):
        """A merchant may have named the point's fields after the order was received."""
        for order, document in documents.items():
            vals = self._prepare_staged_vals(document)
            names = [name for name in vals if name.startswith("pickup_")]
            if any((order[name] or False) != vals[name] for name in names):
                order.write({name: vals[name] for name in names})
        return super()._create_sale_orders(channel, documents)

    # === COLLECTION === #

    @api.model
    def _look_up_collections(self, channel, documents):
        """The warehouse where each collected order waits, ``{order external id: warehouse}``."""
        warehouses = {row.code: row.warehouse_id for row in channel.mapping_carrier_ids if row.warehouse_id}
        found = {}
        for document in documents.values():
            for line in document.lines:
                if line.kind == LineKind.SHIPPING and (line.code or line.name) in warehouses:
                    found.setdefault(document.external_id, warehouses[line.code or line.name])
        return found

    @api.model
    def _at_the_warehouse(self, document, lookups):
        """A collected order's document, with the warehouse as its pickup point."""
        warehouse = lookups.collections.get(document.external_id)
        if not warehouse:
            return document
        place = warehouse.partner_id
        address = AddressDocument(
            street=place.street or "",
            street2=place.street2 or "",
            city=place.city or "",
            zip=place.zip or "",
            state=place.state_id.code or "",
            country=place.country_id.code or "",
        )
        name = document.pickup_point.name if document.pickup_point else ""
        return replace(document, pickup_point=PickupPoint(warehouse.code, name or warehouse.name, "", address))
