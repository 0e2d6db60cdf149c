from decimal import Decimal

from odoo import Command, api, fields, models

from ..platforms.documents import TaxSummary


class EcomTaxMapping(models.Model):
    """Which of our taxes a rate of the shop is, for goods or for services."""

    _name = "ecom.tax.mapping"
    _description = "Tax Mapping"
    _inherit = ["ecom.mapping.mixin"]

    rate = fields.Float(string="Rate (%)", digits=(16, 4))
    country_code = fields.Char(string="Country")
    scope = fields.Selection([("consu", "Goods"), ("service", "Services")], required=True, default="consu")
    tax_id = fields.Many2one(
        "account.tax",
        check_company=True,
        domain="[('type_tax_use', '=', 'sale'), ('company_id', 'parent_of', company_id)]",
    )

    _channel_code_unique = models.Constraint(
        "UNIQUE(channel_id, code, rate, scope)", "A rate is mapped once a channel for goods and once for services."
    )

    def action_create_tax(self):
        """Create a tax of the shop's rate and use it."""
        for mapping in self:
            summary = TaxSummary(
                mapping.code, mapping.label or "", Decimal(str(mapping.rate)), Decimal(0), mapping.country_code or ""
            )
            included = mapping.company_id.account_price_include == "tax_included"
            mapping.tax_id = self._create_tax(mapping.channel_id, summary, mapping.scope, included)
        return True

    @api.model
    def _resolve(self, channel, wanted, prices_include_tax):
        """The tax of each shop tax, in a constant number of look-ups.

        :param wanted: ``{(code, rate as float, scope): TaxSummary}``
        :param prices_include_tax: ``{key: bool}``, as the orders that use the key say
        :return: ``({key: account.tax}, {keys that a person must map})``; new ones are recorded
        """
        known = {
            mapping._key(): mapping
            for mapping in self.search(
                [("channel_id", "=", channel.id), ("code", "in", list({code for code, _rate, _scope in wanted}))]
            )
        }
        new = [key for key in wanted if key not in known]
        if new:
            taxes = self._match(channel, {key: wanted[key] for key in new}, prices_include_tax)
            created = self.create(
                [
                    {
                        "channel_id": channel.id,
                        "code": key[0],
                        "label": wanted[key].label,
                        "rate": key[1],
                        "country_code": wanted[key].country,
                        "scope": key[2],
                        "tax_id": taxes.get(key, self.env["account.tax"]).id,
                    }
                    for key in new
                ]
            )
            known |= dict(zip(new, created, strict=True))
        resolved = {key: known[key].tax_id for key in wanted if known[key].tax_id}
        return resolved, {key for key in wanted if key not in resolved}

    def _key(self):
        self.ensure_one()
        return self.code, self.rate, self.scope

    @api.model
    def _match(self, channel, wanted, prices_include_tax):
        """Propose taxes by rate, country, scope and price mode; only what leaves no choice, or is made by policy."""
        if channel.tax_policy == "ask":
            return {}
        company = channel.company_id
        home = company.account_fiscal_country_id.code
        candidates = self.env["account.tax"].search(
            [
                *self.env["account.tax"]._check_company_domain(company),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
                ("amount", "in", list({rate for _code, rate, _scope in wanted})),
            ]
        )
        matched = {}
        for key, summary in wanted.items():
            _code, rate, scope = key
            foreign = summary.country and summary.country != home
            fitting = candidates.filtered(
                lambda tax, rate=rate, scope=scope: tax.amount == rate and tax.tax_scope in (scope, False)
            )
            if foreign:
                fitting = fitting.filtered(
                    lambda tax, country=summary.country: country in tax.fiscal_position_ids.country_id.mapped("code")
                )
            else:
                fitting = fitting.filtered("is_domestic")
            included = fitting.filtered(lambda tax, key=key: tax.price_include == prices_include_tax.get(key, False))
            fitting = included or fitting
            if fitting and len({self._booking(tax) for tax in fitting}) == 1:
                matched[key] = fitting[0]
            elif channel.tax_policy == "create":
                matched[key] = self._create_tax(channel, summary, scope, prices_include_tax.get(key, False))
        return matched

    @api.model
    def _booking(self, tax):
        """How a tax is booked and reported: between two that are booked alike it does not matter which is used."""
        return tuple(
            (line.document_type, line.repartition_type, line.factor_percent, line.account_id, line.tag_ids)
            for line in tax.repartition_line_ids.sorted(
                lambda line: (line.document_type, line.repartition_type, line.sequence, line.id)
            )
        )

    @api.model
    def _create_tax(self, channel, summary, scope, price_include):
        """A sales tax of the shop's rate, booked like the company's default sales tax, outside its tax report."""
        company = channel.company_id
        pattern = company.account_sale_tax_id
        name = summary.label or f"{summary.rate:f} %"
        if summary.country:
            name = f"{name} ({summary.country})"

        def repartition(kind):
            lines = pattern[f"{kind}_repartition_line_ids"] if pattern else self.env["account.tax.repartition.line"]
            account = lines.filtered(lambda line: line.repartition_type == "tax")[:1].account_id
            return [
                Command.create({"document_type": kind, "repartition_type": "base"}),
                Command.create({"document_type": kind, "repartition_type": "tax", "account_id": account.id}),
            ]

        taken = (
            self.env["account.tax"]
            .with_context(active_test=False)
            .search_count(
                [("company_id", "=", company.id), ("type_tax_use", "=", "sale"), ("name", "=like", f"{name}%")]
            )
        )
        return self.env["account.tax"].create(
            {
                "name": f"{name} {channel.name} {taken + 1}" if taken else name,
                "amount_type": "percent",
                "amount": float(summary.rate),
                "type_tax_use": "sale",
                "tax_scope": scope,
                "company_id": company.id,
                "price_include_override": "tax_included" if price_include else "tax_excluded",
                "invoice_repartition_line_ids": repartition("invoice"),
                "refund_repartition_line_ids": repartition("refund"),
            }
        )
