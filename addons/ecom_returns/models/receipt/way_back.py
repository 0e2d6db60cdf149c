import logging

from odoo import Command, api, fields, models
from odoo.addons.ecom_connector.models.wording import in_words
from odoo.addons.ecom_connector.platforms.errors import PlatformError
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

BATCH = 20


class EcomReturn(models.Model):
    """The way back: a label of the carrier where its module sells one, else how to send it, by e-mail.

    Odoo's own ``get_return_label`` calls the carrier, so nobody's click waits for it: a scheduled action does, in a
    transaction that locks nothing but the return and its receipt. A mark (*asked*) is committed before the call, as for
    labels of the way out: what is found with it may have been bought by a run that died.
    """

    _inherit = "ecom.return"

    gives_label = fields.Boolean(
        string="We Give a Label",
        compute="_compute_gives_label",
        store=True,
        readonly=False,
        help="A label for the way back is bought from the carrier of the delivery, where its module sells some, and "
        "mailed to the customer.",
    )
    way_back = fields.Selection(
        [
            ("wanted", "To be told"),
            ("asked", "Label being bought"),
            ("failed", "No label"),
            ("told", "Customer told"),
        ],
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Whether the customer knows how to send it back.",
    )
    way_back_error = fields.Char(readonly=True, copy=False)
    label_ids = fields.Many2many("ir.attachment", string="Return Labels", readonly=True, copy=False)

    parcels = fields.Integer(default=1, help="How many the customer sends: each is given a label of its own.")
    labels_missing = fields.Integer(compute="_compute_labels_missing")
    may_label = fields.Boolean(compute="_compute_may_label", help="Whether the carrier sells labels for the way back.")

    @api.depends("sale_order_id.picking_ids.carrier_id")
    def _compute_may_label(self):
        for order in self:
            order.may_label = bool(order._way_back_carrier())

    @api.depends("customer_pays")
    def _compute_gives_label(self):
        for order in self:
            order.gives_label = not order.customer_pays

    @api.depends("parcels", "label_ids", "picking_ids.carrier_tracking_ref", "picking_ids.return_id")
    def _compute_labels_missing(self):
        """A label that went out with the delivery is one; each that was bought has a number on the receipt, where the
        carrier tells one."""
        for order in self:
            printed = order._printed_labels()
            bought = len(order._label_numbers()) or len(order.label_ids - printed)
            order.labels_missing = max(order.parcels - len(printed) - bought, 0)

    _parcels_positive = models.Constraint("CHECK(parcels > 0)", "At least one parcel comes back.")

    # === BUTTONS === #

    def action_label(self):
        """Buy a label for the way back and mail it, also where the customer pays for it."""
        self.check_access("write")
        self._check_service()
        for order in self:
            order._expect("awaiting")
            if not order._way_back_carrier():
                raise UserError(self.env._("The carrier of the delivery sells no labels for the way back."))
        self.gives_label = True
        self.sudo()._tell_way_back()
        return True

    def action_send_instructions(self):
        """Mail how to send it back, without a label."""
        self.check_access("write")
        self._check_service()
        for order in self:
            order._expect("awaiting")
        self.gives_label = False
        self.sudo()._tell_way_back()
        return True

    # === STEPS === #

    def _expect_parcel(self):
        result = super()._expect_parcel()
        # The carrier brings back what nobody took, and of what was paid back on the shop the shop has told.
        if self.kind not in ("undelivered", "shop"):
            self._tell_way_back()
        return result

    def _tell_way_back(self):
        """Have the customer told, as soon as this transaction is committed."""
        self.write({"way_back": "wanted", "way_back_error": False})
        self.env.ref("ecom_returns.cron_way_back")._trigger()

    def _label_follows(self):
        """Whether the customer need not look for a carrier: we send a label."""
        self.ensure_one()
        return self.state == "awaiting" and self.gives_label and bool(self._way_back_carrier())

    def _way_back_carrier(self):
        """The carrier of the delivery, where its module sells labels for the way back."""
        carriers = self.sudo().sale_order_id.picking_ids.filtered("date_done").carrier_id
        return carriers.filtered("can_generate_return")[:1]

    @api.model
    def _cron_way_back(self):
        """Tell customers how to send their parcels back, each in transactions of its own."""
        waiting = [("way_back", "in", ("wanted", "asked"))]
        found = self.search(waiting, order="id", limit=BATCH)
        for order in found:
            order._send_way_back()
            if not self.env["ir.cron"]._commit_progress(1, remaining=self.search_count(waiting)):
                break

    def _send_way_back(self):
        """Get the labels, mail them or the instructions; what goes wrong is written down for a person."""
        self.ensure_one()
        if self.state != "awaiting":
            self.way_back = False
            return
        carrier = self.gives_label and self._way_back_carrier()
        try:
            if carrier:
                self._get_labels(carrier)
            with self.env.cr.savepoint():
                # What acknowledged the request at once said how to send it back already.
                if self.label_ids or not self.acknowledged_at:
                    self._mail_way_back()
                self.way_back = "told"
        except Exception as error:
            if not isinstance(error, UserError):
                _logger.exception("Return %s: its customer was not told how to send it back", self.name)
            self._note_untold(error)

    def _mail_way_back(self):
        if not self.partner_id.email:
            raise UserError(self.env._("%(customer)s has no e-mail address.", customer=self.partner_id.display_name))
        values = {"attachment_ids": [Command.link(label.id) for label in self.label_ids]}
        self.env.ref("ecom_returns.mail_template_way_back").send_mail(self.id, email_values=values)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    # === LABELS === #

    def _printed_labels(self):
        """Those that were made with the deliveries: they are used before any other is paid for."""
        return self.env["ir.attachment"].union(*self.sudo().picking_ids.return_id.mapped("return_label_ids"))

    def _label_numbers(self):
        """The parcels that labels were bought for, as the carrier numbers them."""
        refs = self.sudo().picking_ids.mapped("carrier_tracking_ref")
        return [number for ref in refs if ref for number in ref.split(",")]

    def _get_labels(self, carrier):
        """Have a label for each awaited parcel: usually one, as customers send back in one what came in several.

        Each is bought in a transaction of its own, so that one that is refused loses none of those before it.

        :raise UserError: with the carrier's words
        """
        self._keep_labels(self._printed_labels())
        receipt = self._open_receipts().sorted("id")[:1]
        if self.labels_missing and self.way_back == "asked" and not carrier._ecom_label_keeps_key():
            raise UserError(
                self.env._("%(carrier)s may have sold one, its answer was lost: look there.", carrier=carrier.name)
            )
        for _parcel in range(self.labels_missing):
            self.way_back = "asked"
            self._before_http()
            with self.env.cr.savepoint():
                self.lock_for_update(allow_referencing=True)
                receipt.lock_for_update(allow_referencing=True)
                self._buy_label(carrier, receipt)

    def _before_http(self):
        """End the transaction: neither snapshot nor lock is held while the carrier thinks, but what buying takes."""
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _buy_label(self, carrier, receipt):
        """Odoo's own call, on the receipt; what it attached and answered is kept: numbers with commas, as Odoo does."""
        receipt.carrier_id = carrier
        answer = carrier.get_return_label(receipt)
        answer = answer[0] if isinstance(answer, list) and answer else answer
        if isinstance(answer, dict):
            number = answer.get("tracking_number") or ""
            receipt.write(
                {
                    "carrier_tracking_ref": _with_number(receipt.carrier_tracking_ref, number),
                    "carrier_price": receipt.carrier_price + (answer.get("exact_price") or 0),
                }
            )
            self.tracking_ref = _with_number(self.tracking_ref, number)
        receipt.invalidate_recordset(["return_label_ids"])
        self._keep_labels(receipt.return_label_ids)

    def _keep_labels(self, labels):
        labels.generate_access_token()
        self.label_ids |= labels

    def _note_untold(self, error):
        """A person goes on: tries again, or has the customer told without a label."""
        if isinstance(error, UserError):
            words = str(error.args[0])
        elif isinstance(error, PlatformError):
            words = in_words(self.env, error)
        else:
            words = self.env._("the carrier or the mail did not answer as expected.")
        message = self.env._("The customer does not know how to send it back: %(words)s", words=words)
        self.write({"way_back": "failed", "way_back_error": message})
        responsible = self.user_id or self.channel_id.responsible_id or self.env.ref("base.user_admin")
        self.activity_schedule("mail.mail_activity_data_todo", summary=message, user_id=responsible.id)


def _with_number(known, number):
    numbers = (known or "").split(",")
    return ",".join(dict.fromkeys(filter(None, (*numbers, number)))) or False
