from odoo import api, fields, models
from odoo.tools import email_normalize


def _fold(text):
    return " ".join((text or "").casefold().split())


class EcomCustomer(models.Model):
    """A customer's account on a channel, tied to the contact it stands for."""

    _name = "ecom.customer"
    _description = "Shop Customer"
    _check_company_auto = True

    channel_id = fields.Many2one("ecom.channel", required=True, ondelete="cascade", index=True)
    external_id = fields.Char(string="Shop's Id", required=True)
    partner_id = fields.Many2one("res.partner", required=True, index=True, ondelete="cascade")
    email = fields.Char()

    _channel_external_unique = models.Constraint(
        "UNIQUE(channel_id, external_id)", "The channel already knows this customer."
    )

    # === WHO ORDERED, AND WHERE TO === #

    @api.model
    def _resolve(self, channel, documents):
        """Contact, invoice address and delivery address of each order, in a constant number of statements.

        An address that exists is used as it is or left as it is, never overwritten: a new one becomes a child.

        :return: ``{order external id: (partner, invoice partner, delivery partner)}``
        """
        partners = self._partners(channel, documents)
        points = self._pickup_addresses(partners, documents)
        addresses = self._addresses(
            [
                (partners[document.external_id], kind, address)
                for document in documents
                for kind, address in (("invoice", document.billing), ("delivery", document.shipping))
                # Some plugins write the point over the delivery address: it is not one of the customer's.
                if address and not (kind == "delivery" and document.external_id in points)
            ]
        )
        resolved = {}
        for document in documents:
            partner = partners[document.external_id]
            invoice = addresses.get((partner, "invoice", document.billing), partner)
            delivery = points.get(document.external_id) or addresses.get(
                (partner, "delivery", document.shipping), invoice
            )
            resolved[document.external_id] = (partner, invoice, delivery)
        self._note_addresses(channel, [document for document in documents if document.customer.external_id], resolved)
        return resolved

    # === THE CONTACT === #

    @api.model
    def _partners(self, channel, documents):
        """``{order external id: partner}`` by shop account, VAT number, then e-mail; else a new contact."""
        accounts = {document.customer.external_id for document in documents} - {""}
        known = {
            customer.external_id: customer.partner_id
            for customer in self.search([("channel_id", "=", channel.id), ("external_id", "in", list(accounts))])
        }
        by_vat, by_email = self._partners_by_identity(channel, documents)
        found, new = {}, {}
        for document in documents:
            partner = known.get(document.customer.external_id)
            if partner and not self._is_same_kind(partner, document):
                partner = None
            partner = partner or by_vat.get(document.customer.vat) or by_email.get(self._email_key(document))
            if partner:
                found[document.external_id] = partner
            else:
                new.setdefault(self._new_key(document), []).append(document)
        first = [group[0] for group in new.values()]
        created = (
            self.env["res.partner"]._load_records_create(
                [self._prepare_partner_vals(channel, document) for document in first]
            )
            if first
            else self.env["res.partner"]
        )
        for partner, group in zip(created, new.values(), strict=True):
            found |= {document.external_id: partner for document in group}
        self._remember(channel, documents, found, known)
        if created:
            self._propose_duplicates(channel, created)
        return found

    @api.model
    def _partners_by_identity(self, channel, documents):
        """``({vat: partner}, {(e-mail, company name): partner})`` of main contacts, the oldest first."""
        Partner = self.env["res.partner"]
        main = [("parent_id", "=", False), *Partner._check_company_domain(channel.company_id)]
        by_vat, by_email = {}, {}
        vats = {document.customer.vat for document in documents} - {""}
        if vats and channel.customer_policy in ("vat", "email"):
            for partner in Partner.search([*main, ("vat", "in", list(vats))], order="id desc"):
                by_vat[partner.vat] = partner
        emails = {self._email_key(document)[0] for document in documents} - {False}
        if emails and channel.customer_policy == "email":
            for partner in Partner.search([*main, ("email_normalized", "in", list(emails))], order="id desc"):
                company = _fold(partner.name) if partner.is_company else ""
                by_email[partner.email_normalized, company] = partner
        return by_vat, by_email

    @api.model
    def _email_key(self, document):
        email = email_normalize(document.customer.email or document.billing.email)
        return email, _fold(document.billing.company)

    @api.model
    def _new_key(self, document):
        """Orders with the same key belong to one new contact."""
        email, company = self._email_key(document)
        return document.customer.external_id or email or document.external_id, company

    @api.model
    def _is_same_kind(self, partner, document):
        """A person may also buy for a company: then the account alone does not say who the customer is."""
        company = _fold(document.billing.company)
        return _fold(partner.name) == company if company else not partner.is_company

    @api.model
    def _remember(self, channel, documents, partners, known):
        new = {}
        for document in documents:
            account = document.customer.external_id
            if account and account not in known and account not in new:
                new[account] = {
                    "channel_id": channel.id,
                    "external_id": account,
                    "partner_id": partners[document.external_id].id,
                    "email": document.customer.email,
                }
        self.create(list(new.values()))

    # === ADDRESSES === #

    @api.model
    def _addresses(self, wanted):
        """The partner that stands for each wanted place; missing ones become children of the contact.

        :param wanted: ``[(partner, "invoice" or "delivery", AddressDocument)]``
        :return: ``{(partner, kind, document): partner}``
        """
        partners = self.env["res.partner"].browse({partner.id for partner, _kind, _document in wanted})
        children = self.env["res.partner"].search(
            [("parent_id", "in", partners.ids), ("is_pickup_location", "=", False)], order="id desc"
        )
        known = {}
        for address in children | partners:
            owner = address if address in partners else address.parent_id
            known[owner, self._place(self._addressee(address), address)] = address
        places, new = {}, {}
        for partner, kind, document in wanted:
            candidates = [
                (partner, self._place_of(recipient, document))
                for recipient in self._recipients(partner, kind, document)
            ]
            place = next((place for place in candidates if place in known), candidates[-1])
            places[partner, kind, document] = place
            if place not in known and place not in new:
                new[place] = self._prepare_address_vals(partner, kind, document)
        created = self.env["res.partner"]._load_records_create(list(new.values())) if new else ()
        known |= dict(zip(new, created, strict=True))
        return {key: known[place] for key, place in places.items()}

    @api.model
    def _place(self, recipient, partner):
        """What makes two addresses the same place and recipient."""
        parts = (recipient, partner.street, partner.street2, partner.city, partner.zip, partner.country_id.code)
        return tuple(_fold(part) for part in parts)

    @api.model
    def _place_of(self, recipient, document):
        parts = (recipient, document.street, document.street2, document.city, document.zip, document.country)
        return tuple(_fold(part) for part in parts)

    @api.model
    def _addressee(self, partner):
        """The name on the envelope, as Odoo writes it: an address of a company's begins with the company."""
        name = partner.name or ""
        company = partner.parent_id.name if partner.parent_id.is_company else partner.company_name
        if not partner.parent_id or partner.is_company or not company:
            return name
        if _fold(name) == _fold(company) or _fold(name).startswith(f"{_fold(company)}, "):
            return name
        return ", ".join(filter(None, (company, name)))

    @api.model
    def _recipients(self, partner, kind, document):
        """The names on the envelope that will do, the last of them for a new address.

        A company is invoiced under its own name, where that is its address; a parcel also names the person.
        """
        full = ", ".join(
            filter(None, (partner.is_company and partner.name, self._other_company(partner, document), document.name))
        )
        if kind == "invoice" and partner.is_company and _fold(document.company) == _fold(partner.name):
            return partner.name, full
        return (full,)

    @api.model
    def _other_company(self, partner, document):
        """The company that an address names, unless its contact is that company."""
        same = partner.is_company and _fold(document.company) == _fold(partner.name)
        return "" if same else document.company

    # === VALUES === #

    @api.model
    def _prepare_partner_vals(self, channel, document):
        """Values of a new main contact, at the billing address."""
        billing = document.billing
        values = self._prepare_place_vals(billing)
        if billing.company:
            values |= {"name": billing.company, "is_company": True}
        else:
            values["name"] = billing.name or document.customer.name or document.customer.email or document.number
        return values | {
            "email": document.customer.email or billing.email,
            "vat": document.customer.vat or False,
            "lang": self._language(channel, document),
            "company_id": False,
            "user_id": False,
            "category_id": False,
        }

    @api.model
    def _prepare_address_vals(self, partner, kind, document):
        """Values of a new address of a contact. Odoo puts a contact that is a company before the name itself."""
        company = self._other_company(partner, document)
        return self._prepare_place_vals(document) | {
            "parent_id": partner.id,
            "type": kind,
            "name": ", ".join(filter(None, (company, document.name))),
            "email": document.email or False,
            "user_id": False,
        }

    @api.model
    def _prepare_place_vals(self, document):
        country = self._country(document.country)
        state = (
            country.state_ids.filtered(lambda state: _fold(document.state) in (_fold(state.code), _fold(state.name)))[
                :1
            ]
            if document.state
            else self.env["res.country.state"]
        )
        phone = document.phone and self.env["res.partner"]._phone_format(
            number=document.phone, country=country or self.env.company.country_id, force_format="INTERNATIONAL"
        )
        return {
            "street": document.street,
            "street2": document.street2,
            "city": document.city,
            "zip": document.zip,
            "state_id": state.id,
            "country_id": country.id,
            "phone": phone or document.phone,
        }

    @api.model
    def _country_ids(self):
        """``{ISO code: id}``; one look-up a transaction, kept in the cursor's cache."""
        cache = self.env.cr.cache
        if "ecom_countries" not in cache:
            cache["ecom_countries"] = {country.code: country.id for country in self.env["res.country"].search([])}
        return cache["ecom_countries"]

    @api.model
    def _country(self, code):
        """The country of an ISO code, empty for one that Odoo does not know."""
        return self.env["res.country"].browse(self._country_ids().get(code))

    @api.model
    def _language(self, channel, document):
        wanted = (document.customer.language or "").replace("-", "_")
        for code, _name in self.env["res.lang"].get_installed():
            if wanted and (code == wanted or code.split("_")[0] == wanted.split("_")[0]):
                return code
        return channel.company_id.partner_id.lang
