from odoo import fields, models


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Currency of the Company")
    return_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of Credit Notes",
        check_company=True,
        domain=[("type", "=", "sale")],
        help="Empty: the invoice's own journal, where credit notes have a sequence of their own.",
    )
    standard_delivery = fields.Monetary(
        currency_field="company_currency_id",
        help="What your standard delivery costs, taxes included: whoever chose a dearer one and withdraws from the "
        "contract is paid back no more than this for delivery (Code de la consommation, L221-24). 0: all of it.",
    )
    refund_limit = fields.Monetary(
        currency_field="company_currency_id",
        default=100,
        help="Up to this amount customer service approves returns and pays them back without an accountant.",
    )


class EcomPaymentMapping(models.Model):
    _inherit = "ecom.payment.mapping"

    pays_back = fields.Selection(
        [("shop", "Through the shop"), ("hand", "By hand")],
        string="Paid Back",
        compute="_compute_pays_back",
        store=True,
        readonly=False,
        precompute=True,
        help="Through the shop: its gateway gives the money back. By hand: somebody transfers it, and the shop is not "
        "told. Gift cards always go back by hand.",
    )

    def _compute_pays_back(self):
        """Of transfers and cheques no gateway gives anything back."""
        for mapping in self:
            mapping.pays_back = mapping.pays_back or ("hand" if mapping.waits_for_money else "shop")


class EcomReturnPolicy(models.Model):
    _inherit = "ecom.return.policy"

    pays_itself = fields.Boolean(
        string="Paid Back by Itself", help="As soon as all pieces were inspected, without anybody pressing a button."
    )
