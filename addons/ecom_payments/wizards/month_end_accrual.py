from collections import defaultdict
from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..matching.sharing import proportional
from ..models.bank.bank_due import exact

ACCOUNTS = {"uninvoiced": "418", "ahead": "487", "deposit": "4191"}
"""Of the French chart (PCG): invoices to be made out, deferred income, payments on account."""
TAX_ACCOUNTS = {"uninvoiced": "44587", "deposit": "44580"}
"""Of the same chart: tax on invoices to be made out, and 4458, tax to be regularised or pending."""


class EcomMonthEnd(models.TransientModel):
    """The entry of a month's end for all that the report finds of one kind, by Odoo's own wizard of accrued orders.

    It is shown before it is made, and reversed on the day after. Of its amounts each is the report's, by tax rate.
    """

    _inherit = "ecom.month.end"

    def _accrue(self, kind):
        """Open the wizard for all lines of a kind."""
        self.ensure_one()
        self._check_not_accrued(kind)
        lines = self.line_ids.filtered(lambda line: line.kind == kind)
        if not lines:
            raise UserError(self.env._("There is nothing of that kind at the end of this day."))
        account = self.env["ecom.gateway.setup"]._account
        return {
            "type": "ir.actions.act_window",
            "name": dict(lines._fields["kind"]._description_selection(self.env))[kind],
            "res_model": "account.accrued.orders.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "active_model": "sale.order",
                "active_ids": lines.sale_id.ids,
                "ecom_month_end": self.id,
                "ecom_kind": kind,
                "default_date": self.date,
                "default_account_id": account(self.company_id, ACCOUNTS[kind]).id,
                "default_ecom_tax_account_id": account(self.company_id, TAX_ACCOUNTS.get(kind)).id,
            },
        }

    def _accrual_key(self, kind):
        return f"{kind}:{fields.Date.to_string(self.date)}"

    def _check_not_accrued(self, kind):
        """
        :raise UserError: when the entry of this day is made already
        """
        made = self.env["account.move"].search(
            [
                ("ecom_accrual", "=", self._accrual_key(kind)),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "posted"),
            ],
            limit=1,
        )
        if made:
            raise UserError(
                self.env._("Entry %(entry)s has that already: cancel it and its reversal first.", entry=made.name)
            )

    # === THE ENTRY === #

    def _prepare_accrual_items(self, kind, account, tax_account):
        """The journal items of a kind: ``[values]``, which balance."""
        lines = self.line_ids.filtered(lambda line: line.kind == kind).sudo()
        count = len(lines.sale_id)
        name = self.env._("Orders: %(count)s, %(date)s", count=count, date=format_date(self.env, self.date))
        if kind == "deposit":
            items = [
                self._accrual_item(receivable, gross, partner.display_name, partner)
                for (receivable, partner), gross in self._by_customer(lines).items()
            ]
            if not tax_account:
                return [*items, self._accrual_item(account, -sum(lines.mapped("gross")), name)]
            return items + self._deposit_items(lines, account, tax_account)
        sign = -1 if kind == "uninvoiced" else 1
        items = [
            self._accrual_item(income, sign * net, self.env._("Sales at %(rate)s", rate=rate))
            for (rate, income), net in self._by_income(lines).items()
        ]
        if kind == "ahead":
            return [*items, self._accrual_item(account, -sum(lines.mapped("net")), name)]
        for rate, members in lines.grouped("rate").items():
            if tax := self.company_id.currency_id.round(sum(members.mapped("tax"))):
                items.append(self._accrual_item(tax_account, -tax, self.env._("Tax at %(rate)s", rate=rate)))
        return [*items, self._accrual_item(account, sum(lines.mapped("gross")), name)]

    def _deposit_items(self, lines, account, tax_account):
        """The debt, its tax included, and by rate that tax: due now, against where it waits for the invoice.

        The invoice declares all of its tax again; by then the entry is reversed, so that it is due once.
        """
        items = []
        for taxes, members in lines.grouped(lambda line: tuple(line.taxes)).items():
            rate, net, tax = members[0].rate, sum(members.mapped("net")), sum(members.mapped("tax"))
            if self.company_id.currency_id.is_zero(tax):
                items.append(self._accrual_item(account, -net, self.env._("Deposits without tax")))
                continue
            base, due = self._due_tax(self.env["account.tax"].browse(taxes), net, tax)
            items.append(self._accrual_item(account, -net, self.env._("Deposits at %(rate)s", rate=rate)) | base)
            items.append(self._accrual_item(account, -tax, self.env._("Tax in deposits at %(rate)s", rate=rate)))
            waits = self.env._("Tax at %(rate)s, until it is invoiced", rate=rate)
            items.append(self._accrual_item(tax_account, tax, waits))
            for collected, amount, extra in due:
                name = self.env._("Tax at %(rate)s", rate=rate)
                items.append(self._accrual_item(collected, -amount, name) | extra)
        return items

    def _due_tax(self, taxes, net, tax):
        """An invoice's accounts and grids: the values of the base's item, ``[(account, amount, values)]`` of the tax's.

        The taxes themselves are not named: Odoo would compute them anew in the reversal, and make those that wait for
        payments due once more when the customer's item is matched.
        """
        currency, company, Tax = self.company_id.currency_id, self.company_id, self.env["account.tax"]
        line = Tax._prepare_base_line_for_taxes_computation(
            None,
            currency_id=currency,
            tax_ids=taxes,
            price_unit=net,
            quantity=1.0,
            special_mode="total_excluded",
            is_refund=False,
        )
        Tax._add_tax_details_in_base_lines([line], company)
        Tax._round_base_lines_tax_details([line], company)
        # Paid is paid: also a tax that waits for payments is due.
        Tax._add_accounting_data_in_base_lines_tax_details([line], company, include_caba_tags=True)
        parts = [part for data in line["tax_details"]["taxes_data"] for part in data["tax_reps_data"]]
        weights = [exact(part["tax_amount_currency"], currency) for part in parts]
        # Their sum is the report's, which rounds each order.
        amounts = proportional(exact(tax, currency), weights, Decimal(str(currency.rounding)))
        due = [
            (part["account"], float(amount), {"tax_tag_ids": [Command.set(part["tax_tags"].ids)]})
            for part, amount in zip(parts, amounts, strict=True)
            if amount
        ]
        return {"tax_tag_ids": [Command.set(line["tax_tag_ids"].ids)]}, due

    def _accrual_item(self, account, balance, name, partner=None):
        balance = self.company_id.currency_id.round(balance)
        return {
            "account_id": account.id,
            "name": name,
            "debit": max(balance, 0.0),
            "credit": max(-balance, 0.0),
        } | ({"partner_id": partner.id} if partner else {})

    def _by_customer(self, lines):
        """``{(receivable account, customer): with tax}``."""
        sums = defaultdict(float)
        for line in lines:
            partner = line.sale_id.partner_invoice_id.commercial_partner_id.with_company(self.company_id)
            sums[partner.property_account_receivable_id, partner] += line.gross
        return sums

    def _by_income(self, lines):
        """``{(rate, income account): net}``: each order's net goes to its lines' accounts by what they are worth."""
        currency = self.company_id.currency_id
        worth = self._worth_by_account(lines.sale_id)
        sums = defaultdict(float)
        for line in lines:
            weights = worth[line.sale_id, tuple(line.taxes)]
            shares = proportional(exact(line.net, currency), list(weights.values()), Decimal(str(currency.rounding)))
            for account, share in zip(weights, shares, strict=True):
                sums[line.rate, account] += float(share)
        return sums

    def _worth_by_account(self, sales):
        """``{(sales order, tax ids): {income account: net of its lines}}``."""
        found, accounts = {}, {}
        default = self.env["account.journal"].search(
            [*self.env["account.journal"]._check_company_domain(self.company_id), ("type", "=", "sale")], limit=1
        )
        sold = sales.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
        for line in sold.with_company(self.company_id):
            key = line.product_id.product_tmpl_id, line.order_id.fiscal_position_id
            if key not in accounts:
                template, position = key
                income = template.get_product_accounts(fiscal_pos=position)["income"] if template else None
                accounts[key] = income or default.default_account_id
            weights = found.setdefault((line.order_id, tuple(sorted(line.tax_ids.ids))), defaultdict(Decimal))
            weights[accounts[key]] += exact(line.price_subtotal, line.currency_id)
        return found


class EcomMonthEndLine(models.TransientModel):
    _inherit = "ecom.month.end.line"

    def _month_end(self):
        """The report that is shown: its buttons are for all of it, whatever is ticked."""
        return self.env["ecom.month.end"].browse(self.env.context.get("ecom_month_end")).exists()

    def action_accrue(self):
        """What is shipped and not invoiced, as income to be invoiced."""
        return self._month_end()._accrue("uninvoiced")

    def action_defer(self):
        """What is invoiced and not shipped, as income of the time when it is shipped."""
        return self._month_end()._accrue("ahead")

    def action_show_deposits(self):
        """What is paid, and neither shipped nor invoiced, as a debt to customers."""
        return self._month_end()._accrue("deposit")


class AccountAccruedOrdersWizard(models.TransientModel):
    _inherit = "account.accrued.orders.wizard"

    account_id = fields.Many2one(
        domain="[('account_type', '=', 'liability_current')] if context.get('active_model') == 'purchase.order' or "
        "context.get('ecom_kind') in ('ahead', 'deposit') else [('account_type', '=', 'asset_current')]",
    )
    ecom_tax_account_id = fields.Many2one(
        "account.account",
        string="Account of Tax Waiting",
        check_company=True,
        help="Where tax waits for its invoice. Of deposits, what stands against the tax that is due now; without it, "
        "that tax is left out of the entry.",
    )

    def _ecom_month_end(self):
        kind = self.env.context.get("ecom_kind")
        found = self.env["ecom.month.end"].browse(self.env.context.get("ecom_month_end") if kind else ()).exists()
        return found, kind

    @api.depends("ecom_tax_account_id")
    def _compute_preview_data(self):
        return super()._compute_preview_data()

    def _compute_move_vals(self):
        """Of a month's end, what its report says, and not what Odoo computes of each order."""
        month_end, kind = self._ecom_month_end()
        if not month_end:
            return super()._compute_move_vals()
        items = month_end._prepare_accrual_items(kind, self.account_id, self.ecom_tax_account_id)
        values = {
            "ref": self.env._("Month's end, %(date)s", date=format_date(self.env, self.date)),
            "name": "/",
            "journal_id": self.journal_id.id,
            "date": self.date,
            "currency_id": self.company_id.currency_id.id,
            "ecom_accrual": month_end._accrual_key(kind),
            "line_ids": [Command.create(item) for item in items],
        }
        return values, []

    def create_entries(self):
        month_end, kind = self._ecom_month_end()
        if month_end:
            month_end._check_not_accrued(kind)
            if kind == "uninvoiced" and not self.ecom_tax_account_id:
                raise UserError(self.env._("Choose the account where the tax of the invoices waits."))
            self._check_not_locked(has_tax=kind == "deposit" and bool(self.ecom_tax_account_id))
        return super().create_entries()

    def _check_not_locked(self, has_tax):
        """Odoo would move the entry to the first open day, where it says nothing of this one.

        :raise UserError: when the day, or its VAT, is locked
        """
        if self.company_id._get_violated_lock_dates(self.date, has_tax, self.journal_id):
            day = format_date(self.env, self.date)
            if has_tax and not self.company_id._get_violated_lock_dates(self.date, False, self.journal_id):
                raise UserError(
                    self.env._(
                        "The VAT of %(date)s is declared: leave the account of the tax empty, and the deposits are "
                        "shown without it.",
                        date=day,
                    )
                )
            raise UserError(self.env._("%(date)s is locked: its entry has to be of that day.", date=day))


class AccountMove(models.Model):
    _inherit = "account.move"

    ecom_accrual = fields.Char(
        string="Month-End",
        index="btree_not_null",
        copy=False,
        readonly=True,
        help="Which entry of a month's end it is.",
    )
