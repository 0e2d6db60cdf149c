import json
from datetime import timedelta

from odoo import api, fields, models

from ...platforms.documents import PrivacyKind

DUE = timedelta(days=30)  # what the law and the shops give
WAIT = timedelta(days=1)  # until what cannot be forgotten yet is looked at again


class EcomPrivacyRequest(models.Model):
    """A customer's request that a shop passed on: what is known of them, or to be forgotten; and what was done."""

    _name = "ecom.privacy.request"
    _description = "Privacy Request"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _rec_name = "subject"
    _check_company_auto = True

    channel_id = fields.Many2one("ecom.channel", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    event_id = fields.Char(string="Delivery Id", required=True, readonly=True)
    kind = fields.Selection(
        [
            (PrivacyKind.DATA.value, "What is known of them"),
            (PrivacyKind.CUSTOMER.value, "To be forgotten"),
            (PrivacyKind.SHOP.value, "The shop leaves"),
        ],
        string="Asks",
        required=True,
        readonly=True,
    )
    subject = fields.Char(string="Customer", compute="_compute_subject", store=True)
    external_id = fields.Char(string="Shop's Id", readonly=True)
    partner_ids = fields.Many2many("res.partner", string="Contacts", readonly=True)
    order_ids = fields.Many2many("ecom.order", readonly=True)
    due_date = fields.Date(string="Before", readonly=True)
    state = fields.Selection([("open", "To Do"), ("done", "Done")], default="open", required=True, readonly=True)
    look_at = fields.Datetime(readonly=True, help="When what waits for an order's end is looked at again.")
    done_at = fields.Datetime(string="Done on", readonly=True)
    result = fields.Text(string="What Was Done", readonly=True)
    file_id = fields.Many2one("ir.attachment", readonly=True)

    _event_unique = models.Constraint("UNIQUE(channel_id, event_id)", "This request was received already.")

    @api.depends("kind", "external_id", "channel_id.name")
    def _compute_subject(self):
        for request in self:
            request.subject = (
                request.channel_id.name if request.kind == PrivacyKind.SHOP.value else f"#{request.external_id or '—'}"
            )

    @api.model
    def _receive(self, channel, asked):
        """Keep these requests, each once.

        :param asked: ``{event id: PrivacyRequest}``
        """
        known = set(self.search([("channel_id", "=", channel.id), ("event_id", "in", list(asked))]).mapped("event_id"))
        new = self.create(
            [
                {
                    "channel_id": channel.id,
                    "event_id": event_id,
                    "kind": request.kind.value,
                    "external_id": request.customer_id or False,
                    "due_date": fields.Date.context_today(self) + DUE,
                    **self._concerns(channel, request),
                }
                for event_id, request in asked.items()
                if event_id not in known
            ]
        )
        new._carry_out()

    def _concerns(self, channel, asked):
        """The contacts and orders that a request is about. What the shop does not name is not guessed by e-mail."""
        if asked.kind == PrivacyKind.SHOP:
            return {}
        accounts = self.env["ecom.customer"].search(
            [("channel_id", "=", channel.id), ("external_id", "=", asked.customer_id or "-")]
        )
        mine = [("channel_id", "=", channel.id)]
        orders = self.env["ecom.order"].search([*mine, ("external_id", "in", list(asked.order_ids))])
        partners = accounts.partner_id or orders.sale_order_ids.partner_id
        orders |= self.env["ecom.order"].search([*mine, ("sale_order_ids.partner_id", "in", partners.ids)])
        return {"partner_ids": partners.ids, "order_ids": orders.ids}

    def _carry_out(self):
        for request in self:
            getattr(request, f"_carry_out_{request.kind}")()

    def _done(self, result):
        self.write({"state": "done", "done_at": fields.Datetime.now(), "result": result, "look_at": False})
        for request in self:
            request.channel_id._solve_privacy_issue(request)

    def _wait(self, result):
        self.write({"result": result, "look_at": fields.Datetime.now() + WAIT})

    # === WHAT IS KNOWN OF THEM === #

    def _carry_out_data_request(self):
        """Put all that is known in a file; a person hands it over."""
        self.ensure_one()
        self.file_id = self.env["ir.attachment"].create(
            {
                "name": f"{self.channel_id.name} {self.subject}.json",
                "mimetype": "application/json",
                "raw": json.dumps(self._known(), ensure_ascii=False, indent=2, default=str).encode(),
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        self._ask_person(
            self.env._(
                "A customer asks what is known of them. The file is ready: hand it over before %(date)s.",
                date=self.due_date,
            )
        )

    def _known(self):
        """All personal data of the request's customer, as plain values."""
        contact_fields = ["name", "email", "phone", "street", "street2", "zip", "city", "vat", "lang", "create_date"]
        contacts = self.partner_ids | self.with_context(active_test=False).partner_ids.child_ids
        return {
            "contacts": contacts.read([*contact_fields, "country_code", "type"], load=None),
            "orders": [
                {
                    "number": order.number,
                    "ordered_at": order.ordered_at,
                    "email": order.email,
                    "phone": order.phone,
                    "note": order.note,
                    "gift_message": order.gift_message,
                    "pickup_point": order.pickup_point,
                    "total": order.amount_total,
                    "currency": order.currency_code,
                    "lines": [[line.name, line.quantity] for line in order.line_ids],
                    "parcels": [parcel for parcel in order.shipment_ids.mapped("tracking") if parcel],
                    "as_the_shop_sent_it": order.payload,
                }
                for order in self.order_ids
            ],
            "invoices": [
                {"number": move.name, "date": move.invoice_date, "total": move.amount_total}
                for move in self._invoices(self.partner_ids)
            ],
        }

    def _invoices(self, partners):
        return self.env["account.move"].search(
            [("commercial_partner_id", "in", partners.commercial_partner_id.ids), ("state", "=", "posted")]
        )

    def _ask_person(self, message):
        self.env["ecom.issue"]._raise(
            self.channel_id, "privacy_request", key=str(self.id), message=message, data={"request": self.id}
        )

    # === BUTTONS === #

    def action_done(self):
        """A person did what was left to do."""
        self.check_access("write")
        for request in self.filtered(lambda request: request.state == "open"):
            by_hand = self.env._("%(user)s noted that it is done.", user=self.env.user.name)
            request.sudo()._done("\n".join(filter(None, (request.result, by_hand))))
        return True

    def action_look_again(self):
        """Try at once what waits for the end of an order."""
        self.check_access("write")
        waiting = self.sudo().filtered(lambda request: request.state == "open")
        waiting._carry_out()
        return True


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[("privacy_request", "A customer's right")], ondelete={"privacy_request": "cascade"}
    )

    def _compute_remedy(self):
        result = super()._compute_remedy()
        self.filtered(lambda issue: issue.code == "privacy_request").remedy = self.env._("Note that it is done")
        return result

    def _fix_privacy_request(self, same):
        self.env["ecom.privacy.request"].browse([issue.data["request"] for issue in same]).exists().action_done()
