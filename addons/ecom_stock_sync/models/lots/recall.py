from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class EcomRecall(models.Model):
    """A recall of lots or serials: who got some, who was written to, and whether they are blocked."""

    _name = "ecom.recall"
    _description = "Recall"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    lot_ids = fields.Many2many("stock.lot", string="Lots/Serials", required=True)
    product_ids = fields.Many2many("product.product", compute="_compute_products", string="Products")
    reason = fields.Char(tracking=True, help="For the people here: what is wrong with these goods.")
    instructions = fields.Text(
        string="What Customers Should Do",
        translate=True,
        help="Printed in the e-mail, in each customer's language: what is wrong, what to do with the goods, what they "
        "get. Translate it with the language button.",
    )
    state = fields.Selection(
        [("draft", "To Decide"), ("open", "Under Way"), ("closed", "Closed")],
        default="draft",
        required=True,
        tracking=True,
    )
    blocked = fields.Boolean(compute="_compute_blocked", help="All of the lots are blocked.")
    customer_ids = fields.One2many("ecom.recall.customer", "recall_id", string="Customers")
    customer_count = fields.Integer(compute="_compute_counts")
    told_count = fields.Integer(string="Written To", compute="_compute_counts")
    quantity_out = fields.Float(string="At Customers'", compute="_compute_counts", digits="Product Unit")
    quantity_here = fields.Float(string="In Stock", compute="_compute_quantity_here", digits="Product Unit")
    picking_ids = fields.Many2many(
        "stock.picking",
        compute="_compute_picking_ids",
        string="Deliveries to Settle",
        help="They hold goods of these lots in a parcel, or wait because nothing else is in stock.",
    )
    picking_count = fields.Integer(compute="_compute_picking_ids")

    # === COMPUTES === #

    @api.depends("lot_ids.name", "lot_ids.product_id")
    def _compute_name(self):
        for recall in self:
            names = recall.lot_ids.mapped("name")
            more = f" +{len(names) - 3}" if len(names) > 3 else ""
            # It is kept for all who read it, so in the company's language, whoever's click it was.
            product = recall.lot_ids.product_id[:1].with_context(lang=recall.company_id.partner_id.lang).display_name
            recall.name = f"{product or ''} – {', '.join(names[:3])}{more}"

    @api.depends("lot_ids.product_id")
    def _compute_products(self):
        for recall in self:
            recall.product_ids = recall.lot_ids.product_id

    @api.depends("lot_ids.ecom_blocked")
    def _compute_blocked(self):
        for recall in self:
            recall.blocked = bool(recall.lot_ids) and all(recall.lot_ids.mapped("ecom_blocked"))

    @api.depends("customer_ids.told_at", "customer_ids.quantity", "customer_ids.quantity_back")
    def _compute_counts(self):
        for recall in self:
            customers = recall.customer_ids
            recall.customer_count = len(customers)
            recall.told_count = len(customers.filtered("told_at"))
            recall.quantity_out = sum(customers.mapped("quantity")) - sum(customers.mapped("quantity_back"))

    @api.depends("lot_ids.quant_ids.quantity")
    def _compute_quantity_here(self):
        for recall in self:
            recall.quantity_here = sum(recall.lot_ids.sudo().mapped("product_qty"))

    @api.depends("lot_ids", "state")
    def _compute_picking_ids(self):
        for recall in self:
            blocked = recall.lot_ids.filtered("ecom_blocked")
            pickings = (
                self.env["stock.picking"].sudo()._ecom_stopped_by(blocked) if blocked else self.env["stock.picking"]
            )
            recall.picking_ids = pickings
            recall.picking_count = len(pickings)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if "company_id" not in vals:
                lots = self.new({"lot_ids": vals.get("lot_ids", [])}).lot_ids
                vals["company_id"] = (lots.company_id[:1] or self.env.company).id
        recalls = super().create(vals_list)
        recalls._find_customers()
        return recalls

    def write(self, vals):
        result = super().write(vals)
        if "lot_ids" in vals:
            self._find_customers()
        return result

    # === ACTIONS === #

    def action_block(self):
        """Nothing of these lots is sold or shipped from now on."""
        for recall in self:
            recall.check_access("write")
            recall.lot_ids.action_ecom_block()
            recall.state = "open"
        return True

    def action_unblock(self):
        for recall in self:
            recall.check_access("write")
            recall.lot_ids.action_ecom_unblock()
        return True

    def action_close(self):
        """Closed; whether the lots stay blocked is another question."""
        self.write({"state": "closed"})
        return True

    def action_reopen(self):
        self.write({"state": "open"})
        return True

    def action_refresh(self):
        self.check_access("write")
        self._find_customers()
        return True

    def action_write(self):
        """Write to those customers who were not written to yet, in their language."""
        self.ensure_one()
        waiting = self.customer_ids.filtered(lambda customer: not customer.told_at and customer.quantity_left > 0)
        return waiting._compose()

    def action_customers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_stock_sync.ecom_recall_customer_action")
        return action | {"domain": [("recall_id", "=", self.id)], "context": {}}

    def action_deliveries(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.action_picking_tree_all")
        return action | {"domain": [("id", "in", self.picking_ids.ids)], "context": {}}

    def _open(self):
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": self._name, "res_id": self.id, "view_mode": "form"}

    # === WHO GOT IT === #

    def _find_customers(self):
        """One row for each customer who got some, whatever the channel; who was written to, stays so.

        Goods that were made from a recalled lot count: the customers of what it became are found too.
        """
        for recall in self:
            known = {customer.partner_id: customer for customer in recall.sudo().customer_ids}
            found = recall._got()
            for partner, vals in found.items():
                if partner in known:
                    known[partner].write(vals)
            self.env["ecom.recall.customer"].sudo().create(
                [
                    vals | {"recall_id": recall.id, "partner_id": partner.id}
                    for partner, vals in found.items()
                    if partner not in known
                ]
            )
            recall.invalidate_recordset(["customer_ids"])

    def _got(self):
        """``{customer: values of its row}``, of everything that ever left for a customer."""
        self.ensure_one()
        lines = (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("lot_id", "in", self.lot_ids._with_what_they_became().ids),
                    ("state", "=", "done"),
                    ("quantity", ">", 0),
                    "|",
                    ("location_dest_id.usage", "=", "customer"),
                    ("location_id.usage", "=", "customer"),
                ],
                order="date, id",
            )
        )
        rows = defaultdict(lambda: {"lines": lines.browse(), "quantity": 0.0, "quantity_back": 0.0})
        for line in lines:
            sale = line.move_id.sale_line_id.order_id
            partner = sale.partner_id or line.picking_id.partner_id or line.move_id.partner_id
            row = rows[partner.commercial_partner_id]
            if line.location_dest_id.usage == "customer":
                row["lines"] += line
                row["quantity"] += line.quantity_product_uom
            else:
                row["quantity_back"] += line.quantity_product_uom
        return {partner: self._prepare_customer(row) for partner, row in rows.items() if row["lines"]}

    def _prepare_customer(self, row):
        lines = row["lines"]
        sales = lines.move_id.sale_line_id.order_id
        orders = sales.ecom_order_id
        return {
            "lot_ids": [Command.set(lines.lot_id.ids)],
            "picking_ids": [Command.set(lines.picking_id.ids)],
            "sale_order_ids": [Command.set(sales.ids)],
            "order_ids": [Command.set(orders.ids)],
            "channel_ids": [Command.set(orders.channel_id.ids)],
            "quantity": row["quantity"],
            "quantity_back": min(row["quantity_back"], row["quantity"]),
            "last_at": max(lines.mapped("date")),
        }


class EcomRecallCustomer(models.Model):
    """A customer who got goods of a recalled lot."""

    _name = "ecom.recall.customer"
    _description = "Recall Notice"
    _inherit = ["mail.thread"]
    _order = "last_at desc, id desc"
    _rec_name = "partner_id"

    recall_id = fields.Many2one("ecom.recall", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="recall_id.company_id", store=True)
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="restrict", index="btree_not_null")
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")
    lang = fields.Selection(related="partner_id.lang", string="Language")
    lot_ids = fields.Many2many("stock.lot", string="Lots/Serials")
    picking_ids = fields.Many2many("stock.picking", string="Deliveries")
    sale_order_ids = fields.Many2many("sale.order", string="Sales Orders")
    order_ids = fields.Many2many("ecom.order", string="Shop Orders")
    channel_ids = fields.Many2many("ecom.channel", string="Sales Channels")
    quantity = fields.Float(string="Got", digits="Product Unit")
    quantity_back = fields.Float(string="Came Back", digits="Product Unit")
    quantity_left = fields.Float(
        compute="_compute_quantity_left", string="Still Has", digits="Product Unit", store=True
    )
    last_at = fields.Datetime(string="Last Shipped on")
    told_at = fields.Datetime(string="Written To on")
    product_names = fields.Char(compute="_compute_product_names", compute_sudo=True)

    _once = models.Constraint("UNIQUE(recall_id, partner_id)", "A customer is in a recall once.")

    @api.depends("quantity", "quantity_back")
    def _compute_quantity_left(self):
        for customer in self:
            customer.quantity_left = customer.quantity - customer.quantity_back

    @api.depends("lot_ids.product_id.name")
    @api.depends_context("lang")
    def _compute_product_names(self):
        for customer in self:
            customer.product_names = ", ".join(customer.lot_ids.product_id.mapped("name"))

    def action_write(self):
        return self._compose()

    def action_told(self):
        """Reached by another way, such as a call."""
        self.check_access("write")
        self.write({"told_at": fields.Datetime.now()})
        return True

    def action_open_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_connector.ecom_order_action")
        return action | {"domain": [("id", "in", self.order_ids.ids)], "context": {}}

    def _compose(self):
        """The e-mail to these customers, ready to be read and sent."""
        reachable = self.filtered("email")
        if not reachable:
            raise UserError(self.env._("There is nobody left to write to: all were told, or have no e-mail address."))
        template = self.env.ref("ecom_stock_sync.mail_template_recall")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write to Customers"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_composition_mode": "mass_mail",
                "default_model": self._name,
                "default_res_ids": reachable.ids,
                "default_template_id": template.id,
                "default_email_layout_xmlid": "mail.mail_notification_light",
                "default_subtype_xmlid": "mail.mt_comment",
            },
        }

    def _message_mail_after_hook(self, mails):
        self.filtered(lambda customer: not customer.told_at).write({"told_at": fields.Datetime.now()})
        return super()._message_mail_after_hook(mails)

    def _message_get_default_recipients(self, with_cc=False, all_tos=False):
        return {
            customer.id: {"email_cc": "", "email_to": "", "partner_ids": customer.partner_id.ids} for customer in self
        }


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _with_what_they_became(self):
        """These lots, and those of goods that were made from them, step by step."""
        found, ahead = self, self
        while ahead:
            lines = self.env["stock.move.line"].sudo().search([("lot_id", "in", ahead.ids), ("state", "=", "done")])
            ahead = lines.produce_line_ids.lot_id - found
            found |= ahead
        return found
