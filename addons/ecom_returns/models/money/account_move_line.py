from collections import defaultdict
from decimal import Decimal

from odoo import Command, fields, models

from ...entitlements.owed import Figures, Line


class AccountMoveLine(models.Model):
    """What invoices charged and credit notes gave back, line by line, to the cent."""

    _inherit = "account.move.line"

    ecom_credited_line_id = fields.Many2one(
        "account.move.line",
        string="Credits",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="restrict",
        help="The line of an invoice that this line of a credit note gives back.",
    )
    ecom_credit_ids = fields.One2many("account.move.line", "ecom_credited_line_id", string="Credited by")
    ecom_credited_quantity = fields.Float(
        digits=0,
        copy=False,
        readonly=True,
        help="How many of that line; a fraction of one for a part of a kit, none where only money goes back.",
    )

    ecom_is_fee = fields.Boolean(copy=False, readonly=True)

    def _ecom_figures(self):
        """``{line: (figures, {tax id: what the tax was computed on})}``, as they are booked."""
        found = {}
        for move in self.move_id:
            base_lines, _tax_lines = move._get_rounded_base_and_tax_lines()
            for base_line in base_lines:
                line, details = base_line["record"], base_line["tax_details"]
                if line in self:
                    net = details["total_excluded_currency"] + details["delta_total_excluded_currency"]
                    taxes, bases = defaultdict(Decimal), {}
                    for data in details["taxes_data"]:
                        taxes[data["tax"].id] += exact(data["tax_amount_currency"], move.currency_id)
                        bases[data["tax"].id] = exact(data["base_amount_currency"], move.currency_id)
                    found[line] = (Figures(exact(net, move.currency_id), dict(taxes)), bases)
        return found

    def _ecom_read_together(self):
        """Read in one go what many of these are computed from: one after the other it is read for each."""
        moves = (self | self.ecom_credit_ids).move_id | self.move_id.reversal_move_ids
        for name in ("invoice_line_ids.sale_line_ids", "line_ids.tax_ids", "line_ids.tax_tag_ids"):
            moves.mapped(name)

    def _ecom_credits(self):
        """``{invoice line: lines of credit notes that give it back}``, those that people made in Odoo included."""
        found = {line: line.ecom_credit_ids.filtered(lambda credit: credit.parent_state != "cancel") for line in self}
        native = self.move_id.reversal_move_ids.filtered(lambda move: move.state != "cancel").invoice_line_ids
        for credit in native.filtered(lambda credit: not credit.ecom_credited_line_id and not credit.ecom_is_fee):
            for line in self:
                if credit.move_id.reversed_entry_id == line.move_id and credit.sale_line_ids & line.sale_line_ids:
                    found[line] |= credit
                    break
        return found

    def _ecom_lines(self):
        """``{invoice line: Line}``: what each charged, and what is credited of it by now."""
        credits = self._ecom_credits()
        figures = (self | self.browse().union(*credits.values()))._ecom_figures()
        lines = {}
        for line in self:
            credited = Figures()
            quantity = Decimal(0)
            for credit in credits[line]:
                credited += figures[credit][0]
                quantity += credit._ecom_given_back(line, figures[line][0].net, figures[credit][0].net)
            lines[line] = Line(figures[line][0], _number(line.quantity), credited, quantity)
        return lines

    def _ecom_given_back(self, line, charged, given):
        """How many of an invoice's ``line`` this line of a credit note is about; none where a person gave back less
        than they had cost: that is money without goods.

        :param charged: what all of the line cost, net
        :param given: what this line gives back, net
        """
        if self.ecom_credited_line_id:
            return _number(self.ecom_credited_quantity)
        cost = charged * _number(self.quantity) / _number(line.quantity) if line.quantity else Decimal(0)
        whole = abs(given) + _number(line.currency_id.rounding) >= abs(cost)
        return _number(self.quantity) if whole else Decimal(0)

    def _ecom_is_goods(self):
        """Whether it charged goods, which may come back: neither delivery nor discounts nor fees."""
        self.ensure_one()
        return any(line._may_come_back() for line in self.sale_line_ids)

    def _ecom_discounted(self):
        """The goods of the invoice that a discount on the whole order was given on: those with its taxes, else all."""
        self.ensure_one()
        if self._ecom_is_goods() or any(self.sale_line_ids.mapped("is_delivery")):
            return self.browse()
        goods = self.move_id.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and line._ecom_is_goods()
        )
        return goods.filtered(lambda line: line.tax_ids == self.tax_ids) or goods

    def _ecom_match(self):
        """Match what customers owe and are owed among these lines, as far as it is open."""
        lines = self.filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable"
                and line.parent_state == "posted"
                and not line.reconciled
            )
        )
        for own in lines.grouped("account_id").values():
            if min(own.mapped("balance")) < 0 < max(own.mapped("balance")):
                own.reconcile()

    def _prepare_credit(self, figures, quantity, *, goods, part=None):
        """Values of a credit note's line that gives back exactly these figures of this invoice line.

        :param quantity: how many of the line; zero where only money goes back
        :param goods: whether goods come back: without, the cost of goods sold stays as it is
        :param part: ``(product, how many of it)`` where these are a part of what the line charged
        """
        self.ensure_one()
        charged, bases = self._ecom_figures()[self]
        shown = quantity > 0 and not part
        product, count = part or (self.product_id, 1)
        price = {
            "quantity": quantity if shown else count,
            "price_unit": self.price_unit if shown else float(figures.net) / count,
            "discount": self.discount if shown else 0,
        }
        return {
            "name": f"{self.name}: {product.display_name}" if part else self.name,
            "product_id": product.id if goods else False,
            "product_uom_id": self.product_uom_id.id if shown else part and product.uom_id.id,
            "account_id": self.account_id.id,
            "tax_ids": [Command.set(self.tax_ids.ids)],
            "sale_line_ids": [Command.set(self.sale_line_ids.ids)] if shown else [],
            "analytic_distribution": self.analytic_distribution,
            "extra_tax_data": lock(
                self.currency_id, self.move_id.invoice_currency_rate, price, figures, charged, bases
            ),
            "ecom_credited_line_id": self.id,
            "ecom_credited_quantity": quantity,
            **price,
        }


def lock(currency, rate, price, figures, charged, bases):
    """``extra_tax_data`` that makes Odoo repeat these figures, as of a shop's order.

    :param price: ``price_unit``, ``discount`` and ``quantity`` of the line
    :param charged: the whole that these are figures of
    :param bases: what each tax of that was computed on
    """
    rounding = Decimal(str(currency.rounding))
    taxes = {}
    for tax_id, amount in figures.taxes.items():
        base = bases.get(tax_id, charged.net)
        share = Figures(base).part(figures.net / charged.net, rounding).net if charged.net else figures.net
        taxes[tax_id] = (share, amount)
    return {
        "currency_id": currency.id,
        "price_unit": price["price_unit"],
        "discount": price["discount"],
        "quantity": price["quantity"],
        "rate": rate or 1.0,
        "manual_total_excluded_currency": float(figures.net),
        "manual_tax_amounts": {
            str(tax_id): {"base_amount_currency": float(base), "tax_amount_currency": float(amount)}
            for tax_id, (base, amount) in taxes.items()
        }
        or {"0": {}},
    }


def exact(amount, currency):
    """A float of Odoo's as the decimal of the currency that it stands for."""
    return Decimal(str(currency.round(amount))).quantize(Decimal(str(currency.rounding)))


def _number(value):
    return Decimal(str(value))
