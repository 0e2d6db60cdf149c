from odoo import api, fields, models

from ...decisions.registration_numbers import RegistrationProblem, check_registration


class EcomOrder(models.Model):
    """Company numbers that customers typed in: checked, kept on the contact, and asked about where they are wrong."""

    _inherit = "ecom.order"

    def _create_sale_orders(self, channel, documents):
        """The numbers of companies, too; what is wrong stops no order."""
        sale_orders = super()._create_sale_orders(channel, documents)
        causes = []
        for sale_order in sale_orders or ():
            order = sale_order.ecom_order_id
            customer = documents[order].customer
            if customer.registration and (cause := order._keep_registration(documents[order], sale_order.partner_id)):
                causes.append(cause)
        self.env["ecom.issue"]._raise_each(channel, "bad_registration", causes, blocking=False)
        return sale_orders

    def _keep_registration(self, document, partner):
        """Keep the number on a company that has none; a person's own stands. One that cannot be right is not kept.

        :return: what a person is to be asked, or None
        """
        partner = partner.commercial_partner_id
        number, vat = document.customer.registration, document.customer.vat
        country = document.billing.country or partner.country_id.code or ""
        found = check_registration(number, country, vat or partner.vat or "")
        if found.number and partner.is_company and not partner.company_registry:
            partner.company_registry = found.number
        if found.problem is RegistrationProblem.NONE:
            return None
        message = self._registration_in_words(found.problem, number, vat or partner.vat, partner)
        return {"order": self, "key": "", "message": message, "data": {"number": number, "partner": partner.id}}

    @api.model
    def _registration_in_words(self, problem, number, vat, partner):
        match problem:
            case RegistrationProblem.OTHER_COMPANY:
                return self.env._(
                    "%(customer)s gave the number %(number)s, but the VAT number %(vat)s is another company's. The "
                    "first was not kept. Ask the customer, and correct the contact.",
                    customer=partner.display_name,
                    number=number,
                    vat=vat,
                )
            case RegistrationProblem.VAT_KEY:
                return self.env._(
                    "The VAT number %(vat)s of %(customer)s has a wrong key. Ask the customer, and correct the "
                    "contact.",
                    customer=partner.display_name,
                    vat=vat,
                )
        return self.env._(
            "%(number)s, which %(customer)s gave, is neither a SIREN (9 digits) nor a SIRET (14 digits): a digit is "
            "missing or wrong. It was not kept. Ask the customer, and enter the right one on the contact.",
            customer=partner.display_name,
            number=number,
        )


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[("bad_registration", "Company number that cannot be right")],
        ondelete={"bad_registration": "cascade"},
    )

    @api.depends("code")
    def _compute_remedy(self):
        result = super()._compute_remedy()
        for issue in self.filtered(lambda issue: issue.code == "bad_registration"):
            issue.remedy = self.env._("Note that the contact was corrected")
        return result

    def _fix_bad_registration(self, _same):
        """A person asked the customer and corrected the contact."""
