from odoo import api, models

from ...decisions.taxation import NO_CODE, Sale, TaxKey, Treatment, scope, territory
from ...platforms.documents import ZERO, LineKind, TaxSummary


class EcomOrder(models.Model):
    """Which of our taxes the lines of an order are under, and the fiscal position that goes with them."""

    _inherit = "ecom.order"

    @api.model
    def _look_up_taxes(self, channel, documents, lookups):
        """Find the tax of each rate on each line. Where the shop charged none, one of ours says why."""
        wanted, included, users = {}, {}, {}
        for order, document in documents.items():
            for line in document.lines:
                for key, (summary, _amount) in self._line_taxes(channel, document, line, lookups).items():
                    wanted[key] = summary
                    included.setdefault(key, document.prices_include_tax)
                    users.setdefault(key, []).append(order)
        lookups.taxes, missing = self.env["ecom.tax.mapping"]._resolve(channel, wanted, included)
        for key in missing:
            if key.rate and key.treatment != Treatment.MARKETPLACE:
                self._ask_for_tax(key, wanted[key], users[key], lookups)
            else:
                self._tell_untaxed(channel, key)

    def _ask_for_tax(self, key, summary, orders, lookups):
        Mapping = self.env["ecom.tax.mapping"]
        for order in dict.fromkeys(orders):
            lookups.problem(
                order,
                "unknown_tax",
                "/".join(map(str, key)),
                self.env._(
                    "The shop's tax “%(label)s” (%(rate)s %%, %(rule)s) is not mapped to one of ours.",
                    label=summary.label or key.code,
                    rate=f"{key.rate:g}",
                    rule=Mapping._in_words(key),
                ),
                {"key": list(key)},
            )

    @api.model
    def _tell_untaxed(self, channel, key):
        """Nothing is owed, so the orders go on; but the VAT return has to name the sale."""
        self.env["ecom.issue"]._raise(
            channel,
            "untaxed_sale",
            key="/".join(map(str, key)),
            message=self.env._(
                "Sales without tax (%(rule)s) have no tax in Odoo that says so: the VAT return does not show them.",
                rule=self.env["ecom.tax.mapping"]._in_words(key),
            ),
            data={"key": list(key)},
        )

    # === THE KEYS OF A LINE === #

    @api.model
    def _line_taxes(self, channel, document, line, lookups):
        """``{TaxKey: (TaxSummary, amount)}`` of one line; what owes nothing has a key of its own that says why."""
        cache = lookups.line_taxes.setdefault(document.external_id, {})
        if line not in cache:
            cache[line] = self._prepare_line_taxes(channel, document, line, lookups)
        return cache[line]

    @api.model
    def _prepare_line_taxes(self, channel, document, line, lookups):
        sale, has_goods = self._sale(channel, document, lookups)

        def key_of(rule, summary=None):
            treatment, country = rule
            return TaxKey(
                summary.code if summary else NO_CODE,
                float(summary.rate) if summary else 0.0,
                scope(
                    goods=self._is_goods(line, lookups),
                    accessory=line.kind != LineKind.PRODUCT,
                    order_has_goods=has_goods,
                ),
                treatment.value,
                country,
            )

        nothing = (TaxSummary(NO_CODE, "", ZERO, ZERO), ZERO)
        if line.collected_tax is not None:
            return {key_of((Treatment.MARKETPLACE, "")): nothing}
        summaries = {summary.code: summary for summary in document.taxes}
        found = {}
        for tax in line.taxes:
            summary = summaries[tax.code]
            key = key_of(sale.treatment(taxed=bool(summary.rate), tax_country=summary.country), summary)
            _summary, amount = found.get(key, (summary, ZERO))
            found[key] = (summary, amount + tax.amount)
        # A negative line without tax beside taxed ones is rather a payment than a sale.
        if not found and (line.net > 0 or (line.net and not document.total_tax)):
            found[key_of(sale.treatment(taxed=False))] = nothing
        return found

    @api.model
    def _sale(self, channel, document, lookups):
        """Who buys where, and whether there are goods among it."""
        if document.external_id not in lookups.sales:
            place = document.shipping or document.billing
            sale = Sale(
                home=channel.company_id.account_fiscal_country_id.code or "",
                eu=self.env["ecom.tax.mapping"]._eu_codes(),
                destination=territory(place.country or document.billing.country, place.zip),
                to_company=bool(document.customer.vat or document.billing.vat or document.billing.company),
            )
            has_goods = any(self._is_goods(line, lookups) for line in document.lines)
            lookups.sales[document.external_id] = sale, has_goods
        return lookups.sales[document.external_id]

    @api.model
    def _is_goods(self, line, lookups):
        product = lookups.products.get(self._product_key(line)) if line.kind == LineKind.PRODUCT else None
        return product.type != "service" if product else line.kind == LineKind.PRODUCT

    @api.model
    def _tax_of_code(self, channel, document, code, lookups):
        """The tax that the order's lines have for a tax of the shop, goods before services; ``None`` without any."""
        found = {
            key.scope: lookups.taxes.get(key)
            for line in document.lines
            for key in self._line_taxes(channel, document, line, lookups)
            if key.code == code
        }
        return found.get("consu") or found.get("service")

    @api.model
    def _order_taxes(self, channel, document, lookups):
        keys = [key for line in document.lines for key in self._line_taxes(channel, document, line, lookups)]
        return self.env["account.tax"].concat(*(tax for tax in map(lookups.taxes.get, dict.fromkeys(keys)) if tax))

    # === FISCAL POSITION === #

    @api.model
    def _fiscal_position(self, channel, partner, delivery, taxes, lookups):
        """The fiscal position, for accounts and reports: Odoo's own choice where it goes with the taxes.

        Where it does not, the taxes win: they are what was sold. A company whose number is not checked yet is a
        consumer to Odoo, but was sold to as a company all the same. Found once for each kind of customer of a batch.
        """
        key = (
            partner.vat and partner.vat[:2],
            delivery.country_id,
            delivery.state_id,
            delivery.zip,
            partner.property_account_position_id,
            delivery.property_account_position_id,
            taxes,
        )
        if key not in lookups.positions:
            native = self.env["account.fiscal.position"]._get_fiscal_position(partner, delivery)
            lookups.positions[key] = self._position_of(taxes, native, delivery.country_id)
        return lookups.positions[key]

    @api.model
    def _position_of(self, taxes, native, country):
        if not native or native in (taxes.fiscal_position_ids or native):
            return native
        shared = [position for position in taxes.fiscal_position_ids if position.active]
        for tax in taxes.filtered("fiscal_position_ids"):
            shared = [position for position in shared if position in tax.fiscal_position_ids] or shared

        def fits(position):
            if position.country_id:
                return 0 if position.country_id == country else 3
            if position.country_group_id:
                return 1 if country in position.country_group_id.country_ids else 3
            return 2

        return min(shared, key=lambda position: (fits(position), position.sequence, position.id), default=native)
