from odoo import Command, api, fields, models

from ...decisions.tax_table import keys_of_rate, keys_without_tax
from ...decisions.taxation import Treatment
from ...platforms.base import PlatformError
from ...platforms.documents import ZERO, TaxSummary


class EcomChannel(models.Model):
    """The shop's tax table, read once with a person looking on."""

    _inherit = "ecom.channel"

    lacks_taxes = fields.Boolean(compute="_compute_lacks_taxes")

    @api.depends("state", "mapping_tax_ids")
    def _compute_lacks_taxes(self):
        for channel in self:
            channel.lacks_taxes = channel.state == "connected" and not channel.sudo().mapping_tax_ids

    def action_set_up_taxes(self):
        """Read the shop's tax table, and show what each of its rates would be in Odoo."""
        self.ensure_one()
        self.check_access("read")
        self.env["ecom.tax.mapping"].check_access("write")
        channel = self.with_company(self.company_id)
        # HTTP first: nothing was written, so nothing is locked while the shop answers.
        table, included, notice = channel._read_tax_table()
        wizard = channel.env["ecom.tax.setup"].create(channel._prepare_tax_setup(table, included, notice))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Taxes of %(channel)s", channel=self.name),
            "res_model": "ecom.tax.setup",
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _read_tax_table(self):
        """``([ShopTax], whether prices include tax or None, why there is no table or an empty text)``."""
        if not self._platform_class().capabilities.tax_table:
            return [], None, self.env._("This shop has no tax table to read: below is what its orders showed so far.")
        if self.state == "draft":
            return [], None, self.env._("The shop is not connected yet, so its tax table could not be read.")
        platform = self._platform()
        try:
            return platform.read_taxes(), platform.read_facts().prices_include_tax, ""
        except PlatformError as error:
            notice = self.env._(
                "The shop's tax table could not be read: %(error)s Below is what its orders showed so far.",
                error=error.message,
            )
            return [], None, notice

    def _prepare_tax_setup(self, table, included, notice):
        """Values of the assistant: a line for each tax that the shop charges, or may leave out."""
        Mapping = self.env["ecom.tax.mapping"]
        seen, seen_included = Mapping._seen_in_orders(self)
        summaries, kinds = self._wanted_taxes(table)
        for key, (summary, _count) in seen.items():
            summaries.setdefault(key, summary)
        known = {mapping._key(): mapping for mapping in self.sudo().mapping_tax_ids}
        for key, mapping in known.items():
            summaries.setdefault(key, mapping._summary())
        proposals = Mapping._propose(self, summaries, seen_included if included is None else included)
        lines = []
        for key, summary in summaries.items():
            mapped = known[key].tax_id if key in known else None
            proposal = proposals[key]
            lines.append(
                {
                    "code": key.code,
                    "label": summary.label,
                    "shop_kind": kinds.get(key.code, ""),
                    "rate": key.rate,
                    "scope": key.scope,
                    "treatment": key.treatment,
                    "country_code": key.country,
                    "shop_country": summary.country,
                    "order_count": seen[key][1] if key in seen else 0,
                    "state": "mapped" if mapped else proposal.state,
                    "tax_id": mapped.id if mapped else self._proposed_tax(proposal).id,
                    "make": not mapped and proposal.state == "missing" and self._makes_taxes(key),
                    "reason": self.env._("Chosen before.") if mapped else proposal.reason,
                }
            )
        order = {"ambiguous": 0, "missing": 1, "archived": 2, "found": 3, "mapped": 4}
        lines.sort(key=lambda line: (order[line["state"]], not line["order_count"]))
        return {
            "channel_id": self.id,
            "notice": notice,
            "line_ids": [Command.create(line | {"sequence": index}) for index, line in enumerate(lines)],
        }

    def _proposed_tax(self, proposal):
        return proposal.taxes if proposal.state in ("found", "archived") else proposal.taxes.browse()

    def _makes_taxes(self, key):
        return self.tax_policy == "create" and self.env["ecom.tax.mapping"]._may_create(key)

    def _wanted_taxes(self, table):
        """``({TaxKey: TaxSummary}, {code: the shop's name for the products of a rate})`` of a shop's tax table."""
        home = self.company_id.account_fiscal_country_id.code or ""
        eu = self.env["ecom.tax.mapping"]._eu_codes()
        summaries, kinds = {}, {}
        for tax in table:
            kinds[tax.code] = tax.kind
            for key in keys_of_rate(tax.code, tax.rate, tax.country, tax.zips, home=home, eu=eu):
                if self._is_unlikely(key):
                    continue
                summaries[key] = TaxSummary(tax.code, tax.label, tax.rate, ZERO, tax.country)
        for key in keys_without_tax(home=home, eu=eu):
            if not self._is_unlikely(key):
                summaries[key] = TaxSummary(key.code, "", ZERO, ZERO)
        return summaries, kinds

    @api.model
    def _is_unlikely(self, key):
        """Services abroad: what comes with goods counts as goods there, so an order shows them soon enough."""
        return key.scope == "service" and key.treatment != Treatment.DOMESTIC


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    def action_set_up_taxes(self):
        """Answer all questions about taxes of the shop at once."""
        self.ensure_one()
        return self.channel_id.action_set_up_taxes()
