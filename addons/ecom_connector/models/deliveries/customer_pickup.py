from odoo import api, models

from ..customers.customer import _fold


class EcomCustomer(models.Model):
    """Pickup points are addresses of their own: the customer's stay untouched, and no order mistakes one for them."""

    _inherit = "ecom.customer"

    @api.model
    def _pickup_addresses(self, partners, documents):
        """The delivery address of each order that waits at a point: a child of its customer, named after the point.

        A point that the customer used before is used again while nothing about it changed.

        :param partners: ``{order external id: partner}``
        :return: ``{order external id: partner}``
        """
        wanted = {}
        for document in documents:
            if document.pickup_point:
                vals = self._prepare_pickup_vals(partners[document.external_id], document)
                wanted[document.external_id] = (self._pickup_key(vals), vals)
        if not wanted:
            return {}
        children = self.env["res.partner"].search(
            [
                ("parent_id", "in", list({vals["parent_id"] for _key, vals in wanted.values()})),
                ("is_pickup_location", "=", True),
            ],
            order="id desc",
        )
        known = {}
        for child in children:
            known[self._pickup_key({name: child[name] for name in self._pickup_names()} | self._ids_of(child))] = child
        new = {key: vals for key, vals in wanted.values() if key not in known}
        created = self.env["res.partner"]._load_records_create(list(new.values())) if new else ()
        known |= dict(zip(new, created, strict=True))
        return {external_id: known[key] for external_id, (key, _vals) in wanted.items()}

    @api.model
    def _pickup_names(self):
        return ("ref", "name", "street", "street2", "city", "zip", "phone")

    @api.model
    def _ids_of(self, child):
        return {"parent_id": child.parent_id.id, "country_id": child.country_id.id}

    @api.model
    def _pickup_key(self, vals):
        return (vals["parent_id"], vals["country_id"], *(_fold(vals[name]) for name in self._pickup_names()))

    @api.model
    def _prepare_pickup_vals(self, partner, document):
        """Where the parcel goes, with the number that its label needs, and how the customer is told."""
        point, shipping, billing = document.pickup_point, document.shipping, document.billing
        vals = self._prepare_place_vals(point.address)
        if not vals["country_id"]:
            country = self._country(shipping.country or billing.country)
            vals["country_id"] = country.id if country else False
        own = self._prepare_place_vals(shipping if shipping.phone else billing)
        return vals | {
            "parent_id": partner.id,
            "type": "delivery",
            "name": point.name or point.id,
            "ref": point.id,
            "is_pickup_location": True,
            "email": shipping.email or document.customer.email or billing.email or False,
            "phone": own["phone"] or partner.phone,
            "user_id": False,
        }
