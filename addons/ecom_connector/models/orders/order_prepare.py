import re
from dataclasses import dataclass, field
from decimal import Decimal

from odoo import Command, api, models

from ...decisions import totals
from ...decisions.values import naive
from ...platforms.documents import ZERO, LineKind


def _words(*texts):
    return re.findall(r"\w+", " ".join(texts).casefold())


@dataclass
class Lookups:
    """What the documents of a batch name, found in a constant number of look-ups."""

    currencies: dict = field(default_factory=dict)
    pricelists: dict = field(default_factory=dict)
    customers: dict = field(default_factory=dict)
    products: dict = field(default_factory=dict)
    taxes: dict = field(default_factory=dict)  # {TaxKey: account.tax}
    sales: dict = field(default_factory=dict)  # {order external id: (Sale, whether there are goods)}
    line_taxes: dict = field(default_factory=dict)  # {order external id: {LineDocument: {TaxKey: ...}}}
    carriers: dict = field(default_factory=dict)
    collections: dict = field(default_factory=dict)  # {order external id: stock.warehouse}
    payments: dict = field(default_factory=dict)
    vat_numbers: dict = field(default_factory=dict)  # {order external id: VAT number of a sale that rests on it}
    vat_answers: dict = field(default_factory=dict)  # {VAT number: ecom.vat.number}
    positions: dict = field(default_factory=dict)
    line_defaults: dict = field(default_factory=dict)
    problems: dict = field(default_factory=dict)  # {order: [(code, key, message, data)]}

    def problem(self, order, code, key, message, data=None):
        self.problems.setdefault(order, []).append((code, key, message, data or {}))


class EcomOrder(models.Model):
    """From documents to the values of sales orders."""

    _inherit = "ecom.order"

    # === LOOK-UPS === #

    @api.model
    def _look_up(self, channel, documents):
        """Find everything that the documents name; what is missing becomes a problem of its order."""
        lookups = Lookups()
        self._look_up_currencies(channel, documents, lookups)
        self._look_up_products(channel, documents, lookups)
        self._look_up_taxes(channel, documents, lookups)
        self._look_up_carriers(channel, documents, lookups)
        self._check_residuals(channel, documents, lookups)
        sound = {order: document for order, document in documents.items() if order not in lookups.problems}
        methods = {p.method: p.title for document in sound.values() for p in document.payments if p.method}
        lookups.payments = self.env["ecom.payment.mapping"]._resolve(channel, methods)
        lookups.collections = self._look_up_collections(channel, sound)
        lookups.customers = self.env["ecom.customer"]._resolve(
            channel, [self._at_the_warehouse(document, lookups) for document in sound.values()]
        )
        lookups.pricelists = channel._pricelists({lookups.currencies[document.currency] for document in sound.values()})
        # Odoo searches the rules of analytic distribution anew for every line, even where there is none.
        if not self.env["account.analytic.distribution.model"].search_count([], limit=1):
            lookups.line_defaults["analytic_distribution"] = False
        return lookups

    @api.model
    def _look_up_currencies(self, channel, documents, lookups):
        codes = {document.currency for document in documents.values()}
        currencies = self.env["res.currency"].with_context(active_test=False).search([("name", "in", list(codes))])
        lookups.currencies = {currency.name: currency for currency in currencies}
        inactive = currencies.filtered(lambda currency: not currency.active)
        if inactive and channel.currency_policy == "activate":
            inactive.action_unarchive()
        for order, document in documents.items():
            currency = lookups.currencies.get(document.currency)
            if not currency or not currency.active:
                lookups.problem(
                    order,
                    "unknown_currency",
                    document.currency,
                    self.env._("The currency %(code)s is not active in Odoo.", code=document.currency),
                    {"currency": document.currency},
                )
            elif any(self._finer_than(currency, amount) for amount in (document.total, document.total_tax)):
                lookups.problem(
                    order,
                    "coarse_currency",
                    document.currency,
                    self.env._(
                        "The shop prices %(code)s with decimals (%(total)s), Odoo rounds it to %(rounding)s.",
                        code=document.currency,
                        total=document.total,
                        rounding=currency.rounding,
                    ),
                    {"currency": document.currency},
                )

    @api.model
    def _finer_than(self, currency, amount):
        return totals.round_to(amount, Decimal(str(currency.rounding))) != amount

    @api.model
    def _look_up_products(self, channel, documents, lookups):
        lines = [line for document in documents.values() for line in document.lines if line.kind == LineKind.PRODUCT]
        resolved, unresolved = self.env["ecom.offer"]._resolve(channel, lines)
        unknown = [line for line in lines if unresolved.get(self._product_key(line)) == "unknown"]
        if unknown and channel.product_policy == "create":
            created = self._create_products(channel, unknown)
            resolved |= created
            unresolved = {key: why for key, why in unresolved.items() if key not in created}
        lookups.products = resolved
        for order, document in documents.items():
            for line in document.lines:
                why = line.kind == LineKind.PRODUCT and unresolved.get(self._product_key(line))
                if not why:
                    continue
                if why == "unknown" and channel.product_policy == "placeholder" and channel.placeholder_product_id:
                    lookups.products[self._product_key(line)] = channel.placeholder_product_id
                    continue
                message = (
                    self.env._("No product has the SKU “%(sku)s” (%(name)s).", sku=line.sku or "—", name=line.name)
                    if why == "unknown"
                    else self.env._("Several products have the SKU “%(sku)s”: choose one.", sku=line.sku)
                )
                data = {
                    "product_id": line.product_id,
                    "variant_id": line.variant_id,
                    "sku": line.sku,
                    "barcode": line.barcode,
                    "name": line.name,
                }
                key = line.sku or f"{line.product_id}/{line.variant_id}"
                lookups.problem(order, f"{why}_product", key, message, data)

    @api.model
    def _product_key(self, line):
        return line.product_id, line.variant_id, line.sku

    @api.model
    def _create_products(self, channel, lines):
        """Storable products named, coded and priced as the shop has them; a person completes them later."""
        wanted = {self._product_key(line): line for line in lines}
        created = self.env["product.product"].create(
            [self._prepare_product_vals(channel, line) for line in wanted.values()]
        )
        products = dict(zip(wanted, created, strict=True))
        self.env["ecom.offer"]._remember(channel, products)
        return products

    @api.model
    def _prepare_product_vals(self, channel, line):
        return {
            "name": line.name or line.sku,
            **channel._sku_values(line.sku),
            "barcode": line.barcode or False,
            "type": "consu",
            "is_storable": True,
            "list_price": float(line.list_net / line.quantity) if line.quantity else 0.0,
            "company_id": False,
        }

    @api.model
    def _look_up_carriers(self, channel, documents, lookups):
        methods = {
            line.code or line.name: line.name
            for document in documents.values()
            for line in document.lines
            if line.kind == LineKind.SHIPPING
        }
        lookups.carriers, missing = self.env["ecom.carrier.mapping"]._resolve(channel, methods)
        for order, document in documents.items():
            for line in document.lines:
                code = line.code or line.name
                if line.kind == LineKind.SHIPPING and code in missing:
                    lookups.problem(
                        order,
                        "unknown_carrier",
                        code,
                        self.env._("The delivery method “%(name)s” is not mapped to one of ours.", name=line.name),
                        {"code": code},
                    )

    @api.model
    def _check_residuals(self, channel, documents, lookups):
        """Hold what the lines lack against the tolerance: a cent (or a yen) a line is what rounding may cost."""
        for order, document in documents.items():
            residual = self._residual(document)
            currency = lookups.currencies.get(document.currency) or channel.company_currency_id
            step = Decimal(str(currency.rounding))
            allowed = max(Decimal(str(channel.tolerance)), step) + step * len(document.lines)
            if residual and residual.size > allowed and not order.accept_difference:
                lookups.problem(
                    order,
                    "rounding_above_tolerance",
                    "",
                    self.env._(
                        "The lines of order %(number)s add up to %(lines)s %(currency)s, the shop says %(total)s "
                        "%(currency)s: %(gap)s are unexplained, %(allowed)s are allowed.",
                        number=document.number,
                        lines=document.total - residual.gross,
                        total=document.total,
                        currency=document.currency,
                        gap=residual.gross,
                        allowed=allowed,
                    ),
                )

    @api.model
    def _residual(self, document):
        return totals.residual(
            document.total,
            document.total_tax,
            [(line.net, {tax.code: tax.amount for tax in line.taxes}) for line in document.lines],
            {summary.code: summary.amount for summary in document.taxes},
        )

    # === VALUES OF A SALES ORDER === #

    def _prepare_sale_order_vals(self, channel, document, lookups):
        """Values of the quotation. Every field that the shop decided is given, so that Odoo decides none anew."""
        self.ensure_one()
        partner, invoice, delivery = lookups.customers[document.external_id]
        pricelist = lookups.pricelists[lookups.currencies[document.currency]]
        payment = document.payments and lookups.payments.get(document.payments[0].method)
        collection = lookups.collections.get(document.external_id)
        carriers = [
            lookups.carriers[line.code or line.name] for line in document.lines if line.kind == LineKind.SHIPPING
        ]
        return {
            "ecom_order_id": self.id,
            "company_id": channel.company_id.id,
            "partner_id": partner.id,
            "partner_invoice_id": invoice.id,
            "partner_shipping_id": delivery.id,
            "pricelist_id": pricelist.id,
            "fiscal_position_id": self._fiscal_position(
                channel, partner, delivery, self._order_taxes(channel, document, lookups), lookups
            ).id,
            "team_id": channel.team_id.id,
            "user_id": False,
            "warehouse_id": (collection or channel.warehouse_id).id,
            "payment_term_id": payment.payment_term_id.id if payment else False,
            "journal_id": channel.journal_id.id,
            "date_order": naive(document.created_at),
            "client_order_ref": document.reference or document.number,
            "origin": f"{channel.name} {document.number}",
            "carrier_id": carriers[0].id if carriers and not collection else False,
            "ecom_collect": bool(collection),
            "require_signature": False,
            "require_payment": False,
            "note": False,
            "order_line": [
                Command.create(vals) for vals in self._prepare_sale_lines_vals(channel, document, lookups, pricelist)
            ],
        }

    def _prepare_sale_lines_vals(self, channel, document, lookups, pricelist):
        """Values of all lines: the shop's, one for what rounding left over, and a note that names the coupons."""
        known = {(line.kind, line.external_id): line for line in self.line_ids}
        vals_list = [
            self._prepare_sale_line_vals(
                channel, document, line, known[line.kind.value, line.external_id], lookups, pricelist
            )
            for line in document.lines
        ]
        if residual := self._residual(document):
            vals_list.append(self._prepare_rounding_line_vals(channel, document, residual, lookups, pricelist))
        vals_list += [
            {
                "display_type": "line_note",
                "name": self.env._(
                    "Coupon %(code)s: −%(amount)s %(currency)s",
                    code=coupon.code,
                    amount=coupon.discount + coupon.discount_tax,
                    currency=document.currency,
                ),
            }
            for coupon in document.coupons
        ]
        return [lookups.line_defaults | vals | {"sequence": 10 + index} for index, vals in enumerate(vals_list)]

    def _prepare_sale_line_vals(self, channel, document, line, ecom_line, lookups, pricelist):
        """Values of one line: the shop's quantity, price and discount, with its tax locked to the cent."""
        product = self._line_product(channel, line, lookups)
        quantity = self._quantity(line)
        taxes, lock, price = self._amounts(channel, document, line, quantity, lookups, pricelist)
        return {
            "ecom_line_id": ecom_line.id,
            "product_id": product.id,
            "name": self._line_name(line, product),
            "product_uom_qty": float(quantity),
            "product_uom_id": product.uom_id.id,
            "price_unit": float(price.unit),
            "discount": float(price.discount),
            "tax_ids": [Command.set(taxes.ids)],
            "extra_tax_data": lock,
            "is_delivery": line.kind == LineKind.SHIPPING,
            "customer_lead": 0.0,
        }

    @api.model
    def _quantity(self, line):
        """The quantity as Odoo keeps it: with its number of decimals, and never none, as the amounts are for it."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return totals.round_to(line.quantity, Decimal(1).scaleb(-digits)) or Decimal(1)

    @api.model
    def _line_product(self, channel, line, lookups):
        if line.kind == LineKind.SHIPPING:
            return lookups.carriers[line.code or line.name].product_id
        if line.kind == LineKind.FEE:
            return channel.fee_product_id
        return lookups.products[self._product_key(line)]

    @api.model
    def _line_name(self, line, product):
        """The shop's words; where they only repeat what the product is called here, its name as Odoo writes it.

        Odoo puts a product's name before the words of an invoice's line, unless they begin with it.
        """
        name, options = line.name or line.sku or "—", line.options
        variant = product.product_template_variant_value_ids.mapped("name")
        if _words(name) in (_words(product.name), _words(product.name, *variant)):
            name = product.display_name
            options = [(label, value) for label, value in options if value not in variant]
        options = ", ".join(f"{label}: {value}" for label, value in options)
        return f"{name}\n{options}" if options else name

    def _amounts(self, channel, document, line, quantity, lookups, pricelist):
        """Taxes, their lock and the price shown of one line.

        :return: ``(account.tax, extra_tax_data or None, Price)``
        """
        by_tax = {}
        for key, (summary, amount) in self._line_taxes(channel, document, line, lookups).items():
            if record := lookups.taxes.get(key):  # what owes nothing may have none
                _summary, before = by_tax.get(record, (summary, ZERO))
                by_tax[record] = (summary, before + amount)
        taxes = self.env["account.tax"].concat(*by_tax)
        rounding = Decimal(str(pricelist.currency_id.rounding))
        bases = totals.tax_bases(
            line.net, [(tax.id, summary.rate, amount) for tax, (summary, amount) in by_tax.items()], rounding
        )
        included = [tax for tax in taxes if tax.price_include]
        due = line.net + sum((by_tax[tax][1] for tax in included), ZERO)
        listed = line.list_net + (line.list_tax if included else ZERO)
        price = totals.line_price(due, listed, quantity, locked=bool(taxes), rounding=rounding)
        lock = totals.lock(
            currency_id=pricelist.currency_id.id,
            price=price,
            quantity=quantity,
            rate=self._currency_rate(document, pricelist.currency_id),
            net=line.net,
            taxes={tax.id: (bases[tax.id], amount) for tax, (_summary, amount) in by_tax.items()},
        )
        return taxes, lock, price

    def _currency_rate(self, document, currency):
        company = self.company_id
        if currency == company.currency_id:
            return 1.0
        return self.env["res.currency"]._get_conversion_rate(
            company.currency_id, currency, company, naive(document.created_at).date()
        )

    def _prepare_rounding_line_vals(self, channel, document, residual, lookups, pricelist):
        """One visible line for what the shop's rounding left over, under the order's largest tax."""
        summaries = {summary.code: summary for summary in document.taxes}
        codes = [code for code in residual.taxes if code in summaries]
        if not codes and summaries:
            codes = [max(summaries, key=lambda code: (abs(summaries[code].amount), code))]
        by_tax = {}
        for code in codes:
            tax = self._tax_of_code(channel, document, code, lookups)
            if tax:
                by_tax[tax] = by_tax.get(tax, ZERO) + residual.taxes.get(code, ZERO)
        included = sum((amount for tax, amount in by_tax.items() if tax.price_include), ZERO)
        price = totals.Price(residual.net + included, ZERO)
        lock = totals.lock(
            currency_id=pricelist.currency_id.id,
            price=price,
            quantity=Decimal(1),
            rate=self._currency_rate(document, pricelist.currency_id),
            net=residual.net,
            taxes={tax.id: (residual.net, amount) for tax, amount in by_tax.items()},
        )
        product = channel.rounding_product_id
        return {
            "product_id": product.id,
            "name": self.env._("Rounding of the shop"),
            "product_uom_qty": 1.0,
            "product_uom_id": product.uom_id.id,
            "price_unit": float(price.unit),
            "discount": 0.0,
            "tax_ids": [Command.set([tax.id for tax in by_tax])],
            "extra_tax_data": lock,
            "customer_lead": 0.0,
        }
