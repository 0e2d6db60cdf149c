from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, format_date, format_datetime

from ...entitlements import deadlines


class SaleOrder(models.Model):
    """What customers do themselves: return, and withdraw from the contract, also without an account."""

    _inherit = "sale.order"

    ecom_withdrawn_at = fields.Datetime(
        string="Withdrawn on",
        copy=False,
        readonly=True,
        help="When the customer withdrew from the contract as far as it had not left.",
    )

    @api.model
    def _ecom_of_guest(self, number, email):
        """The order with this number that was placed with this e-mail address; empty when one of them is wrong."""
        number, email = (number or "").strip().lstrip("#")[:64], email_normalize(email or "")
        if not number or not email:
            return self.browse()
        found = self.sudo().search(
            [
                ("state", "in", ("sale", "draft", "sent")),
                "|",
                ("ecom_order_id.number", "in", [number, f"#{number}"]),
                ("name", "=", number.upper()),
            ],
            order="id desc",
            limit=20,
        )
        return found.filtered(
            lambda sale: email in (email_normalize(sale.ecom_order_id.email or ""), sale.partner_id.email_normalized)
        )[:1]

    def _ecom_portal_lines(self):
        """What the customer may choose from, a dictionary each: its ``key`` on the page, the ``product`` that is shown,
        how many may come back (``left``, in ``uom``), whether one may withdraw from it (``withdrawable``), whether it
        is a ``part`` of the one before, and the ``values`` of a line of the return."""
        self.ensure_one()
        return [
            {"withdrawable": not line.product_id.ecom_no_withdrawal, **choice}
            for line in self.order_line
            if line._may_come_back()
            for choice in line._ecom_portal_choices()
        ]

    def _ecom_withdrawal_until(self):
        """The last day for withdrawing, ``None`` while not all parcels are there; and whether it has passed."""
        arrived = (
            self.env["ecom.return"].new({"sale_order_id": self.id, "company_id": self.company_id.id})._last_arrival()
        )
        until = deadlines.withdrawal_until(arrived) if arrived else None
        today = self.company_id._ecom_today()
        return until, bool(until and today > until)

    def _ecom_ask(self, quantities, kind, values):
        """A return as its customer asks for it, acknowledged at once.

        :param quantities: by the keys of what may be chosen
        :param values: ``wish``, ``note`` and ``reason_id``, as far as the customer said
        """
        self.ensure_one()
        reason = values.pop("reason_id", False)
        lines = [
            Command.create({**choice["values"], "quantity": quantities[choice["key"]], "reason_id": reason})
            for choice in self._ecom_portal_lines()
            if quantities.get(choice["key"]) and (choice["withdrawable"] or kind != "withdrawal")
        ]
        if not lines:
            raise UserError(self.env._("Choose what you send back."))
        found = self.env["ecom.return"].create(
            {
                "sale_order_id": self.id,
                "kind": kind,
                "line_ids": lines,
                "user_id": self.ecom_channel_id.responsible_id.id or self.user_id.id,
                **values,
            }
        )
        found._acknowledge()
        return found

    def _ecom_may_stop(self):
        """Whether a consumer may withdraw from what has not left: from the order as a whole, or from the rest of it."""
        self.ensure_one()
        return bool(
            (self.state == "sale" or (self.state != "cancel" and bool(self.ecom_order_id)))
            and self.delivery_status != "full"
            and not self.partner_id.commercial_partner_id.is_company
            and not self.ecom_withdrawn_at
            and (self._ecom_rest() or not self._ecom_left_in_part())
        )

    def _ecom_left_in_part(self):
        self.ensure_one()
        return bool(self.ecom_return_ids or self._ecom_portal_lines())

    def _ecom_rest(self):
        """Of an order that left in part, what has not left and will unless somebody stops it, ``{line: how many}``; but
        what the law excludes from withdrawals. Empty where nothing left: then it is the order as a whole."""
        self.ensure_one()
        if not self._ecom_left_in_part():
            return {}
        return {
            line: left
            for line in self.order_line
            if line._may_come_back()
            and not line.product_id.ecom_no_withdrawal
            and line.product_uom_id.compare(left := line._ecom_unsent(), 0) > 0
            and line._ecom_leaves_yet()
        }

    def _ecom_rest_words(self):
        """What has not left of an order that left in part, for people to read, a text each."""
        return [f"{left:g} × {line.product_id.name}" for line, left in self._ecom_rest().items()]

    def _ecom_withdraw_unshipped(self):
        """A withdrawal from an order that has not left, or from the rest of it: its delivery is held, people cancel it,
        and the customer has it in writing; once, however often it is confirmed."""
        self.ensure_one()
        if self.ecom_withdrawn_at:
            return
        self.ecom_withdrawn_at = fields.Datetime.now()
        moment = format_datetime(self.env, self.ecom_withdrawn_at, tz=self.company_id._ecom_zone())
        if rest := self._ecom_rest_words():
            words = self.env._(
                "The customer withdrew from what has not left of order %(order)s, on %(moment)s: %(goods)s.",
                order=self.name,
                moment=moment,
                goods=", ".join(rest),
            )
        else:
            words = self.env._(
                "The customer withdrew from order %(order)s on %(moment)s.", order=self.name, moment=moment
            )
        self.message_post(body=words)
        self.with_user(SUPERUSER_ID)._hold_by_person(words)
        responsible = self.ecom_channel_id.responsible_id or self.user_id or self.env.ref("base.user_admin")
        self.activity_schedule("mail.mail_activity_data_todo", summary=words, user_id=responsible.id)
        self.env.ref("ecom_returns.mail_template_withdrawal_unshipped").send_mail(self.id)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _ecom_leaves_yet(self):
        """Whether some of it is still to leave, as for the first time: what is repaired goes home again."""
        self.ensure_one()
        return any(move.state not in ("done", "cancel") and not move.origin_returned_move_id for move in self.move_ids)

    def _ecom_portal_choices(self):
        """The line itself, as far as the customer has it; a hook for parts of it."""
        self.ensure_one()
        if self.product_uom_id.compare(self.ecom_quantity_returnable, 0) <= 0:
            return []
        return [
            {
                "key": str(self.id),
                "product": self.product_id,
                "uom": self.product_uom_id,
                "left": self.ecom_quantity_returnable,
                "part": False,
                "values": {"sale_line_id": self.id},
            }
        ]


class EcomReturn(models.Model):
    _inherit = "ecom.return"

    acknowledged_at = fields.Datetime(string="Acknowledged on", readonly=True, copy=False)

    def _acknowledge(self):
        """Confirm in writing, with the time, that the request is here (Code de la consommation, L221-21)."""
        template = self.env.ref("ecom_returns.mail_template_acknowledged")
        for order in self:
            order.acknowledged_at = fields.Datetime.now()
            template.send_mail(order.id)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _asked_words(self):
        """When it was asked for, where the company is, for the customer."""
        self.ensure_one()
        env = self.with_context(lang=self.partner_id.lang or self.env.lang).env
        return format_datetime(env, self.requested_at, tz=self.company_id._ecom_zone())

    def _day_words(self, day):
        env = self.with_context(lang=self.partner_id.lang or self.env.lang).env
        return format_date(env, day) if day else ""

    def _sending_until(self):
        return deadlines.sending_until(self._told_on())

    def _return_address(self):
        """Where the parcel goes, in lines."""
        warehouse = self.picking_ids[:1].picking_type_id.warehouse_id
        address = (warehouse.partner_id or self.company_id.partner_id)._display_address(without_company=False)
        return [line for line in address.split("\n") if line.strip()]
