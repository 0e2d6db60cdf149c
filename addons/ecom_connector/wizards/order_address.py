from odoo import api, fields, models
from odoo.exceptions import UserError

from ..platforms.documents import AddressDocument


class EcomOrderAddress(models.TransientModel):
    """Deliver an order elsewhere: to an address of the customer's, or to a new one."""

    _name = "ecom.order.address"
    _description = "Change the Delivery Address"

    order_id = fields.Many2one("ecom.order", required=True, ondelete="cascade", readonly=True)
    sale_order_id = fields.Many2one(related="order_id.sale_order_id")
    barrier = fields.Char(compute="_compute_barrier", compute_sudo=True)
    partner_id = fields.Many2one(related="sale_order_id.partner_id", string="Customer")
    current_id = fields.Many2one(related="sale_order_id.partner_shipping_id", string="Delivered to Now")
    mode = fields.Selection(
        [("new", "A new address"), ("known", "An address that is known")], required=True, default="new"
    )
    known_id = fields.Many2one(
        "res.partner",
        string="Known Address",
        domain="['|', ('id', '=', partner_id), ('parent_id', '=', partner_id), ('type', '!=', 'private')]",
    )
    name = fields.Char(string="Recipient")
    company = fields.Char()
    street = fields.Char()
    street2 = fields.Char()
    zip = fields.Char()
    city = fields.Char()
    state_id = fields.Many2one("res.country.state", domain="[('country_id', '=', country_id)]")
    country_id = fields.Many2one("res.country")
    phone = fields.Char()

    @api.model
    def default_get(self, fields_list):
        """Begin with the address that is there: often one line of it is wrong."""
        values = super().default_get(fields_list)
        order = self.env["ecom.order"].browse(values.get("order_id") or self.env.context.get("default_order_id"))
        place = order.sale_order_id.partner_shipping_id
        if place:
            # A pickup point bears its own name: whom the parcel is for is the customer.
            address = (order.sale_order_id.partner_id if place.is_pickup_location else place)._ecom_address()
            values |= {
                "name": address.name,
                "company": address.company,
                "street": place.street,
                "street2": place.street2,
                "zip": place.zip,
                "city": place.city,
                "state_id": place.state_id.id,
                "country_id": place.country_id.id,
                "phone": place.phone,
            }
        return {name: value for name, value in values.items() if name in fields_list}

    @api.depends("order_id", "country_id", "mode", "known_id")
    def _compute_barrier(self):
        for wizard in self:
            country = wizard.known_id.country_id if wizard.mode == "known" else wizard.country_id
            wizard.barrier = wizard.order_id._address_barrier(country) if wizard.order_id else False

    def action_apply(self):
        self.ensure_one()
        order = self.order_id
        order.check_access("write")
        if self.barrier:
            raise UserError(self.env._("The address cannot be changed any more: %(reason)s.", reason=self.barrier))
        place = self.sudo()._place()
        sale_order = order.sale_order_id
        if place == sale_order.partner_shipping_id:
            raise UserError(self.env._("This is the address that the order goes to already."))
        with order.sudo()._changed_here():
            order.sudo()._print_again()
            sale_order.sudo().with_context(ecom_changing=True)._change_delivery_address(place)
        sale_order.sudo().message_post(
            body=self.env._("Delivery address changed to %(address)s.", address=place.contact_address_inline),
            author_id=self.env.user.partner_id.id,
        )
        return {"type": "ir.actions.act_window_close"}

    def _place(self):
        """The contact to deliver to. One that is in use is never changed: a new place becomes a contact of its own."""
        if self.mode == "known":
            if not self.known_id:
                raise UserError(self.env._("Choose the address."))
            return self.known_id
        if not (self.street and self.city and (self.name or self.company)):
            raise UserError(self.env._("A parcel needs a recipient, a street and a city."))
        partner = self.partner_id
        document = AddressDocument(
            name=self.name or "",
            company=self.company or "",
            street=self.street,
            street2=self.street2 or "",
            city=self.city,
            zip=self.zip or "",
            state=self.state_id.code or "",
            country=self.country_id.code or "",
            phone=self.phone or "",
        )
        Customer = self.env["ecom.customer"]
        place = Customer._addresses([(partner, "delivery", document)])[partner, "delivery", document]
        company = Customer._other_company(partner, document)
        if company and not place.is_company and not place.company_name:
            place.company_name = company
        return place
