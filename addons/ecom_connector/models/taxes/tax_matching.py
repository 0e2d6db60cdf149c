from odoo import Command, api, models

from ...decisions.taxation import Treatment


class EcomTaxMapping(models.Model):
    """Finding, among the company's taxes, the one that a shop's rate is under the rule that it was sold by."""

    _inherit = "ecom.tax.mapping"

    @api.model
    def _match(self, channel, wanted, prices_include_tax):
        """Propose taxes by rule, rate, scope and price mode; only what leaves no choice, or is made by policy.

        :return: ``{TaxKey: account.tax}``
        """
        if channel.tax_policy == "ask":
            return {}
        candidates = self._candidates(channel, wanted)
        matched = {}
        for key, summary in wanted.items():
            included = prices_include_tax.get(key, False)
            tax = self._choose(candidates, key, summary, included)
            if not tax and channel.tax_policy == "create" and self._may_create(key):
                tax = self._create_tax(channel, summary, key, included)
            if tax:
                matched[key] = tax
        return matched

    @api.model
    def _match_one(self, channel, key, summary, included):
        return self._choose(self._candidates(channel, [key]), key, summary, included)

    @api.model
    def _may_create(self, key):
        """A rate is a fact that the shop states; why something is not taxed, a person says."""
        return bool(key.rate) or key.treatment == Treatment.MARKETPLACE

    @api.model
    def _candidates(self, channel, keys):
        return self.env["account.tax"].search(
            [
                *self.env["account.tax"]._check_company_domain(channel.company_id),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
                ("amount", "in", list({self._our_rate(key) for key in keys})),
            ]
        )

    @api.model
    def _our_rate(self, key):
        return 0.0 if key.treatment == Treatment.MARKETPLACE else key.rate

    @api.model
    def _choose(self, candidates, key, summary, included):
        """The one tax that fits, or one of several that are booked alike; else none."""
        fitting = self._fitting(candidates, key, summary, included)
        return fitting[:1] if self._are_alike(fitting) else fitting.browse()

    @api.model
    def _are_alike(self, taxes):
        """Whether it does not matter which of these is used."""
        return len({self._booking(tax) for tax in taxes}) <= 1

    @api.model
    def _fitting(self, candidates, key, summary, included):
        """Those that fit by rate, rule, goods or service and price mode, the active ones first."""
        rate = self._our_rate(key)
        scoped = candidates.filtered(lambda tax: tax.amount == rate and tax.tax_scope in (key.scope, False))
        for fitting in self._under_rule(scoped, key, summary):
            same_mode = fitting.filtered(lambda tax: tax.price_include == included)
            if fitting := same_mode or fitting:
                return fitting.sorted("active", reverse=True)
        return candidates.browse()

    @api.model
    def _under_rule(self, taxes, key, summary):
        """Those that the rule allows, the better kind first. Fiscal positions say what a tax is for."""
        taxes = taxes.filtered(lambda tax: tax.ecom_marketplace == (key.treatment == Treatment.MARKETPLACE))
        domestic = taxes.filtered("is_domestic")
        of_country = taxes.filtered(
            lambda tax: key.country and key.country in tax.fiscal_position_ids.country_id.mapped("code")
        )
        exported = taxes.filtered(lambda tax: self._is_for_export(tax.fiscal_position_ids))
        match key.treatment:
            case Treatment.MARKETPLACE:
                return [taxes]
            case Treatment.DOMESTIC:
                return [domestic]
            case Treatment.OVERSEAS:
                return [of_country, domestic if key.rate else exported]
            case Treatment.EU_CONSUMER:
                # Rates of home are charged below the threshold: only where the shop does not say whose tax it is.
                return [of_country, *([] if summary.country else [domestic])]
            case Treatment.EU_COMPANY:
                return [taxes.filtered(lambda tax: any(tax.fiscal_position_ids.mapped("vat_required")))]
            case Treatment.EXPORT:
                return [exported]
        return [of_country]

    @api.model
    def _is_for_export(self, positions):
        """Positions for the rest of the world name no country and ask for no VAT number."""
        rest = positions.filtered(lambda position: not (position.country_id or position.country_group_id))
        return bool(rest) and not any(positions.mapped("is_domestic")) and not any(positions.mapped("vat_required"))

    @api.model
    def _booking(self, tax):
        """How a tax is booked and reported: between two that are booked alike it does not matter which is used."""
        return tuple(
            (line.document_type, line.repartition_type, line.factor_percent, line.account_id, line.tag_ids)
            for line in tax.repartition_line_ids.sorted(
                lambda line: (line.document_type, line.repartition_type, line.sequence, line.id)
            )
        )

    # === NEW TAXES === #

    @api.model
    def _create_tax(self, channel, summary, key, price_include):
        """A sales tax of the shop's rate, booked and reported like the nearest that the company has."""
        company = channel.company_id
        name = self._new_tax_name(channel, summary, key)
        invoice, refund = self._new_repartition(channel, key)
        marketplace = key.treatment == Treatment.MARKETPLACE
        return self.env["account.tax"].create(
            {
                "name": name,
                "amount_type": "percent",
                "amount": self._our_rate(key),
                "type_tax_use": "sale",
                "tax_scope": key.scope,
                "company_id": company.id,
                "price_include_override": "tax_included" if price_include else "tax_excluded",
                "invoice_repartition_line_ids": invoice,
                "refund_repartition_line_ids": refund,
                "ecom_marketplace": marketplace,
                "fiscal_position_ids": [Command.set(self._new_positions(channel, key).ids)],
                "invoice_legal_notes": self._mention(key, company) if marketplace else False,
            }
        )

    @api.model
    def _new_tax_name(self, channel, summary, key):
        company = channel.company_id
        if key.treatment == Treatment.MARKETPLACE:
            name = self.env._("0% Marketplace")
        else:
            name = summary.label or f"{summary.rate:f} %"
            if key.country or summary.country:
                name = f"{name} ({summary.country or key.country})"
        taken = (
            self.env["account.tax"]
            .with_context(active_test=False)
            .search_count(
                [("company_id", "=", company.id), ("type_tax_use", "=", "sale"), ("name", "=like", f"{name}%")]
            )
        )
        return f"{name} {channel.name} {taken + 1}" if taken else name

    @api.model
    def _new_positions(self, channel, key):
        """The fiscal positions that a new tax belongs to: its country's, so that it is found and reported there."""
        if key.treatment not in (Treatment.EU_CONSUMER, Treatment.FOREIGN) or not key.country:
            return self.env["account.fiscal.position"]
        return self.env["account.fiscal.position"].search(
            [
                *self.env["account.fiscal.position"]._check_company_domain(channel.company_id),
                ("country_id.code", "=", key.country),
                ("vat_required", "=", False),
            ],
            limit=1,
        )

    @api.model
    def _new_repartition(self, channel, key):
        """Commands of the invoice's and the refund's repartition: ``(invoice, refund)``."""
        company = channel.company_id
        if key.treatment == Treatment.EU_CONSUMER and self._oss_installed() and key.country in self._eu_codes():
            return company._get_repartition_lines_oss()
        pattern, tagged = self._pattern(channel, key)

        def commands(kind):
            lines = pattern[f"{kind}_repartition_line_ids"] if pattern else self.env["account.tax.repartition.line"]
            return [
                Command.create(
                    {
                        "document_type": kind,
                        "repartition_type": repartition,
                        "account_id": line.account_id.id,
                        "tag_ids": [Command.set(line.tag_ids.ids if tagged else [])],
                    }
                )
                for repartition in ("base", "tax")
                for line in (lines.filtered(lambda line, kind=repartition: line.repartition_type == kind)[:1],)
            ]

        return commands("invoice"), commands("refund")

    @api.model
    def _pattern(self, channel, key):
        """The tax that a new one is booked like, and whether it is reported like it too: that takes the same rate."""
        if key.treatment in (Treatment.DOMESTIC, Treatment.OVERSEAS, Treatment.MARKETPLACE):
            home = key._replace(treatment=Treatment.DOMESTIC, rate=self._our_rate(key))
            taxes = self.with_context(active_test=False)._candidates(channel, [home]).filtered("is_domestic")
            alike = taxes.filtered(lambda tax: tax.tax_scope == key.scope) or taxes
            if alike:
                return alike[0], True
        return channel.company_id.account_sale_tax_id, False

    # === WHERE WE ARE === #

    @api.model
    def _eu_codes(self):
        """Codes of the Union's members; one look-up a transaction."""
        cache = self.env.cr.cache
        if "ecom_eu_codes" not in cache:
            cache["ecom_eu_codes"] = frozenset(self.env.ref("base.europe").country_ids.mapped("code"))
        return cache["ecom_eu_codes"]

    @api.model
    def _oss_installed(self):
        """Whether Odoo's own OSS module is there to make the taxes of other member states."""
        return hasattr(self.env["res.company"], "_map_eu_taxes")
