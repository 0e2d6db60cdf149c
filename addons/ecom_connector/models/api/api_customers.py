from datetime import datetime, timezone

from odoo import api, models
from odoo.exceptions import ConcurrencyError
from psycopg2 import IntegrityError

from ...platforms.base import Problem
from ...platforms.documents import ZERO, AddressDocument, OrderDocument, OrderState


class EcomApi(models.AbstractModel):
    """Customers that a shop tells of apart from their orders."""

    _inherit = "ecom.api"

    @api.model
    def customer_push(self, channel, customers):
        """Bring customers. A customer is the same by ``external_ref``; a new one is recognised as in orders.

        What Odoo lacks of a contact is filled in. What the shop changed since it told us last is carried over by the
        channel's policy, as far as nobody changed it in Odoo later.

        :return: one result for each: ``created``, ``updated``, ``unchanged`` or ``error``
        """
        channel = self._channel(channel)
        platform, facts = channel._platform_class(), self._facts()
        results, profiles = [], {}
        for raw in self._items(customers, "customers"):
            problems = platform.check_customer(raw, facts)
            if not problems and raw["external_ref"] in profiles:
                problems = [
                    Problem("external_ref", "duplicate", "The customer is in this call twice.", "Send it once.")
                ]
            if problems:
                results.append(self._refused(raw, problems))
            else:
                profiles[raw["external_ref"]] = platform.parse_customer(raw)
                results.append(None)
        kept = iter(self._keep_customers(channel, profiles))
        return [result or next(kept) for result in results]

    @api.model
    def _keep_customers(self, channel, profiles):
        """Tie each account to a contact; returns a result for each, in order."""
        if not profiles:
            return []
        Customer = channel.env["ecom.customer"]
        domain = [("channel_id", "=", channel.id), ("external_id", "in", list(profiles))]
        before = {customer.external_id: customer.shop_values for customer in Customer.search(domain)}
        documents = [self._account_document(profile) for profile in profiles.values()]
        try:
            with self.env.cr.savepoint():
                partners = Customer._partners(channel, documents)
                customers = {customer.external_id: customer for customer in Customer.search(domain)}
                if channel.customer_sync in ("in", "both"):
                    Customer._receive(channel, list(profiles.values()))
                results = []
                for document in documents:
                    ref = document.external_id
                    filled = self._fill_contact(channel, partners[ref], document)
                    told = before.get(ref) and before[ref] != customers[ref].shop_values
                    status = "created" if ref not in before else "updated" if filled or told else "unchanged"
                    results.append(self._result(ref, status, customers[ref].id))
        except IntegrityError as error:
            raise ConcurrencyError(str(error)) from error
        return results

    @api.model
    def _account_document(self, profile):
        """The account in the shape of an order without lines: contacts are found by one way only."""
        moment = datetime.fromtimestamp(0, timezone.utc)
        customer = profile.customer
        return OrderDocument(
            external_id=customer.external_id,
            number=customer.name or customer.external_id,
            state=OrderState.DRAFT,
            vendor_state="",
            currency="",
            created_at=moment,
            updated_at=moment,
            prices_include_tax=True,
            customer=customer,
            billing=profile.address,
            shipping=AddressDocument(),
            lines=(),
            taxes=(),
            total=ZERO,
            total_tax=ZERO,
        )

    @api.model
    def _fill_contact(self, channel, partner, document):
        """Write what the contact lacks; returns whether it lacked anything."""
        customer, address = document.customer, document.billing
        values = {}
        if address.street and not (partner.street or partner.city or partner.zip):
            values = channel.env["ecom.customer"]._prepare_place_vals(address)
        values |= {"email": customer.email, "phone": customer.phone, "vat": customer.vat}
        wanted = {name: value for name, value in values.items() if value and not partner[name]}
        if wanted:
            partner.write(wanted)
        return bool(wanted)
