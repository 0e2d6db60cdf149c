from decimal import Decimal

from odoo import api, fields, models

from ...decisions.taxation import TaxKey, Treatment
from ...platforms.documents import TaxSummary

TREATMENTS = [
    (Treatment.DOMESTIC.value, "At home"),
    (Treatment.OVERSEAS.value, "French overseas territory"),
    (Treatment.EU_CONSUMER.value, "Consumer in another EU country"),
    (Treatment.EU_COMPANY.value, "Company in another EU country, without tax"),
    (Treatment.EXPORT.value, "Export, without tax"),
    (Treatment.FOREIGN.value, "Under another country's tax"),
    (Treatment.MARKETPLACE.value, "Tax collected by the marketplace"),
]
# Sales that owe no tax of ours for a reason that the invoice has to name.
NAMED_EXEMPTIONS = (Treatment.OVERSEAS, Treatment.EU_COMPANY, Treatment.EXPORT, Treatment.MARKETPLACE)


class EcomTaxMapping(models.Model):
    """Which of our taxes a rate of the shop is, for goods or for services, by the rule that it is sold under."""

    _name = "ecom.tax.mapping"
    _description = "Tax Mapping"
    _inherit = ["ecom.mapping.mixin"]

    rate = fields.Float(string="Rate (%)", digits=(16, 4))
    treatment = fields.Selection(
        TREATMENTS,
        string="Sold As",
        required=True,
        default=Treatment.DOMESTIC.value,
        help="The rule of VAT that the shop sells under. It decides, beside the rate, how a sale is booked and "
        "reported.",
    )
    country_code = fields.Char(string="Country", help="Where the rule depends on the country. Two letters.")
    scope = fields.Selection([("consu", "Goods"), ("service", "Services")], required=True, default="consu")
    tax_id = fields.Many2one(
        "account.tax",
        check_company=True,
        domain="[('type_tax_use', '=', 'sale'), ('company_id', 'parent_of', company_id)]",
    )

    _channel_key_unique = models.UniqueIndex(
        "(channel_id, code, rate, scope, treatment, COALESCE(country_code, ''))",
        "A rate is mapped once a channel for each rule, country and kind of product.",
    )

    def action_create_tax(self):
        """Use a tax of the shop's rate: an archived one that fits, else a new one."""
        self.check_access("write")
        for mapping in self:
            key, included = mapping._key(), mapping.company_id.account_price_include == "tax_included"
            matcher = mapping.env["ecom.tax.mapping"].with_context(active_test=False)
            tax = matcher._match_one(mapping.channel_id, key, mapping._summary(), included)
            if tax:
                tax.action_unarchive()
            mapping.tax_id = tax or mapping._create_tax(mapping.channel_id, mapping._summary(), key, included)
        return True

    @api.model
    def _resolve(self, channel, wanted, prices_include_tax):
        """The tax of each key, in a constant number of look-ups.

        :param wanted: ``{TaxKey: TaxSummary}``
        :param prices_include_tax: ``{key: bool}``, as the orders that use the key say
        :return: ``({key: account.tax}, {keys without a tax})``; new ones are recorded
        """
        known = {
            mapping._key(): mapping
            for mapping in self.search([("channel_id", "=", channel.id), ("code", "in", [key.code for key in wanted])])
        }
        new = [key for key in wanted if key not in known]
        if new:
            taxes = self._match(channel, {key: wanted[key] for key in new}, prices_include_tax)
            created = self.create([self._prepare_vals(channel, key, wanted[key].label, taxes.get(key)) for key in new])
            known |= dict(zip(new, created, strict=True))
            created._ask_for_mentions()
        resolved = {key: known[key].tax_id for key in wanted if known[key].tax_id}
        return resolved, {key for key in wanted if key not in resolved}

    @api.model
    def _prepare_vals(self, channel, key, label, tax=None):
        return {
            "channel_id": channel.id,
            "code": key.code,
            "label": label,
            "rate": key.rate,
            "scope": key.scope,
            "treatment": key.treatment,
            "country_code": key.country,
            "tax_id": tax.id if tax else False,
        }

    def _key(self):
        self.ensure_one()
        return TaxKey(self.code, self.rate, self.scope, self.treatment, self.country_code or "")

    def _summary(self):
        """The shop's tax as its orders show it, as far as the mapping kept it."""
        self.ensure_one()
        own_tax = self.rate and self.treatment != Treatment.MARKETPLACE
        country = self.country_code if own_tax else ""
        return TaxSummary(self.code, self.label or "", Decimal(str(self.rate)), Decimal(0), country or "")

    @api.model
    def _in_words(self, key):
        """``"Export, without tax (goods)"``: what is sold, and under which rule."""
        treatments = dict(self._fields["treatment"]._description_selection(self.env))
        scopes = dict(self._fields["scope"]._description_selection(self.env))
        where = f"{treatments[key.treatment]}, {key.country}" if key.country else treatments[key.treatment]
        return f"{where} ({scopes[key.scope].lower()})"
