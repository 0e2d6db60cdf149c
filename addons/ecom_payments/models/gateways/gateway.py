from odoo import Command, api, fields, models
from odoo.addons.ecom_connector.models.wording import in_words
from odoo.exceptions import ValidationError

from ...gateways.base import PlatformError, gateway_class, gateway_codes
from ...gateways.connecting import check_address


class EcomGateway(models.Model):
    """An account at whoever collects the shops' money, and the accounts in which its money is followed."""

    _name = "ecom.gateway"
    _description = "Payment Gateway"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    kind = fields.Selection("_kinds", required=True, default="bank_transfer", tracking=True)
    state = fields.Selection(
        [("draft", "Not connected"), ("connected", "Connected"), ("paused", "Paused")],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
    )
    url = fields.Char(
        string="Address",
        groups="base.group_system",
        help="Empty: the gateway's own. A sandbox has another. The keys are sent there.",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    channel_ids = fields.Many2many(
        "ecom.channel",
        string="Sales Channels",
        required=True,
        check_company=True,
        help="The shops whose customers pay through this account. Issues appear with the first one.",
    )
    credential_ids = fields.One2many(
        "ecom.gateway.credential", "gateway_id", string="Credentials", groups="base.group_system"
    )
    journal_id = fields.Many2one(
        "account.journal", check_company=True, domain=[("type", "=", "bank")], tracking=True, copy=False
    )
    clearing_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain=[("reconcile", "=", True)],
        tracking=True,
        help="What customers paid and the gateway has not handed over yet.",
    )
    fee_account_id = fields.Many2one("account.account", check_company=True, help="What the gateway keeps for itself.")
    dispute_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain=[("reconcile", "=", True)],
        help="Money withdrawn for disputes and reserves, until it is decided.",
    )
    transfer_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain=[("reconcile", "=", True)],
        help="What the gateway sent and the bank has not shown yet.",
    )
    unknown_account_id = fields.Many2one(
        "account.account",
        string="Account to Identify",
        check_company=True,
        domain=[("reconcile", "=", True)],
        help="What the gateway moved and nobody recognises yet. It never stops a payout.",
    )
    detail_limit = fields.Integer(
        default=0,
        string="Sum Up Above",
        help="A payout of more transactions than this is booked with one line for each kind; its transactions stay "
        "listed on the payout. 0: always a line for each transaction.",
    )
    import_from = fields.Datetime(
        string="Transactions Since",
        default=fields.Datetime.now,
        required=True,
        help="What happened before this moment is left alone.",
    )
    collects = fields.Boolean(compute="_compute_capabilities", help="It says by itself what it collected.")
    calls_us = fields.Boolean(compute="_compute_capabilities", help="It can announce what happens.")
    takes_files = fields.Boolean(compute="_compute_capabilities", help="What it collected is read from files.")
    collected = fields.Boolean(compute="_compute_capabilities", help="Its money comes in sums for many orders.")
    prepaid = fields.Boolean(compute="_compute_capabilities", help="What was paid before is used up: no money moves.")
    has_keys = fields.Boolean(compute="_compute_capabilities")

    _clearing_unique = models.Constraint(
        "UNIQUE(clearing_account_id)", "This clearing account is another gateway's: each needs one of its own."
    )

    @api.model
    def _kinds(self):
        return [(code, in_words(self.env, name)) for code, name in gateway_codes()]

    def _gateway_class(self):
        return gateway_class(self.kind)

    @api.depends("kind")
    def _compute_capabilities(self):
        for gateway in self:
            capabilities = gateway._gateway_class().capabilities
            gateway.collects = capabilities.transactions
            gateway.calls_us = capabilities.webhooks
            gateway.takes_files = capabilities.files
            gateway.collected = capabilities.collected
            gateway.prepaid = capabilities.prepaid
            gateway.has_keys = bool(gateway._gateway_class().credential_fields)

    @api.constrains("clearing_account_id", "transfer_account_id", "unknown_account_id", "dispute_account_id")
    def _check_accounts(self):
        for gateway in self:
            accounts = gateway.clearing_account_id | gateway.transfer_account_id | gateway.unknown_account_id
            for account in accounts | gateway.dispute_account_id:
                if not account.reconcile:
                    raise ValidationError(
                        self.env._(
                            "Account %(account)s does not allow reconciliation: its entries could never be matched. "
                            "Tick “Allow Reconciliation” on it, or choose another.",
                            account=account.display_name,
                        )
                    )

    @api.constrains("url")
    def _check_url(self):
        for gateway in self.sudo().filtered("url"):
            try:
                check_address(gateway.url)
            except PlatformError:
                raise ValidationError(
                    self.env._(
                        "The keys of %(gateway)s would travel unprotected: its address has to begin with https://.",
                        gateway=gateway.name,
                    )
                ) from None

    @api.constrains("channel_ids")
    def _check_channels(self):
        for gateway in self:
            if not gateway.channel_ids:
                raise ValidationError(self.env._("Name at least one sales channel whose customers pay this way."))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        gateways = super().create(vals_list)
        gateways._sync_credential_rows()
        gateways._create_lane()
        return gateways

    def write(self, vals):
        result = super().write(vals)
        if "kind" in vals:
            self._sync_credential_rows()
        if {"name", "active"} & vals.keys():
            self._update_lane()
        if {"journal_id", "clearing_account_id"} & vals.keys():
            self._connect_journal()
        return result

    def _sync_credential_rows(self):
        """Have one row for each credential that the gateway declares."""
        for gateway in self.sudo():
            declared = [field.key for field in gateway._gateway_class().credential_fields]
            rows = gateway.credential_ids
            gateway.credential_ids = [
                *(Command.delete(row.id) for row in rows if row.key not in declared),
                *(Command.create({"key": key}) for key in declared if key not in rows.mapped("key")),
            ]

    def _connect_journal(self):
        """Have the journal's payments wait in the clearing account, whichever way the money goes."""
        for gateway in self.filtered(lambda gateway: gateway.journal_id and gateway.clearing_account_id):
            journal = gateway.journal_id
            lines = journal.inbound_payment_method_line_ids | journal.outbound_payment_method_line_ids
            lines.payment_account_id = gateway.clearing_account_id

    # === DATES === #

    def _open_day(self, day, taxed=False):
        """This day, or the first one after the locked period that it lies in.

        :param taxed: whether VAT is on it, so that a month whose VAT is declared is locked too
        """
        locks = self.company_id._get_violated_lock_dates(day, taxed, self.journal_id)
        return max([day, *(fields.Date.add(lock, days=1) for lock, _field in locks)])

    # === BUTTONS === #

    def action_set_up(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set Up a Gateway"),
            "res_model": "ecom.gateway.setup",
            "view_mode": "form",
            "target": "new",
            "context": {"default_gateway_id": self.id},
        }


class EcomGatewayCredential(models.Model):
    """One credential of a gateway. The rows follow what the gateway declares."""

    _name = "ecom.gateway.credential"
    _description = "Gateway Credential"
    _order = "id"

    gateway_id = fields.Many2one("ecom.gateway", required=True, ondelete="cascade", index=True)
    key = fields.Char(required=True, readonly=True)
    name = fields.Char(compute="_compute_declared", string="Credential")
    help = fields.Char(compute="_compute_declared")
    secret = fields.Boolean(compute="_compute_declared")
    value = fields.Char(groups="base.group_system", copy=False)

    _gateway_key_unique = models.Constraint("UNIQUE(gateway_id, key)", "A gateway has each credential once.")

    @api.depends("key", "gateway_id.kind")
    def _compute_declared(self):
        for credential in self:
            declared = {field.key: field for field in credential.gateway_id._gateway_class().credential_fields}
            field = declared.get(credential.key)
            credential.name = in_words(self.env, field.label) if field else credential.key
            credential.help = in_words(self.env, field.help) if field and field.help else False
            credential.secret = field.secret if field else True
