from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

KEEP_DAYS = 365
SETTLED_ALONE = ("refunded_before_shipping", "command_failed")
"""Causes whose key says what it is about, not what it has in common with others."""
CHOICES = (
    "unknown_product",
    "ambiguous_product",
    "unknown_tax",
    "untaxed_sale",
    "unknown_carrier",
    "edit_conflict",
    "edited_too_late",
    "late_money",
    "possible_duplicate",
)
"""Causes whose remedy is one of several, so that a person sees them before one is applied."""

CODES = [
    ("unknown_product", "Unknown product"),
    ("ambiguous_product", "Several products with this SKU"),
    ("unknown_tax", "Unknown tax"),
    ("untaxed_sale", "Sold without tax, not reported"),
    ("missing_mention", "Legal mention missing"),
    ("unknown_carrier", "Unknown delivery method"),
    ("unknown_currency", "Unknown currency"),
    ("coarse_currency", "Currency with too few decimals"),
    ("rounding_above_tolerance", "Lines and total differ"),
    ("total_mismatch", "Totals differ"),
    ("unreadable", "Unreadable order"),
    ("settle_failed", "Order stopped"),
    ("cancelled_too_late", "Cancelled too late"),
    ("edited_too_late", "Edited too late"),
    ("refunded_before_shipping", "Refunded before shipping"),
    ("command_failed", "The shop did not take a message"),
    ("lane_failed", "A flow stopped"),
]


class EcomIssue(models.Model):
    """Something that a person has to settle: what it is in a sentence, and the button that settles it."""

    _name = "ecom.issue"
    _description = "Channel Issue"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "solved_at desc nulls first, id desc"
    _rec_name = "message"
    _check_company_auto = True

    channel_id = fields.Many2one("ecom.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    order_id = fields.Many2one("ecom.order", ondelete="cascade", index=True)
    code = fields.Selection(CODES, string="Cause", required=True)
    key = fields.Char(default="", help="Issues with the same cause and key are settled together.")
    message = fields.Text(string="What Happened", required=True)
    data = fields.Json()
    blocking = fields.Boolean(help="The order waits until this is settled.")
    state = fields.Selection(
        [("open", "Open"), ("solved", "Solved"), ("dismissed", "Dismissed")], default="open", required=True
    )
    solved_at = fields.Datetime()

    product_id = fields.Many2one("product.product", check_company=True)
    tax_id = fields.Many2one("account.tax", check_company=True, domain="[('type_tax_use', '=', 'sale')]")
    carrier_id = fields.Many2one("delivery.carrier", string="Delivery Method", check_company=True)
    remedy = fields.Char(compute="_compute_remedy", help="What the main button does.")

    _open_unique = models.UniqueIndex("(channel_id, COALESCE(order_id, 0), code, key) WHERE state = 'open'")

    @api.depends("code")
    def _compute_remedy(self):
        labels = {
            "unknown_product": self.env._("Use this product, or create it"),
            "ambiguous_product": self.env._("Use this product"),
            "unknown_tax": self.env._("Use this tax, or create it"),
            "untaxed_sale": self.env._("Use this tax"),
            "missing_mention": self.env._("Print the mention"),
            "unknown_carrier": self.env._("Use this delivery method"),
            "unknown_currency": self.env._("Activate the currency"),
            "coarse_currency": self.env._("Give the currency two decimals"),
            "rounding_above_tolerance": self.env._("Accept the difference"),
            "total_mismatch": self.env._("Accept the difference"),
            "refunded_before_shipping": self.env._("Ship less"),
            "command_failed": self.env._("Send again"),
            "cancelled_too_late": self.env._("Note that it was settled by hand"),
            "edited_too_late": self.env._("Note that it was settled by hand"),
        }
        for issue in self:
            issue.remedy = labels.get(issue.code, self.env._("Try again"))

    # === RAISING === #

    @api.model
    def _raise(self, channel, code, *, message, order=None, key="", data=None, blocking=True):
        """Open an issue, or bring an open one of the same cause up to date."""
        cause = {"order": order or self.env["ecom.order"], "key": key, "message": message, "data": data}
        return self._raise_each(channel, code, [cause], blocking=blocking)

    @api.model
    def _raise_each(self, channel, code, causes, *, blocking=True):
        """Open an issue for each of these causes, or bring its open one up to date, in one look-up.

        :param causes: dicts with ``order`` (may be empty), ``key``, ``message`` and ``data``; no two with the same
            order and key
        """
        domain = [
            ("channel_id", "=", channel.id),
            ("order_id", "in", [cause["order"].id for cause in causes]),
            ("code", "=", code),
            ("key", "in", [cause["key"] for cause in causes]),
            ("state", "=", "open"),
        ]
        known = {(issue.order_id, issue.key): issue for issue in self.search(domain)} if causes else {}
        issues, new = self.browse(), []
        for cause in causes:
            values = {
                "message": cause["message"],
                "data": cause["data"] or {},
                "blocking": blocking and bool(cause["order"]),
            }
            if issue := known.get((cause["order"], cause["key"])):
                issue.write(values)
                issues += issue
            else:
                tie = {"channel_id": channel.id, "order_id": cause["order"].id, "code": code, "key": cause["key"]}
                new.append(values | tie)
        return issues + self.create(new)

    def _solve(self, state="solved"):
        self.filtered(lambda issue: issue.state == "open").write({"state": state, "solved_at": fields.Datetime.now()})

    # === BUTTONS === #

    def action_fix(self):
        """Do what settles the issue, for all open issues of the same cause, and go on with their orders."""
        self.check_access("write")
        # Whoever may settle issues may also do what settles them: create the product, map the tax.
        for issue in self.sudo():
            if issue.state != "open":
                continue
            issue = issue.with_company(issue.company_id)
            same = issue._same_cause()
            getattr(issue, f"_fix_{issue.code}", issue._fix_by_retry)(same)
            same._solve()
            same.filtered("blocking").order_id.action_retry()
        return True

    def action_dismiss(self):
        """Close without doing anything."""
        self.check_access("write")
        self._solve("dismissed")
        return True

    def _needs_choice(self):
        """Whether a person has to see the issue to settle it."""
        return self.code in CHOICES

    def _open_to_choose(self):
        """The issue in a dialog, with a button for each way out."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settle"),
            "res_model": "ecom.issue",
            "res_id": self.id,
            "view_mode": "form",
            "views": [(self.env.ref("ecom_connector.ecom_issue_view_form_dialog").id, "form")],
            "target": "new",
        }

    def _same_cause(self):
        """The open issues that one remedy settles together."""
        self.ensure_one()
        if not self.key or self.code in SETTLED_ALONE:
            return self
        return self.search(
            [
                ("channel_id", "=", self.channel_id.id),
                ("code", "=", self.code),
                ("key", "=", self.key),
                ("state", "=", "open"),
            ]
        )

    # === REMEDIES === #

    def _fix_by_retry(self, _same):
        if not self.order_id:
            self.channel_id.action_look_now()

    def _fix_cancelled_too_late(self, _same):
        """A person took the goods back or told the customer: nothing is left to do."""

    _fix_edited_too_late = _fix_cancelled_too_late

    def _fix_unknown_product(self, _same):
        data = self.data
        product = self.product_id or self.env["product.product"].create(
            {
                "name": data["name"] or data["sku"],
                **self.channel_id._sku_values(data["sku"]),
                "barcode": data["barcode"] or False,
                "type": "consu",
                "is_storable": True,
            }
        )
        self.env["ecom.offer"]._remember(
            self.channel_id, {(data["product_id"], data["variant_id"], data["sku"]): product}
        )

    def _fix_ambiguous_product(self, same):
        if not self.product_id:
            raise UserError(self.env._("Choose the product first."))
        self._fix_unknown_product(same)

    def _fix_unknown_tax(self, _same):
        mapping = self._tax_mapping()
        if self.tax_id:
            mapping.tax_id = self.tax_id
        elif not mapping.tax_id:
            mapping.action_create_tax()

    def _fix_untaxed_sale(self, _same):
        mapping = self._tax_mapping()
        if self.tax_id:
            mapping.tax_id = self.tax_id
        elif not mapping.tax_id and not self.env["ecom.tax.mapping"]._may_create(mapping._key()):
            raise UserError(self.env._("Choose the tax first."))
        elif not mapping.tax_id:
            mapping.action_create_tax()
        mapping._ask_for_mentions()

    def _fix_missing_mention(self, _same):
        self.env["ecom.tax.mapping"].browse(self.data["mapping"]).exists()._write_mention()

    def _tax_mapping(self):
        code, rate, scope, treatment, country = self.data["key"]
        return self._mapping(
            "ecom.tax.mapping", code=code, rate=rate, scope=scope, treatment=treatment, country_code=country
        )

    def _fix_unknown_carrier(self, _same):
        if not self.carrier_id:
            raise UserError(self.env._("Choose the delivery method first."))
        self._mapping("ecom.carrier.mapping").carrier_id = self.carrier_id

    def _mapping(self, model, **criteria):
        domain = [("channel_id", "=", self.channel_id.id), ("code", "=", criteria.pop("code", self.data.get("code")))]
        return self.env[model].search([*domain, *((name, "=", value) for name, value in criteria.items())], limit=1)

    def _fix_unknown_currency(self, _same):
        currency = self._currency()
        if not currency:
            raise UserError(self.env._("Odoo does not know the currency %s.", self.data["currency"]))
        currency.action_unarchive()

    def _fix_coarse_currency(self, _same):
        self._currency().rounding = 0.01

    def _currency(self):
        return self.env["res.currency"].with_context(active_test=False).search([("name", "=", self.data["currency"])])

    def _fix_rounding_above_tolerance(self, same):
        same.order_id.accept_difference = True

    def _fix_total_mismatch(self, same):
        same.order_id.accept_difference = True

    def _fix_refunded_before_shipping(self, _same):
        for line_id, quantity in self.data["quantities"].items():
            self.env["sale.order.line"].browse(int(line_id)).with_context(ecom_from_shop=True)._lower_quantity(quantity)

    def _fix_command_failed(self, _same):
        self.env["ecom.command"].browse(self.data["command"]).exists().action_retry()

    @api.autovacuum
    def _gc_issues(self):
        old = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        issues = self.search([("state", "!=", "open"), ("write_date", "<", old)], limit=10_000)
        issues.unlink()
        return len(issues), len(issues) == 10_000
