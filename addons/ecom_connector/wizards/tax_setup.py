from decimal import Decimal

from odoo import api, fields, models

from ..decisions.taxation import TaxKey
from ..models.taxes.tax_mapping import TREATMENTS
from ..platforms.documents import ZERO, TaxSummary

STATES = [
    ("found", "Found"),
    ("archived", "Archived"),
    ("ambiguous", "Choose"),
    ("missing", "Missing"),
    ("mapped", "Set up"),
]


class EcomTaxSetup(models.TransientModel):
    """The set-up assistant for taxes: what each rate of the shop is in Odoo, proposed, and corrected by a person."""

    _name = "ecom.tax.setup"
    _description = "Set Up Taxes"

    channel_id = fields.Many2one("ecom.channel", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="channel_id.company_id")
    notice = fields.Char(readonly=True)
    line_ids = fields.One2many("ecom.tax.setup.line", "wizard_id", string="Taxes")
    summary = fields.Char(compute="_compute_summary")

    @api.depends("line_ids.tax_id", "line_ids.make", "line_ids.state")
    def _compute_summary(self):
        for wizard in self:
            lines = wizard.line_ids
            open_lines = lines.filtered(lambda line: not line.tax_id and not line.make)
            wizard.summary = self.env._(
                "%(total)s rates: %(mapped)s have a tax, %(made)s get a new one, %(open)s are left open.",
                total=len(lines),
                mapped=len(lines.filtered("tax_id")),
                made=len(lines.filtered(lambda line: line.make and not line.tax_id)),
                open=len(open_lines),
            )

    def action_apply(self):
        """Write all mappings, make and activate the taxes that they need, and go on with the orders that waited."""
        self.ensure_one()
        channel = self.channel_id
        channel.check_access("read")
        Mapping = self.env["ecom.tax.mapping"].with_company(channel.company_id)
        Mapping.check_access("write")
        # Whoever sets up a shop's taxes may also have those made that it needs, as for a single issue.
        self.line_ids.sudo()._provide_taxes()
        chosen = {line._key(): (line.label or "", line.tax_id) for line in self.line_ids if line.tax_id}
        mappings = Mapping._apply(channel, chosen)
        orders = mappings._settle_questions()
        channel.invalidate_recordset(["mapping_tax_ids"])
        if orders:
            message = self.env._(
                "%(count)s taxes are set up; %(orders)s orders that waited go on.",
                count=len(chosen),
                orders=len(orders),
            )
        else:
            message = self.env._("%(count)s taxes are set up.", count=len(chosen))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


class EcomTaxSetupLine(models.TransientModel):
    _name = "ecom.tax.setup.line"
    _description = "Tax of the Shop"
    _order = "sequence, id"

    wizard_id = fields.Many2one("ecom.tax.setup", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="wizard_id.company_id")
    sequence = fields.Integer()
    code = fields.Char(readonly=True)
    label = fields.Char(readonly=True)
    shop_kind = fields.Char(readonly=True)
    shop_country = fields.Char(readonly=True)
    name = fields.Char(string="On the Shop", compute="_compute_names")
    rate = fields.Float(string="Rate (%)", digits=(16, 4), readonly=True)
    scope = fields.Selection([("consu", "Goods"), ("service", "Services")], string="For", readonly=True)
    treatment = fields.Selection(TREATMENTS, readonly=True)
    country_code = fields.Char(readonly=True)
    rule = fields.Char(string="Sold As", compute="_compute_names")
    order_count = fields.Integer(string="Orders", readonly=True, help="How many of the newest orders have it.")
    state = fields.Selection(STATES, string="Proposal", readonly=True)
    reason = fields.Char(string="Why", readonly=True)
    tax_id = fields.Many2one(
        "account.tax",
        string="Tax in Odoo",
        domain="[('type_tax_use', '=', 'sale'), ('company_id', 'parent_of', company_id)]",
    )
    make = fields.Boolean(help="Make a tax of this rate, booked and reported like the nearest that you have.")
    can_make = fields.Boolean(compute="_compute_can_make")

    @api.depends("label", "shop_kind", "treatment", "country_code")
    @api.depends_context("lang")
    def _compute_names(self):
        treatments = dict(self._fields["treatment"]._description_selection(self.env))
        for line in self:
            line.name = ", ".join(filter(None, (line.label or self.env._("No tax"), line.shop_kind)))
            line.rule = ", ".join(filter(None, (treatments.get(line.treatment), line.country_code)))

    @api.depends("rate", "treatment", "tax_id")
    def _compute_can_make(self):
        Mapping = self.env["ecom.tax.mapping"]
        for line in self:
            line.can_make = not line.tax_id and Mapping._may_create(line._key())

    @api.onchange("tax_id")
    def _onchange_tax_id(self):
        if self.tax_id:
            self.make = False

    def _key(self):
        return TaxKey(self.code, self.rate, self.scope, self.treatment, self.country_code or "")

    def _summary(self):
        """The shop's tax as its orders show it."""
        return TaxSummary(self.code, self.label or "", Decimal(str(self.rate)), ZERO, self.shop_country or "")

    def _provide_taxes(self):
        """Make the taxes that are wanted and missing, once each, and bring back those that are archived."""
        self.tax_id.filtered(lambda tax: not tax.active).action_unarchive()
        made = {}
        for line in self.filtered(lambda line: line.make and not line.tax_id and line.can_make):
            channel = line.wizard_id.channel_id
            Mapping = self.env["ecom.tax.mapping"].with_company(channel.company_id)
            key = line._key()
            same = (key.rate, key.scope, key.treatment, key.country)
            if same not in made:
                included = channel.company_id.account_price_include == "tax_included"
                made[same] = Mapping._create_tax(channel, line._summary(), key, included)
            line.tax_id = made[same]
