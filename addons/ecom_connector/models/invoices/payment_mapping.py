from odoo import fields, models


class EcomPaymentMapping(models.Model):
    _name = "ecom.payment.mapping"
    _description = "Payment Method Mapping"
    _inherit = ["ecom.mapping.mixin"]

    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain=[("type", "in", ("bank", "cash", "credit"))],
        help="Where the payments of posted invoices are registered. Empty: they are left to the accountant.",
    )
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        domain="[('journal_id', '=', journal_id), ('payment_type', '=', 'inbound')]",
        help="Empty: the journal's first inbound method.",
    )
    payment_term_id = fields.Many2one("account.payment.term", check_company=True)

    waits_for_money = fields.Boolean(
        help="The money comes days after the order, as with a transfer or a cheque: the order reserves its goods, and "
        "is not prepared before the shop says that it is paid.",
    )
    reminder_days = fields.Integer(string="Reminder After (days)", default=5, help="0: nobody is reminded.")
    reminders = fields.Integer(default=1, help="How often a customer is reminded.")
    cancel_days = fields.Integer(
        string="Cancel After (days)",
        default=14,
        help="An order whose money has not arrived by then is cancelled, and its goods are free again. 0: never.",
    )

    _channel_code_unique = models.Constraint("UNIQUE(channel_id, code)", "A payment method is mapped once a channel.")

    def _resolve(self, channel, methods):
        """``{code: mapping}`` of the shop's ``{code: label}``; new ones are recorded, unmapped, and stop no order."""
        known = self._mappings(channel, methods)
        new = [code for code in methods if code not in known]
        awaited = channel._platform_class().capabilities.awaited_payments
        created = self.create(
            [
                {
                    "channel_id": channel.id,
                    "code": code,
                    "label": methods[code],
                    "waits_for_money": code in awaited,
                }
                for code in new
            ]
        )
        return known | dict(zip(new, created, strict=True))
