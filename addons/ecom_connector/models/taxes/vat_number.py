import logging
import random
from datetime import timedelta

from odoo import api, fields, models

from ...decisions import backoff
from ...platforms import vies
from ...platforms.base import PlatformError
from ...platforms.transport import Transport, loopback
from ..channels.channel_lanes import CONFLICTS

_logger = logging.getLogger(__name__)

BATCH = 20
DOWN = timedelta(hours=1)
"""How long VIES may give no answer before a person is told."""
VALID_FOR = timedelta(days=90)
"""How long an answer is believed; the number is asked for again by the next order after that."""


class EcomVatNumber(models.Model):
    """A VAT number that a sale without tax rests on, and what VIES says of it.

    It is asked between transactions by a scheduled action of its own: no import ever waits for it.
    """

    _name = "ecom.vat.number"
    _description = "Checked VAT Number"
    _rec_name = "number"
    _order = "id desc"

    number = fields.Char(required=True)
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    requester = fields.Char(help="Our own VAT number, so that VIES gives a receipt.")
    answer = fields.Selection(
        [("waiting", "Waits for an answer"), ("valid", "Valid"), ("invalid", "Invalid")],
        required=True,
        default="waiting",
    )
    checked_at = fields.Datetime(string="Answered On")
    asked_since = fields.Datetime(default=fields.Datetime.now)
    next_try_at = fields.Datetime(default=fields.Datetime.now)
    tries = fields.Integer()
    last_error = fields.Char()
    holder = fields.Char(string="Name in VIES")
    receipt = fields.Char(help="The consultation number, which proves that VIES was asked.")

    _number_unique = models.Constraint("UNIQUE(number, company_id)", "This VAT number is known already.")
    _due_index = models.Index("(next_try_at) WHERE answer = 'waiting'")

    @api.model
    def _answers(self, numbers, company):
        """What is known of these numbers, in one look-up; new and outdated ones are asked for soon.

        :return: ``{number: record}``
        """
        found = self.search([("number", "in", list(numbers)), ("company_id", "=", company.id)])
        known = {record.number: record for record in found}
        old = fields.Datetime.now() - VALID_FOR
        outdated = self.browse(
            [record.id for record in known.values() if record.checked_at and record.checked_at < old]
        )
        outdated._ask_again()
        new = [number for number in numbers if number not in known]
        created = self.create(
            [{"number": number, "company_id": company.id, "requester": company.vat or False} for number in new]
        )
        if created:
            self._wake()
        return known | dict(zip(new, created, strict=True))

    def _ask_again(self):
        if self:
            now = fields.Datetime.now()
            self.write({"answer": "waiting", "asked_since": now, "next_try_at": now, "tries": 0})
            self._wake()

    @api.model
    def _wake(self):
        self.env.ref("ecom_connector.cron_vat_numbers").sudo()._trigger()

    # === ASKING === #

    @api.model
    def _cron_ask(self):
        """Ask VIES for what waits. One after the other, for it has no call for several; one time-out ends the run."""
        now = fields.Datetime.now()
        due = self.search([("answer", "=", "waiting"), ("next_try_at", "<=", now)], order="next_try_at", limit=BATCH)
        get_param = self.env["ir.config_parameter"].sudo().get_param
        address = get_param("ecom_connector.vies_url", vies.ADDRESS)
        neutralised = get_param("database.is_neutralized")
        wanted = [(record.id, record.number, record.requester or "") for record in due]
        transport = Transport(timeout=vies.TIMEOUT, retries=0, allow=loopback if neutralised else None)
        for number_id, number, requester in wanted:
            # Neither snapshot nor lock is held while VIES thinks.
            self.env.cr.commit()  # pylint: disable=invalid-commit
            record, answer, failure = self.browse(number_id), None, None
            try:
                answer = vies.check_number(transport, number, requester, address)
            except PlatformError as error:
                failure = error
            try:
                record._note_answer(answer) if answer else record._note_silence(failure)
                self.env.flush_all()
            except CONFLICTS:
                self.env.cr.rollback()  # still waiting: the next run asks again
            if failure and failure.code != "unavailable":
                break
        self.env.cr.commit()  # pylint: disable=invalid-commit
        if len(wanted) == BATCH:
            self._wake()

    def _note_silence(self, error):
        self.ensure_one()
        now = fields.Datetime.now()
        seconds = backoff.delay(self.tries + 1, random.random(), error.retry_after)
        _logger.info("VIES gave no answer (%s)", error.code)
        self.write(
            {
                "tries": self.tries + 1,
                "last_error": error.message,
                "next_try_at": now + timedelta(seconds=seconds),
            }
        )
        self.env.ref("ecom_connector.cron_vat_numbers").sudo()._trigger(self.next_try_at)
        if now - self.asked_since >= DOWN:
            self._sales()._tell_vat_unanswered(self)

    def _note_answer(self, answer):
        """Keep the answer, also on the contacts, and let go or ask about the orders that waited for it."""
        self.ensure_one()
        self.write(
            {
                "answer": "valid" if answer.valid else "invalid",
                "checked_at": fields.Datetime.now(),
                "holder": answer.name,
                "receipt": answer.receipt,
                "last_error": False,
            }
        )
        partners = self.env["res.partner"].search([("vat", "=", self.number)])
        partners.write({"vies_valid": answer.valid, "ecom_vat_checked_at": self.checked_at})
        self._sales()._vat_answered(self)

    def _sales(self):
        return self.env["sale.order"].search(
            [("ecom_vat_number", "in", self.mapped("number")), ("company_id", "in", self.company_id.ids)]
        )
