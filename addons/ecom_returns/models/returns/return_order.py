from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...entitlements import policies

OPEN_STATES = ("requested", "approved", "awaiting", "received", "inspected")
ENDED_STATES = ("declined", "cancelled")


class EcomReturn(models.Model):
    """What a customer gives back, and all that follows from it: the parcel, the goods, the books, the money."""

    _name = "ecom.return"
    _description = "Return"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", required=True, readonly=True, copy=False, default="/", index="trigram")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id", store=True)
    sale_order_id = fields.Many2one(
        "sale.order", string="Sales Order", check_company=True, index="btree_not_null", ondelete="restrict"
    )
    order_id = fields.Many2one(
        related="sale_order_id.ecom_order_id", string="Shop Order", store=True, index="btree_not_null"
    )
    channel_id = fields.Many2one(
        related="sale_order_id.ecom_channel_id", string="Sales Channel", store=True, index="btree_not_null"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        index=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one("res.users", string="Responsible", default=lambda self: self.env.user, tracking=True)
    line_ids = fields.One2many("ecom.return.line", "return_id", string="Goods")
    kind = fields.Selection(
        [
            ("withdrawal", "Withdrawal"),
            ("conformity", "Lack of conformity"),
            ("terms", "By our terms"),
            ("undelivered", "Back to sender"),
            ("shop", "Refunded on the shop"),
        ],
        required=True,
        default="withdrawal",
        tracking=True,
        help="Withdrawal: a consumer gives back what was bought at a distance, without a reason. Lack of conformity: "
        "it is not what was agreed, or broke within two years.",
    )
    wish = fields.Selection(
        [
            ("refund", "Money back"),
            ("exchange", "Exchange"),
            ("repair", "Repair"),
            ("credit", "Store credit"),
        ],
        required=True,
        default="refund",
        tracking=True,
    )
    note = fields.Text(string="What the Customer Says")
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("awaiting", "Parcel awaited"),
            ("received", "Received"),
            ("inspected", "Inspected"),
            ("settled", "Settled"),
            ("closed", "Closed"),
            ("declined", "Declined"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="requested",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    policy_id = fields.Many2one("ecom.return.policy", readonly=True, copy=False, check_company=True)
    keeps = fields.Boolean(string="Customer Keeps the Goods", tracking=True)
    customer_pays = fields.Boolean(string="Customer Pays the Way Back", default=True)
    fee_percent = fields.Float(string="Fee (%)", tracking=True)
    decline_reason = fields.Text(readonly=True, copy=False)
    value = fields.Monetary(compute="_compute_value", store=True, help="What was paid for these goods, taxes included.")

    _name_unique = models.Constraint("UNIQUE(company_id, name)", "There is a return with this number already.")
    _fee_range = models.Constraint("CHECK(fee_percent BETWEEN 0 AND 100)", "A fee is from 0 to 100 %.")

    # === COMPUTES === #

    @api.depends("sale_order_id.currency_id", "company_id")
    def _compute_currency_id(self):
        for order in self:
            order.currency_id = order.sale_order_id.currency_id or order.company_id.currency_id

    @api.depends("sale_order_id")
    def _compute_partner_id(self):
        for order in self:
            order.partner_id = order.sale_order_id.partner_id or order.partner_id

    @api.depends("line_ids.amount")
    def _compute_value(self):
        for order in self:
            order.value = sum(order.line_ids.mapped("amount"))

    # === CRUD === #

    @api.model
    def default_get(self, fields_list):
        """From a sales order: all that may still come back of it."""
        values = super().default_get(fields_list)
        sale = self.env["sale.order"].browse(values.get("sale_order_id")).exists()
        if sale and "line_ids" in fields_list and not values.get("line_ids"):
            values["line_ids"] = [
                Command.create({"sale_line_id": line.id, **proposed})
                for line in sale.order_line
                if line._may_come_back() and not line._ecom_all_returned()
                for proposed in line._propose_return()
            ]
        return values

    @api.model_create_multi
    def create(self, vals_list):
        sales = self.env["sale.order"].browse(
            [vals["sale_order_id"] for vals in vals_list if vals.get("sale_order_id")]
        )
        companies = {sale.id: sale.company_id.id for sale in sales}
        for vals in vals_list:
            if vals.get("name", "/") == "/":
                vals["name"] = self.env["ir.sequence"].sudo().next_by_code("ecom.return") or "/"
            if sale_id := vals.get("sale_order_id"):
                vals["company_id"] = companies[sale_id]
        returns = super().create(vals_list)
        for order in returns:
            order._check_unsold()
            if not order.line_ids and order.kind != "shop":
                raise UserError(self.env._("A return has at least one line."))
            order.sudo()._apply_policy()
        return returns

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if self.filtered(lambda order: order.state not in ENDED_STATES):
            raise UserError(self.env._("Cancel a return first: only then may it be deleted."))

    def _check_unsold(self):
        """A hook: what is asked of a return without an order."""

    @api.constrains("kind", "line_ids")
    def _check_withdrawable(self):
        """Of a withdrawal all goods are, or none: what the law excludes may be declined, and the rest may not."""
        for order in self.filtered(lambda order: order.kind == "withdrawal"):
            excluded = order.line_ids.product_id.filtered("ecom_no_withdrawal")
            if excluded and order.line_ids.product_id - excluded:
                raise ValidationError(
                    self.env._(
                        "%(products)s: excluded from the right of withdrawal. Take it out, and make a return by your "
                        "terms of it.",
                        products=", ".join(excluded.mapped("display_name")),
                    )
                )

    # === POLICY === #

    def _case(self):
        """What the policies are asked about."""
        self.ensure_one()
        categories = self.line_ids.product_id.categ_id
        above = {int(part) for category in categories for part in category.parent_path.split("/") if part}
        arrived = self._last_arrival()
        value = self.currency_id._convert(self.value, self.company_id.currency_id, self.company_id, self._today())
        return policies.Case(
            channel=self.channel_id.id,
            categories=frozenset(above),
            reasons=frozenset(self.line_ids.reason_id.ids),
            value=Decimal(str(value)),
            days=max((self._told_on() - arrived).days, 0) if arrived else 0,
        )

    def _apply_policy(self):
        """Let the policy that fits say what follows; a withdrawal in time owes no fee, whatever it says."""
        self.ensure_one()
        policy = self.env["ecom.return.policy"].sudo()._for_return(self)
        ours = self._is_our_mistake()
        free = self._is_protected() or ours
        self.policy_id = policy
        self.fee_percent = 0 if free else policy.fee_percent
        self.customer_pays = not ours and (policy.customer_pays if policy else True)
        self.keeps = policy.keeps and policy.allowed
        if self.kind == "terms" and policy and not policy.allowed:
            self._decline(self.env._("Our terms do not provide for this return: %(policy)s.", policy=policy.name))
        elif self._is_protected() or policy.approves:
            self._approve()

    def _is_about(self, goods):
        """Whether exactly these come back, ``{sales order line: quantity}``, and no mere parts of them."""
        self.ensure_one()
        whole = {line.sale_line_id: line._in_sold(line.quantity) for line in self.line_ids}
        return (
            len(whole) == len(self.line_ids)
            and whole.keys() == goods.keys()
            and not any(sold.product_uom_id.compare(quantity, goods[sold]) for sold, quantity in whole.items())
        )

    def _is_our_mistake(self):
        return self.kind in ("conformity", "undelivered") or (
            bool(self.line_ids.reason_id) and all(reason.fault != "customer" for reason in self.line_ids.reason_id)
        )
