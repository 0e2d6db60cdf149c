from odoo import api, fields, models
from odoo.tools import is_html_empty

from ...decisions.taxation import Treatment
from .tax_mapping import NAMED_EXEMPTIONS


class AccountTax(models.Model):
    _inherit = "account.tax"

    ecom_marketplace = fields.Boolean(
        string="Marketplace Sales",
        help="For sales whose VAT a marketplace collects and pays: our books show them without tax.",
    )


class EcomTaxMapping(models.Model):
    """The legal mention that an invoice without tax has to print."""

    _inherit = "ecom.tax.mapping"

    @api.model
    def _mention(self, key, company):
        """Why nothing is charged, as the law wants it named on the invoice; an empty text where it does not."""
        if company.account_fiscal_country_id.code not in self._eu_codes():
            return ""
        service = key.scope == "service"
        match key.treatment:
            case Treatment.EU_COMPANY if service:
                return self.env._("VAT reverse charge – Article 196 of Directive 2006/112/EC")
            case Treatment.EU_COMPANY:
                return self.env._("Exempt intra-Community supply – Article 138 of Directive 2006/112/EC")
            case Treatment.EXPORT | Treatment.OVERSEAS if service:
                return self.env._("Outside the scope of VAT – Articles 44 and 59 of Directive 2006/112/EC")
            case Treatment.EXPORT | Treatment.OVERSEAS:
                return self.env._("Export exempt from VAT – Article 146 of Directive 2006/112/EC")
            case Treatment.MARKETPLACE:
                return self.env._(
                    "VAT collected and paid by the marketplace – Articles 14a and 136a of Directive 2006/112/EC"
                )
        return ""

    def _lacks_mention(self):
        """Whether invoices of this mapping would not say why nothing is charged."""
        self.ensure_one()
        tax = self.tax_id
        if not tax or tax.amount or self.treatment not in NAMED_EXEMPTIONS:
            return False
        noted = any(not is_html_empty(position.note) for position in tax.fiscal_position_ids)
        return (
            is_html_empty(tax.invoice_legal_notes) and not noted and bool(self._mention(self._key(), self.company_id))
        )

    def _write_mention(self):
        """Have the tax print the legal mention, in every language that is installed."""
        for mapping in self:
            for code, _name in self.env["res.lang"].get_installed():
                text = mapping.with_context(lang=code)._mention(mapping._key(), mapping.company_id)
                mapping.tax_id.with_context(lang=code).invoice_legal_notes = text

    def _ask_for_mentions(self):
        """Open an issue for each tax that charges nothing and does not say why."""
        for mapping in self.filtered(lambda mapping: mapping._lacks_mention()):
            mapping = mapping.with_context(lang=mapping.channel_id._language())
            self.env["ecom.issue"]._raise(
                mapping.channel_id,
                "missing_mention",
                key=f"{mapping.tax_id.id}/{mapping.treatment}",
                message=mapping.env._(
                    "Invoices with the tax “%(tax)s” do not say why nothing is charged. The law wants: “%(mention)s”.",
                    tax=mapping.tax_id.display_name,
                    mention=mapping._mention(mapping._key(), mapping.company_id),
                ),
                data={"mapping": mapping.id},
            )
