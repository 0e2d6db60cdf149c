from collections import defaultdict
from decimal import Decimal

from odoo import Command, fields, models

from .payout_lines import Line


class EcomGateway(models.Model):
    """VAT on what the gateway keeps. One tax says it all: none, contained in the fee, or due by the merchant."""

    _inherit = "ecom.gateway"

    fee_tax_id = fields.Many2one(
        "account.tax",
        string="VAT on Fees",
        check_company=True,
        domain=[("type_tax_use", "=", "purchase"), ("amount_type", "=", "percent")],
        help="As the gateway's invoice says. Empty: it bears no VAT. A tax of reverse charge (“20% EU S”): due and "
        "deducted at once. Any other: it is contained in the fee, as the gateway tells it, else as computed.",
    )


class EcomPayout(models.Model):
    _inherit = "ecom.payout"

    def _fee_lines(self, rows):
        """What the gateway kept: by month, the fees of payments together, each other fee by itself."""
        lines, months = [], defaultdict(list)
        for row in rows:
            if row.kind == "fee" and row.net:
                lines += self._fee_line(self._label(row), -row.net, row._told_tax(), row.day, row)
            elif row.kind != "fee" and row.fee:
                # Those whose VAT is told are not mixed with those of which it is computed.
                months[row.day.replace(day=1), row._told_tax() is None].append(row)
        for (_month, computed), members in months.items():
            fee = sum(row.fee for row in members)
            tax = None if computed else sum(row._told_tax() for row in members)
            name = self.env._("Fees (transactions: %(count)s)", count=len(members))
            lines += self._fee_line(name, fee, tax, max(row.day for row in members))
        return lines

    def _fee_line(self, name, fee, tax, day, row=None):
        """The lines of a fee (positive where it is kept): net, and its VAT as Odoo's tax engine books it.

        :param tax: the VAT that it contains, ``None`` where the gateway does not say
        """
        account, currency = self.gateway_id.fee_account_id, self.currency_id
        fee = currency.round(fee)
        if currency.is_zero(fee):
            return []
        grids, taxes = {}, []
        if self.gateway_id.fee_tax_id and (tax != 0 or self.gateway_id.fee_tax_id.has_negative_factor):
            grids, taxes = self._fee_tax_vals(fee, tax)
        net = currency.round(fee - sum(vals["amount"] for vals in taxes))
        lines = [Line(account, name, -net, currency, -net, day, None, row, extra=grids)]
        for vals in taxes:
            amount = -vals.pop("amount")
            lines.append(Line(vals.pop("account"), vals.pop("name"), amount, currency, amount, day, extra=vals))
        return lines

    def _fee_tax_vals(self, fee, told):
        """What VAT adds to a fee's line, and the lines of VAT (positive is debit) with their grids."""
        gateway, currency = self.gateway_id, self.currency_id
        tax, Tax = gateway.fee_tax_id, self.env["account.tax"]
        reverse = tax.has_negative_factor
        total, sign = abs(fee), 1 if fee > 0 else -1
        given = {}
        if not reverse and told is not None:
            told = abs(told)
            given = {"manual_tax_amounts": {str(tax.id): {"tax_amount_currency": told, "tax_amount": told}}}
            total = currency.round(total - told)
        base = Tax._prepare_base_line_for_taxes_computation(
            None,
            currency_id=currency,
            tax_ids=tax,
            price_unit=total,
            quantity=1.0,
            special_mode="total_excluded" if reverse or given else "total_included",
            is_refund=fee < 0,
            account_id=gateway.fee_account_id,
            **given,
        )
        company = self.company_id
        Tax._add_tax_details_in_base_lines([base], company)
        Tax._round_base_lines_tax_details([base], company)
        # A fee is kept at once: its VAT is deductible now, also where the tax waits for payments.
        Tax._add_accounting_data_in_base_lines_tax_details([base], company, include_caba_tags=True)
        grids = {"tax_ids": [Command.set(tax.ids)], "tax_tag_ids": [Command.set(base["tax_tag_ids"].ids)]}
        lines = []
        for data in base["tax_details"]["taxes_data"]:
            for part in data["tax_reps_data"]:
                if currency.is_zero(part["tax_amount_currency"]):
                    continue
                lines.append(
                    {
                        "account": part["account"],
                        "name": tax.name,
                        "amount": sign * part["tax_amount_currency"],
                        "tax_repartition_line_id": part["tax_rep"].id,
                        "tax_tag_ids": [Command.set(part["tax_tags"].ids)],
                        "tax_base_amount": sign * data["base_amount"],
                    }
                )
        return grids, lines


class EcomGatewayTransaction(models.Model):
    _inherit = "ecom.gateway.transaction"

    def _told_tax(self):
        """The VAT in its fee as the gateway tells it; ``None`` where it does not say what the fee is made of."""
        if not self.fee_parts:
            return None
        return float(sum(Decimal(amount) for kind, amount in self.fee_parts if kind == "tax"))
