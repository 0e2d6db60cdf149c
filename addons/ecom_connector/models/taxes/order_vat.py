from odoo import api, fields, models
from odoo.tools import format_datetime
from stdnum.eu import vat as eu_vat

from ...decisions.registration_numbers import Doubt, digits_of, doubt_of
from ...decisions.taxation import Treatment


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    vat_policy = fields.Selection(
        [
            ("hold", "Hold the order until its VAT number is known to be valid"),
            ("tell", "Check the VAT number, and let the order go on"),
            ("none", "Do not check"),
        ],
        string="EU Companies Without Tax",
        required=True,
        default="hold",
        help="A company of another EU country is sold to without tax only if its VAT number is valid. The number is "
        "checked in VIES, usually within seconds. A held order reserves its goods, and neither leaves nor is invoiced. "
        "Amounts stay what the customer paid.",
    )


class SaleOrder(models.Model):
    """Sales without tax to companies of other member states: held until VIES knows the VAT number, by policy."""

    _inherit = "sale.order"

    ecom_vat_number = fields.Char(
        string="VAT Number Relied On",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The number that the sale without tax rests on.",
    )
    ecom_awaits_vat = fields.Boolean(string="Waits for the VAT Number", copy=False, readonly=True)
    ecom_hold = fields.Selection(selection_add=[("vat", "Waits for the VAT number")])

    @api.depends("ecom_awaits_vat")
    def _compute_ecom_hold(self):
        result = super()._compute_ecom_hold()
        self.filtered(lambda order: order.ecom_awaits_vat and not order.ecom_hold).ecom_hold = "vat"
        return result

    def _compute_ecom_hold_message(self):
        result = super()._compute_ecom_hold_message()
        held = self.filtered(lambda order: order.ecom_hold == "vat")
        asked = held.sudo().ecom_order_id.issue_ids.filtered(lambda issue: issue.state == "open")
        doubtful = asked.filtered(lambda issue: issue.code == "vat_doubt").order_id.sale_order_ids
        for order in held:
            if order in doubtful:
                message = self.env._("Sold without tax, but the VAT number is not valid: the goods are reserved.")
            else:
                message = self.env._(
                    "Sold without tax, and VIES has not said yet whether the VAT number is valid: the goods are "
                    "reserved."
                )
            order.ecom_hold_message = message
        return result

    def _release_vat(self):
        """Let these be prepared and invoiced."""
        waiting = self.filtered("ecom_awaits_vat")
        waiting.write({"ecom_awaits_vat": False})
        waiting.ecom_order_id.filtered(lambda order: order.state == "settled").action_retry()

    def _vat_answered(self, valid):
        """VIES knows these numbers or does not: let go what rests on a valid one, and ask about the others.

        :param valid: ``{number: bool}``
        """
        issues = self.ecom_order_id.issue_ids.filtered(
            lambda issue: issue.state == "open" and issue.code in ("vat_doubt", "vat_unanswered")
        )
        issues._solve()
        self.filtered(lambda sale_order: valid[sale_order.ecom_vat_number])._release_vat()
        doubtful = self.filtered(
            lambda sale_order: not valid[sale_order.ecom_vat_number] and sale_order.state != "cancel"
        )
        doubtful.ecom_order_id._raise_vat_doubts(
            {sale_order.ecom_order_id: (Doubt.INVALID, sale_order.ecom_vat_number) for sale_order in doubtful}
        )

    def _tell_vat_unanswered(self, since):
        """VIES has been silent for long: whoever waits for it shall know.

        :param since: ``{number: when it was first asked for}``
        """
        waiting = self.filtered("ecom_awaits_vat")
        for channel, orders in waiting.ecom_order_id.grouped("channel_id").items():
            tz = channel.company_id._ecom_zone()
            causes = []
            for order in orders.with_context(lang=channel._language()):
                number = (order.sale_order_ids & waiting)[:1].ecom_vat_number
                message = order.env._(
                    "Order %(order)s was sold without tax to a company, and VIES has not said since %(since)s whether "
                    "its VAT number %(vat)s is valid. The order waits; it is asked for again by itself.",
                    order=order.number,
                    since=format_datetime(order.env, since[number], tz=tz, dt_format="short"),
                    vat=number,
                )
                causes.append({"order": order, "key": "", "message": message, "data": {"number": number}})
            self.env["ecom.issue"]._raise_each(channel, "vat_unanswered", causes, blocking=False)


class EcomOrder(models.Model):
    _inherit = "ecom.order"

    @api.model
    def _look_up(self, channel, documents):
        """What is known of the VAT numbers of sales without tax, too; unknown ones are asked for."""
        lookups = super()._look_up(channel, documents)
        if channel.vat_policy == "none":
            return lookups
        for order, document in documents.items():
            if order not in lookups.problems and self._rests_on_vat(channel, document, lookups):
                lookups.vat_numbers[document.external_id] = digits_of(document.customer.vat).upper()
        asked = {number for number in lookups.vat_numbers.values() if number and eu_vat.is_valid(number)}
        home = channel.company_id.account_fiscal_country_id.code
        asked = {number for number in asked if number[:2] != home}
        if asked and self._asks_vies(channel):
            lookups.vat_answers = self.env["ecom.vat.number"]._answers(asked, channel.company_id)
        return lookups

    @api.model
    def _asks_vies(self, channel):
        """What is tried out on a sandbox bothers no public register."""
        return channel.environment != "sandbox"

    @api.model
    def _rests_on_vat(self, channel, document, lookups):
        return any(
            key.treatment == Treatment.EU_COMPANY.value
            for line in document.lines
            for key in self._line_taxes(channel, document, line, lookups)
        )

    def _prepare_sale_order_vals(self, channel, document, lookups):
        vals = super()._prepare_sale_order_vals(channel, document, lookups)
        if document.external_id in lookups.vat_numbers:
            doubt = self._vat_doubt(channel, document, lookups)
            vals["ecom_vat_number"] = lookups.vat_numbers[document.external_id] or False
            vals["ecom_awaits_vat"] = doubt is not Doubt.NONE and channel.vat_policy == "hold"
            if doubt not in (Doubt.NONE, Doubt.UNCHECKED):
                self._raise_vat_doubt(doubt, vals["ecom_vat_number"] or "")
        return vals

    @api.model
    def _vat_doubt(self, channel, document, lookups):
        number = lookups.vat_numbers[document.external_id]
        record = lookups.vat_answers.get(number)
        return doubt_of(
            number,
            well_formed=eu_vat.is_valid(number) if number else False,
            home=channel.company_id.account_fiscal_country_id.code or "",
            answer=record.answer if record else "waiting" if self._asks_vies(channel) else None,
        )

    def _raise_vat_doubt(self, doubt, number):
        """Ask a person about a sale without tax that lacks a valid number."""
        self.ensure_one()
        self._raise_vat_doubts({self: (doubt, number)})

    def _raise_vat_doubts(self, doubts):
        """:param doubts: ``{order: (doubt, number)}``"""
        for channel, orders in self.grouped("channel_id").items():
            causes = []
            for order in orders.with_context(lang=channel._language()):
                doubt, number = doubts[order]
                message = order.env._(
                    "Order %(order)s was sold without tax to a company of another EU country, but %(why)s: you may "
                    "owe the tax. Ask the customer for the right number, enter it on the contact and settle; or "
                    "dismiss, and the order goes on as it was sold.",
                    order=order.number or order.external_id,
                    why=order._vat_doubt_in_words(doubt, number),
                )
                causes.append({"order": order, "key": "", "message": message, "data": {"number": number}})
            self.env["ecom.issue"]._raise_each(channel, "vat_doubt", causes, blocking=False)

    def _vat_doubt_in_words(self, doubt, number):
        return {
            Doubt.MISSING: self.env._("no VAT number was given"),
            Doubt.MALFORMED: self.env._("%(vat)s is no VAT number", vat=number),
            Doubt.HOME: self.env._("%(vat)s is a number of your own country", vat=number),
            Doubt.INVALID: self.env._("VIES does not know %(vat)s", vat=number),
        }[doubt]

    def _invoice(self, channel):
        """Nothing is invoiced while its VAT number is in doubt."""
        ready = self.filtered(lambda order: not any(order.sale_order_ids.mapped("ecom_awaits_vat")))
        return super(EcomOrder, ready)._invoice(channel)


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[
            ("vat_doubt", "Sold without tax, VAT number in doubt"),
            ("vat_unanswered", "VIES gives no answer"),
        ],
        ondelete={"vat_doubt": "cascade", "vat_unanswered": "cascade"},
    )

    @api.depends("code")
    def _compute_remedy(self):
        result = super()._compute_remedy()
        for issue in self.filtered(lambda issue: issue.code in ("vat_doubt", "vat_unanswered")):
            issue.remedy = self.env._("Check the contact's VAT number")
        return result

    def _fix_vat_doubt(self, _same):
        """Check the number that the contact has by now; the order waits for the answer as before."""
        for sale_order in self.order_id.sale_order_ids:
            number = digits_of(sale_order.partner_id.commercial_partner_id.vat or "").upper()
            sale_order.ecom_vat_number = number or False
            if not number:
                self.order_id._raise_vat_doubt(Doubt.MISSING, "")
                continue
            self.env["ecom.vat.number"]._answers({number}, sale_order.company_id)[number]._ask_again()

    _fix_vat_unanswered = _fix_vat_doubt

    def action_dismiss(self):
        """A person answers for it: the order goes on as it was sold."""
        result = super().action_dismiss()
        doubts = self.filtered(lambda issue: issue.code in ("vat_doubt", "vat_unanswered"))
        doubts.sudo().order_id.sale_order_ids._release_vat()
        return result


class ResPartner(models.Model):
    _inherit = "res.partner"

    ecom_vat_checked_at = fields.Datetime(
        string="VAT Number Checked On", compute="_compute_ecom_vat_checked_at", store=True, copy=False
    )

    @api.depends("vat")
    def _compute_ecom_vat_checked_at(self):
        checked = {number: record.checked_at for number, record in self._checked_vat_numbers().items()}
        for partner in self:
            partner.ecom_vat_checked_at = checked.get(partner.vat, False)

    @api.depends("vat")
    def _compute_vies_valid(self):
        """An import asks nobody, for VIES would be called in its transaction: what was asked before is known."""
        if not self.env.context.get("no_vat_validation"):
            return super()._compute_vies_valid()
        known = self._checked_vat_numbers()
        for partner in self:
            partner.vies_valid = partner.vat in known and known[partner.vat].answer == "valid"
        return None

    def _checked_vat_numbers(self):
        numbers = set(self.mapped("vat")) - {False}
        if not numbers:
            return {}
        found = self.env["ecom.vat.number"].sudo().search([("number", "in", list(numbers))])
        return {record.number: record for record in found}
