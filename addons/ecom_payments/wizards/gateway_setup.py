from odoo import Command, api, fields, models
from odoo.addons.ecom_connector.models.wording import in_words
from odoo.exceptions import UserError

from ..gateways.base import gateway_class, gateway_codes

# What French accountants use, by what the account is for: code wanted, code to look for, type, reconciled or not.
FRENCH = {
    "clearing_account_id": ("511801", "", "asset_current", True),
    "fee_account_id": ("627800", "6278", "expense", False),
    "dispute_account_id": ("467000", "467", "liability_current", True),
    "transfer_account_id": ("580001", "", "asset_current", True),
    "unknown_account_id": ("471000", "471", "asset_current", True),
}
CHEQUES = ("511201", "", "asset_current", True)  # in hand, not yet at the bank
PREPAID = ("419101", "", "liability_current", True)  # what holders of gift cards may still buy for


class EcomGatewaySetup(models.TransientModel):
    """The set-up assistant of a gateway: journal, accounts and keys, all in one go, and tested."""

    _name = "ecom.gateway.setup"
    _description = "Set Up a Gateway"

    gateway_id = fields.Many2one("ecom.gateway", ondelete="cascade")
    kind = fields.Selection(lambda self: self.env["ecom.gateway"]._kinds(), required=True)
    name = fields.Char(required=True, compute="_compute_name", store=True, precompute=True, readonly=False)
    prepaid = fields.Boolean(compute="_compute_needs")
    needs_keys = fields.Boolean(compute="_compute_needs")
    key_ids = fields.One2many(
        "ecom.gateway.setup.key",
        "setup_id",
        string="Keys",
        compute="_compute_key_ids",
        store=True,
        readonly=False,
        groups="base.group_system",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    channel_ids = fields.Many2many("ecom.channel", string="Sales Channels", domain="[('company_id', '=', company_id)]")
    mapping_ids = fields.Many2many(
        "ecom.payment.mapping",
        string="Means of Payment",
        domain="[('channel_id', 'in', channel_ids)]",
        help="The shops' own means of payment whose money this gateway collects.",
    )
    journal_code = fields.Char(
        required=True, size=5, compute="_compute_name", store=True, precompute=True, readonly=False
    )
    clearing_account_id = fields.Many2one("account.account", check_company=True, domain=[("reconcile", "=", True)])
    fee_account_id = fields.Many2one("account.account", check_company=True)
    fee_tax_id = fields.Many2one(
        "account.tax",
        string="VAT on Fees",
        check_company=True,
        domain=[("type_tax_use", "=", "purchase"), ("amount_type", "=", "percent")],
        help="As its invoice says: empty without VAT; a tax of reverse charge where it leaves the VAT to you; any "
        "other where the fee contains it.",
    )
    dispute_account_id = fields.Many2one("account.account", check_company=True)
    transfer_account_id = fields.Many2one("account.account", check_company=True, domain=[("reconcile", "=", True)])
    unknown_account_id = fields.Many2one(
        "account.account", string="Account to Identify", check_company=True, domain=[("reconcile", "=", True)]
    )

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
                "fee_tax_id": gateway.fee_tax_id.id,
            }
        for name, (_code, prefix, _type, _reconcile) in FRENCH.items():
            found = gateway[name] or self._account(company, prefix)
            # Where entries are matched, an account that does not allow it is of no use: another is made.
            values[name] = found.id if found.reconcile or not _reconcile else False
        transfer = gateway.transfer_account_id or company.transfer_account_id
        values["transfer_account_id"] = transfer.id if transfer.reconcile else False
        return values

    @api.depends("kind")
    def _compute_name(self):
        """As the gateway is called, unless a person calls it otherwise."""
        proposed = {code: (in_words(self.env, name), self._journal_code(code)) for code, name in gateway_codes()}
        names, codes = zip(*proposed.values(), strict=True)
        for wizard in self.filtered("kind"):
            name, code = proposed[wizard.kind]
            wizard.name = name if wizard.name in (False, *names) else wizard.name
            wizard.journal_code = code if wizard.journal_code in (False, *codes) else wizard.journal_code

    @api.model
    def _journal_code(self, kind):
        return kind.replace("_", "")[:4].upper()

    @api.depends("kind")
    def _compute_needs(self):
        for wizard in self:
            declared = gateway_class(wizard.kind) if wizard.kind else None
            wizard.prepaid = bool(declared) and declared.capabilities.prepaid
            wizard.needs_keys = bool(declared and declared.credential_fields)

    @api.depends("kind")
    def _compute_key_ids(self):
        for wizard in self:
            declared = gateway_class(wizard.kind).credential_fields if wizard.kind else ()
            wizard.key_ids = [
                Command.clear(),
                # Those that are not required are filled in by the gateway, or never.
                *(Command.create({"key": field.key}) for field in declared if field.required),
            ]

    def _wanted_accounts(self):
        """What the kind of gateway needs: a gift card has neither fees nor payouts."""
        capabilities = gateway_class(self.kind).capabilities
        if capabilities.prepaid:
            return {"clearing_account_id": PREPAID}
        return FRENCH | ({"clearing_account_id": CHEQUES} if capabilities.bank and capabilities.collected else {})

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
        form = {
            "type": "ir.actions.act_window",
            "res_model": "ecom.gateway",
            "res_id": gateway.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
        }
        return wizard._try_keys(gateway, form)

    def _try_keys(self, gateway, form):
        """Connect at once where all keys are here; whatever comes of it, the gateway is open afterwards."""
        keys = self.key_ids
        for key in keys.filtered("value"):
            gateway.credential_ids.filtered(lambda row, key=key: row.key == key.key).value = key.value
        complete = all(keys.mapped("value"))
        keys.value = False  # kept in one place only
        if not complete:
            return form
        gateway._before_http()
        try:
            result = gateway.with_env(self.env(su=False)).action_connect()
        except UserError as error:
            result = gateway._notify(self.env._("It is not connected yet."), str(error), "warning")
        result["params"]["next"] = form
        return result

    def _provide_gateway(self):
        accounts = {
            name: (self[name] or self._create_account(name, wanted)).id
            for name, wanted in self._wanted_accounts().items()
        }
        values = {
            "name": self.name,
            "kind": self.kind,
            "company_id": self.company_id.id,
            "channel_ids": [Command.set(self.channel_ids.ids)],
            "fee_tax_id": self.fee_tax_id.id,
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

    def _create_account(self, name, wanted):
        code, _prefix, kind, reconcile = wanted
        Account = self.env["account.account"].with_company(self.company_id)
        account = Account.create(
            {
                "name": self._account_label(name),
                "code": Account._search_new_account_code(code),
                "account_type": kind,
                "reconcile": reconcile,
                "company_ids": [Command.link(self.company_id.id)],
            }
        )
        for language, _name in self.env["res.lang"].get_installed():
            account.with_context(lang=language).name = self.with_context(lang=language)._account_label(name)
        return account

    def _account_label(self, name):
        labels = {
            "clearing_account_id": self.env._("%(gateway)s – not used yet", gateway=self.name)
            if self.prepaid
            else self.env._("%(gateway)s – awaiting payout", gateway=self.name),
            "fee_account_id": self.env._("Payment fees"),
            "dispute_account_id": self.env._("Disputes and reserves"),
            "unknown_account_id": self.env._("Payments to identify"),
            "transfer_account_id": self.env._("Internal transfers"),
        }
        return labels[name]


class EcomGatewaySetupKey(models.TransientModel):
    """A key that is typed in, until it is kept with the gateway."""

    _name = "ecom.gateway.setup.key"
    _description = "Key of a Gateway to Set Up"
    _order = "id"

    setup_id = fields.Many2one("ecom.gateway.setup", required=True, ondelete="cascade")
    key = fields.Char(string="Code", required=True, readonly=True)
    name = fields.Char(compute="_compute_declared", string="Key")
    help = fields.Char(compute="_compute_declared")
    secret = fields.Boolean(compute="_compute_declared")
    value = fields.Char()

    @api.depends("key", "setup_id.kind")
    def _compute_declared(self):
        for row in self:
            declared = gateway_class(row.setup_id.kind).credential_fields if row.setup_id.kind else ()
            field = next((field for field in declared if field.key == row.key), None)
            row.name = in_words(self.env, field.label) if field else row.key
            row.help = in_words(self.env, field.help) if field and field.help else False
            row.secret = field.secret if field else True
