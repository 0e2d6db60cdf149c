import secrets

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...platforms.base import Platform, platform_class
from ...platforms.documents import OrderState

# Each flow is carried by a lane of its own; the lower number goes first when cron threads are scarce.
FLOWS = {"commands": 3, "orders": 4, "listings": 5, "invoices": 6, "catalogue": 7}

QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_automation_skip": True,
}


class EcomChannel(models.Model):
    """A connected shop or marketplace account: where it is, what is decided about its orders, and how it fares."""

    _name = "ecom.channel"
    _description = "Sales Channel"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    platform = fields.Selection(
        [
            ("woocommerce", "WooCommerce"),
            ("shopify", "Shopify"),
            ("prestashop", "PrestaShop"),
            ("medusa", "Medusa"),
            ("external", "Any shop (XML-RPC)"),
        ],
        required=True,
        default="woocommerce",
        help="The software or marketplace that the shop runs on.",
    )
    url = fields.Char(
        string="Shop Address",
        required=True,
        tracking=True,
        help="Where the shop answers, such as https://shop.example.",
    )
    environment = fields.Selection(
        [("production", "Production"), ("sandbox", "Sandbox")],
        required=True,
        default="production",
        tracking=True,
        help="A sandbox shop is for trying out: it is marked on every screen.",
    )
    state = fields.Selection(
        [("draft", "Not connected"), ("connected", "Connected"), ("paused", "Paused")],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    user_ids = fields.Many2many(
        "res.users",
        help="Who sees this channel. Empty: everyone of the company with an e-commerce role. "
        "An API user only ever sees the channels that name them.",
    )
    responsible_id = fields.Many2one("res.users", help="Who is told when something is stuck.")
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        check_company=True,
        default=lambda self: self.env["stock.warehouse"].search([("company_id", "=", self.env.company.id)], limit=1),
        help="Where the channel's orders are shipped from.",
    )
    team_id = fields.Many2one("crm.team", string="Sales Team", check_company=True)
    pricelist_ids = fields.One2many("product.pricelist", "ecom_channel_id", string="Price Lists by Currency")
    journal_id = fields.Many2one(
        "account.journal",
        string="Invoice Journal",
        check_company=True,
        domain=[("type", "=", "sale")],
        help="Empty: the company's sales journal.",
    )

    confirm_policy = fields.Selection(
        [
            ("ready", "When the shop says it is to be prepared"),
            ("placed", "As soon as it is placed, paid or not"),
            ("manual", "By hand"),
        ],
        string="Confirm Orders",
        required=True,
        default="ready",
        help="Orders that await a transfer or a cheque are confirmed at once, reserve their goods and are held until "
        "the shop says that the money arrived: the payment methods say which ones, and how long.",
    )
    invoice_policy = fields.Selection(
        [("manual", "By hand"), ("confirmed", "When a paid order is confirmed"), ("shipped", "When it is shipped")],
        string="Invoice",
        required=True,
        default="manual",
    )
    customer_policy = fields.Selection(
        [
            ("email", "Shop account, then VAT number, then e-mail"),
            ("vat", "Shop account, then VAT number"),
            ("account", "Shop account only"),
        ],
        string="Recognise Customers By",
        required=True,
        default="email",
    )
    product_policy = fields.Selection(
        [("ask", "Ask a person"), ("create", "Create the product"), ("placeholder", "Use a placeholder product")],
        string="Unknown Products",
        required=True,
        default="ask",
        help="What to do with an order line whose SKU and barcode no product has.",
    )
    tax_policy = fields.Selection(
        [("match", "Match by rate, else ask"), ("create", "Match by rate, else create"), ("ask", "Always ask")],
        string="Unknown Taxes",
        required=True,
        default="match",
    )
    carrier_policy = fields.Selection(
        [("default", "Use the default delivery method"), ("ask", "Ask a person")],
        string="Unknown Delivery Methods",
        required=True,
        default="default",
    )
    currency_policy = fields.Selection(
        [("ask", "Ask a person"), ("activate", "Activate the currency")],
        string="Unknown Currencies",
        required=True,
        default="ask",
    )
    default_carrier_id = fields.Many2one(
        "delivery.carrier",
        string="Default Delivery Method",
        check_company=True,
        default=lambda self: self.env.ref("ecom_connector.delivery_carrier_shop", raise_if_not_found=False),
    )
    placeholder_product_id = fields.Many2one(
        "product.product",
        default=lambda self: self.env.ref("ecom_connector.product_unknown", raise_if_not_found=False),
    )
    fee_product_id = fields.Many2one(
        "product.product",
        string="Product for Fees",
        default=lambda self: self.env.ref("ecom_connector.product_fee", raise_if_not_found=False),
    )
    rounding_product_id = fields.Many2one(
        "product.product",
        string="Product for Rounding",
        default=lambda self: self.env.ref("ecom_connector.product_rounding", raise_if_not_found=False),
    )
    tolerance = fields.Float(
        default=0.02,
        digits=(16, 4),
        help="How far the lines of an order may be from its total, in the order's currency, apart from one cent a line "
        "that every rounded figure may cost. The difference becomes a visible rounding line; above it the order waits "
        "for a person, with the arithmetic shown.",
    )
    import_from = fields.Datetime(
        string="Orders Since",
        default=fields.Datetime.now,
        help="Orders placed before this moment are left alone.",
    )
    notify_policy = fields.Selection(
        [("shop", "The shop"), ("odoo", "Odoo"), ("none", "Nobody")],
        string="Shipping E-mail From",
        required=True,
        default="shop",
        help="Who writes to the customer, once, when a parcel leaves.",
    )
    preparing_status = fields.Char(
        string="Status When Prepared",
        help="The shop's own status to show when preparation begins, where a plugin added one, such as “preparing”. "
        "Empty: the shop is not told.",
    )
    delivered_status = fields.Char(
        string="Status When Delivered",
        help="The shop's own status to show when a parcel was delivered. Empty: the shop is not told.",
    )
    ready_status = fields.Char(
        string="Status When Ready for Collection",
        help="The shop's own status to show when an order waits for the customer in the warehouse, where a plugin "
        "added one, such as “ready-pickup”. The shop then writes to the customer, if its status has an e-mail. Empty: "
        "the shop sends the customer a note.",
    )
    collected_status = fields.Char(
        string="Status When Collected",
        help="The shop's own status to show when the customer has collected an order. Empty: completed.",
    )
    payload_days = fields.Integer(
        string="Keep Raw Data (days)",
        default=90,
        help="Personal data in the raw documents of finished orders is removed after this many days.",
    )
    calls_per_second = fields.Float(
        string="Calls per Second",
        help="How much the shop is asked at most, all flows together. 0: what suits its kind.",
    )

    credential_ids = fields.One2many("ecom.credential", "channel_id", string="Credentials", groups="base.group_system")
    webhook_token = fields.Char(default=lambda self: secrets.token_urlsafe(24), copy=False, groups="base.group_system")
    webhook_secret = fields.Char(default=lambda self: secrets.token_urlsafe(32), copy=False, groups="base.group_system")
    cron_ids = fields.One2many("ir.cron", "ecom_channel_id", string="Lanes", context={"active_test": False})

    orders_since = fields.Datetime(
        string="Read Up To", copy=False, help="Everything that changed on the shop before this moment was read."
    )
    orders_cursor = fields.Char(copy=False)
    orders_wait_until = fields.Datetime(copy=False, help="When the shop has the next orders ready.")
    orders_polled_at = fields.Datetime(string="Last Full Look", copy=False)
    roll_called_at = fields.Datetime(copy=False)
    webhooks_checked_at = fields.Datetime(copy=False)
    webhooks_active = fields.Boolean(copy=False)
    last_event_at = fields.Datetime(string="Last Message From the Shop", compute="_compute_last_event_at")
    not_before = fields.Datetime(
        string="Resting Until", copy=False, help="The shop asked not to be called before this moment."
    )
    lane_errors = fields.Json(copy=False, help="What each failing flow says, and since when.")
    last_error = fields.Char(compute="_compute_failure")
    failing_since = fields.Datetime(compute="_compute_failure")

    mapping_tax_ids = fields.One2many("ecom.tax.mapping", "channel_id", string="Taxes")
    mapping_carrier_ids = fields.One2many("ecom.carrier.mapping", "channel_id", string="Delivery Methods")
    mapping_payment_ids = fields.One2many("ecom.payment.mapping", "channel_id", string="Payment Methods")
    order_ids = fields.One2many("ecom.order", "channel_id")
    issue_ids = fields.One2many("ecom.issue", "channel_id")

    _webhook_token_unique = models.UniqueIndex("(webhook_token) WHERE webhook_token IS NOT NULL")

    # === COMPUTES === #

    @api.depends("lane_errors")
    def _compute_failure(self):
        for channel in self:
            errors = sorted((channel.lane_errors or {}).values(), key=lambda error: error["since"])
            channel.last_error = errors[-1]["error"] if errors else False
            channel.failing_since = errors[0]["since"] if errors else False

    def _compute_last_event_at(self):
        newest = dict(
            self.env["ecom.event"]
            .sudo()
            ._read_group([("channel_id", "in", self.ids)], ["channel_id"], ["create_date:max"])
        )
        for channel in self:
            channel.last_event_at = newest.get(channel, False)

    # === CONSTRAINTS === #

    @api.constrains("url")
    def _check_url(self):
        for channel in self:
            if not (channel.url or "").startswith(("https://", "http://")):
                raise ValidationError(
                    self.env._("The address of %(channel)s must start with https://.", channel=channel.name)
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        channels._create_lanes()
        channels._sync_credential_rows()
        return channels

    def write(self, vals):
        if "url" in vals:
            self._check_keys_stay(vals["url"])
        result = super().write(vals)
        if "platform" in vals:
            self._sync_credential_rows()
        if "active" in vals or "name" in vals:
            self._update_lanes()
        return result

    def _check_keys_stay(self, url):
        """Whoever may not see the keys may not have them sent somewhere else either."""
        if self.env.su or self.env.is_system():
            return
        moved = self.filtered(lambda channel: channel.url != url).sudo()
        if kept := moved.filtered(lambda channel: any(channel.credential_ids.mapped("value"))):
            raise AccessError(
                self.env._(
                    "The keys of %(channel)s would be sent to another address: ask a system administrator to "
                    "change it.",
                    channel=kept[0].name,
                )
            )

    def unlink(self):
        """Take the lanes along: the database would leave their server actions behind."""
        self.sudo().with_context(active_test=False).cron_ids.unlink()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if used := self.filtered("order_ids"):
            raise ValidationError(
                self.env._("%(channel)s has orders: archive it instead.", channel=used[0].name),
            )

    def _sync_credential_rows(self):
        """Have one row for each credential that the platform declares."""
        for channel in self.sudo():
            declared = [field.key for field in channel._platform_class().credential_fields]
            missing = [key for key in declared if key not in channel.credential_ids.mapped("key")]
            unknown = channel.credential_ids.filtered(lambda row, declared=declared: row.key not in declared)
            channel.credential_ids = [Command.create({"key": key}) for key in missing] + [
                Command.unlink(row.id) for row in unknown
            ]

    # === WHAT THE FLOWS WORK WITH === #

    def _platform_class(self) -> type[Platform]:
        """The class of the channel's platform; a hook for tests and for platforms that depend on more than a code."""
        return platform_class(self.platform)

    def _work_env(self):
        """The channel as lanes and buttons work with it: its company, language and clock, nobody followed or mailed."""
        self.ensure_one()
        return (
            self.sudo()
            .with_company(self.company_id)
            .with_context(**QUIET, lang=self._language(), tz=self.company_id._ecom_zone(), no_vat_validation=True)
        )

    def _language(self):
        """The language of what is written down for everybody, whoever's click caused it: the company's."""
        return self.company_id.partner_id.lang or "en_US"

    def _state_names(self):
        """The merchant's own words for states, ``{OrderState: status}``."""
        names = {
            OrderState.PREPARING: self.preparing_status,
            OrderState.DELIVERED: self.delivered_status,
            OrderState.READY: self.ready_status,
            OrderState.COLLECTED: self.collected_status,
        }
        return {state: name for state, name in names.items() if name}

    def _shows_state(self, state):
        """Whether the shop can be told an order's state."""
        capabilities = self._platform_class().capabilities
        return state in capabilities.push_states or (capabilities.custom_states and state in self._state_names())

    def _pricelists(self, currencies):
        """The channel's price list of each currency, made where it is missing: an order's currency is its list's.

        :return: ``{currency: pricelist}``
        """
        self.ensure_one()
        found = {pricelist.currency_id: pricelist for pricelist in self.pricelist_ids}
        missing = [currency for currency in currencies if currency not in found]
        created = self.env["product.pricelist"].create(
            [
                {
                    "name": self.name,
                    "currency_id": currency.id,
                    "company_id": self.company_id.id,
                    "ecom_channel_id": self.id,
                }
                for currency in missing
            ]
        )
        return found | dict(zip(missing, created, strict=True))
