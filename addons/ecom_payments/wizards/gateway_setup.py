from odoo import Command, api, fields, models
from odoo.addons.ecom_connector.models.wording import in_words
from odoo.exceptions import UserError

from ..gateways.base import gateway_class

# What French accountants use, by what the account is for: code wanted, code to look for, type, reconciled or not.
FRENCH = {
    "clearing_account_id": ("511801", "", "asset_current", True),
    "fee_account_id": ("627800", "6278", "expense", False),
    "dispute_account_id": ("467000", "467", "liability_current", True),
    "unknown_account_id": ("471000", "471", "asset_current", True),
}


class EcomGatewaySetup(models.TransientModel):
    """The set-up assistant of a gateway: journal, accounts and keys, all in one go, and tested."""

    _name = "ecom.gateway.setup"
    _description = "Set Up a Gateway"

    gateway_id = fields.Many2one("ecom.gateway", ondelete="cascade")
    kind = fields.Selection(lambda self: self.env["ecom.gateway"]._kinds(), required=True)
    name = fields.Char(required=True, compute="_compute_name", store=True, readonly=False)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    channel_ids = fields.Many2many("ecom.channel", domain="[('company_id', '=', company_id)]")
    mapping_ids = fields.Many2many(
        "ecom.payment.mapping",
        string="Means of Payment",
        domain="[('channel_id', 'in', channel_ids)]",
        help="The shops' own means of payment whose money this gateway collects.",
    )
    journal_code = fields.Char(required=True, size=5, compute="_compute_name", store=True, readonly=False)
    clearing_account_id = fields.Many2one("account.account", check_company=True, domain=[("reconcile", "=", True)])
    fee_account_id = fields.Many2one("account.account", check_company=True)
    dispute_account_id = fields.Many2one("account.account", check_company=True)
    transfer_account_id = fields.Many2one("account.account", check_company=True, domain=[("reconcile", "=", True)])
    unknown_account_id = fields.Many2one("account.account", check_company=True, domain=[("reconcile", "=", True)])

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        gateway = self.env["ecom.gateway"].browse(values.get("gateway_id"))
        company = gateway.company_id or self.env.company
        if gateway:
            values |= {
                "kind": gateway.kind,
                "name": gateway.name,
                "company_id": company.id,
                "channel_ids": [Command.set(gateway.channel_ids.ids)],
            }
        for name, (_code, prefix, _type, _reconcile) in FRENCH.items():
            values[name] = (gateway[name] or self._account(company, prefix)).id
        transfer = gateway.transfer_account_id or company.transfer_account_id
        values["transfer_account_id"] = transfer.id if transfer.reconcile else False
        return values

    @api.depends("kind")
    def _compute_name(self):
        for wizard in self:
            name = in_words(self.env, gateway_class(wizard.kind).name) if wizard.kind else False
            wizard.name = wizard.name or name
            wizard.journal_code = wizard.journal_code or (wizard.kind or "").replace("_", "")[:4].upper()

    @api.model
    def _account(self, company, prefix):
        """The company's first account whose code begins so."""
        Account = self.env["account.account"].with_company(company)
        if not prefix:
            return Account
        domain = [*Account._check_company_domain(company), ("code", "=like", f"{prefix}%")]
        return Account.search(domain, order="code", limit=1)

    def action_set_up(self):
        """Make what is missing, put it together, and say how the keys fare."""
        self.ensure_one()
        self.env["ecom.gateway"].check_access("create")
        if not self.channel_ids:
            raise UserError(self.env._("Name at least one sales channel whose customers pay this way."))
        # Whoever may set up gateways may also have the accounts made that one needs.
        wizard = self.sudo().with_company(self.company_id)
        gateway = wizard._provide_gateway()
        return {
            "type": "ir.actions.act_window",
            "res_model": "ecom.gateway",
            "res_id": gateway.id,
            "view_mode": "form",
            "target": "current",
        }

    def _provide_gateway(self):
        accounts = {name: (self[name] or self._create_account(name)).id for name in FRENCH}
        accounts["transfer_account_id"] = (self.transfer_account_id or self._create_transfer_account()).id
        values = {
            "name": self.name,
            "kind": self.kind,
            "company_id": self.company_id.id,
            "channel_ids": [Command.set(self.channel_ids.ids)],
            **accounts,
        }
        gateway = self.gateway_id
        if gateway:
            gateway.write(values)
        else:
            gateway = self.env["ecom.gateway"].create(values)
        gateway.journal_id = gateway.journal_id or self._create_journal()
        self.mapping_ids.gateway_id = gateway
        self.gateway_id = gateway
        return gateway

    def _create_journal(self):
        taken = set(
            self.env["account.journal"]
            .with_context(active_test=False)
            .search(self.env["account.journal"]._check_company_domain(self.company_id))
            .mapped("code")
        )
        base = self.journal_code.upper()
        code = next(code for code in [base, *(f"{base[:4]}{n}" for n in range(2, 100))] if code not in taken)
        return self.env["account.journal"].create(
            {"name": self.name, "type": "bank", "code": code, "company_id": self.company_id.id}
        )

    def _create_account(self, name):
        code, _prefix, kind, reconcile = FRENCH[name]
        labels = {
            "clearing_account_id": self.env._("%(gateway)s – awaiting payout", gateway=self.name),
            "fee_account_id": self.env._("Payment fees"),
            "dispute_account_id": self.env._("Disputes and reserves"),
            "unknown_account_id": self.env._("Payments to identify"),
            "transfer_account_id": self.env._("Internal transfers"),
        }
        Account = self.env["account.account"].with_company(self.company_id)
        return Account.create(
            {
                "name": labels[name],
                "code": Account._search_new_account_code(code),
                "account_type": kind,
                "reconcile": reconcile,
                "company_ids": [Command.link(self.company_id.id)],
            }
        )

    def _create_transfer_account(self):
        Account = self.env["account.account"].with_company(self.company_id)
        return Account.create(
            {
                "name": self.env._("Internal transfers"),
                "code": Account._search_new_account_code("580001"),
                "account_type": "asset_current",
                "reconcile": True,
                "company_ids": [Command.link(self.company_id.id)],
            }
        )
