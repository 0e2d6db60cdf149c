from datetime import timedelta

from odoo import api, fields, models

from ..wording import in_words


class EcomOrder(models.Model):
    """An order as the shop gave it, and where it stands with us. The sales order is what we made of it."""

    _name = "ecom.order"
    _description = "Shop Order"
    _inherit = ["mail.activity.mixin"]
    _order = "ordered_at desc, id desc"
    _rec_name = "number"
    _check_company_auto = True

    channel_id = fields.Many2one("ecom.channel", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    external_id = fields.Char(string="Shop's Id", required=True, index=True)
    number = fields.Char(index="trigram")
    state = fields.Selection(
        [
            ("received", "Received"),
            ("blocked", "Waits for a person"),
            ("settled", "In Odoo"),
            ("cancelled", "Cancelled"),
            ("ignored", "Left alone"),
        ],
        required=True,
        default="received",
        help="Received: new or changed on the shop, about to be handled. In Odoo: the sales order says what the shop "
        "says. Left alone: placed before the channel's start, or never finished by the customer.",
    )
    shop_state = fields.Char(string="State on the Shop (Code)")
    awaits_payment = fields.Boolean(help="Placed on the shop, which has not been paid yet.")
    shop_state_label = fields.Char(compute="_compute_shop_state_label", string="State on the Shop")
    payload = fields.Json(prefetch=False, groups="ecom_connector.group_manager", help="The order as the shop sent it.")
    digest = fields.Char(help="Fingerprint of the newest version.")
    changed_at = fields.Datetime(string="Changed on the Shop")

    ordered_at = fields.Datetime(string="Ordered on")
    paid_at = fields.Datetime(string="Paid on")
    customer_name = fields.Char(index="trigram")
    email = fields.Char(index="trigram")
    phone = fields.Char(index="trigram")
    currency_code = fields.Char()
    amount_total = fields.Float(string="Total", digits=(16, 3), help="As the shop says, taxes included.")
    amount_tax = fields.Float(string="Taxes", digits=(16, 3))
    amount_refunded = fields.Float(
        string="Refunded", digits=(16, 3), compute="_compute_amount_refunded", store=True, help="Taxes included."
    )
    payment_method = fields.Char()
    coupons = fields.Char(help="The coupons that the customer used.")
    note = fields.Text(string="Customer's Note")
    gift_message = fields.Text()
    pickup_point = fields.Char()
    url = fields.Char(string="Order on the Shop")
    cancelled_by_shop = fields.Boolean(help="The cancellation came from the shop, so the shop may also take it back.")
    accept_difference = fields.Boolean(help="A person accepted that the lines do not add up to the total.")

    line_ids = fields.One2many("ecom.order.line", "order_id", string="Lines")
    refund_ids = fields.One2many("ecom.order.refund", "order_id", string="Refunds")
    sale_order_ids = fields.One2many("sale.order", "ecom_order_id", string="Sales Orders")
    sale_order_id = fields.Many2one(
        "sale.order", compute="_compute_sale_order_id", store=True, index="btree_not_null", string="Sales Order"
    )
    partner_id = fields.Many2one(related="sale_order_id.partner_id", string="Customer")
    shipment_ids = fields.One2many("ecom.shipment", "order_id")
    command_ids = fields.One2many("ecom.command", "order_id", string="Messages to the Shop")
    issue_ids = fields.One2many("ecom.issue", "order_id")
    open_issue_count = fields.Integer(compute="_compute_open_issue_count", compute_sudo=True)
    delivery_count = fields.Integer(compute="_compute_delivery_count", compute_sudo=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id", compute_sudo=True)

    _channel_external_unique = models.Constraint(
        "UNIQUE(channel_id, external_id)", "The channel has this order already."
    )
    _to_settle_index = models.Index("(channel_id, id) WHERE state = 'received'")
    _ordered_index = models.Index("(channel_id, ordered_at)")

    # === COMPUTES === #

    @api.depends("refund_ids.amount")
    def _compute_amount_refunded(self):
        for order in self:
            order.amount_refunded = sum(order.refund_ids.mapped("amount"))

    @api.depends("sale_order_ids")
    def _compute_sale_order_id(self):
        for order in self:
            order.sale_order_id = order.sale_order_ids[:1]

    @api.depends("issue_ids.state")
    def _compute_open_issue_count(self):
        counts = dict(
            self.env["ecom.issue"]._read_group(
                [("order_id", "in", self.ids), ("state", "=", "open")], ["order_id"], ["__count"]
            )
        )
        for order in self:
            order.open_issue_count = counts.get(order, 0)

    @api.depends("sale_order_ids.picking_ids")
    def _compute_delivery_count(self):
        for order in self:
            order.delivery_count = len(order.sale_order_ids.picking_ids)

    @api.depends("currency_code")
    def _compute_currency_id(self):
        codes = list(set(self.mapped("currency_code")) - {False})
        currencies = self.env["res.currency"].with_context(active_test=False).search([("name", "in", codes)])
        by_code = {currency.name: currency.id for currency in currencies}
        for order in self:
            order.currency_id = by_code.get(order.currency_code)

    @api.depends("shop_state", "channel_id.platform")
    @api.depends_context("lang")
    def _compute_shop_state_label(self):
        for order in self:
            order.shop_state_label = order._state_label(order.shop_state)

    @api.model
    def formatted_read_group(self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None):
        """Groups by the shop's state are called as the shop calls them, not by its code."""
        groups = super().formatted_read_group(domain, groupby, aggregates, having, offset, limit, order)
        if "shop_state" in groupby:
            labels = self._state_labels({group["shop_state"] for group in groups} - {False})
            for group in groups:
                group["shop_state"] = labels.get(group["shop_state"], group["shop_state"])
        return groups

    @api.model
    def _state_labels(self, codes):
        """``{code: what it is called}``; a code of several platforms is called as the first of its shops does."""
        found = self._read_group([("shop_state", "in", list(codes))], ["shop_state", "channel_id"])
        labels = {}
        for code, channel in found:
            if code not in labels:
                labels[code] = self.new({"channel_id": channel.id})._state_label(code)
        return labels

    def _state_label(self, vendor_state):
        """What the shop's state is called; ``deleted`` is ours, and the same for every platform."""
        if not vendor_state:
            return False
        if vendor_state == "deleted":
            return self.env._("Deleted on the shop")
        return in_words(self.env, self.channel_id._platform_class().state_label(vendor_state))

    # === CRUD === #

    @api.autovacuum
    def _gc_payloads(self):
        """Remove raw personal data of finished orders after the channel's time; every flow works without it."""
        done = 0
        shipping = ("pending", "started", "partial")
        for channel in self.env["ecom.channel"].with_context(active_test=False).search([("payload_days", ">", 0)]):
            old = fields.Datetime.now() - timedelta(days=channel.payload_days)
            orders = self.search(
                [
                    ("channel_id", "=", channel.id),
                    ("state", "in", ("settled", "cancelled", "ignored")),
                    ("payload", "!=", False),
                    ("write_date", "<", old),
                    ("sale_order_ids", "not any", [("delivery_status", "in", shipping)]),
                ],
                limit=1000,
            )
            orders.write({"payload": False})
            self.env["ecom.event"].search(
                [("channel_id", "=", channel.id), ("external_id", "in", orders.mapped("external_id"))]
            ).write({"body": False})
            done += len(orders)
        return done, False

    # === BUTTONS === #

    def action_retry(self):
        """Handle the order again."""
        self.check_access("write")
        orders = self.sudo().filtered(lambda order: order.payload and order.state in ("received", "blocked", "settled"))
        orders.write({"state": "received"})
        for channel in orders.channel_id:
            channel._wake("orders")
        return True

    def action_open_sale_order(self):
        self.ensure_one()
        return self._open(self.sale_order_ids, self.env._("Sales Orders"))

    def action_open_deliveries(self):
        self.ensure_one()
        return self._open(self.sale_order_ids.picking_ids, self.env._("Deliveries"))

    def action_open_issues(self):
        self.ensure_one()
        return self._open(self.issue_ids, self.env._("Issues"))

    def action_open_on_shop(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}

    def _open(self, records, name):
        action = {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": records._name,
            "view_mode": "list,form",
            "domain": [("id", "in", records.ids)],
        }
        if len(records) == 1:
            action |= {"view_mode": "form", "res_id": records.id}
        return action
