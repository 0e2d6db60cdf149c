from odoo import api, fields, models
from odoo.fields import Domain

from ...decisions.values import naive

PARTS = ("street", "street2", "city", "zip", "state", "country")
# What names a contact whose address may then not change.
USERS = {
    "sale.order": ("partner_id", "partner_invoice_id", "partner_shipping_id"),
    "account.move": ("partner_id", "partner_shipping_id"),
    "stock.picking": ("partner_id",),
}
WATCHED = {"name", "email", "phone", "street", "street2", "city", "zip", "state_id", "country_id"}


class EcomCustomer(models.Model):
    """A customer's data on both sides. Two snapshots say what each side showed when they last agreed: whatever
    differs from its own snapshot was changed by somebody on that side since.
    """

    _inherit = "ecom.customer"

    billing_partner_id = fields.Many2one("res.partner", string="Invoice Address", index="btree_not_null")
    shipping_partner_id = fields.Many2one("res.partner", string="Delivery Address", index="btree_not_null")
    shop_values = fields.Json(copy=False, help="What the shop showed when both sides last agreed.")
    odoo_values = fields.Json(copy=False, help="What Odoo showed when both sides last agreed.")
    edited_at = fields.Datetime(string="Changed Here on", copy=False, readonly=True)

    # === WHAT EACH SIDE SHOWS === #

    @api.model
    def _place_values(self, address):
        return {part: getattr(address, part) for part in ("name", "company", *PARTS)}

    @api.model
    def _values_of_profile(self, profile):
        customer = profile.customer
        return {
            "name": customer.name,
            "email": customer.email,
            "phone": customer.phone,
            "billing": self._place_values(profile.address),
            "shipping": self._place_values(profile.shipping),
        }

    def _values_here(self):
        """What Odoo shows of the customer, in the shape of ``CustomerChange.values``."""
        self.ensure_one()
        partner = self.partner_id
        return {
            "name": partner.name or "",
            "email": partner.email or "",
            "phone": partner.phone or "",
            "billing": self._parts_of(self.billing_partner_id or partner),
            "shipping": self._parts_of(self.shipping_partner_id),
        }

    @api.model
    def _parts_of(self, partner):
        texts = {part: partner[part] or "" for part in ("street", "street2", "city", "zip")}
        return texts | {"state": partner.state_id.code or "", "country": partner.country_id.code or ""}

    @api.model
    def _note_addresses(self, channel, documents, resolved):
        """An account's first order shows what both sides agree on."""
        by_account = {document.customer.external_id: document for document in documents} if documents else {}
        new = self.search(
            [
                ("channel_id", "=", channel.id),
                ("external_id", "in", list(by_account)),
                ("odoo_values", "=", False),
            ]
        )
        for customer in new:
            document = by_account[customer.external_id]
            _partner, invoice, delivery = resolved[document.external_id]
            at_point = delivery.is_pickup_location
            customer.write(
                {
                    "billing_partner_id": invoice.id,
                    "shipping_partner_id": False if at_point else delivery.id,
                    "shop_values": {
                        "name": document.customer.name,
                        "email": document.customer.email,
                        "phone": document.customer.phone,
                        "billing": self._place_values(document.billing),
                        "shipping": {} if at_point else self._place_values(document.shipping),
                    },
                }
            )
            customer.odoo_values = customer._values_here()

    # === THE SHOP TELLS US === #

    @api.model
    def _receive(self, channel, profiles):
        """Carry what changed on the shop over to Odoo, as far as nobody changed it here later.

        An address that an order, a delivery or an invoice uses is never overwritten: the new one becomes a child.
        """
        by_account = {profile.customer.external_id: profile for profile in profiles}
        customers = self.search([("channel_id", "=", channel.id), ("external_id", "in", list(by_account))])
        customers = customers.with_context(ecom_origin=channel.id)
        invoiced = self._in_use(customers.partner_id, ["account.move"])
        used = self._in_use(customers.billing_partner_id | customers.shipping_partner_id | customers.partner_id)
        wanted = []
        for customer in customers:
            profile = by_account[customer.external_id]
            told = self._values_of_profile(profile)
            if customer.shop_values and customer.odoo_values and told != customer.shop_values:
                wanted += customer._follow(profile, told, used, invoiced)
            else:
                customer.write({"shop_values": told, "odoo_values": customer.odoo_values or customer._values_here()})
        addresses = self._addresses([(row[0].partner_id, row[1], row[2]) for row in wanted])
        for customer, kind, document in wanted:
            field = "billing_partner_id" if kind == "invoice" else "shipping_partner_id"
            customer[field] = addresses[customer.partner_id, kind, document]
            part = "billing" if kind == "invoice" else "shipping"
            customer.odoo_values = customer.odoo_values | {part: customer._values_here()[part]}

    def _follow(self, profile, told, used, invoiced):
        """Write one customer's changes; returns the addresses that have to be made, ``[(customer, kind, document)]``.

        A name that an invoice bears stays; the customer's history says the new one.
        """
        here, before, agreed = self._values_here(), self.shop_values, dict(self.odoo_values)
        later = not self.edited_at or (profile.changed_at and naive(profile.changed_at) > self.edited_at)
        wanted, vals = [], {}
        for name in ("name", "email", "phone"):
            free = here[name] == agreed.get(name) or later
            if told[name] and told[name] != before.get(name) and free:
                vals[name] = told[name]
        partner = self.partner_id
        if partner.is_company or partner in invoiced:
            kept = vals.pop("name", "")
            if kept and not partner.is_company:
                partner.message_post(
                    body=self.env._(
                        "The customer is now called %(name)s on %(channel)s. The name here stays: invoices bear it.",
                        name=kept,
                        channel=self.channel_id.name,
                    )
                )
        if "phone" in vals:
            country = partner.country_id or self.env.company.country_id
            formatted = partner._phone_format(
                number=vals["phone"], country=country, force_format="INTERNATIONAL", raise_exception=False
            )
            vals["phone"] = formatted or vals["phone"]
        places = (("billing", "invoice", profile.address), ("shipping", "delivery", profile.shipping))
        for part, kind, document in places:
            if not document or told[part] == before.get(part):
                continue
            address = self.billing_partner_id if part == "billing" else self.shipping_partner_id
            if address and address not in used and (here[part] == agreed.get(part) or later):
                place = self._prepare_place_vals(document)
                address.write({name: place[name] for name in place if name != "phone"})
                agreed[part] = self._values_here()[part]
            else:
                wanted.append((self, kind, document))
        if vals:
            self._write_contact(vals)
        agreed |= {name: self._values_here()[name] for name in vals}
        self.write({"shop_values": told, "odoo_values": agreed})
        return wanted

    def _write_contact(self, vals):
        """Change the contact, and say in its history who did."""
        partner, names = self.partner_id, {"name": "", "email": "", "phone": ""}
        shown = ", ".join(
            f"{partner._fields[name]._description_string(self.env)}: {partner[name] or '—'} → {vals[name]}"
            for name in names
            if name in vals and vals[name] != partner[name]
        )
        partner.write(vals)
        if shown:
            partner.message_post(
                body=self.env._(
                    "Changed by the customer on %(channel)s. %(changes)s", channel=self.channel_id.name, changes=shown
                )
            )

    @api.model
    def _in_use(self, partners, models=tuple(USERS)):
        """Those of these contacts that an order, a delivery or an invoice names."""
        used = self.env["res.partner"]
        for model in models:
            for name in USERS[model]:
                for (partner,) in self.env[model]._read_group([(name, "in", partners.ids)], [name]):
                    used |= partner
        return used

    # === WE TELL THE SHOP === #

    @api.model
    def _of_contacts(self, partners):
        """The accounts whose data these contacts show, with something to compare to."""
        ids = partners.ids
        domain = Domain("odoo_values", "!=", False) & Domain.OR(
            Domain(name, "in", ids) for name in ("partner_id", "billing_partner_id", "shipping_partner_id")
        )
        return self.search(domain)

    def _tell_changes(self):
        """Write a message for each account that differs from what was agreed, unless one waits that will say it."""
        origin = self.env.context.get("ecom_origin")
        changed = self.filtered(lambda customer: customer.channel_id.id != origin and customer._changes())
        if not changed:
            return
        if not origin:
            changed.write({"edited_at": fields.Datetime.now()})
        told = changed.filtered(lambda customer: customer.channel_id._tells_customers())
        waiting = self.env["ecom.command"].search(
            [("customer_id", "in", told.ids), ("state", "=", "pending"), ("payload", "=", False)]
        )
        silent = told - waiting.customer_id
        last = dict(
            self.env["ecom.command"]._read_group([("customer_id", "in", silent.ids)], ["customer_id"], ["__count"])
        )
        self.env["ecom.command"].create(
            [
                {
                    "channel_id": customer.channel_id.id,
                    "customer_id": customer.id,
                    "kind": "customer",
                    "key": f"customer:{customer.id}:{last.get(customer, 0) + 1}",
                }
                for customer in silent
            ]
        )
        for channel in silent.channel_id:
            channel._wake("commands")

    def _changes(self):
        """What Odoo shows now and did not when both sides agreed: ``CustomerChange.values``."""
        self.ensure_one()
        here, agreed = self._values_here(), self.odoo_values or {}
        if self.partner_id.is_company:
            here["name"] = agreed.get("name", "")
        changes = {name: here[name] for name in ("name", "email", "phone") if here[name] != agreed.get(name, "")}
        for part in ("billing", "shipping"):
            known = agreed.get(part) or {}
            if parts := {name: here[part][name] for name in PARTS if here[part][name] != known.get(name, "")}:
                changes[part] = parts
        return changes

    def _was_told(self, changes):
        """The shop took these changes: both sides agree on them, and their echo is no news."""
        self.ensure_one()
        sides = {}
        for side in ("shop_values", "odoo_values"):
            values = dict(self[side] or {})
            for name, value in changes.items():
                values[name] = (values.get(name) or {}) | value if isinstance(value, dict) else value
            sides[side] = values
        self.write(sides)


class EcomCommand(models.Model):
    _inherit = "ecom.command"

    kind = fields.Selection(selection_add=[("customer", "Customer")], ondelete={"customer": "cascade"})
    customer_id = fields.Many2one("ecom.customer", ondelete="cascade", index="btree_not_null")

    def _prepare_customer_payload(self):
        return {"customer": self.customer_id.external_id, "changes": self.customer_id._changes()}

    def _missed(self, message, retry, retry_after=None):
        result = super()._missed(message, retry, retry_after)
        if self.kind == "customer" and self.state == "failed":
            issues = self.env["ecom.issue"].search(
                [("channel_id", "=", self.channel_id.id), ("code", "=", "command_failed"), ("key", "=", self.key)]
            )
            issues.message = self.env._(
                "The shop did not take the change of its customer %(name)s: %(answer)s",
                name=self.customer_id.partner_id.display_name,
                answer=message,
            )
        return result

    def _succeeded(self, answer):
        if self.kind == "customer" and self.payload:
            self.customer_id._was_told(self.payload["changes"])
        return super()._succeeded(answer)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """A change of what a shop shows, too, is told to the shop, where the channel's policy says so."""
        if not WATCHED & vals.keys():
            return super().write(vals)
        customers = self.env["ecom.customer"].sudo()._of_contacts(self)
        result = super().write(vals)
        if customers:
            customers._tell_changes()
        return result
